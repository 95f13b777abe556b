//! Losses of the connection: whose fault they are, and how often they may be.

use std::collections::{BTreeMap, VecDeque};

use super::Judge;
use crate::world::TabId;

/// A message that was under way at so many losses in a row goes alone …
const ALONE: u32 = 2;
/// … and leaves no more after so many.
const MOST: u32 = 5;
/// A message that is smaller is never too large, in bytes.
const SMALL: u64 = 512;
/// Before this much time, in ms, no answer is late.
const PATIENCE: u64 = 30_000;
/// Within this, in ms …
const WINDOW: u64 = 10_000;
/// … nobody looks more often into the history of a session.
const MOST_LOOKS: usize = 14;
/// … and nobody asks a store more often.
const MOST_BATCHES: u32 = 2_000;

/// What left on the socket that a tab has, and was not answered.
#[derive(Debug, Clone)]
pub(super) struct UnderWay {
    pub(super) key: String,
    pub(super) bytes: u64,
    pub(super) since: u64,
}

impl UnderWay {
    /// Its tab may have stopped waiting for the answer.
    pub(super) const fn is_late(&self, now: u64) -> bool {
        now >= self.since + PATIENCE
    }
}

/// What is known of the losses of one tab.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// At how many losses in a row a message was under way for certain.
    certain: BTreeMap<String, u32>,
    /// How often it left since it was answered last.
    unanswered: BTreeMap<String, u32>,
    /// Who may be to blame for a 1009, largest first.
    suspects: Option<Vec<UnderWay>>,
    /// The gateway has said that it goes.
    pub(super) warned: bool,
    /// The outbox was read anew while this socket was open: what it sent before
    /// is what the store says.
    is_read_anew: bool,
    looks: BTreeMap<String, VecDeque<u64>>,
    /// How many batches went to the store in the window that began then.
    batches: (u64, u32),
}

impl Losses {
    /// Another socket: what was said on the last one is void.
    pub(super) fn begin(&mut self) {
        self.warned = false;
        self.suspects = None;
        self.is_read_anew = false;
        self.looks.clear();
    }

    /// An answer came.
    pub(super) fn answered(&mut self, key: &str) {
        self.certain.remove(key);
        self.unanswered.remove(key);
    }

    /// Somebody was blamed.
    pub(super) fn has_blamed(&mut self) {
        self.suspects = None;
    }

    /// The outbox was read anew.
    pub(super) fn clear(&mut self) {
        self.certain.clear();
        self.is_read_anew = true;
    }
}

impl Judge {
    /// The connection of a tab ended, and it hears so now.
    pub fn loses(&mut self, now: u64, tab: TabId, code: u16) {
        let watch = self.watch(tab);
        let mut young: Vec<UnderWay> = watch.sending.values().cloned().collect();
        if code == 1009 {
            young.retain(|one| one.bytes >= SMALL);
            young.sort_by_key(|one| std::cmp::Reverse(one.bytes));
            watch.losses.suspects = Some(young);
        } else if matches!(code, 1006 | 1008) && !watch.losses.warned {
            for one in young.iter().filter(|one| !one.is_late(now)) {
                *watch.losses.certain.entry(one.key.clone()).or_default() += 1;
            }
        }
    }

    /// … and has decided what that means.
    pub fn has_lost(&mut self, now: u64, tab: TabId) {
        let losses = &mut self.watch(tab).losses;
        let suspects = losses.suspects.take().unwrap_or_default();
        if losses.is_read_anew {
            return;
        }
        let young = suspects.iter().find(|one| !one.is_late(now));
        if let Some(one) = young {
            let why = format!(
                "t{tab} blames nothing for a 1009, and {} was under way",
                one.key
            );
            self.fail("island", why);
        }
    }

    /// Whether a message may be called too large now.
    pub(super) fn is_too_large(&mut self, now: u64, tab: TabId, key: &str) -> bool {
        let suspects = self.watch(tab).losses.suspects.take().unwrap_or_default();
        let Some(bytes) = suspects
            .iter()
            .find(|one| one.key == key)
            .map(|one| one.bytes)
        else {
            return false;
        };
        let mut young = suspects.iter().filter(|one| !one.is_late(now));
        young.all(|one| one.bytes <= bytes)
    }

    /// Whether a message may be called one that is never answered.
    pub(super) fn is_never_answered(&mut self, tab: TabId, key: &str) -> bool {
        let unanswered = &self.watch(tab).losses.unanswered;
        unanswered.get(key).is_some_and(|times| *times >= MOST)
    }

    /// A message leaves: one that may end connections does so alone, and not
    /// without end.
    pub(super) fn check_company(&mut self, now: u64, tab: TabId, key: &str) {
        let watch = self.watch(tab);
        let losses = &mut watch.losses;
        *losses.unanswered.entry(key.to_owned()).or_default() += 1;
        let certain = |key: &str| losses.certain.get(key).copied().unwrap_or_default();
        let mut wrong = None;
        if certain(key) >= MOST {
            wrong = Some(format!(
                "{key} has ended {MOST} connections, and leaves again"
            ));
        }
        for one in watch.sending.values().filter(|one| !one.is_late(now)) {
            if certain(key) >= ALONE || certain(&one.key) >= ALONE {
                wrong = Some(format!("{key} and {} leave together", one.key));
            }
        }
        if let Some(wrong) = wrong {
            self.fail("island", format!("t{tab}: {wrong}"));
        }
    }

    /// A tab asks its store.
    pub fn stores(&mut self, now: u64, tab: TabId) {
        let (since, count) = &mut self.watch(tab).losses.batches;
        if now > *since + WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        if *count > MOST_BATCHES {
            self.fail("pace", format!("t{tab} storms its store"));
        }
    }

    /// A tab looks into the history of a session.
    pub fn looks(&mut self, now: u64, tab: TabId, session: &str) {
        let looks = &mut self.watch(tab).losses.looks;
        let looks = looks.entry(session.to_owned()).or_default();
        looks.push_back(now);
        while looks.front().is_some_and(|first| now > first + WINDOW) {
            looks.pop_front();
        }
        if looks.len() > MOST_LOOKS {
            let why = format!(
                "t{tab} looks {} times in ten seconds into {session}",
                looks.len()
            );
            self.fail("pace", why);
        }
    }
}
