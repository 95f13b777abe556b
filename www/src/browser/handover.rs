//! What a link hands over. `boot.js` reads it and scrubs the
//! address bar before anything else happens, and passes it on in memory.

use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, Event};
use webchat_model::handover::{self, Handover};

/// The event of the window that brings it: once at the start, and
/// whenever a link is pasted into the open page.
pub(crate) const EVENT: &str = "clawline-link";

/// Reads the event.
pub(crate) fn read(event: Event) -> Handover {
    let event: CustomEvent = event.unchecked_into();
    handover::parse(&event.detail().as_string().unwrap_or_default())
}
