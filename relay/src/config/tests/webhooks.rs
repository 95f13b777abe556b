//! The sections of webhooks.

use super::*;
use crate::webhooks::Topic;

fn read(text: &str) -> anyhow::Result<Vec<crate::webhooks::WebhookSettings>> {
    let config = file(text).unwrap().config;
    config.webhooks(|name| (name == "CRM_SECRET").then(|| "a-secret-of-a-test".into()))
}

#[test]
fn a_section_names_who_is_told_what() {
    let text = "[webhook.crm]\nurl = \"https://crm.example/hook\"\nevents = [\"received\", \"sent\"]\n\
        channels = [\"webchat\"]\nsecret_env = \"CRM_SECRET\"\nprivate_addresses = [\"10.0.0.7\"]\n";
    let all = read(text).unwrap();
    let [crm] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(crm.name, "crm");
    assert_eq!(crm.topics, [Topic::Received, Topic::Sent]);
    assert_eq!(crm.secret.expose(), "a-secret-of-a-test");
    assert_eq!(
        crm.private_addresses,
        ["10.0.0.7".parse::<std::net::IpAddr>().unwrap()]
    );
    assert!(!format!("{crm:?}").contains("a-secret"));
}

#[test]
fn a_webhook_without_a_secret_is_told_nothing_and_its_owner_why() {
    let section = "[webhook.crm]\nurl = \"https://crm.example/hook\"\n";
    for (more, words) in [
        ("", "secret_file or secret_env"),
        ("secret_env = \"OTHER\"\n", "OTHER"),
        (
            "secret_env = \"CRM_SECRET\"\nsecret_file = \"x\"\n",
            "one of them",
        ),
    ] {
        let error = read(&format!("{section}{more}")).unwrap_err();
        let told = format!("{error:#}");
        assert!(
            told.contains("webhook.crm") && told.contains(words),
            "{told}"
        );
    }
}

#[test]
fn an_event_that_is_none_is_told_with_those_that_there_are() {
    let (_, words) = only_error(
        "[webhook.crm]\nurl = \"https://crm.example/\"\nsecret_env = \"X\"\nevents = [\"seen\"]\n",
    );
    assert!(
        words.contains("received") && words.contains("status"),
        "{words}"
    );
}
