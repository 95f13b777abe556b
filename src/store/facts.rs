//! What the store knows of an entry: a plain object of JavaScript.

use std::time::Duration;

use clawline_core::wire::{Object as _, Writer};
use clawline_core::{Answers, EntryState, Key, Mark, Route, Saved, reasons};

use crate::object::JsObject;

/// The largest number that JavaScript has without a gap.
const LARGEST: u64 = 1 << 53;
/// The states that are kept.
const STATES: [EntryState; 4] = [
    EntryState::Queued,
    EntryState::Sending,
    EntryState::Parked,
    EntryState::Unconfirmed,
];

/// JSON, to be parsed by the browser with the rest of a batch.
pub(super) fn write(saved: &Saved) -> String {
    let mut facts = Writer::new()
        .text("origin", saved.origin.as_str())
        .text("key", saved.key.as_str())
        .maybe("method", saved.route.method())
        .maybe("session", saved.route.session())
        .number(
            "answers",
            if saved.answers == Answers::Final {
                2
            } else {
                1
            },
        )
        .number("bytes", saved.bytes.min(LARGEST))
        .number("writtenMs", saved.written_ms.min(LARGEST))
        .text("state", saved.state.as_str())
        .number("attempts", saved.attempts.into())
        .maybe("reason", saved.reason.as_deref())
        .maybe("replaces", saved.replaces.as_ref().map(Key::as_str));
    if let Some(ttl) = saved.ttl {
        let ttl = u64::try_from(ttl.as_millis()).unwrap_or(LARGEST);
        facts = facts.number("ttlMs", ttl.min(LARGEST));
    }
    if let Some(parked) = saved.parked_ms {
        facts = facts.number("parkedMs", parked.min(LARGEST));
    }
    if let Some(mark) = &saved.mark {
        facts = facts
            .text("bootId", &mark.boot_id)
            .number("gatewayMs", mark.gateway_ms.min(LARGEST));
    }
    facts.end()
}

/// `None` for what this page did not write: a guess could send twice.
pub(super) fn read(facts: &JsObject) -> Option<Saved> {
    let text = |name: &'static str| maybe(facts, name, JsObject::text);
    let whole = |name: &'static str| maybe(facts, name, JsObject::whole);
    let route = match text("method")? {
        Some(method) => Route::Method(method),
        None => Route::Chat(text("session")?),
    };
    let answers = match whole("answers")?? {
        1 => Answers::First,
        2 => Answers::Final,
        _ => return None,
    };
    let word = text("state")??;
    let state = STATES.into_iter().find(|state| state.as_str() == word)?;
    let mark = match (text("bootId")?, whole("gatewayMs")?) {
        (Some(boot_id), Some(gateway_ms)) => Some(Mark {
            boot_id,
            gateway_ms,
        }),
        (None, None) if state != EntryState::Sending => None,
        _ => return None,
    };
    Some(Saved {
        origin: Key::new(text("origin")??),
        key: Key::new(text("key")??),
        route,
        answers,
        bytes: whole("bytes")??,
        written_ms: whole("writtenMs")??,
        ttl: whole("ttlMs")?.map(Duration::from_millis),
        state,
        mark,
        attempts: u32::try_from(whole("attempts")??).ok()?,
        reason: text("reason")?,
        parked_ms: whole("parkedMs")?,
        replaces: text("replaces")?.map(Key::new),
    })
}

/// What can be said of an entry that cannot be read: it waits for a person, who
/// can end it.
pub(super) fn read_remains(facts: &JsObject) -> Option<Saved> {
    let origin = facts.text("origin").filter(|origin| !origin.is_empty())?;
    let written_ms = facts.whole("writtenMs").unwrap_or(0);
    Some(Saved {
        // Its key may be another one's.
        key: Key::new(origin.as_str()),
        origin: Key::new(origin),
        route: match facts.text("method") {
            Some(method) => Route::Method(method),
            None => Route::Chat(facts.text("session")),
        },
        answers: Answers::First,
        bytes: 0,
        written_ms,
        ttl: None,
        state: EntryState::Parked,
        mark: None,
        attempts: 0,
        reason: Some(reasons::UNREADABLE.to_owned()),
        parked_ms: Some(written_ms),
        replaces: None,
    })
}

/// A member that may be absent (`Some(None)`), but not of another type.
fn maybe<T>(
    facts: &JsObject,
    name: &'static str,
    read: impl FnOnce(&JsObject, &'static str) -> Option<T>,
) -> Option<Option<T>> {
    if facts.get(name).is_undefined() {
        return Some(None);
    }
    read(facts, name).map(Some)
}
