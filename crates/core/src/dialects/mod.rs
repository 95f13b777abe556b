//! The four older wires as codecs without IO (feature `dialects`): what their
//! clients send, what their servers answer, both ways.
//!
//! * [`chat`]: the openclaw-websocket plugin
//! * [`bridge`]: the OpenJarvis channel bridge
//! * [`jsonrpc`]: the agenticai gateway client
//! * [`hub`]: the tutorial's hub between pages and plugins
//!
//! Each reads a parsed frame through [`Object`](crate::wire::Object), and says
//! in one typed error what is wrong with a bad one. Errors name members and
//! never quote what they hold. `None` in place of a frame stands for bytes that
//! are no JSON, so that each wire answers them in its own words. Objects that a
//! frame carries along stay with the host: they are read as they are and
//! written through [`Payload`]. Frames are compatible with the originals;
//! where they differ, `docs/PROTOCOLS.md` says why.
//!
//! [`detect`] tells from a first frame whose wire it is.

pub mod bridge;
pub mod chat;
mod detect;
mod error;
mod field;
pub mod hub;
pub mod jsonrpc;
mod payload;

pub use detect::{Dialect, detect};
pub use error::{FieldError, FrameError};
pub use payload::{JsonText, Payload};

/// Most values of a frame: many times what any of the originals sends.
#[cfg(feature = "json")]
const MAX_VALUES: usize = 20_000;

/// Parses the bytes of a frame, text or binary, for the `read` of a dialect, as
/// JavaScript would, where half a character is one (feature `json`). A frame of
/// more than 20,000 values, or deeper than 64, is none.
#[cfg(feature = "json")]
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<crate::wire::Value<serde_json::Value>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let json = crate::wire::text::read(text, MAX_VALUES).ok()?;
    Some(json.into())
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::wire::{Object as _, Value};

    #[test]
    fn half_a_character_costs_itself_and_no_message() {
        let frame = parse(br#"{"channel":"x","content":"cut \ud83d"}"#);
        let Some(Value::Object(frame)) = frame else {
            panic!("{frame:?}");
        };
        assert_eq!(frame.text("content").as_deref(), Some("cut \u{fffd}"));
    }

    #[test]
    fn countless_values_are_no_frame() {
        let of = |values: usize| format!("[{}1]", "1,".repeat(values));
        assert!(parse(of(19_000).as_bytes()).is_some());
        assert!(parse(of(20_000).as_bytes()).is_none());
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(64).as_bytes()).is_some());
        assert!(parse(nested(65).as_bytes()).is_none());
    }
}
