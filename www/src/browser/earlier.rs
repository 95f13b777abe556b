//! What an older version of this page kept in localStorage: lists of
//! `[when, gone, message, message, …]`, a message as `[key, text, time, standing]`.

use clawline::core::GatewayId;
use js_sys::{Array, JSON};
use wasm_bindgen::{JsCast, JsValue};
use webchat_model::earlier::{WAITING, is_abandoned};
use webchat_model::names::{Kind, Name};

use super::{clock, storage};

/// The messages of a gateway that nobody sends any more.
#[derive(Default)]
pub(crate) struct Earlier {
    /// Those that never left: key and text.
    pub(crate) waiting: Vec<(String, String)>,
    /// The texts of those that a person decides about.
    pub(crate) uncertain: Vec<String>,
}

/// What stands behind the name of a list whose messages this version sends.
const TAKEN: &str = " taken";

/// Finds what an older version has left. Nothing goes before it is safe: what
/// waits is this version's for now, and the rest is offered again at each visit.
pub(crate) fn take(gateway: &GatewayId) -> Earlier {
    let mut earlier = Earlier::default();
    for name in storage::names(Kind::Earlier, gateway) {
        take_slot(&name, &mut earlier);
    }
    earlier
}

/// Whether some messages are this version's only for now.
pub(crate) fn has_taken(gateway: &GatewayId) -> bool {
    let names = storage::names(Kind::Earlier, gateway);
    names.iter().any(is_taken)
}

/// The outbox has this message for good.
pub(crate) fn is_safe(gateway: &GatewayId, key: &str) {
    for name in storage::names(Kind::Earlier, gateway) {
        if let Some(list) = is_taken(&name).then(|| read(&name)).flatten() {
            let stays = |message: &JsValue| key_of(message).is_none_or(|known| known != key);
            write(
                &name,
                &list.get(0),
                &list.get(1),
                messages(&list).filter(stays),
            );
        }
    }
}

/// The person has decided about those that are uncertain.
pub(crate) fn drop_uncertain(gateway: &GatewayId) {
    for name in storage::names(Kind::Earlier, gateway) {
        if read_abandoned(&name).is_some() {
            storage::set(&name, None);
        }
    }
}

fn is_taken(name: &Name) -> bool {
    name.as_str().ends_with(TAKEN)
}

/// Whether nobody writes to a list any more; one that cannot be read is nobody's.
pub(crate) fn is_left(list: &str) -> bool {
    parse(list).is_none_or(|list| list.get(0).as_f64().is_none() || abandoned(list).is_some())
}

fn take_slot(name: &Name, earlier: &mut Earlier) {
    let Some(list) = read_abandoned(name) else {
        return;
    };
    let (waiting, others): (Vec<JsValue>, Vec<JsValue>) =
        messages(&list).partition(|message| part(message, 3).as_deref() == Some(WAITING));
    for message in &waiting {
        earlier
            .waiting
            .extend(key_of(message).zip(part(message, 1)));
    }
    let texts = others.iter().filter_map(|message| part(message, 1));
    earlier.uncertain.extend(texts);
    if !waiting.is_empty() {
        // Until it is safe, and should this page end before: for an hour.
        let taken = if is_taken(name) {
            name.clone()
        } else {
            name.with_ending(TAKEN)
        };
        let before = read(&taken).filter(|_| taken != *name);
        let before: Vec<JsValue> = before.iter().flat_map(messages).collect();
        let now = clock::now_ms().into();
        let all = before.into_iter().chain(waiting);
        write(&taken, &now, &JsValue::FALSE, all);
    }
    if !is_taken(name) {
        write(name, &list.get(0), &JsValue::TRUE, others.into_iter());
    }
}

fn read(name: &Name) -> Option<Array> {
    parse(&storage::get(name)?)
}

fn parse(list: &str) -> Option<Array> {
    JSON::parse(list).ok()?.dyn_into().ok()
}

/// A list whose tab is gone.
fn read_abandoned(name: &Name) -> Option<Array> {
    abandoned(read(name)?)
}

fn abandoned(list: Array) -> Option<Array> {
    let kept = list.get(0).as_f64()?;
    is_abandoned(list.get(1).is_truthy(), kept, clock::now_ms()).then_some(list)
}

fn messages(list: &Array) -> impl Iterator<Item = JsValue> {
    list.iter().skip(2)
}

fn key_of(message: &JsValue) -> Option<String> {
    part(message, 0)
}

fn part(message: &JsValue, index: u32) -> Option<String> {
    message.dyn_ref::<Array>()?.get(index).as_string()
}

/// Writes a list, or removes it when it is empty.
fn write(name: &Name, kept: &JsValue, gone: &JsValue, messages: impl Iterator<Item = JsValue>) {
    let list = Array::of2(kept, gone);
    for message in messages {
        list.push(&message);
    }
    let text = || JSON::stringify(&list).ok()?.as_string();
    let text = (list.length() > 2).then(text).flatten();
    storage::set(name, text.as_deref());
}
