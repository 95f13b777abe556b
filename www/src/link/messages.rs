//! A person's own messages on their way: those of this tab, and those that were
//! written in other tabs of this browser.

use std::rc::Rc;
use std::sync::Arc;

use clawline::core::wire::methods;
use clawline::core::{EnqueueError, Entry, EntryState, GatewayId, Key, Table, Update};
use clawline::{SendError, SendOptions};
use leptos::prelude::{Set as _, WithUntracked as _};
use webchat_model::attachment::{shown_name, size_in_words};
use webchat_model::content::Message;
use webchat_model::conversation::belongs;

use super::{Inner, Link};
use crate::browser::{earlier, storage};
use crate::page::Attached;

impl Link {
    /// Puts a message into the outbox.
    pub(crate) fn send(&self, text: &str, files: &[Attached]) -> Result<(), String> {
        self.0.send(text, files)?;
        self.0.show();
        Ok(())
    }

    /// Sends a message again that a person has decided about.
    pub(crate) fn send_again(&self, key: &str) {
        self.0.client.resend(&Key::new(key));
    }

    /// Changes the words of a message. False when it is under way already.
    pub(crate) fn edit(&self, key: &str, text: &str) -> Result<bool, String> {
        let edited = self.0.client.edit(&Key::new(key), text).map_err(words_of)?;
        self.0.written.borrow_mut().remove(key);
        self.0.show();
        Ok(edited.is_some())
    }

    pub(crate) fn discard(&self, key: &str) {
        self.0.client.cancel(&Key::new(key));
    }

    /// Follows a message no longer, wherever it is.
    pub(crate) fn dismiss(&self, key: &str) {
        self.0.client.dismiss(&Key::new(key));
    }

    /// How many messages would be lost with the storage of this browser.
    pub(crate) fn count_unsent(&self) -> usize {
        let inner = &self.0;
        let states = inner.own_entries().map(|entry| inner.state_of(&entry));
        states.filter(|state| state.is_unsent()).count()
    }
}

impl Inner {
    fn send(&self, text: &str, files: &[Attached]) -> Result<(), String> {
        let options = SendOptions {
            files: files.iter().map(|one| one.file.clone().into()).collect(),
            ttl: None,
        };
        let key = self.chat.send_with(text, &options).map_err(words_of)?;
        let labels: Vec<String> = files.iter().map(Attached::label).collect();
        storage::set_files(key.as_str(), &labels);
        Ok(())
    }

    /// Takes up what an older version of this page has left.
    pub(super) fn take_up(&self, gateway: &GatewayId) {
        let earlier::Earlier {
            waiting,
            mut uncertain,
        } = earlier::take(gateway);
        for (key, text) in waiting {
            // Under its own key: should another tab take it up as well, the
            // gateway runs it once.
            let params = js_sys::Object::new();
            for (name, value) in [("message", &text), ("idempotencyKey", &key)] {
                // A fresh object takes any member.
                let _ = js_sys::Reflect::set(&params, &name.into(), &value.as_str().into());
            }
            if self.client.enqueue(methods::CHAT_SEND, &params).is_err() {
                uncertain.push(text);
            }
        }
        self.has_taken.set(earlier::has_taken(gateway));
        if !uncertain.is_empty() {
            self.page.earlier.set(Some(uncertain.join("\n\n")));
        }
    }

    /// The entries of this conversation.
    pub(super) fn own_entries(&self) -> impl Iterator<Item = Entry> {
        let shown = self.chat.session();
        let is_main = self.page.session.with_untracked(Option::is_none);
        self.client.entries().into_iter().filter(move |entry| {
            entry.method.is_none() && belongs(entry.session.as_deref(), shown.as_deref(), is_main)
        })
    }

    /// What an entry says. It is made once: the page draws anew what is another
    /// message.
    pub(super) fn own_message(&self, entry: &Entry) -> Arc<Message> {
        let key = entry.key.as_str();
        if let Some(known) = self.written.borrow().get(key) {
            return Arc::clone(known);
        }
        let text = self.client.entry_text(&entry.key).unwrap_or_default();
        let written = entry.written_ms as f64;
        let message = Arc::new(Message::own(text, written, storage::files(key)));
        let mut known = self.written.borrow_mut();
        known.insert(key.to_owned(), Arc::clone(&message));
        message
    }

    /// Forgets what has changed.
    pub(super) fn take_update(self: &Rc<Self>, update: &Update) {
        if self.has_taken.get() {
            self.settle_taken(update);
        }
        let mut written = self.written.borrow_mut();
        match update {
            // The words of one at rest may be others now; of one that is
            // confirmed they are needed where the gateway cuts them.
            Update::Changed(entry) => match entry.state {
                EntryState::Confirmed => storage::set_files(entry.key.as_str(), &[]),
                EntryState::Queued | EntryState::Parked | EntryState::Unconfirmed => {
                    written.remove(entry.key.as_str());
                }
                EntryState::Sending | EntryState::Accepted => {}
            },
            Update::Renewed { from, to } => {
                let labels = storage::files(from.as_str());
                if !labels.is_empty() {
                    storage::set_files(to.as_str(), &labels);
                    storage::set_files(from.as_str(), &[]);
                }
                written.remove(from.as_str());
            }
            Update::Removed(key) => {
                written.remove(key.as_str());
                storage::set_files(key.as_str(), &[]);
            }
            Update::Restored => *written = Table::new(),
            Update::Stored { .. } => {}
        }
    }

    /// A message that was taken up is safe in the outbox once it is marked as
    /// leaving, and of no more use once it is taken back.
    fn settle_taken(&self, update: &Update) {
        let key = match update {
            Update::Changed(entry) if entry.state != EntryState::Queued => &entry.key,
            Update::Removed(key) | Update::Renewed { from: key, .. } => key,
            _ => return,
        };
        if let Some(gateway) = self.page.gateway() {
            earlier::is_safe(&gateway, key.as_str());
            self.has_taken.set(earlier::has_taken(&gateway));
        }
    }
}

fn words_of(error: SendError) -> String {
    match error {
        SendError::Outbox(EnqueueError::TooMany { limit }) => {
            format!("{limit} messages wait to be sent already. Let some go out first.")
        }
        SendError::Outbox(EnqueueError::TooLarge { limit }) => format!(
            "This is more than the gateway takes at once ({}). Send it in parts.",
            size_in_words(limit)
        ),
        SendError::FileTooLarge { name, limit } => format!(
            "{} is larger than the gateway takes ({}). Remove it, or send a smaller one.",
            shown_name(&name),
            size_in_words(limit)
        ),
        error => error.to_string(),
    }
}
