//! The plugins that are connected.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::plugin::Plugin;

/// Most plugins at once.
const MAX_PLUGINS: usize = 8;

/// The plugins, the newest last: it answers, the others stand by. The original
/// gives every question to all of them, and a page hears as many answers.
#[derive(Debug, Default)]
pub(super) struct Plugins(Mutex<Vec<Arc<Plugin>>>);

impl Plugins {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Plugin>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more may come.
    pub(super) fn has_room(&self) -> bool {
        self.lock().len() < MAX_PLUGINS
    }

    /// The one that answers.
    pub(super) fn current(&self) -> Option<Arc<Plugin>> {
        self.lock().last().cloned()
    }

    pub(super) fn add(&self, plugin: &Arc<Plugin>) {
        self.lock().push(Arc::clone(plugin));
    }

    pub(super) fn remove(&self, plugin: &Arc<Plugin>) {
        self.lock().retain(|one| !Arc::ptr_eq(one, plugin));
    }
}
