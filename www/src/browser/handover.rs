//! The link's fragment: read once, then gone from the address bar and history.

use leptos::prelude::{location, window};
use wasm_bindgen::JsValue;
use webchat_model::fragment::{self, Handover};

/// Takes what the link handed over, and scrubs it from the address at once:
/// a token there would end up in the history, in bookmarks and screenshots.
pub(crate) fn take() -> Handover {
    let Ok(hash) = location().hash() else {
        return Handover::default();
    };
    let handover = fragment::parse(&hash);
    if !handover.is_empty() {
        let path = location().pathname().unwrap_or_default();
        let query = location().search().unwrap_or_default();
        let clean = format!("{path}{query}");
        if let Ok(history) = window().history() {
            let scrubbed = history.replace_state_with_url(&JsValue::NULL, "", Some(&clean));
            if scrubbed.is_err() {
                // A sandboxed page may not rewrite its address; an empty
                // fragment is the next best.
                let _ = location().set_hash("");
            }
        }
    }
    handover
}
