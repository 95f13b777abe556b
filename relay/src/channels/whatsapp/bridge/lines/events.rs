//! What the bridge tells. Times are Unix milliseconds. A person or chat is named
//! by its JID, and by its other name (`alt`: the LID of a number, the number of a
//! LID) where both are known. Names, texts and file names are claims of strangers.

use std::fmt::{self, Debug};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::messages::{
    Changed, ChatNews, ContactNews, Deleted, Edited, History, Incoming, LidMap, Reacted,
    SendStatus, Timer, Undecryptable,
};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The bridge works. Always the first.
    Ready(Ready),
    /// The connection to WhatsApp stands otherwise.
    State(WhatsappState),
    /// A code to scan.
    Qr(QrCode),
    /// A code to type, or why there is none.
    PairCode(PairingCode),
    /// The account is linked.
    Paired(Paired),
    /// Somebody wrote.
    Message(Box<Incoming>),
    /// Somebody changed the words of a message.
    Edit(Edited),
    /// Somebody deleted a message.
    Delete(Deleted),
    /// Somebody put a reaction to a message, or took it away.
    Reaction(Reacted),
    /// Messages of a chat disappear after another time.
    Timer(Timer),
    /// Something came that cannot be read. A message with the same id may follow.
    Undecryptable(Undecryptable),
    /// How far a message of ours has come.
    SendStatus(SendStatus),
    /// A part of the history.
    History(Box<History>),
    /// Something about a chat.
    Chat(ChatNews),
    /// Something about a person.
    Contact(ContactNews),
    /// Something about a group.
    Group(Changed),
    /// Two names are one person.
    LidMap(LidMap),
    /// Somebody types.
    Typing(Typing),
    /// The process ends.
    Fatal(Fatal),
    /// Something that this version does not know.
    Other {
        /// Its name.
        name: String,
    },
}

impl Event {
    /// Reads the fields of an event of this name.
    pub(super) fn read(name: &str, value: &Value) -> Result<Self, serde_json::Error> {
        Ok(match name {
            "ready" => Self::Ready(Deserialize::deserialize(value)?),
            "state" => Self::State(Deserialize::deserialize(value)?),
            "qr" => Self::Qr(Deserialize::deserialize(value)?),
            "pair_code" => Self::PairCode(Deserialize::deserialize(value)?),
            "paired" => Self::Paired(Deserialize::deserialize(value)?),
            "message" => Self::Message(Deserialize::deserialize(value)?),
            "edit" => Self::Edit(Deserialize::deserialize(value)?),
            "delete" => Self::Delete(Deserialize::deserialize(value)?),
            "reaction" => Self::Reaction(Deserialize::deserialize(value)?),
            "timer" => Self::Timer(Deserialize::deserialize(value)?),
            "undecryptable" => Self::Undecryptable(Deserialize::deserialize(value)?),
            "send_status" => Self::SendStatus(Deserialize::deserialize(value)?),
            "history" => Self::History(Deserialize::deserialize(value)?),
            "chat" => Self::Chat(Deserialize::deserialize(value)?),
            "contact" => Self::Contact(Deserialize::deserialize(value)?),
            "group" => Self::Group(Deserialize::deserialize(value)?),
            "lid_map" => Self::LidMap(Deserialize::deserialize(value)?),
            "typing" => Self::Typing(Deserialize::deserialize(value)?),
            "fatal" => Self::Fatal(Deserialize::deserialize(value)?),
            name => Self::Other {
                name: name.chars().take(64).collect(),
            },
        })
    }

    /// Whether the bridge tells it again until it is acknowledged. One that is
    /// not known counts as kept: to acknowledge it does no harm.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        match self {
            Self::Ready(_)
            | Self::State(_)
            | Self::Qr(_)
            | Self::PairCode(_)
            | Self::Typing(_)
            | Self::Fatal(_) => false,
            Self::Paired(_)
            | Self::Message(_)
            | Self::Edit(_)
            | Self::Delete(_)
            | Self::Reaction(_)
            | Self::Timer(_)
            | Self::Undecryptable(_)
            | Self::SendStatus(_)
            | Self::History(_)
            | Self::Chat(_)
            | Self::Contact(_)
            | Self::Group(_)
            | Self::LidMap(_)
            | Self::Other { .. } => true,
        }
    }
}

/// A person or a chat; `jid` is empty for an account that was never linked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// Its name.
    pub jid: String,
    /// Its other name.
    pub alt: Option<String>,
}

/// The bridge works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ready {
    /// The version of the lines that it speaks.
    pub proto: u32,
    /// Its own version.
    pub bridge: String,
    /// That of Baileys.
    pub baileys: String,
    /// That of Node.js.
    pub node: String,
    /// Whether there is a login.
    pub linked: bool,
    /// Whose.
    #[serde(default)]
    pub me: Named,
}

/// How the connection to WhatsApp stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WhatsappState {
    /// How.
    pub state: Status,
    /// The number of the socket, from 1; each `start` makes a new one.
    #[serde(default)]
    pub generation: u64,
    /// Why it closed: a code of Baileys, 0 for none. What WhatsApp gave that is no
    /// code is none either.
    #[serde(default, deserialize_with = "code")]
    pub code: Option<u32>,
    /// The same in a word.
    pub reason: Option<String>,
    /// Where the credentials were put.
    pub set_aside: Option<String>,
}

fn code<'a, D: Deserializer<'a>>(from: D) -> Result<Option<u32>, D::Error> {
    let number = Value::deserialize(from)?.as_u64();
    Ok(number.and_then(|number| u32::try_from(number).ok()))
}

/// How the connection to WhatsApp stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is being made.
    Connecting,
    /// WhatsApp waits for a phone.
    Pairing,
    /// The phone took the code.
    Linking,
    /// Messages come and go.
    Open,
    /// It ended by itself.
    Closed,
    /// It was ended, or never begun.
    Idle,
}

/// A code to scan. A new one takes the place of the old one.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct QrCode {
    /// What is in it.
    pub data: String,
    /// The how-manieth, from 1.
    pub n: u32,
    /// How long it is of use.
    pub expires_in_ms: u64,
}

/// Without the code: whoever has it can link themselves.
impl Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrCode {{ n: {} }}", self.n)
    }
}

/// A code to type, or why there is none.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct PairingCode {
    /// The number that it was asked for.
    pub phone: String,
    /// The code.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<Fatal>,
}

/// Without the code.
impl Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairingCode {{ error: {:?} }}", self.error)
    }
}

/// The account is linked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Paired {
    /// Whose account it is.
    #[serde(flatten)]
    pub me: Named,
    /// What the person calls themselves.
    pub name: Option<String>,
    /// The kind of phone, like `android`.
    pub platform: Option<String>,
}

/// Somebody types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Typing {
    /// The chat.
    pub chat: String,
    /// Its other name.
    pub chat_alt: Option<String>,
    /// Who.
    pub from: String,
    /// Their other name.
    pub from_alt: Option<String>,
    /// `composing`, `recording`, `paused`, `available` or `unavailable`.
    pub state: String,
}

/// Why the process ends, or a code did not come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fatal {
    /// A short word for programs.
    pub code: String,
    /// The same in words for people.
    pub message: String,
}
