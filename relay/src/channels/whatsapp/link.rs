//! How an account stands with WhatsApp, and what a person can do about it.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::sync::watch;

use super::people::Target;
use crate::account::Account;

/// A channel whose accounts are linked by a person: with a code to scan, or one
/// to type on the phone.
pub trait Linking: Debug + Send + Sync {
    /// The accounts, the one that is meant where none is named first; at least one.
    fn accounts(&self) -> Vec<Account>;

    /// How an account stands, now and from now on. `None` for a name that is none.
    fn link(&self, account: &Account) -> Option<watch::Receiver<Link>>;

    /// Begins to connect an account; what comes of it is seen in [`Linking::link`].
    /// Where it is linked already, `mode` asks for no code. What went before is
    /// ended first, a code that is shown too.
    ///
    /// # Errors
    /// There is no such account, or the number is none.
    fn begin(&self, account: &Account, mode: Mode) -> Result<(), LinkingError>;

    /// What was counted of an account since the relay started.
    fn counts(&self, _account: &Account) -> Counts {
        Counts::default()
    }

    /// Unlinks an account: WhatsApp is told, and the credentials are set aside.
    ///
    /// # Errors
    /// There is no such account, or the bridge could not do it.
    fn unlink<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<Unlinked, LinkingError>>;
}

/// How an account is to be connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// As it is linked; where it is not, it stays unlinked and no code is shown.
    Resume,
    /// Where it is not linked, by a code to scan.
    Qr,
    /// Where it is not linked, by a code to type on the phone.
    Code {
        /// Number of the phone with its country code, like `+15551234567`.
        phone: String,
    },
}

impl Mode {
    /// By a code to type on the phone of this number.
    ///
    /// # Errors
    /// It is no number.
    pub fn code(phone: &str) -> Result<Self, LinkingError> {
        match Target::read(phone) {
            Ok(Target::Number(_)) => Ok(Self::Code {
                phone: phone.to_owned(),
            }),
            _ => Err(LinkingError::Phone(phone.to_owned())),
        }
    }
}

/// How an account stands. Words are for people and hold no secret; the codes do
/// until they are used, and go to nobody but who links the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Which account.
    pub account: Account,
    /// How it stands.
    #[serde(flatten)]
    pub state: LinkState,
    /// Why, where there is more to say than the state does.
    pub reason: Option<String>,
    /// What the person can do now.
    pub next_step: Option<String>,
    /// The code to scan, while there is one.
    pub qr: Option<Qr>,
    /// The code to type, while there is one.
    pub code: Option<PairCode>,
    /// Whose account it is, once that is known.
    pub me: Option<Me>,
    /// Attempts to connect since it was last open for long.
    pub attempts: u32,
    /// What last went wrong.
    pub last_error: Option<String>,
}

impl Link {
    /// An account that nobody has begun with.
    #[must_use]
    pub fn off(account: &Account) -> Self {
        Self {
            account: account.clone(),
            state: LinkState::Off,
            reason: None,
            next_step: None,
            qr: None,
            code: None,
            me: None,
            attempts: 0,
            last_error: None,
        }
    }
}

/// How an account stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum LinkState {
    /// Nothing runs.
    Off,
    /// The bridge is being laid out.
    Installing {
        /// What is done now.
        step: Installing,
    },
    /// The bridge starts.
    Starting,
    /// It is not linked, and no code was asked for.
    NotLinked,
    /// A code waits for the phone, or is being made.
    Pairing,
    /// The phone took the code.
    Linking,
    /// It connects.
    Connecting,
    /// Messages come and go.
    Open,
    /// It is not connected, and tries again.
    Waiting {
        /// When, Unix milliseconds.
        until_ms: i64,
    },
    /// The code was not used in time; a new one can be asked for.
    Expired,
    /// Another program uses this login. Nothing is tried.
    Conflict,
    /// The phone unlinked it; the credentials are set aside. Link it anew.
    LoggedOut,
    /// WhatsApp refuses the account. Nothing is tried.
    Forbidden,
    /// WhatsApp takes this version no longer. Nothing is tried.
    TooOld,
    /// Node.js is missing here, or too old, or npm is. Nothing is tried.
    NoNode,
    /// It cannot go on; the reason says why. Nothing is tried.
    Failed,
}

impl LinkState {
    /// Its word in every report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Installing { .. } => "installing",
            Self::Starting => "starting",
            Self::NotLinked => "not_linked",
            Self::Pairing => "pairing",
            Self::Linking => "linking",
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Waiting { .. } => "waiting",
            Self::Expired => "expired",
            Self::Conflict => "conflict",
            Self::LoggedOut => "logged_out",
            Self::Forbidden => "forbidden",
            Self::TooOld => "too_old",
            Self::NoNode => "no_node",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more happens before a person does something.
    #[must_use]
    pub fn is_at_rest(self) -> bool {
        match self {
            Self::Off
            | Self::NotLinked
            | Self::Expired
            | Self::Conflict
            | Self::LoggedOut
            | Self::Forbidden
            | Self::TooOld
            | Self::NoNode
            | Self::Failed => true,
            Self::Installing { .. }
            | Self::Starting
            | Self::Pairing
            | Self::Linking
            | Self::Connecting
            | Self::Open
            | Self::Waiting { .. } => false,
        }
    }
}

/// A step of laying out the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Installing {
    /// Node.js and npm are looked for.
    Looking,
    /// The bridge's own files are written.
    Writing,
    /// npm fetches what the bridge is made of; it takes up to some minutes.
    Fetching,
}

/// A code to scan.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Qr {
    /// What is in the code.
    pub data: String,
    /// The how-manieth code of this attempt it is, from 1. A new one takes the
    /// place of the old one.
    pub number: u32,
    /// When it is of no use any more, Unix milliseconds.
    pub expires_at_ms: i64,
}

/// Without the code: whoever has it can link themselves.
impl Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Qr {{ number: {} }}", self.number)
    }
}

/// A code to type on the phone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PairCode {
    /// The number that it was asked for.
    pub phone: String,
    /// The code: eight letters and digits.
    pub code: String,
}

/// Without the code.
impl Debug for PairCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairCode")
    }
}

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The number, like `+15551234567`; `None` where only a LID is known.
    pub phone: Option<String>,
    /// The number as WhatsApp writes it, like `15551234567@s.whatsapp.net`.
    pub jid: String,
    /// The account's other name, like `123@lid`.
    pub lid: Option<String>,
    /// The name that the person gave themselves.
    pub name: Option<String>,
}

/// What is counted of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Times that the bridge's process was started once more.
    pub restarts: u64,
    /// Times that WhatsApp closed the connection, by the code; 0 for none.
    pub closed: BTreeMap<u32, u64>,
    /// Lines of the bridge that were none.
    pub bad_lines: u64,
    /// Messages that wait to be sent.
    pub waiting: u64,
}

/// What became of an account that was unlinked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unlinked {
    /// Whether WhatsApp heard of it. If not, the phone still shows the device:
    /// it is removed there.
    pub told_whatsapp: bool,
    /// Where the credentials are now.
    pub set_aside: Option<String>,
}

/// Why an account is not linked or unlinked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkingError {
    /// No account has this name.
    #[error("there is no account {name:?} (this channel has {})", known.join(", "))]
    Account {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The number is none.
    #[error("{0:?} is no phone number: write it with its country code, like +15551234567")]
    Phone(String),
    /// It did not work, in words for people that hold no secret.
    #[error("{0}")]
    Failed(String),
}

impl LinkingError {
    /// No account has this name, which may be no name at all.
    #[must_use]
    pub fn unknown(name: &str, known: &[Account]) -> Self {
        Self::Account {
            name: name.chars().take(80).collect(),
            known: known.iter().map(ToString::to_string).collect(),
        }
    }
}
