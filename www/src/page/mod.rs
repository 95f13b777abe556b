//! What the page shows, as signals, and what a person can do on it.

mod attachments;
mod form;
mod keeping;
mod start;
mod unread;

use leptos::prelude::*;
use webchat_model::address::{self, Address};
use webchat_model::connection::Connection;
use webchat_model::conversation::new_conversation;
use webchat_model::policy;
use webchat_model::transcript::Row;

use crate::browser::config::ServerConfig;
use crate::browser::storage;
use crate::link::{Credentials, Link};
pub(crate) use attachments::{Attached, Chosen};
pub(crate) use form::{Field, Form, FormProblem};
use keeping::Keeping;
use unread::Unread;

/// Where a gateway listens when nobody says otherwise.
const USUAL_ADDRESS: &str = "ws://127.0.0.1:18789";

/// A line of the conversation. The key tells which element to keep, the
/// signal redraws only this line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) row: ArcRwSignal<Row>,
}

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

/// What fills the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Connect,
    Pairing,
    Chat,
}

/// The page's state. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) connection: RwSignal<Connection>,
    /// When the next attempt begins, in milliseconds since 1970.
    pub(crate) retry_at: RwSignal<Option<f64>>,
    /// Whether this browser has ever been connected to the gateway.
    pub(crate) known: RwSignal<bool>,
    pub(crate) address: RwSignal<Option<Address>>,
    /// The session that is shown; `None`: the gateway's main one.
    pub(crate) session: RwSignal<Option<String>>,
    pub(crate) form: Form,
    pub(crate) lines: RwSignal<Vec<Line>>,
    pub(crate) older: RwSignal<Older>,
    /// Whether the history has been read once since the address was chosen.
    pub(crate) loaded: RwSignal<bool>,
    pub(crate) running: RwSignal<bool>,
    /// Counts what the person has sent from here.
    pub(crate) sent: RwSignal<u32>,
    pub(crate) notice: RwSignal<Option<String>>,
    /// Said by a screen reader when it changes.
    pub(crate) announcement: RwSignal<String>,
    /// The files that go with the next message.
    pub(crate) attached: StoredValue<Vec<Attached>, LocalStorage>,
    /// Counts the changes of those.
    pub(crate) attachings: RwSignal<u32>,
    /// What was chosen and cannot go with it, in words.
    pub(crate) left_out: RwSignal<Option<String>>,
    /// What an older version of this page has left, and a person decides about.
    pub(crate) earlier: RwSignal<Option<String>>,
    /// What the message field is to hold besides.
    pub(crate) handed_back: RwSignal<Option<String>>,
    pub(crate) keeping: Keeping,
    unread: StoredValue<Unread>,
    server: StoredValue<Option<ServerConfig>>,
    /// Nobody chose this gateway: it is tried once.
    is_guess: StoredValue<bool>,
    link: StoredValue<Option<Link>, LocalStorage>,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self {
            connection: RwSignal::new(Connection::Off),
            retry_at: RwSignal::new(None),
            known: RwSignal::new(false),
            address: RwSignal::new(None),
            session: RwSignal::new(None),
            form: Form::new(),
            lines: RwSignal::new(Vec::new()),
            older: RwSignal::new(Older::None),
            loaded: RwSignal::new(false),
            running: RwSignal::new(false),
            sent: RwSignal::new(0),
            notice: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            attached: StoredValue::new_local(Vec::new()),
            attachings: RwSignal::new(0),
            left_out: RwSignal::new(None),
            earlier: RwSignal::new(None),
            handed_back: RwSignal::new(None),
            keeping: Keeping::new(),
            unread: StoredValue::default(),
            server: StoredValue::new(None),
            is_guess: StoredValue::new(false),
            link: StoredValue::new_local(None),
        }
    }

    /// What fills the page now.
    pub(crate) fn screen(self) -> Screen {
        if self.form.opened.get() {
            return Screen::Connect;
        }
        match self.connection.get() {
            Connection::WaitingForApproval(_) => Screen::Pairing,
            Connection::SignedOut(_) => Screen::Connect,
            Connection::Connected { .. } => Screen::Chat,
            _ if self.known.get() => Screen::Chat,
            _ => Screen::Connect,
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
            self.notice.set(Some(words));
        }
    }

    fn open(self, address: Address, credentials: Credentials) {
        let gateway = address.id().clone();
        let remembered = credentials.token.as_deref();
        let remembered = remembered.filter(|_| self.form.remember.get_untracked());
        storage::set_token(&gateway, remembered);
        let is_same = self.gateway().is_some_and(|before| before == gateway);
        if is_same {
            // Its query may be another one.
            self.address
                .update_untracked(|old| *old = Some(address.clone()));
        } else {
            self.earlier.set(None);
            self.forget_conversation();
            self.session.set(storage::conversation(&gateway));
            self.address.set(Some(address.clone()));
        }
        self.known.set(storage::was_used(&gateway));
        self.is_guess.set_value(false);
        self.link.update_value(|link| match link {
            // Its outbox may hold messages that wait for this very sign-in.
            Some(link) if is_same => link.sign_in(&address, credentials),
            _ => {
                if let Some(old) = link.take() {
                    old.close();
                }
                *link = Some(Link::open(self, &address, credentials));
            }
        });
    }

    /// Another conversation is shown from now on.
    fn forget_conversation(self) {
        self.detach_all();
        self.forget_unread();
        self.lines.set(Vec::new());
        self.loaded.set(false);
        self.older.set(Older::None);
    }

    /// Shows another session of the gateway; `None`: the main one.
    pub(crate) fn turn_to(self, session: Option<String>) {
        let Some(gateway) = self.gateway() else {
            return;
        };
        storage::set_conversation(&gateway, session.as_deref());
        self.forget_conversation();
        self.session.set(session);
        // Taken out meanwhile: what it shows looks for the page's link.
        let old = self.link.try_update_value(Option::take).flatten();
        self.link.set_value(old.map(|old| old.turn()));
    }

    /// The connection works: this gateway is remembered from now on.
    pub(crate) fn connected(self) {
        let Some(address) = self.address.get_untracked() else {
            return;
        };
        storage::set_address(address.url());
        storage::set_used(address.id());
        self.known.set(true);
        self.form.password.set(String::new());
    }

    /// An attempt failed. The server of this page is tried as a gateway only
    /// once: then the form offers where gateways usually are.
    pub(crate) fn attempt_failed(self) {
        if !self.is_guess.get_value() {
            return;
        }
        self.is_guess.set_value(false);
        self.with_link(Link::rest);
        self.connection.set(Connection::Off);
        self.retry_at.set(None);
        self.form.address.set(USUAL_ADDRESS.to_owned());
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
        self.connection.set(Connection::Off);
        self.retry_at.set(None);
        let known = self
            .server
            .with_value(|config| config.as_ref().map(|config| config.gateways.join(", ")));
        let command = policy::relay_command(&address);
        let also = match known.as_deref() {
            None | Some("") => String::new(),
            Some(others) => format!(" It was started with {others}."),
        };
        self.form.problem.set(Some(FormProblem {
            field: Field::Address,
            message: format!(
                "The server of this page does not let it connect to {}.{also} Start the relay with this address{}",
                address.origin(),
                if command.is_some() { ", then reload:" } else { " (--gateway), then reload." },
            ),
            fix: None,
            command,
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

    pub(crate) fn retry(self) {
        self.with_link(Link::retry);
    }

    /// Puts a message into the outbox, with the files that are attached; what
    /// begins another conversation goes first to the gateway.
    pub(crate) fn send(self, text: &str) -> Result<(), String> {
        self.link.with_value(|link| match link {
            Some(link) => match new_conversation(text) {
                Some(_) if !link.may_reset() && self.has_files() => Err(
                    "Files go with a message. Begin the new conversation, then send them."
                        .to_owned(),
                ),
                Some(first) if !link.may_reset() => link.begin_conversation(text, first),
                _ => self.attached.with_value(|files| link.send(text, files)),
            },
            None => Err("Choose a gateway first.".to_owned()),
        })?;
        self.detach_all();
        self.close_unread();
        self.sent.update(|sent| *sent += 1);
        Ok(())
    }

    /// Puts a message into the outbox that has no files.
    pub(crate) fn send_words(self, text: &str) -> Result<(), String> {
        self.link.with_value(|link| match link {
            Some(link) => link.send(text, &[]),
            None => Ok(()),
        })
    }

    /// Changes the words of a message. False when it is under way already.
    pub(crate) fn edit(self, key: &str, text: &str) -> Result<bool, String> {
        let edited =
            |link: &Option<Link>| link.as_ref().map_or(Ok(false), |link| link.edit(key, text));
        self.link.with_value(edited)
    }

    pub(crate) fn stop(self) {
        self.with_link(Link::stop);
    }

    pub(crate) fn load_older(self) {
        if self.older.get_untracked() == Older::Available {
            self.with_link(Link::load_older);
        }
    }

    pub(crate) fn send_again(self, key: &str) {
        self.with_link(|link| link.send_again(key));
    }

    pub(crate) fn discard(self, key: &str) {
        self.with_link(|link| link.discard(key));
    }

    /// Follows a message no longer that may have arrived.
    pub(crate) fn dismiss(self, key: &str) {
        self.with_link(|link| link.dismiss(key));
    }

    /// Deletes this browser's key, its tokens and its messages. The next
    /// connection is another device's.
    pub(crate) fn forget_device(self) {
        self.with_link(Link::forget_device);
    }

    pub(crate) fn load_full_text(self, message_id: &str) {
        self.with_link(|link| link.load_full_text(message_id));
    }

    fn with_link(self, act: impl FnOnce(&Link)) {
        self.link.with_value(|link| {
            if let Some(link) = link {
                act(link);
            }
        });
    }

    /// Shows these rows. Lines whose key stays keep their elements.
    pub(crate) fn show_rows(self, mut rows: Vec<Row>) {
        self.mark_unread(&mut rows);
        let mut changed = false;
        let mut next = Vec::with_capacity(rows.len());
        self.lines.with_untracked(|lines| {
            let mut known: std::collections::HashMap<&str, &Line> =
                lines.iter().map(|line| (line.key.as_str(), line)).collect();
            changed = lines.len() != rows.len();
            for (index, row) in rows.into_iter().enumerate() {
                changed |= lines.get(index).is_none_or(|line| line.key != row.key);
                match known.remove(row.key.as_str()) {
                    Some(line) => {
                        if line.row.with_untracked(|old| *old != row) {
                            line.row.set(row);
                        }
                        next.push(line.clone());
                    }
                    None => next.push(Line {
                        key: row.key.clone(),
                        row: ArcRwSignal::new(row),
                    }),
                }
            }
        });
        if changed {
            self.lines.set(next);
        }
    }
}
