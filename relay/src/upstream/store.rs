//! What must outlive the process: a port, for a store of the caller's choice.

use clawline_core::{DeviceToken, Key, Saved};

/// Keeps what was sent until it has arrived, and the token that a gateway
/// issued. `outbox` names one gateway, device and role: what belongs to one name
/// is never shown to another.
///
/// [`Sqlite`](super::Sqlite) is one.
pub trait Store: Send + Sync + 'static {
    /// All that is kept under this name.
    ///
    /// # Errors
    /// The store cannot be read. One entry that cannot be is no error: see
    /// [`Saved::read_remains`].
    fn restore(&self, outbox: &str) -> impl Future<Output = Result<Restored, StoreFailed>> + Send;

    /// Makes these changes, in this order, all or none. When this returns, they
    /// survive a loss of power. The same change may be made twice.
    ///
    /// # Errors
    /// Nothing of it is kept.
    fn write(
        &self,
        outbox: &str,
        changes: Vec<Write>,
    ) -> impl Future<Output = Result<(), StoreFailed>> + Send;

    /// Keeps the gateway's token for this device, or forgets it.
    ///
    /// # Errors
    /// The store cannot be written.
    fn keep_token(
        &self,
        outbox: &str,
        token: Option<DeviceToken>,
    ) -> impl Future<Output = Result<(), StoreFailed>> + Send;
}

/// What a store has.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// Entries, in any order: they tell theirs.
    pub entries: Vec<Kept>,
    /// The gateway's token for this device.
    pub token: Option<DeviceToken>,
}

/// An entry of the outbox with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its facts; [`Saved::to_json`] writes them, [`Saved::read`] reads them.
    pub saved: Saved,
    /// Its params, the JSON text of an object. They hold what people wrote.
    pub params: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A new entry, or the same once more.
    Add(Kept),
    /// The facts of an entry, found by its `origin`.
    Set(Saved),
    /// The entry with this origin is done. It need not be there.
    Drop(Key),
}

/// The store cannot be read or written, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the outbox cannot be kept: {0}")]
pub struct StoreFailed(pub String);
