//! How WhatsApp stands at a gateway: at one that owns it by OpenClaw's methods,
//! and at ours, which says more.

pub mod login;
pub mod phone;
pub mod screen;

use clawline_core::wire::Object;
pub use clawline_core::wire::extensions::{CHANNELS_LINK, CHANNELS_PAIR};

use super::sessions::one_line;
use super::words::Words;

/// What says how it stands, links, and unlinks.
pub const STATUS: &str = "channels.status";
/// Begins a login by QR code.
pub const LOGIN_START: &str = "web.login.start";
/// Waits for what becomes of a login.
pub const LOGIN_WAIT: &str = "web.login.wait";
/// Connects what is linked already.
pub const START: &str = "channels.start";
/// Unlinks.
pub const LOGOUT: &str = "channels.logout";
/// The names of the channel: OpenClaw's, and that of our relay's settings.
const CHANNELS: [&str; 2] = ["whatsapp", "whatsapp_baileys"];

/// How much of others' words is shown, in characters.
const NAME_CHARS: usize = 60;
const REASON_CHARS: usize = 300;
/// So many accounts are shown.
const MOST_ACCOUNTS: usize = 50;
/// Nothing here waits for longer, in milliseconds: a day.
const LONGEST_MS: f64 = 86_400_000.0;

/// How WhatsApp stands at a gateway.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Standing {
    /// It was not asked yet.
    #[default]
    Unknown,
    /// The gateway has none.
    Absent,
    /// It has these accounts; at least one.
    Present(Vec<Account>),
}

/// One account of WhatsApp, linked or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// What it calls the account.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// A phone is linked to it.
    pub is_linked: bool,
    /// The phone's number, with its `+`.
    pub number: Option<String>,
    /// What its owner is called.
    pub name: Option<String>,
    /// Why it stands so, in the gateway's words.
    pub reason: Option<String>,
    /// What a person can do about a failure, in the gateway's words.
    pub next_step: Option<String>,
    /// When it is tried again, in milliseconds since 1970, by this page's clock.
    pub retry_at: Option<f64>,
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is switched off.
    Off,
    /// What connects to WhatsApp is put in place.
    Installing,
    /// It starts.
    Starting,
    /// No phone is linked.
    NotLinked,
    /// A code waits to be scanned or typed.
    Pairing,
    /// The phone has agreed, and the rest is on its way.
    Linking,
    /// It connects.
    Connecting,
    /// It works.
    Open,
    /// It could not connect, and tries again.
    Waiting,
    /// Somebody else uses the same link.
    Conflict,
    /// The phone, or WhatsApp, has taken the link back.
    LoggedOut,
    /// WhatsApp refuses the account.
    Forbidden,
    /// WhatsApp wants a newer program.
    TooOld,
    /// What runs it is missing where the gateway is.
    NoNode,
    /// It does not work.
    Failed,
}

impl Standing {
    /// Reads the answer to [`STATUS`]; `now` in milliseconds since 1970.
    #[must_use]
    pub fn read<O: Object>(answer: &O, now: f64) -> Self {
        let summaries = answer.child("channels");
        let found = CHANNELS.into_iter().find_map(|channel| {
            let summary = summaries.as_ref().and_then(|all| all.child(channel))?;
            Some((channel, summary))
        });
        let Some((channel, summary)) = found else {
            return Self::Absent;
        };
        let text = |of| answer.child(of).and_then(|all| all.text(channel));
        let first = text("channelDefaultAccountId").unwrap_or_else(|| "default".to_owned());
        let mut accounts = Vec::new();
        if let Some(all) = answer.child("channelAccounts") {
            all.each(channel, &mut |told| {
                let id = told.text("accountId").filter(|id| !id.is_empty());
                let is_new = |id: &String| accounts.iter().all(|it: &Account| it.id != *id);
                let has_room = accounts.len() < MOST_ACCOUNTS;
                let Some(id) = id.filter(|id| has_room && is_new(id)) else {
                    return;
                };
                // OpenClaw says of the first one whose it is, and only here.
                let owner = (id == first).then_some(&summary);
                accounts.push(Account::read(id, &told, owner, now));
            });
        }
        if accounts.is_empty() {
            accounts.push(Account::read(first, &summary, Some(&summary), now));
        }
        Self::Present(accounts)
    }

    /// Takes what [`CHANNELS_LINK`] says of this channel. False when it is about an
    /// account that is not known yet: the gateway is asked then.
    pub fn heard<O: Object>(&mut self, told: &O, now: f64) -> bool {
        let channel = told.text("channel");
        if channel.is_some_and(|name| !CHANNELS.contains(&name.as_str())) {
            return true;
        }
        let Self::Present(accounts) = self else {
            return false;
        };
        let id = told.text("accountId");
        let Some(account) = accounts.iter_mut().find(|it| Some(&it.id) == id.as_ref()) else {
            return false;
        };
        account.take_link(told, now);
        true
    }

    /// An account by its id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        match self {
            Self::Present(accounts) => accounts.iter().find(|account| account.id == id),
            _ => None,
        }
    }
}

impl Account {
    fn read<O: Object>(id: String, told: &O, owner: Option<&O>, now: f64) -> Self {
        let flag = |name| told.flag(name).unwrap_or(false);
        let is_linked = flag("linked");
        let state = match (is_linked, told.text("healthState").as_deref()) {
            (false, _) => State::NotLinked,
            (true, _) if flag("connected") => State::Open,
            (true, Some("conflict")) => State::Conflict,
            (true, _) if flag("running") => State::Connecting,
            // It gave up by itself.
            (true, _) if told.text("lifecycle").as_deref() == Some("blocked") => State::Failed,
            (true, _) => State::Off,
        };
        let mut account = Self {
            id,
            state,
            is_linked,
            number: None,
            name: None,
            reason: told.text("lastError").as_deref().and_then(reason),
            next_step: None,
            retry_at: None,
        };
        if let Some(owner) = owner {
            account.take_owner(owner);
        }
        // What our gateway says besides.
        if let Some(link) = told.child("link") {
            account.take_link(&link, now);
        }
        account
    }

    /// What it is called on the screen.
    #[must_use]
    pub fn title(&self) -> Words {
        Words::said(name(&self.id).unwrap_or_default())
    }

    /// What a person can do; `None` when it goes on by itself, or works.
    #[must_use]
    pub fn advice(&self) -> Option<Words> {
        // What fails here has a cause that only the gateway knows.
        let said = self
            .next_step
            .as_deref()
            .filter(|_| self.state == State::Failed);
        said.map(Words::said).or_else(|| self.state.advice())
    }

    fn take_owner<O: Object>(&mut self, told: &O) {
        if let Some(owner) = told.child("self") {
            self.number = owner.text("e164").as_deref().and_then(name);
            self.name = owner.text("name").as_deref().and_then(name);
        }
    }

    fn take_link<O: Object>(&mut self, told: &O, now: f64) {
        let state = told.text("state").unwrap_or_default();
        self.state = State::named(&state);
        self.is_linked = told.flag("linked").unwrap_or(self.is_linked);
        self.reason = told.text("reason").as_deref().and_then(reason);
        self.next_step = told.text("nextStep").as_deref().and_then(reason);
        self.retry_at = told.number("retryInMs").and_then(|wait| after(wait, now));
        if self.is_linked {
            self.take_owner(told);
        } else {
            (self.number, self.name) = (None, None);
        }
    }
}

/// The moment that is `wait` milliseconds after `now`; `None` for no such wait.
fn after(wait: f64, now: f64) -> Option<f64> {
    (0.0..=LONGEST_MS).contains(&wait).then_some(now + wait)
}

fn name(text: &str) -> Option<String> {
    one_line(text, NAME_CHARS)
}

fn reason(text: &str) -> Option<String> {
    one_line(text, REASON_CHARS)
}

impl State {
    fn named(state: &str) -> Self {
        match state {
            "off" => Self::Off,
            "installing" => Self::Installing,
            "starting" => Self::Starting,
            "not_linked" => Self::NotLinked,
            "pairing" => Self::Pairing,
            "linking" => Self::Linking,
            "connecting" => Self::Connecting,
            "open" => Self::Open,
            "waiting" => Self::Waiting,
            "conflict" => Self::Conflict,
            "logged_out" => Self::LoggedOut,
            "forbidden" => Self::Forbidden,
            "too_old" => Self::TooOld,
            "no_node" => Self::NoNode,
            "expired" => Self::NotLinked,
            _ => Self::Failed,
        }
    }

    /// How it stands, in a sentence.
    #[must_use]
    pub const fn headline(self) -> Words {
        Words::of(match self {
            Self::Off => "wa-off",
            Self::Installing => "wa-installing",
            Self::Starting => "wa-starting",
            Self::NotLinked => "wa-not-linked",
            Self::Pairing => "wa-pairing",
            Self::Linking => "wa-linking",
            Self::Connecting => "wa-connecting",
            Self::Open => "wa-open",
            Self::Waiting => "wa-waiting",
            Self::Conflict => "wa-conflict",
            Self::LoggedOut => "wa-logged-out",
            Self::Forbidden => "wa-forbidden",
            Self::TooOld => "wa-too-old",
            Self::NoNode => "wa-no-node",
            Self::Failed => "wa-failed",
        })
    }

    const fn advice(self) -> Option<Words> {
        Some(Words::of(match self {
            Self::Off | Self::Failed => "wa-off-advice",
            Self::Pairing => "wa-pairing-advice",
            Self::Conflict => "wa-conflict-advice",
            Self::LoggedOut => "wa-logged-out-advice",
            Self::Forbidden => "wa-forbidden-advice",
            Self::TooOld => "wa-too-old-advice",
            Self::NoNode => "wa-no-node-advice",
            Self::Waiting => "wa-waiting-advice",
            Self::NotLinked => "wa-intro",
            Self::Installing | Self::Starting | Self::Linking | Self::Connecting | Self::Open => {
                return None;
            }
        }))
    }

    /// It goes on by itself.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        matches!(
            self,
            Self::Installing | Self::Starting | Self::Linking | Self::Connecting
        )
    }

    /// A phone can be linked now.
    #[must_use]
    pub const fn takes_login(self) -> bool {
        matches!(
            self,
            Self::NotLinked | Self::Pairing | Self::LoggedOut | Self::Forbidden
        )
    }

    /// It rests until a person wants it to connect again.
    #[must_use]
    pub const fn rests(self) -> bool {
        matches!(
            self,
            Self::Off | Self::Conflict | Self::TooOld | Self::NoNode | Self::Failed
        )
    }
}

#[cfg(test)]
mod tests;
