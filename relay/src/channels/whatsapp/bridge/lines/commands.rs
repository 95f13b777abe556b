//! What the relay asks of the bridge. Times and waits are milliseconds.

use std::path::PathBuf;

use serde::Serialize;

/// One command. Fields that are `None` take the bridge's defaults.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "cmd", rename_all = "snake_case")]
pub enum Command {
    /// Asks for versions.
    Hello {
        /// [`VERSION`](super::VERSION).
        version: u32,
    },
    /// The relay has every event up to here on its own disk.
    Ack {
        /// Number of the event.
        seq: u64,
    },
    /// Opens a socket to WhatsApp; one that is open is closed first.
    Start {
        /// How an account that is not linked is linked.
        mode: StartMode,
        /// The number to link, where a code is typed.
        #[serde(skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        /// Whether the history of chats is told.
        history: bool,
    },
    /// Closes the socket.
    Stop,
    /// Asks for a code to type, while a code to scan is shown.
    PairCode {
        /// The number to link.
        phone: String,
    },
    /// Sends a message.
    Send(Box<Outgoing>),
    /// Puts a reaction to a message, or takes it away.
    React {
        /// Where and as what.
        #[serde(flatten)]
        sending: Sending,
        /// The message.
        target: Target,
        /// One emoji; empty takes the reaction away.
        emoji: String,
    },
    /// Changes the words of a message of ours.
    Edit {
        /// Where and as what.
        #[serde(flatten)]
        sending: Sending,
        /// The message.
        target: Target,
        /// The new words.
        text: String,
    },
    /// Deletes a message for everybody.
    Delete {
        /// Where and as what.
        #[serde(flatten)]
        sending: Sending,
        /// The message.
        target: Target,
    },
    /// Shows that we type. It ends by itself.
    Typing {
        /// The chat.
        jid: String,
        /// What is shown.
        state: TypingState,
        /// After how long it ends, 1,000 to 120,000; 20,000 if none is given.
        #[serde(skip_serializing_if = "Option::is_none")]
        ttl_ms: Option<u64>,
    },
    /// Sends read receipts, as the owner's privacy allows.
    Read {
        /// Up to 200 messages.
        keys: Vec<Key>,
    },
    /// Tells from now on when this person types.
    Watch {
        /// The person.
        jid: String,
    },
    /// Asks which numbers have an account.
    Resolve {
        /// Up to 50 numbers like `+15551234567`.
        phones: Vec<String>,
    },
    /// Asks about a group and its members.
    GroupInfo {
        /// The group.
        jid: String,
    },
    /// Asks for all groups, without members.
    Groups,
    /// Asks the phone for older messages, which come as an event.
    History {
        /// The chat.
        chat: String,
        /// The oldest message that is known.
        before: Before,
        /// How many, 50 at most.
        count: u32,
    },
    /// Fetches the file of a message.
    MediaFetch {
        /// The chat.
        chat: String,
        /// Id of the message.
        message_id: String,
        /// Where the file goes: a whole path. It appears whole or not at all.
        path: PathBuf,
        /// The most bytes; 64 MiB if none are given.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
        /// How long it may take, 1,000 to 600,000; 120,000 if none is given.
        #[serde(skip_serializing_if = "Option::is_none")]
        deadline_ms: Option<u64>,
    },
    /// Unlinks the account.
    Logout {
        /// Whether the credentials are deleted, instead of set aside.
        wipe: bool,
    },
    /// Asks for a sign of life.
    Ping {
        /// Whether WhatsApp is asked too.
        whatsapp: bool,
        /// How long WhatsApp may take, 500 to 60,000.
        deadline_ms: u64,
    },
    /// Asks how the bridge is.
    Stats,
}

/// How an account that is not linked is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StartMode {
    /// By a code to scan.
    Qr,
    /// By a code to type.
    Code,
}

/// Where something is sent and under which id. The same id again sends nothing
/// and is answered with what is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sending {
    /// The chat.
    pub jid: String,
    /// 8 to 64 letters and digits, of the relay's choice.
    pub message_id: String,
    /// How long it may take, 1,000 to 600,000; 60,000 if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
    /// Whether one that failed, or of which nobody knows, is sent once more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outgoing {
    /// Where and as what.
    #[serde(flatten)]
    pub sending: Sending,
    /// What it is.
    pub kind: Kind,
    /// The words, or what stands below the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The file, for every kind but text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// The message that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Quoted>,
    /// Who is mentioned in the words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// After how many seconds it disappears, as the chat has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<u32>,
}

/// What a message is that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A voice note: Opus in Ogg.
    Voice,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
}

/// A file to send.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Media {
    /// Where it is: a whole path.
    pub path: PathBuf,
    /// Its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Its name, for a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How long it plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// A small JPEG picture in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
}

/// The message that one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quoted {
    /// Which.
    #[serde(flatten)]
    pub target: Target,
    /// Its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A message in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Whether the account wrote it.
    pub from_me: bool,
    /// Who wrote it: in groups only, for messages of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// A message of somebody else that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// The chat.
    pub chat: String,
    /// Id of the message.
    pub id: String,
    /// Who wrote it, in groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// The oldest message of a chat that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Before {
    /// Which.
    #[serde(flatten)]
    pub target: Target,
    /// When it was sent, Unix milliseconds.
    pub sent_at: i64,
}

/// What is shown of us while we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypingState {
    /// We type.
    Composing,
    /// We record.
    Recording,
    /// We do not.
    Paused,
}
