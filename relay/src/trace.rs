//! One id for a message on its whole way, in logs and for webhooks: through its
//! dialect, the inbox, the agent, and the channel that the answer leaves by.
//!
//! It comes of the message's key, so it is the same in a repeat and after a
//! crash. Nothing that somebody wrote can be read in it.

use serde_json::json;
use tracing::{Span, info_span};

use crate::ids;

/// The id of the message with this key, and of the answer to it: 32 hex digits,
/// as a `traceparent` has them.
#[must_use]
pub fn id(key: &str) -> String {
    let text = json!([key]).to_string();
    let mut hex = ids::hex(&ids::sha256(text.as_bytes()));
    hex.truncate(32);
    hex
}

/// What is logged in it belongs to the message with this key.
pub(crate) fn of_message(key: &str) -> Span {
    let span = info_span!("message", trace = tracing::field::Empty);
    // Not for logs that nobody reads.
    if !span.is_disabled() {
        span.record("trace", id(key));
    }
    span
}

/// What is logged in it came over this wire.
pub(crate) fn of_wire(name: &str) -> Span {
    info_span!("wire", name)
}
