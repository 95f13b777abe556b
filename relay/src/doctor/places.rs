//! Folders, ports and files of this machine.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use super::{Check, Outcome, Subject};
use crate::config::ServeError;
use crate::data_folder;
use crate::origin::{self, Welcome};

/// The data folder, and whether a relay serves it now.
pub(super) fn data_folder(folder: &Path) -> (Check, bool) {
    const NAME: &str = "data folder";
    let shown = folder.display();
    if !folder.exists() {
        let there = folder.ancestors().find(|above| above.exists());
        let check = match there {
            Some(above) if above.is_dir() && is_writable(above) => {
                Check::new(NAME, Outcome::Ok, format!("{shown} will be made"))
            }
            _ => Check::failed(
                NAME,
                format!("{shown} is not there and cannot be made: name another with --data-dir"),
            ),
        };
        return (check, false);
    }
    if !folder.is_dir() || !is_writable(folder) {
        let words = format!(
            "{shown} is no folder that this user may write to: mend its rights, or name another with --data-dir"
        );
        return (Check::failed(NAME, words), false);
    }
    let is_served = data_folder::is_served(folder);
    let words = match (is_served, is_open_to_others(folder)) {
        (_, true) => {
            let words = format!("others may read {shown}: chmod 700 it");
            return (Check::new(NAME, Outcome::Advice, words), is_served);
        }
        (true, false) => format!("{shown} is served by a relay that runs now"),
        (false, false) => format!("{shown} is there and can be written"),
    };
    (Check::new(NAME, Outcome::Ok, words), is_served)
}

/// Whether a file can be made there; it is taken away again.
fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".clawline-doctor-{}", std::process::id()));
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe);
    made.is_ok() && fs::remove_file(&probe).is_ok()
}

#[cfg(unix)]
fn is_open_to_others(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    folder
        .metadata()
        .is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Every address to listen at: free, and not open to everybody.
pub(super) fn addresses(subject: &Subject, is_served: bool) -> Vec<Check> {
    let config = &subject.config;
    let mut checks = Vec::new();
    for address in &config.listen {
        let name = format!("address {address}");
        if !subject.has_token && !origin::is_loopback(address.ip()) {
            let words = ServeError::OpenToAll(*address).to_string();
            checks.push(Check::failed(name, words));
            continue;
        }
        checks.push(match TcpListener::bind(address) {
            Ok(_) => Check::new(name, Outcome::Ok, "it is free"),
            Err(_) if is_served => Check::new(
                name,
                Outcome::Ok,
                "it is taken, by the relay that runs now it seems",
            ),
            Err(source) => {
                let address = *address;
                let words = ServeError::Listen { address, source }.to_string();
                Check::failed(name, words)
            }
        });
    }
    let welcome = Welcome::new(&config.host, &config.origin);
    if let Ok(welcome) = welcome
        && let Some(host) = welcome.outside_name()
        && !subject.has_token
    {
        let words = ServeError::NamedToAll(host.to_owned()).to_string();
        checks.push(Check::failed("names", words));
    }
    checks
}

/// The files of the page.
pub(super) fn page(folder: &Path) -> Check {
    const NAME: &str = "page";
    let shown = folder.display();
    if folder.join("index.html").is_file() {
        Check::new(NAME, Outcome::Ok, format!("it is in {shown}"))
    } else {
        let words = format!(
            "{shown} has no index.html: build the page with `cargo xtask build`, or name its folder with --page"
        );
        Check::failed(NAME, words)
    }
}
