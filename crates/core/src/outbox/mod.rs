//! The outbox: messages that are sent once, in order, or visibly wait.
//!
//! It knows entries, lanes, proofs and what the store keeps. It does not know
//! requests or sockets: the engine tells it what was answered and seen, and
//! asks it what to send.

mod connection;
mod decide;
mod entry;
mod facts;
mod journal;
mod lane;
mod look;
mod people;
pub mod reasons;
mod record;
mod saved;
#[cfg(test)]
mod tests;
mod trouble;
mod unkept;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

pub(crate) use connection::{Link, Loss};
pub use decide::{Decision, Evidence, KEY_LIFETIME, KEYS_REMEMBERED, Waiting, decide};
pub use entry::{Bounds, EnqueueError, Entry, EntryState, Key, NewEntry, Route, Update};
use journal::Journal;
use lane::Lane;
pub(crate) use look::LOOK_ROWS;
use record::{Record, Sent};
pub use saved::{Batch, Change, Mark, Saved, StoreError};

use crate::answers::Answers;
use crate::table::Table;
use crate::time::{Instant, millis};
use crate::wire::GatewayError;

/// A message that the gateway cannot take now is held back for this long, and
/// longer each time, when it does not say for how long, and within these bounds
/// when it does.
const HOLD: Duration = Duration::from_millis(500);
const LONGEST_GUESS: Duration = Duration::from_secs(30);
const SHORTEST_HOLD: Duration = Duration::from_millis(500);
const LONGEST_HOLD: Duration = Duration::from_secs(600);

/// A wall clock that is set back further was wrong before.
const CLOCK_JUMP_MS: u64 = 60_000;

/// So many bytes may have left without an answer: what is under way of the
/// outbox never fills a socket's buffer past this. One larger message goes
/// alone.
pub(crate) const WINDOW: u64 = 256 * 1024;

/// How a message that was sent was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// `last` is false for the first of two answers.
    Accepted {
        last: bool,
    },
    /// It was done, and no transcript will ever show it.
    Done,
    Refused(GatewayError),
    /// No answer within the request's deadline.
    TimedOut,
}

/// A message that may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaving {
    pub(crate) key: Key,
    pub(crate) route: Route,
    pub(crate) answers: Answers,
    pub(crate) bytes: u64,
    pub(crate) attempts: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bounds: Bounds,
    lanes: Table<Route, Lane>,
    places: BTreeMap<Key, Place>,
    next_number: u64,
    bytes: u64,
    /// How many keys were sent so far.
    sent: u64,
    link: Option<Link>,
    journal: Journal,
    /// The earliest moment at which some entry may expire.
    next_expiry: Option<Instant>,
    updates: VecDeque<Update>,
    /// Both clocks when the host last told the wall's.
    clocks: Option<(Instant, u64)>,
    /// When the newest message counts as written.
    last_written: u64,
}

#[derive(Debug, Clone)]
struct Place {
    route: Route,
    number: u64,
}

impl Outbox {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn has_no_update(&self) -> bool {
        self.updates.is_empty()
    }

    pub(crate) fn poll_update(&mut self) -> Option<Update> {
        self.updates.pop_front()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let lanes = self.lanes.iter();
        lanes
            .flat_map(|(route, lane)| lane.records.iter().map(|r| r.entry(route)))
            .collect()
    }

    /// Some message may be proven by an event: hot frames are worth reading.
    pub(crate) fn awaits_proof(&self) -> bool {
        !self.places.is_empty()
    }

    pub(crate) fn knows(&self, key: &Key) -> bool {
        self.places.contains_key(key)
    }

    /// Whether the store has an entry: `None` when that is not decided, or the
    /// entry is not known.
    pub(crate) fn is_kept(&self, key: &Key) -> Option<bool> {
        let place = self.places.get(key)?;
        let record = self.lanes.get(&place.route)?.get(place.number)?;
        (record.kept || record.is_unkeepable).then_some(record.kept)
    }

    pub(crate) fn enqueue(&mut self, now: Instant, new: NewEntry) -> Result<(), EnqueueError> {
        if self.places.contains_key(&new.key) {
            return Err(EnqueueError::KeyInUse);
        }
        if self.places.len() >= self.bounds.entries {
            return Err(EnqueueError::TooMany {
                limit: self.bounds.entries,
            });
        }
        if self.bytes.saturating_add(new.bytes) > self.bounds.bytes {
            return Err(EnqueueError::TooLarge {
                limit: self.bounds.bytes,
            });
        }
        let route = self.settled(new.route.clone());
        let expires = new.ttl.map(|ttl| now + ttl);
        let lane = self.lanes.get(&route);
        let wall_ms = self.next_written(new.written_ms);
        let written_ms = lane.map_or(wall_ms, |lane| lane.next_written(wall_ms));
        self.last_written = written_ms;
        let new = NewEntry { written_ms, ..new };
        self.add(route, |number| Record::new(number, new, expires));
        Ok(())
    }

    /// When the next message counts as written. The store may keep messages in
    /// another order than they were written in: those of one moment, or of a
    /// clock that was set back a little, tell theirs all the same.
    const fn next_written(&self, wall_ms: u64) -> u64 {
        let ahead = self.last_written.saturating_sub(wall_ms);
        if self.last_written >= wall_ms && ahead < CLOCK_JUMP_MS {
            self.last_written + 1
        } else {
            wall_ms
        }
    }

    /// The host's wall clock (Unix ms) at this moment.
    pub(crate) const fn tell_time(&mut self, now: Instant, wall_ms: u64) {
        self.clocks = Some((now, wall_ms));
    }

    /// The wall clock now, 0 when the host has never told it.
    fn wall_ms(&self, now: Instant) -> u64 {
        let told = self.clocks;
        told.map_or(0, |(then, wall)| {
            wall.saturating_add(millis(now.since(then)))
        })
    }

    /// Until when what stands in the lane of this entry waits for it, once it is
    /// parked now. The clocks are read to the millisecond: a little too early is
    /// right, for nobody can have seen it yet.
    fn parking_ms(&self, now: Instant, key: &Key) -> u64 {
        let lane = self
            .places
            .get(key)
            .and_then(|place| self.lanes.get(&place.route));
        let last_written = lane.map_or(0, Lane::last_written);
        let next = self.next_written(self.wall_ms(now));
        next.saturating_sub(1).max(last_written)
    }

    /// A person decides what becomes of this entry.
    fn park(&mut self, now: Instant, key: &Key, reason: impl Into<String>) {
        let at_ms = self.parking_ms(now, key);
        self.change(key, |record| record.park(at_ms, reason));
        self.save(key);
    }

    /// The main session goes by its name once that is known.
    fn settled(&self, route: Route) -> Route {
        match (route, &self.link) {
            (Route::Chat(None), Some(link)) => Route::Chat(Some(link.main_session.clone())),
            (route, _) => route,
        }
    }

    /// Puts a record behind the others of its lane.
    fn add(&mut self, route: Route, make: impl FnOnce(u64) -> Record) {
        let number = self.next_number;
        self.next_number += 1;
        let mut record = make(number);
        if record.meant == 0 {
            record.meant = self.journal.meant;
        }
        self.bytes = self.bytes.saturating_add(record.bytes);
        self.next_expiry = earliest(self.next_expiry, record.expires);
        let key = record.key.clone();
        let kept = record.kept;
        self.updates
            .push_back(Update::Changed(record.entry(&route)));
        if let Some(lane) = self.lanes.or_default(route.clone()) {
            if record.state == EntryState::Sending {
                lane.furthest = number;
            }
            lane.parked_ms = lane.parked_ms.max(record.parked_ms);
            lane.records.push_back(record);
        }
        self.places.insert(key.clone(), Place { route, number });
        if !kept {
            self.save(&key);
        }
    }

    /// Entries whose time has run out before they left wait for a person.
    pub(crate) fn expire(&mut self, now: Instant) {
        if self.next_expiry.is_none_or(|due| due > now) {
            return;
        }
        let mut next = None;
        let mut late = Vec::new();
        for lane in self.lanes.values() {
            // What is still being read cannot be kept yet, and so not parked.
            let fresh = |record: &&Record| record.is_fresh() && !record.is_being_read;
            for record in lane.records.iter().filter(fresh) {
                match record.expires {
                    Some(at) if at <= now => late.push(record.key.clone()),
                    at => next = earliest(next, at),
                }
            }
        }
        self.next_expiry = next;
        // What is on its way to the tab that leads expires there.
        late.retain(|key| !self.journal.hands_over(key));
        for key in late {
            self.park(now, &key, reasons::EXPIRED);
        }
    }

    pub(crate) fn answered(&mut self, now: Instant, key: &Key, reply: Reply) {
        let Some(route) = self.places.get(key).map(|place| place.route.clone()) else {
            return;
        };
        let is_chat = matches!(route, Route::Chat(_));
        let parked_ms = self.parking_ms(now, key);
        let (mut look, mut done, mut save) = (None, false, false);
        self.change(key, |record| {
            let waits = match record.state {
                EntryState::Sending => record.left,
                EntryState::Accepted => !is_chat,
                _ => false,
            };
            if !waits {
                return;
            }
            if reply != Reply::TimedOut {
                record.losses = 0;
            }
            match reply {
                // A request other than a chat message has no other proof.
                Reply::Accepted { last } if !is_chat && last => done = true,
                Reply::Done => done = true,
                // It stands in a queue that outlives the gateway: a repeat doubles it.
                Reply::Refused(error) if !is_chat && error.is_kept_there() => done = true,
                Reply::Accepted { .. } => record.state = EntryState::Accepted,
                Reply::TimedOut => {
                    record.undecided = true;
                    record.in_doubt = true;
                    look = Some(now);
                }
                // A final refusal of what was accepted: it ran, or has run.
                Reply::Refused(error)
                    if error.is_for_now() && record.state == EntryState::Sending =>
                {
                    let guess = HOLD.saturating_mul(record.attempts.max(1));
                    let wait = error.retry_after.unwrap_or(guess.min(LONGEST_GUESS));
                    let until = now + wait.clamp(SHORTEST_HOLD, LONGEST_HOLD);
                    record.hold = Some(until);
                    if record.in_doubt {
                        record.undecided = true;
                        look = Some(until);
                    } else {
                        record.state = EntryState::Queued;
                        record.sent = None;
                        save = true;
                    }
                }
                Reply::Refused(error) => {
                    look = record.in_doubt.then_some(now);
                    if !record.in_doubt {
                        // Nothing of it has arrived.
                        record.sent = None;
                    }
                    record.park(parked_ms, error.into_reason());
                    save = true;
                }
            }
        });
        if done {
            return self.confirm(key);
        }
        if save {
            self.save(key);
        }
        match (self.lanes.get_mut(&route), look) {
            (Some(_), Some(_)) if !is_chat => self.decide_lane(now, &route),
            (Some(lane), Some(at)) => lane.look_at(at),
            (Some(lane), None) if is_chat && lane.next_look.is_none() => lane.look_later(now),
            _ => {}
        }
    }

    /// A proof: the message stands in the transcript.
    pub(crate) fn confirm(&mut self, key: &Key) {
        let Some(Place { route, .. }) = self.places.get(key).cloned() else {
            return;
        };
        let Some(mut record) = self.forget(key) else {
            return;
        };
        record.state = EntryState::Confirmed;
        record.undecided = false;
        self.updates
            .push_back(Update::Changed(record.entry(&route)));
    }

    /// The run with this key ended without a message: only history tells what
    /// became of it.
    pub(crate) fn ended_without_message(&mut self, now: Instant, key: &Key) {
        let Some(place) = self.places.get(key) else {
            return;
        };
        if let Some(lane) = self.lanes.get_mut(&place.route) {
            if let Some(record) = lane.find(place.number) {
                record.ended = true;
            }
            if matches!(place.route, Route::Chat(_)) {
                lane.look_now(now);
            }
        }
    }

    /// Frames were missed, and a proof may have been among them.
    pub(crate) fn missed_frames(&mut self, now: Instant) {
        let chats = self
            .lanes
            .iter_mut()
            .filter(|(route, _)| matches!(route, Route::Chat(_)));
        for (_, lane) in chats.filter(|(_, lane)| lane.awaits_proof()) {
            lane.look_now(now);
        }
    }

    fn record(&mut self, key: &Key) -> Option<&mut Record> {
        let place = self.places.get(key)?;
        self.lanes.get_mut(&place.route)?.find(place.number)
    }

    fn look_up(&self, key: &Key) -> Option<&Record> {
        let place = self.places.get(key)?;
        self.lanes.get(&place.route)?.get(place.number)
    }

    fn change(&mut self, key: &Key, edit: impl FnOnce(&mut Record)) {
        let Some(place) = self.places.get(key) else {
            return;
        };
        let lane = self.lanes.get_mut(&place.route);
        let Some(record) = lane.and_then(|lane| lane.find(place.number)) else {
            return;
        };
        let before = record.state;
        edit(record);
        let parked_ms = record.parked_ms;
        if record.state != before {
            let entry = record.entry(&place.route);
            self.updates.push_back(Update::Changed(entry));
            if record.state == EntryState::Queued {
                self.next_expiry = earliest(self.next_expiry, record.expires);
            }
        }
        if let Some(lane) = self.lanes.get_mut(&place.route) {
            lane.parked_ms = lane.parked_ms.max(parked_ms);
        }
    }

    /// The facts of this entry are to be stored.
    fn save(&mut self, key: &Key) {
        let new = self
            .record(key)
            .filter(|record| !record.is_unkeepable)
            .is_some_and(|record| !std::mem::replace(&mut record.dirty, true));
        if new {
            self.journal.dirty.push_back(key.clone());
        }
    }

    fn forget(&mut self, key: &Key) -> Option<Record> {
        let Place { route, number } = self.places.remove(key)?;
        let lane = self.lanes.get_mut(&route)?;
        let record = lane.take(number)?;
        self.bytes = self.bytes.saturating_sub(record.bytes);
        if lane.records.is_empty() {
            lane.rest();
            if lane.is_untouched() {
                self.lanes.remove(&route);
            }
        }
        self.journal.drop(&record);
        Some(record)
    }
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}
