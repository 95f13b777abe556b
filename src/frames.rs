//! The Rust side of `frames.js`.

use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use crate::driver::Gate;

/// The types of a frame, as `frames.js` numbers them.
pub(crate) const EVENT: u32 = 0;
pub(crate) const RESPONSE: u32 = 1;
pub(crate) const UNREADABLE: u32 = 3;

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
        reads: Vec<u16>,
        gate: Gate,
        deliver: &JsValue,
        settle: &JsValue,
    ) -> Frames;

    /// The number of an event's name.
    #[wasm_bindgen(method)]
    pub(crate) fn kind(this: &Frames, name: &str) -> u16;

    /// Somebody begins to listen to an event.
    #[wasm_bindgen(method)]
    pub(crate) fn listen(this: &Frames, name: &str);

    /// Everybody stopped to listen to an event.
    #[wasm_bindgen(method)]
    pub(crate) fn ignore(this: &Frames, kind: u16);

    /// Events that go on with their stream need no glance, or do again.
    #[wasm_bindgen(method, js_name = letPass)]
    pub(crate) fn let_pass(this: &Frames, passes: bool);

    /// Has the driver told what went by. It must not borrow the engine.
    #[wasm_bindgen(method)]
    pub(crate) fn tell(this: &Frames);

    /// Shows each frame to `tap(direction, text)`, or no longer.
    #[wasm_bindgen(method)]
    pub(crate) fn watch(this: &Frames, tap: &JsValue);

    #[wasm_bindgen(method)]
    pub(crate) fn attach(this: &Frames, socket: &WebSocket, generation: u32);

    /// Sends a request; false when it is longer than `most` bytes. `params` is
    /// JSON text.
    #[wasm_bindgen(js_name = sendRequest)]
    pub(crate) fn send_request(
        socket: &WebSocket,
        id: u32,
        method: &JsValue,
        params: &JsValue,
        most: f64,
    ) -> bool;

    /// Sends an outbox entry's request, with `more` among its params. Answers,
    /// or promises, in words why it cannot be sent, or nothing.
    #[wasm_bindgen(js_name = sendEntry)]
    pub(crate) fn send_entry(
        socket: &WebSocket,
        id: u32,
        payload: &JsValue,
        more: &JsValue,
        most: f64,
    ) -> JsValue;

    /// Copies files into memory: `{files, unreadable}`.
    pub(crate) async fn copy(attachments: &JsValue) -> JsValue;

    /// Nothing of this socket is wanted any more.
    #[wasm_bindgen(static_method_of = Frames)]
    pub(crate) fn detach(socket: &WebSocket);

    /// Ends all sockets of the page, without a word to Rust.
    #[wasm_bindgen(static_method_of = Frames)]
    pub(crate) fn stop();

    /// Whether a text is at most this long in UTF-8.
    pub(crate) fn fits(text: &JsValue, bytes: f64) -> bool;
}
