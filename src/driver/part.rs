//! How this tab's part changes: from following to leading, and back.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::Engine;

use super::Driver;
use super::seat::{PAUSE, Seat, Turn};
use super::wishes::Wish;
use crate::host::{sleep, spawn_local};
use crate::store::Trouble;
use crate::tabs::Group;

/// A store that does not open for the tab that leads is tried again after this,
/// and after four times as long.
const REOPEN: Duration = Duration::from_secs(1);

impl Driver {
    /// From following to leading, or back, or to another tab that leads.
    pub(super) fn change_part(self: &Rc<Self>, leads: bool) {
        let place = match &mut *self.seat.borrow_mut() {
            Some(Seat {
                name,
                group: Some(group),
                leads: before,
                is_read,
                ..
            }) => {
                *before = leads;
                *is_read = false;
                Some((name.clone(), group.clone()))
            }
            _ => None,
        };
        let Some((name, group)) = place else { return };
        let turn = self.new_turn();
        // At once: a leader that was deposed lets nothing more leave, and a new
        // one connects while its store is still being opened, which another tab
        // may hold up.
        if leads {
            self.has_led.set(true);
            self.leader.replace(None);
            self.with(Engine::lead);
            self.invite();
            self.invited.set(Some(turn));
        } else {
            // They follow another tab now, and hear nothing more from here.
            self.forget_guests();
            // They ask it, too.
            for (id, _) in self.remote.take().take_if(|_, _| true) {
                self.with(|engine, _| engine.cancel(id));
            }
            self.start_following(name.clone());
            // The next one that leads may have read them before.
            let taken_back = self.taken_back.take().into_iter();
            self.wishes
                .borrow_mut()
                .extend(taken_back.map(Wish::removal));
        }
        let driver = Rc::clone(self);
        spawn_local(async move { driver.take_part(turn, name, group, leads).await });
    }

    async fn take_part(self: Rc<Self>, turn: Turn, name: String, group: Group, leads: bool) {
        // What it wrote as another must be there before the store is read.
        while leads && self.look(Engine::is_storing) && self.counts(turn) {
            sleep(PAUSE).await;
        }
        for wait in [Some(REOPEN), Some(REOPEN * 4), None] {
            let opened = self.open_store(&name, leads).await;
            if !self.counts(turn) {
                return opened.store.close();
            }
            if opened.durable {
                self.sit(turn, name, Some(group), opened, leads);
                return;
            }
            opened.store.close();
            let Some(wait) = wait.filter(|_| leads && opened.trouble != Some(Trouble::Newer))
            else {
                break;
            };
            sleep(wait).await;
        }
        if !self.counts(turn) {
            return;
        }
        // What it writes would be where nobody else reads it: another tab leads
        // better, and this one works from memory, as long as that lasts.
        drop(group);
        self.leave_seat();
        let turn = self.this_turn();
        self.sit_alone(turn, name).await;
    }

    /// Another tab has taken over the outbox.
    pub(super) fn deposed(self: &Rc<Self>) {
        match self.group() {
            // That it leads no longer was told, or is told soon; a tab that
            // still has the lock gives it to the one that took over.
            Some(group) => self.give_way(&group),
            None => self.take_another_part(),
        }
    }

    /// The page is about to be frozen: another tab leads better.
    pub(super) fn freeze(self: &Rc<Self>) {
        let has_others = self.leads_others() && !self.guests.borrow().is_empty();
        if let Some(group) = self.group().filter(|_| has_others) {
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
