//! The outbox: what the app puts into it, its payloads and its store.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::{Generation, Outgoing};
use clawline_core::wire::{Answer, GatewayError, Object as _, methods, takes_key};
use clawline_core::{
    Answers, Engine, EnqueueError, Entry, EntryState, Key, NewEntry, RequestId, Route, reasons,
};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::Driver;
use super::wishes::Wish;
use crate::error::SendError;
use crate::frames::fits;
use crate::host::{spawn_local, uuid, wall_ms};
use crate::hub::Event;
use crate::identity::Notice;
use crate::letter::{Payload, json};
use crate::object::{JsObject, plain};

/// What a frame needs around the params of a message: its type, id, method,
/// key and session key (at most 512 characters of up to three bytes).
const ENVELOPE: u64 = 2_048;

impl Driver {
    /// Puts a chat message into the outbox. `attachments` is an array of
    /// `File` or `{name, blob}`, or `undefined`.
    pub(crate) fn send_message(
        self: &Rc<Self>,
        key: Key,
        session: Option<&str>,
        text: &str,
        attachments: &JsValue,
        ttl: Option<Duration>,
    ) -> Result<Key, SendError> {
        let files = self.files(attachments)?;
        let params = json(&plain(&[("message", text.into())])).map_err(SendError::Params)?;
        let payload = Payload::new(methods::CHAT_SEND, &params, &files);
        let route = Route::Chat(session.map(str::to_owned));
        self.enqueue(key, route, Answers::First, payload, ttl)
    }

    /// Puts a request into the outbox whose method takes an idempotency key.
    pub(crate) fn enqueue_request(
        self: &Rc<Self>,
        method: &str,
        params: &JsValue,
        ttl: Option<Duration>,
    ) -> Result<Key, SendError> {
        if !takes_key(method) {
            return Err(SendError::NoKey(method.to_owned()));
        }
        let given = JsObject(params.clone());
        let key = Key::new(given.text("idempotencyKey").unwrap_or_else(uuid));
        let params = json(params).map_err(SendError::Params)?;
        let session = given.text("sessionKey");
        let route = if method == methods::CHAT_SEND {
            Route::Chat(session)
        } else {
            Route::Method {
                name: method.to_owned(),
                session,
            }
        };
        let answers = if method == methods::AGENT {
            Answers::Final
        } else {
            Answers::First
        };
        let payload = Payload::new(method, &params, &JsValue::UNDEFINED);
        self.enqueue(key, route, answers, payload, ttl)
    }

    fn enqueue(
        self: &Rc<Self>,
        key: Key,
        route: Route,
        answers: Answers,
        payload: Payload,
        ttl: Option<Duration>,
    ) -> Result<Key, SendError> {
        let bytes = self.weigh(&payload)?;
        // What this tab handed over counts, although its engine has forgotten it.
        let mirrored = self.mirror.borrow().len();
        if mirrored > 0 && mirrored + self.look(Engine::entries).len() >= self.bounds.entries {
            let limit = self.bounds.entries;
            return Err(SendError::Outbox(EnqueueError::TooMany { limit }));
        }
        let new = NewEntry {
            key: key.clone(),
            route,
            answers,
            bytes,
            ttl,
            written_ms: wall_ms(),
            is_being_read: payload.has_files(),
        };
        self.with(|engine, now| {
            // Before the output is performed that needs it.
            let others = self.payload(&key);
            self.keep_payload(&key, &payload);
            engine.enqueue(now, new).inspect_err(|_| match others {
                Some(payload) => self.keep_payload(&key, &payload),
                None => self.drop_payload(&key),
            })
        })?;
        if payload.has_files() {
            self.read_files(key.clone(), payload);
        }
        self.keep_unconnected();
        Ok(key)
    }

    /// Its size on the wire, when the gateway takes it.
    fn weigh(&self, payload: &Payload) -> Result<u64, SendError> {
        let bytes = payload.bytes();
        let limit = self.look(Engine::policy).max_payload;
        let room = limit.saturating_sub(ENVELOPE);
        let params = payload.0.get("params");
        if bytes > room || !fits(&params, room as f64) {
            return Err(SendError::Outbox(EnqueueError::TooLarge { limit }));
        }
        Ok(bytes)
    }

    /// Takes a message back that is not under way. False when it is.
    pub(crate) fn remove(self: &Rc<Self>, key: &Key) -> bool {
        if self.asks_leader(key, &["queued", "parked", "unconfirmed"]) {
            self.wish(Wish::removal(key.clone()));
            return true;
        }
        if self.take_back_unconnected(key) {
            return true;
        }
        let removed = self.with(|engine, now| engine.remove(now, key));
        if removed {
            self.end_elsewhere(key);
        }
        removed
    }

    /// An entry was ended here, and may still stand in the store.
    fn end_elsewhere(self: &Rc<Self>, key: &Key) {
        if self.look(Engine::is_stored) {
            return;
        }
        if self.is_unconnected() {
            self.end_in_store(key);
        }
        self.taken_back.borrow_mut().push(key.clone());
    }

    /// Follows a message no longer, whatever has become of it. False when it is
    /// not known.
    pub(crate) fn dismiss(self: &Rc<Self>, key: &Key) -> bool {
        if self.asks_leader(
            key,
            &["queued", "sending", "accepted", "parked", "unconfirmed"],
        ) {
            self.wish(Wish::dismissal(key.clone()));
            return true;
        }
        if self.take_back_unconnected(key) {
            return true;
        }
        let dismissed = self.with(|engine, now| engine.dismiss(now, key));
        if dismissed {
            self.end_elsewhere(key);
        }
        dismissed
    }

    /// Sends a parked or unconfirmed message again; answers its new key.
    pub(crate) fn resend(self: &Rc<Self>, key: &Key) -> Option<Key> {
        self.resend_as(key, anew(key))
    }

    pub(super) fn resend_as(self: &Rc<Self>, key: &Key, new_key: Key) -> Option<Key> {
        if self.asks_leader(key, &["parked", "unconfirmed"]) {
            self.wish(Wish::renewal(key.clone(), new_key.clone(), None));
            return Some(new_key);
        }
        self.with(|engine, now| engine.resend(now, key, new_key.clone()))
            .then_some(new_key)
    }

    /// Changes the words of a message that is not under way; answers its key,
    /// a new one when it was sent before.
    pub(crate) fn edit(self: &Rc<Self>, key: &Key, text: &str) -> Result<Option<Key>, SendError> {
        self.edit_as(key, anew(key), text)
    }

    pub(super) fn edit_as(
        self: &Rc<Self>,
        key: &Key,
        new_key: Key,
        text: &str,
    ) -> Result<Option<Key>, SendError> {
        let has_files = |files: &JsValue| files.is_object();
        if text.trim().is_empty() && !has_files(&self.entry_files(key)) {
            return Err(SendError::Empty);
        }
        if let Some(entry) = self.mirrored(key) {
            if !self.asks_leader(key, &["queued", "parked", "unconfirmed"]) {
                return Ok(None);
            }
            let params = plain(&[("message", text.into())]);
            let params = json(&params).map_err(SendError::Params)?;
            self.weigh(&Payload::new("", &params, &JsValue::UNDEFINED))?;
            let is_fresh = entry.state == EntryState::Queued;
            let words = Some(text.to_owned());
            self.wish(Wish::renewal(key.clone(), new_key.clone(), words));
            return Ok(Some(if is_fresh { key.clone() } else { new_key }));
        }
        let Some(before) = self.payload(key) else {
            return Ok(None);
        };
        let Some(after) = before.with_text(text) else {
            return Ok(None);
        };
        let bytes = self.weigh(&after)?;
        let known = |driver: &Self, key: &Key| driver.look(|engine| engine.knows(key));
        self.with(|engine, now| {
            self.keep_payload(key, &after);
            self.edited.borrow_mut().insert(key.clone(), ());
            let edited = engine.edit(now, key, new_key.clone(), bytes);
            if !matches!(edited, Ok(true)) {
                self.keep_payload(key, &before);
                self.edited.borrow_mut().remove(key);
            }
            edited
        })
        .map(|edited| {
            let key = if known(self, key) {
                key.clone()
            } else {
                new_key
            };
            edited.then_some(key)
        })
        .map_err(SendError::Outbox)
    }

    /// The messages on their way, of this tab and of those that share its
    /// outbox.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = self.mirror.borrow().entries();
        entries.extend(self.look(Engine::entries));
        entries
    }

    /// The words of a message on its way.
    pub(crate) fn entry_text(&self, key: &Key) -> Option<String> {
        let told = self.mirror.borrow().text(key);
        told.or_else(|| self.payload(key)?.text())
    }

    /// Sends an entry. One that cannot be sent is as good as refused.
    pub(super) fn transmit_entry(
        self: &Rc<Self>,
        generation: Generation,
        id: RequestId,
        key: &Key,
        route: &Route,
    ) {
        let Some(payload) = self.payload(key) else {
            return self.refuse(generation, id, reasons::UNREADABLE.to_owned());
        };
        let more = plain(&[("idempotencyKey", key.as_str().into())]);
        if let Some(session) = route.transcript() {
            let _ = js_sys::Reflect::set(&more, &"sessionKey".into(), &session.into());
        }
        let limit = self.look(Engine::policy).max_payload;
        let failed = match self.open_socket(generation).as_ref() {
            Some(open) => open.socket.send_entry(id, &payload.0.0, &more, limit),
            None => return,
        };
        if failed.is_undefined() {
            return;
        }
        let driver = Rc::clone(self);
        spawn_local(async move {
            let failed = JsFuture::from(Promise::resolve(&failed)).await;
            if let Some(why) = failed.ok().and_then(|why| why.as_string()) {
                driver.refuse(generation, id, why);
            }
        });
    }

    fn refuse(self: &Rc<Self>, generation: Generation, id: RequestId, message: String) {
        let error = GatewayError {
            message,
            ..GatewayError::default()
        };
        let facts = clawline_core::engine::Facts::Answer(id, Answer::Refused(error));
        self.with(|engine, now| engine.handle_frame(now, generation, facts));
    }

    /// Says once for each visit what a person should know.
    pub(super) fn announce_once(&self, notice: Notice) {
        let mut announced = self.announced.borrow_mut();
        if announced.contains(&notice) {
            return;
        }
        announced.push(notice);
        drop(announced);
        self.announce(&Event::Notice(notice));
    }

    pub(super) fn transmit(self: &Rc<Self>, generation: Generation, outgoing: Outgoing) {
        match outgoing {
            Outgoing::Frame(text) => {
                if let Some(open) = self.open_socket(generation).as_ref() {
                    open.socket.send_text(text.expose());
                }
            }
            Outgoing::Request(id) => self.transmit_request(generation, id),
            Outgoing::Entry { id, key, route } => self.transmit_entry(generation, id, &key, &route),
        }
    }
}

/// A key for the same message when it goes out anew: of the same kind, which stands
/// before a colon.
fn anew(key: &Key) -> Key {
    let kind = key.as_str().split_once(':').map(|(kind, _)| kind);
    Key::new(kind.map_or_else(uuid, |kind| [kind, ":", &uuid()].concat()))
}
