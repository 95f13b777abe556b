//! The driver: the only owner of the engine in the browser.
//!
//! Feed, then perform what comes out, one output at a time. The engine is
//! borrowed only while it is fed or asked; whatever calls back into JavaScript
//! runs with no borrow held.

mod alone;
mod ended;
mod files;
mod following;
mod inwards;
mod keeping;
mod leading;
mod life;
mod older;
mod outbox;
mod outwards;
mod part;
mod payloads;
mod place;
mod scopes;
mod seat;
mod subscriptions;
mod transcripts;
mod unconnected;
mod unstored;
mod wishes;

pub(crate) use inwards::Gate;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::time::Duration;

use clawline_core::engine::{
    self, Engine, Generation, Input, Introduction, NewRequest, Output, Status, Verdict,
};
use clawline_core::wire::EventKind;
use clawline_core::{Bounds, DeviceToken, GatewayId, Instant, Key, RequestId, Table, Update};
use js_sys::{Function, Map};
use wasm_bindgen::prelude::*;

use crate::error::RequestError;
use crate::frames::Frames;
use crate::host::{Timer, now, seed, uuid};
use crate::hub::{Event, Hub};
use crate::identity::{GetEd25519, Identity, Notice};
use crate::letter::Letter;
use crate::listener::Listener;
use crate::object::JsObject;
use crate::options::{Options, Source};
use crate::socket::Socket;
use ended::Ended;
use following::Mirror;
use leading::{Errand, Guest};
use seat::{Seat, Turn};
use subscriptions::{SCOPED_EVENTS, Subscriptions};
use unstored::Unstored;
use wishes::Wish;

/// While a page is seen, its clocks are compared this often: a machine that
/// slept is noticed without any event.
const CLOCK_LOOK: Duration = Duration::from_secs(5);

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
    /// What `frames` was told last of [`Engine::lets_pass`].
    passes: Cell<bool>,
    /// The verdict of the last glance, for the frame that is taken next.
    seen: Cell<Option<(Verdict, EventKind)>>,
    socket: RefCell<Option<Open>>,
    introduction: RefCell<Option<Introduction>>,
    /// The gateway that this client is for, once the app has named it.
    gateway: RefCell<Option<GatewayId>>,
    /// As the app gave its address last.
    address: RefCell<String>,
    /// Outboxes of this gateway that earlier versions have named otherwise.
    older: RefCell<Vec<String>>,
    /// Its main session, as an earlier visit knew it.
    remembered_main: RefCell<Option<String>>,
    /// Counts the attempts, and says which one's answer counts.
    asked: Cell<u32>,
    answered: Cell<u32>,
    /// Entries that are to be ended in a store that this tab does not lead.
    to_end: RefCell<Vec<Key>>,
    /// It looks for a store without a connection.
    keeps_unconnected: Cell<bool>,
    identity: RefCell<Option<Rc<Identity>>>,
    letters: RefCell<Table<RequestId, (Letter, NewRequest)>>,
    /// Payloads of the outbox by key.
    payloads: Map,
    /// Entries whose payload is newer than the one in the store.
    edited: RefCell<Table<Key, ()>>,
    hello: RefCell<Option<JsObject>>,
    pub(crate) hub: Hub,
    source: RefCell<Source>,
    /// The database of the device; the outboxes' names begin with it.
    device: String,
    /// Gets what makes the device's key where the browser cannot.
    ed25519: GetEd25519,
    role: String,
    bounds: Bounds,
    /// What this tab's app asks for, which is all that it may use.
    scopes: Vec<String>,
    /// What the gateway granted to the tabs of this connection.
    granted: RefCell<Vec<String>>,
    /// What this tab is called by others.
    tab: String,
    /// It may share a connection with other tabs.
    shares: bool,
    seat: RefCell<Option<Seat>>,
    /// It is on its way to a seat.
    moving: Cell<bool>,
    /// It leaves its seat as soon as all is stored.
    leaving: Cell<bool>,
    has_lock: Cell<bool>,
    /// Where there are no locks: this tab's own parts, by outbox.
    parts: RefCell<Table<String, String>>,
    /// It finds out whether it has something better to sign in with.
    tries_itself: Cell<bool>,
    /// It has led since the app wanted a connection last.
    has_led: Cell<bool>,
    /// Stands for what it signs in with, and does not tell it.
    fingerprint: RefCell<String>,
    /// Counts what makes older steps towards a seat void.
    turn: Cell<u32>,
    guests: RefCell<Vec<Guest>>,
    /// The turn in which it told the other tabs that it leads.
    invited: Cell<Option<Turn>>,
    /// What a person wants of entries that the tab that leads has not confirmed.
    wishes: RefCell<Vec<Wish>>,
    /// What was taken back here, and may still stand in the store.
    taken_back: RefCell<Vec<Key>>,
    /// When the tab that leads began to, by the wall clock (Unix ms): a later
    /// one is believed, an earlier one is not.
    term: Cell<f64>,
    /// The tab that leads, when this one follows and has heard of it.
    leader: RefCell<Option<String>>,
    /// Requests made for other tabs.
    remote: RefCell<Table<RequestId, Errand>>,
    mirror: RefCell<Mirror>,
    /// The events that this tab's app listens to.
    names: RefCell<Vec<String>>,
    /// Which tab wants the events of which sessions.
    subscriptions: RefCell<Subscriptions>,
    /// The gateway is asked to send the events of those sessions only.
    is_scoped: bool,
    /// What ended lately, for tabs that were not there to hear it.
    ended: RefCell<VecDeque<Ended>>,
    /// Who waits until an entry is stored.
    unstored: Unstored,
    announced: RefCell<Vec<Notice>>,
    /// What is in the outbox outlives the page.
    pub(crate) durable: Cell<bool>,
    asked_to_persist: Cell<bool>,
    visible: Cell<bool>,
    /// What the socket had not passed on when the timer last fired.
    unsent: Cell<u32>,
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
            store: device,
            tabs,
            ed25519,
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
                scopes: config.profile.scopes.clone(),
                granted: RefCell::default(),
                bounds: config.bounds,
                is_scoped: config.profile.caps.iter().any(|cap| cap == SCOPED_EVENTS),
                engine: RefCell::new(Engine::new(config, seed())),
                running: Cell::new(false),
                passes: Cell::new(false),
                seen: Cell::new(None),
                socket: RefCell::default(),
                introduction: RefCell::default(),
                gateway: RefCell::default(),
                address: RefCell::default(),
                older: RefCell::default(),
                remembered_main: RefCell::default(),
                asked: Cell::default(),
                answered: Cell::default(),
                to_end: RefCell::default(),
                keeps_unconnected: Cell::default(),
                identity: RefCell::default(),
                letters: RefCell::default(),
                payloads: Map::new(),
                edited: RefCell::default(),
                hello: RefCell::default(),
                hub: Hub::default(),
                source: RefCell::new(source),
                device,
                ed25519,
                tab: uuid(),
                shares: tabs,
                seat: RefCell::default(),
                moving: Cell::default(),
                leaving: Cell::default(),
                has_lock: Cell::default(),
                parts: RefCell::default(),
                tries_itself: Cell::default(),
                has_led: Cell::default(),
                fingerprint: RefCell::default(),
                turn: Cell::default(),
                guests: RefCell::default(),
                invited: Cell::default(),
                wishes: RefCell::default(),
                taken_back: RefCell::default(),
                term: Cell::default(),
                leader: RefCell::default(),
                remote: RefCell::default(),
                mirror: RefCell::default(),
                names: RefCell::default(),
                subscriptions: RefCell::default(),
                ended: RefCell::default(),
                unstored: Unstored::default(),
                announced: RefCell::default(),
                durable: Cell::default(),
                asked_to_persist: Cell::default(),
                visible: Cell::new(true),
                unsent: Cell::default(),
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
                    driver.woke();
                }
            })
        });
        driver
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
        let passes = engine.lets_pass()
            && !self.has_listening_guests()
            && !self.subscriptions.borrow().is_shared();
        if self.passes.replace(passes) != passes {
            self.frames.let_pass(passes);
        }
        let mut deadline = engine.deadline().map(|(at, _)| at);
        // Asked only when it is to be set: the clock is dear here.
        let is_armed = self.timer.get().is_some_and(Timer::is_armed);
        if !is_armed && self.visible.get() && engine.status() == Status::Ready {
            deadline = deadline.min(Some(now() + CLOCK_LOOK));
        }
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
            Output::Store(batch) => self.keep(batch),
            Output::Ping(_) => self.post("", "ping", &[]),
            Output::Depose => self.depose(),
            Output::Event(event) => self.tell(event),
        }
    }

    fn tell(self: &Rc<Self>, event: engine::Event) {
        let event = match event {
            engine::Event::Failed(id, error) => {
                let was_asked = self.forget_request(id);
                if was_asked && error.is_from_here() && self.look(Engine::is_following) {
                    self.tell_leader("cancel", &[("id", id.0.into())]);
                }
                return self.fail(id, RequestError::Unanswered(error));
            }
            engine::Event::Status(status) => Event::Status(status),
            engine::Event::Gap { .. } => Event::Gap,
            engine::Event::Outbox(Update::Stored { key, is_kept }) => {
                return self.tell_stored(&key, is_kept);
            }
            engine::Event::Outbox(update) => {
                self.keep_payloads(&update);
                self.note_end(&update);
                Event::Outbox(update)
            }
            _ => return,
        };
        self.announce(&event);
    }

    fn announce(&self, event: &Event) {
        self.tell_guests(event);
        self.hub.tell(event);
        (self.outlet.notify)(event);
    }

    /// A request ended without an answer.
    fn fail(&self, id: RequestId, why: RequestError) {
        self.subscriptions.borrow_mut().remove(id);
        if !self.fail_errand(id, &why) {
            (self.outlet.fail)(id, why);
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
        self.engine.borrow_mut().part_with_store();
        self.gateway.replace(None);
        // What the one before is asked now no longer counts.
        self.answered.set(self.asked.get());
        self.has_led.set(false);
    }

    /// Makes a request; the engine answers its id.
    pub(crate) fn request(
        self: &Rc<Self>,
        letter: Letter,
        new: NewRequest,
        made: impl FnOnce(RequestId),
    ) -> Result<RequestId, RequestError> {
        self.with(|engine, now| {
            let id = engine.request(now, new)?;
            // Before the output is performed that needs them.
            self.letters.borrow_mut().insert(id, (letter, new));
            made(id);
            Ok(id)
        })
        .map_err(RequestError::Unanswered)
    }

    /// A request is over: it was kept to be sent again.
    fn forget_request(&self, id: RequestId) -> bool {
        self.letters.borrow_mut().remove(&id).is_some()
    }

    /// This tab's app begins, or stopped, to listen to an event.
    pub(crate) fn listen(self: &Rc<Self>, name: &str, on: bool) {
        {
            let mut names = self.names.borrow_mut();
            names.retain(|known| known != name);
            if on {
                names.push(name.to_owned());
            }
        }
        if on {
            self.listen_again(name);
        } else {
            self.listen_less(self.kind(name));
        }
        if self.look(Engine::is_following) {
            self.tell_leader("listen", &[("name", name.into()), ("on", on.into())]);
        }
    }

    fn listen_again(&self, name: &str) {
        self.frames.listen(name);
    }

    /// Nobody may listen to an event any more.
    fn listen_less(&self, kind: EventKind) {
        let mine = self
            .names
            .borrow()
            .iter()
            .any(|name| self.kind(name) == kind);
        if !mine && !self.guests_listen(kind) {
            self.frames.ignore(kind.0);
        }
    }

    pub(crate) fn kind(&self, name: &str) -> EventKind {
        EventKind(self.frames.kind(name))
    }

    /// Shows each frame of this tab's socket to a JavaScript function, or no
    /// longer.
    #[cfg(feature = "js")]
    pub(crate) fn tap(&self, tap: &JsValue) {
        self.frames.watch(tap);
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
