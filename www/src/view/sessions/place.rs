//! The address of the session that is shown, kept in the page's own.

use leptos::{ev, prelude::*};
use web_sys::Event;

use crate::browser::{handover, place};
use crate::view::window::listen;

/// Keeps the page's address and the session that is shown the same: what a link
/// names is opened once the gateway is known (`is_ready`), and back and forward
/// go from one session to another.
pub(crate) fn keep_address(
    current: Signal<Option<String>>,
    is_ready: Signal<bool>,
    open: Callback<Option<String>>,
) {
    // What the page was opened with waits for the gateway.
    let wish = StoredValue::new(place::read());
    listen(ev::Custom::<Event>::new(handover::EVENT), move |event| {
        if let Some(session) = place::handed(event) {
            wish.set_value(Some(session));
            grant(current, is_ready, open, wish);
        }
    });
    listen(ev::hashchange, move |event| {
        if let Some(session) = place::turned(&event) {
            wish.set_value(Some(session));
            grant(current, is_ready, open, wish);
        }
    });
    Effect::new(move |has_written: Option<bool>| {
        let session = current.get();
        if !is_ready.get() {
            return false;
        }
        if untrack(|| grant(current, is_ready, open, wish)) {
            return has_written.unwrap_or(false);
        }
        // The first one is where the person came in, not a step.
        place::write(session.as_deref(), has_written == Some(true));
        true
    });
}

/// Opens what is wished for. False when it is shown already.
fn grant(
    current: Signal<Option<String>>,
    is_ready: Signal<bool>,
    open: Callback<Option<String>>,
    wish: StoredValue<Option<Option<String>>>,
) -> bool {
    if !is_ready.get_untracked() {
        return false;
    }
    let wished = wish.try_update_value(Option::take).flatten();
    let Some(session) = wished.filter(|session| *session != current.get_untracked()) else {
        return false;
    };
    open.run(session);
    true
}
