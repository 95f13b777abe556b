//! One session's messages, in order.

use std::collections::VecDeque;
use std::time::Duration;

use super::entry::{Entry, EntryState, Key};
use crate::time::Instant;

/// Accepted but unconfirmed messages a lane may have under way. The gateway
/// throws acknowledged inputs away when about 20 wait behind a run.
const UNDER_WAY: usize = 8;

/// The first look after an acknowledgement whose proof does not come by itself.
const FIRST_LOOK: Duration = Duration::from_secs(10);
/// A look that failed is tried again after this.
const LOOK_RETRY: Duration = Duration::from_secs(5);
/// Looks grow rarer up to this.
const RAREST_LOOK: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) key: Key,
    pub(super) state: EntryState,
    /// It was sent and the connection, or the answer, was lost since.
    pub(super) undecided: bool,
    /// Some attempt under this key was never answered: whatever a later one
    /// is told says nothing about that one.
    pub(super) in_doubt: bool,
    pub(super) sent: Option<Sent>,
    pub(super) attempts: u32,
    pub(super) bytes: u64,
    /// Its run ended without a message.
    pub(super) ended: bool,
    /// Looks since then that found no trace of it.
    pub(super) misses: u8,
    /// The gateway asked not to send it before this.
    pub(super) hold: Option<Instant>,
    pub(super) reason: Option<String>,
    pub(super) replaces: Option<Key>,
}

/// The mark that is set before the first byte leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) boot_id: String,
    pub(super) at: Instant,
    /// The gateway's clock at that moment, Unix milliseconds.
    pub(super) gateway_ms: u64,
}

impl Record {
    pub(super) const fn new(key: Key, bytes: u64) -> Self {
        Self {
            key,
            state: EntryState::Queued,
            undecided: false,
            in_doubt: false,
            sent: None,
            attempts: 0,
            bytes,
            ended: false,
            misses: 0,
            hold: None,
            reason: None,
            replaces: None,
        }
    }

    pub(super) fn entry(&self, session: &str) -> Entry {
        Entry {
            key: self.key.clone(),
            session: (!session.is_empty()).then(|| session.to_owned()),
            state: self.state,
            attempts: self.attempts,
            reason: self.reason.clone(),
            replaces: self.replaces.clone(),
        }
    }

    /// Its run has ended, and a whole look found neither a row nor an input of
    /// it. Twice in a row that is an answer: what becomes of it is not known.
    pub(super) fn left_no_trace(&mut self) -> bool {
        if !self.ended || self.state != EntryState::Accepted {
            return false;
        }
        self.misses += 1;
        if self.misses < 2 {
            return false;
        }
        self.state = EntryState::Unconfirmed;
        true
    }

    /// It blocks the messages behind it until its own fate is known.
    const fn blocks(&self) -> bool {
        self.undecided || matches!(self.state, EntryState::Sending | EntryState::Parked)
    }
}

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
    pub(super) look: Look,
    /// What asked for the look under way is older news: look once more.
    pub(super) look_again: bool,
    /// When to look again although nothing asked for it.
    pub(super) next_look: Option<Instant>,
    pub(super) look_wait: Duration,
    /// What the newest page said about inputs without a row.
    pub(super) pending: Vec<crate::wire::PendingInput>,
    pub(super) in_flight: Option<String>,
}

impl Lane {
    pub(super) fn find(&mut self, key: &Key) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.key == *key)
    }

    pub(super) fn take(&mut self, key: &Key) -> Option<Record> {
        let index = self.records.iter().position(|record| record.key == *key)?;
        self.records.remove(index)
    }

    /// The next message that may leave: the first queued one with nothing
    /// unsettled before it.
    pub(super) fn next(&self) -> Option<&Record> {
        let mut accepted = 0;
        for record in &self.records {
            if record.blocks() {
                return None;
            }
            match record.state {
                EntryState::Queued => return Some(record),
                EntryState::Accepted => accepted += 1,
                _ => {}
            }
            if accepted >= UNDER_WAY {
                return None;
            }
        }
        None
    }

    pub(super) fn has_undecided(&self) -> bool {
        self.records.iter().any(|record| record.undecided)
    }

    /// Waits for a proof that may not come by itself (nobody subscribed to the
    /// session, or the frame was lost).
    pub(super) fn awaits_proof(&self) -> bool {
        self.records
            .iter()
            .any(|record| record.state == EntryState::Accepted)
    }

    /// Something changed that only history explains.
    pub(super) fn look_now(&mut self) {
        match self.look {
            Look::Idle => self.look = Look::FIRST,
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

    /// The connection is gone, and the answers with it.
    pub(super) fn forget_looks(&mut self) {
        self.look = Look::Idle;
        self.look_again = false;
        self.next_look = None;
        self.look_wait = Duration::ZERO;
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
        self.records
            .iter()
            .filter_map(|record| record.sent.as_ref())
            .map(|sent| sent.gateway_ms)
            .min()
    }
}
