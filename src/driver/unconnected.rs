//! A client that is not to be connected, before `connect` and after `close`,
//! keeps what is written all the same: it adds to the store, for the next
//! connection to send, and takes no part in who leads.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::Status;
use clawline_core::{Engine, Key, Update};

use super::Driver;
use super::place::Place;
use super::seat::{PROTOCOL, Seat, Turn};
use crate::host::{sleep, spawn_local, within};
use crate::hub::Event;
use crate::object::plain;
use crate::store::{Changes, Opened, Store};
use crate::tabs::{Group, can_share};

/// An address that cannot be had is asked for again after this, then after twice
/// as long, up to the second.
const RETRY: Duration = Duration::from_millis(250);
const RAREST_RETRY: Duration = Duration::from_secs(15);
/// One that does not come within this is asked for once more.
const PATIENCE: Duration = Duration::from_secs(15);

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
            let (mut wait, mut is_over) = (RETRY, false);
            while let Some(driver) = weak.upgrade() {
                if is_over || driver.wants_no_store() {
                    driver.keeps_unconnected.set(false);
                    break;
                }
                let turn = driver.new_turn();
                let place = within(PATIENCE, driver.place()).await;
                let still_counts = !driver.wants_no_store() && driver.counts(turn);
                let mut is_told = false;
                if let (Some(Ok(place)), true) = (place, still_counts) {
                    driver.take_place(&place);
                    is_told = driver.sit_to_add(turn, &place).await;
                }
                is_over = is_told;
                if is_told || driver.wants_no_store() {
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
        if !self.adds_unconnected() || self.mirrored(key).is_none() {
            return false;
        }
        let store = self.store();
        let mut changes = Changes::default();
        changes.drop(key);
        spawn_local(async move {
            if let Some(store) = store {
                let _ = store.apply(changes, true).await;
            }
        });
        self.end_in_store(key);
        self.mirror.borrow_mut().take(key);
        self.announce(&Event::Outbox(Update::Removed(key.clone())));
        true
    }

    /// Ends an entry in a store that this client does not lead: there, or with the
    /// tab that does.
    pub(super) fn end_in_store(self: &Rc<Self>, key: &Key) {
        let is_first = self.to_end.borrow().is_empty();
        self.to_end.borrow_mut().push(key.clone());
        if !is_first {
            return;
        }
        let driver = Rc::clone(self);
        spawn_local(async move {
            let place = within(PATIENCE, driver.place()).await;
            if let Some(Ok(place)) = place {
                driver.end_all_in_store(&driver.outbox_name(&place)).await;
            }
            driver.to_end.take();
        });
    }

    async fn end_all_in_store(&self, name: &str) {
        let channel = format!("{name}{PROTOCOL}");
        let group = Group::join(&channel, &self.tab, |_| {}).await;
        match group.filter(|_| self.shares) {
            Some((group, false)) => {
                for key in self.to_end.take() {
                    let wish = [
                        ("kind", "wish".into()),
                        ("tab", self.tab.as_str().into()),
                        ("key", key.as_str().into()),
                    ];
                    group.post("", &plain(&wish));
                }
            }
            lock => {
                let owner = self.part_to_add_to(name);
                let opened = Store::open(&self.device, name, &owner).await;
                let mut changes = Changes::default();
                for key in self.to_end.take() {
                    changes.drop(&key);
                }
                let _ = opened.store.apply(changes, true).await;
                opened.store.close();
                drop(lock);
            }
        }
    }

    /// True when there is no store to wait for: then all is told so, and stays in
    /// memory for the next connection.
    async fn sit_to_add(self: &Rc<Self>, turn: Turn, place: &Place) -> bool {
        let name = self.outbox_name(place);
        let Opened {
            store,
            durable,
            trouble,
            ..
        } = Store::follow(&self.device, &name, &self.part_to_add_to(&name)).await;
        if !self.counts(turn) || !self.is_unconnected() {
            store.close();
            return false;
        }
        self.set_durable(durable);
        if !durable {
            store.close();
            self.tell_trouble(durable, trouble);
            for entry in self.look(Engine::entries) {
                self.tell_stored(&entry.key, false);
            }
            return true;
        }
        let seat = Seat::to_add(name.clone(), store, turn, durable);
        self.seat.replace(Some(seat));
        self.tell_trouble(durable, trouble);
        self.keep_in_sight();
        self.with(|engine, now| engine.follow(now, name));
        self.with(Engine::join_store);
        false
    }

    /// What was on its way before a close is in the store, and still shown.
    fn keep_in_sight(&self) {
        for entry in self.look(Engine::entries) {
            if self.look(|engine| engine.is_kept(&entry.key)) == Some(true) {
                let text = self.entry_text(&entry.key);
                let files = self.entry_files(&entry.key);
                self.mirror.borrow_mut().put(entry, text, files);
            }
        }
    }

    /// Where tabs share an outbox, all of it is everybody's; else this tab's part.
    fn part_to_add_to(&self, name: &str) -> String {
        if self.shares && can_share() {
            String::new()
        } else {
            self.own_part(name)
        }
    }
}
