//! An entry's facts as JSON: what every host's store keeps of it.

use std::time::Duration;

use super::{EntryState, Key, Mark, Route, Saved, reasons};
use crate::answers::Answers;
use crate::wire::{Object, Value, Writer};

/// The largest number that JavaScript has without a gap.
const LARGEST: u64 = 1 << 53;
/// The states that are kept.
const STATES: [EntryState; 4] = [
    EntryState::Queued,
    EntryState::Sending,
    EntryState::Parked,
    EntryState::Unconfirmed,
];

impl Saved {
    /// The JSON text of an object.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut facts = Writer::new()
            .text("origin", self.origin.as_str())
            .text("key", self.key.as_str())
            .maybe("method", self.route.method())
            .maybe("session", self.route.session())
            .number(
                "answers",
                if self.answers == Answers::Final { 2 } else { 1 },
            )
            .number("bytes", self.bytes.min(LARGEST))
            .number("writtenMs", self.written_ms.min(LARGEST))
            .text("state", self.state.as_str())
            .number("attempts", self.attempts.into())
            .maybe("reason", self.reason.as_deref())
            .maybe("replaces", self.replaces.as_ref().map(Key::as_str));
        if let Some(ttl) = self.ttl {
            let ttl = u64::try_from(ttl.as_millis()).unwrap_or(LARGEST);
            facts = facts.number("ttlMs", ttl.min(LARGEST));
        }
        if let Some(parked) = self.parked_ms {
            facts = facts.number("parkedMs", parked.min(LARGEST));
        }
        if let Some(mark) = &self.mark {
            facts = facts
                .text("bootId", &mark.boot_id)
                .number("gatewayMs", mark.gateway_ms.min(LARGEST));
        }
        facts.end()
    }

    /// Reads what [`Saved::to_json`] wrote; `None` for anything else: a guess
    /// could send twice.
    pub fn read<O: Object>(facts: &O) -> Option<Self> {
        let session = text(facts, "session")?;
        let route = match text(facts, "method")? {
            Some(name) => Route::Method { name, session },
            None => Route::Chat(session),
        };
        let answers = match whole(facts, "answers")?? {
            1 => Answers::First,
            2 => Answers::Final,
            _ => return None,
        };
        let word = text(facts, "state")??;
        let state = STATES.into_iter().find(|state| state.as_str() == word)?;
        let mark = match (text(facts, "bootId")?, whole(facts, "gatewayMs")?) {
            (Some(boot_id), Some(gateway_ms)) => Some(Mark {
                boot_id,
                gateway_ms,
            }),
            (None, None) if state != EntryState::Sending => None,
            _ => return None,
        };
        Some(Self {
            origin: Key::new(text(facts, "origin")??),
            key: Key::new(text(facts, "key")??),
            route,
            answers,
            bytes: whole(facts, "bytes")??,
            written_ms: whole(facts, "writtenMs")??,
            ttl: whole(facts, "ttlMs")?.map(Duration::from_millis),
            state,
            mark,
            attempts: u32::try_from(whole(facts, "attempts")??).ok()?,
            reason: text(facts, "reason")?,
            parked_ms: whole(facts, "parkedMs")?,
            replaces: text(facts, "replaces")?.map(Key::new),
        })
    }

    /// What can be said of an entry that cannot be read: it waits for a person,
    /// who can end it. `None` when not even its origin is there.
    pub fn read_remains<O: Object>(facts: &O) -> Option<Self> {
        let origin = facts.text("origin").filter(|origin| !origin.is_empty())?;
        let written_ms = facts.whole("writtenMs").unwrap_or(0);
        Some(Self {
            // Its key may be another one's.
            key: Key::new(origin.as_str()),
            origin: Key::new(origin),
            route: match facts.text("method") {
                Some(name) => Route::Method {
                    name,
                    session: facts.text("session"),
                },
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
}

/// A member that may be absent (`Some(None)`), but not of another type.
fn text<O: Object>(facts: &O, name: &'static str) -> Option<Option<String>> {
    match facts.value(name) {
        Value::Nothing => Some(None),
        Value::Text(text) => Some(Some(text)),
        _ => None,
    }
}

/// The same for a whole number.
fn whole<O: Object>(facts: &O, name: &'static str) -> Option<Option<u64>> {
    match facts.value(name) {
        Value::Nothing => Some(None),
        _ => facts.whole(name).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn saved() -> Saved {
        Saved {
            origin: Key::new("k"),
            key: Key::new("k.2"),
            route: Route::Chat(Some("agent:main:main".to_owned())),
            answers: Answers::First,
            bytes: 7,
            written_ms: 3,
            ttl: Some(Duration::from_secs(5)),
            state: EntryState::Sending,
            mark: Some(Mark {
                boot_id: "boot".to_owned(),
                gateway_ms: 4,
            }),
            attempts: 1,
            reason: None,
            parked_ms: None,
            replaces: Some(Key::new("k")),
        }
    }

    fn json_of(saved: &Saved) -> Value {
        serde_json::from_str(&saved.to_json()).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let parked = Saved {
            route: Route::Method {
                name: "agent".to_owned(),
                session: Some("agent:main:notes".to_owned()),
            },
            answers: Answers::Final,
            ttl: None,
            state: EntryState::Parked,
            mark: None,
            reason: Some("expired".to_owned()),
            parked_ms: Some(9),
            replaces: None,
            ..saved()
        };
        let nameless = Saved {
            route: Route::Chat(None),
            ..saved()
        };
        for saved in [saved(), parked, nameless] {
            assert_eq!(Saved::read(&json_of(&saved)), Some(saved));
        }
    }

    #[test]
    fn what_is_not_as_it_was_written_is_no_guess_and_its_remains_wait() {
        for (name, odd) in [
            ("origin", Value::Null),
            ("key", json!(7)),
            ("state", json!("accepted")),
            ("answers", json!(3)),
            ("bytes", json!(-1)),
            ("attempts", json!(1.5)),
            ("ttlMs", json!("5")),
            ("bootId", Value::Null),
            ("session", json!([])),
        ] {
            let mut facts = json_of(&saved());
            facts[name] = odd;
            assert_eq!(Saved::read(&facts), None, "{name}");
            let remains = Saved::read_remains(&facts);
            let is_named = facts["origin"].is_string();
            assert_eq!(remains.is_some(), is_named, "{name}");
            if let Some(remains) = remains {
                assert_eq!(remains.reason.as_deref(), Some(reasons::UNREADABLE));
                assert_eq!(remains.mark, None);
            }
        }
    }
}
