//! What people write into their settings, and what they are told.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::inbox::policy::{self, Rule};
use crate::retention;

mod access;
mod accounts;
mod agents;
mod mistakes;
mod webhooks;

/// A file of settings, the environment and the options beside it.
#[derive(Default)]
struct Given<'a> {
    file: &'a str,
    environment: &'a [(&'a str, &'a str)],
    flags: &'a [(&'static str, &'a str)],
    folder: &'a str,
}

impl Given<'_> {
    fn load(&self) -> Result<Loaded, Problems> {
        let folder = TempDir::new().unwrap();
        let inner = folder.path().join(self.folder);
        fs::create_dir_all(&inner).unwrap();
        let path = inner.join("clawline.toml");
        fs::write(&path, self.file).unwrap();
        let environment: BTreeMap<String, OsString> = self
            .environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
            .collect();
        let mut flags = Flags::new();
        for (key, text) in self.flags {
            flags.entry(key).or_default().push((*text).to_owned());
        }
        Loaded::of(&ConfigFile::Named(path), &environment, &flags)
    }
}

fn file(text: &str) -> Result<Loaded, Problems> {
    Given {
        file: text,
        ..Given::default()
    }
    .load()
}

/// The line and the words of the only error.
fn only_error(text: &str) -> (Option<usize>, String) {
    let problems = file(text).unwrap_err();
    let [error] = problems.errors.as_slice() else {
        panic!("{text}: {problems}");
    };
    let line = match &error.place {
        Place::File { line, .. } => *line,
        place => panic!("{place}"),
    };
    (line, format!("{} {}", error.key, error.words))
}

#[test]
fn without_settings_the_page_answers_and_nothing_reaches_strangers() {
    let loaded = file("").unwrap();
    assert!(loaded.warnings.is_empty());
    let config = loaded.config;
    assert_eq!(config.listen, ["127.0.0.1:18790".parse().unwrap()]);
    assert!(config.webchat().is_some());
    assert!(config.openclaw().is_none());
    assert!(config.whatsapp_baileys().is_none());
    assert!(config.openai().is_none());
    assert!(config.speaks(Dialect::Gateway) && config.speaks(Dialect::Hub));
}

#[test]
fn a_section_is_read_as_openjarvis_writes_it() {
    let config = file(
        "[channel]\nenabled = true\ngateway_url = \"ws://10.0.0.2:18789/ws\"\ndefault_agent = \"simple\"\n\
         reconnect_interval = 5.0\n\n[channel.whatsapp_baileys]\nauth_dir = \"\"\nassistant_name = \"Hal\"\n\
         assistant_has_own_number = true\n",
    )
    .unwrap()
    .config;
    let openclaw = config.openclaw().unwrap();
    assert_eq!(openclaw.gateway_url, "ws://10.0.0.2:18789/ws");
    assert_eq!(openclaw.reconnect_interval().unwrap().as_secs(), 5);
    let whatsapp = config.whatsapp_baileys().unwrap();
    assert_eq!(whatsapp.assistant_name, "Hal");
    assert!(whatsapp.assistant_has_own_number);
    assert!(whatsapp.auth_dir().is_none());
    assert_eq!(whatsapp.dm_policy, Policy::Pairing);
}

#[test]
fn the_file_of_openjarvis_is_taken_and_its_other_sections_are_left_alone() {
    let text = "[engine]\ndefault = \"ollama\"\n[intelligence]\ndefault_model = \"x\"\n[agent]\n\
        default_agent = \"orchestrator\"\nmax_turns = 10\n[access]\nx = 1\n[tools]\nenabled = \"a,b\"\n\
        [channel]\nenabled = true\n";
    let loaded = file(text).unwrap();
    assert!(loaded.config.openclaw().is_some());
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    // By its folder too, when none of those sections is there.
    let known = Given {
        file: "[agent]\ndefault_agent = \"simple\"\nlisten = 5\n",
        folder: ".openjarvis",
        ..Given::default()
    };
    assert!(known.load().unwrap().warnings.is_empty());
    // What is ours in it is checked all the same.
    let wrong = text.replace("enabled = true", "enabled = \"yes\"");
    assert_eq!(only_error(&wrong).0, Some(13));
}

#[test]
fn what_is_turned_off_is_not_configured() {
    for (text, openclaw, whatsapp) in [
        (
            "[channel]\nenabled = false\n[channel.whatsapp_baileys]\n",
            false,
            false,
        ),
        (
            "[channel]\nenabled = true\n[channel.whatsapp_baileys]\n",
            true,
            true,
        ),
        ("[channel]\nenabled = true\n", true, false),
        ("[channel.whatsapp_baileys]\n", false, true),
        (
            "[channel.whatsapp_baileys]\nenabled = false\n",
            false,
            false,
        ),
        (
            "[channel]\nenabled = true\n[channel.whatsapp_baileys]\nenabled = false\n",
            true,
            false,
        ),
        (
            "[channel]\nenabled = false\n[channel.whatsapp_baileys]\nenabled = true\n",
            false,
            true,
        ),
    ] {
        let config = file(text).unwrap().config;
        assert_eq!(config.openclaw().is_some(), openclaw, "{text}");
        assert_eq!(config.whatsapp_baileys().is_some(), whatsapp, "{text}");
    }
    let off = "[channel.webchat]\nenabled = false\n[dialect.hub]\nenabled = false\n[agent.openai]\nenabled = false\n\
        base_url = \"http://a\"\nmodel = \"m\"\n";
    assert!(
        file("[agent.openai]\nenabled = false\n")
            .unwrap()
            .config
            .openai()
            .is_none()
    );
    let config = file(off).unwrap().config;
    assert!(config.webchat().is_none() && config.openai().is_none());
    assert!(!config.speaks(Dialect::Hub) && config.speaks(Dialect::Chat));
}

#[test]
fn the_environment_is_above_the_file_and_the_options_above_both() {
    let given = Given {
        file: "listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\nhost = \"a.example\"\npair = \"always\"\n\
            [channel]\nenabled = false\nreconnect_interval = 5\n",
        environment: &[
            ("CLAWLINE_LISTEN", "127.0.0.1:3, [::1]:3"),
            ("CLAWLINE_CHANNEL_ENABLED", "true"),
            ("CLAWLINE_CHANNEL_WHATSAPP_BAILEYS_ASSISTANT_NAME", "Hal"),
            ("CLAWLINE_PAIR", ""),
            ("CLAWLINE_HOST", "b.example"),
        ],
        flags: &[("listen", "127.0.0.1:4"), ("listen", "127.0.0.1:5")],
        ..Given::default()
    };
    let config = given.load().unwrap().config;
    let ports: Vec<u16> = config
        .listen
        .iter()
        .map(std::net::SocketAddr::port)
        .collect();
    assert_eq!(ports, [4, 5]);
    assert_eq!(config.host, ["b.example"]);
    // An empty variable says nothing.
    assert_eq!(config.pair, Pair::Always);
    let openclaw = config.openclaw().unwrap();
    assert_eq!(openclaw.reconnect_interval().unwrap().as_secs(), 5);
    assert_eq!(config.whatsapp_baileys().unwrap().assistant_name, "Hal");
}

#[test]
fn the_token_comes_from_the_nearest_place() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("{name}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (in_file, in_variable, in_flag) = (write("file"), write("variable"), write("flag"));
    let text = format!("token_file = {in_file:?}");
    let token = |environment: &[(&str, &str)], flags: &[(&'static str, &str)]| {
        let given = Given {
            file: &text,
            environment,
            flags,
            folder: "",
        };
        let token = given.load().unwrap().token().unwrap().unwrap();
        token.expose().to_owned()
    };
    let named = ("CLAWLINE_TOKEN_FILE", in_variable.as_str());
    let itself = ("OPENCLAW_GATEWAY_TOKEN", "itself");
    assert_eq!(token(&[], &[]), "file");
    assert_eq!(token(&[itself], &[]), "itself");
    assert_eq!(token(&[("OPENCLAW_GATEWAY_TOKEN", " ")], &[]), "file");
    assert_eq!(token(&[itself, named], &[]), "variable");
    assert_eq!(token(&[itself, named], &[("token_file", &in_flag)]), "flag");
    assert!(file("").unwrap().token().unwrap().is_none());
}

/// docs/CONFIG.md. With `CLAWLINE_BLESS=1` it is written instead of compared.
#[test]
fn settings_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CONFIG.md");
    let made = table(crate::cli::has_option);
    if std::env::var_os("CLAWLINE_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/CONFIG.md: run this test with CLAWLINE_BLESS=1"
    );
}

#[test]
fn how_long_messages_are_kept_is_said_in_days_and_megabytes() {
    let kept = |text: &str| retention::Retention::from(file(text).unwrap().config.retention);
    assert_eq!(kept(""), retention::Retention::default());
    let both = kept("[retention]\ndays = 2\nmegabytes = 3\n");
    assert_eq!(both.age, Some(Duration::from_secs(2 * 24 * 60 * 60)));
    assert_eq!(both.bytes, Some(3_000_000));
    assert_eq!(kept("[retention]\nmegabytes = 1\n").age, None);
}

#[test]
fn who_is_answered_in_the_dialect_chat_is_said_in_its_section() {
    let chat = |text: &str| file(text).unwrap().config.policies()[&"chat".into()].clone();
    let everybody = policy::Policy {
        people: Rule::Open,
        groups: Rule::Open,
        ..policy::Policy::default()
    };
    assert_eq!(chat(""), everybody);
    let few = "dm_policy = \"allowlist\"\ngroup_policy = \"disabled\"\nallow_from = [\"ann\"]\n";
    let few = chat(&format!("[channel.chat]\n{few}"));
    assert_eq!((few.people, few.groups), (Rule::Allowlist, Rule::Disabled));
    assert_eq!(few.allow_from, ["ann"]);
}
