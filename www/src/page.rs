//! What the page shows, as signals, and what a person can do on it.

use leptos::prelude::*;
use webchat_model::address::{self, Address};
use webchat_model::connection::Connection;
use webchat_model::credentials::{check_password, check_token};
use webchat_model::draft;
use webchat_model::pairing::GatewayKind;
use webchat_model::transcript::Row;

use crate::browser::config::{ServerConfig, same_origin};
use crate::browser::{self, handover, storage};
use crate::link::{Credentials, Link};

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

/// What the fields of the connect form hold.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    pub(crate) address: RwSignal<String>,
    pub(crate) token: RwSignal<String>,
    pub(crate) password: RwSignal<String>,
    pub(crate) remember: RwSignal<bool>,
    pub(crate) wants_password: RwSignal<bool>,
    /// The form is shown because the person asked for it.
    pub(crate) opened: RwSignal<bool>,
    pub(crate) problem: RwSignal<Option<FormProblem>>,
}

/// What is wrong with the form, and a repair that one click makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormProblem {
    pub(crate) field: Field,
    pub(crate) message: String,
    pub(crate) fix: Option<address::Fix>,
    /// A command to run where the relay runs.
    pub(crate) command: Option<String>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Address,
    Token,
    Password,
}

/// The page's state. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) connection: RwSignal<Connection>,
    /// When the next attempt begins, in milliseconds since 1970.
    pub(crate) retry_at: RwSignal<Option<f64>>,
    /// Whether this browser has ever been connected to the gateway.
    pub(crate) known: RwSignal<bool>,
    pub(crate) gateway_kind: RwSignal<GatewayKind>,
    pub(crate) address: RwSignal<Option<Address>>,
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
            gateway_kind: RwSignal::new(GatewayKind::OpenClaw),
            address: RwSignal::new(None),
            form: Form {
                address: RwSignal::new(String::new()),
                token: RwSignal::new(String::new()),
                password: RwSignal::new(String::new()),
                remember: RwSignal::new(false),
                wants_password: RwSignal::new(false),
                opened: RwSignal::new(false),
                problem: RwSignal::new(None),
            },
            lines: RwSignal::new(Vec::new()),
            older: RwSignal::new(Older::None),
            loaded: RwSignal::new(false),
            running: RwSignal::new(false),
            sent: RwSignal::new(0),
            notice: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
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

    /// Finds the first gateway to connect to: the link's, the one used last,
    /// then the one that served this page.
    pub(crate) async fn begin(self) {
        let handover = handover::take();
        let config = ServerConfig::load().await;
        self.server.set_value(config.clone());
        if let Some(token) = &handover.token {
            self.form.token.set(token.clone());
        }
        if let Some(password) = &handover.password {
            self.form.password.set(password.clone());
            self.form.wants_password.set(true);
        }
        let served = config.as_ref().and_then(|config| config.embedded.as_ref());
        let served = same_origin(served.map_or("/gateway", |embedded| embedded.path.as_str()));
        let remembered = storage::address();
        let is_chosen = handover.gateway.is_some() || remembered.is_some();
        let first = handover.gateway.or(remembered).or(served);
        let Some(first) = first else {
            self.form.address.set(USUAL_ADDRESS.to_owned());
            return;
        };
        if let (true, Some(token)) = (handover.token.is_none(), storage::token(&first)) {
            self.form.token.set(token);
            self.form.remember.set(true);
        }
        self.form.address.set(first.clone());
        match address::parse(&first) {
            Ok(address) => {
                self.open(address);
                self.is_guess.set_value(!is_chosen && config.is_none());
            }
            Err(problem) => self.form.problem.set(Some(FormProblem::address(problem))),
        }
    }

    /// Checks the form, and connects when there is nothing to complain about.
    pub(crate) fn submit(self) {
        let form = self.form;
        form.problem.set(None);
        let address = match address::parse(&form.address.get_untracked()) {
            Ok(address) => address,
            Err(problem) => return form.problem.set(Some(FormProblem::address(problem))),
        };
        if browser::page_is_secure() && address.is_blocked_on_https() {
            return form.problem.set(Some(FormProblem::new(
                Field::Address,
                "This page came over https, so the browser opens only wss:// addresses from it. \
                 Use the gateway's wss:// address, or open this page over http from a relay.",
            )));
        }
        if let Err(message) = check_token(&form.token.get_untracked()) {
            return form
                .problem
                .set(Some(FormProblem::new(Field::Token, message)));
        }
        if let Err(message) = check_password(&form.password.get_untracked()) {
            return form
                .problem
                .set(Some(FormProblem::new(Field::Password, message)));
        }
        form.opened.set(false);
        self.open(address);
    }

    fn open(self, address: Address) {
        let name = address.to_string();
        let token = check_token(&self.form.token.get_untracked()).ok().flatten();
        let password = check_password(&self.form.password.get_untracked())
            .ok()
            .flatten();
        storage::set_token(
            &name,
            token
                .as_deref()
                .filter(|_| self.form.remember.get_untracked()),
        );
        let same = self
            .address
            .with_untracked(|old| old.as_ref() == Some(&address));
        if !same {
            self.keep_unsent();
            self.lines.set(Vec::new());
            self.loaded.set(false);
            self.older.set(Older::None);
        }
        self.known.set(storage::was_used(&name));
        self.is_guess.set_value(false);
        let is_own =
            same_origin("/").is_some_and(|own| name.starts_with(own.trim_end_matches('/')));
        let is_relay = is_own && self.server.with_value(Option::is_some);
        self.gateway_kind.set(if is_relay {
            GatewayKind::Relay
        } else {
            GatewayKind::OpenClaw
        });
        self.address.set(Some(address));
        let credentials = Credentials { token, password };
        self.link.update_value(|link| match link {
            // Its outbox may hold messages that wait for this very sign-in.
            Some(link) if same => link.sign_in(&name, credentials),
            _ => {
                if let Some(old) = link.take() {
                    old.close();
                }
                *link = Some(Link::open(self, &name, credentials));
            }
        });
    }

    /// The connection works: this gateway is remembered from now on.
    pub(crate) fn connected(self) {
        let Some(name) = self
            .address
            .with_untracked(|address| address.as_ref().map(Address::to_string))
        else {
            return;
        };
        storage::set_address(&name);
        storage::set_used(&name);
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
        self.with_link(Link::close);
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
        if !blocked.is_empty() && !blocked.starts_with(&address.origin()) {
            return;
        }
        self.with_link(Link::close);
        self.connection.set(Connection::Off);
        self.retry_at.set(None);
        let known = self.server.with_value(|config| {
            config.as_ref().map(|config| {
                config
                    .gateways
                    .iter()
                    .map(|named| named.url.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            })
        });
        let also = match known.as_deref() {
            None | Some("") => String::new(),
            Some(others) => format!(" It was started with {others}."),
        };
        self.form.problem.set(Some(FormProblem {
            field: Field::Address,
            message: format!(
                "The server of this page does not let it connect to {}.{also} Start the relay with this address, then reload:",
                address.origin()
            ),
            fix: None,
            command: Some(format!("clawline-relay serve --gateway {address}")),
        }));
        self.form.opened.set(true);
    }

    /// Fills in a repair that the form offered.
    pub(crate) fn apply_fix(self, fix: address::Fix) {
        self.form.address.set(fix.address);
        if let Some(token) = fix.token {
            self.form.token.set(token);
        }
        self.form.problem.set(None);
    }

    pub(crate) fn retry(self) {
        self.with_link(Link::retry);
    }

    pub(crate) fn send(self, text: &str) -> Result<(), String> {
        self.link.with_value(|link| match link {
            Some(link) => link.send(text),
            None => Err("Choose a gateway first.".to_owned()),
        })?;
        self.sent.update(|sent| *sent += 1);
        Ok(())
    }

    /// Makes a draft of what was typed and never left: the outbox lives in
    /// memory. For when the field, which does the same, is not on the screen.
    pub(crate) fn keep_unsent(self) {
        let unsent = self.unsent();
        if unsent.is_empty() {
            return;
        }
        let key = self.draft_key();
        let draft = storage::get(&key).unwrap_or_default();
        storage::set(&key, Some(&draft::at_parting(&unsent, &draft)));
    }

    /// Where the draft for this gateway is kept.
    pub(crate) fn draft_key(self) -> String {
        let gateway = self
            .address
            .with_untracked(|address| address.as_ref().map(Address::to_string));
        draft::storage_key(&gateway.unwrap_or_default(), "main")
    }

    /// What was typed and never left.
    pub(crate) fn unsent(self) -> Vec<String> {
        self.link
            .with_value(|link| link.as_ref().map(Link::unsent).unwrap_or_default())
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
    pub(crate) fn show_rows(self, rows: Vec<Row>) {
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

impl FormProblem {
    fn new(field: Field, message: &str) -> Self {
        Self {
            field,
            message: message.to_owned(),
            fix: None,
            command: None,
        }
    }

    fn address(problem: address::AddressProblem) -> Self {
        Self {
            field: Field::Address,
            message: problem.message,
            fix: problem.fix,
            command: None,
        }
    }
}
