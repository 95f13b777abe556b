//! What the tab that leads does for those that follow it: their requests, the
//! events that they asked for, and the state of the connection and the outbox.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::{NewRequest, Status};
use clawline_core::wire::{EventKind, Object as _};
use clawline_core::{Answers, Engine, Instant, Progress, RequestId, Update};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::Driver;
use super::subscriptions::farewell;
use crate::error::RequestError;
use crate::host::{now, wall_ms};
use crate::hub::Event;
use crate::letter::Letter;
use crate::object::{JsObject, plain, word};
use crate::plain;

/// A tab that has said nothing for this long is gone. A hidden one speaks at
/// least once a minute.
const GONE: Duration = Duration::from_secs(150);

/// A tab that follows this one.
pub(super) struct Guest {
    tab: String,
    /// Counts how often it began to follow.
    line: f64,
    kinds: Vec<EventKind>,
    /// What its app asks for.
    pub(super) scopes: Vec<String>,
    heard: Instant,
}

/// A request that this tab makes for another one.
pub(super) struct Errand {
    tab: String,
    /// Its id over there; none when nobody waits for the answer.
    id: Option<f64>,
}

impl Driver {
    /// Tells the other tabs that this one leads: they join.
    pub(super) fn invite(&self) {
        self.term.set((self.term.get() + 1.0).max(wall_ms() as f64));
        self.post("", "leads", &[]);
    }

    pub(super) fn post(&self, to: &str, kind: &'static str, more: &[(&'static str, JsValue)]) {
        let Some(group) = self.group() else { return };
        let mut members = vec![
            ("kind", word(kind)),
            ("tab", self.tab.as_str().into()),
            ("term", self.term.get().into()),
        ];
        members.extend(more.iter().cloned());
        group.post(to, &plain(&members));
    }

    /// What another tab says.
    pub(super) fn hear(self: &Rc<Self>, message: JsValue) {
        let message = JsObject(message);
        let (Some(kind), Some(tab)) = (message.text("kind"), message.text("tab")) else {
            return;
        };
        if kind == "forgotten" {
            return self.forget_here();
        }
        if self.leads_others() {
            self.hear_guest(&kind, &tab, &message);
        } else if self.look(Engine::is_following) {
            self.hear_leader(&kind, &tab, &message);
        }
    }

    fn hear_guest(self: &Rc<Self>, kind: &str, tab: &str, message: &JsObject) {
        match kind {
            "join" => return self.welcome(tab, message),
            "leads" | "state" => return,
            "bye" => return self.part_with(tab),
            _ => {}
        }
        if kind == "wish" {
            // Also of a tab that this one does not know yet.
            return self.take_wish(message);
        }
        let is_known = {
            let mut guests = self.guests.borrow_mut();
            let guest = guests.iter_mut().find(|guest| guest.tab == tab);
            guest.map(|guest| guest.heard = now()).is_some()
        };
        if !is_known {
            return self.post(tab, "leads", &[]);
        }
        match kind {
            "ping" => self.post(tab, "pong", &[]),
            "ask" => self.ask_for(tab, message),
            "cancel" => self.cancel_for(tab, message.number("id")),
            "listen" => self.listen_for(tab, message),
            "wrote" => self.read_new(),
            "connect" => {
                self.widen();
                self.with(Engine::connect);
            }
            _ => {}
        }
        self.part_with_the_dead();
    }

    fn welcome(self: &Rc<Self>, tab: &str, message: &JsObject) {
        let line = message.number("line").unwrap_or(0.0);
        let is_here = |guest: &Guest| guest.tab == tab && guest.line.to_bits() == line.to_bits();
        if self.guests.borrow().iter().any(is_here) {
            // It says so again, and what it asked for still counts.
            return self.tell_state(tab);
        }
        self.part_with(tab);
        let names = message.texts("names").unwrap_or_default();
        let guest = Guest {
            line,
            tab: tab.to_owned(),
            kinds: names.iter().map(|name| self.kind(name)).collect(),
            scopes: message.texts("scopes").unwrap_or_default(),
            heard: now(),
        };
        self.guests.borrow_mut().push(guest);
        for name in &names {
            self.listen_again(name);
        }
        self.tell_state(tab);
        self.widen();
        // It may have written while nobody heard it.
        self.read_new();
        self.run();
    }

    /// All that a tab must know that joins, or after a hello.
    fn tell_state(&self, tab: &str) {
        let entries: Array = self
            .look(Engine::entries)
            .iter()
            .map(|entry| {
                plain(&[
                    ("entry", plain::entry(entry)),
                    ("text", self.entry_text(&entry.key).into()),
                    ("files", self.entry_files(&entry.key)),
                ])
            })
            .collect();
        let hello = self.hello().map_or(JsValue::UNDEFINED, |hello| hello.0);
        let status = plain::status(&self.status());
        self.post(
            tab,
            "state",
            &[
                ("status", status),
                ("signedInBy", self.fingerprint.borrow().as_str().into()),
                ("hello", hello),
                ("granted", self.all_granted()),
                ("entries", entries.into()),
                ("ended", self.all_ended()),
            ],
        );
    }

    fn part_with(self: &Rc<Self>, tab: &str) {
        let gone = {
            let mut guests = self.guests.borrow_mut();
            let at = guests.iter().position(|guest| guest.tab == tab);
            at.map(|at| guests.swap_remove(at))
        };
        let Some(gone) = gone else { return };
        if let Some(group) = self.group() {
            group.hang_up(tab);
        }
        let errands = self
            .remote
            .borrow_mut()
            .take_if(|_, errand| errand.tab == tab);
        for (id, _) in errands {
            self.with(|engine, _| engine.cancel(id));
        }
        for kind in gone.kinds {
            self.listen_less(kind);
        }
        let unwanted = self.subscriptions.borrow_mut().part_with(tab);
        self.widen();
        for session in unwanted {
            self.run_errand(tab, None, farewell(&session), NewRequest::default());
        }
    }

    /// The tabs that followed follow another one.
    pub(super) fn forget_guests(&self) {
        self.guests.borrow_mut().clear();
        self.subscriptions.borrow_mut().clear();
    }

    pub(super) fn part_with_the_dead(self: &Rc<Self>) {
        let limit = now();
        let dead = |guest: &&Guest| limit.since(guest.heard) > GONE;
        let dead: Vec<String> = {
            let guests = self.guests.borrow();
            guests
                .iter()
                .filter(dead)
                .map(|guest| guest.tab.clone())
                .collect()
        };
        for tab in dead {
            self.part_with(&tab);
        }
    }

    fn ask_for(self: &Rc<Self>, tab: &str, message: &JsObject) {
        let letter = Letter {
            method: message.get("method"),
            params: message.get("params"),
        };
        let millis = |name| message.whole(name).map(Duration::from_millis);
        let new = NewRequest {
            answers: if message.flag("final") == Some(true) {
                Answers::Final
            } else {
                Answers::First
            },
            deadline: millis("timeout"),
            final_deadline: millis("finalTimeout"),
            idempotent: message.flag("idempotent") == Some(true),
        };
        self.run_errand(tab, message.number("id"), letter, new);
    }

    fn run_errand(self: &Rc<Self>, tab: &str, id: Option<f64>, letter: Letter, new: NewRequest) {
        let made = self.with(|engine, now| {
            let ours = engine.request(now, new)?;
            self.letters.borrow_mut().insert(ours, (letter, new));
            let errand = Errand {
                tab: tab.to_owned(),
                id,
            };
            self.remote.borrow_mut().insert(ours, errand);
            Ok(())
        });
        if let Err(why) = made {
            self.fail_guest(tab, id, &RequestError::Unanswered(why));
        }
    }

    fn cancel_for(self: &Rc<Self>, tab: &str, id: Option<f64>) {
        let mine = self
            .remote
            .borrow_mut()
            .take_if(|_, errand| errand.tab == tab && id.is_some() && errand.id == id);
        for (ours, _) in mine {
            self.with(|engine, _| engine.cancel(ours));
        }
    }

    fn listen_for(self: &Rc<Self>, tab: &str, message: &JsObject) {
        let name = message.text("name").unwrap_or_default();
        let kind = self.kind(&name);
        let on = message.flag("on") == Some(true);
        if let Some(guest) = self
            .guests
            .borrow_mut()
            .iter_mut()
            .find(|guest| guest.tab == tab)
        {
            guest.kinds.retain(|known| *known != kind);
            if on {
                guest.kinds.push(kind);
            }
        }
        if on {
            self.listen_again(&name);
        } else {
            self.listen_less(kind);
        }
        self.run();
    }

    /// Whether any tab that follows listens to an event.
    pub(super) fn guests_listen(&self, kind: EventKind) -> bool {
        self.guests
            .borrow()
            .iter()
            .any(|guest| guest.kinds.contains(&kind))
    }

    /// Whether any tab that follows listens to anything.
    pub(super) fn has_listening_guests(&self) -> bool {
        self.guests
            .borrow()
            .iter()
            .any(|guest| !guest.kinds.is_empty())
    }

    /// Whether an event may be for another tab, or not for this one.
    pub(super) fn is_for_others(&self, kind: EventKind) -> bool {
        self.guests_listen(kind) || self.subscriptions.borrow().divides(kind)
    }

    /// Hands an event to the tabs that listen to it and subscribed to what it is
    /// about. Whether this one's app hears it, too.
    pub(super) fn deliver_to_tabs(&self, kind: EventKind, frame: &JsObject) -> bool {
        let guests = self.guests.borrow();
        let listening = guests.iter().filter(|guest| guest.kinds.contains(&kind));
        let others: Vec<&str> = listening.map(|guest| &*guest.tab).collect();
        let divides = self.subscriptions.borrow().divides(kind);
        if others.is_empty() && !divides {
            return true;
        }
        let mut is_mine = !divides;
        for tab in self.hearers(kind, frame, others.into_iter().chain([""])) {
            if tab.is_empty() {
                is_mine = true;
            } else {
                self.post(tab, "event", &[("frame", frame.0.clone())]);
            }
        }
        is_mine
    }

    /// The tab that a request is made for, when it is another one.
    pub(super) fn tab_of(&self, id: RequestId) -> Option<String> {
        let remote = self.remote.borrow();
        remote.get(&id).map(|errand| errand.tab.clone())
    }

    /// Whether an answer is more than the app's.
    pub(super) fn is_read_here(&self, id: RequestId) -> bool {
        self.remote.borrow().get(&id).is_some() || self.subscriptions.borrow().is_asking(id)
    }

    /// The answer of a request made for another tab. False when it is our own.
    pub(super) fn settle_errand(&self, id: RequestId, frame: &JsObject, accepted: bool) -> bool {
        let mut remote = self.remote.borrow_mut();
        let Some(errand) = remote.get(&id) else {
            return false;
        };
        self.answer_guest(&errand.tab, errand.id, &frame.0, accepted);
        if !accepted {
            remote.remove(&id);
        }
        true
    }

    fn answer_guest(&self, tab: &str, id: Option<f64>, frame: &JsValue, accepted: bool) {
        if let Some(id) = id {
            let more = [
                ("id", id.into()),
                ("frame", frame.clone()),
                ("accepted", accepted.into()),
            ];
            self.post(tab, "answer", &more);
        }
    }

    /// A request made for another tab ended without an answer. False when it is
    /// our own.
    pub(super) fn fail_errand(&self, id: RequestId, why: &RequestError) -> bool {
        let errand = self.remote.borrow_mut().remove(&id);
        errand.is_some_and(|errand| {
            self.fail_guest(&errand.tab, errand.id, why);
            true
        })
    }

    fn fail_guest(&self, tab: &str, id: Option<f64>, why: &RequestError) {
        let Some(id) = id else { return };
        let limit = match why {
            RequestError::TooLarge { limit } => *limit as f64,
            _ => 0.0,
        };
        let progress = match why.progress() {
            Progress::Unsent => 0,
            Progress::Sent => 1,
            Progress::Accepted => 2,
        };
        let more = [
            ("id", id.into()),
            ("code", why.code().into()),
            ("progress", progress.into()),
            ("limit", limit.into()),
        ];
        self.post(tab, "failed", &more);
    }

    /// What the engine tells, told on.
    pub(super) fn tell_guests(&self, event: &Event) {
        if self.guests.borrow().is_empty() {
            return;
        }
        let tabs: Vec<String> = {
            let guests = self.guests.borrow();
            guests.iter().map(|guest| guest.tab.clone()).collect()
        };
        for tab in tabs {
            match event {
                Event::Status(Status::Ready | Status::Paused(_))
                | Event::Outbox(Update::Restored) => {
                    self.tell_state(&tab);
                }
                Event::Status(status) => {
                    self.post(&tab, "status", &[("status", plain::status(status))]);
                }
                Event::Gap => self.post(&tab, "gap", &[]),
                Event::Outbox(Update::Changed(entry)) => {
                    let more = [
                        ("entry", plain::entry(entry)),
                        ("text", self.entry_text(&entry.key).into()),
                        ("files", self.entry_files(&entry.key)),
                    ];
                    self.post(&tab, "changed", &more);
                }
                Event::Outbox(Update::Removed(key)) => {
                    self.post(&tab, "removed", &[("key", key.as_str().into())]);
                }
                Event::Outbox(Update::Renewed { from, to }) => {
                    let more = [("from", from.as_str().into()), ("to", to.as_str().into())];
                    self.post(&tab, "renewed", &more);
                }
                _ => {}
            }
        }
    }
}
