//! Things of one kind by name, each used by one command at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Result, bail};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// The slot stays empty until the thing has been made.
type Slot<T> = Arc<AsyncMutex<Option<T>>>;

#[derive(Debug)]
pub(super) struct Park<T> {
    kind: &'static str,
    slots: Mutex<HashMap<String, Slot<T>>>,
}

/// The turn of one command at one thing.
pub(super) type Turn<T> = OwnedMutexGuard<Option<T>>;

impl<T> Park<T> {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            slots: Mutex::default(),
        }
    }

    /// An empty place for a new thing; an error when the name is taken.
    pub(super) async fn vacant(&self, name: &str) -> Result<Turn<T>> {
        let slot = Arc::clone(self.slots().entry(name.to_owned()).or_default());
        let turn = slot.lock_owned().await;
        if turn.is_some() {
            bail!(
                "there is a {} named `{name}` already: stop it first",
                self.kind
            );
        }
        Ok(turn)
    }

    /// The turn at the thing of that name, after the commands before.
    pub(super) async fn turn(&self, name: &str) -> Result<Turn<T>> {
        let slot = self.slots().get(name).map(Arc::clone);
        if let Some(slot) = slot {
            let turn = slot.lock_owned().await;
            if turn.is_some() {
                return Ok(turn);
            }
        }
        bail!("there is no {} named `{name}`: start it first", self.kind)
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<String, Slot<T>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
