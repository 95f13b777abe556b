//! What the engine wants done: sockets, signatures, frames, tokens.

use std::cell::Ref;
use std::rc::Rc;

use clawline_core::engine::{Close, Generation, Input, Introduction, NewEntry, Outgoing};
use clawline_core::{Credentials, Engine, EnqueueError, Key, Secret};
use js_sys::JSON;
use wasm_bindgen_futures::spawn_local;

use super::{Driver, Open};
use crate::error::RequestError;
use crate::frames::fits;
use crate::host;
use crate::hub::Event;
use crate::identity::Identity;
use crate::letter::Letter;
use crate::object::plain;
use crate::options::Target;
use crate::socket::{Socket, SocketEvent};

/// What a frame needs around the params of a message: its type, id, method,
/// key and session key (at most 512 characters of up to three bytes).
const ENVELOPE: u64 = 2_048;

impl Driver {
    pub(super) fn connect(self: &Rc<Self>, generation: Generation) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let identity = driver.identity().await;
            let ask = Rc::clone(&driver.source.borrow().0);
            let opened = match ask().await {
                Ok(target) => driver.open(generation, identity, target).await,
                Err(why) => Err(Close::Credentials(why)),
            };
            if let Err(close) = opened {
                driver.input(Input::Closed(generation, close));
            }
        });
    }

    async fn identity(self: &Rc<Self>) -> Option<Rc<Identity>> {
        if let Some(identity) = &*self.identity.borrow() {
            return Some(Rc::clone(identity));
        }
        let loaded = Identity::load(&self.store).await?;
        let is_first = self.identity.borrow().is_none();
        if is_first {
            self.identity.replace(Some(Rc::clone(&loaded)));
            for notice in &loaded.notices {
                self.announce(&Event::Notice(*notice));
            }
        }
        self.identity.borrow().clone()
    }

    async fn open(
        self: &Rc<Self>,
        generation: Generation,
        identity: Option<Rc<Identity>>,
        target: Target,
    ) -> Result<(), Close> {
        let device_token = match &identity {
            Some(identity) => identity.token(&target.url, &self.role).await,
            None => None,
        };
        let credentials = Credentials {
            token: target.token,
            password: target.password,
            bootstrap_token: target.bootstrap_token,
            device_token,
        };
        if !self.engine.borrow().is_opening(generation) {
            return Ok(());
        }
        let weak = Rc::downgrade(self);
        let tell = move |event| {
            if let Some(driver) = weak.upgrade() {
                driver.socket_event(generation, event);
            }
        };
        let socket =
            Socket::open(&target.url, generation, &self.frames, tell).map_err(Close::Address)?;
        let device = identity.map(|identity| identity.key.clone());
        self.introduction.replace(Some(Introduction {
            credentials,
            device,
        }));
        self.gateway.replace(target.url);
        self.socket.replace(Some(Open { generation, socket }));
        Ok(())
    }

    fn socket_event(self: &Rc<Self>, generation: Generation, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                if let Some(introduction) = self.introduction.take() {
                    self.input(Input::Opened(generation, introduction));
                }
            }
            SocketEvent::Closed { code, reason } => {
                self.input(Input::Closed(generation, Close::Socket { code, reason }));
            }
        }
    }

    pub(super) fn sign(self: &Rc<Self>, generation: Generation, text: Secret) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let signature = match driver.identity().await {
                Some(identity) => identity.sign(text.expose()).await,
                None => Err("there is no key".to_owned()),
            };
            driver.input(Input::Signed(generation, signature));
        });
    }

    pub(super) fn with_identity<F: Future<Output = ()> + 'static>(
        &self,
        act: impl FnOnce(Rc<Identity>, String) -> F + 'static,
    ) {
        let identity = self.identity.borrow().clone();
        if let Some(identity) = identity {
            spawn_local(act(identity, self.gateway.borrow().clone()));
        }
    }

    pub(super) fn transmit(self: &Rc<Self>, generation: Generation, outgoing: Outgoing) {
        match outgoing {
            Outgoing::Frame(text) => {
                if let Some(open) = self.open_socket(generation).as_ref() {
                    open.socket.send_text(text.expose());
                }
            }
            Outgoing::Request(id) => {
                let Some(letter) = self.letters.borrow_mut().remove(&id) else {
                    return;
                };
                let limit = self.look(Engine::policy).max_payload;
                let was_sent = self
                    .open_socket(generation)
                    .as_ref()
                    .is_none_or(|open| open.socket.send_request(id, &letter, limit));
                if !was_sent {
                    self.with(|engine, _| engine.forget(id));
                    (self.outlet.fail)(id, RequestError::TooLarge { limit });
                }
            }
            Outgoing::Entry { id, key, route } => {
                let Some(letter) = self.entries.borrow().get(&key).cloned() else {
                    return;
                };
                if let Some(open) = self.open_socket(generation).as_ref() {
                    open.socket
                        .send_entry(id, &letter, route.session().unwrap_or_default(), &key);
                }
            }
        }
    }

    fn open_socket(&self, generation: Generation) -> Ref<'_, Option<Open>> {
        let open = self.socket.borrow();
        match &*open {
            Some(socket) if socket.generation == generation => open,
            _ => Ref::map(open, |_| &None),
        }
    }

    /// Puts a chat message into the outbox.
    pub(crate) fn send_message(
        self: &Rc<Self>,
        session: Option<&str>,
        text: &str,
    ) -> Result<Key, EnqueueError> {
        let params = JSON::stringify(&plain(&[("message", text.into())])).unwrap_or_default();
        let bytes = u64::from(params.length());
        let limit = self.look(Engine::policy).max_payload;
        if !fits(&params, limit.saturating_sub(ENVELOPE) as f64) {
            return Err(EnqueueError::TooLarge { limit });
        }
        let key = Key::new(host::uuid());
        let letter = Letter {
            method: "chat.send".into(),
            params: params.into(),
        };
        let session = session.map(str::to_owned);
        let entry = NewEntry::chat(key.clone(), session, bytes, host::wall_ms());
        self.with(|engine, now| {
            // Before the output is performed that needs it.
            self.keep_entry(key.clone(), letter);
            engine
                .enqueue(now, entry)
                .inspect_err(|_| self.drop_entry(&key))
        })?;
        Ok(key)
    }
}
