//! The wire of the OpenJarvis channel bridge: one kind of object each way, over
//! a WebSocket or, the client's only, over HTTP.
//!
//! The wire has no frame for errors: its client takes any object for a message.
//! So a server never answers a bad frame on the socket.

mod http;

use std::fmt;

pub use http::{BadAddress, Unlisted, channels, http_url, is_sent, problem, read_channels, sent};

use super::field::{self, object, text, text_or_empty, word};
use super::payload::json_of;
use super::{FieldError, FrameError, Payload};
use crate::wire::{Object, Value, Writer};

/// What a client sends, in a frame or as the body of `POST /send`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFrame<P> {
    /// Where to: the name of a channel, never empty.
    pub channel: String,
    /// The words, never empty.
    pub content: String,
    /// The conversation there, empty where there is none.
    pub conversation_id: String,
    /// What the sender adds, `{}` on the wire where there is none.
    pub metadata: Option<P>,
}

/// What a server pushes: a message of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFrame<P> {
    /// Where it comes from.
    pub channel: String,
    /// Who wrote it.
    pub sender: String,
    /// The words.
    pub content: String,
    /// Its id there, may be empty.
    pub message_id: String,
    /// The conversation there, may be empty.
    pub conversation_id: String,
    /// What the channel adds.
    pub metadata: Option<P>,
}

/// Why what a client sent is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not a JSON object.
    NotObject,
    /// No channel or no content.
    Incomplete,
    /// A member that is not as it must be.
    Field(FieldError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotObject => f.write_str("The body must be a JSON object"),
            Self::Incomplete => f.write_str("'channel' and 'content' are required"),
            Self::Field(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl<O: Object> ClientFrame<O> {
    /// Reads what a client sent.
    ///
    /// # Errors
    /// When it cannot be sent on. Over HTTP [`problem`] is the answer.
    pub fn read(frame: Option<Value<O>>) -> Result<Self, Refusal> {
        let frame = field::frame(frame).map_err(|_| Refusal::NotObject)?;
        let content = text_or_empty(&frame, "content")?;
        let channel = word(&frame, "channel")?.filter(|_| !content.is_empty());
        Ok(Self {
            channel: channel.ok_or(Refusal::Incomplete)?,
            content,
            conversation_id: word(&frame, "conversation_id")?.unwrap_or_default(),
            metadata: object(&frame, "metadata")?,
        })
    }
}

impl<P: Payload> ClientFrame<P> {
    /// The frame, or the body, as text for the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        Writer::new()
            .text("channel", &self.channel)
            .text("content", &self.content)
            .text("conversation_id", &self.conversation_id)
            .raw("metadata", &json_of(self.metadata.as_ref()))
            .end()
    }
}

impl<O: Object> ServerFrame<O> {
    /// Reads what a server pushed. Absent members are empty, but an object with
    /// neither channel nor content is no message.
    ///
    /// # Errors
    /// When it is no message, or has a member of another type.
    pub fn read(frame: Option<Value<O>>) -> Result<Self, FrameError> {
        let frame = field::frame(frame)?;
        let channel = text(&frame, "channel")?;
        let content = text(&frame, "content")?;
        if channel.is_none() && content.is_none() {
            return Err(FrameError::Unknown);
        }
        Ok(Self {
            channel: channel.unwrap_or_default(),
            sender: text_or_empty(&frame, "sender")?,
            content: content.unwrap_or_default(),
            message_id: text_or_empty(&frame, "message_id")?,
            conversation_id: text_or_empty(&frame, "conversation_id")?,
            metadata: object(&frame, "metadata")?,
        })
    }
}

impl<P: Payload> ServerFrame<P> {
    /// The frame as text for the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        Writer::new()
            .text("channel", &self.channel)
            .text("sender", &self.sender)
            .text("content", &self.content)
            .text("message_id", &self.message_id)
            .text("conversation_id", &self.conversation_id)
            .raw("metadata", &json_of(self.metadata.as_ref()))
            .end()
    }
}
