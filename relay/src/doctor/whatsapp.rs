//! Other programs of this user that are linked to WhatsApp.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Check, Outcome, Subject};
use crate::channels::whatsapp::WhatsappSettings;
use crate::channels::whatsapp::login::Login;

const NAME: &str = "WhatsApp";

/// What two linked devices mean.
const TWO_DEVICES: &str = "yours is a linked device of its own beside it (WhatsApp allows four): both get \
    every message and both could answer it, so let only one of them answer; do not name its folder as \
    auth_dir, for two programs with one login throw each other out";

/// Looks for logins of OpenClaw and OpenJarvis. `variable` reads the environment.
pub(super) fn logins(subject: &Subject, variable: impl Fn(&str) -> Option<OsString>) -> Vec<Check> {
    let accounts = match subject.config.whatsapp_settings(&subject.data_dir) {
        Ok(accounts) => accounts,
        Err(error) => return vec![Check::failed(NAME, error.to_string())],
    };
    if accounts.is_empty() {
        return Vec::new();
    }
    let path = |name| {
        variable(name)
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    };
    let home = path("HOME").or_else(|| path("USERPROFILE"));
    let openclaw = path("OPENCLAW_STATE_DIR").or_else(|| Some(home.as_ref()?.join(".openclaw")));
    let own: Vec<&Path> = accounts.iter().map(|one| &*one.auth_dir).collect();
    let mut checks = twice(&accounts);
    for folder in openclaw.iter().flat_map(|state| openclaw_folders(state)) {
        checks.extend(beside(&own, &folder));
    }
    let jarvis = home.map(|home| home.join(".openjarvis/whatsapp_baileys_bridge/auth"));
    if let Some(folder) = jarvis.filter(|folder| !own.iter().any(|own| is_same(folder, own)))
        && Login::read(&folder).is_some_and(|login| login.is_linked)
        && own.iter().any(|own| Login::read(own).is_none())
    {
        let words = format!(
            "OpenJarvis is linked here: to go on with that login, stop it and set auth_dir = {:?} (a copy \
             is made first); otherwise the relay becomes a device of its own",
            folder.display().to_string()
        );
        checks.push(Check::new(NAME, Outcome::Advice, words));
    }
    if checks.is_empty() {
        let words = "no other login of this user was found";
        checks.push(Check::new(NAME, Outcome::Ok, words));
    }
    checks
}

/// Where OpenClaw keeps its logins: a folder for each account, and the one folder
/// of earlier versions.
fn openclaw_folders(state: &Path) -> Vec<PathBuf> {
    let credentials = state.join("credentials");
    let accounts = fs::read_dir(credentials.join("whatsapp"));
    let accounts = accounts.into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = accounts.map(|entry| entry.path()).collect();
    folders.sort();
    folders.push(credentials);
    folders
}

/// The accounts that are one phone: only one of them can be connected.
fn twice(accounts: &[WhatsappSettings]) -> Vec<Check> {
    let mut phones = BTreeMap::new();
    let linked = accounts.iter().filter_map(|one| {
        let login = Login::read(&one.auth_dir).filter(|login| login.is_linked)?;
        Some((login.phone?, &one.account))
    });
    let mut checks = Vec::new();
    for (phone, account) in linked {
        if let Some(other) = phones.insert(phone.clone(), account) {
            let words = format!(
                "the accounts {other} and {account} are linked to one phone, {phone}: only the first to start is \
                 connected. Stop the relay, then `clawline-relay whatsapp logout --account {account}` ends the other"
            );
            checks.push(Check::failed(NAME, words));
        }
    }
    checks
}

fn beside(own: &[&Path], folder: &Path) -> Option<Check> {
    let login = Login::read(folder).filter(|login| login.is_linked)?;
    let shown = folder.display();
    if own.iter().any(|own| is_same(folder, own)) {
        let words = format!(
            "auth_dir is {shown}, the login of OpenClaw on this machine: two programs with one login throw \
             each other out. Name another folder, or none, and link the relay as a device of its own"
        );
        return Some(Check::failed(NAME, words));
    }
    let phone = login.phone.as_deref().unwrap_or("an account");
    let ours = own.iter().filter_map(|own| Login::read(own));
    let ours = ours.filter(|own| own.is_linked).filter_map(|own| own.phone);
    let ours: Vec<String> = ours.collect();
    let is_other = !ours.is_empty() && login.phone.as_ref().is_none_or(|one| !ours.contains(one));
    let words = match is_other {
        true => format!(
            "OpenClaw on this machine is linked to {phone} ({shown}), the relay to {}: accounts which do not disturb \
             each other",
            ours.join(", ")
        ),
        false => format!("OpenClaw on this machine is linked to {phone} ({shown}); {TWO_DEVICES}"),
    };
    Some(Check::new(NAME, Outcome::Advice, words))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, Flags, Loaded};

    fn login(folder: &Path, number: &str) {
        fs::create_dir_all(folder).unwrap();
        let creds = format!(r#"{{"me":{{"id":"{number}:1@s.whatsapp.net"}},"account":{{}}}}"#);
        fs::write(folder.join("creds.json"), creds).unwrap();
    }

    /// What is found in a home folder, by these settings.
    fn look(home: &Path, settings: &str) -> Vec<Check> {
        let file = home.join("clawline.toml");
        fs::write(&file, settings).unwrap();
        let file = ConfigFile::find(Some(&file.to_str().unwrap().parse().unwrap()));
        let subject = Subject {
            config: Loaded::read(&file, &Flags::new()).unwrap().config,
            has_token: false,
            data_dir: home.join("data"),
        };
        logins(&subject, |name| (name == "HOME").then(|| home.into()))
    }

    #[test]
    fn a_login_of_openclaw_is_found_and_what_it_means_is_said() {
        const ON: &str = "[channel.whatsapp_baileys]\n";
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        assert_eq!(look(home, ""), [], "nobody asked for WhatsApp");
        let [check] = &look(home, ON)[..] else {
            panic!()
        };
        assert_eq!(check.outcome, Outcome::Ok);

        let theirs = home.join(".openclaw/credentials/whatsapp/default");
        login(&theirs, "15551234567");
        let one = |settings: &str| {
            let [check] = &look(home, settings)[..] else {
                panic!()
            };
            (check.outcome, check.words.clone())
        };
        let (outcome, words) = one(ON);
        assert_eq!(outcome, Outcome::Advice);
        assert!(
            words.contains("+15551234567") && words.contains("only one of them answer"),
            "{words}"
        );

        // Whatever way leads to it, one login is one.
        let same = format!("{ON}auth_dir = \"{}/../default\"\n", theirs.display());
        let (outcome, words) = one(&same);
        assert_eq!(outcome, Outcome::Failed);
        assert!(words.contains("throw each other out"), "{words}");

        login(&home.join("data/whatsapp/default"), "15559999999");
        let (outcome, words) = one(ON);
        assert_eq!(outcome, Outcome::Advice);
        assert!(words.contains("do not disturb"), "{words}");
    }

    #[test]
    fn a_login_of_openjarvis_can_be_gone_on_with() {
        let home = tempfile::tempdir().unwrap();
        login(
            &home.path().join(".openjarvis/whatsapp_baileys_bridge/auth"),
            "15551234567",
        );
        let [check] = &look(home.path(), "[channel.whatsapp_baileys]\n")[..] else {
            panic!()
        };
        assert_eq!(check.outcome, Outcome::Advice);
        assert!(check.words.contains("auth_dir = "), "{}", check.words);
    }
}
