//! Unsent messages in the browser's storage, one slot for each tab and gateway.

use js_sys::{Array, JSON};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;
use webchat_model::leftovers::{Leftover, Slot, Standing, storage_prefix};

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
    let json = || JSON::stringify(&written(slot)).ok()?.as_string();
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
    let mut taken = Vec::new();
    for name in storage::names() {
        if !name.starts_with(&prefix) {
            continue;
        }
        if let Some(slot) = read(&name)
            && slot.is_free(name == own, clock::now_ms())
        {
            storage::set(&name, None);
            taken.extend(slot.left);
        }
    }
    taken
}

/// Another tab has this one's name, as a copy of a tab does: takes a new one.
pub(crate) fn begin_anew() {
    if let Some(session) = session() {
        let _ = session.remove_item(VISIT);
    }
}

// A list of `[when, gone, message, message, …]`, by hand: what writes and reads
// any structure would be the larger part of this page's storage code.

fn written(slot: &Slot) -> JsValue {
    let list = Array::of2(&slot.at.into(), &slot.gone.into());
    for one in &slot.left {
        list.push(&Array::of5(
            &one.key.as_str().into(),
            &one.text.as_str().into(),
            &one.written.into(),
            &one.standing.name().into(),
            &one.reason.as_deref().into(),
        ));
    }
    list.into()
}

fn read(name: &str) -> Option<Slot> {
    let list = JSON::parse(&storage::get(name)?).ok()?;
    let list: Array = list.dyn_into().ok()?;
    let messages = list.iter().skip(2);
    Some(Slot {
        at: list.get(0).as_f64()?,
        gone: list.get(1).is_truthy(),
        left: messages.filter_map(read_message).collect(),
    })
}

fn read_message(message: JsValue) -> Option<Leftover> {
    let parts: Array = message.dyn_into().ok()?;
    Some(Leftover {
        key: parts.get(0).as_string()?,
        text: parts.get(1).as_string()?,
        written: parts.get(2).as_f64(),
        standing: Standing::named(&parts.get(3).as_string()?)?,
        reason: parts.get(4).as_string(),
    })
}

fn visit() -> String {
    let session = session();
    let known = session
        .as_ref()
        .and_then(|session| session.get_item(VISIT).ok().flatten());
    known.unwrap_or_else(|| {
        // Not a secret, only unlike the others.
        let fresh = js_sys::Number::from(js_sys::Math::random());
        let fresh = fresh
            .to_string_with_radix(36)
            .map_or_else(|_| String::new(), String::from);
        if let Some(session) = session {
            let _ = session.set_item(VISIT, &fresh);
        }
        fresh
    })
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
