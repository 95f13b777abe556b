//! One WebSocket, with listeners that it owns and removes.

use clawline_core::RequestId;
use clawline_core::engine::Generation;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, WebSocket};

use crate::frames::{self, Frames};
use crate::letter::Letter;
use crate::listener::Listener;

/// A socket of one generation. Dropping it removes its listeners first, so
/// that nothing of an old generation arrives, then closes it.
pub(crate) struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 2],
}

/// What a socket tells.
pub(crate) enum SocketEvent {
    Opened,
    Closed { code: u16, reason: String },
}

impl Socket {
    /// Opens a socket. An error says, in the browser's words, why the address
    /// cannot be one.
    pub(crate) fn open(
        url: &str,
        generation: Generation,
        frames: &Frames,
        tell: impl Fn(SocketEvent) + Clone + 'static,
    ) -> Result<Self, String> {
        let socket = WebSocket::new(url).map_err(|error| words(&error))?;
        // Some proxies hand on text as binary: read at once, or in no order.
        socket.set_binary_type(BinaryType::Arraybuffer);
        frames.attach(&socket, generation.0);
        let opened = tell.clone();
        let listeners = [
            Listener::new(&socket, "open", move |_| opened(SocketEvent::Opened)),
            Listener::new(&socket, "close", move |event| {
                let (code, reason) = event
                    .dyn_ref::<CloseEvent>()
                    .map_or((1006, String::new()), |close| {
                        (close.code(), close.reason())
                    });
                tell(SocketEvent::Closed { code, reason });
            }),
        ];
        Ok(Self {
            socket,
            _listeners: listeners,
        })
    }

    /// Sends a request; false when it is longer than `most` bytes.
    pub(crate) fn send_request(&self, id: RequestId, letter: &Letter, most: u64) -> bool {
        let Letter { method, params } = letter;
        frames::send_request(&self.socket, id.0, method, params, most as f64)
    }

    /// Sends an outbox entry; see [`frames::send_entry`].
    pub(crate) fn send_entry(
        &self,
        id: RequestId,
        payload: &JsValue,
        more: &JsValue,
        most: u64,
    ) -> JsValue {
        frames::send_entry(&self.socket, id.0, payload, more, most as f64)
    }

    /// The bytes that it was given and has not passed on.
    pub(crate) fn unsent(&self) -> u32 {
        self.socket.buffered_amount()
    }

    pub(crate) fn send_text(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }

    /// Closes with a code that browsers allow: 1000, or 3000 to 4999.
    pub(crate) fn close(self, code: u16) {
        let _ = self.socket.close_with_code(code);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        Frames::detach(&self.socket);
        let _ = self.socket.close();
    }
}

/// What a thrown value says.
pub(crate) fn words(thrown: &JsValue) -> String {
    let message = Reflect::get(thrown, &"message".into())
        .ok()
        .and_then(|text| text.as_string());
    message
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| "unknown error".to_owned())
}
