//! Who answers, as the settings say.

use std::path::Path;
use std::time::Duration;

use clawline_core::Secret;

use super::{Config, file};
use crate::agents::AgentSettings;
use crate::config::secret::TOKEN_VARIABLE;
use crate::upstream::{Fingerprint, Source, Trust};

fn agents(text: &str) -> anyhow::Result<AgentSettings> {
    let variable = |name: &str| (name == "KEY").then(|| "of-env".into());
    file(text).unwrap().config.agents(variable)
}

fn openai(more: &str) -> String {
    format!("[agent.openai]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n{more}\n")
}

#[test]
fn the_settings_of_a_model_server_reach_its_agent() {
    let more = "system_prompt = \"be kind\"\nhistory = 7\nimages = true";
    let openai = agents(&openai(more)).unwrap().openai.unwrap();
    assert_eq!(
        (&*openai.base_url, &*openai.model),
        ("http://127.0.0.1:1/v1", "m")
    );
    assert_eq!(
        (&*openai.system_prompt, openai.history_rows),
        ("be kind", 7)
    );
    assert!(openai.takes_images);
    assert!(agents("").unwrap().openai.is_none());
    let webchat = agents("[channel.webchat]\ndefault_agent = \"none\"\n").unwrap();
    assert_eq!(webchat.by_channel["webchat"], "none");
}

#[test]
fn each_channel_may_have_an_agent_of_its_own() {
    assert!(agents("").unwrap().by_channel.is_empty());
    for channel in ["webchat", "chat", "bridge", "hub", "calls"] {
        let text = format!("[channel.{channel}]\ndefault_agent = \"echo\"\n");
        let named = agents(&text).unwrap().by_channel;
        assert_eq!(named, [(channel.to_owned(), "echo".to_owned())].into());
    }
}

#[test]
fn the_key_is_in_a_file_or_in_a_variable_or_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "of-file\n").unwrap();
    let of_file = format!("api_key_file = {:?}", file.display().to_string());
    let of_env = "api_key_env = \"KEY\"";
    for (more, wanted) in [
        ("", None),
        (&*of_file, Some("of-file")),
        (of_env, Some("of-env")),
    ] {
        let found = agents(&openai(more)).unwrap().openai.unwrap().key;
        assert_eq!(found.as_ref().map(Secret::expose), wanted, "{more}");
    }
    for (more, part) in [
        (format!("{of_file}\n{of_env}"), "give one"),
        ("api_key_file = \"/nowhere/key\"".to_owned(), "/nowhere/key"),
        ("api_key_env = \"NONE\"".to_owned(), "NONE"),
    ] {
        let words = format!("{:#}", agents(&openai(&more)).unwrap_err());
        assert!(words.contains(part) && !words.contains("of-env"), "{words}");
    }
}

#[test]
fn the_gateway_that_is_called_is_the_one_of_the_channel() {
    let text =
        "[channel]\nenabled = true\ngateway_url = \"ws://10.0.0.2/\"\nreconnect_interval = 5.0\n";
    let config = file(text).unwrap().config;
    let data = Path::new("data");
    let called = |config: &Config, token: Option<&str>| {
        let variable = |_: &str| token.map(Into::into);
        config.called_gateway(variable, data).unwrap()
    };
    let gateway = called(&config, Some("t")).unwrap();
    assert_eq!(gateway.address, "ws://10.0.0.2/");
    assert_eq!(gateway.backoff.base, Duration::from_secs(5));
    assert_eq!(gateway.backoff.late_cap, Duration::from_secs(5));
    assert!(!gateway.backoff.jitter);
    let token = Source::Environment(TOKEN_VARIABLE.to_owned());
    assert_eq!(gateway.token, Some(token));
    assert_eq!(gateway.trust, Trust::System);
    let agents = config.agents(|_| None).unwrap();
    assert_eq!(agents.by_channel["openclaw"], "simple");

    let config = file("[channel]\nenabled = true\n").unwrap().config;
    let gateway = called(&config, None).unwrap();
    assert!(gateway.token.is_none() && gateway.backoff.jitter);
    for text in ["", "[channel]\nenabled = false\n"] {
        let config = file(text).unwrap().config;
        assert!(called(&config, None).is_none(), "{text}");
        assert!(
            !config
                .agents(|_| None)
                .unwrap()
                .by_channel
                .contains_key("openclaw")
        );
    }
}

#[test]
fn whom_a_gateway_is_taken_for_is_said_once() {
    let pin = Fingerprint::of(b"certificate");
    let pinned = format!("fingerprint = \"{pin}\"\n");
    let trust_of = |keys: &str| {
        let text =
            format!("[channel]\nenabled = true\n{keys}[upstream.home]\nurl = \"wss://a\"\n{keys}");
        let config = file(&text).unwrap().config;
        let called = config.called_gateway(|_| None, Path::new("data"));
        let called = called.map(|called| called.unwrap().trust);
        (called, config.upstream["home"].trust())
    };
    for (keys, trust) in [
        ("", Trust::System),
        (
            "ca_file = \"/x/ca.pem\"\n",
            Trust::CaFile("/x/ca.pem".into()),
        ),
        (&*pinned, Trust::Pinned(pin)),
    ] {
        let (called, passed) = trust_of(keys);
        assert_eq!((called.unwrap(), passed.unwrap()), (trust.clone(), trust));
    }
    let (called, passed) = trust_of(&format!("ca_file = \"x\"\n{pinned}"));
    for error in [called.unwrap_err(), passed.unwrap_err()] {
        assert!(format!("{error:#}").contains("one of them"), "{error:#}");
    }
}
