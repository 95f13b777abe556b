//! The tie between the page and the gateway client.
//!
//! The client decides; this module translates what it says into the words of
//! the page's model, and what a person does into its commands.

mod recovered;
mod show;
mod status;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use clawline::core::{EnqueueError, Key, Secret, Update};
use clawline::{
    Chat, Client, Event, Notice, Options, RequestError, RequestOptions, SendError, Target,
};
use futures_util::StreamExt;
use leptos::prelude::Set;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use webchat_model::content::Message;
use webchat_model::leftovers::Leftover;

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
            SendError::Outbox(EnqueueError::TooMany { limit }) => {
                format!("{limit} messages wait to be sent already. Let some go out first.")
            }
            SendError::Outbox(EnqueueError::TooLarge { limit }) => {
                format!(
                    "This is more than the gateway takes ({} KB). Send it in parts.",
                    limit / 1_024
                )
            }
            error => error.to_string(),
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
                    Update::Changed(_) | Update::Restored => {}
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
        Notice::NotKept => {
            "This browser keeps no messages at the moment (a private window, or a full disk): one that has not been \
             sent is lost when you close this page."
        }
        Notice::NewerOutbox => {
            "A newer version of this page keeps messages here. This one leaves them alone, and keeps its own only \
             until you close it. Reload to get the newer version."
        }
        Notice::SetAside => {
            "Messages of an earlier visit could not be read. They are kept in this browser, out of the way."
        }
        Notice::Unreadable => {
            "Some messages of an earlier visit cannot be read. They are kept in this browser."
        }
    }
}
