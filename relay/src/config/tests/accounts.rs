//! Accounts of WhatsApp beside the one that its section is.

use super::*;
use crate::account::{Account, Via};
use crate::channels::whatsapp::WhatsappSettings;

const SECTION: &str = "[channel.whatsapp_baileys]\n";

fn settings(more: &str) -> anyhow::Result<Vec<WhatsappSettings>> {
    let config = file(&format!("{SECTION}{more}")).unwrap().config;
    config.whatsapp_settings(Path::new("/data"))
}

fn names(more: &str) -> Vec<String> {
    let all = settings(more).unwrap().into_iter();
    all.map(|one| one.account.to_string()).collect()
}

#[test]
fn the_section_is_an_account_and_those_below_it_are_more() {
    assert_eq!(names(""), ["default"]);
    let work = "[channel.whatsapp_baileys.accounts.work]\n";
    assert_eq!(names(work), ["default", "work"]);
    assert_eq!(names(&format!("{work}enabled = false\n")), ["default"]);
    let only = format!("{work}[channel.whatsapp_baileys.accounts.default]\nenabled = false\n");
    assert_eq!(names(&only), ["work"]);
    assert_eq!(names(&format!("enabled = false\n{work}")), [""; 0]);
}

#[test]
fn an_account_has_of_the_section_what_it_does_not_say_but_never_its_folder() {
    let text = "auth_dir = \"/jarvis\"\nassistant_name = \"Hal\"\ndm_policy = \"allowlist\"\n\
        allow_from = [\"+1 555\"]\nproxy = \"http://127.0.0.1:3128\"\ndefault_agent = \"echo\"\n\
        [channel.whatsapp_baileys.accounts.work]\nassistant_has_own_number = true\nallow_from = []\n\
        group_policy = \"disabled\"\ndefault_agent = \"none\"\nanswers_per_hour = 7\n\
        [channel.whatsapp_baileys.accounts.home]\nassistant_name = \"Ann\"\nauth_dir = \"/ann\"\n";
    let [usual, home, work] = &settings(text).unwrap()[..] else {
        panic!("three accounts were written");
    };
    let folders = [usual, home, work].map(|one| one.auth_dir.to_str().unwrap());
    assert_eq!(folders, ["/jarvis", "/ann", "/data/whatsapp/work"]);
    let called = [usual, home, work].map(|one| &*one.rules.assistant_name);
    assert_eq!(called, ["Hal", "Ann", "Hal"]);
    assert!(work.rules.has_own_number && !home.rules.has_own_number);
    assert_eq!((usual.rules.hourly, work.rules.hourly), (60, 7));
    for one in [usual, home, work] {
        assert_eq!(one.proxy.as_deref(), Some("http://127.0.0.1:3128"));
        assert_eq!(one.bridge, Path::new("/data/whatsapp"));
    }

    let config = file(&format!("{SECTION}{text}")).unwrap().config;
    let policies = config.policies();
    let of = |name: &str| &policies[&Via::new("whatsapp_baileys", &Account::read(name).unwrap())];
    assert_eq!(of("default").allow_from, ["+1 555"]);
    assert_eq!(of("home").allow_from, ["+1 555"]);
    assert_eq!(of("work").allow_from, [""; 0]);
    assert_eq!(of("work").people, Rule::Allowlist);
    let groups = [of("default").groups, of("work").groups];
    assert_eq!(groups, [Rule::Allowlist, Rule::Disabled]);

    let agents = config.agents(|_| None).unwrap();
    let work = Via::new("whatsapp_baileys", &Account::read("work").unwrap());
    assert_eq!(agents.by_channel["whatsapp_baileys"], "echo");
    assert_eq!(agents.by_account, [(work, "none".to_owned())].into());
}

#[test]
fn a_name_that_could_be_no_folder_of_its_own_is_refused_with_its_line() {
    for name in [
        "\"../work\"",
        "\"a/b\"",
        "\"\"",
        "\".\"",
        "Work",
        "\"a.b\"",
        "con",
        "bridge-1-abcdef12",
    ] {
        let text = format!("{SECTION}[channel.whatsapp_baileys.accounts.{name}]\n");
        let (line, words) = only_error(&text);
        assert_eq!(line, Some(2), "{name}");
        assert!(words.contains("name"), "{name}: {words}");
    }
}

#[test]
fn two_with_one_folder_and_too_many_are_refused() {
    let folder = |text: &str| settings(text).unwrap_err().to_string();
    let words =
        folder("auth_dir = \"/data/whatsapp/work\"\n[channel.whatsapp_baileys.accounts.work]\n");
    assert!(
        words.contains("/data/whatsapp/work") && words.contains("work"),
        "{words}"
    );
    let many: String = (0..16)
        .map(|n| format!("[channel.whatsapp_baileys.accounts.a{n}]\n"))
        .collect();
    assert!(folder(&many).contains("16 are the most"));
}
