//! What a link hands over in its fragment. `boot.js` reads it and scrubs the
//! address bar before anything else happens, and passes it on in memory.

use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, Event};
use webchat_model::fragment::{self, Handover};

/// The event of the window that brings the fragment: once at the start, and
/// whenever a link is pasted into the open page.
pub(crate) const EVENT: &str = "clawline-link";

/// Reads the event.
pub(crate) fn read(event: Event) -> Handover {
    let event: CustomEvent = event.unchecked_into();
    let fragment = event.detail().as_string();
    fragment::parse(&fragment.unwrap_or_default())
}
