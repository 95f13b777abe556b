//! What people did: messages and what belongs to them, chats, groups, history.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::events::Event;

/// What every message has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Head {
    /// The chat.
    pub chat: String,
    /// Its other name.
    pub chat_alt: Option<String>,
    /// Who wrote; empty where that is not known.
    #[serde(default)]
    pub from: String,
    /// Their other name.
    pub from_alt: Option<String>,
    /// Whether the account itself wrote it, on another device.
    #[serde(default)]
    pub from_me: bool,
    /// Whether the chat is a group.
    #[serde(default)]
    pub is_group: bool,
    /// Id of the message in its chat.
    pub id: String,
    /// When it was sent, as its sender's phone or WhatsApp says.
    #[serde(default)]
    pub sent_at: i64,
    /// What the sender calls themselves.
    pub push_name: Option<String>,
    /// Whether it is no history.
    #[serde(default)]
    pub live: bool,
    /// Whether it waited at WhatsApp: as alive as any other, only old perhaps.
    #[serde(default)]
    pub offline: bool,
    /// Whether the sender's own device sealed it; otherwise only WhatsApp's
    /// server vouches for the sender.
    #[serde(default)]
    pub encrypted: bool,
    /// Whether it came by a broadcast list.
    #[serde(default)]
    pub broadcast: bool,
}

/// A message that came in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Incoming {
    /// Where from.
    #[serde(flatten)]
    pub head: Head,
    /// What it is.
    pub kind: MessageKind,
    /// The words, or what stands below the file.
    #[serde(default)]
    pub text: String,
    /// The file.
    pub media: Option<Files>,
    /// The message that it answers.
    pub quoted: Option<Quote>,
    /// Who is mentioned.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// What else a place, a contact, a poll or an album has.
    pub details: Option<Value>,
    /// After how many seconds messages of this chat disappear.
    pub expiration: Option<u32>,
    /// WhatsApp's own name of the kind.
    pub raw_type: Option<String>,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A voice note.
    Voice,
    /// Sound.
    Audio,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// People's cards.
    Contact,
    /// A question with answers to choose.
    Poll,
    /// Pictures follow that belong together.
    Album,
    /// An answer to a poll. Nobody answers it.
    Vote,
    /// A message was pinned. Nobody answers it.
    Pin,
    /// A call. Nobody answers it.
    Call,
    /// Anything else. Nobody answers it.
    #[serde(other)]
    Other,
}

/// What is known of a file before it is fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Files {
    /// Its type, as the sender says.
    pub mime: Option<String>,
    /// Its name, as the sender says.
    pub name: Option<String>,
    /// Its size, as the sender says.
    pub bytes: Option<u64>,
    /// How long it plays.
    pub seconds: Option<u32>,
    /// Its width in pixels.
    pub width: Option<u32>,
    /// Its height in pixels.
    pub height: Option<u32>,
    /// Whether it is to be seen once.
    pub view_once: bool,
    /// Whether it is a round film.
    pub round: bool,
    /// A small JPEG picture in base64.
    pub thumbnail: Option<String>,
}

/// The message that one answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub from: Option<String>,
    /// What it was.
    pub kind: Option<MessageKind>,
    /// What it said.
    pub text: Option<String>,
}

/// A message that says something else now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Edited {
    /// Where from.
    #[serde(flatten)]
    pub head: Head,
    /// Id of the message.
    pub target: String,
    /// The new words.
    pub text: Option<String>,
    /// Who is mentioned.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// Whether the new words cannot be read here.
    #[serde(default)]
    pub unreadable: bool,
}

/// A message that was deleted for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Deleted {
    /// Where from.
    #[serde(flatten)]
    pub head: Head,
    /// Id of the message.
    pub target: String,
}

/// A reaction.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reacted {
    /// Where from.
    #[serde(flatten)]
    pub head: Head,
    /// Id of the message.
    pub target: String,
    /// The emoji; empty when it was taken away.
    #[serde(default)]
    pub emoji: String,
}

/// After how long messages of a chat disappear.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Timer {
    /// Where from.
    #[serde(flatten)]
    pub head: Head,
    /// Seconds; 0 for never.
    pub expiration: u32,
}

/// Something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Undecryptable {
    /// Where from.
    #[serde(flatten)]
    pub head: Head,
    /// Whether it can be read on the phone.
    #[serde(default)]
    pub on_phone: bool,
}

/// How far a message of ours has come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SendStatus {
    /// Its id.
    pub message_id: String,
    /// Its chat.
    pub chat: Option<String>,
    /// How far.
    pub status: Arrived,
    /// Whose receipt it was.
    pub by: Option<String>,
    /// Why it failed: a number of WhatsApp, or a word of the bridge.
    pub error_code: Option<String>,
}

/// How far a message of ours has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrived {
    /// It is on its way to WhatsApp.
    Sending,
    /// It may have been sent.
    Unknown,
    /// It was handed to WhatsApp.
    Sent,
    /// WhatsApp did not take it.
    Failed,
    /// WhatsApp took it.
    Accepted,
    /// It is on somebody's phone.
    Delivered,
    /// Somebody read it.
    Read,
    /// Somebody heard it.
    Played,
}

/// A part of the history.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct History {
    /// Which sync it belongs to.
    pub sync: Option<u32>,
    /// What was said.
    pub messages: Vec<HistoryRow>,
    /// Chats.
    pub chats: Vec<ChatNews>,
    /// People.
    pub contacts: Vec<ContactNews>,
    /// Whether this part of the sync is at its end.
    pub part_done: bool,
    /// How much is there, in percent.
    pub progress: Option<f64>,
}

/// One event of the past.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub struct HistoryRow(
    /// What happened then; `None` for one that is not as it should be.
    pub Option<Event>,
);

impl From<Value> for HistoryRow {
    fn from(value: Value) -> Self {
        let name = value.get("ev").and_then(Value::as_str);
        Self(name.and_then(|name| Event::read(name, &value).ok()))
    }
}

/// Something about a chat; what is `None` is as before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ChatNews {
    /// The chat; empty where it has no name here.
    pub chat: String,
    /// Its other name.
    pub chat_alt: Option<String>,
    /// Its title.
    pub name: Option<String>,
    /// After how many seconds its messages disappear.
    pub expiration: Option<u32>,
    /// How many messages are unread; below 0 when it is only marked so.
    pub unread: Option<i64>,
    /// Whether it is archived.
    pub archived: Option<bool>,
}

/// Something about a person; what is `None` is as before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ContactNews {
    /// The person; empty where they have no name here.
    pub jid: String,
    /// Their other name.
    pub alt: Option<String>,
    /// The name in the owner's address book.
    pub name: Option<String>,
    /// What they call themselves.
    pub push_name: Option<String>,
    /// The name that WhatsApp has checked, of a business.
    pub verified_name: Option<String>,
}

/// Something about a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Changed {
    /// The group.
    pub chat: String,
    /// Its title.
    pub name: Option<String>,
    /// What happened to members of it.
    pub changed: Option<Change>,
}

/// What happened to members of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Somebody came in.
    Add,
    /// Somebody left.
    Remove,
    /// Somebody may do more.
    Promote,
    /// Somebody may do less.
    Demote,
    /// Something else.
    #[serde(other)]
    Other,
}

/// Two names that are one person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LidMap {
    /// The LID.
    pub lid: String,
    /// The number.
    pub pn: String,
}
