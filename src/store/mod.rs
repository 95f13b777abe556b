//! The outbox as it is kept in the browser: on disk (`disk.rs`, `disk.js`), or
//! in memory (`memory.rs`) where nothing can be kept.
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

mod disk;
mod memory;
mod take_over;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use clawline_core::{Change, Key, Saved, StoreError};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::JsValue;

use crate::host::hex;
use crate::object::JsObject;
use crate::storage::Shelf;
pub(crate) use take_over::{existing, spellings};

/// An entry with its payload, as the host gave it.
pub(crate) type Kept = (Saved, JsValue);

/// An open outbox. Cheap to clone: a handle.
#[derive(Clone)]
pub(crate) struct Store(Backend);

#[derive(Clone)]
enum Backend {
    Disk(disk::Outbox),
    Memory(Rc<memory::Outbox>),
}

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
pub(crate) struct Changes(Vec<(Change, JsValue)>);

impl Changes {
    /// A new entry. One that is kept already is only set.
    pub(crate) fn add(&mut self, saved: &Saved, payload: &JsValue) {
        self.0.push((Change::Add(saved.clone()), payload.clone()));
    }

    /// The facts of an entry that is kept; nothing, when it is not.
    pub(crate) fn set(&mut self, saved: &Saved) {
        self.edit(saved, &JsValue::UNDEFINED);
    }

    /// The same, with another payload.
    pub(crate) fn edit(&mut self, saved: &Saved, payload: &JsValue) {
        self.0.push((Change::Set(saved.clone()), payload.clone()));
    }

    /// The entry is done.
    pub(crate) fn drop(&mut self, origin: &Key) {
        self.0
            .push((Change::Drop(origin.clone()), JsValue::UNDEFINED));
    }
}

impl Store {
    /// Opens the outbox `name` (see [`name`]) of the device that has the
    /// database `device`, to lead it. `owner` is empty where one tab leads
    /// all by a lock; else it is this tab's, and it leads its own rows.
    pub(crate) async fn open(device: &str, name: &str, owner: &str) -> Opened {
        Self::enter(device, name, owner, true).await
    }

    /// Opens the outbox to add to it what another tab, or a later connection, will
    /// send; `owner` as for [`Store::open`].
    pub(crate) async fn follow(device: &str, name: &str, owner: &str) -> Opened {
        Self::enter(device, name, owner, false).await
    }

    async fn enter(device: &str, name: &str, owner: &str, leads: bool) -> Opened {
        let shelf = Shelf::new(device);
        let opened = disk::open(&shelf, name, owner, leads).await;
        shelf.close();
        opened.unwrap_or_else(|thrown| {
            let trouble = if JsObject(thrown.clone()).get("name") == "VersionError" {
                Trouble::Newer
            } else {
                Trouble::Unavailable(words(thrown))
            };
            let (outbox, entries) = memory::open(name, owner, leads);
            Opened {
                store: Self(Backend::Memory(Rc::new(outbox))),
                entries,
                durable: false,
                trouble: Some(trouble),
            }
        })
    }

    /// Makes the changes, all or none. `strict`: they must outlive a loss of
    /// power, not only the page.
    pub(crate) async fn apply(&self, changes: Changes, strict: bool) -> Result<(), ApplyError> {
        match &self.0 {
            _ if changes.0.is_empty() => Ok(()),
            Backend::Disk(outbox) => disk::apply(outbox, &changes.0, strict).await,
            Backend::Memory(outbox) => outbox.apply(changes.0),
        }
    }

    /// The entries that followers have added since the last look.
    pub(crate) async fn read_new(&self) -> Result<Vec<Kept>, ApplyError> {
        match &self.0 {
            Backend::Disk(outbox) => disk::entries(outbox.read_new().await),
            Backend::Memory(outbox) => outbox.read_new(),
        }
    }

    /// This owner lives, at this moment by the wall clock (Unix ms). At 0 its
    /// entries may be adopted at once.
    pub(crate) async fn beat(&self, wall_ms: u64) -> Result<(), ApplyError> {
        match &self.0 {
            Backend::Disk(outbox) => disk::entries(outbox.beat(wall_ms as f64).await).map(drop),
            Backend::Memory(outbox) => outbox.beat(wall_ms),
        }
    }

    /// Takes over the entries of owners whose last beat was before this moment
    /// (Unix ms). Of two tabs that try, one gets them.
    pub(crate) async fn adopt(&self, stale_before_ms: u64) -> Result<Vec<Kept>, ApplyError> {
        match &self.0 {
            Backend::Disk(outbox) => disk::entries(outbox.adopt(stale_before_ms as f64).await),
            Backend::Memory(outbox) => outbox.adopt(stale_before_ms),
        }
    }

    /// Ends the connection to the disk; what is under way is still done.
    pub(crate) fn close(&self) {
        if let Backend::Disk(outbox) = &self.0 {
            outbox.close();
        }
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
    memory::forget(&format!("{device}/"));
    let shelf = Shelf::new(device);
    let removed = disk::remove_all(&shelf).await;
    shelf.close();
    match removed {
        Err(thrown) if !disk::is_one_of(&thrown, &[disk::ABSENT]) => Err(words(thrown)),
        _ => Ok(()),
    }
}

/// Asks the browser, once per visit, not to clear this origin when space is
/// short. `None` where it cannot be asked.
pub(crate) async fn persist() -> Option<bool> {
    disk::persist().await.as_bool()
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
