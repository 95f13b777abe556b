//! What the engine wants done: sockets, signatures, frames, tokens.

use std::cell::Ref;
use std::rc::Rc;

use clawline_core::engine::{Close, Generation, Input, Introduction};
use clawline_core::{Credentials, Engine, RequestId, Secret};
use wasm_bindgen_futures::spawn_local;

use super::{Driver, Open};
use crate::error::RequestError;
use crate::hub::Event;
use crate::identity::Identity;
use crate::options::Target;
use crate::socket::{Socket, SocketEvent};

impl Driver {
    pub(super) fn connect(self: &Rc<Self>, generation: Generation) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let identity = driver.identity().await;
            let ask = Rc::clone(&driver.source.borrow().0);
            let opened = match ask().await {
                // A newer attempt may have asked meanwhile, and got another answer.
                Ok(_) if !driver.look(|engine| engine.is_opening(generation)) => return,
                Ok(target) => {
                    driver.fingerprint.replace(target.fingerprint());
                    let device = identity.as_ref().map_or("", |identity| &identity.key.id);
                    if !driver.take_seat(generation, &target.url, device).await {
                        return;
                    }
                    driver.open(generation, identity, target).await
                }
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
        let loaded = Identity::load(&self.device).await?;
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
        // The browser's words quote the address, which may hold a secret.
        let may_be_told = !target.url.contains(['@', '?', '#']);
        let why = |words: String| Close::Address(if may_be_told { words } else { String::new() });
        let socket = Socket::open(&target.url, generation, &self.frames, tell).map_err(why)?;
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
