//! This tab's seat: which outbox it has open, and whether it leads the tabs
//! that share it, follows another one, or is alone.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::Engine;
use clawline_core::engine::Input;
use wasm_bindgen_futures::spawn_local;

use super::Driver;
use crate::host::{sleep, uuid, wall_ms};
use crate::identity::Notice;
use crate::store::{Opened, Store, Trouble};
use crate::tabs::{Group, Roll, Told, own_part};

/// Where there are no locks: how often a tab says that it lives and looks who
/// does not, how long it waits for an answer to that, and how long an owner of
/// entries may be silent before another one adopts them.
const BEAT: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(1);
const SILENT_MS: u64 = 60_000;

/// How often a tab that leads looks for what nobody told it of.
const LOOK: Duration = Duration::from_secs(60);

/// A tab that moves to another outbox gives the store of the old one so long.
const PAUSE: Duration = Duration::from_millis(20);
const STORING: u32 = 100;

/// A tab's place at an outbox.
pub(super) struct Seat {
    /// The name of the outbox.
    pub(super) name: String,
    pub(super) store: Store,
    /// `None` when it is alone.
    pub(super) group: Option<Group>,
    /// Its store outlives the page.
    pub(super) durable: bool,
    /// When it is alone: the others that are.
    roll: Option<Roll>,
}

impl Driver {
    pub(super) fn store(&self) -> Option<Store> {
        self.seat.borrow().as_ref().map(|seat| seat.store.clone())
    }

    /// Whether its store outlives the page.
    pub(super) fn keeps(&self) -> bool {
        self.seat.borrow().as_ref().is_some_and(|seat| seat.durable)
    }

    pub(super) fn group(&self) -> Option<Group> {
        self.seat.borrow().as_ref()?.group.clone()
    }

    fn sits_at(&self, name: &str) -> bool {
        self.seat
            .borrow()
            .as_ref()
            .is_some_and(|seat| seat.name == name)
    }

    /// Takes the seat at the outbox of this gateway. False when another tab
    /// leads there, or while this one is still on its way to a seat.
    pub(super) async fn take_seat(self: &Rc<Self>, gateway: &str, device_id: &str) -> bool {
        let name = crate::store::name(&self.device, gateway, device_id, &self.role);
        if self.sits_at(&name) {
            return !self.look(Engine::is_following);
        }
        if self.moving.replace(true) {
            return false;
        }
        let leads = self.move_to(name).await;
        self.moving.set(false);
        leads
    }

    async fn move_to(self: &Rc<Self>, name: String) -> bool {
        for _ in 0..STORING {
            if self.look(Engine::is_stored) {
                break;
            }
            sleep(PAUSE).await;
        }
        self.leave_seat();
        self.has_lock.set(false);
        let joined = if self.shares {
            let weak = Rc::downgrade(self);
            let tell = move |told| {
                if let Some(driver) = weak.upgrade() {
                    driver.told(told);
                }
            };
            Group::join(&name, &self.tab, tell).await
        } else {
            None
        };
        match joined {
            Some((group, leads)) => {
                self.has_lock.set(self.has_lock.get() || leads);
                self.sit_together(name, group, leads).await
            }
            None => self.sit_alone(name).await,
        }
    }

    async fn sit_together(self: &Rc<Self>, name: String, group: Group, leads: bool) -> bool {
        let opened = self.open_store(&name, leads).await;
        if !opened.durable {
            // What other tabs cannot see cannot be shared.
            drop(group);
            return self.sit_alone(name).await;
        }
        self.sit(name, Some(group), opened, leads);
        leads
    }

    async fn open_store(&self, name: &str, leads: bool) -> Opened {
        if leads {
            Store::open(&self.device, name, "").await
        } else {
            Store::follow(&self.device, name).await
        }
    }

    async fn sit_alone(self: &Rc<Self>, name: String) -> bool {
        let owner = self.own_part(&name);
        let opened = Store::open(&self.device, &name, &owner).await;
        let durable = opened.durable;
        self.sit(name.clone(), None, opened, true);
        if durable {
            self.live_alone(name);
        }
        true
    }

    /// The name of this tab's own part of an outbox: the same whenever it comes
    /// back to it.
    fn own_part(&self, name: &str) -> String {
        let mut parts = self.parts.borrow_mut();
        if let Some(part) = parts.get(name) {
            return part.clone();
        }
        let part = own_part(name, &uuid());
        parts.insert(name.to_owned(), part.clone());
        part
    }

    fn sit(self: &Rc<Self>, name: String, group: Option<Group>, opened: Opened, leads: bool) {
        let Opened {
            store,
            entries,
            durable,
            trouble,
        } = opened;
        self.durable.set(durable);
        let is_said = self
            .identity_now()
            .is_some_and(|identity| identity.notices.contains(&Notice::NothingIsKept));
        if !durable && !is_said {
            self.announce_once(Notice::NotKept);
        }
        match trouble {
            Some(Trouble::Newer) => self.announce_once(Notice::NewerOutbox),
            Some(Trouble::SetAside) => self.announce_once(Notice::SetAside),
            Some(Trouble::Unreadable(_)) => self.announce_once(Notice::Unreadable),
            Some(Trouble::Unavailable(_)) | None => {}
        }
        let before = self.seat.replace(Some(Seat {
            name: name.clone(),
            store,
            group,
            durable,
            roll: None,
        }));
        drop(before);
        self.mirror.borrow_mut().clear();
        if !leads {
            self.with(|engine, now| engine.follow(now, name));
            self.join_leader();
            return self.follow_the_lock(false);
        }
        self.has_led.set(true);
        let entries = self.take_in(entries);
        self.with(|engine, now| {
            engine.lead(now);
            let restored = Input::Restored {
                store: name,
                wall_ms: wall_ms(),
                entries,
            };
            engine.handle_input(now, restored);
        });
        self.invite();
        self.look_through_the_store();
        self.follow_the_lock(true);
    }

    /// A tab that dies between writing an entry and saying so leaves it to be
    /// found.
    fn look_through_the_store(self: &Rc<Self>) {
        let turn = self.turn.get();
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            loop {
                sleep(LOOK).await;
                let leads = |driver: &Rc<Self>| {
                    driver.turn.get() == turn && driver.has_lock.get() && driver.group().is_some()
                };
                let Some(driver) = weak.upgrade().filter(leads) else {
                    return;
                };
                if let Some(store) = driver.store() {
                    driver.read_new(store);
                }
            }
        });
    }

    /// What the lock said while this tab was on its way to its part.
    fn follow_the_lock(self: &Rc<Self>, leads: bool) {
        if self.group().is_some() && self.has_lock.get() != leads {
            self.change_part(!leads);
        }
    }

    /// Leaves the seat: another tab may lead. What is being stored still is.
    pub(super) fn leave_seat(&self) {
        self.guests.borrow_mut().clear();
        self.remote.borrow_mut().take_if(|_, _| true);
        self.mirror.borrow_mut().clear();
        if let Some(seat) = self.seat.take() {
            if seat.group.is_some() && self.look(Engine::is_following) {
                seat.say_goodbye(&self.tab);
            }
            seat.store.close();
        }
    }

    fn told(self: &Rc<Self>, told: Told) {
        match told {
            Told::Lead => {
                self.has_lock.set(true);
                self.change_part(true);
            }
            Told::Lost => {
                self.has_lock.set(false);
                self.change_part(false);
            }
            Told::Message(message) => self.hear(message),
        }
    }

    /// From following to leading, or back.
    fn change_part(self: &Rc<Self>, leads: bool) {
        let Some((name, group)) = self.seat.borrow().as_ref().and_then(|seat| {
            let group = seat.group.clone()?;
            Some((seat.name.clone(), group))
        }) else {
            return;
        };
        // At once: a leader that was deposed lets nothing more leave, and a new
        // one connects while its store is still being opened, which another tab
        // may hold up.
        if leads {
            self.has_led.set(true);
            self.mirror.borrow_mut().clear();
            self.with(Engine::lead);
            self.invite();
        } else {
            self.with(|engine, now| engine.follow(now, name.clone()));
        }
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        let driver = Rc::clone(self);
        spawn_local(async move {
            let opened = driver.open_store(&name, leads).await;
            // The part may have changed again meanwhile.
            if !driver.sits_at(&name) || driver.turn.get() != turn {
                return opened.store.close();
            }
            if let Some(store) = driver.store() {
                store.close();
            }
            driver.guests.borrow_mut().clear();
            driver.remote.borrow_mut().take_if(|_, _| true);
            driver.sit(name, Some(group), opened, leads);
        });
    }

    /// Another tab has taken over the outbox.
    pub(super) fn deposed(self: &Rc<Self>) {
        match self.group() {
            // That it leads no longer was told, or is told soon; a tab that
            // still has the lock gives it to the one that took over.
            Some(group) => self.give_way(&group),
            None => {
                let name = self.seat.borrow().as_ref().map(|seat| seat.name.clone());
                let Some(name) = name else { return };
                // Its part is another tab's now.
                self.parts.borrow_mut().insert(name.clone(), uuid());
                let driver = Rc::clone(self);
                spawn_local(async move {
                    driver.sit_alone(name).await;
                });
            }
        }
    }

    /// Where there are no locks: says that this tab lives, and takes over what
    /// dead ones left.
    fn live_alone(self: &Rc<Self>, name: String) {
        let weak = Rc::downgrade(self);
        let answer = move || {
            if let Some(store) = weak.upgrade().and_then(|driver| driver.store()) {
                spawn_local(async move {
                    // A tab that cannot say so loses its entries to another.
                    let _ = store.beat(wall_ms()).await;
                });
            }
        };
        if let Some(seat) = &mut *self.seat.borrow_mut() {
            seat.roll = Some(Roll::new(&name, answer));
        }
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            while let Some(driver) = weak.upgrade().filter(|driver| driver.sits_at(&name)) {
                driver.look_after_orphans().await;
                drop(driver);
                sleep(BEAT).await;
            }
        });
    }

    async fn look_after_orphans(self: &Rc<Self>) {
        let Some(store) = self.store() else { return };
        if let Some(roll) = self
            .seat
            .borrow()
            .as_ref()
            .and_then(|seat| seat.roll.as_ref())
        {
            roll.call();
        }
        if store.beat(wall_ms()).await.is_err() {
            return;
        }
        sleep(ANSWER).await;
        let silent = wall_ms().saturating_sub(SILENT_MS);
        if let Ok(kept) = store.adopt(silent).await {
            self.adopt(kept);
        }
    }

    /// The page is about to be frozen: another tab leads better.
    pub(super) fn freeze(self: &Rc<Self>) {
        let leads = !self.look(Engine::is_following);
        if let Some(group) = self.group().filter(|_| leads) {
            self.give_way(&group);
        }
    }

    fn give_way(self: &Rc<Self>, group: &Group) {
        self.has_lock.set(false);
        group.give_way();
        self.change_part(false);
    }

    /// The tab that leads is silent.
    pub(super) fn depose(&self) {
        if let Some(group) = self.group() {
            group.steal();
        }
    }
}
