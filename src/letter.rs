//! What is kept of requests and messages until their bytes leave.

use std::rc::Rc;

use clawline_core::engine::NewEntry;
use clawline_core::{Engine, EnqueueError, Key};
use js_sys::JSON;
use wasm_bindgen::JsValue;

use crate::driver::Driver;
use crate::error::RequestError;
use crate::frames::fits;
use crate::host;
use crate::object::plain;
use crate::socket::words;

/// The method and the params of a frame that is composed when it leaves.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) method: JsValue,
    /// JSON text.
    pub(crate) params: JsValue,
}

/// What a frame needs around the params of a message: its type, id, method,
/// key and session key (at most 512 characters of up to three bytes).
const ENVELOPE: u64 = 2_048;

/// The JSON text of params: what is sent is what they were at the call.
pub(crate) fn json(params: &JsValue) -> Result<JsValue, RequestError> {
    if params.is_undefined() {
        return Ok("{}".into());
    }
    let text = JSON::stringify(params).map_err(|why| RequestError::InvalidParams(words(&why)))?;
    let text = JsValue::from(text);
    // A function or a symbol has no JSON, and that is no error to JavaScript.
    if text.is_string() {
        Ok(text)
    } else {
        Err(RequestError::InvalidParams("not a value".into()))
    }
}

impl Driver {
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
        let entry = NewEntry {
            key: key.clone(),
            session: session.map(str::to_owned),
            bytes,
        };
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
