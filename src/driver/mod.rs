//! The driver: the only owner of the engine in the browser.
//!
//! Feed, then perform what comes out, one output at a time. The engine is
//! borrowed only while it is fed or asked; whatever calls back into JavaScript
//! runs with no borrow held.

mod inwards;
mod outwards;

pub(crate) use inwards::Gate;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use clawline_core::engine::{
    self, Engine, Generation, Input, Introduction, Output, Status, Verdict,
};
use clawline_core::wire::EventKind;
use clawline_core::{DeviceToken, Instant, Key, RequestId, Table, Update};
use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::error::RequestError;
use crate::frames::Frames;
use crate::host::{Timer, now, seed, wall_ms};
use crate::hub::{Event, Hub};
use crate::identity::Identity;
use crate::letter::Letter;
use crate::lifecycle;
use crate::listener::Listener;
use crate::object::JsObject;
use crate::options::{Options, Source};
use crate::socket::Socket;

/// Where frames go that somebody waits for: JavaScript functions, so that the
/// npm package gets them without a way through wasm.
pub(crate) struct Outlet {
    /// `deliver(kind, frame)`
    pub(crate) deliver: Function,
    /// `settle(id, frame, accepted)`
    pub(crate) settle: Function,
    /// Called after the engine's own events: see `js/mod.rs`.
    pub(crate) notify: Box<dyn Fn(&Event)>,
    /// A request ended without an answer.
    pub(crate) fail: Box<dyn Fn(RequestId, RequestError)>,
}

struct Open {
    generation: Generation,
    socket: Socket,
}

pub(crate) struct Driver {
    engine: RefCell<Engine>,
    running: Cell<bool>,
    restored: Cell<bool>,
    /// What `frames` was told last of [`Engine::lets_pass`].
    passes: Cell<bool>,
    /// The verdict of the last glance, for the frame that is taken next.
    seen: Cell<Option<(Verdict, EventKind)>>,
    socket: RefCell<Option<Open>>,
    introduction: RefCell<Option<Introduction>>,
    gateway: RefCell<String>,
    identity: RefCell<Option<Rc<Identity>>>,
    letters: RefCell<Table<RequestId, Letter>>,
    entries: RefCell<Table<Key, Letter>>,
    hello: RefCell<Option<JsObject>>,
    pub(crate) hub: Hub,
    source: RefCell<Source>,
    store: String,
    role: String,
    outlet: Outlet,
    frames: Frames,
    timer: OnceCell<Timer>,
    lifecycle: RefCell<Vec<Listener>>,
}

impl Driver {
    pub(crate) fn new(options: Options, outlet: impl FnOnce(Weak<Self>) -> Outlet) -> Rc<Self> {
        let Options {
            source,
            config,
            store,
        } = options;
        let driver = Rc::new_cyclic(|weak: &Weak<Self>| {
            let outlet = outlet(weak.clone());
            let gate = Gate(weak.clone());
            let reads = EventKind::ALWAYS_READ.map(|kind| kind.0).to_vec();
            let names = EventKind::NAMES
                .iter()
                .map(|name| JsValue::from_str(name))
                .collect();
            Self {
                frames: Frames::new(names, reads, gate, &outlet.deliver, &outlet.settle),
                role: config.profile.role.clone(),
                engine: RefCell::new(Engine::new(config, seed())),
                running: Cell::new(false),
                restored: Cell::new(false),
                passes: Cell::new(false),
                seen: Cell::new(None),
                socket: RefCell::default(),
                introduction: RefCell::default(),
                gateway: RefCell::default(),
                identity: RefCell::default(),
                letters: RefCell::default(),
                entries: RefCell::default(),
                hello: RefCell::default(),
                hub: Hub::default(),
                source: RefCell::new(source),
                store,
                outlet,
                timer: OnceCell::new(),
                lifecycle: RefCell::default(),
            }
        });
        let weak = Rc::downgrade(&driver);
        driver.timer.get_or_init(|| {
            Timer::new(move || {
                if let Some(driver) = weak.upgrade() {
                    if let Some(timer) = driver.timer.get() {
                        timer.fired();
                    }
                    driver.input(Input::Woke { wall_ms: wall_ms() });
                }
            })
        });
        driver
    }

    /// Connects, now, and listens to the network and the page's life.
    pub(crate) fn start(self: &Rc<Self>) {
        if self.lifecycle.borrow().is_empty() {
            let weak = Rc::downgrade(self);
            let listeners = lifecycle::listen(move |network| {
                if let Some(driver) = weak.upgrade() {
                    driver.input(Input::Network(network));
                }
            });
            self.lifecycle.replace(listeners);
        }
        self.with(Engine::connect);
        if !self.restored.replace(true) {
            self.input(Input::Restored {
                store: String::new(),
                wall_ms: wall_ms(),
                entries: Vec::new(),
            });
        }
    }

    /// Ends the connection; nothing outside is listened to any more.
    pub(crate) fn stop(self: &Rc<Self>) {
        self.lifecycle.borrow_mut().clear();
        self.with(|engine, _| engine.close());
    }

    /// Ends the connection and forgets the device: the next one is new.
    pub(crate) async fn forget_device(self: &Rc<Self>) -> Result<(), String> {
        self.stop();
        self.identity.replace(None);
        Identity::forget(&self.store).await
    }

    /// Feeds the engine and performs what comes out.
    pub(crate) fn with<R>(self: &Rc<Self>, feed: impl FnOnce(&mut Engine, Instant) -> R) -> R {
        self.frames.tell();
        let result = feed(&mut self.engine.borrow_mut(), now());
        self.run();
        result
    }

    /// Looks at the engine without feeding it.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Engine) -> R) -> R {
        look(&self.engine.borrow())
    }

    fn input(self: &Rc<Self>, input: Input) {
        self.with(|engine, now| engine.handle_input(now, input));
    }

    /// Performs what the engine wants, to the end. Commands that come back in
    /// from there only feed the engine: this loop goes on with what they bring.
    #[inline(never)]
    fn run(self: &Rc<Self>) {
        if self.running.replace(true) {
            return;
        }
        loop {
            let Some(output) = self.engine.borrow_mut().poll_output() else {
                break;
            };
            self.perform(output);
        }
        self.running.set(false);
        let engine = self.engine.borrow();
        let passes = engine.lets_pass();
        if self.passes.replace(passes) != passes {
            self.frames.let_pass(passes);
        }
        let deadline = engine.deadline().map(|(at, _)| at);
        if let Some(timer) = self.timer.get() {
            timer.no_later_than(deadline);
        }
    }

    fn perform(self: &Rc<Self>, output: Output) {
        match output {
            Output::Connect(generation) => self.connect(generation),
            Output::Sign(generation, text) => self.sign(generation, text),
            Output::Transmit(generation, outgoing) => self.transmit(generation, outgoing),
            Output::Disconnect(generation, code) => {
                let open = self
                    .socket
                    .take()
                    .filter(|open| open.generation == generation);
                if let Some(open) = open {
                    open.socket.close(code);
                }
            }
            Output::KeepDeviceToken {
                role,
                token,
                scopes,
            } => {
                let token = DeviceToken { token, scopes };
                self.with_identity(async move |identity, gateway| {
                    identity.keep_token(&gateway, &role, &token).await;
                });
            }
            Output::ForgetDeviceToken => {
                let role = self.role.clone();
                self.with_identity(async move |identity, gateway| {
                    identity.forget_token(&gateway, &role).await;
                });
            }
            Output::Store(batch) => self.input(Input::Stored(batch.id, Ok(()))),
            Output::Ping(_) | Output::Depose => {}
            Output::Event(event) => self.tell(event),
        }
    }

    fn tell(self: &Rc<Self>, event: engine::Event) {
        let event = match event {
            engine::Event::Failed(id, error) => {
                self.letters.borrow_mut().remove(&id);
                return (self.outlet.fail)(id, RequestError::Unanswered(error));
            }
            engine::Event::Status(status) => Event::Status(status),
            engine::Event::Gap { .. } => Event::Gap,
            engine::Event::Outbox(update) => {
                self.keep_letters(&update);
                Event::Outbox(update)
            }
            _ => return,
        };
        self.announce(&event);
    }

    fn announce(&self, event: &Event) {
        self.hub.tell(event);
        (self.outlet.notify)(event);
    }

    /// Payloads follow their entries.
    fn keep_letters(&self, update: &Update) {
        let mut entries = self.entries.borrow_mut();
        match update {
            Update::Renewed { from, to } => {
                if let Some(letter) = entries.remove(from) {
                    entries.insert(to.clone(), letter);
                }
            }
            Update::Removed(key) => drop(entries.remove(key)),
            Update::Changed(entry) if entry.state == clawline_core::EntryState::Confirmed => {
                entries.remove(&entry.key);
            }
            Update::Changed(_) | Update::Restored => {}
        }
    }

    pub(crate) fn hello(&self) -> Option<JsObject> {
        self.hello.borrow().clone()
    }

    pub(crate) fn identity_now(&self) -> Option<Rc<Identity>> {
        self.identity.borrow().clone()
    }

    pub(crate) fn set_source(&self, source: Source) {
        self.source.replace(source);
    }

    pub(crate) fn keep_request(&self, id: RequestId, letter: Letter) {
        self.letters.borrow_mut().insert(id, letter);
    }

    pub(crate) fn keep_entry(&self, key: Key, letter: Letter) {
        self.entries.borrow_mut().insert(key, letter);
    }

    pub(crate) fn entry(&self, key: &Key) -> Option<Letter> {
        self.entries.borrow().get(key).cloned()
    }

    pub(crate) fn drop_entry(&self, key: &Key) {
        self.entries.borrow_mut().remove(key);
    }

    pub(crate) fn listen(&self, name: &str, on: bool) {
        self.frames.listen(name, on);
    }

    pub(crate) fn kind(&self, name: &str) -> EventKind {
        EventKind(self.frames.kind(name))
    }

    /// The end: nothing wakes this driver again.
    pub(crate) fn shut_down(self: &Rc<Self>) {
        self.stop();
        self.hub.close();
    }

    pub(crate) fn status(&self) -> Status {
        self.look(Engine::status)
    }
}
