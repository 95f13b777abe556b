//! The network and the page's life, as inputs of the engine.

use clawline_core::engine::Network;
use js_sys::{Reflect, global};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use crate::listener::Listener;

/// Listens to what a page can know about itself. Empty where there is no page
/// (workers without a document, Node).
pub(crate) fn listen(tell: impl Fn(Network) + Clone + 'static) -> Vec<Listener> {
    let mut listeners = Vec::new();
    let mut on = |target: &EventTarget, name, network: fn(&JsValue) -> Option<Network>| {
        let tell = tell.clone();
        listeners.push(Listener::new(target, name, move |event| {
            if let Some(network) = network(&event) {
                tell(network);
            }
        }));
    };
    if let Ok(window) = global().dyn_into::<EventTarget>() {
        on(&window, "online", |_| Some(Network::Online));
        on(&window, "offline", |_| Some(Network::Offline));
        on(&window, "pageshow", |event| {
            flag(event, "persisted").then_some(Network::Restored)
        });
    }
    if let Ok(document) = member(&global(), "document").dyn_into::<EventTarget>() {
        on(&document, "visibilitychange", |event| {
            Some(visibility(event))
        });
        on(&document, "resume", |_| Some(Network::Resumed));
    }
    listeners
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
