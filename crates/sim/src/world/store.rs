//! A device's store: what IndexedDB keeps, and how it fails.

use clawline_core::{Batch, Change, Key, Saved, StoreError};

use super::TabId;

/// A transaction.
#[derive(Debug, Clone)]
pub(super) enum Job {
    /// A batch of an engine. A leader's carries its epoch; a follower's only
    /// adds, and needs none.
    Write(Batch, Option<u64>),
    /// A new leadership: the epoch moves on, the outbox is read.
    Lead,
    /// The outbox is read again: other tabs wrote.
    Read,
    /// The rows of a tab that is silent become this tab's.
    Adopt(TabId),
}

/// Rows that belong together: those of the device, or, where there are no
/// locks, those of one tab.
#[derive(Debug, Default, Clone)]
pub(super) struct Rows {
    pub(super) epoch: u64,
    pub(super) saved: Vec<Saved>,
    /// When their tab last said that it lives (without locks).
    pub(super) beat: u64,
    /// Another tab took them over.
    pub(super) taken: bool,
}

impl Rows {
    /// Makes all changes, or none.
    pub(super) fn write(&mut self, batch: &Batch, epoch: Option<u64>) -> Result<(), StoreError> {
        // Who does not lead may add, and nothing else.
        let adds = |change: &Change| matches!(change, Change::Add(_));
        let may = match epoch {
            Some(epoch) => epoch == self.epoch,
            None => batch.changes.iter().all(adds),
        };
        if self.taken || !may {
            return Err(StoreError::Deposed);
        }
        for change in &batch.changes {
            match change {
                Change::Add(saved) => self.saved.push(saved.clone()),
                Change::Set(saved) => {
                    if let Some(row) = self.find(&saved.origin) {
                        *row = saved.clone();
                    }
                }
                Change::Drop(origin) => self.saved.retain(|row| row.origin != *origin),
            }
        }
        Ok(())
    }

    fn find(&mut self, origin: &Key) -> Option<&mut Saved> {
        self.saved.iter_mut().find(|row| row.origin == *origin)
    }
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Every transaction fails: the handle is lost, the disk is broken.
    Fails,
    /// Nothing new fits.
    Full,
    /// Every transaction takes up to so many ms.
    Slow(u64),
}

/// One device's store.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// With locks one set of rows, without them one for each tab.
    pub(super) rows: std::collections::BTreeMap<TabId, Rows>,
    pub(super) trouble: Option<(Trouble, u64)>,
    /// Transactions run one after the other.
    pub(super) floor: u64,
    /// … and are told in that order.
    pub(super) told: u64,
}

impl Store {
    pub(super) fn rows(&mut self, owner: TabId) -> &mut Rows {
        self.rows.entry(owner).or_default()
    }

    pub(super) fn trouble(&self, now: u64) -> Option<Trouble> {
        let (trouble, until) = self.trouble?;
        (now < until).then_some(trouble)
    }

    /// A transaction fails now.
    pub(super) fn fails(&self, now: u64, job: &Job) -> bool {
        let adds = |change: &Change| matches!(change, Change::Add(_));
        match (self.trouble(now), job) {
            (Some(Trouble::Fails), _) => true,
            (Some(Trouble::Full), Job::Write(batch, _)) => batch.changes.iter().any(adds),
            _ => false,
        }
    }

    /// An entry stands in it, under its first key or its last.
    pub(super) fn holds(&self, origin: &str) -> bool {
        let mut rows = self.rows.values().flat_map(|rows| &rows.saved);
        rows.any(|row| row.origin.as_str() == origin)
    }
}
