//! The lines between the relay and the bridge, version 1, as
//! `relay/bridge/README.md` has them: commands out, answers and events in.
//!
//! Everything that comes in is checked here. A line that is torn, doubled, too
//! long or somebody else's is a [`BadLine`], never more; fields and events that
//! this version does not know are passed over.

mod commands;
mod cut;
mod events;
mod messages;

use serde::Deserialize;
use serde_json::Value;

pub use self::commands::{
    Before, Command, Key, Kind, Media, Outgoing, Quoted, Sending, StartMode, Target, TypingState,
};
pub use self::cut::Cutter;
pub use self::events::{
    Event, Fatal, Named, Paired, PairingCode, QrCode, Ready, Status, Typing, WhatsappState,
};
pub use self::messages::{
    Arrived, Change, Changed, ChatNews, ContactNews, Deleted, Edited, Files, Head, History,
    HistoryRow, Incoming, LidMap, MessageKind, Quote, Reacted, SendStatus, Timer, Undecryptable,
};

/// The version of the lines.
pub const VERSION: u32 = 1;

/// The longest line either side may write, in bytes, without its newline: 1 MiB.
pub const MAX_LINE_BYTES: usize = 1024 * 1024;

/// One line of the bridge.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// The one answer to a command.
    Answer(Answer),
    /// Something happened.
    Event(Numbered),
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The command's number; `None` for a line whose number the bridge could not
    /// read.
    pub id: Option<u64>,
    /// What came of it.
    pub outcome: Result<Value, Refusal>,
}

/// Why the bridge did not do something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A short word for programs; the README of the bridge has them all.
    pub code: String,
    /// The same in words for people.
    pub message: String,
    /// Whether the very same command has a chance later, without harm.
    #[serde(default)]
    pub retryable: bool,
    /// Whether it may have been done all the same.
    #[serde(default)]
    pub unknown: bool,
}

/// An event with its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// It grows, also over restarts, and skips.
    pub seq: u64,
    /// When it was told, Unix milliseconds.
    pub at_ms: i64,
    /// Whether it was told before, and never acknowledged.
    pub again: bool,
    /// Whether texts in it were cut to make it fit into a line.
    pub cut: bool,
    /// What happened.
    pub event: Event,
}

/// What is wrong with a line. Its words hold nothing of what the line says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadLine {
    /// It is longer than a line may be, and was skipped.
    #[error("a line of {0} bytes is longer than 1 MiB")]
    TooLong(usize),
    /// It is no JSON object, or more than one.
    #[error("a line is not one JSON object (near byte {0})")]
    NotJson(usize),
    /// An event with a number that came before.
    #[error("event {0} came twice")]
    Doubled(u64),
    /// It is neither an answer nor an event.
    #[error("a line is neither an answer nor an event")]
    Foreign,
    /// It is an event or an answer that lacks what belongs to it.
    #[error("a line of the kind {kind:?} is not as it should be")]
    Shape {
        /// Name of the event, or `answer`.
        kind: String,
        /// Its number, if it has one.
        seq: Option<u64>,
    },
}

/// What all lines of the bridge may have.
#[derive(Deserialize)]
struct Envelope {
    ev: Option<String>,
    seq: Option<u64>,
    ts: Option<i64>,
    #[serde(default)]
    again: bool,
    #[serde(default)]
    cut: bool,
    ok: Option<bool>,
}

impl Line {
    /// Reads one line, without its newline.
    ///
    /// # Errors
    /// It is none.
    pub fn read(line: &[u8]) -> Result<Self, BadLine> {
        if line.len() > MAX_LINE_BYTES {
            return Err(BadLine::TooLong(line.len()));
        }
        let value: Value =
            serde_json::from_slice(line).map_err(|error| BadLine::NotJson(error.column()))?;
        if !value.is_object() {
            return Err(BadLine::NotJson(0));
        }
        let envelope = Envelope::deserialize(&value).map_err(|_| BadLine::Foreign)?;
        match (envelope.ok, envelope.ev.as_deref()) {
            (Some(is_ok), None) => answer(is_ok, value).map(Self::Answer),
            (None, Some(name)) => numbered(name, &envelope, &value).map(Self::Event),
            _ => Err(BadLine::Foreign),
        }
    }
}

fn answer(is_ok: bool, mut value: Value) -> Result<Answer, BadLine> {
    let bad = || BadLine::Shape {
        kind: "answer".to_owned(),
        seq: None,
    };
    let id = match value.get("id") {
        Some(Value::Null) => None,
        // Only numbers were given out.
        Some(id) => Some(id.as_u64().ok_or_else(bad)?),
        None => return Err(BadLine::Foreign),
    };
    let outcome = if is_ok {
        let result = value.get_mut("result").map(Value::take);
        Ok(result.filter(Value::is_object).ok_or_else(bad)?)
    } else {
        let error = value.get("error").ok_or_else(bad)?;
        Err(Refusal::deserialize(error).map_err(|_| bad())?)
    };
    Ok(Answer { id, outcome })
}

fn numbered(name: &str, envelope: &Envelope, value: &Value) -> Result<Numbered, BadLine> {
    // What is no name of an event may be anything, a secret too.
    let is_name = name.len() <= 32 && name.bytes().all(|c| c == b'_' || c.is_ascii_lowercase());
    let bad = || BadLine::Shape {
        kind: if is_name { name } else { "event" }.to_owned(),
        seq: envelope.seq,
    };
    Ok(Numbered {
        seq: envelope.seq.ok_or_else(bad)?,
        at_ms: envelope.ts.ok_or_else(bad)?,
        again: envelope.again,
        cut: envelope.cut,
        event: Event::read(name, value).map_err(|_| bad())?,
    })
}

impl Command {
    /// The command as one line, its newline included.
    ///
    /// # Errors
    /// It is longer than a line may be, or one of its fields is called as one of
    /// the line: the answer would be for another command.
    pub fn line(&self, id: u64) -> Result<String, BadLine> {
        let shape = || BadLine::Shape {
            kind: "command".to_owned(),
            seq: None,
        };
        let Ok(Value::Object(mut fields)) = serde_json::to_value(self) else {
            return Err(shape());
        };
        for (name, value) in [("v", VERSION.into()), ("id", id.into())] {
            if fields.insert(name.to_owned(), value).is_some() {
                return Err(shape());
            }
        }
        let mut line = Value::Object(fields).to_string();
        if line.len() > MAX_LINE_BYTES {
            return Err(BadLine::TooLong(line.len()));
        }
        line.push('\n');
        Ok(line)
    }
}

#[cfg(test)]
mod tests;
