//! Which connections somebody has open.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};

type Named<T> = HashMap<String, Vec<Weak<T>>>;

/// The open connections by the names of who is there. One may stand under
/// several.
#[derive(Debug)]
pub(crate) struct Open<T>(Mutex<Named<T>>);

impl<T> Default for Open<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Open<T> {
    fn with<R>(&self, work: impl FnOnce(&mut Named<T>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a connection under a name, once.
    pub(crate) fn add(&self, name: &str, connection: &Arc<T>) {
        let connection = Arc::downgrade(connection);
        self.with(|all| {
            let named = all.entry(name.to_owned()).or_default();
            if !named.iter().any(|one| one.ptr_eq(&connection)) {
                named.push(connection);
            }
        });
    }

    /// Takes a connection out from under its names.
    pub(crate) fn remove(&self, names: &BTreeSet<String>, connection: &Arc<T>) {
        let connection = Arc::downgrade(connection);
        self.with(|all| {
            for name in names {
                if let Some(named) = all.get_mut(name) {
                    named.retain(|one| !one.ptr_eq(&connection));
                    if named.is_empty() {
                        all.remove(name);
                    }
                }
            }
        });
    }

    /// The open connections of a name.
    pub(crate) fn of(&self, name: &str) -> Vec<Arc<T>> {
        self.with(|all| {
            let named = all.get(name).into_iter().flatten();
            named.filter_map(Weak::upgrade).collect()
        })
    }
}
