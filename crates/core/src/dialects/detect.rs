//! Whose wire a first frame is.

use crate::wire::{Object, Value};

/// A wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Protocol 4 of the OpenClaw gateway.
    Gateway,
    /// The openclaw-websocket plugin.
    Chat,
    /// The OpenJarvis channel bridge.
    Bridge,
    /// The agenticai gateway client.
    Jsonrpc,
    /// A page of the tutorial's hub. Its plugins are known by their path.
    Hub,
}

/// Tells whose first frame this is, `None` when it is nobody's.
///
/// It tells the wire, not whether the frame is a good one: a broken frame gets
/// its answer in the words of its own wire.
#[must_use]
pub fn detect<O: Object>(first: &Value<O>) -> Option<Dialect> {
    let frame = match first {
        Value::Object(frame) => frame,
        Value::List(batch) => {
            let mut has_request = false;
            batch.values(&mut |element| {
                has_request |= matches!(element, Value::Object(frame) if has(&frame, "jsonrpc"));
            });
            return has_request.then_some(Dialect::Jsonrpc);
        }
        _ => return None,
    };
    if has(frame, "jsonrpc") {
        return Some(Dialect::Jsonrpc);
    }
    match frame.text("type").as_deref() {
        Some("req") => Some(Dialect::Gateway),
        Some("chat") => Some(Dialect::Hub),
        Some(kind) if kind.starts_with("chat.") => Some(Dialect::Chat),
        _ if has(frame, "channel") => Some(Dialect::Bridge),
        _ => None,
    }
}

fn has<O: Object>(frame: &O, name: &'static str) -> bool {
    !matches!(frame.value(name), Value::Nothing)
}
