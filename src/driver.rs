//! The driver: the only owner of the engine in the browser.
//!
//! Feed, drain, perform. The engine is borrowed only while it is fed and
//! drained; whatever calls back into JavaScript runs afterwards, and commands
//! that come from there join the queue of the loop that is running.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use clawline_core::engine::{
    self, Close, Engine, Facts, Generation, Glance, Input, Introduction, Outgoing, Output, Status,
    Verdict,
};
use clawline_core::wire::{EventKind, read_answer, read_event};
use clawline_core::{Credentials, DeviceToken, Instant, Key, RequestId, Secret, Update};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::error::RequestError;
use crate::frames::{self, Frames, GlanceFn, Seen, TakeFn, compose, compose_entry, fits};
use crate::host::{Timer, instant, now, seed};
use crate::hub::{Event, Hub};
use crate::identity::Identity;
use crate::letter::Letter;
use crate::lifecycle;
use crate::listener::Listener;
use crate::object::JsObject;
use crate::options::{Options, Source, Target};
use crate::socket::{Socket, SocketEvent};

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
    todo: RefCell<VecDeque<Output>>,
    running: Cell<bool>,
    /// The verdict of the last glance, for the frame that is taken next.
    seen: Cell<Option<(Verdict, EventKind)>>,
    socket: RefCell<Option<Open>>,
    introduction: RefCell<Option<Introduction>>,
    gateway: RefCell<String>,
    identity: RefCell<Option<Rc<Identity>>>,
    letters: RefCell<BTreeMap<RequestId, Letter>>,
    entries: RefCell<BTreeMap<Key, Letter>>,
    hello: RefCell<Option<JsObject>>,
    pub(crate) hub: Hub,
    source: RefCell<Source>,
    store: String,
    role: String,
    outlet: Outlet,
    frames: Frames,
    timer: OnceCell<Timer>,
    _glance: Closure<GlanceFn>,
    _take: Closure<TakeFn>,
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
            let glance = {
                let driver = weak.clone();
                Closure::<GlanceFn>::new(move |generation, shape, number, seq, at| {
                    let driver = driver.upgrade();
                    driver.map_or(Seen::Drop, |d| d.glance(generation, shape, number, seq, at))
                        as u32
                })
            };
            let take = {
                let driver = weak.clone();
                Closure::<TakeFn>::new(move |generation, frame| {
                    if let Some(driver) = driver.upgrade() {
                        driver.take(Generation(generation), JsObject(frame));
                    }
                })
            };
            let names = EventKind::NAMES
                .iter()
                .map(|name| JsValue::from_str(name))
                .collect();
            Self {
                frames: Frames::new(names, &glance, &take, &outlet.deliver, &outlet.settle),
                role: config.profile.role.clone(),
                engine: RefCell::new(Engine::new(config, seed())),
                todo: RefCell::default(),
                running: Cell::new(false),
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
                _glance: glance,
                _take: take,
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
                    driver.input(Input::Woke);
                }
            })
        });
        let weak = Rc::downgrade(&driver);
        *driver.lifecycle.borrow_mut() = lifecycle::listen(move |network| {
            if let Some(driver) = weak.upgrade() {
                driver.input(Input::Network(network));
            }
        });
        driver
    }

    /// Feeds the engine, drains it, and performs what came out.
    pub(crate) fn with<R>(self: &Rc<Self>, feed: impl FnOnce(&mut Engine, Instant) -> R) -> R {
        let result = {
            let mut engine = self.engine.borrow_mut();
            let result = feed(&mut engine, now());
            self.drain(&mut engine);
            result
        };
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

    fn drain(&self, engine: &mut Engine) {
        let mut todo = self.todo.borrow_mut();
        while let Some(output) = engine.poll_output() {
            todo.push_back(output);
        }
    }

    fn run(self: &Rc<Self>) {
        if self.running.replace(true) {
            return;
        }
        loop {
            let Some(output) = self.todo.borrow_mut().pop_front() else {
                break;
            };
            self.perform(output);
        }
        self.running.set(false);
        let deadline = self.engine.borrow().deadline().map(|(at, _)| at);
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
            Update::Changed(_) => {}
        }
    }

    // Outwards

    fn connect(self: &Rc<Self>, generation: Generation) {
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

    fn sign(self: &Rc<Self>, generation: Generation, text: Secret) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let signature = match driver.identity().await {
                Some(identity) => identity.sign(text.expose()).await,
                None => Err("there is no key".to_owned()),
            };
            driver.input(Input::Signed(generation, signature));
        });
    }

    fn with_identity<F: Future<Output = ()> + 'static>(
        &self,
        act: impl FnOnce(Rc<Identity>, String) -> F + 'static,
    ) {
        let identity = self.identity.borrow().clone();
        if let Some(identity) = identity {
            spawn_local(act(identity, self.gateway.borrow().clone()));
        }
    }

    fn transmit(self: &Rc<Self>, generation: Generation, outgoing: Outgoing) {
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
                let text = compose(id.0, &letter.method, &letter.params);
                let limit = self.look(Engine::policy).max_payload;
                if fits(&text, limit as f64) {
                    self.send(generation, &text);
                } else {
                    self.with(|engine, _| engine.forget(id));
                    (self.outlet.fail)(id, RequestError::TooLarge { limit });
                }
            }
            Outgoing::Entry { id, key, session } => {
                let Some(letter) = self.entries.borrow().get(&key).cloned() else {
                    return;
                };
                let text =
                    compose_entry(id.0, &letter.method, &letter.params, &session, key.as_str());
                self.send(generation, &text);
            }
        }
    }

    fn open_socket(&self, generation: Generation) -> std::cell::Ref<'_, Option<Open>> {
        let open = self.socket.borrow();
        match &*open {
            Some(socket) if socket.generation == generation => open,
            _ => std::cell::Ref::map(open, |_| &None),
        }
    }

    fn send(&self, generation: Generation, text: &JsValue) {
        if let Some(open) = self.open_socket(generation).as_ref() {
            open.socket.send(text);
        }
    }

    // Inwards

    fn glance(
        self: &Rc<Self>,
        generation: u32,
        shape: u32,
        number: u32,
        seq: f64,
        at: f64,
    ) -> Seen {
        let kind = EventKind(u16::try_from(number).unwrap_or(u16::MAX));
        let glance = match shape {
            frames::EVENT => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "frames.js passes safe integers only, 0 for none"
                )]
                let seq = (seq > 0.0).then_some(seq as u64);
                Glance::Event { kind, seq }
            }
            frames::RESPONSE => Glance::Response {
                id: RequestId(number),
            },
            _ => Glance::Other,
        };
        let (verdict, said) = {
            let mut engine = self.engine.borrow_mut();
            let verdict = engine.glance(instant(at), Generation(generation), glance);
            let said = engine.poll_output();
            if let Some(output) = said {
                self.todo.borrow_mut().push_back(output);
                self.drain(&mut engine);
                (verdict, true)
            } else {
                (verdict, false)
            }
        };
        if said {
            self.run();
        }
        match verdict {
            Verdict::Drop => Seen::Drop,
            Verdict::Deliver => Seen::Deliver,
            Verdict::Settled(_) => Seen::Settle,
            _ => {
                self.seen.set(Some((verdict, kind)));
                Seen::Take
            }
        }
    }

    /// Reads the facts of a frame that the engine asked for, and does with the
    /// frame what the engine then says.
    fn take(self: &Rc<Self>, generation: Generation, frame: JsObject) {
        let Some((verdict, kind)) = self.seen.take() else {
            return;
        };
        let facts = match verdict {
            Verdict::ReadEvent => Facts::Event(read_event(kind, &frame)),
            Verdict::ReadAnswer(read) => {
                let Some(id) = answer_id(&frame) else { return };
                Facts::Answer(id, read_answer(read, &frame))
            }
            _ => return,
        };
        let verdict = {
            let mut engine = self.engine.borrow_mut();
            let verdict = engine.handle_frame(now(), generation, facts);
            self.drain(&mut engine);
            verdict
        };
        match verdict {
            Verdict::Deliver => {
                self.refresh_snapshot(kind, &frame);
                let _ = self
                    .outlet
                    .deliver
                    .call2(&JsValue::NULL, &kind.0.into(), &frame.0);
            }
            Verdict::Settled(id) => self.settle(id, &frame, false),
            Verdict::Accepted(id) => self.settle(id, &frame, true),
            // Before its status event is performed: who is told "ready" finds it.
            Verdict::Hello => drop(self.hello.replace(Some(JsObject(frame.get("payload"))))),
            _ => {}
        }
        self.run();
    }

    fn settle(&self, id: RequestId, frame: &JsObject, accepted: bool) {
        let accepted = JsValue::from_bool(accepted);
        let _ = self
            .outlet
            .settle
            .call3(&JsValue::NULL, &id.0.into(), &frame.0, &accepted);
    }

    /// Keeps `hello.snapshot` fresh.
    fn refresh_snapshot(&self, kind: EventKind, frame: &JsObject) {
        let snapshot = self.hello().map(|hello| hello.get("snapshot"));
        let Some(snapshot) = snapshot.filter(JsValue::is_object) else {
            return;
        };
        let payload = JsObject(frame.get("payload"));
        let (name, value) = match kind {
            EventKind::PRESENCE => ("presence", payload.get("presence")),
            EventKind::HEALTH => ("health", payload.0),
            _ => return,
        };
        for (name, value) in [(name, value), ("stateVersion", frame.get("stateVersion"))] {
            if !value.is_undefined() {
                let _ = js_sys::Reflect::set(&snapshot, &name.into(), &value);
            }
        }
    }

    // For the client

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
        self.with(|engine, _| engine.close());
        self.lifecycle.borrow_mut().clear();
        self.hub.close();
    }

    pub(crate) fn status(&self) -> Status {
        self.look(Engine::status)
    }
}

fn answer_id(frame: &JsObject) -> Option<RequestId> {
    use clawline_core::wire::Object as _;
    frame.text("id")?.parse().ok().map(RequestId)
}
