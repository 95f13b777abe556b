//! What is kept of requests and messages until their bytes leave.

use js_sys::JSON;
use wasm_bindgen::JsValue;

use crate::error::RequestError;
use crate::socket::words;

/// The method and the params of a frame that is composed when it leaves.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) method: JsValue,
    /// JSON text.
    pub(crate) params: JsValue,
}

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
