//! The tie between the page and the gateway client.
//!
//! The client decides; this module translates what it says into the words of
//! the page's model, and what a person does into its commands.

mod recovered;
mod status;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clawline::core::chat::{Item, Role, Row, Run};
use clawline::core::wire::RunState;
use clawline::core::{EnqueueError, Entry, EntryState, Key, Secret, Update};
use clawline::{Chat, Client, Event, Notice, Options, RequestError, RequestOptions, Target};
use futures_util::StreamExt;
use leptos::prelude::{GetUntracked, Set, set_timeout};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use webchat_model::announcement;
use webchat_model::content::Message;
use webchat_model::leftovers::Leftover;
use webchat_model::transcript::{HistoryRow, LiveEnd, LiveRun, OutboxEntry, State, Who, assemble};

use crate::browser::clock;
use crate::page::{Older, Page};

/// What to sign in with.
pub(crate) struct Credentials {
    pub(crate) token: Option<String>,
    pub(crate) password: Option<String>,
}

impl Credentials {
    fn target(self, url: &str) -> Target {
        Target {
            url: url.to_owned(),
            token: self.token.map(Secret::new),
            password: self.password.map(Secret::new),
            ..Target::default()
        }
    }
}

/// A connection to one gateway. Dropping it ends everything it began.
pub(crate) struct Link(Rc<Inner>);

struct Inner {
    page: Page,
    client: Client,
    chat: Chat<Arc<Message>>,
    /// What the outbox holds, as messages with the time of writing.
    written: RefCell<HashMap<Key, Arc<Message>>>,
    /// Full texts of messages that the history shows cut, by record.
    full: RefCell<HashMap<String, Arc<Message>>>,
    status: RefCell<status::Reader>,
    /// Runs that were writing at the last look: they are announced at their end.
    writing: RefCell<Vec<String>>,
    /// Why the history was refused; said once.
    refusal: RefCell<Option<RequestError>>,
    /// What an earlier visit left and only a person or the history can decide.
    recovered: RefCell<Vec<Leftover>>,
    closed: Cell<bool>,
}

impl Link {
    /// Connects.
    pub(crate) fn open(page: Page, url: &str, credentials: Credentials) -> Self {
        let client = Client::new(Options::new(credentials.target(url)));
        let chat = Chat::open(&client, None, |message| Arc::new(decode(message)));
        let mut events = client.subscribe(&[]);
        let mut changes = chat.changes();
        let inner = Rc::new(Inner {
            page,
            status: RefCell::new(status::Reader::new(url)),
            client,
            chat,
            written: RefCell::default(),
            full: RefCell::default(),
            writing: RefCell::default(),
            refusal: RefCell::default(),
            recovered: RefCell::default(),
            closed: Cell::new(false),
        });
        let weak = Rc::downgrade(&inner);
        spawn_local(async move {
            while let Some(event) = events.next().await {
                let Some(inner) = weak.upgrade() else { break };
                inner.take(event);
            }
        });
        let weak = Rc::downgrade(&inner);
        spawn_local(async move {
            while changes.next().await.is_some() {
                let Some(inner) = weak.upgrade() else { break };
                inner.show();
            }
        });
        inner.client.connect();
        Self(inner)
    }

    /// Connects again with other credentials. What waits to be sent stays.
    pub(crate) fn sign_in(&self, url: &str, credentials: Credentials) {
        self.0.client.connect_to(credentials.target(url));
    }

    /// Ends the connection; nothing of it reaches the page any more.
    pub(crate) fn close(&self) {
        self.0.closed.set(true);
        self.0.client.close();
    }

    /// Ends the connection until a person wants it again. What is written
    /// meanwhile is shown, and waits.
    pub(crate) fn rest(&self) {
        self.0.client.close();
    }

    pub(crate) fn retry(&self) {
        self.0.client.connect();
    }

    pub(crate) fn send(&self, text: &str) -> Result<(), String> {
        self.0.enqueue(text, Some(clock::now_ms()))?;
        self.0.show();
        Ok(())
    }

    pub(crate) fn stop(&self) {
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            if let Err(error) = inner.chat.stop().await {
                inner
                    .page
                    .notice
                    .set(Some(format!("The reply could not be stopped. {error}")));
            }
        });
    }

    pub(crate) fn load_older(&self) {
        let inner = Rc::clone(&self.0);
        inner.page.older.set(Older::Loading);
        spawn_local(async move {
            if let Err(error) = inner.chat.load_older().await {
                inner.page.notice.set(Some(format!(
                    "Older messages could not be fetched. {error}"
                )));
                inner.page.older.set(Older::Available);
            }
            inner.show();
        });
    }

    /// Sends a message again that a person has decided about.
    pub(crate) fn send_again(&self, key: &str) -> Result<(), String> {
        let text = self.0.recovered_text(key);
        if let Some(text) = text {
            self.send(&text)?;
            self.0.drop_recovered(key);
        } else {
            self.0.client.resend(&Key::new(key));
        }
        Ok(())
    }

    pub(crate) fn discard(&self, key: &str) {
        if self.0.recovered_text(key).is_some() {
            self.0.drop_recovered(key);
        } else {
            self.0.client.cancel(&Key::new(key));
        }
    }

    /// Fetches a message that the history shows cut.
    pub(crate) fn load_full_text(&self, record: &str) {
        let inner = Rc::clone(&self.0);
        let record = record.to_owned();
        spawn_local(async move {
            match inner.full_text(&record).await {
                Ok(message) => {
                    inner.full.borrow_mut().insert(record, Arc::new(message));
                    inner.show();
                }
                Err(error) => inner.page.notice.set(Some(format!(
                    "The whole text could not be fetched. {error}"
                ))),
            }
        });
    }

    /// Deletes this browser's key and its tokens, and stays unconnected.
    pub(crate) fn forget_device(&self) {
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            let words = match inner.client.forget_device().await {
                Ok(()) => {
                    inner.page.form.opened.set(true);
                    "This browser's key is deleted. When you connect again, the gateway sees a new device.".to_owned()
                }
                Err(reason) => format!("The key could not be deleted. {reason}"),
            };
            inner.page.notice.set(Some(words));
        });
    }
}

impl Inner {
    fn enqueue(&self, text: &str, written: Option<f64>) -> Result<(), String> {
        let key = self.chat.send(text).map_err(|error| match error {
            EnqueueError::TooMany { limit } => {
                format!("{limit} messages wait to be sent already. Let some go out first.")
            }
            EnqueueError::TooLarge { limit } => {
                format!(
                    "This is more than the gateway takes ({} KB). Send it in parts.",
                    limit / 1_024
                )
            }
            EnqueueError::KeyInUse => "This message is on its way already.".to_owned(),
        })?;
        let message = recovered::message(text, written);
        self.written.borrow_mut().insert(key, Arc::new(message));
        Ok(())
    }

    fn take(self: &Rc<Self>, event: Event) {
        if self.closed.get() {
            return;
        }
        match event {
            Event::Status(status) => self.take_status(&status),
            Event::Outbox(update) => {
                let mut written = self.written.borrow_mut();
                match &update {
                    Update::Renewed { from, to } => {
                        if let Some(message) = written.remove(from) {
                            written.insert(to.clone(), message);
                        }
                    }
                    Update::Removed(key) => drop(written.remove(key)),
                    Update::Changed(_) => {}
                }
                drop(written);
                self.page.keep_soon();
                self.show();
            }
            Event::Notice(notice) => self.page.notice.set(Some(words_of(notice).to_owned())),
            // The chat notices gaps itself.
            _ => {}
        }
    }

    fn take_status(self: &Rc<Self>, status: &clawline::core::engine::Status) {
        let view = self.status.borrow_mut().read(status, &self.client);
        let is_connected = matches!(
            view.connection,
            webchat_model::connection::Connection::Connected { .. }
        );
        self.page.retry_at.set(view.retry_at);
        self.page.connection.set(view.connection);
        if is_connected {
            self.page.connected();
        } else if view.has_failed {
            self.page.attempt_failed();
        }
    }

    /// Shows the chat as it stands.
    fn show(self: &Rc<Self>) {
        if self.closed.get() {
            return;
        }
        let (history, live, older) = self.chat.read(|chat| {
            let mut history = Vec::new();
            let mut live = Vec::new();
            for item in chat.items() {
                match item {
                    Item::Row(place, row) => history.push(self.history_row(place, row)),
                    Item::Live(run) => live.push(live_run(run)),
                }
            }
            (history, live, chat.older().is_some())
        });
        self.find_recovered(&history);
        let mut outbox = self.recovered_entries();
        let entries = self.client.entries();
        outbox.extend(entries.iter().map(|entry| self.outbox_entry(entry)));
        let page = self.page;
        page.running.set(live.iter().any(|run| run.end.is_none()));
        self.announce(&live);
        page.show_rows(assemble(&history, &live, &outbox));
        let is_loaded = self.chat.is_loaded();
        if page.loaded.get_untracked() != is_loaded {
            page.loaded.set(is_loaded);
        }
        let older = if older { Older::Available } else { Older::None };
        if page.older.get_untracked() != older {
            page.older.set(older);
        }
        // Anything but a refusal is repeated when the connection is back.
        let refusal = self
            .chat
            .error()
            .filter(|error| matches!(error, RequestError::Refused(_)));
        if *self.refusal.borrow() != refusal {
            if let Some(error) = &refusal {
                page.notice.set(Some(format!(
                    "The conversation could not be fetched. {error}"
                )));
            }
            self.refusal.replace(refusal);
        }
    }

    fn history_row(
        &self,
        place: clawline::core::chat::Place,
        row: &Row<Arc<Message>>,
    ) -> HistoryRow {
        let facts = &row.facts;
        // The gateway shows long texts cut; one written here is at hand.
        let key = facts
            .key
            .as_deref()
            .filter(|_| row.payload.truncated_id().is_some());
        let full = match key {
            Some(key) => self.written.borrow().get(&Key::new(key)).cloned(),
            None => self.full.borrow().get(&facts.record).cloned(),
        };
        HistoryRow {
            id: format!("{}.{}", place.0, place.1),
            who: match facts.role {
                Role::User => Who::You,
                Role::Assistant => Who::Assistant,
                Role::Tool => Who::Tool,
                Role::Notice => Who::System,
            },
            key: facts.key.clone(),
            run: facts.run.clone().filter(|_| facts.ends_run),
            message: full.unwrap_or_else(|| Arc::clone(&row.payload)),
        }
    }

    fn outbox_entry(&self, entry: &Entry) -> OutboxEntry {
        let mut written = self.written.borrow_mut();
        let message = written.entry(entry.key.clone()).or_insert_with(|| {
            Arc::new(Message::from_text(
                self.client.entry_text(&entry.key).unwrap_or_default(),
            ))
        });
        OutboxEntry {
            key: entry.key.as_str().to_owned(),
            message: Arc::clone(message),
            state: state_of(entry),
            reason: entry.reason.clone(),
        }
    }

    /// Says once what has just been said to its end.
    fn announce(self: &Rc<Self>, live: &[LiveRun]) {
        let now: Vec<String> = live
            .iter()
            .filter(|run| run.end.is_none())
            .map(|run| run.run_id.clone())
            .collect();
        let before = self.writing.replace(now.clone());
        if before.iter().all(|run| now.contains(run)) {
            return;
        }
        let last = self.chat.read(|chat| {
            let mut said = None;
            for item in chat.items() {
                said = match item {
                    Item::Row(_, row) if row.facts.role == Role::Assistant => {
                        Some(row.payload.text())
                    }
                    Item::Live(run) => run.live.as_ref().map(|message| message.text()),
                    Item::Row(..) => said,
                };
            }
            said
        });
        if let Some(text) = last.filter(|text| !text.is_empty()) {
            let page = self.page;
            page.announcement.set(announcement::for_reply(&text));
            // It has been said; found by reading on, it would be said twice.
            set_timeout(
                move || page.announcement.set(String::new()),
                Duration::from_secs(1),
            );
        }
    }

    async fn full_text(&self, record: &str) -> Result<Message, String> {
        let session = self.chat.session().ok_or("There is no conversation yet.")?;
        let params = js_sys::Object::new();
        for (name, value) in [("sessionKey", session.as_str()), ("messageId", record)] {
            js_sys::Reflect::set(&params, &name.into(), &value.into())
                .map_err(|_| "It cannot be asked for.")?;
        }
        let answer = self
            .client
            .request("chat.message.get", &params, RequestOptions::default());
        let answer = answer.await.map_err(|error| error.to_string())?;
        let message = js_sys::Reflect::get(&answer, &"message".into()).unwrap_or_default();
        serde_wasm_bindgen::from_value(message)
            .map_err(|_| "The gateway's answer cannot be read.".to_owned())
    }
}

/// Reads a message. One that cannot be read is still there, and says so.
fn decode(message: &JsValue) -> Message {
    serde_wasm_bindgen::from_value(message.clone()).unwrap_or_else(|_| {
        Message::from_text("This message has a form that the page cannot read.")
    })
}

fn live_run(run: &Run<Arc<Message>>) -> LiveRun {
    LiveRun {
        run_id: run.id.clone(),
        message: run.live.clone(),
        end: run.end.as_ref().map(|end| match end.state {
            RunState::Aborted => LiveEnd::Stopped,
            RunState::Error => {
                let reason = end.error.clone();
                LiveEnd::Failed(reason.unwrap_or_else(|| "The agent could not answer.".to_owned()))
            }
            _ => LiveEnd::Done,
        }),
    }
}

fn state_of(entry: &Entry) -> State {
    match entry.state {
        EntryState::Queued => State::Queued,
        EntryState::Sending => State::Sending,
        EntryState::Accepted => State::Accepted,
        EntryState::Confirmed => State::Confirmed,
        EntryState::Parked => State::Parked,
        EntryState::Unconfirmed => State::Unconfirmed,
    }
}

fn words_of(notice: Notice) -> &'static str {
    match notice {
        Notice::KeyIsReadable => {
            "This page came over plain http: what you write can be read on the way, and this browser's key by other \
             programs of this page. Prefer https or localhost."
        }
        Notice::NoWebCrypto => {
            "This browser cannot hide a key from the programs of this page (it has no Ed25519). \
             The chat works; a newer browser keeps the key safer."
        }
        Notice::NothingIsKept => {
            "This browser keeps nothing for this page (a private window, or a full disk): it counts as a new one at \
             each visit, and a message that has not been sent is lost when you close it."
        }
    }
}
