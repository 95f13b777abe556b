//! The page above its conversations: gateways, the connection, and which
//! conversation is shown.

mod conversations;
mod day;
mod form;
mod start;
mod turned_away;

use clawline::core::GatewayId;
use leptos::prelude::*;
use webchat_model::address::{self, Address};
use webchat_model::connection::Connection;
use webchat_model::follow::Follow;
use webchat_model::policy;

use crate::browser::config::ServerConfig;
use crate::browser::storage;
use crate::conversation::Conversation;
use crate::link::{Credentials, Happened, Link, LinkState, Sessions, Whatsapp};
use crate::said::Said;
use conversations::Conversations;
pub(crate) use form::{Field, Form, FormProblem};

/// What fills the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Connect,
    Pairing,
    Chat,
    Whatsapp,
}

/// The page's state. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct App {
    /// The document is its own; else it is a part of another page.
    pub(crate) is_page: bool,
    pub(crate) connection: RwSignal<Connection>,
    /// When the next attempt begins, in milliseconds since 1970.
    pub(crate) retry_at: RwSignal<Option<f64>>,
    /// Whether this browser has ever been connected to the gateway.
    pub(crate) known: RwSignal<bool>,
    pub(crate) address: RwSignal<Option<Address>>,
    pub(crate) form: Form,
    /// The conversation that is shown.
    pub(crate) current: RwSignal<Option<Conversation>>,
    /// Whether the page goes along with what is written.
    pub(crate) follow: RwSignal<Follow>,
    pub(crate) said: Said,
    pub(crate) sessions: Sessions,
    pub(crate) whatsapp: Whatsapp,
    /// WhatsApp is shown in the place of the conversation.
    pub(crate) whatsapp_opened: RwSignal<bool>,
    /// The day that it is here.
    pub(crate) day: RwSignal<String>,
    conversations: Conversations,
    state: LinkState,
    server: StoredValue<Option<ServerConfig>>,
    /// Nobody chose this gateway: it is tried once.
    is_guess: StoredValue<bool>,
    /// Attempts that failed since the last connection.
    failures: StoredValue<u32>,
    link: StoredValue<Option<Link>, LocalStorage>,
    /// The session that a part of a page was told to show first.
    wanted: StoredValue<Option<String>>,
}

impl App {
    pub(crate) fn new(is_page: bool, wanted: Option<String>) -> Self {
        let state = LinkState::new();
        let app = Self {
            is_page,
            connection: state.connection,
            retry_at: state.retry_at,
            known: RwSignal::new(false),
            address: RwSignal::new(None),
            form: Form::new(),
            current: RwSignal::new(None),
            follow: RwSignal::new(storage::follow()),
            said: Said::new(),
            sessions: state.sessions,
            whatsapp: state.whatsapp,
            whatsapp_opened: RwSignal::new(false),
            day: RwSignal::new(String::new()),
            conversations: Conversations::new(),
            state,
            server: StoredValue::new(None),
            is_guess: StoredValue::new(false),
            failures: StoredValue::new(0),
            link: StoredValue::new_local(None),
            wanted: StoredValue::new(wanted),
        };
        // It may go before the page does.
        on_cleanup(move || {
            app.with_link(Link::close);
        });
        app
    }

    /// What fills the page now.
    pub(crate) fn screen(self) -> Screen {
        if self.form.opened.get() {
            return Screen::Connect;
        }
        match self.connection.get() {
            Connection::WaitingForApproval(_) => Screen::Pairing,
            Connection::SignedOut(_) => Screen::Connect,
            Connection::Connected { .. } => self.inside(),
            _ if self.known.get() => self.inside(),
            _ => Screen::Connect,
        }
    }

    fn inside(self) -> Screen {
        match self.whatsapp_opened.get() {
            true => Screen::Whatsapp,
            false => Screen::Chat,
        }
    }

    /// Checks the form, and connects when there is nothing to complain about.
    pub(crate) fn submit(self) {
        self.form.problem.set(None);
        self.address_chosen();
        match self.form.check() {
            Ok((address, credentials)) => {
                self.form.opened.set(false);
                self.open(address, credentials);
            }
            Err(problem) => self.form.problem.set(Some(problem)),
        }
    }

    /// The address in the form is what it shall be: the other fields follow.
    pub(crate) fn address_chosen(self) {
        if let Some(words) = self.form.address_chosen() {
            self.said.notice(words);
        }
    }

    fn open(self, address: Address, credentials: Credentials) {
        let gateway = address.id().clone();
        let remembered = credentials.token.as_deref();
        let remembered = remembered.filter(|_| self.form.remember.get_untracked());
        storage::set_token(&gateway, remembered);
        let is_same = self.gateway().is_some_and(|before| before == gateway);
        self.known.set(storage::was_used(&gateway));
        self.is_guess.set_value(false);
        let old = self.link.try_update_value(Option::take).flatten();
        // Its outbox may hold messages that wait for this very sign-in.
        if let Some(link) = old.clone().filter(|_| is_same) {
            // Its query may be another one.
            self.address
                .update_untracked(|old| *old = Some(address.clone()));
            link.sign_in(&address, credentials);
            self.link.set_value(Some(link));
            return;
        }
        if let Some(old) = old {
            old.close();
        }
        self.address.set(Some(address.clone()));
        let happened = move |happened| self.take(happened);
        let link = Link::open(&address, credentials, self.state, self.said, happened);
        self.link.set_value(Some(link));
        self.close_conversations();
        let wanted = self.wanted.try_update_value(Option::take).flatten();
        let remembered = || storage::conversation(&gateway).filter(|_| self.is_page);
        self.show_conversation(wanted.or_else(remembered));
    }

    fn take(self, happened: Happened) {
        match happened {
            Happened::Connected => self.connected(),
            Happened::Failed => self.attempt_failed(),
            Happened::Forgotten => {
                // Of what another person would find here nothing is left.
                storage::forget_tokens();
                self.form.remember.set(false);
                self.form.opened.set(true);
            }
        }
    }

    /// The connection works: this gateway is remembered from now on.
    fn connected(self) {
        let Some(address) = self.address.get_untracked() else {
            return;
        };
        if self.is_page {
            storage::set_address(address.url());
        }
        storage::set_used(address.id());
        self.known.set(true);
        self.failures.set_value(0);
        self.form.password.set(String::new());
    }

    /// An attempt failed. The server of this page is tried as a gateway only
    /// once: then the form offers where gateways usually are.
    fn attempt_failed(self) {
        if !self.is_guess.get_value() {
            return self.suspect_sign_in();
        }
        self.is_guess.set_value(false);
        self.with_link(Link::rest);
        self.state.rest(Connection::Off);
        self.form.address.set(address::USUAL.to_owned());
    }

    /// The browser did not open the address because the server of this page
    /// does not allow it.
    pub(crate) fn refused_by_policy(self, blocked: &str) {
        let Some(address) = self.address.get_untracked() else {
            return;
        };
        if !policy::concerns(&address, blocked) {
            return;
        }
        self.with_link(Link::forbid);
        self.state.rest(Connection::Off);
        let known = self
            .server
            .with_value(|config| config.as_ref().map(|config| config.gateways.join(", ")));
        let refusal = policy::Refusal::of(&address, known.as_deref());
        self.form.problem.set(Some(FormProblem {
            field: Field::Address,
            message: refusal.message,
            fix: refusal.fix,
            command: refusal.command,
        }));
        self.form.opened.set(true);
    }

    /// Fills in a repair that the form offered.
    pub(crate) fn apply_fix(self, fix: address::Fix) {
        self.form.address.set(fix.address);
        self.address_chosen();
        if let Some(token) = fix.token {
            self.form.token.set(token);
            self.form.secret_typed();
        }
        self.form.problem.set(None);
    }

    pub(crate) fn next_follow(self) {
        let next = self.follow.get_untracked().next();
        storage::set_follow(next);
        self.follow.set(next);
    }

    pub(crate) fn retry(self) {
        self.with_link(Link::retry);
    }

    /// Deletes this browser's key, its tokens and its messages. The next
    /// connection is another device's.
    pub(crate) fn forget_device(self) {
        self.with_link(Link::forget_device);
    }

    /// How many messages exist in this browser only.
    pub(crate) fn count_unsent(self) -> usize {
        self.link
            .with_value(|link| link.as_ref().map_or(0, Link::count_unsent))
    }

    /// Whether closing the page now would lose something.
    pub(crate) fn is_at_risk(self) -> bool {
        self.conversations.are_at_risk()
            || self.state.keeps_nothing.get_untracked() && self.count_unsent() > 0
    }

    /// The gateway that was chosen.
    fn gateway(self) -> Option<GatewayId> {
        self.address
            .with_untracked(|address| address.as_ref().map(|address| address.id().clone()))
    }

    fn with_link<R>(self, act: impl FnOnce(&Link) -> R) -> Option<R> {
        self.link.with_value(|link| link.as_ref().map(act))
    }
}
