//! The bindings of the npm package: one small class behind `pkg/index.js`.
//!
//! Every method takes `&self`, returns quickly and calls JavaScript with no
//! borrow held. Promises, event targets and errors are made by the façade.

mod chat;
mod convert;
mod crash;

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::NewRequest;
use clawline_core::{Answers, Engine, Key, RequestId};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::driver::{Driver, Outlet};
use crate::error::{RequestError, SendError};
use crate::letter::{Letter, request_json};
use crate::options::{Options, Source};
use crate::plain;
use crate::socket::words;
use chat::RawChat;
use convert::{config, error, event, metrics, sign_in};

/// See `pkg/index.js`.
#[wasm_bindgen]
pub struct RawClient(Rc<Driver>);

#[wasm_bindgen]
impl RawClient {
    /// `ask("url")` answers (a promise of) the address, `ask("auth")` (a promise of)
    /// `{token, password, bootstrapToken}`;
    /// `deliver(kind, frame)` and `settle(id, frame, accepted)` get frames;
    /// `notify(type, detail)` gets everything else, and `fail(id, error)` the
    /// requests that end without an answer.
    #[wasm_bindgen(constructor)]
    pub fn new(
        options: &JsValue,
        ask: Function,
        deliver: Function,
        settle: Function,
        notify: Function,
        fail: Function,
    ) -> Self {
        let ask = move |what: &'static str| {
            let asked = ask.call1(&JsValue::NULL, &what.into());
            async move {
                let answer = Promise::resolve(&asked.map_err(|why| words(&why))?);
                JsFuture::from(answer).await.map_err(|why| words(&why))
            }
        };
        let ask_url = ask.clone();
        let source = Source::new(
            move || {
                let asked = ask_url("url");
                async move {
                    let url = asked.await?;
                    url.as_string()
                        .ok_or_else(|| "there is no `url`".to_owned())
                }
            },
            move || {
                let asked = ask("auth");
                async move { Ok(sign_in(&asked.await?)) }
            },
        );
        let mut made = Options::new(source);
        config(options, &mut made);
        let outlet = Outlet {
            deliver,
            settle,
            notify: Box::new(move |told| {
                if let Some((name, detail)) = event(told) {
                    let _ = notify.call2(&JsValue::NULL, &name.into(), &detail);
                }
            }),
            fail: Box::new(move |id, why| {
                let _ = fail.call2(&JsValue::NULL, &id.0.into(), &error(&why));
            }),
        };
        Self(Driver::new(made, |_| outlet))
    }

    /// Calls `crashed(place)` at a panic of any client, before the module
    /// traps. It must not call back in here.
    #[wasm_bindgen(js_name = onCrash)]
    pub fn on_crash(crashed: Function) {
        crash::tell(crashed);
    }

    /// Connects, now.
    pub fn connect(&self) {
        self.0.start();
    }

    /// Ends the connection.
    pub fn close(&self) {
        self.0.stop();
    }

    /// The payload of the last hello, or `undefined`.
    pub fn hello(&self) -> JsValue {
        self.0.hello().map_or(JsValue::UNDEFINED, |hello| hello.0)
    }

    /// What happened so far, in numbers.
    pub fn metrics(&self) -> JsValue {
        metrics(&self.0.look(Engine::metrics), self.0.durable.get())
    }

    /// Somebody begins, or everybody stopped, to listen to an event.
    pub fn listen(&self, name: &str, on: bool) {
        self.0.listen(name, on);
    }

    /// Makes a request and answers its id. `timeout` is for the first answer,
    /// `final_timeout` for the last of two after the first; both in
    /// milliseconds, `undefined` for none.
    ///
    /// # Errors
    /// `{code, message, sent, accepted}`
    pub fn request(
        &self,
        method: JsValue,
        params: &JsValue,
        expect_final: bool,
        timeout: Option<u32>,
        final_timeout: Option<u32>,
        idempotent: bool,
    ) -> Result<u32, JsValue> {
        if !method.is_string() {
            let why = "the method must be a string".to_owned();
            return Err(error(&RequestError::InvalidParams(why)));
        }
        let params = request_json(&method, params).map_err(|why| error(&why))?;
        let millis = |millis: u32| Duration::from_millis(millis.into());
        let new = NewRequest {
            answers: if expect_final {
                Answers::Final
            } else {
                Answers::First
            },
            deadline: timeout.map(millis),
            final_deadline: final_timeout.map(millis),
            idempotent,
        };
        let made = self.0.request(Letter { method, params }, new, |_| {});
        made.map(|id| id.0).map_err(|why| error(&why))
    }

    /// Gives a request up.
    pub fn cancel(&self, id: u32) {
        self.0.with(|engine, _| engine.cancel(RequestId(id)));
    }

    /// Follows a session, the gateway's main one when there is no key.
    /// `ask(method, params)` makes a request, `changed()` is called after
    /// changes.
    pub fn chat(&self, session: Option<String>, ask: Function, changed: Function) -> RawChat {
        RawChat::open(&self.0, session, ask, changed)
    }

    /// Shows each frame of this tab's own socket, as text, to
    /// `tap(direction, text)`; `undefined` ends that.
    pub fn tap(&self, tap: &JsValue) {
        self.0.tap(tap);
    }

    /// Puts a chat message into the outbox, under a key that nobody has.
    /// `attachments` is an array of `File` or `{name, blob}`, or `undefined`;
    /// `ttl` is in milliseconds.
    ///
    /// # Errors
    /// `{code, message}`
    pub fn send(
        &self,
        key: String,
        session: Option<String>,
        text: &str,
        attachments: &JsValue,
        ttl: Option<f64>,
    ) -> Result<(), JsValue> {
        let (key, ttl) = (Key::new(key), ttl.map(lifetime));
        told(
            self.0
                .send_message(key, session.as_deref(), text, attachments, ttl),
        )
    }

    /// Puts a request into the outbox whose method takes an idempotency key, and
    /// whose params have one.
    ///
    /// # Errors
    /// `{code, message}`
    pub fn enqueue(&self, method: &str, params: &JsValue, ttl: Option<f64>) -> Result<(), JsValue> {
        told(self.0.enqueue_request(method, params, ttl.map(lifetime)))
    }

    /// Follows a message no longer, whatever has become of it.
    pub fn dismiss(&self, key: String) -> bool {
        self.0.dismiss(&Key::new(key))
    }

    /// The canonical key of the gateway's main session, as the last hello told
    /// it, also in an earlier visit.
    #[wasm_bindgen(js_name = mainSession)]
    pub fn main_session(&self) -> Option<String> {
        self.0.main_session()
    }

    /// Resolves when an entry is stored, to whether it outlives the page.
    pub fn stored(&self, key: String) -> Promise {
        self.0.stored(&Key::new(key))
    }

    /// The messages on their way, with their words.
    pub fn entries(&self) -> Vec<JsValue> {
        let entries = self.0.entries().into_iter();
        entries
            .map(|entry| {
                let told = plain::entry(&entry);
                let text = self.0.entry_text(&entry.key);
                let _ = js_sys::Reflect::set(&told, &"text".into(), &text.into());
                let files = self.0.entry_files(&entry.key);
                let _ = js_sys::Reflect::set(&told, &"files".into(), &files);
                told
            })
            .collect()
    }

    /// Takes a message back that is not under way.
    pub fn remove(&self, key: String) -> bool {
        self.0.remove(&Key::new(key))
    }

    /// Sends a parked or unconfirmed message again, and answers its new key.
    pub fn resend(&self, key: String) -> Option<String> {
        self.0.resend(&Key::new(key)).map(|key| key.to_string())
    }

    /// Changes the words of a message that is not under way, and answers its
    /// key.
    ///
    /// # Errors
    /// `{code, message}`
    pub fn edit(&self, key: String, text: &str) -> Result<Option<String>, JsValue> {
        let edited = self.0.edit(&Key::new(key), text);
        edited
            .map(|key| key.map(|key| key.to_string()))
            .map_err(|why| convert::send_error(&why))
    }

    /// Ends the connection and deletes this device's key and tokens.
    #[wasm_bindgen(js_name = forgetDevice)]
    pub fn forget_device(&self) -> Promise {
        let driver = Rc::clone(&self.0);
        future_to_promise(async move {
            let forgotten = driver.forget_device().await;
            forgotten
                .map(|()| JsValue::UNDEFINED)
                .map_err(|why| convert::storage_error(&why))
        })
    }
}

impl Drop for RawClient {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

fn told(sent: Result<Key, SendError>) -> Result<(), JsValue> {
    sent.map(drop).map_err(|why| convert::send_error(&why))
}

/// Milliseconds that JavaScript names: none below zero; for ever, when it is no
/// number.
fn lifetime(millis: f64) -> Duration {
    let seconds = if millis < 0.0 { 0.0 } else { millis / 1000.0 };
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}
