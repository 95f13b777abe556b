//! What a stored message says, in words that belong to no wire.

use serde::{Deserialize, Serialize};

use crate::account::Account;

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Identity within its channel.
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Sender {
    /// The id of whoever owns this relay.
    pub const OWNER: &str = "owner";

    /// Whoever owns this relay.
    #[must_use]
    pub fn owner() -> Self {
        Self {
            id: Self::OWNER.to_owned(),
            name: None,
        }
    }
}

/// The program that a person wrote with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// What it calls itself.
    pub id: String,
    /// What kind of program it is.
    pub mode: String,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, as the sender gave it.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Lower-case hex SHA-256 of its bytes. Empty in rows of the first version.
    #[serde(default)]
    pub digest: String,
}

/// Where a message came from, and what came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Who wrote it.
    pub sender: Sender,
    /// Registry name of the channel.
    pub channel: String,
    /// The account of the channel.
    #[serde(default, skip_serializing_if = "Account::is_usual")]
    pub account: Account,
    /// The conversation within the channel, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Whether several people speak in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_group: bool,
    /// The program that it was written with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
    /// What came with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// What else was sent along, by name: words of the sender, believed by nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metadata: Vec<(String, String)>,
    /// The target of the channel that the relay sends the answer to; `None`: the
    /// channel tells its people itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_to: Option<String>,
}

/// Tokens that an answer cost, as its agent counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of what was asked.
    pub input: u64,
    /// Of what was said.
    pub output: u64,
}

/// What one row of a transcript says. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// Somebody's words.
    Message {
        /// The words.
        text: String,
        /// When they were accepted.
        at: i64,
        /// Where they came from.
        origin: Origin,
    },
    /// An agent's whole answer.
    Answer {
        /// The words.
        text: String,
        /// When the run began.
        at: i64,
        /// Name of the agent.
        agent: String,
        /// What it cost.
        usage: Usage,
    },
    /// What an agent had said when somebody stopped it.
    Stopped {
        /// The words.
        text: String,
        /// When the run began.
        at: i64,
        /// Name of the agent.
        agent: String,
    },
    /// Why there is no answer.
    Failed {
        /// Words for people.
        text: String,
        /// When it failed.
        at: i64,
    },
    /// A message that was put into the session; no run answers it.
    Delivery {
        /// The words.
        text: String,
        /// When it was accepted.
        at: i64,
    },
}

impl Entry {
    /// Its plain text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Message { text, .. }
            | Self::Answer { text, .. }
            | Self::Stopped { text, .. }
            | Self::Failed { text, .. }
            | Self::Delivery { text, .. } => text,
        }
    }

    /// Whose row it is in the conversation.
    pub(super) fn role(&self) -> &'static str {
        match self {
            Self::Message { .. } => "user",
            Self::Answer { .. } | Self::Stopped { .. } | Self::Delivery { .. } => "assistant",
            Self::Failed { .. } => "notice",
        }
    }
}
