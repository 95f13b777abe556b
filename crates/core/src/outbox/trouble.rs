//! A store that fails: is it the store, or some entries that it cannot keep?
//!
//! A batch that failed is halved until one entry fails alone. It is set aside,
//! and the others are tried. When something else can be kept, those that failed
//! alone are at fault, and they alone go without the store. When ever more fail
//! alone, it is the store: everything waits, ever longer, and the next try begins
//! with others.

use std::time::Duration;

use super::Key;
use crate::time::Instant;

/// A store that failed is tried again after this, then ever more rarely.
const RETRY: Duration = Duration::from_secs(1);
const RAREST_RETRY: Duration = Duration::from_secs(30);
/// Batches that are smaller than this are small because of a failure.
const WHOLE: usize = 1 << 14;

/// So many that fail alone, one after the other, are not to blame.
const MOST_ALONE: u8 = 4;

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
    /// Those that failed alone, and may be at fault.
    suspects: Vec<Key>,
    /// Those of the batch that failed first and are not stored since: one of them
    /// is at fault, or the store was.
    doubted: Vec<Key>,
    /// So many joined them since something was stored, or everything waited.
    alone: u8,
    /// It is the store: everything waits.
    is_down: bool,
    /// Something was stored since the suspects failed.
    is_store_fine: bool,
}

impl Default for Trouble {
    fn default() -> Self {
        Self {
            retry_at: None,
            wait: Duration::ZERO,
            most: WHOLE,
            suspects: Vec::new(),
            doubted: Vec::new(),
            alone: 0,
            is_down: false,
            is_store_fine: false,
        }
    }
}

impl Trouble {
    /// Nothing may go to the store yet.
    pub(super) fn is_on(&self, now: Instant) -> bool {
        self.is_down && self.waits(now)
    }

    /// Whose fault it is, is being found out: what is done goes by itself.
    pub(super) fn is_open(&self) -> bool {
        !self.suspects.is_empty() || self.most < WHOLE
    }

    fn waits(&self, now: Instant) -> bool {
        self.retry_at.is_some_and(|at| at > now)
    }

    /// This entry may not go to the store yet.
    pub(super) fn holds(&self, now: Instant, key: &Key) -> bool {
        self.waits(now) && (self.is_down || self.suspects.contains(key))
    }

    /// Which of these entries go next, and which wait.
    pub(super) fn choose(&mut self, now: Instant, keys: Vec<Key>) -> (Vec<Key>, Vec<Key>) {
        if !self.suspects.is_empty() {
            self.suspects.retain(|suspect| keys.contains(suspect));
            if self.suspects.is_empty() && !self.is_down {
                self.forgive();
            }
        }
        let is_suspect = |key: &Key| self.suspects.contains(key);
        let (suspects, mut others): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(is_suspect);
        let is_their_turn = self.is_store_fine || others.is_empty();
        if let Some(next) = self.suspects.first()
            && is_their_turn
            && !self.waits(now)
        {
            others.extend(suspects.into_iter().filter(|key| key != next));
            return (vec![next.clone()], others);
        }
        let mut later = others.split_off(others.len().min(self.most));
        later.extend(suspects);
        (others, later)
    }

    /// There is nothing to try the store with: nobody waits for it any longer.
    pub(super) fn rest(&mut self, now: Instant) {
        if !self.waits(now) {
            self.retry_at = None;
        }
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// An entry goes by another key.
    pub(super) fn rename(&mut self, from: &Key, to: &Key) {
        let known = self.suspects.iter_mut().chain(&mut self.doubted);
        for key in known.filter(|key| *key == from) {
            *key = to.clone();
        }
    }

    /// A batch was stored.
    pub(super) fn stored(&mut self, now: Instant, keys: &[Key]) {
        if keys.is_empty() {
            // A store that is full lets go, and takes nothing all the same.
            return;
        }
        self.suspects.retain(|suspect| !keys.contains(suspect));
        self.doubted.retain(|doubted| !keys.contains(doubted));
        self.most = self.most.saturating_mul(2).min(WHOLE);
        self.wait = Duration::ZERO;
        self.alone = 0;
        self.is_down = false;
        if self.suspects.is_empty() {
            self.retry_at = None;
            self.is_store_fine = !self.doubted.is_empty();
        } else {
            // The others have no excuse any more.
            self.is_store_fine = true;
            self.retry_at = Some(now);
        }
    }

    /// A batch of these entries failed.
    pub(super) fn failed(&mut self, now: Instant, keys: &[Key]) -> Blame {
        if let [_, _, ..] = keys {
            self.most = keys.len() / 2;
            if self.doubted.is_empty() {
                self.doubted = keys.to_vec();
            }
            return Blame::Open;
        }
        let Some(key) = keys.first() else {
            return self.give_up(now);
        };
        self.most = 1;
        if self.is_store_fine && (self.doubted.contains(key) || self.suspects.contains(key)) {
            self.doubted.retain(|doubted| doubted != key);
            self.suspects.retain(|suspect| suspect != key);
            if self.suspects.is_empty() {
                self.forgive();
            }
            return Blame::Entry;
        }
        let before = self.suspects.len();
        self.suspects.retain(|suspect| suspect != key);
        self.alone += u8::from(self.suspects.len() == before);
        // Next time it is another's turn.
        self.suspects.push(key.clone());
        if self.alone >= MOST_ALONE {
            return self.give_up(now);
        }
        self.is_down = false;
        self.wait_longer(now);
        Blame::Either
    }

    fn forgive(&mut self) {
        self.retry_at = None;
        self.is_store_fine = false;
    }

    fn give_up(&mut self, now: Instant) -> Blame {
        self.most = WHOLE;
        self.alone = 0;
        self.is_down = true;
        self.doubted.clear();
        self.is_store_fine = false;
        self.wait_longer(now);
        Blame::Store
    }

    fn wait_longer(&mut self, now: Instant) {
        self.wait = (self.wait * 2).clamp(RETRY, RAREST_RETRY);
        self.retry_at = Some(now + self.wait);
    }
}
