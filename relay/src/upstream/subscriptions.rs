//! Whose events are wanted: those of the sessions that messages are on their way
//! to, and of those that somebody listens to. A connection remembers nothing of
//! an earlier one.

use std::collections::HashMap;

use clawline_core::wire::methods::{SESSIONS_MESSAGES_SUBSCRIBE, SESSIONS_MESSAGES_UNSUBSCRIBE};
use clawline_core::{Entry, EntryState, Key, Update};
use serde_json::json;

use super::Request;
use super::host::{Command, Commands};

/// A session whose events are heard as long as this is kept, over reconnects.
#[derive(Debug)]
pub struct Subscription {
    session: String,
    commands: Commands,
}

impl Subscription {
    pub(super) fn new(session: String, commands: Commands) -> Self {
        let _ = commands.send(Command::Subscribe(session.clone()));
        Self { session, commands }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let session = std::mem::take(&mut self.session);
        let _ = self.commands.send(Command::Unsubscribe(session));
    }
}

/// How many want the events of each session.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    wanted: HashMap<String, usize>,
    /// The sessions of the messages on their way.
    of_entries: HashMap<Key, String>,
}

impl Subscriptions {
    /// One more; what is to be asked of the gateway.
    pub(super) fn add(&mut self, session: String) -> Option<Request> {
        let count = self.wanted.entry(session.clone()).or_default();
        *count += 1;
        (*count == 1).then(|| subscribe(&session))
    }

    /// One less.
    pub(super) fn remove(&mut self, session: &str) -> Option<Request> {
        let count = self.wanted.get_mut(session)?;
        *count -= 1;
        if *count > 0 {
            return None;
        }
        self.wanted.remove(session);
        let params = json!({ "key": session });
        Some(Request::reading(SESSIONS_MESSAGES_UNSUBSCRIBE, params))
    }

    /// A message moved on.
    pub(super) fn follow(&mut self, update: &Update) -> Option<Request> {
        match update {
            Update::Changed(entry) if is_under_way(entry) => {
                let session = entry.session.clone()?;
                if self.of_entries.contains_key(&entry.key) {
                    return None;
                }
                self.of_entries.insert(entry.key.clone(), session.clone());
                self.add(session)
            }
            Update::Changed(Entry { key, .. }) | Update::Removed(key) => {
                let session = self.of_entries.remove(key)?;
                self.remove(&session)
            }
            Update::Renewed { from, to } => {
                let session = self.of_entries.remove(from)?;
                self.of_entries.insert(to.clone(), session);
                None
            }
            _ => None,
        }
    }

    /// All, for a new connection.
    pub(super) fn all(&self) -> Vec<Request> {
        self.wanted
            .keys()
            .map(|session| subscribe(session))
            .collect()
    }
}

fn is_under_way(entry: &Entry) -> bool {
    matches!(
        entry.state,
        EntryState::Queued | EntryState::Sending | EntryState::Accepted
    )
}

/// Asked anew on each connection, and not again by itself.
fn subscribe(session: &str) -> Request {
    Request::new(SESSIONS_MESSAGES_SUBSCRIBE, json!({ "key": session }))
}
