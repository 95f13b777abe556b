//! What becomes of an entry that the store does not keep, and of one whose
//! payload is still being read.

use super::{EntryState, Key, Outbox, Update, earliest, reasons};
use crate::time::Instant;

impl Outbox {
    /// The store failed: what is in it must not leave without its mark, and what
    /// is not leaves without one.
    pub(super) fn not_kept(&mut self, key: &Key) {
        let (mut cleared, mut is_new) = (false, false);
        self.change(key, |record| {
            is_new = !record.kept;
            if !record.is_marking() {
                return;
            }
            if record.kept {
                // On disk it stands as not sent: so it must not be.
                record.unmark();
            } else {
                record.left = true;
                cleared = true;
            }
        });
        if cleared {
            self.journal.cleared.push_back(key.clone());
        }
        if is_new {
            self.tell_stored(key, false);
        }
        self.save(key);
    }

    /// The store keeps others, but not this one: it goes without the store, or,
    /// where it would have to be marked there, waits for a person.
    pub(super) fn cannot_be_kept(&mut self, now: Instant, key: &Key) {
        self.not_kept(key);
        let at_ms = self.parking_ms(now, key);
        let goes_through_the_store = self.journal.follows;
        self.change(key, |record| {
            record.dirty = false;
            record.is_unkeepable = true;
            // What waits for a person does so already.
            let waits = matches!(record.state, EntryState::Parked | EntryState::Unconfirmed);
            if !waits && (record.kept || goes_through_the_store) {
                record.park(at_ms, reasons::NOT_KEPT);
            }
        });
    }

    pub(super) fn tell_stored(&mut self, key: &Key, is_kept: bool) {
        let key = key.clone();
        self.updates.push_back(Update::Stored { key, is_kept });
    }

    /// The host has read the files of a message, or could not.
    pub(crate) fn payload_read(&mut self, now: Instant, key: &Key, result: Result<(), String>) {
        if !self.record(key).is_some_and(|record| record.is_being_read) {
            return;
        }
        match result {
            Ok(()) => {
                let expires = self.record(key).and_then(|record| {
                    record.is_being_read = false;
                    record.expires
                });
                self.next_expiry = earliest(self.next_expiry, expires);
            }
            Err(reason) => self.park(now, key, reason),
        }
        self.save(key);
    }
}
