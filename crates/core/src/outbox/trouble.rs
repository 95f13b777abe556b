//! A store that fails: is it the store, or one entry that it cannot keep?
//!
//! A batch that failed is halved until one entry fails alone. When others can be
//! kept, that one is at fault, and it alone goes without the store. When a second
//! one fails alone as well, it is the store: everything waits, ever longer.

use std::time::Duration;

use super::Key;
use crate::time::Instant;

/// A store that failed is tried again after this, then ever more rarely.
const RETRY: Duration = Duration::from_secs(1);
const RAREST_RETRY: Duration = Duration::from_secs(30);
/// Batches that are smaller than this are small because of a failure.
const WHOLE: usize = 1 << 14;

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// Not known yet: try a part of it, at once.
    Open,
    /// The entry that failed alone, while others could be kept.
    Entry,
    /// It may be the entry, or the store: it alone waits.
    Either,
    /// The store: everything waits.
    Store,
}

#[derive(Debug)]
pub(super) struct Trouble {
    retry_at: Option<Instant>,
    wait: Duration,
    /// So many entries go at once.
    most: usize,
    /// The one that failed alone, and may be at fault.
    suspect: Option<Key>,
    /// Something was stored since the first failure.
    is_store_fine: bool,
}

impl Default for Trouble {
    fn default() -> Self {
        Self {
            retry_at: None,
            wait: Duration::ZERO,
            most: WHOLE,
            suspect: None,
            is_store_fine: false,
        }
    }
}

impl Trouble {
    /// Nothing may go to the store yet.
    pub(super) fn is_on(&self, now: Instant) -> bool {
        self.suspect.is_none() && self.waits(now)
    }

    fn waits(&self, now: Instant) -> bool {
        self.retry_at.is_some_and(|at| at > now)
    }

    /// This entry may not go to the store yet.
    pub(super) fn holds(&self, now: Instant, key: &Key) -> bool {
        self.waits(now) && self.suspect.as_ref().is_none_or(|suspect| suspect == key)
    }

    /// Which of these entries go next, and which wait.
    pub(super) fn choose(&self, now: Instant, mut keys: Vec<Key>) -> (Vec<Key>, Vec<Key>) {
        let suspect = keys
            .iter()
            .position(|key| self.suspect.as_ref() == Some(key));
        let alone = suspect.map(|at| keys.remove(at));
        match alone {
            Some(suspect) if !self.waits(now) => (vec![suspect], keys),
            alone => {
                let mut later = keys.split_off(keys.len().min(self.most));
                later.extend(alone);
                (keys, later)
            }
        }
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// An entry goes by another key.
    pub(super) fn rename(&mut self, from: &Key, to: &Key) {
        if self.suspect.as_ref() == Some(from) {
            self.suspect = Some(to.clone());
        }
    }

    /// A batch was stored.
    pub(super) fn stored(&mut self, now: Instant, keys: &[Key]) {
        let is_cleared = self.suspect.as_ref().is_none_or(|key| keys.contains(key));
        self.most = self.most.saturating_mul(2).min(WHOLE);
        self.wait = Duration::ZERO;
        if is_cleared {
            self.suspect = None;
            self.retry_at = None;
            self.is_store_fine = self.most < WHOLE;
        } else {
            // The other one has no excuse any more.
            self.is_store_fine = true;
            self.retry_at = Some(now);
        }
    }

    /// A batch of these entries failed.
    pub(super) fn failed(&mut self, now: Instant, keys: &[Key]) -> Blame {
        if let [_, _, ..] = keys {
            self.most = keys.len() / 2;
            return Blame::Open;
        }
        let Some(key) = keys.first() else {
            return self.give_up(now);
        };
        self.most = 1;
        if self.is_store_fine {
            self.suspect = None;
            self.retry_at = None;
            self.is_store_fine = false;
            return Blame::Entry;
        }
        match &self.suspect {
            Some(suspect) if suspect != key => self.give_up(now),
            _ => {
                self.suspect = Some(key.clone());
                self.wait_longer(now);
                Blame::Either
            }
        }
    }

    fn give_up(&mut self, now: Instant) -> Blame {
        self.suspect = None;
        self.most = WHOLE;
        self.is_store_fine = false;
        self.wait_longer(now);
        Blame::Store
    }

    fn wait_longer(&mut self, now: Instant) {
        self.wait = (self.wait * 2).clamp(RETRY, RAREST_RETRY);
        self.retry_at = Some(now + self.wait);
    }
}
