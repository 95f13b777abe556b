//! The keys of a message: who gave them, and which of them counts.

use std::collections::BTreeMap;

use super::Judge;
use super::messages::Message;
use crate::world::TabId;

/// A later key of a message.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) key: String,
    /// The tab that gave it.
    tab: TabId,
    /// The message was another tab's by then: no store takes the key, and the
    /// tab that gave it will hear so.
    is_void: bool,
    /// A store had it, or it left.
    pub(super) is_known: bool,
}

impl Message {
    /// The key by which this tab is to send it: the newest, unless the tab that
    /// gave that one did not have the message any more.
    pub(super) fn key_for(&self, tab: TabId) -> Option<&str> {
        let counts = |key: &&String| {
            let mut names = self.names.iter();
            !names
                .any(|name| name.key == **key && name.is_void && !name.is_known && name.tab != tab)
        };
        self.keys.iter().rev().find(counts).map(String::as_str)
    }

    /// A store has it under this key, or it left.
    pub(super) fn is_known_as(&mut self, key: &str) {
        for name in self.names.iter_mut().filter(|name| name.key == key) {
            name.is_known = true;
        }
    }

    /// Keys that these tabs gave and that no store and no gateway ever saw.
    pub(super) fn forget_names(
        &mut self,
        by: impl Fn(TabId) -> bool,
        by_key: &mut BTreeMap<String, usize>,
    ) {
        for name in self
            .names
            .extract_if(.., |name| !name.is_known && by(name.tab))
        {
            by_key.remove(&name.key);
            self.keys.retain(|known| *known != name.key);
        }
    }
}

impl Judge {
    /// An outbox replaced a key by itself. `dead`: the gateway takes it no more.
    /// `stale`: another tab has the message.
    pub fn renewed(&mut self, tab: TabId, from: &str, to: &str, dead: bool, stale: bool) {
        // What nobody stored and another tab has is void.
        if self.by_key.contains_key(to) || !self.by_key.contains_key(from) {
            return;
        }
        self.tally.renewals += 1;
        if !dead {
            self.fail("repeat", format!("{from} goes on as {to} and is not dead"));
        }
        self.add_key(tab, from, to, stale);
    }

    fn add_key(&mut self, tab: TabId, from: &str, to: &str, stale: bool) {
        let Some(index) = self.by_key.get(from).copied() else {
            return;
        };
        self.by_key.insert(to.to_owned(), index);
        let message = &mut self.messages[index];
        message.keys.push(to.to_owned());
        message.names.push(Name {
            key: to.to_owned(),
            tab,
            // What no store has is the tab's, whoever leads.
            is_void: stale && message.kept,
            is_known: false,
        });
    }

    /// A person sends a message again that may have run. `stale`: another tab has
    /// it.
    pub fn person_resends(&mut self, tab: TabId, from: &str, to: &str, stale: bool) {
        self.tally.resends += 1;
        self.add_key(tab, from, to, stale);
        if let Some(message) = self.message(to) {
            message.again += 1;
        }
    }

    /// … but the outbox would not.
    pub fn person_did_not(&mut self, to: &str) {
        self.tally.resends -= 1;
        if let Some(message) = self.message(to) {
            message.again -= 1;
            message.keys.retain(|key| key != to);
            message.names.retain(|name| name.key != to);
        }
        self.by_key.remove(to);
    }
}
