//! One session's messages, or one method's requests, in order.

use std::collections::VecDeque;
use std::time::Duration;

use super::entry::EntryState;
use super::record::{FIRST_LOOK, Record};
use crate::pace::Pace;
use crate::time::Instant;

/// Accepted but unconfirmed messages a lane may have under way. The gateway
/// throws acknowledged inputs away when about 20 wait behind a run.
const UNDER_WAY: usize = 8;

/// A look that failed is tried again after this.
const LOOK_RETRY: Duration = Duration::from_secs(5);
/// Looks grow rarer up to this.
const RAREST_LOOK: Duration = Duration::from_secs(60);

/// A look into history that a lane wants or has under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Look {
    #[default]
    Idle,
    /// To be asked: rows from `offset` back.
    Wanted { offset: u64, pages: u32 },
    /// Asked.
    UnderWay { offset: u64, pages: u32 },
}

impl Look {
    pub(super) const FIRST: Self = Self::Wanted {
        offset: 0,
        pages: 0,
    };
}

#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    pub(super) records: VecDeque<Record>,
    /// When something in it was parked last, by the wall clock (Unix ms).
    pub(super) parked_ms: Option<u64>,
    /// Behind the record with this number nothing is under way.
    pub(super) furthest: u64,
    pub(super) look: Look,
    /// What asked for the look under way is older news: look once more.
    pub(super) look_again: bool,
    /// When to look again although nothing asked for it.
    pub(super) next_look: Option<Instant>,
    pub(super) look_wait: Duration,
    pub(super) pace: Pace,
    /// What the newest page said about inputs without a row.
    pub(super) pending: Vec<crate::wire::PendingInput>,
    pub(super) in_flight: Option<String>,
}

impl Lane {
    pub(super) fn get(&self, number: u64) -> Option<&Record> {
        self.records.get(self.index(number)?)
    }

    pub(super) fn find(&mut self, number: u64) -> Option<&mut Record> {
        let index = self.index(number)?;
        self.records.get_mut(index)
    }

    pub(super) fn take(&mut self, number: u64) -> Option<Record> {
        let index = self.index(number)?;
        self.records.remove(index)
    }

    fn index(&self, number: u64) -> Option<usize> {
        let found = self
            .records
            .binary_search_by_key(&number, |record| record.number);
        found.ok()
    }

    /// When the next message counts as written: not before what stands here, and
    /// after what a person has been shown as parked, whatever the clock says.
    pub(super) fn next_written(&self, wall_ms: u64) -> u64 {
        let last = self.records.back().map_or(0, |record| record.written_ms);
        let parked = self.parked_ms.map_or(0, |at| at.saturating_add(1));
        wall_ms.max(last).max(parked)
    }

    /// The latest moment at which something in it was written.
    pub(super) fn last_written(&self) -> u64 {
        let written = self.records.iter().map(|record| record.written_ms);
        written.max().unwrap_or(0)
    }

    /// The next message that may leave: the first queued one with nothing
    /// unsettled before it, and not written before a message was parked that
    /// stands before it, for it may lean on that one.
    pub(super) fn next(&self) -> Option<&Record> {
        let mut accepted = 0;
        let mut parked_until = None;
        for record in &self.records {
            if record.blocks() {
                return None;
            }
            match record.state {
                EntryState::Queued if parked_until >= Some(record.written_ms) => {}
                EntryState::Queued => return Some(record),
                EntryState::Parked => parked_until = parked_until.max(record.parked_ms),
                EntryState::Accepted => accepted += 1,
                _ => {}
            }
            if accepted >= UNDER_WAY {
                return None;
            }
        }
        None
    }

    /// The next message is held back no longer.
    pub(super) fn release(&mut self, now: Instant) {
        let next = self.next().map(|record| record.number);
        if let Some(record) = next.and_then(|number| self.find(number))
            && record.hold.is_some_and(|hold| hold <= now)
        {
            record.hold = None;
        }
    }

    /// The bytes that left and were not answered.
    pub(super) fn unanswered(&self) -> u64 {
        let known = self.records.iter();
        let known = known.take_while(|record| record.number <= self.furthest);
        let sending = known.filter(|record| record.state == EntryState::Sending);
        sending.map(|record| record.bytes).sum()
    }

    /// History may tell of something in it what nobody knows here.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.records
            .iter()
            .any(|record| record.undecided || record.in_doubt && record.state == EntryState::Parked)
    }

    /// A message is under way that must be so alone.
    pub(super) fn sends_alone(&self, losses: u8) -> bool {
        let known = self.records.iter();
        let mut known = known.take_while(|record| record.number <= self.furthest);
        known.any(|record| {
            record.state == EntryState::Sending && !record.undecided && record.losses >= losses
        })
    }

    /// Waits for a proof that may not come by itself (nobody subscribed to the
    /// session, or the frame was lost).
    pub(super) fn awaits_proof(&self) -> bool {
        self.records
            .iter()
            .any(|record| record.state == EntryState::Accepted)
    }

    /// Something changed that only history explains. A gateway that says so
    /// without end is asked ever more rarely.
    pub(super) fn look_now(&mut self, now: Instant) {
        match self.look {
            Look::Idle => {
                let due = self.pace.due(now);
                self.next_look = Some(self.next_look.map_or(due, |at| at.min(due)));
            }
            Look::UnderWay { .. } => self.look_again = true,
            Look::Wanted { .. } => {}
        }
    }

    /// The same, at a moment of its own.
    pub(super) fn look_at(&mut self, at: Instant) {
        self.look_again = matches!(self.look, Look::UnderWay { .. });
        self.next_look = Some(at);
    }

    pub(super) fn look_failed(&mut self, now: Instant) {
        self.look = Look::Idle;
        self.look_again = false;
        let wait = self.look_wait.max(LOOK_RETRY);
        self.look_wait = (wait * 2).min(RAREST_LOOK);
        self.next_look = Some(now + wait);
    }

    /// Nothing is left in it to look for. How often one looked is remembered
    /// for what is written next.
    pub(super) fn rest(&mut self) {
        if !matches!(self.look, Look::UnderWay { .. }) {
            self.look = Look::Idle;
        }
        self.look_again = false;
        self.next_look = None;
        self.look_wait = Duration::ZERO;
        self.parked_ms = None;
    }

    /// Nothing is in it, and nobody has looked for any of it.
    pub(super) fn is_untouched(&self) -> bool {
        self.records.is_empty() && self.look == Look::Idle && self.pace == Pace::default()
    }

    /// Nothing is in it, and nothing of it is worth remembering.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.records.is_empty() && self.look == Look::Idle && self.pace.is_quiet(now)
    }

    /// The connection is gone, and the answers with it.
    pub(super) fn forget_looks(&mut self) {
        self.look = Look::Idle;
        self.look_again = false;
        self.next_look = None;
        self.look_wait = Duration::ZERO;
        self.pace = Pace::default();
    }

    pub(super) fn look_later(&mut self, now: Instant) {
        if self.awaits_proof() {
            self.next_look = Some(now + self.look_wait.max(FIRST_LOOK));
            self.look_wait = (self.look_wait.max(FIRST_LOOK) * 2).min(RAREST_LOOK);
        } else {
            self.next_look = None;
            self.look_wait = Duration::ZERO;
        }
    }

    /// The gateway's time back to which history must be read.
    pub(super) fn oldest_sent(&self) -> Option<u64> {
        // What a person decides about is not looked for.
        let open = |record: &&Record| {
            record.undecided || matches!(record.state, EntryState::Sending | EntryState::Accepted)
        };
        self.records
            .iter()
            .filter(open)
            .filter_map(|record| record.sent.as_ref())
            .map(|sent| sent.mark.gateway_ms)
            .min()
    }
}
