//! Unsent messages in the browser's storage, one slot for each tab and gateway.

use leptos::prelude::window;
use wasm_bindgen::JsValue;
use web_sys::Storage;
use webchat_model::leftovers::{Leftover, Slot, storage_prefix};

use super::{clock, storage};

/// The name of this tab: it lasts as long as the tab, over reloads too.
const VISIT: &str = "clawline.visit";

/// The name of this tab's slot.
pub(crate) fn name(gateway: &str) -> String {
    storage_prefix(gateway) + &visit()
}

/// Writes the slot of this tab, or removes it when it is empty. Returns
/// whether that worked.
pub(crate) fn keep(gateway: &str, slot: &Slot) -> bool {
    let name = name(gateway);
    if slot.left.is_empty() {
        storage::set(&name, None);
        return true;
    }
    let json = || {
        let slot = serde_wasm_bindgen::to_value(slot).ok()?;
        js_sys::JSON::stringify(&slot).ok()?.as_string()
    };
    let is_kept = slot.fits() && json().is_some_and(|json| storage::set(&name, Some(&json)));
    if !is_kept {
        // What stood there is older than what is to be kept.
        storage::set(&name, None);
    }
    is_kept
}

/// Whether the slot of this tab is there.
pub(crate) fn is_there(gateway: &str) -> bool {
    storage::get(&name(gateway)).is_some()
}

/// Takes what no tab sends any more: this tab's slot, and abandoned ones.
pub(crate) fn take(gateway: &str) -> Vec<Leftover> {
    let prefix = storage_prefix(gateway);
    let own = name(gateway);
    let mut slots: Vec<(String, Slot)> = storage::names()
        .into_iter()
        .filter(|name| name.starts_with(&prefix))
        .filter_map(|name| {
            let slot = read(&name)?;
            slot.is_free(name == own, clock::now_ms())
                .then_some((name, slot))
        })
        .collect();
    slots.sort_by(|(_, one), (_, other)| one.at.total_cmp(&other.at));
    let taken = slots.into_iter().flat_map(|(name, slot)| {
        storage::set(&name, None);
        slot.left
    });
    taken.collect()
}

/// Another tab has this one's name, as a copy of a tab does: takes a new one.
pub(crate) fn begin_anew() {
    if let Some(session) = session() {
        let _ = session.remove_item(VISIT);
    }
}

fn read(name: &str) -> Option<Slot> {
    let json = storage::get(name)?;
    let slot: JsValue = js_sys::JSON::parse(&json).ok()?;
    serde_wasm_bindgen::from_value(slot).ok()
}

fn visit() -> String {
    let session = session();
    let known = session
        .as_ref()
        .and_then(|session| session.get_item(VISIT).ok().flatten());
    known.unwrap_or_else(|| {
        // Not a secret, only unlike the others.
        let fresh = format!("{:.0}", js_sys::Math::random() * 1e15);
        if let Some(session) = session {
            let _ = session.set_item(VISIT, &fresh);
        }
        fresh
    })
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
