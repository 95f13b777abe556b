//! The outbox as it is kept in the browser: on disk (`disk.js`), or in memory
//! where nothing can be kept (`memory.js`). What is done to which row is said
//! here; rows, payloads and transactions stay in JavaScript.
//!
//! ```text
//! let opened = Store::open(device, &name, owner).await;      // leads: a new epoch
//! let opened = Store::follow(device, &name).await;           // adds only
//! let mut changes = Changes::default();
//! changes.add(&saved, &payload) · set(&saved) · edit(&saved, &payload) · drop(&origin)
//! opened.store.apply(changes, strict).await                  // all or nothing
//! opened.store.read_new().await                              // what followers added
//! opened.store.beat(wall_ms).await · adopt(stale_before_ms).await   // where there are no locks
//! forget(device).await · persist().await · name(device, gateway, device_id, role)
//! ```
//!
//! * A store that was deposed stays so: open another one to lead again.
//! * A leader reads what others have added before it adds the same entry.
//! * In memory (`durable` is false) other tabs see nothing of it: a follower
//!   must hand its entries over with their payloads.

mod facts;
#[cfg(test)]
mod tests;

use clawline_core::wire::Writer;
use clawline_core::{Key, Saved, StoreError};
use js_sys::Array;
use sha2::{Digest as _, Sha256};
use wasm_bindgen::prelude::*;

use crate::host::hex;
use crate::object::JsObject;
use crate::storage::Shelf;

#[wasm_bindgen(module = "/src/store/disk.js")]
extern "C" {
    /// `DiskOutbox` or `MemoryOutbox`: they have the same methods.
    #[derive(Clone)]
    type Outbox;

    #[wasm_bindgen(catch, js_name = open)]
    async fn open_disk(
        shelf: &Shelf,
        name: &str,
        owner: &str,
        leads: bool,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = removeAll)]
    async fn remove_all(shelf: &Shelf) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = persist)]
    async fn ask_to_persist() -> JsValue;

    #[wasm_bindgen(method, catch)]
    async fn apply(
        this: &Outbox,
        changes: &str,
        payloads: &Array,
        strict: bool,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = readNew)]
    async fn read_new(this: &Outbox) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn beat(this: &Outbox, now: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn adopt(this: &Outbox, before: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &Outbox);
}

#[wasm_bindgen(module = "/src/store/memory.js")]
extern "C" {
    #[wasm_bindgen(js_name = open)]
    fn open_memory(name: &str, owner: &str, leads: bool) -> JsValue;
    #[wasm_bindgen(js_name = forget)]
    fn forget_memory(start: &str);
}

/// An entry with its payload, as the host gave it.
pub(crate) type Kept = (Saved, JsValue);

/// An open outbox. Cheap to clone: a handle.
#[derive(Clone)]
pub(crate) struct Store(Outbox);

/// What an open outbox holds.
pub(crate) struct Opened {
    pub(crate) store: Store,
    /// Its entries in order; none for a follower.
    pub(crate) entries: Vec<Kept>,
    /// It outlives the page.
    pub(crate) durable: bool,
    pub(crate) trouble: Option<Trouble>,
}

/// What a person should know about the outbox of this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing can be kept here, for this reason: it is in memory.
    Unavailable(String),
    /// A newer page has written it: this one leaves it alone and is in memory.
    Newer,
    /// An earlier one could not be read. It is kept, and a new one was begun.
    SetAside,
    /// So many entries cannot be read. They are kept where they are.
    Unreadable(usize),
}

/// Why changes were not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApplyError {
    /// Another tab leads now, or the outbox was deleted by one.
    Deposed,
    /// In the browser's words.
    Failed(String),
}

impl ApplyError {
    /// What the engine is told.
    pub(crate) const fn class(&self) -> StoreError {
        match self {
            Self::Deposed => StoreError::Deposed,
            Self::Failed(_) => StoreError::Failed,
        }
    }

    fn read(thrown: JsValue) -> Self {
        if JsObject(thrown.clone()).get("name") == "Deposed" {
            Self::Deposed
        } else {
            Self::Failed(words(thrown))
        }
    }
}

/// Changes that are made together, in this order.
#[derive(Default)]
pub(crate) struct Changes {
    json: String,
    payloads: Array,
}

impl Changes {
    /// A new entry. One that is kept already is only set.
    pub(crate) fn add(&mut self, saved: &Saved, payload: &JsValue) {
        self.push(&saved.origin, Some(saved), true, payload);
    }

    /// The facts of an entry that is kept; nothing, when it is not.
    pub(crate) fn set(&mut self, saved: &Saved) {
        self.push(&saved.origin, Some(saved), false, &JsValue::UNDEFINED);
    }

    /// The same, with another payload.
    pub(crate) fn edit(&mut self, saved: &Saved, payload: &JsValue) {
        self.push(&saved.origin, Some(saved), false, payload);
    }

    /// The entry is done.
    pub(crate) fn drop(&mut self, origin: &Key) {
        self.push(origin, None, false, &JsValue::UNDEFINED);
    }

    fn push(&mut self, origin: &Key, saved: Option<&Saved>, is_new: bool, payload: &JsValue) {
        let mut change = Writer::new().text("origin", origin.as_str());
        if let Some(saved) = saved {
            change = change.raw("facts", &facts::write(saved));
        }
        if is_new {
            change = change.raw("isNew", "true");
        }
        self.json.push(if self.json.is_empty() { '[' } else { ',' });
        self.json.push_str(&change.end());
        self.payloads.push(payload);
    }
}

impl Store {
    /// Opens the outbox `name` (see [`name`]) of the device that has the
    /// database `device`, to lead it. `owner` is empty where one tab leads
    /// all by a lock; else it is this tab's, and it leads its own rows.
    pub(crate) async fn open(device: &str, name: &str, owner: &str) -> Opened {
        Self::enter(device, name, owner, true).await
    }

    /// Opens the outbox to add to it what another tab will send.
    pub(crate) async fn follow(device: &str, name: &str) -> Opened {
        Self::enter(device, name, "", false).await
    }

    async fn enter(device: &str, name: &str, owner: &str, leads: bool) -> Opened {
        let shelf = Shelf::new(device);
        let opened = open_disk(&shelf, name, owner, leads).await;
        shelf.close();
        let (opened, durable, mut trouble) = match opened {
            Ok(opened) => {
                let opened = JsObject(opened);
                let is_set_aside = opened.get("isSetAside").is_truthy();
                (opened, true, is_set_aside.then_some(Trouble::SetAside))
            }
            Err(thrown) => {
                let trouble = if JsObject(thrown.clone()).get("name") == "VersionError" {
                    Trouble::Newer
                } else {
                    Trouble::Unavailable(words(thrown))
                };
                let opened = JsObject(open_memory(name, owner, leads));
                (opened, false, Some(trouble))
            }
        };
        let (entries, unreadable) = read(opened.get("rows"));
        if unreadable > 0 && trouble.is_none() {
            trouble = Some(Trouble::Unreadable(unreadable));
        }
        Opened {
            store: Self(opened.get("outbox").unchecked_into()),
            entries,
            durable,
            trouble,
        }
    }

    /// Makes the changes, all or none. `strict`: they must outlive a loss of
    /// power, not only the page.
    pub(crate) async fn apply(&self, changes: Changes, strict: bool) -> Result<(), ApplyError> {
        let Changes { mut json, payloads } = changes;
        if json.is_empty() {
            return Ok(());
        }
        json.push(']');
        told(self.0.apply(&json, &payloads, strict).await).map(drop)
    }

    /// The entries that followers have added since the last look.
    pub(crate) async fn read_new(&self) -> Result<Vec<Kept>, ApplyError> {
        told(self.0.read_new().await)
    }

    /// This owner lives, at this moment by the wall clock (Unix ms). At 0 its
    /// entries may be adopted at once.
    pub(crate) async fn beat(&self, wall_ms: u64) -> Result<(), ApplyError> {
        told(self.0.beat(wall_ms as f64).await).map(drop)
    }

    /// Takes over the entries of owners whose last beat was before this moment
    /// (Unix ms). Of two tabs that try, one gets them.
    pub(crate) async fn adopt(&self, stale_before_ms: u64) -> Result<Vec<Kept>, ApplyError> {
        told(self.0.adopt(stale_before_ms as f64).await)
    }

    /// Ends the connection to the disk; what is under way is still done.
    pub(crate) fn close(&self) {
        self.0.close();
    }
}

/// The name of the outbox for a gateway's address, a device and a role.
pub(crate) fn name(device: &str, gateway: &str, device_id: &str, role: &str) -> String {
    let scope = format!("{gateway}\n{device_id}\n{role}");
    let hash = Sha256::digest(scope.as_bytes());
    format!("{device}/outbox/{}", hex(&hash[..16]))
}

/// Deletes every outbox of a device: other tabs of it are deposed.
pub(crate) async fn forget(device: &str) -> Result<(), String> {
    forget_memory(&format!("{device}/"));
    let shelf = Shelf::new(device);
    let removed = remove_all(&shelf).await;
    shelf.close();
    removed.map_err(words)
}

/// Asks the browser, once per visit, not to clear this origin when space is
/// short. `None` where it cannot be asked.
pub(crate) async fn persist() -> Option<bool> {
    ask_to_persist().await.as_bool()
}

fn told(result: Result<JsValue, JsValue>) -> Result<Vec<Kept>, ApplyError> {
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
        let saved = facts::read(&JsObject(rows.get(at)));
        match saved.filter(|_| is_whole) {
            Some(saved) => entries.push((saved, payload.0)),
            None => unreadable += 1,
        }
    }
    (entries, unreadable)
}

/// What was thrown: its kind and its words, of which browsers leave out either.
fn words(thrown: JsValue) -> String {
    let name = JsObject(thrown.clone()).get("name").as_string();
    let message = crate::socket::words(&thrown);
    match name {
        Some(name) if name != "Error" => format!("{name}: {message}"),
        _ => message,
    }
}
