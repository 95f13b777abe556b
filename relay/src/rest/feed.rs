//! What happened lately, numbered, for whoever follows. Nobody who follows costs
//! more than a place in it: it is one ring with a bound, and one who falls out of
//! it learns how much was missed.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::channels::account_json;
use crate::bus::{ChannelMessage, Event};
use crate::channels::heard::{Heard, Word};
use crate::clock::now_ms;
use crate::ids;

/// Most events that are kept.
const MAX_EVENTS: usize = 4_096;
/// Most bytes that are kept, about.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) number: u64,
    /// `received`, `sent`, `status` or `lagged`.
    pub(super) kind: &'static str,
    /// JSON.
    pub(super) data: String,
}

/// The last events, and the number of the newest.
#[derive(Debug)]
pub(super) struct Feed {
    /// Another one after each start: numbers of an earlier run mean nothing.
    run: String,
    ring: Mutex<Ring>,
    newest: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Ring {
    items: VecDeque<Item>,
    bytes: usize,
    newest: u64,
}

/// What comes after a place.
#[derive(Debug)]
pub(super) enum Next {
    Item(Item),
    /// So many events fell out of the ring; it goes on after this number.
    Missed {
        count: u64,
        after: u64,
    },
    Nothing,
}

impl Feed {
    pub(super) fn new() -> Self {
        Self {
            run: ids::uuid(),
            ring: Mutex::default(),
            newest: watch::Sender::new(0),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what there is to hear.
    pub(super) fn hear(&self, heard: &mut Heard, event: &Event) {
        match event {
            Event::ChannelSent(message) => self.push("sent", message_json(message)),
            Event::ChannelStatus { channel, account } => {
                let account = account_json(account);
                self.push("status", json!({ "channel": channel, "account": account }));
            }
            Event::ChannelProgress(progress) => self.push(
                "progress",
                json!({
                    "channel": progress.channel,
                    "account": progress.account,
                    "conversation_id": progress.conversation_id,
                    "message_id": progress.message_id,
                    "state": progress.state,
                    "error": progress.error,
                }),
            ),
            _ => match heard.hear(event) {
                Some(Word::Received(message)) => self.push("received", message_json(&message)),
                Some(Word::Answered(message)) => self.push("sent", message_json(&message)),
                None => {}
            },
        }
    }

    /// Says to all that events were lost before they came here.
    pub(super) fn lose(&self, count: u64) {
        self.push("lagged", json!({ "missed": count }));
    }

    fn push(&self, kind: &'static str, mut data: Value) {
        data["at"] = now_ms().into();
        let data = data.to_string();
        let mut ring = self.ring();
        ring.newest += 1;
        ring.bytes += data.len();
        let number = ring.newest;
        ring.items.push_back(Item { number, kind, data });
        while ring.items.len() > MAX_EVENTS || (ring.bytes > MAX_BYTES && ring.items.len() > 1) {
            let Some(old) = ring.items.pop_front() else {
                break;
            };
            ring.bytes -= old.data.len();
        }
        drop(ring);
        self.newest.send_replace(number);
    }

    /// The id of an event for `Last-Event-ID`.
    pub(super) fn id(&self, number: u64) -> String {
        format!("{}.{number}", self.run)
    }

    /// The place after an event by its id. `Err`: the id is of an earlier run of
    /// the relay, or none; with the oldest place that there is.
    pub(super) fn resume(&self, id: &str) -> Result<u64, u64> {
        let ring = self.ring();
        let oldest = ring
            .items
            .front()
            .map_or(ring.newest, |item| item.number - 1);
        let number = id
            .strip_prefix(self.run.as_str())
            .and_then(|rest| rest.strip_prefix('.')?.parse().ok())
            .filter(|number| *number <= ring.newest);
        number.ok_or(oldest)
    }

    /// The place after all that happened until now.
    pub(super) fn now(&self) -> u64 {
        self.ring().newest
    }

    /// What comes after a place.
    pub(super) fn after(&self, place: u64) -> Next {
        let ring = self.ring();
        let Some(oldest) = ring.items.front() else {
            return Next::Nothing;
        };
        if place >= ring.newest {
            return Next::Nothing;
        }
        if place + 1 < oldest.number {
            return Next::Missed {
                count: oldest.number - 1 - place,
                after: oldest.number - 1,
            };
        }
        let at = usize::try_from(place + 1 - oldest.number).unwrap_or(usize::MAX);
        ring.items
            .get(at)
            .cloned()
            .map_or(Next::Nothing, Next::Item)
    }

    /// Hears when there is something new.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }
}

fn message_json(message: &ChannelMessage) -> Value {
    let metadata = message.metadata.iter();
    let metadata: serde_json::Map<_, _> = metadata
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    json!({
        "channel": message.channel,
        "account": message.account,
        "sender": message.sender,
        "content": message.content,
        "message_id": message.message_id,
        "conversation_id": message.conversation_id,
        "metadata": metadata,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_follows_hears_each_event_once_and_in_order() {
        let feed = Feed::new();
        for n in 1..=3 {
            feed.lose(n);
        }
        let mut place = feed.resume(&feed.id(1)).unwrap();
        let mut heard = Vec::new();
        while let Next::Item(item) = feed.after(place) {
            place = item.number;
            heard.push(item.number);
        }
        assert_eq!(heard, [2, 3]);
    }

    #[test]
    fn who_was_away_too_long_learns_how_much_was_missed() {
        let feed = Feed::new();
        let many = u64::try_from(MAX_EVENTS).unwrap() + 5;
        for n in 0..many {
            feed.lose(n);
        }
        match feed.after(0) {
            Next::Missed { count, after } => {
                assert_eq!((count, after), (5, 5));
                assert!(matches!(feed.after(after), Next::Item(item) if item.number == 6));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes() {
        let feed = Feed::new();
        for _ in 0..40 {
            feed.push("sent", json!({ "content": "x".repeat(1024 * 1024) }));
        }
        assert!(feed.ring().bytes <= MAX_BYTES);
        assert!(feed.ring().items.len() > 10);
    }

    #[test]
    fn an_id_of_another_run_is_no_place_here() {
        let feed = Feed::new();
        feed.lose(1);
        for id in ["", "x.1", &format!("{}.9", feed.run), &feed.run] {
            assert_eq!(feed.resume(id), Err(0), "{id}");
        }
    }
}
