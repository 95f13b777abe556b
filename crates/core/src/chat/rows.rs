//! The rows of a chat, in the gateway's order.

use std::collections::BTreeMap;

use super::{Place, Row, RowFacts};
use crate::Table;

/// Rows that are held at once. With more, the oldest are let go: history still
/// has them.
pub(super) const MOST: usize = 20_000;
/// What is left then, so that it does not happen with every row.
const LEFT: usize = MOST - MOST / 4;
/// So far back a row is looked for that came without its number.
const NEAR: usize = 64;

/// A row, and the change that brought it.
#[derive(Debug, Clone)]
pub(super) struct Held<P> {
    pub(super) row: Row<P>,
    pub(super) since: u64,
    /// It is the last row that ends its run.
    pub(super) is_last_of_run: bool,
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Rows<P> {
    held: BTreeMap<Place, Held<P>>,
    /// Where each run has its last row.
    ends: Table<String, Place>,
}

impl<P> Default for Rows<P> {
    fn default() -> Self {
        Self {
            held: BTreeMap::new(),
            ends: Table::new(),
        }
    }
}

impl<P> Rows<P> {
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (Place, &Held<P>)> {
        self.held.iter().map(|(place, held)| (*place, held))
    }

    pub(super) fn is_full(&self) -> bool {
        self.held.len() >= MOST
    }

    pub(super) fn last(&self) -> Option<Place> {
        self.held.keys().next_back().copied()
    }

    pub(super) fn first(&self) -> Option<Place> {
        self.held.keys().next().copied()
    }

    /// Behind all others.
    pub(super) fn next(&self) -> Place {
        self.last()
            .map_or((1, 0), |(seq, _)| (seq.saturating_add(1), 0))
    }

    /// Where the pieces of a record stand, the last two of them.
    pub(super) fn pieces(&self, facts: &RowFacts) -> (Option<Place>, Option<Place>) {
        let is_piece = |held: &Held<P>| held.row.facts.is_of(&facts.record);
        let at = facts.seq.unwrap_or_default();
        let numbered = self.held.range((at, 0)..=(at, u32::MAX)).rev();
        let near = self.held.iter().rev().take(NEAR);
        let mut places = numbered
            .filter(|(_, held)| is_piece(held))
            .map(|(place, _)| *place);
        let last = places.next();
        match last {
            Some(_) => (last, places.next()),
            None => {
                let mut places = near
                    .filter(|(_, held)| is_piece(held))
                    .map(|(place, _)| *place);
                (places.next(), places.next())
            }
        }
    }

    /// The row that ends a run.
    pub(super) fn end_of(&self, run: &str) -> Option<&RowFacts> {
        let held = self.held.get(self.ends.get(run)?)?;
        Some(&held.row.facts)
    }

    /// Where the message with this key stands, if that is not far back.
    pub(super) fn near_key(&self, key: &str) -> Option<Place> {
        let has_key = |held: &Held<P>| held.row.facts.key.as_deref() == Some(key);
        let mut near = self.held.iter().rev().take(NEAR);
        let (place, _) = near.find(|(_, held)| has_key(held))?;
        Some(*place)
    }

    /// A row came after this change.
    pub(super) fn has_since(&self, change: u64) -> bool {
        self.held.values().rev().any(|held| held.since > change)
    }

    /// These are facts of a transcript that was written anew (reset, cut,
    /// compacted): its numbers began again, and the rows here are not in it.
    pub(super) fn is_rewritten(&self, facts: &RowFacts) -> bool {
        let (Some(seq), Some((last, newest))) = (facts.seq, self.held.last_key_value()) else {
            return false;
        };
        let is_elsewhere = match (&facts.written, &newest.row.facts.written) {
            (Some(at), Some(newest)) if at.source == newest.source => {
                at.number > newest.number && seq <= last.0
            }
            (Some(_), Some(_)) => true,
            _ => false,
        };
        let there = self.held.range((seq, 0)..=(seq, u32::MAX)).next();
        let is_another = there.is_some_and(|(_, there)| {
            let there = &there.row.facts;
            !facts.record.is_empty() && !there.record.is_empty() && !there.is_of(&facts.record)
        });
        (is_elsewhere && !newest.row.facts.is_of(&facts.record)) || is_another
    }

    /// Puts a row in its place.
    pub(super) fn insert(&mut self, place: Place, row: Row<P>, since: u64) {
        let run = row.facts.run.clone().filter(|_| row.facts.ends_run);
        let held = Held {
            row,
            since,
            is_last_of_run: false,
        };
        self.held.insert(place, held);
        if let Some(run) = run {
            self.ends(run, place);
        }
    }

    fn ends(&mut self, run: String, place: Place) {
        let known = self.ends.get(&run).copied();
        let (earlier, last) = match known {
            Some(known) if known != place => (known.min(place), known.max(place)),
            _ => (place, place),
        };
        for (place, is_last) in [(earlier, false), (last, true)] {
            if let Some(held) = self.held.get_mut(&place) {
                held.is_last_of_run = is_last;
            }
        }
        self.ends.insert(run, last);
    }

    /// Takes out the rows from this place on.
    pub(super) fn split_off(&mut self, place: Place) -> BTreeMap<Place, Held<P>> {
        let taken = self.held.split_off(&place);
        self.forget(&taken);
        taken
    }

    /// Takes out all rows.
    pub(super) fn take(&mut self) -> BTreeMap<Place, Held<P>> {
        self.ends = Table::new();
        std::mem::take(&mut self.held)
    }

    /// Lets the oldest go, if there are too many; answers how many records are
    /// left then.
    pub(super) fn trim(&mut self) -> Option<u64> {
        let surplus = self.held.len().checked_sub(LEFT)?;
        if self.held.len() <= MOST {
            return None;
        }
        let first = *self.held.keys().nth(surplus)?;
        // A record stays whole.
        let kept = self.held.split_off(&(first.0, 0));
        let gone = std::mem::replace(&mut self.held, kept);
        self.forget(&gone);
        let mut records = 0;
        let mut last = None;
        for (seq, _) in self.held.keys() {
            records += u64::from(last.replace(*seq) != Some(*seq));
        }
        Some(records)
    }

    fn forget(&mut self, gone: &BTreeMap<Place, Held<P>>) {
        for held in gone.values().filter(|held| held.is_last_of_run) {
            if let Some(run) = &held.row.facts.run {
                self.ends.remove(run);
            }
        }
    }
}
