//! The page's address, as far as it names a session.

use js_sys::encode_uri_component;
use leptos::prelude::location;
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, Event, HashChangeEvent};
use webchat_model::sessions::place;

/// The session that the address names; `Some(None)` is the main one.
pub(crate) fn read() -> Option<Option<String>> {
    place::read(&location().hash().ok()?)
}

/// The same of an address that was turned to: one without a fragment is the main
/// session's, and one that says something else is not about sessions.
pub(crate) fn turned(event: &HashChangeEvent) -> Option<Option<String>> {
    let address = event.new_url();
    match address.split_once('#') {
        Some((_, fragment)) if !fragment.is_empty() => place::read(fragment),
        _ => Some(None),
    }
}

/// The same of what a link hands over.
pub(crate) fn handed(event: Event) -> Option<Option<String>> {
    let event: CustomEvent = event.unchecked_into();
    place::read(&event.detail().as_string()?)
}

/// The address of a session, relative to the page's own.
pub(crate) fn fragment(session: Option<&str>) -> String {
    let name = session.map(|key| String::from(encode_uri_component(key)));
    format!("#session={}", name.as_deref().unwrap_or(place::MAIN))
}

/// Names the session in the page's address; as a step, back leads to the one
/// before. The main one has no name of its own until something else had.
pub(crate) fn write(session: Option<&str>, is_step: bool) {
    let named = read();
    if named.clone().flatten().as_deref() == session && (named.is_some() || session.is_none()) {
        return;
    }
    let fragment = fragment(session);
    let location = location();
    // A page in a sandbox may not do this, and works without.
    let _ = match is_step {
        true => location.set_hash(&fragment),
        false => location.href().and_then(|href| {
            let page = href.split('#').next().unwrap_or_default();
            location.replace(&format!("{page}{fragment}"))
        }),
    };
}
