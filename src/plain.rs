//! States as plain JavaScript objects: for the npm package and for other tabs.

use clawline_core::engine::{Pairing, Status};
use clawline_core::verdict::{self, Cause};
use clawline_core::wire::Object as _;
use clawline_core::{Entry, EntryState, Key};
use std::time::Duration;
use wasm_bindgen::JsValue;

use crate::host::now;
use crate::object::{JsObject, plain, word};

pub(crate) fn status(status: &Status) -> JsValue {
    let (name, more): (&'static str, Vec<(&'static str, JsValue)>) = match status {
        Status::Connecting { attempt, again } => (
            "connecting",
            vec![("attempt", (*attempt).into()), ("again", (*again).into())],
        ),
        Status::Ready => ("ready", vec![]),
        Status::Waiting {
            attempt,
            until,
            cause,
            again,
        } => {
            let wait = until.since(now()).as_millis() as f64;
            let more = vec![
                ("attempt", (*attempt).into()),
                ("again", (*again).into()),
                ("retryInMs", wait.into()),
                ("cause", self::cause(cause)),
            ];
            ("waiting", more)
        }
        Status::Pairing(pairing) => {
            let more = vec![
                ("requestId", pairing.request_id.clone().into()),
                ("reason", pairing.reason.clone().into()),
                ("message", pairing.message.clone().into()),
                ("command", pairing.command.clone().into()),
                ("advice", advice(pairing).into()),
            ];
            ("pairing", more)
        }
        Status::Paused(cause) => ("paused", vec![("cause", self::cause(cause))]),
        Status::Closed => ("closed", vec![]),
        _ => ("idle", vec![]),
    };
    let mut members = vec![("status", word(name))];
    members.extend(more);
    plain(&members)
}

/// Reads what [`status`] wrote in another tab.
pub(crate) fn read_status(told: &JsObject) -> Option<Status> {
    let attempt = || u32::try_from(told.whole("attempt").unwrap_or(0)).unwrap_or(u32::MAX);
    let again = told.flag("again").unwrap_or(false);
    let cause = || {
        let cause = told.child("cause")?;
        Some(verdict::recall(
            cause.text("code")?,
            cause.text("message").unwrap_or_default(),
        ))
    };
    Some(match told.text("status")?.as_str() {
        "idle" => Status::Idle,
        "connecting" => Status::Connecting {
            attempt: attempt(),
            again,
        },
        "ready" => Status::Ready,
        "waiting" => Status::Waiting {
            attempt: attempt(),
            until: now() + Duration::from_millis(told.whole("retryInMs").unwrap_or(0)),
            cause: cause()?,
            again,
        },
        "pairing" => Status::Pairing(Pairing {
            request_id: told.text("requestId"),
            reason: told.text("reason"),
            message: told.text("message").unwrap_or_default(),
            command: told.text("command"),
        }),
        "paused" => Status::Paused(cause()?),
        "closed" => Status::Closed,
        _ => return None,
    })
}

/// What a person can do about a device that waits for approval.
fn advice(pairing: &Pairing) -> String {
    match &pairing.command {
        Some(command) => ["On the gateway's machine, type: ", command].concat(),
        None => "Whoever runs the gateway approves this device there, once.".to_owned(),
    }
}

fn cause(cause: &Cause) -> JsValue {
    plain(&[
        ("code", cause.code.as_str().into()),
        ("message", cause.message.as_str().into()),
        ("advice", cause.advice.into()),
    ])
}

pub(crate) fn entry(entry: &Entry) -> JsValue {
    let key = entry.replaces.as_ref().map(|key| key.as_str().to_owned());
    plain(&[
        ("key", entry.key.as_str().into()),
        ("session", entry.session.clone().into()),
        ("method", entry.method.clone().into()),
        ("writtenMs", (entry.written_ms as f64).into()),
        ("state", word(entry.state.as_str())),
        ("attempts", entry.attempts.into()),
        ("reason", entry.reason.clone().into()),
        ("replaces", key.into()),
    ])
}

/// Reads what [`entry`] wrote in another tab.
pub(crate) fn read_entry(told: &JsObject) -> Option<Entry> {
    Some(Entry {
        key: Key::new(told.text("key")?),
        session: told.text("session"),
        method: told.text("method"),
        written_ms: told.whole("writtenMs").unwrap_or(0),
        state: EntryState::parse(&told.text("state")?)?,
        attempts: u32::try_from(told.whole("attempts").unwrap_or(0)).unwrap_or(u32::MAX),
        reason: told.text("reason"),
        replaces: told.text("replaces").map(Key::new),
    })
}
