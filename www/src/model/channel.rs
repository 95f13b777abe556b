//! What a gateway tells of a conversation that goes through a channel: how far a
//! message has come there, and who types.

use clawline_core::wire::Object;
pub use clawline_core::wire::extensions::{CHANNELS_PROGRESS, CHANNELS_TYPING};

use super::sessions::one_line;
use super::state::State;
use super::words::Words;

/// How much of others' words is shown, in characters.
const NAME_CHARS: usize = 60;
const REASON_CHARS: usize = 300;
/// So many people are shown as typing.
const MOST_TYPISTS: u64 = 10;

/// How far a message has come through a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// How far.
    pub state: State,
    /// Why it came no further, in the gateway's words.
    pub reason: Option<String>,
}

impl Tick {
    /// Reads one; `None` where nothing is told, or what is not known.
    #[must_use]
    pub fn read<O: Object>(told: &O) -> Option<Self> {
        let state = match &*told.text("state")? {
            "queued" | "asked" => State::Queued,
            "sent" | "accepted" => State::Sent,
            "delivered" => State::Delivered,
            "read" | "played" => State::Read,
            "unknown" => State::Unconfirmed,
            "failed" => State::Parked,
            _ => return None,
        };
        let reason = told.text("error").filter(|_| state.needs_a_decision());
        Some(Self {
            state,
            reason: reason.and_then(|why| one_line(&why, REASON_CHARS)),
        })
    }
}

/// What somebody is called who wrote a message of the history; `None` where nobody
/// says so.
pub(super) fn speaker<O: Object>(record: &O) -> Option<String> {
    one_line(&record.text("senderName")?, NAME_CHARS)
}

/// Who types, in words: what [`CHANNELS_TYPING`] says.
#[must_use]
pub fn who_types<O: Object>(told: &O) -> Words {
    let mut names = Words::default();
    let mut count = 0_u64;
    told.each("typing", &mut |one| {
        if let Some(name) = speaker(&one).filter(|_| count < MOST_TYPISTS) {
            let name = Words::Said(name);
            names = if count == 0 {
                name
            } else {
                std::mem::take(&mut names).and(name)
            };
            count += 1;
        }
    });
    if count == 0 {
        return names;
    }
    Words::of("typing")
        .with("names", names)
        .with("count", count)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::words::catalogues::english;
    use super::*;

    #[test]
    fn a_tick_says_how_far_and_why_no_further() {
        for (state, words) in [
            ("queued", "Waiting to be sent"),
            ("asked", "Waiting to be sent"),
            ("sent", "Sent"),
            ("accepted", "Sent"),
            ("delivered", "Delivered"),
            ("read", "Read"),
            ("played", "Read"),
        ] {
            let tick = Tick::read(&json!({ "state": state, "error": "not now" })).unwrap();
            assert_eq!(english(&tick.state.words().unwrap()), words);
            assert_eq!(tick.reason, None, "{state}");
        }
        for state in ["failed", "unknown"] {
            let told = json!({ "state": state, "error": format!("no\n{}", "x".repeat(999)) });
            let reason = Tick::read(&told).unwrap().reason.unwrap();
            assert!(reason.starts_with("no x"), "{reason}");
            assert!(reason.chars().count() <= REASON_CHARS + 1);
        }
        for told in [json!({}), json!({ "state": 7 }), json!({ "state": "new" })] {
            assert_eq!(Tick::read(&told), None);
        }
    }

    #[test]
    fn who_types_is_named() {
        let says = |names: &[&str]| {
            let typing = names
                .iter()
                .map(|name| json!({ "senderId": "x", "senderName": name }));
            english(&who_types(&json!({ "typing": typing.collect::<Vec<_>>() })))
        };
        assert_eq!(says(&["Ann"]), "Ann is typing…");
        assert_eq!(says(&["Ann", "", "Bob"]), "Ann, Bob are typing…");
        assert_eq!(says(&[]), "");
        for told in [
            json!({}),
            json!({ "typing": true }),
            json!({ "typing": [7, {}] }),
        ] {
            assert!(who_types(&told).is_empty(), "{told}");
        }
        let long = format!("\u{202e}{}", "x".repeat(1_000));
        let crowd = vec![&*long; 1_000];
        assert!(says(&crowd).chars().count() < 1_000);
    }
}
