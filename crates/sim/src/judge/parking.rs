//! Parkings: only for a reason, who waits for the decision, and which are void.

use clawline_core::{EntryState, Saved, reasons};

use super::Judge;
use super::messages::Message;
use crate::world::TabId;

/// Messages of one moment count as written one millisecond after the other, which
/// a tab that parks at that moment does not know of, in ms.
const BURST: u64 = 60;

impl Judge {
    /// A message was there when this one was parked, and waits for it: it may
    /// lean on it. With a clock that was set nobody knows for certain.
    pub(super) fn was_there(&self, key: &str, parked: &Message) -> bool {
        let index = self.by_key.get(key).copied();
        let own = index.and_then(|index| self.messages.get(index));
        let both = own.zip(parked.parked);
        !self.page_clock_set && both.is_some_and(|(own, parked)| own.written + BURST < parked)
    }

    /// A message may wait for a person's decision on this one.
    pub fn waits_for(&self, key: &str, parked: &str) -> bool {
        let find = |key: &str| {
            let index = self.by_key.get(key).copied();
            index.and_then(|index| self.messages.get(index))
        };
        let (Some(own), Some(parked)) = (find(key), find(parked)) else {
            return true;
        };
        let after = parked.parked.is_some_and(|at| own.written > at + BURST);
        self.page_clock_set || own.again > 0 || !after
    }

    /// A tab parks it that does not know that another one leads.
    pub fn parked_unseen(&mut self, now: u64, tab: TabId, key: &str) {
        self.watch(tab).losses.has_blamed();
        if let Some(message) = self.message(key) {
            message.parked_unseen.get_or_insert(now);
        }
        self.parks(key, now);
    }

    pub(super) fn parks(&mut self, key: &str, now: u64) {
        if let Some(message) = self.message(key) {
            let lane = message.lane.clone();
            self.parkings.entry(lane).or_default().push(now);
        }
    }

    /// An outbox parked it.
    pub fn parked(
        &mut self,
        now: u64,
        tab: TabId,
        key: &str,
        refused: bool,
        failed: bool,
        reason: &str,
    ) {
        let Some(message) = self.message(key) else {
            return;
        };
        message.parked_by = Some(tab);
        message.is_released = false;
        // It may have been so before, and is told again.
        let was = message
            .parked_for
            .replace((key.to_owned(), reason.to_owned()));
        let is_again = was == message.parked_for || message.parked != Some(now);
        self.tally.parked += u64::from(!is_again);
        let fine = match (reason, self.message(key)) {
            (reasons::TOO_LARGE, _) => self.is_too_large(now, tab, key),
            (reasons::NEVER_ANSWERED, _) => self.is_never_answered(tab, key),
            (reasons::NOT_KEPT, _) => failed,
            (reasons::EXPIRED, Some(message)) => {
                let mut departures = message.departures.iter();
                let left = departures.any(|gone| gone.key == key && !gone.refused);
                message.expires && !left
            }
            (reason, Some(message)) if reason.starts_with(reasons::FILE_UNREADABLE) => {
                message.unreadable
            }
            _ => refused,
        };
        if !fine && !is_again {
            let why = format!("{key} is parked ({reason}), and nothing is wrong with it");
            self.fail("truth", why);
        }
    }

    /// It may leave on a connection that has the scope that it waits for: should
    /// that connection end first, the next one's gateway refuses it again.
    pub fn released(&mut self, key: &str) {
        if let Some(message) = self.message(key) {
            message.is_released = true;
        }
    }

    /// It was parked for a scope, under this key.
    pub fn waits_for_scope(&mut self, tab: TabId, key: &str) -> bool {
        let message = self.message(key);
        let message = message.filter(|one| one.parked_by == Some(tab) && !one.is_released);
        let parked = message.and_then(|one| one.parked_for.clone());
        parked.is_some_and(|(parked, reason)| {
            parked == key && reason.starts_with(reasons::MISSING_SCOPE)
        })
    }

    /// Rows stand in the order in which a tab wrote them, those aside that a
    /// person sent again, and those that waited for a decision.
    pub fn check_order(&mut self, session: &str, rows: &[&str]) {
        let mut before: Vec<usize> = Vec::new();
        for key in rows {
            let Some(&index) = self.by_key.get(*key) else {
                continue;
            };
            let message = &self.messages[index];
            let moved = message.again > 0 || message.loose || message.parked.is_some();
            // Nobody waits for one that a person has let go while it was under way.
            let moved = moved || message.dismissed;
            if moved || message.lane != session {
                continue;
            }
            let overtaken = |other: &&usize| {
                let other = &self.messages[**other];
                other.tab == message.tab && !self.lets_overtake(message, other)
            };
            let later = before.iter().filter(|other| **other >= index);
            if later.into_iter().any(|other| overtaken(&other)) {
                let why = format!("{key} stands behind later messages in {session}: {rows:?}");
                return self.fail("order", why);
            }
            before.push(index);
        }
    }

    /// Something was parked between the two: the first waited for the decision,
    /// and the second did not have to.
    pub(super) fn lets_overtake(&self, first: &Message, second: &Message) -> bool {
        let parkings = self.parkings.get(&first.lane);
        if self.wall_clock_set {
            return true;
        }
        parkings.is_some_and(|parkings| {
            let between = |at: &u64| first.written <= *at && *at <= second.written + BURST;
            self.page_clock_set || parkings.iter().any(between)
        })
    }

    /// A tab that follows could not add it to the store: the tab that leads may
    /// hear of later ones first.
    pub fn comes_late(&mut self, key: &str) {
        if let Some(message) = self.message(key) {
            message.loose = true;
        }
    }

    /// A page knows it as it stands in the store: an edit or a parking that was
    /// not stored before its tab went is void.
    pub fn reads(&mut self, row: &Saved) {
        let (bytes, is_parked) = (row.bytes, row.state == EntryState::Parked);
        let Some(message) = self.message(row.key.as_str()) else {
            return;
        };
        if message.state == EntryState::Parked && !is_parked {
            message.state = row.state;
        }
        if let Some((was, text)) = message.unedited.as_mut().filter(|(was, _)| *was == bytes) {
            // The tab that edited it may still be there, and store it later.
            std::mem::swap(&mut message.bytes, was);
            std::mem::swap(&mut message.text, text);
        }
    }
}
