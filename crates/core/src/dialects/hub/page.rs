//! Between pages and the hub.

use super::{PluginFrame, Refusal};
use crate::dialects::field::{self, first_text, reason, text_or_empty, word};
use crate::dialects::{FieldError, Payload};
use crate::wire::{Object, Value, Writer};

/// The `source` that the tutorial's page gives, and a page that gives none has.
pub const DEFAULT_SOURCE: &str = "vue_frontend";

/// A frame of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageFrame<P> {
    /// `chat`
    Chat(Question),
    /// Any other object, which goes to the plugins as it is.
    Other(P),
}

/// What a person asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The words (`content`, else `text`), never empty.
    pub content: String,
    /// Who asks: the kind of page. All tutorial pages say the same.
    pub source: Option<String>,
    /// `clientId`, ours: by it a page finds its session again.
    pub client_id: Option<String>,
    /// The page's time in ISO 8601.
    pub timestamp: Option<String>,
}

impl<O: Object> PageFrame<O> {
    /// Reads a frame of a page, as the hub.
    ///
    /// # Errors
    /// When it is no object, or a chat without words.
    pub fn read(frame: Option<Value<O>>) -> Result<Self, Refusal> {
        let frame = field::frame(frame)?;
        if frame.text("type").as_deref() == Some("chat") {
            Ok(Self::Chat(Question::read(&frame)?))
        } else {
            Ok(Self::Other(frame))
        }
    }
}

impl Question {
    pub(super) fn read<O: Object>(frame: &O) -> Result<Self, FieldError> {
        let content = first_text(frame, &["content", "text"])?;
        Ok(Self {
            content: content.ok_or(FieldError::Missing("content"))?,
            source: word(frame, "source")?,
            client_id: word(frame, "clientId")?,
            timestamp: word(frame, "timestamp")?,
        })
    }

    fn encode(&self) -> String {
        Writer::new()
            .text("type", "chat")
            .text("content", &self.content)
            .maybe("timestamp", self.timestamp.as_deref())
            .maybe("source", self.source.as_deref())
            .maybe("clientId", self.client_id.as_deref())
            .end()
    }
}

impl<P: Payload> PageFrame<P> {
    /// The frame as text for the wire. The tutorial's page sends a `timestamp`
    /// and [`DEFAULT_SOURCE`], and its plugin breaks without the first.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Chat(question) => question.encode(),
            Self::Other(frame) => frame.json(),
        }
    }
}

/// The envelope in which a plugin's frame (JSON text) goes to a page.
/// `timestamp` is the hub's time in ISO 8601.
#[must_use]
pub fn from_openclaw(frame: &str, timestamp: &str) -> String {
    Writer::new()
        .text("type", "from_openclaw")
        .text("source", "plugin")
        .raw("data", frame)
        .text("timestamp", timestamp)
        .end()
}

/// A frame of the hub, as a page reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubFrame<P> {
    /// A plugin says this.
    FromPlugin {
        /// What it says.
        frame: PluginFrame<P>,
        /// The hub's time, empty where there is none.
        timestamp: String,
    },
    /// Something went wrong.
    Error {
        /// What, for people; at most 500 characters.
        message: String,
    },
    /// Nothing that a page shows.
    Other,
}

impl<O: Object> HubFrame<O> {
    /// Reads a frame of the hub, as a page. A `tool_call` that is not wrapped
    /// is one as well: pages of a fork expect it so.
    ///
    /// # Errors
    /// When it is no object, or what it wraps is no frame of a plugin.
    pub fn read(frame: Option<Value<O>>) -> Result<Self, Refusal> {
        let frame = field::frame(frame)?;
        Ok(match frame.text("type").as_deref() {
            Some("from_openclaw") => Self::FromPlugin {
                timestamp: word(&frame, "timestamp")?.unwrap_or_default(),
                frame: PluginFrame::read(Some(frame.value("data")))?,
            },
            Some("tool_call") => Self::FromPlugin {
                timestamp: word(&frame, "timestamp")?.unwrap_or_default(),
                frame: PluginFrame::read(Some(Value::Object(frame)))?,
            },
            Some("error") => Self::Error {
                message: reason(&text_or_empty(&frame, "message")?),
            },
            _ => Self::Other,
        })
    }
}
