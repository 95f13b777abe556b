//! A store as the engine sees it.

use crate::outbox::{Batch, Change, EntryState, Saved, StoreError};

/// A store, with what a test wants of it.
#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) entries: Vec<Saved>,
    pub(super) batches: usize,
    /// It takes nothing, for this reason.
    pub(super) trouble: Option<StoreError>,
    /// A batch waits for `World::answer_store`.
    pub(super) is_slow: bool,
    pub(super) out: Option<Batch>,
}

impl Disk {
    pub(super) fn take(&mut self, batch: &Batch) -> Result<(), StoreError> {
        if let Some(trouble) = self.trouble {
            return Err(trouble);
        }
        for change in &batch.changes {
            match change {
                Change::Add(saved) => {
                    let known = self.entries.iter().any(|kept| kept.origin == saved.origin);
                    assert!(!known, "{} is new", saved.origin);
                    self.entries.push(saved.clone());
                }
                Change::Set(saved) => {
                    let mut kept = self.entries.iter_mut();
                    let kept = kept.find(|kept| kept.origin == saved.origin);
                    *kept.expect("an entry of the store") = saved.clone();
                }
                Change::Drop(origin) => self.entries.retain(|kept| kept.origin != *origin),
            }
        }
        Ok(())
    }

    pub(super) fn state(&self, key: &str) -> Option<EntryState> {
        let mut entries = self.entries.iter();
        entries
            .find(|saved| saved.key.as_str() == key)
            .map(|saved| saved.state)
    }
}
