//! Requests of the host and messages of the outbox, on their way out.

use super::{Engine, Event, NewEntry, NewRequest, Outgoing, Output, Owner, Phase};
use crate::outbox::{EnqueueError, Key, LOOK_ROWS, Reply};
use crate::requests::{Answers, LIMIT, RequestError, RequestId};
use crate::time::{Instant, millis};
use crate::wire::Writer;

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
        if matches!(self.phase, Phase::Ready(_)) {
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
    /// itself, and no event follows.
    pub fn forget(&mut self, id: RequestId) {
        if self
            .requests
            .get(id)
            .is_some_and(|pending| pending.owner == Owner::Host)
        {
            self.requests.remove(id);
        }
    }

    /// Puts a message into the outbox.
    ///
    /// # Errors
    /// When the outbox is full or knows the key already; nothing changed then.
    pub fn enqueue(&mut self, now: Instant, new: NewEntry) -> Result<(), EnqueueError> {
        self.outbox.enqueue(new.key, new.session, new.bytes)?;
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

    /// Sends a parked or unconfirmed message again, in its place, under a key
    /// of its own: a person decided so. False when it is neither.
    pub fn resend(&mut self, now: Instant, key: &Key, new_key: Key) -> bool {
        let resent = self.outbox.resend(key, new_key);
        self.pump(now);
        resent
    }

    pub(super) fn transmit_request(&mut self, now: Instant, id: RequestId) {
        self.requests.mark_sent(id, now);
        let output = Output::Transmit(self.generation, Outgoing::Request(id));
        self.outputs.push_back(output);
    }

    /// Lets everything leave that may leave.
    pub(super) fn pump(&mut self, now: Instant) {
        let Phase::Ready(live) = &self.phase else {
            return;
        };
        let gateway_ms = live
            .gateway_ms
            .saturating_add(millis(now.since(live.challenged)));
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
                "chat.history",
                &params.end(),
                deadline,
            );
        }
        while let Some((key, session)) = self.outbox.next(now) {
            self.outbox.mark_sending(&key, now, gateway_ms);
            self.meter.counts.repeats += u64::from(self.outbox.attempts(&key) > 1);
            let id = self
                .requests
                .add(now, Owner::Entry(key.clone()), Answers::First, deadline);
            self.requests.mark_sent(id, now);
            let entry = Outgoing::Entry { id, key, session };
            self.outputs
                .push_back(Output::Transmit(self.generation, entry));
        }
    }

    pub(super) fn check_requests(&mut self, now: Instant) {
        for (id, pending) in self.requests.take_late(now) {
            match pending.owner {
                Owner::Host => {
                    let progress = pending.progress();
                    self.tell(Event::Failed(id, RequestError::Timeout(progress)));
                }
                Owner::Entry(key) => self.outbox.answered(now, &key, Reply::TimedOut),
                Owner::Look(session) => self.outbox.look_failed(now, &session),
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
