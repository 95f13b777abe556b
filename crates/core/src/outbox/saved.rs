//! What the store keeps of an entry, and what is to be done to it.

use std::time::Duration;

use super::entry::{EntryState, Key, Route};
use crate::answers::Answers;

/// An entry as the store keeps it, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The key that it was written with: its identity in the store.
    pub origin: Key,
    /// The key that counts now; another one after a renewal.
    pub key: Key,
    /// Where it goes.
    pub route: Route,
    /// How many answers end it.
    pub answers: Answers,
    /// The size of its payload, in bytes.
    pub bytes: u64,
    /// When it was written, by the host's wall clock, Unix milliseconds.
    pub written_ms: u64,
    /// How long after that it may still leave.
    pub ttl: Option<Duration>,
    /// `Queued`, `Sending`, `Parked` or `Unconfirmed`. An accepted entry is
    /// kept as `Sending`: after a restart both are to be decided.
    pub state: EntryState,
    /// Set before its first byte left.
    pub mark: Option<Mark>,
    /// How often its bytes have left.
    pub attempts: u32,
    /// Why it is parked or unconfirmed.
    pub reason: Option<String>,
    /// When it was parked, by the host's wall clock, Unix milliseconds: what was
    /// written later does not wait for it.
    pub parked_ms: Option<u64>,
    /// The dead key that its key replaces.
    pub replaces: Option<Key>,
}

/// To which process of the gateway an entry was sent, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The boot id of that process.
    pub boot_id: String,
    /// The gateway's clock at that moment, Unix milliseconds.
    pub gateway_ms: u64,
}

/// One change of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new entry: the host keeps its payload with it.
    Add(Saved),
    /// The facts of an entry that is kept already.
    Set(Saved),
    /// The entry with this origin is done. Dropping it twice, or what was
    /// never kept, is no error.
    Drop(Key),
}

/// Changes that are made together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// To be named in the answer.
    pub id: u32,
    /// They must survive a loss of power, not only of the page.
    pub strict: bool,
    /// In this order.
    pub changes: Vec<Change>,
}

/// Why a batch was not kept. Nothing of it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreError {
    /// Another tab leads now: the outbox is its.
    Deposed,
    /// The store is full, gone, or failed after it was opened anew.
    Failed,
}
