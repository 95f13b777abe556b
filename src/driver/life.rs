//! When the app wants a connection, and what the page's life does to it.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::{Input, Network};
use clawline_core::{Engine, Update};

use super::Driver;
use crate::host::{sleep, spawn_local, wall_ms};
use crate::hub::Event;
use crate::identity::Identity;
use crate::lifecycle::{self, Life};

/// A client that was closed gives its store so long.
const LEAVING: Duration = Duration::from_secs(2);

impl Driver {
    /// Connects, now, and listens to the network and the page's life.
    pub(crate) fn start(self: &Rc<Self>) {
        self.leaving.set(false);
        if self.lifecycle.borrow().is_empty() {
            let weak = Rc::downgrade(self);
            let listeners = lifecycle::listen(move |life| {
                if let Some(driver) = weak.upgrade() {
                    driver.live(life);
                }
            });
            self.lifecycle.replace(listeners);
            if lifecycle::is_hidden() {
                self.live(Life::Network(Network::Hidden));
            }
        }
        if !self.connect_leader() {
            self.with(Engine::connect);
        }
    }

    fn live(self: &Rc<Self>, life: Life) {
        match life {
            Life::Network(network) => {
                match network {
                    Network::Visible => self.visible.set(true),
                    Network::Hidden => self.visible.set(false),
                    _ => {}
                }
                self.input(Input::Network(network));
            }
            Life::Freezing => self.freeze(),
            Life::Leaving => self.say_goodbye(),
        }
    }

    /// The timer fired.
    pub(super) fn woke(self: &Rc<Self>) {
        let unsent = self
            .socket
            .borrow()
            .as_ref()
            .map(|open| (open.generation, open.socket.unsent()));
        if let Some((generation, unsent)) = unsent
            && unsent < self.unsent.replace(unsent)
        {
            self.input(Input::Drained(generation));
        }
        self.input(Input::Woke { wall_ms: wall_ms() });
    }

    /// Ends the connection; nothing outside is listened to any more.
    pub(crate) fn stop(self: &Rc<Self>) {
        self.lifecycle.borrow_mut().clear();
        // The others need not hear of it: one of them leads soon.
        if self.adds_unconnected() {
            // What it added is in the store, and stays in sight.
            return self.with(Engine::close);
        }
        self.lay_down_the_lead();
        self.with(Engine::close);
        if self.seat.borrow().is_none() {
            // It may be on its way to one.
            self.new_turn();
            return self.keep_unconnected();
        }
        self.leaving.set(true);
        self.leave_when_stored();
        if self.leaving.get() {
            let turn = self.this_turn();
            let driver = Rc::clone(self);
            spawn_local(async move {
                // A store that fails must not keep others from leading.
                sleep(LEAVING).await;
                if driver.leaving.get() && driver.counts(turn) {
                    driver.leaving.set(false);
                    driver.leave_seat();
                    driver.keep_unconnected();
                }
            });
        }
    }

    /// Another tab may lead once nothing of this one's is on its way to the
    /// store.
    pub(super) fn leave_when_stored(&self) {
        if self.leaving.get() && self.look(Engine::is_stored) {
            self.leaving.set(false);
            self.leave_seat();
        }
    }

    /// Ends the connection and forgets the device, with its tokens and its
    /// messages: the next connection is another device's.
    pub(crate) async fn forget_device(self: &Rc<Self>) -> Result<(), String> {
        self.post("", "forgotten", &[]);
        self.forget_here();
        crate::store::forget(&self.device).await?;
        Identity::forget(&self.device).await
    }

    /// The device is another's now, or nobody's.
    pub(super) fn forget_here(self: &Rc<Self>) {
        // What is asked now is of the device that is gone.
        self.answered.set(self.asked.get());
        let of_the_leader = self.mirror.borrow().entries();
        self.with(|engine, _| engine.forget_messages());
        self.stop();
        self.identity.replace(None);
        self.hello.replace(None);
        self.payloads.clear();
        self.edited.take();
        for entry in of_the_leader {
            self.announce(&Event::Outbox(Update::Removed(entry.key)));
        }
    }
}
