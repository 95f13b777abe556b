//! The tie between the page and the gateway client.
//!
//! The client decides; this module translates what it says into the words of
//! the page's model, and what a person does into its commands.

mod conversation;
mod messages;
mod notices;
mod show;
mod status;

use std::cell::{Cell, RefCell};
use std::future::ready;
use std::rc::Rc;
use std::sync::Arc;

use clawline::core::engine::Status;
use clawline::core::wire::{Object as _, methods};
use clawline::core::{Secret, Table};
use clawline::{
    Chat, Client, Event, JsObject, Options, RequestError, RequestOptions, SignIn, Source,
};
use futures_util::StreamExt;
use leptos::prelude::{GetUntracked, Set, SetValue};
use wasm_bindgen_futures::spawn_local;
use webchat_model::address::Address;
use webchat_model::content::Message;

use crate::browser::storage;
use crate::page::{Older, Page};

/// What to sign in with.
pub(crate) struct Credentials {
    pub(crate) token: Option<String>,
    pub(crate) password: Option<String>,
}

impl Credentials {
    /// Where to connect, unless the policy of the page forbids it.
    fn source(self, url: &str, is_forbidden: &Rc<Cell<bool>>) -> Source {
        let url = url.to_owned();
        let sign_in = SignIn {
            token: self.token.map(Secret::new),
            password: self.password.map(Secret::new),
            ..SignIn::default()
        };
        let is_forbidden = Rc::clone(is_forbidden);
        Source::new(
            move || ready(Ok(url.clone())),
            move || {
                ready(if is_forbidden.get() {
                    Err("The server of this page does not let it connect there.".to_owned())
                } else {
                    Ok(sign_in.clone())
                })
            },
        )
    }
}

/// A connection to one gateway. Dropping it ends everything it began.
pub(crate) struct Link(Rc<Inner>);

struct Inner {
    page: Page,
    client: Client,
    chat: Chat<Arc<Message>>,
    /// What the outbox holds, as messages, by key.
    written: RefCell<Table<String, Arc<Message>>>,
    /// Full texts of messages that the history shows cut, by record.
    full: RefCell<Table<String, Arc<Message>>>,
    status: RefCell<status::Reader>,
    /// Runs that were writing at the last look: they are announced at their end.
    writing: RefCell<Vec<String>>,
    /// Why the history was refused; said once.
    refusal: RefCell<Option<RequestError>>,
    /// The policy of the page does not let it connect.
    is_forbidden: Rc<Cell<bool>>,
    is_ready: Cell<bool>,
    /// Messages of an older version of this page are in the outbox, and not
    /// known to be stored there.
    has_taken: Cell<bool>,
    closed: Cell<bool>,
}

impl Link {
    /// Connects.
    pub(crate) fn open(page: Page, address: &Address, credentials: Credentials) -> Self {
        let is_forbidden = Rc::default();
        let source = credentials.source(address.url(), &is_forbidden);
        let link = Self::follow(page, Client::new(Options::new(source)), is_forbidden);
        link.0.client.connect();
        link.0.take_up(address.id());
        link
    }

    /// Follows the conversation that the page is to show.
    fn follow(page: Page, client: Client, is_forbidden: Rc<Cell<bool>>) -> Self {
        let session = page.session.get_untracked();
        let chat = Chat::open(&client, session, |message| {
            Arc::new(Message::read(&JsObject(message.clone())))
        });
        let mut events = client.subscribe(&[]);
        let mut changes = chat.changes();
        let inner = Rc::new(Inner {
            page,
            status: RefCell::new(status::Reader::new(page.gateway())),
            client,
            chat,
            written: RefCell::default(),
            full: RefCell::default(),
            writing: RefCell::default(),
            refusal: RefCell::default(),
            is_forbidden,
            is_ready: Cell::default(),
            has_taken: Cell::default(),
            closed: Cell::default(),
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
        Self(inner)
    }

    /// Connects again with other credentials. What waits to be sent stays.
    pub(crate) fn sign_in(&self, address: &Address, credentials: Credentials) {
        self.0.is_forbidden.set(false);
        let source = credentials.source(address.url(), &self.0.is_forbidden);
        self.0.client.connect_to(source);
    }

    /// Ends the connection; nothing of it reaches the page any more.
    pub(crate) fn close(&self) {
        self.0.closed.set(true);
        self.0.client.close();
    }

    /// Ends the connection until a person wants it again.
    pub(crate) fn rest(&self) {
        self.0.client.close();
    }

    /// The page may not connect. What is written meanwhile is kept: the client
    /// stays open, and has nowhere to go.
    pub(crate) fn forbid(&self) {
        self.0.is_forbidden.set(true);
    }

    pub(crate) fn retry(&self) {
        self.0.is_forbidden.set(false);
        self.0.client.connect();
    }

    /// Shows the conversation anew.
    pub(crate) fn show(&self) {
        self.0.show();
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

    /// Deletes this browser's key, its tokens and its outbox, and stays unconnected.
    pub(crate) fn forget_device(&self) {
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            let words = match inner.client.forget_device().await {
                Ok(()) => {
                    storage::forget_files();
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
    fn take(self: &Rc<Self>, event: Event) {
        if self.closed.get() {
            return;
        }
        match event {
            Event::Status(status) => self.take_status(&status),
            Event::Outbox(update) => {
                self.take_update(&update);
                self.show();
            }
            Event::Notice(notice) => {
                if notices::keeps_nothing(notice) {
                    self.page.keeping.keeps_nothing.set_value(true);
                }
                let words = notices::words_of(notice).to_owned();
                self.page.notice.set(Some(words));
            }
            // The chat notices gaps itself.
            _ => {}
        }
    }

    fn take_status(self: &Rc<Self>, status: &Status) {
        let is_ready = *status == Status::Ready;
        if self.is_ready.replace(is_ready) != is_ready {
            // What is under way is being checked while there is no connection.
            self.show();
        }
        // The page says already that it may not connect.
        if self.is_forbidden.get() {
            return;
        }
        let view = self.status.borrow_mut().read(status, &self.client);
        self.page.retry_at.set(view.retry_at);
        self.page.connection.set(view.connection);
        if is_ready {
            self.page.connected();
        } else if view.has_failed {
            self.page.attempt_failed();
        }
    }

    async fn full_text(&self, record: &str) -> Result<Message, String> {
        let session = self.chat.session().ok_or("There is no conversation yet.")?;
        let params = js_sys::Object::new();
        for (name, value) in [("sessionKey", session.as_str()), ("messageId", record)] {
            js_sys::Reflect::set(&params, &name.into(), &value.into())
                .map_err(|_| "It cannot be asked for.")?;
        }
        let answer = self.client.request(
            methods::CHAT_MESSAGE_GET,
            &params,
            RequestOptions::default(),
        );
        let answer = answer.await.map_err(|error| error.to_string())?;
        let message = JsObject(answer).child("message");
        let message = message.ok_or("The gateway's answer cannot be read.")?;
        Ok(Message::read(&message))
    }
}
