//! The Rust side of `disk.js`: which database an outbox has, and what is said
//! about its rows. Rows, payloads and transactions stay in JavaScript.

use clawline_core::wire::Writer;
use clawline_core::{Change, Saved};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::{ApplyError, Backend, Kept, Opened, Store, Trouble};
use crate::object::JsObject;
use crate::storage::Shelf;

#[wasm_bindgen(module = "/src/store/disk.js")]
extern "C" {
    #[derive(Clone)]
    #[wasm_bindgen(js_name = DiskOutbox)]
    pub(super) type Outbox;

    #[wasm_bindgen(constructor, js_class = DiskOutbox)]
    fn new(name: &str, owner: &str) -> Outbox;
    #[wasm_bindgen(method, catch, js_class = DiskOutbox)]
    async fn enter(this: &Outbox, leads: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_class = DiskOutbox, js_name = apply)]
    async fn apply_json(
        this: &Outbox,
        changes: &str,
        payloads: &Array,
        strict: bool,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_class = DiskOutbox, js_name = readNew)]
    pub(super) async fn read_new(this: &Outbox) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_class = DiskOutbox)]
    pub(super) async fn beat(this: &Outbox, now: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_class = DiskOutbox)]
    pub(super) async fn adopt(this: &Outbox, before: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_class = DiskOutbox)]
    pub(super) fn close(this: &Outbox);

    #[wasm_bindgen(catch)]
    async fn remove(name: &str) -> Result<JsValue, JsValue>;
    pub(super) async fn persist() -> JsValue;
}

/// What the disk says when it will not give back what it holds. Anything else
/// may pass: full, forbidden, too slow.
const CORRUPT: [&str; 6] = [
    "UnknownError",
    "NotFoundError",
    "NotReadableError",
    "DataError",
    "DataCloneError",
    "EncodingError",
];
/// What it says where there is none.
pub(super) const ABSENT: &str = "NotSupportedError";
/// On the device's shelf, by the outbox's name: the number of its database.
/// Those before it could not be read and were set aside.
const NUMBER: &str = "outbox ";

/// The name of the database with this number.
fn numbered(name: &str, number: u32) -> String {
    if number > 1 {
        format!("{name}/{number}")
    } else {
        name.to_owned()
    }
}

fn last_number(kept: &JsValue) -> u32 {
    const MOST: u32 = 100;
    (kept.as_f64().unwrap_or(1.0) as u32).clamp(1, MOST)
}

pub(super) fn is_one_of(thrown: &JsValue, kinds: &[&str]) -> bool {
    let kind = JsObject(thrown.clone()).get("name").as_string();
    kind.is_some_and(|kind| kinds.contains(&kind.as_str()))
}

pub(super) async fn open(
    shelf: &Shelf,
    name: &str,
    owner: &str,
    leads: bool,
) -> Result<Opened, JsValue> {
    let key = JsValue::from(format!("{NUMBER}{name}"));
    let kept = shelf.get(&key).await?;
    let mut number = last_number(&kept);
    if kept.is_undefined() {
        // Before there is a database: who forgets the device must find it.
        shelf.put(&number.into(), &key).await?;
    }
    let entered = match enter(&numbered(name, number), owner, leads).await {
        Err(thrown) if is_one_of(&thrown, &CORRUPT) => {
            number += 1;
            let entered = enter(&numbered(name, number), owner, leads).await?;
            shelf.put(&number.into(), &key).await?;
            entered
        }
        entered => entered?,
    };
    let (outbox, rows) = entered;
    let (entries, unreadable) = read(rows);
    let trouble = if number > 1 {
        Some(Trouble::SetAside)
    } else {
        (unreadable > 0).then_some(Trouble::Unreadable(unreadable))
    };
    Ok(Opened {
        store: Store(Backend::Disk(outbox)),
        entries,
        durable: true,
        trouble,
    })
}

async fn enter(name: &str, owner: &str, leads: bool) -> Result<(Outbox, JsValue), JsValue> {
    let outbox = Outbox::new(name, owner);
    match outbox.enter(leads).await {
        Ok(rows) => Ok((outbox, rows)),
        Err(thrown) => {
            outbox.close();
            Err(thrown)
        }
    }
}

/// The names of a device's outboxes.
pub(super) async fn names(shelf: &Shelf) -> Result<Vec<String>, JsValue> {
    let keys: Array = shelf.keys().await?.unchecked_into();
    let names = keys.iter().filter_map(|key| {
        let key = key.as_string()?;
        key.strip_prefix(NUMBER).map(str::to_owned)
    });
    Ok(names.collect())
}

/// Deletes every outbox of a device, also those that were set aside.
pub(super) async fn remove_all(shelf: &Shelf) -> Result<(), JsValue> {
    for name in names(shelf).await? {
        remove_outbox(shelf, &name).await?;
    }
    Ok(())
}

/// Deletes an outbox, also what was set aside of it.
pub(super) async fn remove_outbox(shelf: &Shelf, name: &str) -> Result<(), JsValue> {
    let key = JsValue::from(format!("{NUMBER}{name}"));
    for number in 1..=last_number(&shelf.get(&key).await?) {
        remove(&numbered(name, number)).await?;
    }
    shelf.delete(&key).await.map(drop)
}

pub(super) async fn apply(
    outbox: &Outbox,
    changes: &[(Change, JsValue)],
    strict: bool,
) -> Result<(), ApplyError> {
    let mut json = String::new();
    let payloads = Array::new();
    for (change, payload) in changes {
        let (origin, saved) = match change {
            Change::Add(saved) | Change::Set(saved) => (&saved.origin, Some(saved)),
            Change::Drop(origin) => (origin, None),
        };
        let mut text = Writer::new().text("origin", origin.as_str());
        if let Some(saved) = saved {
            text = text.raw("facts", &saved.to_json());
        }
        if matches!(change, Change::Add(_)) {
            text = text.raw("isNew", "true");
        }
        json.push(if json.is_empty() { '[' } else { ',' });
        json.push_str(&text.end());
        payloads.push(payload);
    }
    json.push(']');
    entries(outbox.apply_json(&json, &payloads, strict).await).map(drop)
}

/// What a call to the disk brought.
pub(super) fn entries(result: Result<JsValue, JsValue>) -> Result<Vec<Kept>, ApplyError> {
    result.map(|rows| read(rows).0).map_err(ApplyError::read)
}

/// Rows that can be read, and how many cannot.
fn read(rows: JsValue) -> (Vec<Kept>, usize) {
    let rows: Array = rows.unchecked_into();
    let mut entries = Vec::new();
    let mut unreadable = 0;
    for at in (0..rows.length()).step_by(2) {
        let payload = JsObject(rows.get(at + 1));
        let is_whole = payload.get("method").is_string() && payload.get("params").is_string();
        let facts = JsObject(rows.get(at));
        let saved = Saved::read(&facts);
        match saved.filter(|_| is_whole) {
            Some(saved) => entries.push((saved, payload.0)),
            None => {
                unreadable += 1;
                entries.extend(Saved::read_remains(&facts).map(|saved| (saved, payload.0)));
            }
        }
    }
    (entries, unreadable)
}
