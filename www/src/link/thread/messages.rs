//! A person's own messages on their way: those of this tab, and those that were
//! written in other tabs of this browser.

use std::sync::Arc;

use clawline::core::{Entry, EntryState, Key, Table, Update};
use clawline::{SendOptions, uuid};
use webchat_model::attachment::kept_label;
use webchat_model::content::Message;
use webchat_model::conversation::belongs;
use webchat_model::recipient::{OWNER, Recipient};
use webchat_model::transcript::{OutboxEntry, State};
use webchat_model::words::Words;

use super::show::state_of;
use super::{Inner, Thread};
use crate::attached::Attached;
use crate::browser::storage;
use crate::link::params::members;
use crate::link::{Link, refusals};

/// The method by which words go to somebody beyond a channel.
const SEND: &str = "send";

impl Thread {
    /// Puts a message into the outbox.
    pub(crate) fn send(&self, text: &str, files: &[Attached]) -> Result<(), Words> {
        self.0.send(text, files)?;
        self.0.show();
        Ok(())
    }

    /// Puts words to whoever is at the other end into the outbox.
    pub(crate) fn write_to_contact(&self, text: &str) -> Result<(), Words> {
        let inner = &self.0;
        let Recipient::Contact(contact) = inner.recipient() else {
            return Err(Words::of("recipient-unknown"));
        };
        let key = [OWNER, &uuid()].concat();
        let params = members(&[
            ("to", contact.to.into()),
            ("message", text.into()),
            ("channel", contact.channel.into()),
            ("accountId", contact.account.into()),
            ("sessionKey", inner.chat.session().into()),
            ("idempotencyKey", key.into()),
        ]);
        let taken = inner.client.enqueue(SEND, &params);
        taken.map_err(refusals::of_send)?;
        inner.show();
        Ok(())
    }

    /// Sends a message again that a person has decided about.
    pub(crate) fn send_again(&self, key: &str) {
        self.0.client.resend(&Key::new(key));
    }

    /// Changes the words of a message. False when it is under way already.
    pub(crate) fn edit(&self, key: &str, text: &str) -> Result<bool, Words> {
        let edited = self
            .0
            .client
            .edit(&Key::new(key), text)
            .map_err(refusals::of_send)?;
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
}

impl Link {
    /// How many messages would be lost with the storage of this browser.
    pub(crate) fn count_unsent(&self) -> usize {
        let (client, is_ready) = (&self.0.client, self.is_ready());
        let entries = client.entries().into_iter();
        let states = entries
            .filter(is_words)
            .map(|entry| state_of(&entry, is_ready));
        states.filter(|state| state.is_unsent()).count()
    }
}

impl Inner {
    fn send(&self, text: &str, files: &[Attached]) -> Result<(), Words> {
        let options = SendOptions {
            files: files.iter().map(|one| one.file.clone().into()).collect(),
            ttl: None,
        };
        let key = self
            .chat
            .send_with(text, &options)
            .map_err(refusals::of_send)?;
        let labels: Vec<String> = files.iter().map(Attached::kept).collect();
        storage::set_files(key.as_str(), &labels);
        Ok(())
    }

    /// The entries of this conversation.
    pub(super) fn own_entries(&self) -> impl Iterator<Item = Entry> {
        let shown = self.chat.session();
        let is_main = self.is_main;
        self.client.entries().into_iter().filter(move |entry| {
            let is_here = belongs(entry.session.as_deref(), shown.as_deref(), is_main);
            is_here && is_words(entry) && (entry.method.is_none() || entry.session == shown)
        })
    }

    /// Who reads what is written in this conversation.
    pub(super) fn recipient(&self) -> Recipient {
        let session = self.chat.session().filter(|_| !self.is_main);
        Recipient::read(session.as_deref(), self.chat.info().as_ref())
    }

    /// Words that have gone to somebody stay until the history shows them.
    pub(super) fn keep_sent(&self, entry: &Entry) {
        let is_sent = entry.state == EntryState::Confirmed && entry.method.is_some();
        if is_sent && is_words(entry) && entry.session == self.chat.session() {
            let message = self.own_message(entry);
            self.sent.borrow_mut().push(OutboxEntry {
                key: entry.key.as_str().to_owned(),
                message,
                state: State::Sent,
                reason: None,
            });
        }
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
        let files = storage::files(key);
        let files = files.iter().map(|kept| kept_label(kept)).collect();
        let message = Arc::new(Message::own(text, written, files));
        let mut known = self.written.borrow_mut();
        known.insert(key.to_owned(), Arc::clone(&message));
        message
    }

    /// Forgets what has changed.
    pub(super) fn take_update(&self, update: &Update) {
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
}

/// What a person wrote, to the agent or to somebody else.
fn is_words(entry: &Entry) -> bool {
    entry.method.as_deref().is_none_or(|method| method == SEND)
}
