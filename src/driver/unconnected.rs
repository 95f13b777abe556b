//! A client that is not to be connected, before `connect` and after `close`,
//! keeps what is written all the same: it adds to the store, for the next
//! connection to send, and takes no part in who leads.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::Status;
use clawline_core::{Engine, Key, Update};
use wasm_bindgen_futures::spawn_local;

use super::Driver;
use super::place::Place;
use super::seat::{Seat, Turn};
use crate::host::sleep;
use crate::hub::Event;
use crate::store::{Changes, Opened, Store};

/// An address that cannot be had is asked for again after this, then after twice
/// as long, up to the second.
const RETRY: Duration = Duration::from_millis(250);
const RAREST_RETRY: Duration = Duration::from_secs(15);

impl Driver {
    /// Nobody wants a connection.
    pub(super) fn is_unconnected(&self) -> bool {
        matches!(self.status(), Status::Idle | Status::Closed)
    }

    /// Opens a store for what waits for one.
    pub(super) fn keep_unconnected(self: &Rc<Self>) {
        if self.wants_no_store() || self.keeps_unconnected.replace(true) {
            return;
        }
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            let mut wait = RETRY;
            while let Some(driver) = weak.upgrade() {
                if driver.wants_no_store() {
                    driver.keeps_unconnected.set(false);
                    break;
                }
                let turn = driver.new_turn();
                let place = driver.place().await;
                let still_counts = !driver.wants_no_store() && driver.counts(turn);
                if let (Ok(place), true) = (place, still_counts) {
                    driver.sit_to_add(turn, &place).await;
                }
                if driver.wants_no_store() {
                    continue;
                }
                // The client may be dropped meanwhile.
                drop(driver);
                sleep(wait).await;
                wait = (wait * 2).min(RAREST_RETRY);
            }
        });
    }

    fn wants_no_store(&self) -> bool {
        !self.is_unconnected() || self.seat.borrow().is_some() || !self.has_unstored()
    }

    /// Takes out of the store what was added to it without a connection. False
    /// when it is not of that kind.
    pub(super) fn take_back_unconnected(self: &Rc<Self>, key: &Key) -> bool {
        let is_unjoined = self.store().filter(|_| self.adds_unconnected());
        let Some(store) = is_unjoined.filter(|_| self.mirrored(key).is_some()) else {
            return false;
        };
        let mut changes = Changes::default();
        changes.drop(key);
        spawn_local(async move {
            // What stays in the store is sent by the next connection.
            let _ = store.apply(changes, true).await;
        });
        self.mirror.borrow_mut().take(key);
        self.announce(&Event::Outbox(Update::Removed(key.clone())));
        true
    }

    async fn sit_to_add(self: &Rc<Self>, turn: Turn, place: &Place) {
        let name = self.outbox_name(place);
        let Opened {
            store,
            durable,
            trouble,
            ..
        } = Store::follow(&self.device, &name).await;
        if !self.counts(turn) || !self.is_unconnected() {
            return store.close();
        }
        self.durable.set(durable);
        let seat = Seat::to_add(name.clone(), store, turn, durable);
        self.seat.replace(Some(seat));
        self.tell_trouble(durable, trouble);
        self.with(|engine, now| engine.follow(now, name));
        self.with(Engine::join_store);
    }
}
