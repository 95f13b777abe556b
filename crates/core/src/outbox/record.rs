//! An entry as its lane holds it, from the moment it is written to its end.

use std::time::Duration;

use super::entry::{Entry, EntryState, Key, NewEntry, Route};
use super::reasons;
use super::saved::{Mark, Saved};
use crate::answers::Answers;
use crate::time::Instant;

/// The first look after an acknowledgement whose proof does not come by itself.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(10);

/// Looks without a trace of an accepted message after which nobody knows what
/// became of it: an input may be thrown away without a word.
const MISSES: u8 = 6;
/// As so many counts one of a session in which nothing goes on, when its run has
/// ended: a row is written some seconds after that.
const MISS_AT_REST: u8 = 3;
/// Looks into a session that is busy with other messages count when they are so
/// far apart: a gateway does not list all that it has put behind them.
const BUSY_LOOK: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Its place: numbers grow within a lane.
    pub(super) number: u64,
    /// Its identity in the store.
    pub(super) origin: Key,
    /// The store that it was written for, by number; 0 before any was known.
    pub(super) meant: u32,
    pub(super) key: Key,
    pub(super) answers: Answers,
    pub(super) bytes: u64,
    pub(super) written_ms: u64,
    pub(super) ttl: Option<Duration>,
    /// When it may no longer leave.
    pub(super) expires: Option<Instant>,
    pub(super) state: EntryState,
    /// It was sent and the connection, or the answer, was lost since.
    pub(super) undecided: bool,
    /// Some attempt under this key was never answered: whatever a later one
    /// is told says nothing about that one.
    pub(super) in_doubt: bool,
    pub(super) sent: Option<Sent>,
    /// The mark before the one that is being stored.
    pub(super) before: Option<Sent>,
    /// Its mark is stored and its bytes are on their way.
    pub(super) left: bool,
    /// Some facts of it are in the store.
    pub(super) kept: bool,
    /// Its facts have changed since they were last given to the store.
    pub(super) dirty: bool,
    pub(super) attempts: u32,
    /// Its run ended without a message.
    pub(super) ended: bool,
    /// Looks in a row that found no trace of it, and when the last one was.
    pub(super) misses: u8,
    pub(super) missed: Option<Instant>,
    /// The gateway asked not to send it before this.
    pub(super) hold: Option<Instant>,
    /// The host is still reading its files.
    pub(super) is_being_read: bool,
    /// The store cannot keep it, alone among others.
    pub(super) is_unkeepable: bool,
    /// Connections in a row that ended while its bytes were under way.
    pub(super) losses: u8,
    pub(super) reason: Option<String>,
    /// When it was parked, by the wall clock (Unix ms).
    pub(super) parked_ms: Option<u64>,
    pub(super) replaces: Option<Key>,
}

/// The mark that is set before the first byte leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) mark: Mark,
    /// Since when this page counts its age; `None` until the first connection
    /// tells how old what an earlier page sent is.
    pub(super) at: Option<Instant>,
    /// What this page's clock did not count: how old it was then, and how long
    /// the machine has slept since, while that clock stood still.
    pub(super) uncounted: Duration,
    /// How many keys this client had sent by then.
    pub(super) count: u64,
}

impl Record {
    pub(super) fn new(number: u64, new: NewEntry, expires: Option<Instant>) -> Self {
        Self {
            number,
            origin: new.key.clone(),
            meant: 0,
            key: new.key,
            answers: new.answers,
            bytes: new.bytes,
            written_ms: new.written_ms,
            ttl: new.ttl,
            expires,
            state: EntryState::Queued,
            undecided: false,
            in_doubt: false,
            sent: None,
            before: None,
            left: false,
            kept: false,
            dirty: false,
            attempts: 0,
            ended: false,
            misses: 0,
            missed: None,
            hold: None,
            is_being_read: new.is_being_read,
            is_unkeepable: false,
            losses: 0,
            reason: None,
            parked_ms: None,
            replaces: None,
        }
    }

    /// From the store: whatever left before now is to be decided.
    pub(super) fn restored(
        number: u64,
        saved: Saved,
        expires: Option<Instant>,
        count: u64,
        wall_ms: u64,
    ) -> Self {
        let new = NewEntry {
            key: saved.key,
            route: saved.route,
            answers: saved.answers,
            bytes: saved.bytes,
            ttl: saved.ttl,
            written_ms: saved.written_ms,
            is_being_read: false,
        };
        let is_parked = saved.state == EntryState::Parked;
        let sent = saved.mark.map(|mark| Sent {
            mark,
            at: None,
            uncounted: Duration::ZERO,
            count,
        });
        let open = matches!(saved.state, EntryState::Queued | EntryState::Sending);
        let undecided = open && (sent.is_some() || saved.state == EntryState::Sending);
        Self {
            origin: saved.origin,
            state: saved.state,
            undecided,
            // What was refused without a doubt has no mark.
            in_doubt: undecided || is_parked && sent.is_some(),
            sent,
            left: saved.state == EntryState::Sending,
            kept: true,
            attempts: saved.attempts,
            reason: saved.reason,
            // Earlier versions did not note it: all that is there waits for it.
            parked_ms: is_parked.then(|| saved.parked_ms.unwrap_or(wall_ms)),
            replaces: saved.replaces,
            ..Self::new(number, new, expires)
        }
    }

    pub(super) fn saved(&self, route: &Route) -> Saved {
        Saved {
            origin: self.origin.clone(),
            key: self.key.clone(),
            route: route.clone(),
            answers: self.answers,
            bytes: self.bytes,
            written_ms: self.written_ms,
            ttl: self.ttl,
            state: match self.state {
                EntryState::Accepted => EntryState::Sending,
                state => state,
            },
            mark: self.sent.as_ref().map(|sent| sent.mark.clone()),
            attempts: self.attempts,
            reason: self.reason.clone(),
            parked_ms: self.parked_ms,
            replaces: self.replaces.clone(),
        }
    }

    pub(super) fn entry(&self, route: &Route) -> Entry {
        Entry {
            key: self.key.clone(),
            session: route.session().map(str::to_owned),
            method: route.method().map(str::to_owned),
            written_ms: self.written_ms,
            state: self.state,
            attempts: self.attempts,
            reason: self.reason.clone(),
            replaces: self.replaces.clone(),
        }
    }

    /// Its mark did not get into the store, or the connection went meanwhile:
    /// no byte of this attempt left.
    pub(super) fn unmark(&mut self) {
        self.state = EntryState::Queued;
        self.sent = self.before.take();
        self.attempts = self.attempts.saturating_sub(1);
    }

    /// Its first byte leaves now, with this mark.
    pub(super) fn begin(&mut self, now: Instant, mark: Mark) {
        if let Some(sent) = &mut self.sent {
            (sent.mark, sent.at, sent.uncounted) = (mark, Some(now), Duration::ZERO);
        }
    }

    /// It has never been sent, or all that was sent was refused.
    pub(super) const fn is_fresh(&self) -> bool {
        matches!(self.state, EntryState::Queued) && self.sent.is_none() && !self.undecided
    }

    /// The same message as one that was never sent, under this key.
    pub(super) fn renew(&mut self, key: Key) {
        let from = std::mem::replace(&mut self.key, key);
        self.replaces = Some(from);
        self.state = EntryState::Queued;
        self.undecided = false;
        self.in_doubt = false;
        self.sent = None;
        self.before = None;
        self.hold = None;
        self.expires = None;
        self.ttl = None;
        self.attempts = 0;
        self.ended = false;
        self.misses = 0;
        self.missed = None;
        self.losses = 0;
        self.is_unkeepable = false;
        self.reason = None;
        self.parked_ms = None;
    }

    /// A person decides about it. What was written until then waits for that.
    pub(super) fn park(&mut self, at_ms: u64, reason: impl Into<String>) {
        self.state = EntryState::Parked;
        self.undecided = false;
        self.left = false;
        self.expires = None;
        self.is_being_read = false;
        self.reason = Some(reason.into());
        self.parked_ms = Some(at_ms);
    }

    /// It goes out after all, in its place: what it was parked for is no more.
    /// An attempt that was never answered is looked up first.
    pub(super) fn release(&mut self) {
        self.state = EntryState::Queued;
        self.undecided = self.in_doubt;
        if !self.in_doubt {
            self.sent = None;
        }
        self.is_unkeepable = false;
        self.reason = None;
        self.parked_ms = None;
    }

    /// Its gateway is another one than that of the outbox now.
    pub(super) fn strand(&mut self, at_ms: u64) {
        self.undecided = false;
        if self.sent.is_some() {
            self.state = EntryState::Unconfirmed;
        } else {
            self.park(at_ms, reasons::OTHER_GATEWAY);
        }
    }

    /// Its bytes are on their way, and the gateway has not answered.
    pub(super) fn is_on_the_wire(&self) -> bool {
        self.state == EntryState::Sending && self.left && !self.undecided
    }

    /// Marked, and waiting for the store.
    pub(super) fn is_marking(&self) -> bool {
        self.state == EntryState::Sending && !self.left
    }

    /// A whole look found a trace of it.
    pub(super) const fn seen(&mut self) {
        self.misses = 0;
        self.missed = None;
    }

    /// A whole look found neither a row nor an input of it, although it was
    /// accepted. Looks that are some time apart are an answer after a while, the
    /// sooner when its run has ended and the session is not busy with others: what
    /// became of it is not known.
    pub(super) fn left_no_trace(&mut self, now: Instant, is_busy: bool) -> bool {
        let apart = if is_busy { BUSY_LOOK } else { FIRST_LOOK };
        let soon = self.missed.is_some_and(|last| now < last + apart);
        if soon || self.state != EntryState::Accepted {
            return false;
        }
        self.missed = Some(now);
        let is_at_rest = self.ended && !is_busy;
        self.misses += if is_at_rest { MISS_AT_REST } else { 1 };
        if self.misses < MISSES {
            return false;
        }
        self.state = EntryState::Unconfirmed;
        self.reason = Some(reasons::NO_ROW.to_owned());
        true
    }

    /// It blocks all messages behind it until its own fate is known. One that is
    /// parked blocks only what was written before it was: see [`Lane::next`].
    pub(super) const fn blocks(&self) -> bool {
        self.undecided || self.is_being_read || matches!(self.state, EntryState::Sending)
    }
}
