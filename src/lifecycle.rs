//! The network and the page's life, as inputs of the engine.

use clawline_core::engine::Network;
use js_sys::{Reflect, global};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use crate::listener::Listener;

/// What a page learns about itself.
pub(crate) enum Life {
    /// For the engine.
    Network(Network),
    /// It will be frozen: nothing runs until it is seen again.
    Freezing,
    /// It goes away.
    Leaving,
}

/// Listens to what a page can know about itself. Empty where there is no page
/// (workers without a document, Node).
pub(crate) fn listen(tell: impl Fn(Life) + Clone + 'static) -> Vec<Listener> {
    let mut listeners = Vec::new();
    let mut on = |target: &EventTarget, name, life: fn(&JsValue) -> Option<Life>| {
        let tell = tell.clone();
        listeners.push(Listener::new(target, name, move |event| {
            if let Some(life) = life(&event) {
                tell(life);
            }
        }));
    };
    if let Ok(window) = global().dyn_into::<EventTarget>() {
        on(&window, "online", |_| Some(Life::Network(Network::Online)));
        on(&window, "offline", |_| {
            Some(Life::Network(Network::Offline))
        });
        on(&window, "pagehide", |_| Some(Life::Leaving));
        on(&window, "pageshow", |event| {
            flag(event, "persisted").then_some(Life::Network(Network::Restored))
        });
    }
    if let Ok(document) = member(&global(), "document").dyn_into::<EventTarget>() {
        on(&document, "visibilitychange", |event| {
            Some(Life::Network(visibility(event)))
        });
        on(&document, "freeze", |_| Some(Life::Freezing));
        on(&document, "resume", |_| {
            Some(Life::Network(Network::Resumed))
        });
    }
    listeners
}

/// Whether this runs in a page or one of its workers: those have an origin.
pub(crate) fn is_page() -> bool {
    !member(&global(), "location").is_undefined()
}

/// The page cannot be seen now.
pub(crate) fn is_hidden() -> bool {
    flag(&member(&global(), "document"), "hidden")
}

fn visibility(event: &JsValue) -> Network {
    if flag(&member(event, "target"), "hidden") {
        Network::Hidden
    } else {
        Network::Visible
    }
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn flag(object: &JsValue, name: &str) -> bool {
    member(object, name).is_truthy()
}
