//! One conversation: what it shows, as signals, and what a person can do in it.
//!
//! It follows its session whether it is before the person or not, so that one
//! can turn away from a reply that is being written and come back to it.

mod attachments;
mod lines;
mod unread;

use clawline::core::GatewayId;
use leptos::prelude::*;
use webchat_model::connection::Connection;
use webchat_model::conversation::new_conversation;
use webchat_model::follow::Follow;
use webchat_model::names::{Kind, Name};
use webchat_model::recipient::OWNER;
use webchat_model::transcript::Row;
use webchat_model::unread::Mark;
use webchat_model::words::Words;

use crate::attached::Attached;
use crate::link::{Link, Older, Sheet, Thread, ThreadState};
use crate::said::Said;
pub(crate) use lines::{Anchor, Edit, Line};

/// The main session, in the names of what is kept.
const MAIN: &str = "main";

/// What all conversations of a page share.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings {
    pub(crate) connection: RwSignal<Connection>,
    /// The day that it is here.
    pub(crate) day: RwSignal<String>,
    pub(crate) follow: RwSignal<Follow>,
    pub(crate) said: Said,
    /// Begins another conversation: what was typed, and what is to be said first.
    pub(crate) begin: Callback<(String, String), Result<(), Words>>,
}

/// Cheap to copy; lives as long as the owner in which it was opened.
#[derive(Clone, Copy)]
pub(crate) struct Conversation {
    pub(crate) connection: RwSignal<Connection>,
    pub(crate) day: RwSignal<String>,
    pub(crate) lines: RwSignal<Vec<Line>>,
    pub(crate) older: RwSignal<Older>,
    /// Whether the history has been read once.
    pub(crate) loaded: RwSignal<bool>,
    /// What is shown is as the last visit left it.
    pub(crate) is_kept: RwSignal<bool>,
    pub(crate) running: RwSignal<bool>,
    /// Who is at the other end, where that is not the agent; empty where nobody says who.
    pub(crate) contact: RwSignal<Option<Words>>,
    /// What is written goes to the agent, whoever that is.
    pub(crate) asks: RwSignal<bool>,
    /// Who types, through a channel.
    pub(crate) typing: RwSignal<Words>,
    /// Counts what the person has sent from here.
    pub(crate) sent: RwSignal<u32>,
    /// Counts the changes of the files that go with the next message.
    pub(crate) attachings: RwSignal<u32>,
    /// What was chosen and cannot go with it.
    pub(crate) left_out: RwSignal<Option<Words>>,
    /// What the message field is to hold besides.
    pub(crate) handed_back: RwSignal<Option<String>>,
    /// What arrived while nobody looked.
    pub(crate) unread: RwSignal<usize>,
    /// Where the reader was who has left it; `None`: at the end.
    pub(crate) anchor: StoredValue<Option<Anchor>>,
    pub(crate) follow: RwSignal<Follow>,
    /// The draft could not be written down.
    pub(crate) draft_at_risk: StoredValue<bool>,
    pub(crate) attached: StoredValue<Vec<Attached>, LocalStorage>,
    gateway: StoredValue<GatewayId>,
    session: StoredValue<Option<String>>,
    /// Whether it is before the person, as far as the page goes.
    is_shown: StoredValue<bool>,
    /// How far it was read, once the history is there.
    seen: StoredValue<Option<Mark>>,
    /// Rows behind this mark stand below the line in this tab.
    divider: StoredValue<Option<Mark>>,
    state: ThreadState,
    said: Said,
    begin: Callback<(String, String), Result<(), Words>>,
    thread: StoredValue<Option<Thread>, LocalStorage>,
}

impl Conversation {
    /// Follows a session; `None`: the gateway's main one.
    pub(crate) fn open(link: &Link, session: Option<String>, around: Surroundings) -> Self {
        let state = ThreadState::new();
        let conversation = Self {
            connection: around.connection,
            day: around.day,
            lines: RwSignal::new(Vec::new()),
            older: state.older,
            loaded: state.loaded,
            is_kept: state.is_kept,
            running: state.running,
            contact: state.contact,
            asks: RwSignal::new(false),
            typing: state.typing,
            sent: RwSignal::new(0),
            attachings: RwSignal::new(0),
            left_out: RwSignal::new(None),
            handed_back: RwSignal::new(None),
            unread: RwSignal::new(0),
            anchor: StoredValue::new(None),
            follow: around.follow,
            draft_at_risk: StoredValue::new(false),
            attached: StoredValue::new_local(Vec::new()),
            gateway: StoredValue::new(link.gateway().clone()),
            session: StoredValue::new(session.clone()),
            is_shown: StoredValue::new(false),
            seen: StoredValue::new(None),
            divider: StoredValue::new(None),
            state,
            said: around.said,
            begin: around.begin,
            thread: StoredValue::new_local(None),
        };
        let thread = Thread::open(link, session, state, conversation);
        conversation.thread.set_value(Some(thread));
        conversation
    }

    /// The session that was asked for; `None`: the main one.
    pub(crate) fn session(self) -> Option<String> {
        self.session.get_value()
    }

    /// The name of what is kept for it.
    pub(crate) fn name_of(self, kind: Kind) -> Name {
        let session = self.session();
        let session = session.as_deref().unwrap_or(MAIN);
        self.gateway
            .with_value(|gateway| Name::of(kind, gateway, session))
    }

    /// Whether closing the page now would lose something of it.
    pub(crate) fn is_at_risk(self) -> bool {
        self.draft_at_risk.get_value() || self.has_files()
    }

    /// Who reads what is written now, where that is not the agent.
    pub(crate) fn addressee(self) -> Option<Words> {
        self.contact.get().filter(|_| !self.asks.get())
    }

    /// Puts a message into the outbox, with the files that are attached.
    pub(crate) fn send(self, text: &str) -> Result<(), Words> {
        match untrack(|| self.addressee()) {
            None => self.send_to_agent(text)?,
            Some(_) if self.has_files() => return Err(Words::of("words-only")),
            Some(_) => self
                .with_thread(|thread| thread.write_to_contact(text))
                .unwrap_or(Ok(()))?,
        }
        self.detach_all();
        self.close_unread();
        self.sent.update(|sent| *sent += 1);
        Ok(())
    }

    /// What begins another conversation goes first to the gateway.
    fn send_to_agent(self, text: &str) -> Result<(), Words> {
        match new_conversation(text) {
            Some(_) if self.has_files() => Err(Words::of("new-conversation-with-files")),
            Some(first) => self.begin.run((text.to_owned(), first.to_owned())),
            None => self.attached.with_value(|files| {
                self.with_thread(|thread| thread.send(text, files))
                    .unwrap_or(Ok(()))
            }),
        }
    }

    /// Puts a message into the outbox that has no files.
    pub(crate) fn send_words(self, text: &str) -> Result<(), Words> {
        self.with_thread(|thread| thread.send(text, &[]))
            .unwrap_or(Ok(()))
    }

    /// Puts other words in the place of a message that has left, to whoever it went.
    pub(crate) fn send_anew(self, key: &str, text: &str) -> Result<(), Words> {
        match key.starts_with(OWNER) {
            true => self
                .with_thread(|thread| thread.write_to_contact(text))
                .unwrap_or(Ok(())),
            false => self.send_words(text),
        }
    }

    /// Changes the words of a message. False when it is under way already.
    pub(crate) fn edit(self, key: &str, text: &str) -> Result<bool, Words> {
        self.with_thread(|thread| thread.edit(key, text))
            .unwrap_or(Ok(false))
    }

    pub(crate) fn stop(self) {
        self.with_thread(Thread::stop);
    }

    pub(crate) fn load_older(self) {
        if self.older.get_untracked() == Older::Available {
            self.with_thread(Thread::load_older);
        }
    }

    pub(crate) fn send_again(self, key: &str) {
        self.with_thread(|thread| thread.send_again(key));
    }

    pub(crate) fn discard(self, key: &str) {
        self.with_thread(|thread| thread.discard(key));
    }

    /// Follows a message no longer that may have arrived.
    pub(crate) fn dismiss(self, key: &str) {
        self.with_thread(|thread| thread.dismiss(key));
    }

    pub(crate) fn load_full_text(self, message_id: &str) {
        self.with_thread(|thread| thread.load_full_text(message_id));
    }

    /// `None` while it is being opened.
    fn with_thread<R>(self, act: impl FnOnce(&Thread) -> R) -> Option<R> {
        self.thread
            .try_with_value(|thread| thread.as_ref().map(act))
            .flatten()
    }
}

impl Sheet for Conversation {
    fn show(&self, mut rows: Vec<Row>) {
        self.mark_unread(&mut rows);
        self.show_rows(rows);
    }

    fn rewrite(&self, row: Row) -> bool {
        self.rewrite_row(row)
    }

    fn is_seen(&self) -> bool {
        self.is_looked_at()
    }
}
