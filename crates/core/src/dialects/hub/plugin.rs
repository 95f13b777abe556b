//! Between plugins and the hub.

use super::Refusal;
use super::page::{DEFAULT_SOURCE, Question};
use crate::dialects::field::{self, first_text, object, reason, text_or_empty, word};
use crate::dialects::payload::json_of;
use crate::dialects::{FieldError, Payload};
use crate::wire::{Object, Value, Writer};

/// What a reply is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What a tool said.
    Tool,
    /// A piece of the answer.
    Block,
    /// The answer, whole: it takes the place of its pieces.
    Final,
}

impl Kind {
    const ALL: [(&'static str, Self); 3] = [
        ("tool", Self::Tool),
        ("block", Self::Block),
        ("final", Self::Final),
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Block => "block",
            Self::Final => "final",
        }
    }

    /// A word of a later plugin is a piece: what it says is shown, and the
    /// final one still ends it.
    fn read(word: &str) -> Self {
        let known = Self::ALL.into_iter().find(|(known, _)| *known == word);
        known.map_or(Self::Block, |(_, kind)| kind)
    }
}

/// A frame of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginFrame<P> {
    /// `reply`: an answer to the last question, or a part of it.
    Reply {
        /// The words.
        content: String,
        /// What part it is.
        kind: Kind,
        /// Whose question it answers, ours: the original does not say.
        to: Option<String>,
    },
    /// `message`: something that nobody asked for.
    Message {
        /// For whom.
        to: Option<String>,
        /// The words.
        content: String,
    },
    /// `media`: a file.
    Media {
        /// For whom.
        to: Option<String>,
        /// The words beside it.
        content: String,
        /// Where it is: `https:` or `http:`.
        media_url: String,
    },
    /// `tool_call`, of a fork: what a tool does. The object is its `data`.
    ToolCall(Option<P>),
    /// Any other object.
    Other(P),
}

impl<O: Object> PluginFrame<O> {
    /// Reads a frame of a plugin, as the hub or, unwrapped, as a page. The
    /// words are `content`, else `text`, else `reply`.
    ///
    /// # Errors
    /// When it is no object, or a member is not as it must be.
    pub fn read(frame: Option<Value<O>>) -> Result<Self, Refusal> {
        let frame = field::frame(frame)?;
        let content = || {
            let content = first_text(&frame, &["content", "text", "reply"])?;
            Ok::<_, FieldError>(content.unwrap_or_default())
        };
        let to = || word(&frame, "to");
        Ok(match frame.text("type").as_deref() {
            Some("reply") => Self::Reply {
                content: content()?,
                kind: word(&frame, "kind")?.map_or(Kind::Final, |kind| Kind::read(&kind)),
                to: to()?,
            },
            Some("message") => Self::Message {
                to: to()?,
                content: content()?,
            },
            Some("media") => Self::Media {
                to: to()?,
                content: content()?,
                media_url: media_url(&frame)?,
            },
            Some("tool_call") => Self::ToolCall(object(&frame, "data")?),
            _ => Self::Other(frame),
        })
    }
}

/// Pages make a link of it, so it must not be a script.
fn media_url<O: Object>(frame: &O) -> Result<String, Refusal> {
    let link = text_or_empty(frame, "mediaUrl")?;
    let (scheme, rest) = link.split_once("://").unwrap_or_default();
    let is_web = ["https", "http"]
        .iter()
        .any(|web| web.eq_ignore_ascii_case(scheme));
    let is_whole = !rest.is_empty() && !link.contains(|c: char| c <= ' ');
    if is_web && is_whole {
        Ok(link)
    } else {
        Err(Refusal::MediaUrl)
    }
}

impl<P: Payload> PluginFrame<P> {
    /// The frame as text for the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        let frame = Writer::new();
        match self {
            Self::Reply { content, kind, to } => frame
                .text("type", "reply")
                .maybe("to", to.as_deref())
                .text("content", content)
                .text("kind", kind.word())
                .end(),
            Self::Message { to, content } => frame
                .text("type", "message")
                .maybe("to", to.as_deref())
                .text("content", content)
                .end(),
            Self::Media {
                to,
                content,
                media_url,
            } => frame
                .text("type", "media")
                .maybe("to", to.as_deref())
                .text("content", content)
                .text("mediaUrl", media_url)
                .end(),
            Self::ToolCall(data) => frame
                .text("type", "tool_call")
                .raw("data", &json_of(data.as_ref()))
                .end(),
            Self::Other(frame) => frame.json(),
        }
    }
}

/// The envelope in which a page's frame (JSON text) goes to the plugins.
/// `timestamp` is the hub's time in ISO 8601.
#[must_use]
pub fn from_frontend(frame: &str, timestamp: &str) -> String {
    Writer::new()
        .text("type", "from_frontend")
        .text("source", "vue")
        .raw("data", frame)
        .text("timestamp", timestamp)
        .end()
}

/// A frame of the hub, as a plugin reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relayed {
    /// A page asks this.
    Question {
        /// The question; its time is the hub's where the page gave none.
        question: Question,
        /// Whom to answer: the page's `source`, else the hub's.
        sender: String,
    },
    /// Something went wrong.
    Error {
        /// What, for people; at most 500 characters.
        message: String,
    },
    /// Nothing that a plugin answers.
    Other,
}

impl Relayed {
    /// Reads a frame of the hub, as a plugin.
    ///
    /// # Errors
    /// When it is no object, or what it wraps has no words.
    pub fn read<O: Object>(frame: Option<Value<O>>) -> Result<Self, Refusal> {
        let frame = field::frame(frame)?;
        match frame.text("type").as_deref() {
            Some("from_frontend") => {}
            Some("error") => {
                let message = reason(&text_or_empty(&frame, "message")?);
                return Ok(Self::Error { message });
            }
            _ => return Ok(Self::Other),
        }
        let data = object(&frame, "data")?.ok_or(FieldError::Missing("data"))?;
        let mut question = Question::read(&data)?;
        question.timestamp = match question.timestamp {
            None => word(&frame, "timestamp")?,
            given => given,
        };
        let sender = match question.source.clone() {
            None => word(&frame, "source")?,
            given => given,
        };
        Ok(Self::Question {
            question,
            sender: sender.unwrap_or_else(|| String::from(DEFAULT_SOURCE)),
        })
    }
}
