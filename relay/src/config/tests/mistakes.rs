//! What is wrong or odd, and how it is told.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Given, file, only_error};
use crate::config::{ConfigFile, Flags, Loaded, schema, secret};

#[test]
fn whatever_is_wrong_is_told_with_its_line_its_key_and_what_is_allowed() {
    for (text, line, words) in [
        (
            "\n[channel]\nenabled = \"yes\"\n",
            3,
            "channel.enabled must be true or false",
        ),
        (
            "[channel]\nenabled = 1",
            2,
            "channel.enabled must be true or false",
        ),
        (
            "listen = 18790",
            1,
            "listen must be a list of texts, each an address",
        ),
        (
            "listen = [\"127.0.0.1:1\", \"x\"]",
            1,
            "listen must be a list of texts, and number 2 must be an address",
        ),
        ("listen = \"localhost\"", 1, "must be an address and a port"),
        (
            "[channel]\ndm_policy = \"opne\"",
            2,
            "must be one of \"pairing\", \"allowlist\", \"open\", \"disabled\"",
        ),
        (
            "[channel]\nreconnect_interval = -1",
            2,
            "channel.reconnect_interval must be a number from 0.1 to 3600",
        ),
        (
            "[channel]\nreconnect_interval = nan",
            2,
            "must be a number from 0.1 to 3600",
        ),
        (
            "[channel]\nreconnect_interval = \"5\"",
            2,
            "must be a number from",
        ),
        (
            "[channel]\nreconnect_interval = 1979-05-27",
            2,
            "must be a number from",
        ),
        (
            "[channel]\ngateway_url = \"http://x\"",
            2,
            "channel.gateway_url must be a WebSocket address",
        ),
        ("channel = true", 1, "channel must be a section, [channel]"),
        (
            "[[channel]]\nenabled = true",
            1,
            "channel must be a section",
        ),
        ("[listen]\nx = 1", 1, "listen must be a list"),
        (
            "[agent.openai]\nbase_url = \"http://a\"\nmodel = \"m\"\nhistory = 0",
            4,
            "must be a whole number from 1 to 1000",
        ),
        (
            "[agent.openai]\nbase_url = \"http://a\"\nmodel = \"m\"\nhistory = 1.5",
            4,
            "must be a whole number",
        ),
        (
            "[access.tokens.a]\nscopes = [\"operator.raed\"]",
            2,
            "number 1 must be one of \"operator.read\"",
        ),
        (
            "[upstream.\"a/b\"]\nurl = \"ws://a\"",
            1,
            "upstream must have a name",
        ),
        (
            "[upstream.a]\nurl = \"ws://a\"\nfingerprint = \"ab\"",
            3,
            "upstream.a.fingerprint must be a SHA-256",
        ),
        ("gateway = [\"ws://[2001:db8::1]:5\"]", 1, "a name"),
        (
            "origin = \"*\"",
            1,
            "origin must be a list of texts, and number 1 must be an origin",
        ),
        (
            "data_dir = \"\"",
            1,
            "data_dir must be a path that is not empty",
        ),
        (
            "data_dir = \"~root/x\"",
            1,
            "data_dir must be a path; only `~/`",
        ),
        ("a = 1\nb =", 2, "is no TOML"),
        ("pair = \"auto\"\npair = \"auto\"", 2, "is no TOML"),
    ] {
        let (told_line, told) = only_error(text);
        assert_eq!(told_line, Some(line), "{text}: {told}");
        assert!(told.contains(words), "{text}: {told}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let given = Given {
        file: "listen = 5\nhots = \"a\"\n[channel]\nenabled = \"no\"\n",
        environment: &[
            ("CLAWLINE_PAIR", "never"),
            ("OPENCLAW_GATEWAY_TOKEN", "two words"),
        ],
        flags: &[("page", "~root")],
        ..Given::default()
    };
    let problems = given.load().unwrap_err();
    let told = problems.to_string();
    for words in [
        "clawline.toml, line 1: listen must be",
        "clawline.toml, line 4: channel.enabled must be",
        "the variable CLAWLINE_PAIR: pair must be one of \"auto\", \"always\"",
        "the variable OPENCLAW_GATEWAY_TOKEN: has a token that is empty, too long or has blanks",
        "--page: page must be a path",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert_eq!(problems.errors.len(), 5, "{told}");
    assert!(
        problems.warnings[0].words.contains("`host`"),
        "{problems:?}"
    );
    // What was typed as a name goes to a terminal.
    let odd = file("\"\\u001b[31m\" = 1").unwrap().warnings[0].to_string();
    assert!(!odd.contains('\u{1b}'), "{odd}");
}

#[test]
fn what_lacks_a_value_is_named() {
    let told = only_error("[agent.openai]\nmodel = \"m\"\n").1;
    assert!(told.contains("agent.openai.base_url"), "{told}");
    let told = only_error("[upstream.home]\nca_file = \"x\"\n").1;
    assert!(told.contains("upstream.home.url"), "{told}");
}

#[test]
fn an_unknown_name_is_told_with_the_one_that_was_meant() {
    for (text, key, words) in [
        (
            "[channel]\nenabeld = true",
            "channel.enabeld",
            "did you mean `enabled`?",
        ),
        (
            "[channel]\ngatewayUrl = \"x\"",
            "channel.gatewayUrl",
            "did you mean `gateway_url`?",
        ),
        (
            "[chanel]\nenabled = true",
            "chanel",
            "did you mean the section `channel`?",
        ),
        (
            "[channel.whatsapp]\n",
            "channel.whatsapp",
            "known in `channel`: ",
        ),
        (
            "[channel]\nauth_dir = \"x\"",
            "channel.auth_dir",
            "did you mean `channel.whatsapp_baileys.auth_dir`?",
        ),
        (
            "gateway_url = \"x\"",
            "gateway_url",
            "did you mean `channel.gateway_url`?",
        ),
        (
            "[agent.opneai]\nmodel = \"x\"",
            "agent.opneai",
            "did you mean the section `openai`?",
        ),
        ("zebra = 1", "zebra", "known at the top: access, agent, "),
        (
            "[upstream.a]\nurl = \"ws://a\"\nurI = \"x\"",
            "upstream.a.urI",
            "did you mean `url`?",
        ),
    ] {
        let warnings = file(text).unwrap().warnings;
        let told = warnings.iter().find(|it| it.key == key);
        let told = told.unwrap_or_else(|| panic!("{text}: {warnings:?}"));
        assert!(told.words.contains(words), "{text}: {told}");
    }
    let given = Given {
        environment: &[
            ("CLAWLINE_LSITEN", "127.0.0.1:1"),
            ("CLAWLINE_RELAY", "/x"),
            ("CLAWLINE_LOG", "warn"),
            ("CLAWLINE_LOG_FORMAT", "json"),
            ("OTHER_LISTEN", "x"),
        ],
        ..Given::default()
    };
    let told: Vec<String> = given
        .load()
        .unwrap()
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("CLAWLINE_LSITEN") && told[0].contains("did you mean CLAWLINE_LISTEN?")
    );
}

#[test]
fn what_this_version_does_not_use_is_said() {
    let warnings = file("[channel]\ndm_policy = \"open\"\nallow_from = [\"m\"]\n")
        .unwrap()
        .warnings;
    let told: Vec<(&str, &str)> = warnings
        .iter()
        .map(|it| (it.key.as_str(), it.words.as_str()))
        .collect();
    let unused = "is not used by this version";
    assert_eq!(
        told,
        [
            ("channel.dm_policy", unused),
            ("channel.allow_from", unused)
        ]
    );
    assert!(
        file("listen = \"127.0.0.1:0\"")
            .unwrap()
            .warnings
            .is_empty()
    );
}

#[test]
fn no_value_is_ever_repeated() {
    const SECRET: &str = "s3cret-0123456789";
    let everywhere = schema::entries();
    for entry in everywhere {
        let path = entry.path.replace("NAME", "home");
        let (section, name) = path.rsplit_once('.').unwrap_or(("", &path));
        let head = if section.is_empty() {
            String::new()
        } else {
            format!("[{section}]\n")
        };
        for value in [
            format!("\"{SECRET} \\u0000\""),
            format!("[\"{SECRET}\", 5]"),
            format!("{{ {SECRET} = \"{SECRET}\" }}"),
            format!("\"{SECRET}"),
        ] {
            let told = match file(&format!("{head}{name} = {value}\n")) {
                Ok(loaded) => format!("{:?}", loaded.warnings),
                Err(problems) => format!("{problems}\n{:?}", problems.warnings),
            };
            assert!(!told.contains(SECRET), "{path} = {value}: {told}");
        }
    }
    let told = format!(
        "{:?}",
        file(&format!("token = \"{SECRET}\"")).unwrap().warnings
    );
    assert!(!told.contains(SECRET), "{told}");
    let given = Given {
        environment: &[("OPENCLAW_GATEWAY_TOKEN", SECRET)],
        ..Given::default()
    };
    let told = format!("{:?}", given.load().unwrap());
    assert!(!told.contains(SECRET), "{told}");
}

#[test]
fn a_token_is_one_word_in_a_file_that_can_be_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("token");
    let long = "x".repeat(5_000);
    for content in ["", " \n", "two words", "a\u{0}b", &long] {
        fs::write(&path, content).unwrap();
        let told = secret::of_file(&path).unwrap_err().to_string();
        assert!(told.contains("use one word"), "{told}");
    }
    let told = secret::of_file(Path::new("/nowhere/token")).unwrap_err();
    assert!(told.to_string().contains("cannot read the token"), "{told}");
}

#[test]
fn a_file_that_is_none_is_told() {
    let none = |path: &Path| {
        let file = ConfigFile::Named(path.to_owned());
        Loaded::of(&file, &BTreeMap::new(), &Flags::new()).map(drop)
    };
    let folder = TempDir::new().unwrap();
    let told = none(&folder.path().join("absent.toml"))
        .unwrap_err()
        .to_string();
    assert!(told.contains("absent.toml: cannot be read"), "{told}");
    assert!(none(folder.path()).is_err());
    let path = folder.path().join("x.toml");
    fs::write(&path, b"\xff\xfe\x00").unwrap();
    assert!(none(&path).unwrap_err().to_string().contains("UTF-8"));
    fs::write(&path, "#".repeat(1024 * 1024 + 1)).unwrap();
    assert!(none(&path).unwrap_err().to_string().contains("1 MiB"));
    fs::write(&path, "\u{feff}listen = \"127.0.0.1:1\"\r\n").unwrap();
    assert!(none(&path).is_ok());
    // The usual one need not be there.
    let usual = ConfigFile::Usual(folder.path().join("absent.toml"));
    assert!(Loaded::of(&usual, &BTreeMap::new(), &Flags::new()).is_ok());
}
