//! Opens the outbox that this tab leads, with what earlier versions kept of the
//! same gateway under other names.

use super::Driver;
use super::place::Place;
use super::seat::PROTOCOL;
use crate::host::{uuid, wall_ms};
use crate::store::{Kept, Opened, Store, existing, spellings};
use crate::tabs::Group;

/// An owner of rows that was silent for this long (ms) is gone.
const SILENT_MS: u64 = 60_000;

impl Driver {
    /// Finds out how an earlier version may have named this place's outbox.
    pub(super) async fn look_for_older(&self, place: &Place) {
        let known = match &place.identity {
            Some(identity) => identity.spellings(&place.gateway).await,
            None => Vec::new(),
        };
        let current = self.outbox_name(place);
        let spelled = spellings(&place.gateway, &place.address, known).into_iter();
        let name = |address: String| {
            crate::store::name(&self.device, &address, place.device_id(), &self.role)
        };
        let names: Vec<String> = spelled.map(name).filter(|name| *name != current).collect();
        self.older.replace(existing(&self.device, &names).await);
    }

    /// Opens an outbox to lead it; `owner` as for [`Store::open`].
    pub(super) async fn open_to_lead(&self, name: &str, owner: &str) -> Opened {
        let mut opened = Store::open(&self.device, name, owner).await;
        for older in self.older.take() {
            let taken = if opened.durable {
                self.take_over(&opened.store, &older).await
            } else {
                None
            };
            match taken {
                Some(rows) => {
                    for row in rows {
                        let is_known = |known: &Kept| known.0.origin == row.0.origin;
                        if !opened.entries.iter().any(is_known) {
                            opened.entries.push(row);
                        }
                    }
                }
                // Tried again by the next one that leads.
                None => self.older.borrow_mut().push(older),
            }
        }
        if self.older.borrow().is_empty() {
            self.with_identity(async |identity, gateway| {
                identity.rename_tokens(&gateway).await;
            });
        }
        opened
    }

    async fn take_over(&self, into: &Store, older: &str) -> Option<Vec<Kept>> {
        // An older page may lead there: two must not send the same message.
        let lock = Group::join(&format!("{older}{PROTOCOL}"), &self.tab, |_| {}).await;
        match lock {
            Some((_, false)) => None,
            Some((group, true)) => {
                let rows = into.take_over(&self.device, older, "", 0).await;
                drop(group);
                rows
            }
            None => {
                let silent = wall_ms().saturating_sub(SILENT_MS);
                into.take_over(&self.device, older, &uuid(), silent).await
            }
        }
    }
}
