//! Requests of the host and messages of the outbox, on their way out.

use std::time::Duration;

use super::{Engine, Event, NewRequest, Outgoing, Output, Owner, Phase};
use crate::outbox::{EnqueueError, Key, LOOK_ROWS, Leaving, NewEntry, Reply};
use crate::requests::{LIMIT, RequestError, RequestId};
use crate::time::Instant;
use crate::wire::{Writer, methods};

/// A message that takes longer than its deadline only because it is large gets
/// a second more for each of these, as a slow line carries them.
const SLOW_LINE: u64 = 16 * 1024;

impl Engine {
    /// Makes a request. It leaves at once when there is a connection, and
    /// waits within its deadline when one is on its way.
    ///
    /// # Errors
    /// [`RequestError::NotConnected`] in idle, paused and closed;
    /// [`RequestError::TooMany`] past the bound.
    pub fn request(&mut self, now: Instant, new: NewRequest) -> Result<RequestId, RequestError> {
        if matches!(self.phase, Phase::Idle | Phase::Paused(_) | Phase::Closed) {
            return Err(RequestError::NotConnected);
        }
        if self.requests.len() >= LIMIT {
            return Err(RequestError::TooMany);
        }
        let id = self
            .requests
            .add(now, Owner::Host, new.answers, new.deadline);
        self.requests.set_final_deadline(id, new.final_deadline);
        self.requests.set_idempotent(id, new.idempotent);
        let leaves = match &self.phase {
            Phase::Ready(_) => true,
            Phase::Following(leader) => leader.is_led,
            _ => false,
        };
        if leaves {
            self.transmit_request(now, id);
        }
        Ok(id)
    }

    /// Gives a request up. Its answer, should it still come, is dropped.
    pub fn cancel(&mut self, id: RequestId) {
        if self
            .requests
            .get(id)
            .is_some_and(|pending| pending.owner == Owner::Host)
            && let Some(pending) = self.requests.remove(id)
        {
            let progress = pending.progress();
            self.tell(Event::Failed(id, RequestError::Cancelled(progress)));
        }
    }

    /// Forgets a request that the host could not even send: it reports that
    /// itself, and no event follows. False when it is not known.
    pub fn forget(&mut self, id: RequestId) -> bool {
        let is_known = self
            .requests
            .get(id)
            .is_some_and(|pending| pending.owner == Owner::Host);
        if is_known {
            self.requests.remove(id);
        }
        is_known
    }

    /// Puts a message into the outbox.
    ///
    /// # Errors
    /// When the outbox is full or knows the key already; nothing changed then.
    pub fn enqueue(&mut self, now: Instant, new: NewEntry) -> Result<(), EnqueueError> {
        let written_ms = new.written_ms;
        self.outbox.tell_time(now, written_ms);
        self.outbox.enqueue(now, new)?;
        // A sleep before this must not be found later and age what leaves now.
        if self.clocks.is_some_and(|(_, wall)| written_ms >= wall) {
            self.check_sleep(now, written_ms);
        }
        self.pump(now);
        Ok(())
    }

    /// Takes a message out that is not under way. False when it is, or is not
    /// known.
    pub fn remove(&mut self, now: Instant, key: &Key) -> bool {
        let removed = self.outbox.remove(key);
        self.pump(now);
        removed
    }

    /// Follows a message no longer, whatever has become of it: it may be under
    /// way, and may have arrived. False when it is not known.
    pub fn dismiss(&mut self, now: Instant, key: &Key) -> bool {
        let dismissed = self.outbox.dismiss(key);
        self.pump(now);
        dismissed
    }

    /// Forgets every message, also those under way: their store is deleted with
    /// the device that they were of.
    pub fn forget_messages(&mut self) {
        self.outbox.clear();
    }

    /// Sends a parked or unconfirmed message again, in its place, under a key
    /// of its own: a person decided so. False when it is neither.
    pub fn resend(&mut self, now: Instant, key: &Key, new_key: Key) -> bool {
        let resent = self.outbox.resend(key, new_key);
        self.pump(now);
        resent
    }

    /// Tells that the payload of a message has changed, which is not under way.
    /// One that is parked or unconfirmed goes out anew under `new_key`. False
    /// when it is under way, or not known.
    ///
    /// # Errors
    /// When the new payload does not fit; nothing changed then.
    pub fn edit(
        &mut self,
        now: Instant,
        key: &Key,
        new_key: Key,
        bytes: u64,
    ) -> Result<bool, EnqueueError> {
        let edited = self.outbox.edit(key, new_key, bytes)?;
        self.pump(now);
        Ok(edited)
    }

    /// The outbox has an entry with this key.
    #[must_use]
    pub fn knows(&self, key: &Key) -> bool {
        self.outbox.knows(key)
    }

    /// Whether the store has an entry: `None` when that is not decided yet, or
    /// the entry is not known here.
    #[must_use]
    pub fn is_kept(&self, key: &Key) -> Option<bool> {
        self.outbox.is_kept(key)
    }

    /// What is written is added to the store for another tab, or a later
    /// connection, to send.
    #[must_use]
    pub const fn only_adds(&self) -> bool {
        self.outbox.only_adds()
    }

    /// Everything that the outbox knows is stored.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.outbox.is_stored()
    }

    pub(super) fn transmit_request(&mut self, now: Instant, id: RequestId) {
        self.requests.mark_sent(id, now);
        let output = Output::Transmit(self.generation, Outgoing::Request(id));
        self.outputs.push_back(output);
    }

    /// Lets everything leave that may leave, and stores what is new.
    pub(super) fn pump(&mut self, now: Instant) {
        let is_ready = matches!(self.phase, Phase::Ready(_));
        if !is_ready {
            return self.store(now);
        }
        self.send_looks(now);
        while self.outbox.mark_next(now) {}
        loop {
            self.store(now);
            while let Some(leaving) = self.outbox.next_leaving(now) {
                self.send_entry(now, leaving);
            }
            // What was held back on its way out may have made room for another.
            if !self.outbox.mark_next(now) {
                break;
            }
        }
        // … and is to be stored and looked up first.
        self.store(now);
        self.send_looks(now);
    }

    fn store(&mut self, now: Instant) {
        if let Some(batch) = self.outbox.take_batch(now) {
            self.outputs.push_back(Output::Store(batch));
        }
    }

    fn send_looks(&mut self, now: Instant) {
        let deadline = Some(self.config.deadlines.request);
        while let Some((session, offset)) = self.outbox.begin_look(now) {
            self.meter.counts.looks += 1;
            let mut params = Writer::new()
                .text("sessionKey", &session)
                .number("limit", LOOK_ROWS);
            if offset > 0 {
                params = params.number("offset", offset);
            }
            self.send_own(
                now,
                Owner::Look(session),
                methods::CHAT_HISTORY,
                &params.end(),
                deadline,
            );
        }
    }

    fn send_entry(&mut self, now: Instant, leaving: Leaving) {
        let Leaving {
            key,
            route,
            answers,
            bytes,
            attempts,
        } = leaving;
        self.meter.counts.repeats += u64::from(attempts > 1);
        let patience = Duration::from_secs(bytes / SLOW_LINE);
        let deadline = Some(self.config.deadlines.request + patience);
        let id = self
            .requests
            .add(now, Owner::Entry(key.clone()), answers, deadline);
        self.requests.mark_sent(id, now);
        let entry = Outgoing::Entry { id, key, route };
        self.outputs
            .push_back(Output::Transmit(self.generation, entry));
    }

    /// Whose requests may time out now. What becomes of a message is not decided on
    /// a connection that may be dead: a clock that stood still while the machine
    /// slept takes it for younger than it is, and the next hello tells the time.
    pub(super) fn may_time_out(&self) -> impl Fn(&Owner) -> bool + use<> {
        let is_doubted = matches!(&self.phase, Phase::Ready(live) if live.watchdog.is_probing());
        move |owner| !is_doubted || !matches!(owner, Owner::Entry(_))
    }

    pub(super) fn check_requests(&mut self, now: Instant) {
        let may_end = self.may_time_out();
        for (id, pending) in self.requests.take_late(now, may_end) {
            match pending.owner {
                Owner::Host => {
                    let progress = pending.progress();
                    self.tell(Event::Failed(id, RequestError::Timeout(progress)));
                }
                Owner::Entry(key) => self.outbox.answered(now, &key, Reply::TimedOut),
                Owner::Look(session) => self.outbox.look_failed(now, &session, false),
                Owner::Connect | Owner::Probe => {}
            }
        }
    }

    pub(super) fn fail_all(&mut self, error: RequestError) {
        for (id, pending) in self.requests.take_all() {
            if pending.owner == Owner::Host {
                self.tell(Event::Failed(id, error));
            }
        }
    }
}
