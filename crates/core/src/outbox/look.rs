//! Looks into history: what became of messages whose fate is not known.

use super::lane::Look;
use super::{
    Decision, EntryState, Evidence, Key, Outbox, Route, Update, Waiting, decide, earliest,
};
use crate::time::Instant;
use crate::wire::History;

/// Records a look asks for at once, and the pages after which it stops.
pub(crate) const LOOK_ROWS: u64 = 200;
const LOOK_PAGES: u32 = 25;
/// Clocks drift, and a row is recorded a little after its message was sent.
const CLOCK_MARGIN_MS: u64 = 60_000;

impl Outbox {
    /// The next look into history that is due: a session and an offset.
    pub(crate) fn begin_look(&mut self, now: Instant) -> Option<(String, u64)> {
        self.link.as_ref()?;
        self.lanes.iter_mut().find_map(|(route, lane)| {
            let session = route.transcript()?;
            if lane.look == Look::Idle && lane.next_look.is_some_and(|due| due <= now) {
                lane.look = Look::FIRST;
                lane.pace.asked(now);
            }
            let Look::Wanted { offset, pages } = lane.look else {
                return None;
            };
            lane.look = Look::UnderWay { offset, pages };
            lane.next_look = None;
            Some((session.to_owned(), offset))
        })
    }

    /// A look failed: try again, ever more rarely. A gateway that refuses it for
    /// good will never tell what became of a message that it accepted.
    pub(crate) fn look_failed(&mut self, now: Instant, session: &str, for_good: bool) {
        let route = Route::Chat(Some(session.to_owned()));
        let Some(lane) = self.lanes.get_mut(&route) else {
            return;
        };
        lane.look_failed(now);
        if for_good {
            // Without it the keys are all there is to decide by.
            lane.pending.clear();
            lane.in_flight = None;
            self.decide_lane(now, &route);
        }
        self.rest(&route);
    }

    /// What a look saw. Decides the lane's entries once it reached far enough.
    pub(crate) fn looked(&mut self, now: Instant, session: &str, history: History) {
        let route = Route::Chat(Some(session.to_owned()));
        for key in &history.keys {
            let key = Key::new(key.as_str());
            if self
                .places
                .get(&key)
                .is_some_and(|place| place.route == route)
            {
                self.confirm(&key);
            }
        }
        let Some(lane) = self.lanes.get_mut(&route) else {
            return;
        };
        let Look::UnderWay { offset, pages } = lane.look else {
            return;
        };
        if std::mem::take(&mut lane.look_again) {
            lane.look = Look::Idle;
            lane.look_now(now);
            return;
        }
        if offset == 0 {
            lane.pending = history.pending;
            lane.in_flight = history.in_flight;
        }
        let reached = match (lane.oldest_sent(), history.oldest) {
            (Some(sent), Some(oldest)) => oldest.saturating_add(CLOCK_MARGIN_MS) < sent,
            _ => true,
        };
        let older = history.older.filter(|older| *older > offset);
        if let Some(offset) = older.filter(|_| !reached && pages < LOOK_PAGES) {
            lane.look = Look::Wanted {
                offset,
                pages: pages + 1,
            };
            return;
        }
        lane.look = Look::Idle;
        self.decide_lane(now, &route);
        if let Some(lane) = self.lanes.get_mut(&route) {
            lane.look_later(now);
        }
        self.rest(&route);
    }

    /// Nothing may be left in a lane that was looked for.
    fn rest(&mut self, route: &Route) {
        let lane = self.lanes.get_mut(route);
        if let Some(lane) = lane.filter(|lane| lane.records.is_empty()) {
            lane.rest();
        }
    }

    /// Lanes that have nothing in them, and in which nobody looked lately, are
    /// forgotten.
    pub(crate) fn forget_quiet(&mut self, now: Instant) {
        if self.lanes.values().any(|lane| lane.is_over(now)) {
            self.lanes.take_if(|_, lane| lane.is_over(now));
        }
    }

    /// Decides what is open in a lane. Requests that are no chat messages have
    /// no history to look into first.
    pub(super) fn decide_lane(&mut self, now: Instant, route: &Route) {
        let Some(link) = &self.link else { return };
        let Some(lane) = self.lanes.get_mut(route) else {
            return;
        };
        let pending = std::mem::take(&mut lane.pending);
        let in_flight = lane.in_flight.take();
        let is_busy = in_flight.is_some() || pending.iter().any(|input| !input.interrupted);
        let mut renewed = Vec::new();
        let mut changed = Vec::new();
        for record in &mut lane.records {
            let key = record.key.as_str();
            let waiting = pending.iter().find(|input| input.key == key);
            let is_in_flight = in_flight.as_deref() == Some(key);
            if !record.undecided {
                if waiting.is_some() || is_in_flight {
                    record.seen();
                } else if matches!(route, Route::Chat(_)) && record.left_no_trace(now, is_busy) {
                    changed.push(record.key.clone());
                    self.updates.push_back(Update::Changed(record.entry(route)));
                }
                continue;
            }
            let sent = record.sent.as_ref();
            let known = Evidence {
                in_history: false,
                pending: waiting.map(|input| {
                    if input.interrupted {
                        Waiting::Interrupted
                    } else {
                        Waiting::Queued
                    }
                }),
                in_flight: is_in_flight,
                marked: sent.is_some(),
                // A gateway that does not name its process could be any.
                same_boot: sent.is_some_and(|sent| {
                    !sent.mark.boot_id.is_empty() && sent.mark.boot_id == link.boot_id
                }),
                age: sent.map(|sent| link.age(now, sent)),
                newer: sent.map_or(0, |sent| self.sent.saturating_sub(sent.count)),
                durable_keys: link.durable_keys,
            };
            record.undecided = false;
            match decide(&known) {
                // Keys in history were confirmed, and left, before this.
                Decision::Confirm | Decision::Wait => record.state = EntryState::Accepted,
                Decision::Send | Decision::Repeat => record.state = EntryState::Queued,
                Decision::Unconfirmed => {
                    record.state = EntryState::Unconfirmed;
                    changed.push(record.key.clone());
                }
                Decision::Renew => {
                    renewed.push(record.key.clone());
                    continue;
                }
            }
            self.updates.push_back(Update::Changed(record.entry(route)));
        }
        for key in changed {
            self.save(&key);
        }
        for old in renewed {
            let mut new = old.renewed();
            while self.places.contains_key(&new) {
                new = new.renewed();
            }
            self.renew(&old, new);
        }
    }

    /// When the outbox wants to be asked again.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let own = earliest(self.journal_deadline(), self.next_expiry);
        if self.link.is_none() {
            return own;
        }
        // The answer of a look under way comes, or its request times out.
        let at_rest = self.lanes.values().filter(|lane| lane.look == Look::Idle);
        let looks = at_rest.filter_map(|lane| lane.next_look);
        let holds = self.lanes.values().filter_map(|lane| lane.next()?.hold);
        looks.chain(holds).chain(own).min()
    }
}
