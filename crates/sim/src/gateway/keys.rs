//! The gateway's memory of idempotency keys: one process, five minutes.

use std::collections::BTreeMap;

/// How long a key is remembered, in ms of the gateway's clock.
const LIFETIME: u64 = 5 * 60_000;
/// How many are remembered.
const ROOM: usize = 1_000;

/// What a remembered key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its turn runs, or it waits for one.
    UnderWay,
    /// Its turn ended.
    Done,
    /// Somebody stopped its turn.
    Aborted,
}

/// A remembered key. Keys are global: the session is not part of them.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The text that it came with.
    pub(super) text: String,
    /// What became of it.
    pub(super) fate: Fate,
    since: u64,
}

/// The memory.
#[derive(Debug, Default)]
pub(super) struct Keys(BTreeMap<String, Known>);

impl Keys {
    /// Remembers a key from now (the gateway's clock) on.
    pub(super) fn remember(&mut self, clock: u64, key: &str, text: &str) {
        while self.0.len() >= ROOM {
            let done = self
                .0
                .iter()
                .filter(|(_, known)| known.fate != Fate::UnderWay);
            let oldest = done
                .min_by_key(|(_, known)| known.since)
                .map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.0.remove(&oldest);
        }
        let known = Known {
            text: text.to_owned(),
            fate: Fate::UnderWay,
            since: clock,
        };
        self.0.insert(key.to_owned(), known);
    }

    /// What is known of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Known> {
        self.0.get(key)
    }

    /// A key's turn took its course.
    pub(super) fn set(&mut self, key: &str, fate: Fate) {
        if let Some(known) = self.0.get_mut(key) {
            known.fate = fate;
        }
    }

    /// Forgets what is too old; the gateway does so once a minute.
    pub(super) fn sweep(&mut self, clock: u64) {
        self.0
            .retain(|_, known| clock < known.since.saturating_add(LIFETIME));
    }
}
