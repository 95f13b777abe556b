//! What the page asks of the browser.

pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod handover;
pub(crate) mod language;
pub(crate) mod place;
pub(crate) mod policy;
pub(crate) mod storage;
pub(crate) mod theme;

use std::pin::Pin;

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, Node};

/// Lets a future run by itself. One type for all of them: each would else carry
/// what starts it a second time.
pub(crate) fn spawn_local(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    wasm_bindgen_futures::spawn_local(future);
}

/// The element that has the keyboard, of the document or the shadow in which
/// this one stands.
pub(crate) fn active_beside(node: &Node) -> Option<Element> {
    let active = Reflect::get(&node.get_root_node(), &"activeElement".into());
    active.ok()?.dyn_into().ok()
}

/// The nodes in which what is selected in the document begins and ends; none
/// where nothing is.
pub(crate) fn selected_between() -> [Option<Node>; 2] {
    let selection = window().get_selection().ok().flatten();
    let selection = selection.filter(|selection| !selection.is_collapsed());
    selection.map_or([None, None], |selection| {
        [selection.anchor_node(), selection.focus_node()]
    })
}

/// Whether something of the window happened in the document or the shadow in
/// which this one stands.
pub(crate) fn is_beside(node: &Node, event: &Event) -> bool {
    event.composed_path().includes(&node.get_root_node(), 0)
}

/// Whether the page itself came over an encrypted connection.
pub(crate) fn page_is_secure() -> bool {
    leptos::prelude::location()
        .protocol()
        .is_ok_and(|protocol| protocol == "https:")
}
