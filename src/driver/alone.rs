//! A tab that shares nothing: there are no locks (plain http), or the store is
//! in memory. It has a part of the outbox of its own, and looks after parts
//! that dead tabs have left.

use std::rc::Rc;
use std::time::Duration;

use super::Driver;
use super::seat::Turn;
use crate::host::{sleep, spawn_local, uuid, wall_ms};
use crate::store::ApplyError;
use crate::tabs::{Roll, own_part};

/// How often a tab says that it lives and looks who does not, how long it waits
/// for an answer to that, and how long an owner of entries may be silent before
/// another one adopts them.
const BEAT: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(1);
const SILENT_MS: u64 = 60_000;

impl Driver {
    pub(super) async fn sit_alone(self: &Rc<Self>, turn: Turn, name: String) -> bool {
        let owner = self.own_part(&name);
        let opened = self.open_to_lead(&name, &owner).await;
        if !self.counts(turn) {
            opened.store.close();
            return false;
        }
        let durable = opened.durable;
        let sits = self.sit(turn, name.clone(), None, opened, true);
        if sits && durable {
            self.live_alone(turn, &name);
        }
        sits
    }

    /// The name of this tab's own part of an outbox: the same whenever it comes
    /// back to it.
    pub(super) fn own_part(&self, name: &str) -> String {
        let mut parts = self.parts.borrow_mut();
        if let Some(part) = parts.get(name) {
            return part.clone();
        }
        let part = own_part(name, &uuid());
        parts.insert(name.to_owned(), part.clone());
        part
    }

    /// Another tab has adopted this one's part while it seemed dead.
    pub(super) fn take_another_part(self: &Rc<Self>) {
        let name = self.seat.borrow().as_ref().map(|seat| seat.name.clone());
        let Some(name) = name else { return };
        self.parts.borrow_mut().insert(name.clone(), uuid());
        let turn = self.new_turn();
        let driver = Rc::clone(self);
        spawn_local(async move {
            driver.sit_alone(turn, name).await;
        });
    }

    fn live_alone(self: &Rc<Self>, turn: Turn, name: &str) {
        self.call_the_roll(name);
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            while let Some(driver) = weak.upgrade().filter(|driver| driver.counts(turn)) {
                driver.look_after_orphans(turn).await;
                driver.look_for_what_is_left(turn).await;
                drop(driver);
                sleep(BEAT).await;
            }
        });
    }

    /// Hears when others ask who lives, and may ask them.
    pub(super) fn call_the_roll(self: &Rc<Self>, name: &str) {
        let weak = Rc::downgrade(self);
        let answer = move || {
            let alone = weak.upgrade().filter(|driver| driver.group().is_none());
            if let Some(store) = alone.and_then(|driver| driver.store()) {
                spawn_local(async move {
                    // A tab that cannot say so loses its entries to another.
                    let _ = store.beat(wall_ms()).await;
                });
            }
        };
        if let Some(seat) = &mut *self.seat.borrow_mut() {
            seat.roll = Some(Roll::new(name, answer));
        }
    }

    pub(super) async fn look_after_orphans(self: &Rc<Self>, turn: Turn) {
        let Some(store) = self.store() else { return };
        if let Some(seat) = &*self.seat.borrow()
            && let Some(roll) = &seat.roll
        {
            roll.call();
        }
        if self.group().is_none() {
            match store.beat(wall_ms()).await {
                Err(ApplyError::Deposed) if self.counts(turn) => return self.take_another_part(),
                Err(_) => return,
                Ok(()) => {}
            }
        }
        sleep(ANSWER).await;
        let silent = wall_ms().saturating_sub(SILENT_MS);
        if let Ok(kept) = store.adopt(silent).await
            && self.counts(turn)
        {
            self.adopt(kept);
        }
    }
}
