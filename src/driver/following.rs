//! What a tab that follows hears from the one that leads, and asks of it.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::{Facts, Generation, Glance, Input, Verdict};
use clawline_core::wire::{Object as _, Policy, read_answer};
use clawline_core::{Engine, Entry, EntryState, Key, Progress, RequestId, Saved, Update};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::Driver;
use crate::error::RequestError;
use crate::host::{spawn_local, within};
use crate::hub::Event;
use crate::object::JsObject;
use crate::plain;

/// What this tab could sign in with is waited for so long.
const TRYING: Duration = Duration::from_secs(10);

/// The outbox as the tab that leads tells of it.
#[derive(Default)]
pub(super) struct Mirror {
    /// That tab has spoken: it hears what is said to it.
    is_open: bool,
    /// What is to be said to it once it has.
    unsaid: Vec<(&'static str, Vec<(&'static str, JsValue)>)>,
    entries: Vec<Mirrored>,
}

/// An entry, its words and its files.
type Mirrored = (Entry, Option<String>, JsValue);

impl Mirror {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What it shows stays until another state comes.
    fn close(&mut self) {
        self.is_open = false;
        self.unsaid.clear();
    }

    pub(super) const fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries
            .iter()
            .map(|(entry, ..)| entry.clone())
            .collect()
    }

    fn find(&self, key: &Key) -> Option<&Mirrored> {
        self.entries.iter().find(|(entry, ..)| entry.key == *key)
    }

    /// The files of an entry, `Some` when it is known here.
    pub(super) fn files(&self, key: &Key) -> Option<JsValue> {
        self.find(key).map(|(_, _, files)| files.clone())
    }

    pub(super) fn text(&self, key: &Key) -> Option<String> {
        self.find(key)?.1.clone()
    }

    pub(super) fn put(&mut self, entry: Entry, text: Option<String>, files: JsValue) {
        let known = self
            .entries
            .iter_mut()
            .find(|(known, ..)| known.key == entry.key);
        match known {
            Some(known) => *known = (entry, text, files),
            None => self.entries.push((entry, text, files)),
        }
    }

    pub(super) fn take(&mut self, key: &Key) {
        self.entries.retain(|(entry, ..)| entry.key != *key);
    }
}

impl Driver {
    /// Makes itself known to the tab that leads.
    pub(super) fn join_leader(&self) {
        let names: Array = self
            .names
            .borrow()
            .iter()
            .map(|name| JsValue::from_str(name))
            .collect();
        let scopes: Array = self
            .scopes
            .iter()
            .map(|scope| JsValue::from_str(scope))
            .collect();
        let line = self.look(Engine::generation).0;
        let more = [
            ("names", names.into()),
            ("scopes", scopes.into()),
            ("line", line.into()),
        ];
        self.post("", "join", &more);
    }

    /// Says something to the tab that leads, as soon as it listens.
    pub(super) fn tell_leader(&self, kind: &'static str, more: &[(&'static str, JsValue)]) {
        let mut mirror = self.mirror.borrow_mut();
        if mirror.is_open {
            drop(mirror);
            self.post("", kind, more);
        } else {
            mirror.unsaid.push((kind, more.to_vec()));
        }
    }

    /// Passes a request on.
    pub(super) fn ask_leader(&self, id: RequestId) {
        let Some((letter, new)) = self.letters.borrow().get(&id).cloned() else {
            return;
        };
        let millis = |wait: Option<Duration>| {
            wait.map_or(JsValue::UNDEFINED, |wait| {
                JsValue::from_f64(wait.as_millis() as f64)
            })
        };
        let is_final = new.answers == clawline_core::Answers::Final;
        self.tell_leader(
            "ask",
            &[
                ("id", id.0.into()),
                ("method", letter.method),
                ("params", letter.params),
                ("final", is_final.into()),
                ("timeout", millis(new.deadline)),
                ("finalTimeout", millis(new.final_deadline)),
                ("idempotent", new.idempotent.into()),
            ],
        );
    }

    /// Whether the tab that leads has this entry, in one of these states.
    pub(super) fn asks_leader(&self, key: &Key, states: &[&str]) -> bool {
        self.mirrored(key)
            .filter(|_| self.group().is_some())
            .is_some_and(|entry| states.contains(&entry.state.as_str()))
    }

    pub(super) fn mirrored(&self, key: &Key) -> Option<Entry> {
        self.mirror
            .borrow()
            .find(key)
            .map(|(entry, ..)| entry.clone())
    }

    /// What this tab wrote is in the store: the tab that leads sends it.
    pub(super) fn hand_over(self: &Rc<Self>, written: &[Saved]) {
        for saved in written {
            let entry = Entry {
                key: saved.key.clone(),
                session: saved.route.session().map(str::to_owned),
                method: saved.route.method().map(str::to_owned),
                written_ms: saved.written_ms,
                state: EntryState::Queued,
                attempts: 0,
                reason: None,
                replaces: None,
            };
            let text = self.entry_text(&entry.key);
            let files = self.entry_files(&entry.key);
            // The store has it now; its words are the leader's to tell.
            self.drop_payload(&entry.key);
            if self.mirrored(&entry.key).is_none() {
                self.mirror.borrow_mut().put(entry, text, files);
            }
        }
        if self.group().is_some() {
            self.tell_leader("wrote", &[]);
        }
    }

    pub(super) fn hear_leader(self: &Rc<Self>, kind: &str, tab: &str, message: &JsObject) {
        let generation = self.look(Engine::generation);
        match kind {
            // Of the tabs, only one that follows says these.
            "join" | "ping" | "ask" | "cancel" | "listen" | "wrote" | "wish" | "connect"
            | "bye" => return,
            _ => {}
        }
        let term = message.number("term").unwrap_or(0.0);
        if term < self.term.get() {
            // A tab that led before, and woke up.
            return;
        }
        let is_known = self.leader.borrow().as_deref() == Some(tab);
        let is_first = self.leader.borrow().is_none();
        if is_first || term > self.term.get() {
            self.term.set(term);
            self.leader.replace(Some(tab.to_owned()));
        } else if !is_known {
            return;
        }
        if kind == "leads" && is_known {
            return self.join_anew();
        }
        if !(is_known || is_first && kind == "state") {
            // Its store may be another one than that of the tab before.
            return self.change_part(false);
        }
        self.with(|engine, now| engine.glance(now, generation, Glance::Other));
        match kind {
            "state" => self.take_state(message),
            "status" => self.take_status(message),
            "answer" => self.take_answer(generation, message),
            "failed" => self.take_failure(message),
            "event" => {
                let frame = JsObject(message.get("frame"));
                let kind = self.kind(&frame.text("event").unwrap_or_default());
                self.refresh_snapshot(kind, &frame);
                self.hand_on(kind, &frame);
            }
            "gap" => self.announce(&Event::Gap),
            "changed" | "removed" | "renewed" => self.take_update(kind, message),
            _ => {}
        }
    }

    /// The tab that leads knows nothing of this one any more.
    fn join_anew(self: &Rc<Self>) {
        let name = self.seat.borrow().as_ref().map(|seat| seat.name.clone());
        if let Some(name) = name {
            self.start_following(name);
            if self.has_its_store() {
                self.with(Engine::join_store);
            }
            self.join_leader();
        }
    }

    /// From now on requests wait until the tab that leads has spoken.
    pub(super) fn start_following(self: &Rc<Self>, name: String) {
        self.mirror.borrow_mut().close();
        self.with(|engine, now| {
            engine.follow(now, name);
            // Until it is open here, as one that follows opens it.
            engine.leave_store();
        });
        self.drop_stray_payloads();
    }

    fn take_state(self: &Rc<Self>, message: &JsObject) {
        let hello = message.child("hello");
        if let Some(hello) = hello {
            self.take_granted_elsewhere(&hello, message);
            self.hello.replace(Some(hello));
        }
        let mut entries = Vec::new();
        message.each("entries", &mut |told| {
            let entry = told
                .child("entry")
                .and_then(|entry| plain::read_entry(&entry));
            if let Some(entry) = entry {
                entries.push((entry, told.text("text"), told.get("files")));
            }
        });
        let unsaid = {
            let mut mirror = self.mirror.borrow_mut();
            mirror.entries = entries;
            mirror.is_open = true;
            std::mem::take(&mut mirror.unsaid)
        };
        for (kind, more) in unsaid {
            self.post("", kind, &more);
        }
        if self.may_try_itself(message) {
            self.try_itself(message.clone());
        } else {
            self.take_status(message);
        }
        self.announce(&Event::Outbox(Update::Restored));
        self.take_ended(message);
        self.repeat_wishes();
    }

    /// The tab that leads was not let in with what it had. One try at a time.
    fn may_try_itself(&self, message: &JsObject) -> bool {
        let status = message.child("status");
        let status = status.and_then(|status| status.text("status"));
        status.as_deref() == Some("paused") && !self.has_led.get()
    }

    /// This one may have something better, and tries once.
    fn try_itself(self: &Rc<Self>, state: JsObject) {
        if self.tries_itself.replace(true) {
            return;
        }
        let driver = Rc::clone(self);
        let turn = self.this_turn();
        spawn_local(async move {
            let ask = driver.source.borrow().sign_in();
            let mine = match within(TRYING, ask).await {
                Some(Ok(sign_in)) => Some(sign_in.fingerprint(&driver.address.borrow())),
                _ => None,
            };
            // Nothing newer was heard of it meanwhile.
            if !driver.tries_itself.replace(false) || !driver.counts(turn) {
                return;
            }
            if mine.is_some() && mine != state.text("signedInBy") {
                driver.depose();
            } else {
                driver.take_status(&state);
            }
        });
    }

    fn take_status(self: &Rc<Self>, message: &JsObject) {
        self.tries_itself.set(false);
        let status = message.child("status");
        let Some(status) = status.and_then(|status| plain::read_status(&status)) else {
            return;
        };
        let policy = self.hello().and_then(|hello| hello.child("policy"));
        let policy = policy
            .map(|policy| Policy::read(&policy))
            .unwrap_or_default();
        self.input(Input::Led { status, policy });
    }

    fn take_answer(self: &Rc<Self>, generation: Generation, message: &JsObject) {
        let (Some(id), Some(frame)) = (message.whole("id"), message.child("frame")) else {
            return;
        };
        let id = RequestId(u32::try_from(id).unwrap_or(0));
        let mut verdict =
            self.with(|engine, now| engine.glance(now, generation, Glance::Response { id }));
        if let Verdict::ReadAnswer(read) = verdict {
            let facts = Facts::Answer(id, read_answer(read, &frame));
            verdict = self.with(|engine, now| engine.handle_frame(now, generation, facts));
        }
        match verdict {
            Verdict::Settled(id) => {
                self.forget_request(id);
                self.settle(id, &frame, false);
            }
            Verdict::Accepted(id) => self.settle(id, &frame, true),
            _ => {}
        }
    }

    fn take_failure(self: &Rc<Self>, message: &JsObject) {
        use clawline_core::RequestError as Unanswered;
        let Some(id) = message.whole("id") else {
            return;
        };
        let id = RequestId(u32::try_from(id).unwrap_or(0));
        let progress = match message.whole("progress") {
            Some(0) => Progress::Unsent,
            Some(2) => Progress::Accepted,
            _ => Progress::Sent,
        };
        let why = match message.text("code").as_deref() {
            Some("too-large") => RequestError::TooLarge {
                limit: message.whole("limit").unwrap_or(0),
            },
            Some("not-connected") => RequestError::Unanswered(Unanswered::NotConnected),
            Some("too-many-requests") => RequestError::Unanswered(Unanswered::TooMany),
            Some("timeout") => RequestError::Unanswered(Unanswered::Timeout(progress)),
            _ => RequestError::Unanswered(Unanswered::Interrupted(progress)),
        };
        self.forget_request(id);
        if self.with(|engine, _| engine.forget(id)) {
            (self.outlet.fail)(id, why);
        }
    }

    fn take_update(self: &Rc<Self>, kind: &str, message: &JsObject) {
        let key = |name| message.text(name).map(Key::new);
        let update = match kind {
            "changed" => message
                .child("entry")
                .and_then(|entry| plain::read_entry(&entry))
                .map(Update::Changed),
            "removed" => key("key").map(Update::Removed),
            _ => key("from")
                .zip(key("to"))
                .map(|(from, to)| Update::Renewed { from, to }),
        };
        let Some(update) = update else { return };
        {
            let mut mirror = self.mirror.borrow_mut();
            match &update {
                Update::Changed(entry) if entry.state == EntryState::Confirmed => {
                    mirror.take(&entry.key);
                }
                Update::Changed(entry) => {
                    mirror.put(entry.clone(), message.text("text"), message.get("files"));
                }
                Update::Removed(key) => mirror.take(key),
                Update::Renewed { from, to } => {
                    let known = mirror
                        .entries
                        .iter_mut()
                        .find(|(entry, ..)| entry.key == *from);
                    if let Some((entry, ..)) = known {
                        entry.key = to.clone();
                    }
                }
                Update::Restored | Update::Stored { .. } => {}
            }
        }
        self.forget_wishes(&update, message.text("text").as_deref());
        self.keep_payloads(&update);
        self.announce(&Event::Outbox(update));
    }

    /// Tells the tab that leads that this one goes.
    pub(super) fn say_goodbye(&self) {
        if self.look(Engine::is_following) {
            self.post("", "bye", &[]);
        }
    }

    /// Commands of a person that are for the connection.
    pub(super) fn connect_leader(self: &Rc<Self>) -> bool {
        let follows = self.look(Engine::is_following);
        if follows {
            self.tell_leader("connect", &[]);
        }
        follows
    }
}
