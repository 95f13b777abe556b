//! The Rust side of `frames.js`.

use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

/// `glance(generation, type, number, seq, now)`; see `frames.js`.
pub(crate) type GlanceFn = dyn Fn(u32, u32, u32, f64, f64) -> u32;
/// `take(generation, frame)`
pub(crate) type TakeFn = dyn Fn(u32, JsValue);

/// The types of a frame, as `frames.js` numbers them.
pub(crate) const EVENT: u32 = 0;
pub(crate) const RESPONSE: u32 = 1;

/// What `frames.js` does after a glance.
#[repr(u32)]
#[derive(Clone, Copy)]
pub(crate) enum Seen {
    Drop = 0,
    Deliver = 1,
    Settle = 2,
    Take = 3,
}

#[wasm_bindgen(module = "/src/frames.js")]
extern "C" {
    pub(crate) type Frames;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(
        names: Vec<JsValue>,
        glance: &Closure<GlanceFn>,
        take: &Closure<TakeFn>,
        deliver: &JsValue,
        settle: &JsValue,
    ) -> Frames;

    /// The number of an event's name.
    #[wasm_bindgen(method)]
    pub(crate) fn kind(this: &Frames, name: &str) -> u16;

    /// Somebody begins, or everybody stopped, to listen to an event.
    #[wasm_bindgen(method)]
    pub(crate) fn listen(this: &Frames, name: &str, on: bool);

    #[wasm_bindgen(method)]
    pub(crate) fn attach(this: &Frames, socket: &WebSocket, generation: u32);

    /// The text of a request; `params` is JSON text.
    pub(crate) fn compose(id: u32, method: &JsValue, params: &JsValue) -> JsValue;

    /// The text of an outbox entry's request.
    #[wasm_bindgen(js_name = composeEntry)]
    pub(crate) fn compose_entry(
        id: u32,
        method: &JsValue,
        params: &JsValue,
        session_key: &str,
        idempotency_key: &str,
    ) -> JsValue;

    /// Whether a text is at most this long in UTF-8.
    pub(crate) fn fits(text: &JsValue, bytes: f64) -> bool;
}
