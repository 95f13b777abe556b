//! A tab that follows another one: its requests go to the tab that has the
//! connection, as to a gateway, and it watches that this one lives.

use std::time::Duration;

use super::{Engine, Following, Output, Phase, Status};
use crate::outbox::{Loss, StoreError};
use crate::requests::RequestError;
use crate::time::Instant;
use crate::wire::Policy;

/// Without a sign of life from the tab that leads, a tab that is seen asks for
/// one after this …
const QUIET: Duration = Duration::from_secs(2);
/// … one that is not seen after this, …
const QUIET_HIDDEN: Duration = Duration::from_secs(10);
/// … and takes its place when none has come within this, and a spread of this.
const SILENT: Duration = Duration::from_secs(2);
const SPREAD: Duration = Duration::from_millis(500);
/// A timer that is later than this says nothing about the silence: the page
/// itself stood still.
const LATE: Duration = Duration::from_secs(1);
/// It says this often that it is there, whatever it hears.
const PRESENT: Duration = Duration::from_secs(60);

impl Following {
    pub(super) const fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
        self.forgave = false;
    }

    pub(super) fn deadline(&self, visible: bool) -> Instant {
        let quiet = if visible { QUIET } else { QUIET_HIDDEN };
        match self.pinged {
            Some(pinged) => pinged + SILENT + self.spread,
            None => (self.heard + quiet).min(self.spoke + PRESENT),
        }
    }
}

impl Engine {
    /// Another tab has the connection, and the outbox of this store. What this
    /// one has of its own ends; requests go to the other one from now on, which
    /// [`Input::Led`](super::Input::Led) speaks for.
    pub fn follow(&mut self, now: Instant, store: String) {
        if matches!(self.phase, Phase::Idle | Phase::Closed) {
            // Nobody wants a connection, not even another tab's.
            self.outbox.follow(now, store);
            return;
        }
        self.drop_socket(super::connection::CLOSE_DONE);
        self.interrupt(now, Loss::Ours);
        self.generation.0 = self.generation.0.wrapping_add(1);
        self.outbox.follow(now, store);
        self.pairing = None;
        let status = Status::Connecting {
            attempt: 1,
            again: self.was_ready,
        };
        self.phase = Phase::Following(Box::new(Following {
            status,
            policy: Policy::default(),
            is_led: false,
            heard: now,
            spoke: now,
            pinged: None,
            spread: Duration::ZERO,
            forgave: false,
        }));
        self.publish();
    }

    /// This tab follows no longer: it has the connection from now on. Its outbox
    /// waits for [`Input::Restored`](super::Input::Restored).
    pub fn lead(&mut self, now: Instant) {
        self.outbox.shut();
        if !matches!(self.phase, Phase::Following(_)) {
            return;
        }
        self.interrupt(now, Loss::Ours);
        self.outage.end();
        self.attempt(now);
        self.publish();
    }

    /// The store is gone, or on its way out. What is written waits for
    /// [`Input::Restored`](super::Input::Restored), or [`Engine::join_store`].
    pub fn leave_store(&mut self) {
        self.outbox.shut();
    }

    /// Another gateway is wanted: what is written from now on is for that one, and
    /// waits for its store.
    pub fn part_with_store(&mut self) {
        self.outbox.part_with_store();
    }

    /// The store of the tab that leads is open here: what is written goes there.
    pub fn join_store(&mut self, now: Instant) {
        self.outbox.open();
        self.pump(now);
    }

    /// A batch is on its way to the store.
    #[must_use]
    pub fn is_storing(&self) -> bool {
        self.outbox.is_storing()
    }

    /// Follows another tab.
    #[must_use]
    pub const fn is_following(&self) -> bool {
        matches!(self.phase, Phase::Following(_))
    }

    pub(super) fn led(&mut self, now: Instant, status: Status, policy: Policy) {
        let Phase::Following(leader) = &mut self.phase else {
            return;
        };
        leader.heard(now);
        leader.policy = policy;
        self.was_ready |= status == Status::Ready;
        let needs_a_person = matches!(status, Status::Paused(_));
        leader.status = match status {
            // Its app closed it: another tab leads soon.
            Status::Closed | Status::Idle => Status::Connecting {
                attempt: 1,
                again: self.was_ready,
            },
            status => status,
        };
        let is_first = !std::mem::replace(&mut leader.is_led, true);
        if needs_a_person {
            self.fail_all(RequestError::NotConnected);
        } else if is_first {
            self.transmit_waiting(now);
        }
    }

    pub(super) fn watch_leader(&mut self, now: Instant) {
        let Phase::Following(leader) = &mut self.phase else {
            return;
        };
        if leader.deadline(self.visible) > now {
            return;
        }
        // Once: the timers of a hidden page are always late.
        let is_late = now.since(leader.deadline(self.visible)) > LATE;
        let forgives = is_late && !std::mem::replace(&mut leader.forgave, is_late);
        let output = match leader.pinged.replace(now) {
            Some(_) if !forgives => Output::Depose,
            _ => Output::Ping(self.generation),
        };
        leader.spoke = now;
        leader.spread = self.rng.up_to(SPREAD);
        self.outputs.push_back(output);
    }

    pub(super) fn stored(&mut self, now: Instant, id: u32, result: Result<(), StoreError>) {
        let follows = self.outbox.follows();
        self.outbox.stored(now, id, result);
        if let (Err(StoreError::Deposed), false, Some(store)) =
            (result, follows, self.outbox.store())
        {
            self.follow(now, store);
        }
    }

    pub(super) fn transmit_waiting(&mut self, now: Instant) {
        for (id, _) in self.requests.unsent() {
            self.transmit_request(now, id);
        }
    }
}
