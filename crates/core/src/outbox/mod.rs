//! The outbox: messages that are sent once, in order, or visibly wait.
//!
//! It knows entries, lanes and proofs. It does not know requests or sockets:
//! the engine tells it what was answered and seen, and asks it what to send.

mod decide;
mod entry;
mod lane;
mod look;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

pub use decide::{Decision, Evidence, KEY_LIFETIME, Waiting, decide};
pub use entry::{Bounds, EnqueueError, Entry, EntryState, Key, Update};
use lane::{Lane, Look, Record, Sent};
pub(crate) use look::LOOK_ROWS;

use crate::table::Table;
use crate::time::{Instant, millis};
use crate::wire::GatewayError;

/// A message that the gateway cannot take now is held back for this long when
/// it does not say for how long, and within these bounds when it does.
const HOLD: Duration = Duration::from_secs(5);
const SHORTEST_HOLD: Duration = Duration::from_millis(500);
const LONGEST_HOLD: Duration = Duration::from_secs(600);

/// What the outbox knows of the connection.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// The gateway's address.
    pub(crate) gateway: String,
    /// The gateway's clock at `since`, Unix milliseconds.
    pub(crate) gateway_ms: u64,
    pub(crate) since: Instant,
    pub(crate) boot_id: String,
    pub(crate) durable_keys: bool,
    pub(crate) main_session: String,
}

impl Link {
    /// How long ago a message was sent: by this page's clock, which may stand
    /// still while the machine sleeps, or by the gateway's, whichever is longer.
    fn age(&self, now: Instant, sent: &Sent) -> Duration {
        let gateway_ms = self
            .gateway_ms
            .saturating_add(millis(now.since(self.since)));
        let by_gateway = Duration::from_millis(gateway_ms.saturating_sub(sent.gateway_ms));
        now.since(sent.at).max(by_gateway)
    }
}

/// How a message that was sent was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Accepted,
    Refused(GatewayError),
    /// No answer within the request's deadline.
    TimedOut,
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bounds: Bounds,
    /// By session key; the empty key holds what waits for the main session.
    lanes: Table<String, Lane>,
    places: BTreeMap<Key, String>,
    bytes: u64,
    link: Option<Link>,
    /// The gateway that the messages were written for.
    gateway: Option<String>,
    updates: VecDeque<Update>,
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

    /// How often a message's bytes have left.
    pub(crate) fn attempts(&mut self, key: &Key) -> u32 {
        self.lane_of(key)
            .and_then(|(_, lane)| lane.find(key))
            .map_or(0, |record| record.attempts)
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
            .flat_map(|(session, lane)| lane.records.iter().map(|r| r.entry(session)))
            .collect()
    }

    /// Some message may be proven by an event: hot frames are worth reading.
    pub(crate) fn awaits_proof(&self) -> bool {
        !self.places.is_empty()
    }

    pub(crate) fn knows(&self, key: &Key) -> bool {
        self.places.contains_key(key)
    }

    pub(crate) fn enqueue(
        &mut self,
        key: Key,
        session: Option<String>,
        bytes: u64,
    ) -> Result<(), EnqueueError> {
        if self.places.contains_key(&key) {
            return Err(EnqueueError::KeyInUse);
        }
        if self.places.len() >= self.bounds.entries {
            return Err(EnqueueError::TooMany {
                limit: self.bounds.entries,
            });
        }
        if self.bytes.saturating_add(bytes) > self.bounds.bytes {
            return Err(EnqueueError::TooLarge {
                limit: self.bounds.bytes,
            });
        }
        let main = self.link.as_ref().map(|link| link.main_session.clone());
        let session = session.or(main).unwrap_or_default();
        let record = Record::new(key.clone(), bytes);
        self.bytes += bytes;
        self.updates
            .push_back(Update::Changed(record.entry(&session)));
        if let Some(lane) = self.lanes.or_default(session.clone()) {
            lane.records.push_back(record);
        }
        self.places.insert(key, session);
        Ok(())
    }

    /// Takes out a message that is not under way. False when it is, or is not
    /// known.
    pub(crate) fn remove(&mut self, key: &Key) -> bool {
        let Some((_, lane)) = self.lane_of(key) else {
            return false;
        };
        let under_way = |record: &&mut Record| {
            matches!(record.state, EntryState::Sending | EntryState::Accepted)
        };
        if lane.find(key).is_none_or(|record| under_way(&record)) {
            return false;
        }
        self.forget(key);
        self.updates.push_back(Update::Removed(key.clone()));
        true
    }

    /// A person wants a parked or unconfirmed message sent again, in its place
    /// and under a key of its own.
    pub(crate) fn resend(&mut self, key: &Key, new_key: Key) -> bool {
        if self.places.contains_key(&new_key) {
            return false;
        }
        let Some((session, lane)) = self.lane_of(key) else {
            return false;
        };
        let decided = |state| matches!(state, EntryState::Parked | EntryState::Unconfirmed);
        let Some(record) = lane.find(key).filter(|record| decided(record.state)) else {
            return false;
        };
        let session = session.clone();
        let updates = renew(record, &session, new_key.clone());
        self.places.remove(key);
        self.places.insert(new_key, session);
        self.updates.extend(updates);
        true
    }

    /// A hello arrived. What was under way must be decided first.
    pub(crate) fn connected(&mut self, link: Link) {
        let before = self.gateway.replace(link.gateway.clone());
        if before.is_some_and(|before| before != link.gateway) {
            self.moved();
        }
        if let Some(waiting) = self.lanes.remove("") {
            for record in &waiting.records {
                self.places
                    .insert(record.key.clone(), link.main_session.clone());
            }
            if let Some(main) = self.lanes.or_default(link.main_session.clone()) {
                main.records.extend(waiting.records);
            }
        }
        self.link = Some(link);
        for lane in self.lanes.values_mut().filter(|lane| lane.has_undecided()) {
            lane.look = Look::FIRST;
        }
    }

    /// This is another gateway. What was written for the old one must not go
    /// to this one by itself, and what left for the old one is proven nowhere.
    fn moved(&mut self) {
        for (session, lane) in self.lanes.iter_mut() {
            lane.forget_looks();
            let under_way = |record: &&mut Record| {
                !matches!(record.state, EntryState::Parked | EntryState::Unconfirmed)
            };
            for record in lane.records.iter_mut().filter(under_way) {
                record.undecided = false;
                record.state = if record.sent.is_some() {
                    EntryState::Unconfirmed
                } else {
                    record.reason = Some("It was written for another gateway.".to_owned());
                    EntryState::Parked
                };
                self.updates
                    .push_back(Update::Changed(record.entry(session)));
            }
        }
    }

    /// The connection ended.
    pub(crate) fn lost(&mut self) {
        self.link = None;
        for lane in self.lanes.values_mut() {
            lane.forget_looks();
            for record in &mut lane.records {
                // A repeat that has not left yet carries the mark of its
                // first attempt: it must be decided anew as well.
                record.undecided |= match record.state {
                    EntryState::Sending | EntryState::Accepted => true,
                    EntryState::Queued => record.sent.is_some(),
                    _ => false,
                };
                record.in_doubt |= record.undecided;
            }
        }
    }

    /// The next message to send, with its session.
    pub(crate) fn next(&self, now: Instant) -> Option<(Key, String)> {
        self.link.as_ref()?;
        self.lanes.iter().find_map(|(session, lane)| {
            let record = lane
                .next()
                .filter(|record| record.hold.is_none_or(|hold| hold <= now))?;
            Some((record.key.clone(), session.clone()))
        })
    }

    /// Marks a message as sending, before its first byte leaves.
    pub(crate) fn mark_sending(&mut self, key: &Key, now: Instant, gateway_ms: u64) {
        let Some(boot_id) = self.link.as_ref().map(|link| link.boot_id.clone()) else {
            return;
        };
        self.change(key, |record| {
            record.state = EntryState::Sending;
            record.undecided = false;
            record.hold = None;
            record.attempts = record.attempts.saturating_add(1);
            // The gateway counts a key's life from when it first saw it, so a
            // repeat to the same process keeps the first mark.
            let first = record.sent.take().filter(|sent| sent.boot_id == boot_id);
            record.sent = first.or(Some(Sent {
                boot_id,
                at: now,
                gateway_ms,
            }));
        });
    }

    pub(crate) fn answered(&mut self, now: Instant, key: &Key, reply: Reply) {
        let mut look = None;
        self.change(key, |record| {
            if record.state != EntryState::Sending {
                return;
            }
            match reply {
                Reply::Accepted => record.state = EntryState::Accepted,
                Reply::TimedOut => {
                    record.undecided = true;
                    record.in_doubt = true;
                    look = Some(now);
                }
                Reply::Refused(error) if error.is_for_now() => {
                    let wait = error.retry_after.unwrap_or(HOLD);
                    let until = now + wait.clamp(SHORTEST_HOLD, LONGEST_HOLD);
                    record.hold = Some(until);
                    if record.in_doubt {
                        record.undecided = true;
                        look = Some(until);
                    } else {
                        record.state = EntryState::Queued;
                        record.sent = None;
                    }
                }
                Reply::Refused(error) => {
                    record.state = EntryState::Parked;
                    record.reason = Some(error.message);
                    look = record.in_doubt.then_some(now);
                }
            }
        });
        if let Some((_, lane)) = self.lane_of(key) {
            match look {
                Some(at) => lane.look_at(at),
                None if lane.next_look.is_none() => lane.look_later(now),
                None => {}
            }
        }
    }

    /// A proof: the message stands in the transcript.
    pub(crate) fn confirm(&mut self, key: &Key) {
        let Some(session) = self.places.get(key).cloned() else {
            return;
        };
        let Some(mut record) = self.forget(key) else {
            return;
        };
        record.state = EntryState::Confirmed;
        record.undecided = false;
        self.updates
            .push_back(Update::Changed(record.entry(&session)));
    }

    /// The run with this key ended without a message: only history tells what
    /// became of it.
    pub(crate) fn ended_without_message(&mut self, key: &Key) {
        if let Some((_, lane)) = self.lane_of(key) {
            if let Some(record) = lane.find(key) {
                record.ended = true;
            }
            lane.look_now();
        }
    }

    /// Frames were missed, and a proof may have been among them.
    pub(crate) fn missed_frames(&mut self) {
        for lane in self.lanes.values_mut().filter(|lane| lane.awaits_proof()) {
            lane.look_now();
        }
    }

    fn lane_of(&mut self, key: &Key) -> Option<(&String, &mut Lane)> {
        let session = self.places.get(key)?;
        Some((session, self.lanes.get_mut(session)?))
    }

    fn change(&mut self, key: &Key, edit: impl FnOnce(&mut Record)) {
        let Some((session, lane)) = self.lane_of(key) else {
            return;
        };
        let session = session.clone();
        let Some(record) = lane.find(key) else { return };
        let before = record.state;
        edit(record);
        if record.state != before {
            let entry = record.entry(&session);
            self.updates.push_back(Update::Changed(entry));
        }
    }

    fn forget(&mut self, key: &Key) -> Option<Record> {
        let session = self.places.remove(key)?;
        let lane = self.lanes.get_mut(&session)?;
        let record = lane.take(key)?;
        self.bytes = self.bytes.saturating_sub(record.bytes);
        if lane.records.is_empty() && !matches!(lane.look, Look::UnderWay { .. }) {
            self.lanes.remove(&session);
        }
        Some(record)
    }
}

/// The same message, in its place, as one that was never sent.
fn renew(record: &mut Record, session: &str, key: Key) -> [Update; 2] {
    let from = std::mem::replace(&mut record.key, key.clone());
    record.replaces = Some(from.clone());
    record.state = EntryState::Queued;
    record.undecided = false;
    record.in_doubt = false;
    record.sent = None;
    record.hold = None;
    record.attempts = 0;
    record.ended = false;
    record.misses = 0;
    record.reason = None;
    [
        Update::Renewed { from, to: key },
        Update::Changed(record.entry(session)),
    ]
}
