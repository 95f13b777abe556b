//! The outbox and the connection: what may leave, and what a loss leaves open.

use std::time::Duration;

use super::{
    EntryState, KEY_LIFETIME, Key, Leaving, Mark, Outbox, Place, Route, Sent, Table, Update,
    WINDOW, earliest, reasons,
};
use crate::time::{Instant, millis};

/// What the outbox knows of the connection.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// The gateway's clock at `since`, Unix milliseconds.
    pub(crate) gateway_ms: u64,
    pub(crate) since: Instant,
    pub(crate) boot_id: String,
    pub(crate) durable_keys: bool,
    pub(crate) main_session: String,
    /// What this connection may do.
    pub(crate) scopes: Vec<String>,
}

/// How a connection ended, for what was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It was ended here, or the gateway had said that it would: the messages
    /// under way have nothing to do with it.
    Ours,
    /// It was lost.
    Lost,
    /// Something on the way found a frame too large (close code 1009).
    TooLarge,
}

/// A message that was under way at so many losses in a row goes alone from then
/// on, so that no other one is taken for the cause …
const ALONE: u8 = 2;
/// … and after so many it waits for a person.
const MOST_LOSSES: u8 = 5;

/// Messages that are smaller than this (in bytes) are never too large: the frame
/// that signed in was larger.
const SMALL: u64 = 512;

impl Link {
    /// The gateway's clock now, Unix milliseconds.
    pub(super) fn clock(&self, now: Instant) -> u64 {
        self.gateway_ms
            .saturating_add(millis(now.since(self.since)))
    }

    /// How long ago a message was sent: by this page's clock, which may stand
    /// still while the machine sleeps, or by the gateway's, whichever is longer.
    pub(super) fn age(&self, now: Instant, sent: &Sent) -> Duration {
        let by_gateway = self.clock(now).saturating_sub(sent.mark.gateway_ms);
        let by_gateway = Duration::from_millis(by_gateway);
        sent.at.map_or(by_gateway, |at| {
            now.since(at).saturating_add(sent.uncounted).max(by_gateway)
        })
    }
}

impl Outbox {
    /// A hello arrived. What was under way must be decided first.
    pub(crate) fn connected(&mut self, now: Instant, link: Link) {
        let main = Route::Chat(Some(link.main_session.clone()));
        if let Some(waiting) = self.lanes.remove(&Route::Chat(None)) {
            for record in &waiting.records {
                let place = Place {
                    route: main.clone(),
                    number: record.number,
                };
                self.places.insert(record.key.clone(), place);
                self.updates.push_back(Update::Changed(record.entry(&main)));
            }
            if let Some(lane) = self.lanes.or_default(main) {
                // In the order in which they were written.
                let mut all = Table::new();
                for record in lane.records.drain(..).chain(waiting.records) {
                    all.insert(record.number, record);
                }
                lane.records = all.into_values().collect();
                lane.furthest = lane.furthest.max(waiting.furthest);
            }
        }
        self.link = Some(link);
        self.release_for_scopes();
        self.decide_what_is_open(now);
    }

    /// What was refused for want of a scope goes out when the scope is there.
    pub(super) fn release_for_scopes(&mut self) {
        let Some(link) = &self.link else { return };
        let has = |scope: &str| {
            link.scopes
                .iter()
                .any(|one| one == scope || one == "operator.admin")
        };
        let records = self.lanes.values().flat_map(|lane| &lane.records);
        let parked = records.filter(|record| record.state == EntryState::Parked);
        let waits_for = |record: &&super::Record| {
            let reason = record.reason.as_deref();
            reason.and_then(reasons::missing_scope).is_some_and(has)
        };
        let released: Vec<Key> = parked
            .filter(waits_for)
            .map(|record| record.key.clone())
            .collect();
        for key in released {
            self.change(&key, super::Record::release);
            self.save(&key);
        }
    }

    /// Undecided entries are looked up in history, where they have one.
    pub(super) fn decide_what_is_open(&mut self, now: Instant) {
        let Some(link) = &self.link else { return };
        // From here on this page counts how old they are, sleeps and all: the
        // gateway's clock as this page knows it stands still in them.
        for record in self.lanes.values_mut().flat_map(|lane| &mut lane.records) {
            for sent in record.sent.iter_mut().chain(&mut record.before) {
                if sent.at.is_none() && sent.mark.boot_id == link.boot_id {
                    sent.uncounted = link.age(now, sent);
                    sent.at = Some(now);
                }
            }
        }
        let mut methods = Vec::new();
        let open = self.lanes.iter_mut().filter(|(_, lane)| lane.is_in_doubt());
        for (route, lane) in open {
            match route {
                Route::Chat(_) => lane.look_now(now),
                Route::Method { .. } => methods.push(route.clone()),
            }
        }
        for route in methods {
            self.decide_lane(now, &route);
        }
    }

    /// The machine slept, and this page's monotonic clock stood still: what was
    /// sent before is so much older.
    pub(crate) fn slept(&mut self, by: Duration) {
        for record in self.lanes.values_mut().flat_map(|lane| &mut lane.records) {
            for sent in record.sent.iter_mut().chain(&mut record.before) {
                sent.uncounted = sent.uncounted.saturating_add(by);
            }
        }
    }

    /// The connection ended.
    pub(crate) fn lost(&mut self, now: Instant, loss: Loss) {
        self.link = None;
        self.blame(now, loss);
        // Their marks are stored and their bytes had no time to leave.
        for key in std::mem::take(&mut self.journal.cleared) {
            if let Some(record) = self.record(&key) {
                record.left = false;
            }
        }
        let mut unmarked = Vec::new();
        for (route, lane) in self.lanes.iter_mut() {
            lane.forget_looks();
            for record in &mut lane.records {
                if record.is_marking() {
                    record.unmark();
                    self.next_expiry = earliest(self.next_expiry, record.expires);
                    unmarked.push(record.key.clone());
                    self.updates.push_back(Update::Changed(record.entry(route)));
                }
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
        for key in unmarked {
            self.save(&key);
        }
        // A look was under way in them for nobody.
        self.lanes.take_if(|_, lane| lane.records.is_empty());
    }

    /// What was under way when the connection ended may be why it did. Its
    /// connection and the messages of other sessions must not suffer for ever.
    fn blame(&mut self, now: Instant, loss: Loss) {
        let cleared: Vec<Key> = self.journal.cleared.iter().cloned().collect();
        let records = self.lanes.values_mut().flat_map(|lane| &mut lane.records);
        let under_way =
            records.filter(|record| record.is_on_the_wire() && !cleared.contains(&record.key));
        let culprits: Vec<Key> = match loss {
            Loss::Ours => return,
            Loss::TooLarge => under_way
                .filter(|record| record.bytes >= SMALL)
                .max_by_key(|record| record.bytes)
                .map(|record| record.key.clone())
                .into_iter()
                .collect(),
            Loss::Lost => under_way
                .filter_map(|record| {
                    record.losses = record.losses.saturating_add(1);
                    (record.losses >= MOST_LOSSES).then(|| record.key.clone())
                })
                .collect(),
        };
        let reason = if loss == Loss::TooLarge {
            reasons::TOO_LARGE
        } else {
            reasons::NEVER_ANSWERED
        };
        for key in culprits {
            if let Some(record) = self.record(&key) {
                // It may have arrived all the same: history is looked into.
                record.in_doubt = true;
            }
            self.park(now, &key, reason);
        }
    }

    /// The gateway's process and time at this moment; `None` without a connection.
    fn mark(&self, now: Instant) -> Option<Mark> {
        self.link.as_ref().map(|link| Mark {
            boot_id: link.boot_id.clone(),
            gateway_ms: link.clock(now),
        })
    }

    /// Marks the next message as sending. It leaves once its mark is stored.
    pub(crate) fn mark_next(&mut self, now: Instant) -> bool {
        if !self.journal.is_open() || self.journal.follows {
            return false;
        }
        let Some(mark) = self.mark(now) else {
            return false;
        };
        for lane in self.lanes.values_mut() {
            lane.release(now);
        }
        let Some(key) = self.next(now) else {
            return false;
        };
        self.sent += 1;
        let count = self.sent;
        let fails = self.journal.trouble.is_on(now) || self.journal.trouble.holds(now, &key);
        let mut leaves = false;
        self.change(&key, |record| {
            record.state = EntryState::Sending;
            record.undecided = false;
            record.hold = None;
            // What was found out about an earlier attempt says nothing of this.
            record.ended = false;
            record.seen();
            record.attempts = record.attempts.saturating_add(1);
            // The gateway counts a key's life from when it first saw it, so a
            // repeat to the same process keeps the first mark.
            let first = record
                .sent
                .as_ref()
                .filter(|sent| sent.mark.boot_id == mark.boot_id);
            let sent = first.cloned().unwrap_or(Sent {
                mark,
                at: Some(now),
                uncounted: Duration::ZERO,
                count,
            });
            record.before = record.sent.replace(sent);
            leaves = fails || record.is_unkeepable;
            record.left = leaves;
        });
        if let Some(place) = self.places.get(&key)
            && let Some(lane) = self.lanes.get_mut(&place.route)
        {
            lane.furthest = lane.furthest.max(place.number);
        }
        self.save(&key);
        if leaves {
            self.journal.cleared.push_back(key);
        }
        true
    }

    /// While the store is in trouble, what it keeps must not leave: it would not
    /// know of it.
    fn is_withheld(&self, now: Instant, record: &super::Record) -> bool {
        let trouble = &self.journal.trouble;
        record.kept && (trouble.is_on(now) || trouble.holds(now, &record.key))
    }

    fn next(&self, now: Instant) -> Option<Key> {
        let under_way: u64 = self.lanes.values().map(super::Lane::unanswered).sum();
        let is_alone = self.lanes.values().any(|lane| lane.sends_alone(ALONE));
        if is_alone {
            return None;
        }
        let ready = self.lanes.values().filter_map(super::Lane::next);
        let due = ready.filter(|record| record.hold.is_none() && !self.is_withheld(now, record));
        let fits = |record: &&super::Record| {
            let is_suspect = record.losses >= ALONE;
            under_way == 0 || !is_suspect && under_way.saturating_add(record.bytes) <= WINDOW
        };
        // Those that no connection was lost over, then the oldest first: large
        // messages of one lane must not starve others.
        due.filter(fits)
            .min_by_key(|record| {
                (
                    if record.losses < ALONE {
                        0
                    } else {
                        record.losses
                    },
                    record.number,
                )
            })
            .map(|record| record.key.clone())
    }

    /// A repeat that the store, or a page that was frozen, held up until the
    /// gateway may have forgotten its key.
    fn is_late(&mut self, now: Instant, key: &Key) -> bool {
        let Some(link) = self.link.clone().filter(|link| !link.durable_keys) else {
            return false;
        };
        self.record(key).is_some_and(|record| {
            let sent = record.sent.as_ref();
            record.in_doubt && sent.is_some_and(|sent| link.age(now, sent) >= KEY_LIFETIME)
        })
    }

    /// It did not leave: it is to be decided anew.
    fn hold_back(&mut self, now: Instant, key: &Key) {
        self.change(key, |record| {
            record.left = false;
            record.unmark();
            record.undecided = true;
        });
        self.save(key);
        self.decide_what_is_open(now);
    }

    /// A message whose mark is stored: its bytes may leave now.
    pub(crate) fn next_leaving(&mut self, now: Instant) -> Option<Leaving> {
        let mark = self.mark(now);
        while let Some(key) = self.journal.cleared.pop_front() {
            if self.is_late(now, &key) {
                self.hold_back(now, &key);
                continue;
            }
            let route = self.places.get(&key).map(|place| place.route.clone());
            let Some((route, record)) = route.zip(self.record(&key)) else {
                continue;
            };
            if record.state != EntryState::Sending || !record.left {
                continue;
            }
            // No store has its mark, so its key is as old as its first byte,
            // however long the store was waited for.
            if let Some(mark) = mark.filter(|_| !record.kept && record.attempts == 1) {
                record.begin(now, mark);
            }
            return Some(Leaving {
                key,
                route,
                answers: record.answers,
                bytes: record.bytes,
                attempts: record.attempts,
            });
        }
        None
    }
}
