//! Opens the outbox that this tab leads, with what earlier versions kept of the
//! same gateway under other names.

use std::rc::Rc;

use super::Driver;
use super::place::Place;
use super::seat::{PROTOCOL, Turn};
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
        let found = existing(&self.device, &names).await;
        // What cannot be looked up now must not be forgotten.
        let is_known = found.is_some();
        self.older.replace(found.unwrap_or(names));
        if is_known {
            self.forget_spellings();
        }
    }

    /// Once nothing stands under other spellings, their names go.
    fn forget_spellings(&self) {
        if self.older.borrow().is_empty() {
            self.with_identity(async |identity, gateway| {
                identity.rename_tokens(&gateway).await;
            });
        }
    }

    /// Opens an outbox to lead it; `owner` as for [`Store::open`].
    pub(super) async fn open_to_lead(&self, name: &str, owner: &str) -> Opened {
        let mut opened = Store::open(&self.device, name, owner).await;
        if opened.durable {
            for row in self.take_over_older(&opened.store).await {
                let is_known = |known: &Kept| known.0.origin == row.0.origin;
                if !opened.entries.iter().any(is_known) {
                    opened.entries.push(row);
                }
            }
        }
        opened
    }

    /// Takes in what an older page kept to itself until now.
    pub(super) async fn look_for_what_is_left(self: &Rc<Self>, turn: Turn) {
        let Some(store) = self.store() else { return };
        let rows = self.take_over_older(&store).await;
        if self.counts(turn) {
            self.adopt(rows);
        }
    }

    /// Moves what stands under other names into this store. What is still in use
    /// there is tried again later.
    async fn take_over_older(&self, into: &Store) -> Vec<Kept> {
        let mut moved = Vec::new();
        let older = self.older.borrow().clone();
        for name in older {
            let (rows, is_whole) = self.take_over(into, &name).await;
            moved.extend(rows);
            if is_whole {
                self.older.borrow_mut().retain(|one| *one != name);
            }
        }
        self.forget_spellings();
        moved
    }

    async fn take_over(&self, into: &Store, older: &str) -> (Vec<Kept>, bool) {
        let silent = wall_ms().saturating_sub(SILENT_MS);
        // An older page may lead there: two must not send the same message.
        match Group::join(&format!("{older}{PROTOCOL}"), &self.tab, |_| {}).await {
            Some((_, false)) => (Vec::new(), false),
            Some((_group, true)) => into.take_over(&self.device, older, "", silent).await,
            None => {
                // Its owners may only seem to be gone, or to be there.
                let taken = into.take_over(&self.device, older, &uuid(), silent).await;
                (taken.0, false)
            }
        }
    }
}
