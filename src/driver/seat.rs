//! This tab's seat: which outbox it has open, and whether it leads the tabs
//! that share it, follows another one, or is alone (see `alone.rs`).
//!
//! Everything here waits for a lock or a disk, and meanwhile the app may close
//! the client, the lock may go elsewhere, another gateway may be wanted. So
//! each step asks afterwards whether it still counts: [`Turn`].

use std::rc::Rc;
use std::time::Duration;

use clawline_core::Engine;
use clawline_core::engine::{Input, Status};

use super::Driver;
use super::outwards::Asked;
use super::place::Place;
use crate::host::{sleep, spawn_local, wall_ms};
use crate::identity::Notice;
use crate::object::plain;
use crate::store::{Opened, Store, Trouble};
use crate::tabs::{Group, Roll, Told};

/// The version of what tabs say to each other: others are another group.
pub(super) const PROTOCOL: &str = "/tabs-1";

/// How often a tab that leads looks for what nobody told it of.
const LOOK: Duration = Duration::from_secs(60);

/// A batch that is on its way is waited for in steps of this; a tab that moves
/// to another outbox gives the old one so many.
pub(super) const PAUSE: Duration = Duration::from_millis(20);
const STORING: u32 = 100;

/// A tab's place at an outbox.
pub(super) struct Seat {
    /// The name of the outbox.
    pub(super) name: String,
    pub(super) store: Store,
    /// `None` when it is alone.
    pub(super) group: Option<Group>,
    /// Of the tabs that share it, this one leads.
    pub(super) leads: bool,
    /// `store` was opened by this tab as the one that leads, and is read.
    pub(super) is_read: bool,
    /// The turn in which it took its part.
    taken: Turn,
    /// Its store outlives the page.
    pub(super) durable: bool,
    /// When it is alone: the others that are.
    pub(super) roll: Option<Roll>,
}

impl Seat {
    /// To add to a store for later, without a connection.
    pub(super) const fn to_add(name: String, store: Store, taken: Turn, durable: bool) -> Self {
        Self {
            name,
            store,
            group: None,
            leads: false,
            is_read: false,
            taken,
            durable,
            roll: None,
        }
    }

    /// It is a part of who leads, with others or alone.
    const fn is_joined(&self) -> bool {
        self.group.is_some() || self.leads
    }
}

/// What a step was begun for: it counts as long as nothing newer began.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn(u32);

impl Driver {
    /// Something newer begins: older steps count no longer.
    pub(super) fn new_turn(&self) -> Turn {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.this_turn()
    }

    pub(super) fn this_turn(&self) -> Turn {
        Turn(self.turn.get())
    }

    pub(super) fn counts(&self, turn: Turn) -> bool {
        self.this_turn() == turn
    }

    pub(super) fn store(&self) -> Option<Store> {
        self.seat.borrow().as_ref().map(|seat| seat.store.clone())
    }

    pub(super) fn group(&self) -> Option<Group> {
        self.seat.borrow().as_ref()?.group.clone()
    }

    fn asks_seat(&self, ask: impl Fn(&Seat) -> bool) -> bool {
        self.seat.borrow().as_ref().is_some_and(ask)
    }

    /// Whether its store outlives the page.
    pub(super) fn keeps(&self) -> bool {
        self.asks_seat(|seat| seat.durable)
    }

    /// What is stored outlives the page, unless the device itself does not.
    pub(super) fn set_durable(&self, is_durable: bool) {
        let is_passing = self
            .identity_now()
            .is_some_and(|identity| identity.notices.contains(&Notice::NothingIsKept));
        self.durable.set(is_durable && !is_passing);
    }

    /// It adds to a store for later, and has no part in who leads.
    pub(super) fn adds_unconnected(&self) -> bool {
        self.asks_seat(|seat| !seat.is_joined())
    }

    /// Other tabs may follow this one.
    pub(super) fn leads_others(&self) -> bool {
        let is_wanted = !matches!(self.status(), Status::Closed | Status::Idle);
        is_wanted && self.asks_seat(|seat| seat.leads && seat.group.is_some())
    }

    /// Its store is open for the part that it has.
    pub(super) fn has_its_store(&self) -> bool {
        self.asks_seat(|seat| self.counts(seat.taken))
    }

    /// The store has been read by this tab, as the one that leads.
    pub(super) fn has_read(&self) -> bool {
        self.asks_seat(|seat| seat.is_read)
    }

    /// Takes the seat at the outbox of this place. False when another tab leads
    /// there, or when the attempt that asked for it counts no more.
    pub(super) async fn take_seat(self: &Rc<Self>, asked: Asked, place: &Place) -> bool {
        let name = self.outbox_name(place);
        while self.moving.get() {
            sleep(PAUSE).await;
        }
        if !self.takes_answer(asked) {
            return false;
        }
        self.take_place(place);
        let here = self.asks_seat(|seat| seat.name == name && seat.is_joined());
        if here && self.asks_seat(|seat| seat.group.is_none() || self.has_lock.get()) {
            let led = match &mut *self.seat.borrow_mut() {
                Some(seat) => std::mem::replace(&mut seat.leads, true),
                None => false,
            };
            // Those that follow stay: what they ask for waits over attempts.
            if !led {
                self.invite();
            }
            return true;
        }
        if here && self.look(Engine::is_following) {
            return false;
        }
        if here {
            // Whoever it was before, its store is opened as by one that follows.
            self.change_part(false);
            return false;
        }
        self.moving.set(true);
        let leads = self.move_to(asked, place, name).await;
        self.moving.set(false);
        leads
    }

    async fn move_to(self: &Rc<Self>, asked: Asked, place: &Place, name: String) -> bool {
        for _ in 0..STORING {
            let has_time = self.seat.borrow().is_some();
            if !self.look(|engine| engine.is_storing() || has_time && !engine.is_stored()) {
                break;
            }
            sleep(PAUSE).await;
        }
        if !self.is_newest(asked) {
            return false;
        }
        self.leave_seat();
        let turn = self.new_turn();
        self.look_for_older(place).await;
        let joined = self.join(&name).await;
        if !self.counts(turn) {
            return false;
        }
        let (group, leads) = match joined {
            Some((group, leads)) => (Some(group), leads),
            None => (None, true),
        };
        let Some(group) = group else {
            return self.sit_alone(turn, name).await;
        };
        let opened = self.open_store(&name, leads).await;
        if !self.counts(turn) {
            opened.store.close();
            return false;
        }
        if !opened.durable {
            // What other tabs cannot see cannot be shared.
            drop(group);
            return self.sit_alone(turn, name).await;
        }
        self.sit(turn, name, Some(group), opened, leads) && leads
    }

    async fn join(self: &Rc<Self>, name: &str) -> Option<(Group, bool)> {
        if !self.shares {
            return None;
        }
        self.has_lock.set(false);
        let weak = Rc::downgrade(self);
        let tell = move |told| {
            if let Some(driver) = weak.upgrade() {
                driver.told(told);
            }
        };
        let (group, leads) = Group::join(&format!("{name}{PROTOCOL}"), &self.tab, tell).await?;
        self.has_lock.set(self.has_lock.get() || leads);
        Some((group, leads))
    }

    pub(super) async fn open_store(&self, name: &str, leads: bool) -> Opened {
        if leads {
            self.open_to_lead(name, "").await
        } else {
            Store::follow(&self.device, name, "").await
        }
    }

    /// Takes its part. A listener that hears of trouble may have closed the
    /// client: then it does not.
    pub(super) fn sit(
        self: &Rc<Self>,
        turn: Turn,
        name: String,
        group: Option<Group>,
        opened: Opened,
        leads: bool,
    ) -> bool {
        let Opened {
            store,
            entries,
            durable,
            trouble,
        } = opened;
        self.set_durable(durable);
        self.tell_trouble(durable, trouble);
        if !self.counts(turn) {
            store.close();
            return false;
        }
        let is_alone = group.is_none();
        let seat = Seat {
            name: name.clone(),
            store,
            group,
            leads,
            is_read: leads,
            taken: turn,
            durable,
            roll: None,
        };
        let before = self.seat.replace(Some(seat));
        if let Some(before) = before {
            before.store.close();
        }
        if leads {
            self.has_led.set(true);
            self.mirror.borrow_mut().clear();
            let entries = self.take_in(entries);
            self.with(|engine, now| {
                engine.lead(now);
                let restored = Input::Restored {
                    store: name.clone(),
                    wall_ms: wall_ms(),
                    entries,
                };
                engine.handle_input(now, restored);
            });
            if !self.counts(turn) {
                return false;
            }
            if self.invited.get() != Some(turn) {
                self.invite();
            }
            self.grant_wishes();
            if !is_alone {
                self.call_the_roll(&name);
                self.look_through_the_store(turn);
            }
        } else {
            self.forget_guests();
            // It may do so already, and have asked for something.
            if !self.look(Engine::is_following) {
                self.start_following(name);
            }
            self.with(Engine::join_store);
            if !self.mirror.borrow().is_open() {
                self.join_leader();
            }
        }
        // What the lock said while this tab was on its way to its part.
        if !is_alone && self.has_lock.get() != leads {
            self.change_part(!leads);
        }
        true
    }

    pub(super) fn tell_trouble(&self, durable: bool, trouble: Option<Trouble>) {
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
    }

    /// A tab that dies between writing an entry and saying so leaves it to be
    /// found.
    fn look_through_the_store(self: &Rc<Self>, turn: Turn) {
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            while let Some(driver) = weak.upgrade().filter(|driver| driver.counts(turn)) {
                driver.part_with_the_dead();
                driver.read_new();
                // Parts of tabs that were alone, and are no more.
                driver.look_after_orphans(turn).await;
                driver.look_for_what_is_left(turn).await;
                drop(driver);
                sleep(LOOK).await;
            }
        });
    }

    /// It leads nobody any more, although it still has its seat.
    pub(super) fn lay_down_the_lead(&self) {
        self.forget_guests();
        // What they asked for, they ask of the next one.
        self.remote.borrow_mut().take_if(|_, _| true);
        if let Some(seat) = &mut *self.seat.borrow_mut() {
            seat.leads = false;
        }
    }

    /// Leaves the seat: another tab may lead. What is being stored still is;
    /// what is written from now on waits for the next seat.
    pub(super) fn leave_seat(&self) {
        self.new_turn();
        self.engine.borrow_mut().leave_store();
        self.forget_guests();
        self.remote.borrow_mut().take_if(|_, _| true);
        self.mirror.borrow_mut().clear();
        self.leader.replace(None);
        // A term is a thing of one group.
        self.term.set(0.0);
        self.wishes.borrow_mut().clear();
        self.taken_back.borrow_mut().clear();
        if let Some(seat) = self.seat.take() {
            if let Some(group) = seat.group.filter(|_| !seat.leads) {
                let bye = [("kind", "bye".into()), ("tab", self.tab.as_str().into())];
                group.post("", &plain(&bye));
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
}
