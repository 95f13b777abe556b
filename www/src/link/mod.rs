//! The tie between the page and the gateway client.
//!
//! The client decides; this module translates what it says into the words of
//! the page's model, and what a person does into its commands. It imports
//! nothing of what is built on it: it writes into signals of its own, and
//! calls back.

mod create;
mod notices;
mod params;
mod refusals;
mod sessions;
mod status;
mod thread;
mod whatsapp;
mod wider;

use std::cell::{Cell, RefCell};
use std::future::ready;
use std::rc::Rc;

use clawline::core::engine::Status;
use clawline::core::{GatewayId, Secret};
use clawline::{Client, Event, Options, SignIn, Source};
use futures_util::StreamExt;
use leptos::prelude::{RwSignal, Set};
use webchat_model::address::Address;
use webchat_model::connection::Connection;
use webchat_model::words::Words;

use crate::browser::{spawn_local, storage};
use crate::chunks::ed25519;
use crate::said::Said;
pub(crate) use sessions::{Failure, Sessions};
pub(crate) use thread::{Older, Sheet, Thread, ThreadState};
pub(crate) use whatsapp::Whatsapp;

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
                    // The page says it already.
                    Err(String::new())
                } else {
                    Ok(sign_in.clone())
                })
            },
        )
    }
}

/// How the connection goes.
#[derive(Clone, Copy)]
pub(crate) struct LinkState {
    pub(crate) connection: RwSignal<Connection>,
    /// When the next attempt begins, in milliseconds since 1970.
    pub(crate) retry_at: RwSignal<Option<f64>>,
    /// This browser keeps no messages at the moment.
    pub(crate) keeps_nothing: RwSignal<bool>,
    pub(crate) sessions: Sessions,
    pub(crate) whatsapp: Whatsapp,
}

impl LinkState {
    pub(crate) fn new() -> Self {
        Self {
            connection: RwSignal::new(Connection::Off),
            retry_at: RwSignal::new(None),
            keeps_nothing: RwSignal::new(false),
            sessions: Sessions::new(),
            whatsapp: Whatsapp::new(),
        }
    }

    /// Nobody tries to connect any more, for this reason.
    pub(crate) fn rest(self, connection: Connection) {
        self.connection.set(connection);
        self.retry_at.set(None);
    }
}

/// What the page has to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// The connection works.
    Connected,
    /// An attempt has failed.
    Failed,
    /// This browser's key is deleted.
    Forgotten,
}

/// A connection to one gateway. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Link(Rc<Inner>);

struct Inner {
    gateway: GatewayId,
    client: Client,
    state: LinkState,
    said: Said,
    status: RefCell<status::Reader>,
    happened: Box<dyn Fn(Happened)>,
    /// The policy of the page does not let it connect.
    is_forbidden: Rc<Cell<bool>>,
    closed: Cell<bool>,
}

impl Link {
    /// Connects.
    pub(crate) fn open(
        address: &Address,
        credentials: Credentials,
        state: LinkState,
        said: Said,
        happened: impl Fn(Happened) + 'static,
    ) -> Self {
        let is_forbidden = Rc::default();
        let source = credentials.source(address.url(), &is_forbidden);
        let client = Client::new(Options::with_ed25519(source.clone(), ed25519::get));
        state.sessions.follow(client.clone(), source.clone());
        state.whatsapp.follow(client.clone(), source);
        let mut events = client.subscribe(&[]);
        let gateway = address.id().clone();
        let inner = Rc::new(Inner {
            status: RefCell::new(status::Reader::new(gateway.clone())),
            gateway,
            client,
            state,
            said,
            happened: Box::new(happened),
            is_forbidden,
            closed: Cell::default(),
        });
        let weak = Rc::downgrade(&inner);
        spawn_local(async move {
            while let Some(event) = events.next().await {
                let Some(inner) = weak.upgrade() else { break };
                inner.take(event);
            }
        });
        inner.client.connect();
        Self(inner)
    }

    /// Connects again with other credentials. What waits to be sent stays.
    pub(crate) fn sign_in(&self, address: &Address, credentials: Credentials) {
        self.0.is_forbidden.set(false);
        let source = credentials.source(address.url(), &self.0.is_forbidden);
        self.0.state.sessions.sign_in(source.clone());
        self.0.state.whatsapp.sign_in(source.clone());
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

    /// Which gateway it is.
    pub(crate) fn gateway(&self) -> &GatewayId {
        &self.0.gateway
    }

    /// Deletes this browser's key, its tokens and its outbox, and stays unconnected.
    pub(crate) fn forget_device(&self) {
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            let words = match inner.client.forget_device().await {
                Ok(()) => {
                    storage::forget_files();
                    (inner.happened)(Happened::Forgotten);
                    Words::of("device-forgotten")
                }
                Err(why) => Words::of("forget-failed").with("reason", why),
            };
            inner.said.notice(words);
        });
    }
}

impl Inner {
    fn take(&self, event: Event) {
        if self.closed.get() {
            return;
        }
        match event {
            Event::Status(status) => self.take_status(&status),
            Event::Notice(notice) => {
                if notices::keeps_nothing(notice) {
                    self.state.keeps_nothing.set(true);
                }
                self.said.notice(notices::words_of(notice));
            }
            // Threads hear the rest themselves.
            _ => {}
        }
    }

    fn take_status(&self, status: &Status) {
        // The page says already that it may not connect.
        if self.is_forbidden.get() {
            return;
        }
        let view = self.status.borrow_mut().read(status, &self.client);
        self.state.retry_at.set(view.retry_at);
        self.state.connection.set(view.connection);
        if *status == Status::Ready {
            (self.happened)(Happened::Connected);
        } else if view.has_failed {
            (self.happened)(Happened::Failed);
        }
    }
}
