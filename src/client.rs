//! The client, as Rust programs use it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use clawline_core::engine::{NewRequest, Status};
use clawline_core::wire::{EventKind, GatewayError, Object as _};
use clawline_core::{Answers, Engine, Entry, Instant, Key, Metrics, RequestId, Table};
use futures_channel::oneshot;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::driver::{Driver, Outlet};
use crate::error::{RequestError, SendError};
use crate::host;
use crate::hub::Subscription;
use crate::identity::Notice;
use crate::letter::{Letter, request_json};
use crate::object::JsObject;
use crate::options::{Options, Source};

/// How long a request may take, unless its maker says otherwise.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(30);

/// How a request is made.
pub struct RequestOptions {
    /// Until when the first answer must have come; `None` waits for ever. 30 s
    /// by default.
    pub deadline: Option<Duration>,
    /// How long the last of two answers may take after the first; `None`, the
    /// default, waits for ever: an agent may work for hours.
    pub final_deadline: Option<Duration>,
    /// Wait for the second answer of a method that has two (`agent`).
    pub expect_final: bool,
    /// It only reads: when the connection is lost it is asked again by itself,
    /// within its deadline.
    pub idempotent: bool,
    /// Called with the payload of the first of two answers.
    pub on_accepted: Option<Box<dyn FnOnce(JsValue)>>,
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            deadline: Some(REQUEST_DEADLINE),
            final_deadline: None,
            expect_final: false,
            idempotent: false,
            on_accepted: None,
        }
    }
}

struct Waiting {
    tell: oneshot::Sender<Result<JsValue, RequestError>>,
    on_accepted: Option<Box<dyn FnOnce(JsValue)>>,
}

type WaitingRequests = Rc<RefCell<Table<RequestId, Waiting>>>;

/// A client of one gateway. Cheap to clone; the clones share one connection.
/// It ends when the last one is dropped, or by [`Client::close`].
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    driver: Rc<Driver>,
    waiting: WaitingRequests,
    listened: RefCell<Table<EventKind, ()>>,
    _deliver: Closure<dyn Fn(u16, JsValue)>,
    _settle: Closure<dyn Fn(u32, JsValue, bool)>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.driver.shut_down();
    }
}

impl Client {
    /// A client that waits for [`Client::connect`].
    #[must_use]
    pub fn new(options: Options) -> Self {
        let waiting = WaitingRequests::default();
        let driver_slot: Rc<RefCell<Weak<Driver>>> = Rc::default();
        let deliver = {
            let driver = Rc::clone(&driver_slot);
            Closure::<dyn Fn(u16, JsValue)>::new(move |kind, frame: JsValue| {
                if let Some(driver) = driver.borrow().upgrade() {
                    driver
                        .hub
                        .deliver(EventKind(kind), &JsObject(frame).get("payload"));
                }
            })
        };
        let settle = {
            let waiting = Rc::clone(&waiting);
            Closure::<dyn Fn(u32, JsValue, bool)>::new(move |id, frame, accepted| {
                settle(&waiting, RequestId(id), &JsObject(frame), accepted);
            })
        };
        let failing = Rc::clone(&waiting);
        let driver = Driver::new(options, |_| Outlet {
            deliver: function(deliver.as_ref()),
            settle: function(settle.as_ref()),
            notify: Box::new(|_| {}),
            fail: Box::new(move |id, error| {
                let waiting = failing.borrow_mut().remove(&id);
                if let Some(waiting) = waiting {
                    let _ = waiting.tell.send(Err(error));
                }
            }),
        });
        *driver_slot.borrow_mut() = Rc::downgrade(&driver);
        let listened = RefCell::default();
        Self(Rc::new(Inner {
            driver,
            waiting,
            listened,
            _deliver: deliver,
            _settle: settle,
        }))
    }

    pub(crate) fn driver(&self) -> &Rc<Driver> {
        &self.0.driver
    }

    /// Connects, now: from idle, a wait, a pause, or after [`Client::close`].
    pub fn connect(&self) {
        self.0.driver.start();
    }

    /// Connects to another place, or with other credentials, from now on.
    pub fn connect_to(&self, source: impl Into<Source>) {
        self.close();
        self.0.driver.set_source(source.into());
        self.connect();
    }

    /// Ends the connection. Messages of the outbox stay for the next one.
    pub fn close(&self) {
        self.0.driver.stop();
    }

    /// Ends the connection and deletes this device's key and its tokens: the
    /// next connection is another device's, to be approved anew.
    ///
    /// # Errors
    /// In words, when the browser cannot delete them.
    pub async fn forget_device(&self) -> Result<(), String> {
        self.0.driver.forget_device().await
    }

    /// Where the connection stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.driver.status()
    }

    /// The payload of the last `hello-ok`, its snapshot kept fresh.
    #[must_use]
    pub fn hello(&self) -> Option<JsValue> {
        self.0.driver.hello().map(|hello| hello.0)
    }

    /// The canonical key of the gateway's main session, once it is known: a hello
    /// tells it, also of an earlier visit.
    #[must_use]
    pub fn main_session(&self) -> Option<String> {
        self.0.driver.main_session()
    }

    /// The id of this device, once its key is loaded.
    #[must_use]
    pub fn device_id(&self) -> Option<String> {
        self.0
            .driver
            .identity_now()
            .map(|identity| identity.key.id.clone())
    }

    /// What a person should know about this device, once its key is loaded.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.0
            .driver
            .identity_now()
            .map(|identity| identity.notices.clone())
            .unwrap_or_default()
    }

    /// What happened so far, in numbers.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.0.driver.look(Engine::metrics)
    }

    /// Whether what is in the outbox outlives the page. False before the first
    /// attempt to connect.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        self.0.driver.durable.get()
    }

    /// The client's clock, on which [`Status::Waiting`] counts.
    #[must_use]
    pub fn now(&self) -> Instant {
        host::now()
    }

    /// The number of an event's name, to compare with.
    #[must_use]
    pub fn kind(&self, name: &str) -> EventKind {
        self.0.driver.kind(name)
    }

    /// Events of the client, and those of the gateway with one of these names.
    /// An event that nobody asks for is not even parsed.
    #[must_use]
    pub fn subscribe(&self, names: &[&str]) -> Subscription {
        let kinds: Vec<EventKind> = names.iter().map(|name| self.kind(name)).collect();
        for (name, kind) in names.iter().zip(&kinds) {
            if self.0.listened.borrow_mut().insert(*kind, ()).is_none() {
                self.0.driver.listen(name, true);
            }
        }
        self.0.driver.hub.subscribe(kinds)
    }

    /// Makes a request and waits for its payload. Dropping the future gives
    /// the request up.
    ///
    /// # Errors
    /// See [`RequestError`]; [`RequestError::was_sent`] tells whether it may
    /// have run.
    pub async fn request(
        &self,
        method: &str,
        params: &JsValue,
        options: RequestOptions,
    ) -> Result<JsValue, RequestError> {
        let letter = Letter {
            method: method.into(),
            params: request_json(&method.into(), params)?,
        };
        let (tell, told) = oneshot::channel();
        let waiting = Waiting {
            tell,
            on_accepted: options.on_accepted,
        };
        let answers = if options.expect_final {
            Answers::Final
        } else {
            Answers::First
        };
        let new = NewRequest {
            answers,
            deadline: options.deadline,
            final_deadline: options.final_deadline,
            idempotent: options.idempotent,
        };
        let id = self.0.driver.request(letter, new, |id| {
            self.0.waiting.borrow_mut().insert(id, waiting);
        })?;
        let given_up = GivenUp { client: self, id };
        let result = told.await;
        drop(given_up);
        result.unwrap_or(Err(RequestError::Unanswered(
            clawline_core::RequestError::NotConnected,
        )))
    }

    /// Puts a message into the outbox and says under which key. It leaves when
    /// it can, in the order of its session; `None` is the main one.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn send(&self, session: Option<&str>, text: &str) -> Result<Key, SendError> {
        self.send_with(session, text, &SendOptions::default())
    }

    /// The same, with files or a time to live.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn send_with(
        &self,
        session: Option<&str>,
        text: &str,
        options: &SendOptions,
    ) -> Result<Key, SendError> {
        let files: js_sys::Array = options.files.iter().collect();
        self.0
            .driver
            .send_message(Key::new(host::uuid()), session, text, &files, options.ttl)
    }

    /// Puts a request into the outbox whose method takes an idempotency key. It
    /// is done when it is answered.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn enqueue(&self, method: &str, params: &JsValue) -> Result<Key, SendError> {
        self.0.driver.enqueue_request(method, params, None)
    }

    /// Resolves when an entry is stored, in every phase of the client: the next
    /// page finds it. False when this browser does not keep it, and it lives as
    /// long as the page.
    pub async fn stored(&self, key: &Key) -> bool {
        let stored = JsFuture::from(self.0.driver.stored(key)).await;
        stored.is_ok_and(|stored| stored.is_truthy())
    }

    /// The messages on their way, of this tab and of those that share its
    /// outbox.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.0.driver.entries()
    }

    /// The text of a message on its way.
    #[must_use]
    pub fn entry_text(&self, key: &Key) -> Option<String> {
        self.0.driver.entry_text(key)
    }

    /// Takes a message back that is not under way. False when it is. In a tab
    /// that follows another one, true means that it was asked for.
    pub fn cancel(&self, key: &Key) -> bool {
        self.0.driver.remove(key)
    }

    /// Follows a message no longer, whatever has become of it: one that is under
    /// way may arrive, or have arrived. False when it is not known.
    pub fn dismiss(&self, key: &Key) -> bool {
        self.0.driver.dismiss(key)
    }

    /// Sends a parked or unconfirmed message again, in its place, and answers
    /// its new key; `None` when it is neither.
    pub fn resend(&self, key: &Key) -> Option<Key> {
        self.0.driver.resend(key)
    }

    /// Changes the words of a message that is not under way, and answers its
    /// key: a new one when it was parked or unconfirmed, and goes out anew.
    /// `None` when it is under way. In a tab that follows another one, a key
    /// means that it was asked for: what leaves at that moment leaves as it was.
    ///
    /// # Errors
    /// See [`SendError`]; nothing changed then.
    pub fn edit(&self, key: &Key, text: &str) -> Result<Option<Key>, SendError> {
        self.0.driver.edit(key, text)
    }
}

/// What else a message has.
#[derive(Debug, Clone, Default)]
pub struct SendOptions {
    /// `File`s, or objects `{name, blob}`.
    pub files: Vec<JsValue>,
    /// How long it may wait before it leaves; `None` waits for ever.
    pub ttl: Option<Duration>,
}

/// Cancels the request when its future is dropped before the answer.
struct GivenUp<'a> {
    client: &'a Client,
    id: RequestId,
}

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        let waits = self
            .client
            .0
            .waiting
            .borrow_mut()
            .remove(&self.id)
            .is_some();
        if waits {
            self.client
                .0
                .driver
                .with(|engine, _| engine.cancel(self.id));
        }
    }
}

fn settle(waiting: &WaitingRequests, id: RequestId, frame: &JsObject, accepted: bool) {
    if accepted {
        let tell = waiting
            .borrow_mut()
            .get_mut(&id)
            .and_then(|one| one.on_accepted.take());
        if let Some(tell) = tell {
            tell(frame.get("payload"));
        }
        return;
    }
    let Some(one) = waiting.borrow_mut().remove(&id) else {
        return;
    };
    let result = if frame.flag("ok") == Some(true) {
        Ok(frame.get("payload"))
    } else {
        let error = frame.child("error").map(|error| GatewayError::read(&error));
        Err(RequestError::Refused(error.unwrap_or_default()))
    };
    let _ = one.tell.send(result);
}

fn function(closure: &JsValue) -> Function {
    closure.clone().unchecked_into()
}
