//! What the engine wants done: sockets, signatures, frames, tokens.

use std::cell::Ref;
use std::rc::Rc;

use clawline_core::engine::{Close, Generation, Input, Introduction};
use clawline_core::{Credentials, Engine, GatewayId, RequestId, Secret};

use super::place::Place;
use super::{Driver, Open};
use crate::error::RequestError;
use crate::host::spawn_local;
use crate::hub::Event;
use crate::identity::Identity;
use crate::options::SignIn;
use crate::socket::{Socket, SocketEvent};

/// The number of an attempt: what the newest of those was answered counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked(u32);

impl Driver {
    pub(super) fn connect(self: &Rc<Self>, generation: Generation) {
        let driver = Rc::clone(self);
        self.asked.set(self.asked.get().wrapping_add(1));
        let asked = Asked(self.asked.get());
        spawn_local(async move {
            if let Err(close) = driver.attempt(generation, asked).await {
                driver.input(Input::Closed(generation, close));
            }
        });
    }

    /// The outbox first, which needs the gateway and the device alone: what is
    /// written is kept whatever becomes of the sign-in.
    async fn attempt(self: &Rc<Self>, generation: Generation, asked: Asked) -> Result<(), Close> {
        let place = self.place().await?;
        if !self.take_seat(asked, &place).await {
            return Ok(());
        }
        let ask = self.source.borrow().sign_in();
        let sign_in = ask.await.map_err(Close::Credentials)?;
        if !self.look(|engine| engine.is_opening(generation)) {
            return Ok(());
        }
        self.fingerprint
            .replace(sign_in.fingerprint(&place.address));
        self.open(generation, place, sign_in).await
    }

    /// What this attempt was answered counts from now on, however late it came:
    /// it says which gateway this client is for. False when a newer one was
    /// answered before, or nobody wants a connection.
    pub(super) fn takes_answer(&self, asked: Asked) -> bool {
        let takes = asked.0 > self.answered.get() && !self.is_unconnected();
        if takes {
            self.answered.set(asked.0);
        }
        takes
    }

    /// No newer attempt was answered since.
    pub(super) fn is_newest(&self, asked: Asked) -> bool {
        self.answered.get() == asked.0 && !self.is_unconnected()
    }

    pub(super) async fn identity(self: &Rc<Self>) -> Option<Rc<Identity>> {
        if let Some(identity) = &*self.identity.borrow() {
            return Some(Rc::clone(identity));
        }
        let loaded = Identity::load(&self.device, self.ed25519).await?;
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
        place: Place,
        sign_in: SignIn,
    ) -> Result<(), Close> {
        let Place {
            gateway,
            address,
            identity,
            ..
        } = place;
        let device_token = match &identity {
            Some(identity) => identity.token(&gateway, &self.role).await,
            None => None,
        };
        let credentials = Credentials {
            token: sign_in.token,
            password: sign_in.password,
            bootstrap_token: sign_in.bootstrap_token,
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
        // The browser's words quote the address, which may hold a secret.
        let may_be_told = !address.contains(['@', '?', '#']);
        let why = |words: String| Close::Address(if may_be_told { words } else { String::new() });
        let socket = Socket::open(&address, generation, &self.frames, tell).map_err(why)?;
        let device = identity.map(|identity| identity.key.clone());
        self.introduction.replace(Some(Introduction {
            credentials,
            device,
        }));
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
        act: impl FnOnce(Rc<Identity>, GatewayId) -> F + 'static,
    ) {
        let identity = self.identity.borrow().clone();
        let gateway = self.gateway.borrow().clone();
        if let Some((identity, gateway)) = identity.zip(gateway) {
            spawn_local(act(identity, gateway));
        }
    }

    pub(super) fn transmit_request(self: &Rc<Self>, generation: Generation, id: RequestId) {
        if self.look(Engine::is_following) {
            return self.ask_leader(id);
        }
        let letter = {
            let mut letters = self.letters.borrow_mut();
            match letters.get(&id) {
                // It may have to be sent again.
                Some((letter, new)) if new.idempotent => Some(letter.clone()),
                _ => letters.remove(&id).map(|(letter, _)| letter),
            }
        };
        let Some(letter) = letter else { return };
        if let Some(answer) = self.count(id, &letter) {
            self.with(|engine, _| engine.forget(id));
            return self.settle(id, &answer, false);
        }
        let limit = self.look(Engine::policy).max_payload;
        let was_sent = self
            .open_socket(generation)
            .as_ref()
            .is_none_or(|open| open.socket.send_request(id, &letter, limit));
        if !was_sent {
            self.with(|engine, _| engine.forget(id));
            self.forget_request(id);
            self.fail(id, RequestError::TooLarge { limit });
        }
    }

    pub(super) fn open_socket(&self, generation: Generation) -> Ref<'_, Option<Open>> {
        let open = self.socket.borrow();
        match &*open {
            Some(socket) if socket.generation == generation => open,
            _ => Ref::map(open, |_| &None),
        }
    }
}
