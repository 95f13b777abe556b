//! One session's chat for the npm package: the same fold as the page's, over
//! messages as the gateway sent them.

use std::cell::RefCell;
use std::rc::Rc;

use clawline_core::chat::{Chat, Item, Place, Retrying, Role, Run, RunEnd, Shown};
use clawline_core::engine::Status;
use clawline_core::wire::{EventKind, GatewayError, Object as _, RunState};
use clawline_core::{Progress, RequestError as Unanswered};
use futures_core::Stream;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::convert::error;
use crate::chat::session::{Asked, Line, Session};
use crate::driver::Driver;
use crate::error::RequestError;
use crate::host::spawn_local;
use crate::object::{JsObject, plain, word};

/// See `pkg/lib/chat.js`, which tells it of events and asks for it.
#[wasm_bindgen]
pub struct RawChat {
    session: Rc<Session<JsValue>>,
    drawn: RefCell<Vec<Drawn>>,
}

/// A row as it was shown last: what has not changed is the same object again.
struct Drawn {
    place: Place,
    message: JsValue,
    id: String,
    stopped: bool,
    item: JsValue,
}

/// Requests of a chat go through the façade, as the app's do.
struct Facade {
    driver: Rc<Driver>,
    ask: Function,
}

impl Line for Facade {
    fn status(&self) -> Status {
        self.driver.status()
    }

    fn hello(&self) -> Option<JsObject> {
        self.driver.hello()
    }

    fn ask(&self, method: &'static str, params: JsValue) -> Asked {
        let asked = self.ask.call2(&JsValue::NULL, &method.into(), &params);
        Box::pin(async move {
            let answer = Promise::resolve(&asked.map_err(|why| failure(&why))?);
            JsFuture::from(answer).await.map_err(|why| failure(&why))
        })
    }
}

/// A `GatewayError` of the façade, as far as a chat must understand it.
fn failure(why: &JsValue) -> RequestError {
    let why = JsObject(why.clone());
    if let Some(refused) = why.child("gateway") {
        return RequestError::Refused(GatewayError::read(&refused));
    }
    let progress = if why.flag("sent") == Some(true) {
        Progress::Sent
    } else {
        Progress::Unsent
    };
    let code = why.text("code").unwrap_or_default();
    RequestError::Unanswered(match &*code {
        "timeout" => Unanswered::Timeout(progress),
        "interrupted" => Unanswered::Interrupted(progress),
        // The façade knows of itself what the gateway would refuse.
        "MISSING_SCOPE" => {
            return RequestError::MissingScope(why.text("message").unwrap_or_default());
        }
        _ => Unanswered::NotConnected,
    })
}

impl RawChat {
    pub(super) fn open(
        driver: &Rc<Driver>,
        session: Option<String>,
        ask: Function,
        changed: Function,
    ) -> Self {
        let driver = Rc::clone(driver);
        let session = Session::open(Box::new(Facade { driver, ask }), session, JsValue::clone);
        let mut changes = session.changes();
        spawn_local(async move {
            let mut changes = std::pin::Pin::new(&mut changes);
            while std::future::poll_fn(|context| changes.as_mut().poll_next(context))
                .await
                .is_some()
            {
                let _ = changed.call0(&JsValue::NULL);
            }
        });
        Self {
            session,
            drawn: RefCell::default(),
        }
    }

    fn items(&self, fold: &Chat<JsValue>) -> Array {
        let mut before = self.drawn.take().into_iter().peekable();
        let mut drawn = Vec::with_capacity(before.len());
        let items = Array::new();
        for item in fold.items() {
            match item {
                Item::Row(shown) => {
                    while before.next_if(|old| old.place < shown.place).is_some() {}
                    let same = before
                        .next_if(|old| old.shows(&shown))
                        .unwrap_or_else(|| Drawn::new(&shown));
                    items.push(&same.item);
                    drawn.push(same);
                }
                Item::Live(run) => {
                    items.push(&live(run));
                }
            }
        }
        self.drawn.replace(drawn);
        items
    }
}

#[wasm_bindgen]
impl RawChat {
    /// A new connection: everything is asked for again.
    pub fn resume(&self) {
        self.session.resume();
    }

    /// Events were lost.
    pub fn refresh(&self) {
        self.session.refresh();
    }

    /// An event of those that a chat listens to.
    pub fn event(&self, name: &str, payload: JsValue) {
        if let Some(kind) = EventKind::fixed(name) {
            self.session.take_frame(kind, payload);
        }
    }

    /// What to show: see `ChatState` in `index.d.ts`.
    pub fn state(&self) -> JsValue {
        let chat = &self.session;
        let (items, running, older) = chat.read(|fold| {
            let items = self.items(fold);
            let running: Array = fold
                .active_runs()
                .map(|run| JsValue::from_str(&run.id))
                .collect();
            (items, running, fold.older().is_some())
        });
        plain(&[
            ("sessionKey", chat.key().into()),
            ("loaded", chat.is_loaded().into()),
            ("items", items.into()),
            ("runs", running.into()),
            ("hasOlder", older.into()),
            (
                "error",
                chat.error().map_or(JsValue::UNDEFINED, |why| error(&why)),
            ),
        ])
    }

    /// Stops the runs under way.
    pub fn stop(&self) -> Promise {
        let chat = Rc::clone(&self.session);
        future_to_promise(async move {
            let stopped = chat.stop().await;
            stopped
                .map(|()| JsValue::UNDEFINED)
                .map_err(|why| error(&why))
        })
    }

    /// Loads the next older page; whether there was one.
    pub fn older(&self) -> Promise {
        let chat = Rc::clone(&self.session);
        future_to_promise(async move {
            let loaded = chat.load_older().await;
            loaded.map(JsValue::from_bool).map_err(|why| error(&why))
        })
    }
}

/// The name of an item: a row that stands for a run keeps the run's.
fn id(shown: &Shown<'_, JsValue>) -> String {
    let (seq, part) = shown.place;
    shown
        .stands_for
        .map_or_else(|| format!("{seq}.{part}"), str::to_owned)
}

impl Drawn {
    fn new(shown: &Shown<'_, JsValue>) -> Self {
        let id = id(shown);
        let facts = &shown.row.facts;
        let message = shown.row.payload.clone();
        let mut members = vec![
            ("type", word("message")),
            ("id", id.as_str().into()),
            ("role", word(role(facts.role))),
            ("message", message.clone()),
            ("key", facts.key.clone().into()),
            ("runId", facts.run.clone().into()),
            ("atMs", facts.at_ms.map(|at| at as f64).into()),
        ];
        let stopped = shown.stopped;
        if stopped || facts.bare_end == Some(RunState::Aborted) {
            members.push(("ended", word("aborted")));
        }
        Self {
            place: shown.place,
            message,
            id,
            stopped,
            item: plain(&members),
        }
    }

    /// It is this very row as it was.
    fn shows(&self, shown: &Shown<'_, JsValue>) -> bool {
        self.place == shown.place
            && self.message == shown.row.payload
            && self.stopped == shown.stopped
            && self.id == id(shown)
    }
}

fn live(run: &Run<JsValue>) -> JsValue {
    let mut members = vec![
        ("type", word("run")),
        ("id", run.id.as_str().into()),
        ("role", word(role(Role::Assistant))),
        ("runId", run.id.as_str().into()),
        ("message", run.live.clone().into()),
    ];
    if let Some(retrying) = &run.retrying {
        members.push(("retrying", again(retrying)));
    }
    if let Some(RunEnd { state, error }) = &run.end {
        let state = match state {
            RunState::Aborted => "aborted",
            RunState::Error => "error",
            _ => "final",
        };
        members.push(("ended", word(state)));
        members.push(("error", error.clone().into()));
    }
    plain(&members)
}

fn again(retrying: &Retrying) -> JsValue {
    let number = |number: Option<u64>| number.map(|number| number as f64).into();
    plain(&[
        ("attempt", number(retrying.attempt)),
        ("of", number(retrying.of)),
        ("message", retrying.message.clone().into()),
        ("delayMs", number(retrying.delay_ms)),
    ])
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
        Role::Notice => "notice",
    }
}
