//! One session of the gateway, as rows: its history, the runs that answer, and
//! what this browser's outbox holds for it.

mod announce;
mod channel;
mod messages;
mod show;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use clawline::core::engine::Status;
use clawline::core::wire::{Object as _, methods};
use clawline::core::{Table, Update};
use clawline::{Chat, Client, Event, JsObject, RequestError, RequestOptions};
use futures_util::StreamExt;
use leptos::prelude::{RwSignal, Set};
use webchat_model::content::Message;
use webchat_model::transcript::{OutboxEntry, Row, Transcript};
use webchat_model::words::Words;

use super::{Link, refusals};
use crate::browser::spawn_local;
use crate::said::Said;

/// Whether there are messages before the first one shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Older {
    /// This is the beginning.
    None,
    /// The gateway has more.
    Available,
    /// They are being fetched.
    Loading,
}

/// How a thread stands, besides its rows.
#[derive(Clone, Copy)]
pub(crate) struct ThreadState {
    pub(crate) older: RwSignal<Older>,
    /// Whether the history has been read once.
    pub(crate) loaded: RwSignal<bool>,
    /// What is shown is as the last visit left it.
    pub(crate) is_kept: RwSignal<bool>,
    pub(crate) running: RwSignal<bool>,
    /// Who is at the other end, where that is not the agent; empty where nobody says who.
    pub(crate) contact: RwSignal<Option<Words>>,
    /// The gateway's id of the transcript: a session that begins anew has another.
    pub(crate) transcript: RwSignal<String>,
    /// Who types, through a channel.
    pub(crate) typing: RwSignal<Words>,
}

impl ThreadState {
    pub(crate) fn new() -> Self {
        Self {
            older: RwSignal::new(Older::None),
            loaded: RwSignal::new(false),
            is_kept: RwSignal::new(false),
            running: RwSignal::new(false),
            contact: RwSignal::new(None),
            transcript: RwSignal::new(String::new()),
            typing: RwSignal::new(Words::default()),
        }
    }
}

/// Where a thread shows its rows.
pub(crate) trait Sheet {
    /// All of them, in order.
    fn show(&self, rows: Vec<Row>);
    /// One that writes more. False when it is not among those that were shown.
    fn rewrite(&self, row: Row) -> bool;
    /// Whether the person has it before them.
    fn is_seen(&self) -> bool;
}

/// A session that is followed until this is dropped.
pub(crate) struct Thread(Rc<Inner>);

struct Inner {
    client: Client,
    chat: Chat<Arc<Message>>,
    /// Whether the gateway's main session is meant, whatever its key is.
    is_main: bool,
    state: ThreadState,
    said: Said,
    sheet: Box<dyn Sheet>,
    transcript: RefCell<Transcript>,
    /// The items that are shown, by the version of the chat.
    drawn: Cell<Option<u64>>,
    /// What the outbox holds, as messages, by key.
    written: RefCell<Table<String, Arc<Message>>>,
    /// Words that went to somebody, and that no row of the history has yet.
    sent: RefCell<Vec<OutboxEntry>>,
    /// Full texts of messages that the history shows cut, by record.
    full: RefCell<Table<String, Arc<Message>>>,
    /// Runs that were writing at the last look: they are announced at their end.
    writing: RefCell<Vec<String>>,
    /// Why the history was refused; said once.
    refusal: RefCell<Option<RequestError>>,
    is_ready: Cell<bool>,
    ticks: channel::Ticks,
}

impl Thread {
    /// Follows a session of this connection's gateway; `None`: the main one.
    pub(crate) fn open(
        link: &Link,
        session: Option<String>,
        state: ThreadState,
        sheet: impl Sheet + 'static,
    ) -> Self {
        let client = link.0.client.clone();
        let is_main = session.is_none();
        let chat = Chat::open_kept(&client, session, |message| {
            Arc::new(Message::read(&JsObject(message.clone())))
        });
        let mut events = client.subscribe(&channel::EVENTS);
        let mut changes = chat.changes();
        let is_ready = client.status() == Status::Ready;
        let inner = Rc::new(Inner {
            client,
            chat,
            is_main,
            state,
            said: link.0.said,
            sheet: Box::new(sheet),
            transcript: RefCell::default(),
            drawn: Cell::default(),
            written: RefCell::default(),
            sent: RefCell::default(),
            full: RefCell::default(),
            writing: RefCell::default(),
            refusal: RefCell::default(),
            is_ready: Cell::new(is_ready),
            ticks: RefCell::default(),
        });
        let weak = Rc::downgrade(&inner);
        spawn_local(async move {
            while let Some(event) = events.next().await {
                let Some(inner) = weak.upgrade() else { break };
                match event {
                    Event::Status(status) => inner.take_status(&status),
                    Event::Outbox(update) => inner.take_outbox(&update),
                    Event::Gateway { payload, .. } => inner.hear(&JsObject(payload)),
                    Event::Gap | Event::Lagged(_) => inner.miss(),
                    // The chat notices gaps itself.
                    _ => {}
                }
            }
        });
        let weak = Rc::downgrade(&inner);
        spawn_local(async move {
            while changes.next().await.is_some() {
                let Some(inner) = weak.upgrade() else { break };
                inner.look();
            }
        });
        inner.show();
        Self(inner)
    }

    /// Shows it anew.
    pub(crate) fn show(&self) {
        self.0.show();
    }

    pub(crate) fn stop(&self) {
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            if let Err(error) = inner.chat.stop().await {
                inner.say("stop-failed", refusals::of_request(&error));
            }
        });
    }

    pub(crate) fn load_older(&self) {
        let inner = Rc::clone(&self.0);
        inner.state.older.set(Older::Loading);
        spawn_local(async move {
            if let Err(error) = inner.chat.load_older().await {
                inner.say("older-failed", refusals::of_request(&error));
                inner.state.older.set(Older::Available);
            }
            inner.show();
        });
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
                Err(why) => inner.say("full-text-failed", why),
            }
        });
    }
}

impl Inner {
    fn take_status(&self, status: &Status) {
        let is_ready = *status == Status::Ready;
        if self.is_ready.replace(is_ready) != is_ready {
            self.miss();
            // What is under way is being checked while there is no connection.
            self.show();
        }
    }

    fn take_outbox(&self, update: &Update) {
        if let Update::Changed(entry) = update {
            self.keep_sent(entry);
        }
        self.take_update(update);
        self.show();
    }

    /// Tells what did not work, and why.
    fn say(&self, what: &'static str, why: Words) {
        self.said.notice(Words::of(what).with("reason", why));
    }

    async fn full_text(&self, record: &str) -> Result<Message, Words> {
        let session = self.chat.session().ok_or(Words::of("no-conversation"))?;
        let params = js_sys::Object::new();
        for (name, value) in [("sessionKey", session.as_str()), ("messageId", record)] {
            js_sys::Reflect::set(&params, &name.into(), &value.into())
                .map_err(|_| Words::of("cannot-be-asked"))?;
        }
        let answer = self.client.request(
            methods::CHAT_MESSAGE_GET,
            &params,
            RequestOptions::default(),
        );
        let answer = answer.await.map_err(|error| refusals::of_request(&error))?;
        let message = JsObject(answer).child("message");
        let message = message.ok_or(Words::of("answer-unreadable"))?;
        Ok(Message::read(&message))
    }
}
