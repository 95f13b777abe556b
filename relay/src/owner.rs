//! `clawline-relay devices …`: what the owner decides, beside a running `serve`
//! or without one. Both meet in the database.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::clock::now_ms;
use crate::dialects::gateway::device_json::{asked_json, device_json};
use crate::owner_command::OwnerCommand;
use crate::printable::printable;
use crate::store::{Approval, Device, FILE_NAME, Pairing, Store, StoreError};

/// Why a decision did not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OwnerError {
    /// Nothing was ever stored there.
    #[error(
        "there is no data in {0} yet: start `clawline-relay serve` once, or name its folder with --data-dir"
    )]
    NoData(String),
    /// Nothing waits under this id.
    #[error("no request waits under {0:?}: `clawline-relay devices list` shows who asks for what")]
    NothingWaits(String),
    /// No such device.
    #[error("no approved device begins with {0:?}: `clawline-relay devices list` shows them")]
    NoDevice(String),
    /// Several match.
    #[error("{0:?} is the beginning of several ids: give more of it")]
    Ambiguous(String),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a command has to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
}

/// The devices of one data folder.
#[derive(Debug)]
pub struct Owner {
    store: Store,
    command: OwnerCommand,
}

impl Owner {
    /// Opens the data folder of a relay; `command` is what its owner types.
    ///
    /// # Errors
    /// There is nothing, or it does not open.
    pub async fn open(data_dir: &Path, command: OwnerCommand) -> Result<Self, OwnerError> {
        if !data_dir.join(FILE_NAME).is_file() {
            return Err(OwnerError::NoData(data_dir.display().to_string()));
        }
        Ok(Self {
            store: Store::open_beside(data_dir).await?,
            command,
        })
    }

    /// All devices.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn list(&self) -> Result<Report, OwnerError> {
        let pairings = self.store.pairings().await?;
        let devices = self.store.devices().await?;
        let pending: Vec<Value> = pairings.iter().map(asked_json).collect();
        let mut paired = Vec::new();
        for device in &devices {
            let token = self.store.newest_token(&device.device_id).await?;
            let mut json = device_json(device, token.as_ref(), false);
            if let Some(json) = json.as_object_mut() {
                // Only the running server knows who is connected.
                json.remove("connected");
            }
            paired.push(json);
        }
        Ok(Report {
            text: listing(&pairings, &devices, &self.command, now_ms()),
            json: json!({ "pending": pending, "paired": paired }),
        })
    }

    /// Lets a waiting device in. `id` is the id of its request, or the beginning
    /// of it: the id of a device would not say what it asks for meanwhile.
    ///
    /// # Errors
    /// Nothing or too much waits under it, or the database does not answer.
    pub async fn approve(&self, id: &str) -> Result<Report, OwnerError> {
        let asked = self.waiting(id, |one| [&one.request_id, ""]).await?;
        // What the owner decides about is his to give.
        let approval = self
            .store
            .approve_pairing(&asked.request_id, now_ms(), |_| true)
            .await?;
        let Approval::Approved(device) = approval else {
            return Err(OwnerError::NothingWaits(id.to_owned()));
        };
        Ok(Report {
            text: format!(
                "Approved {} ({}) as {}: {}.\nA page that waits goes on by itself within a few seconds.\n",
                name(device.display_name.as_deref(), &device.client_id),
                short(&device.device_id),
                printable(&device.role),
                printable(&device.scopes.join(", ")),
            ),
            json: json!({
                "requestId": asked.request_id,
                "device": device_json(&device, None, false),
            }),
        })
    }

    /// Turns a waiting device away. `id` is its request id or device id, or the
    /// beginning of one.
    ///
    /// # Errors
    /// As [`Owner::approve`].
    pub async fn reject(&self, id: &str) -> Result<Report, OwnerError> {
        let asked = self
            .waiting(id, |one| [&one.request_id, &one.device_id])
            .await?;
        let rejected = self.store.reject_pairing(&asked.request_id).await?;
        let asked = rejected.ok_or_else(|| OwnerError::NothingWaits(id.to_owned()))?;
        Ok(Report {
            text: format!(
                "Rejected {} ({}). It may ask again.\n",
                name(asked.display_name.as_deref(), &asked.client_id),
                short(&asked.device_id),
            ),
            json: json!({ "requestId": asked.request_id, "deviceId": asked.device_id }),
        })
    }

    /// Voids the tokens of a device and ends its connections; it must be
    /// approved again.
    ///
    /// # Errors
    /// There is no such device, or several begin so, or the database does not
    /// answer.
    pub async fn revoke(&self, id: &str) -> Result<Report, OwnerError> {
        let devices = self.store.devices().await?;
        let device = only(&devices, id, |device| [device.device_id.as_str(), ""])
            .ok_or_else(|| OwnerError::Ambiguous(id.to_owned()))?
            .ok_or_else(|| OwnerError::NoDevice(id.to_owned()))?;
        let now = now_ms();
        self.store.revoke_device(&device.device_id, now).await?;
        Ok(Report {
            text: format!(
                "Revoked {} ({}). Its connections end within a second, and it must be approved again.\n",
                name(device.display_name.as_deref(), &device.client_id),
                short(&device.device_id),
            ),
            json: json!({ "deviceId": device.device_id, "role": device.role, "revokedAtMs": now }),
        })
    }

    async fn waiting(
        &self,
        id: &str,
        ids: impl Fn(&Pairing) -> [&str; 2],
    ) -> Result<Pairing, OwnerError> {
        let pairings = self.store.pairings().await?;
        only(&pairings, id, ids)
            .ok_or_else(|| OwnerError::Ambiguous(id.to_owned()))?
            .cloned()
            .ok_or_else(|| OwnerError::NothingWaits(id.to_owned()))
    }
}

/// The one of `all` whose id is, or begins with, `id`. `None` when there are
/// several, `Some(None)` when there is none.
fn only<'a, T>(
    all: &'a [T],
    id: &str,
    ids: impl Fn(&'a T) -> [&'a str; 2],
) -> Option<Option<&'a T>> {
    const ENOUGH: usize = 4;
    if let Some(exact) = all.iter().find(|one| ids(one).contains(&id)) {
        return Some(Some(exact));
    }
    if id.len() < ENOUGH {
        return Some(None);
    }
    let mut found = all
        .iter()
        .filter(|one| ids(one).iter().any(|own| own.starts_with(id)));
    match (found.next(), found.next()) {
        (one, None) => Some(one),
        _ => None,
    }
}

fn listing(pairings: &[Pairing], devices: &[Device], command: &OwnerCommand, now: i64) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    if pairings.is_empty() {
        text.push_str("No device waits for approval.\n");
    } else {
        let _ = writeln!(text, "Waiting for approval ({}):", pairings.len());
        for one in pairings {
            let from = one.remote_ip.as_deref().unwrap_or("this machine");
            let _ = writeln!(
                text,
                "  {}  {} on {}, from {from}, asked {} ({})\n    wants {}: {}\n    {}",
                short(&one.device_id),
                name(one.display_name.as_deref(), &one.client_id),
                printable(&one.platform),
                ago(one.asked_at, now),
                one.reason.as_str(),
                printable(&one.role),
                printable(&one.scopes.join(", ")),
                command.approve_request(&one.request_id),
            );
        }
    }
    if devices.is_empty() {
        text.push_str("No device is approved.\n");
        return text;
    }
    let _ = writeln!(text, "Approved ({}):", devices.len());
    for one in devices {
        let state = match one.revoked_at {
            Some(at) => format!("REVOKED {}", ago(at, now)),
            None => format!("last seen {}", ago(one.last_seen_at, now)),
        };
        let _ = writeln!(
            text,
            "  {}  {} on {}, {} ({}), {state}",
            short(&one.device_id),
            name(one.display_name.as_deref(), &one.client_id),
            printable(&one.platform),
            printable(&one.role),
            printable(&one.scopes.join(", ")),
        );
    }
    text
}

fn short(id: &str) -> String {
    printable(id).chars().take(12).collect()
}

fn name(display_name: Option<&str>, client_id: &str) -> String {
    printable(display_name.unwrap_or(client_id))
}

fn ago(at: i64, now: i64) -> String {
    let seconds = (now - at).max(0) / 1_000;
    match seconds {
        0..=59 => format!("{seconds} s ago"),
        60..=3_599 => format!("{} min ago", seconds / 60),
        3_600..=86_399 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_enough_when_only_one_id_has_it() {
        let all = ["abcd1", "abcd2", "xyz99"];
        let pick = |id| only(&all, id, |one| [*one, ""]);
        assert_eq!(pick("xyz9"), Some(Some(&"xyz99")));
        assert_eq!(pick("abcd"), None);
        assert_eq!(pick("abcd1"), Some(Some(&"abcd1")));
        assert_eq!(pick("xyz"), Some(None), "three characters are too few");
        assert_eq!(pick("nope"), Some(None));
    }

    #[test]
    fn a_wish_is_shown_whole_however_long_it_is() {
        let junk = "x".repeat(3_000);
        let wish = Pairing {
            request_id: "r".into(),
            device_id: "d".into(),
            public_key: "k".into(),
            client_id: "cli".into(),
            client_mode: "cli".into(),
            display_name: Some("phone\u{202e}".into()),
            platform: "web".into(),
            device_family: String::new(),
            role: "operator".into(),
            scopes: vec![junk, "a\u{2028}b".into(), "operator.admin".into()],
            remote_ip: None,
            reason: crate::store::PairingReason::NotPaired,
            is_repair: false,
            asked_at: 1,
        };
        let text = listing(&[wish], &[], &OwnerCommand::default(), 2);
        assert!(text.contains("x, a\\u{2028}b, operator.admin\n"), "{text}");
        assert!(text.contains("phone\\u{202e} on web"), "{text}");
    }
}
