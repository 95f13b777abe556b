//! What a person decides about an entry: take it back, send it again, change it.

use super::record::Record;
use super::{EnqueueError, EntryState, Key, Outbox, Update};

impl Outbox {
    /// Takes out a message that is not under way. False when it is, or is not
    /// known.
    pub(crate) fn remove(&mut self, key: &Key) -> bool {
        let idle = |record: &mut Record| {
            !matches!(record.state, EntryState::Sending | EntryState::Accepted)
        };
        self.record(key).is_some_and(idle) && self.dismiss(key)
    }

    /// Follows a message no longer, whatever has become of it: it may be under
    /// way, and arrive. False when it is not known, or on its way to the tab that
    /// leads.
    pub(crate) fn dismiss(&mut self, key: &Key) -> bool {
        if self.journal.hands_over(key) || !self.knows(key) {
            return false;
        }
        if let Some(record) = self.forget(key) {
            // A person does not want it to come back.
            self.journal.is_urgent |= record.kept;
        }
        self.updates.push_back(Update::Removed(key.clone()));
        true
    }

    /// A person wants a parked or unconfirmed message sent again, in its place
    /// and under a key of its own. False when it is neither, or on its way to the
    /// tab that leads, which would not hear of it.
    pub(crate) fn resend(&mut self, key: &Key, new_key: Key) -> bool {
        let decided = |record: &mut Record| {
            matches!(record.state, EntryState::Parked | EntryState::Unconfirmed)
        };
        let is_here = !self.journal.hands_over(key) && !self.places.contains_key(&new_key);
        if !is_here || !self.record(key).is_some_and(decided) {
            return false;
        }
        self.renew(key, new_key);
        true
    }

    /// The payload of a message has changed, which is not under way. One that
    /// was sent before goes out anew, under a key of its own.
    pub(crate) fn edit(
        &mut self,
        key: &Key,
        new_key: Key,
        bytes: u64,
    ) -> Result<bool, EnqueueError> {
        let known = self
            .record(key)
            .map(|record| (record.state, record.is_fresh(), record.bytes));
        let Some((state, fresh, before)) = known.filter(|_| !self.journal.hands_over(key)) else {
            return Ok(false);
        };
        let total = self.bytes.saturating_sub(before).saturating_add(bytes);
        if total > self.bounds.bytes {
            return Err(EnqueueError::TooLarge {
                limit: self.bounds.bytes,
            });
        }
        let decided = matches!(state, EntryState::Parked | EntryState::Unconfirmed);
        if !fresh && !decided {
            return Ok(false);
        }
        if decided && !self.resend(key, new_key.clone()) {
            return Ok(false);
        }
        let key = if decided { &new_key } else { key };
        let route = self.places.get(key).map(|place| place.route.clone());
        if let Some((route, record)) = route.zip(self.record(key)) {
            record.bytes = bytes;
            record.is_unkeepable = false;
            // Who shows its words looks at them anew.
            let entry = record.entry(&route);
            self.updates.push_back(Update::Changed(entry));
        }
        self.bytes = total;
        self.save(key);
        Ok(true)
    }

    /// The same message, in its place, as one that was never sent.
    pub(super) fn renew(&mut self, key: &Key, new_key: Key) {
        let Some(place) = self.places.remove(key) else {
            return;
        };
        self.places.insert(new_key.clone(), place.clone());
        self.journal.rename(key, &new_key);
        let route = &place.route;
        let lane = self.lanes.get_mut(route);
        let Some(record) = lane.and_then(|lane| lane.find(place.number)) else {
            return;
        };
        record.renew(new_key.clone());
        self.updates.push_back(Update::Renewed {
            from: key.clone(),
            to: new_key.clone(),
        });
        self.updates.push_back(Update::Changed(record.entry(route)));
        self.save(&new_key);
    }
}
