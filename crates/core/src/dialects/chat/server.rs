//! What a server answers.

use crate::dialects::FrameError;
use crate::dialects::field::{self, flag, reason, required_word, text_or_empty, word};
use crate::wire::{Object, Value, Writer};

/// The words of the welcome.
pub const WELCOME: &str = "Connected to WebSocket chat server";

/// A frame of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerFrame {
    /// The connection is open and authenticated: what is sent before it may be
    /// lost by an original server. Not an answer, and not to be shown as one.
    Welcome,
    /// The agent is at it.
    Typing,
    /// The answer so far: it takes the place of what was streamed before.
    Stream {
        /// The message that is answered.
        message_id: String,
        /// All words so far.
        content: String,
    },
    /// An answer, or the next part of a long one.
    Response {
        /// The message that is answered.
        message_id: String,
        /// At most [`MOST_CHARACTERS`](super::MOST_CHARACTERS) characters.
        content: String,
    },
    /// Something went wrong.
    Error {
        /// The message that it is about, if it is about one.
        message_id: Option<String>,
        /// What, for people; at most 500 characters.
        error: String,
    },
}

impl ServerFrame {
    /// There is no token; then [`End::TokenRequired`](super::End).
    #[must_use]
    pub fn token_required() -> Self {
        Self::error(None, "Token required. Connect with ?token=YOUR_TOKEN")
    }

    /// The token is wrong; then [`End::AuthenticationFailed`](super::End).
    /// Known codes: `invalid_token`, `auth_failed`, `timeout`,
    /// `service_unavailable`.
    #[must_use]
    pub fn authentication_failed(code: &str) -> Self {
        Self::error(None, &["Authentication failed: ", code].concat())
    }

    /// The agent answered with an error.
    #[must_use]
    pub fn agent_failed(message_id: &str, why: &str) -> Self {
        Self::error(Some(message_id), &["Error: ", why].concat())
    }

    /// The message did not get to the agent.
    #[must_use]
    pub fn not_processed(message_id: &str, why: &str) -> Self {
        let error = ["Failed to process message: Error: ", why].concat();
        Self::error(Some(message_id), &error)
    }

    fn error(message_id: Option<&str>, error: &str) -> Self {
        Self::Error {
            message_id: message_id.map(str::to_owned),
            error: reason(error),
        }
    }

    /// The frame as text for the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        let frame = Writer::new();
        match self {
            Self::Welcome => frame
                .text("type", "chat.response")
                .text("content", WELCOME)
                .end(),
            Self::Typing => frame.text("type", "chat.typing").end(),
            Self::Stream {
                message_id,
                content,
            } => words(
                frame.text("type", "chat.stream"),
                message_id,
                content,
                false,
            ),
            Self::Response {
                message_id,
                content,
            } => words(
                frame.text("type", "chat.response"),
                message_id,
                content,
                true,
            ),
            Self::Error { message_id, error } => frame
                .text("type", "chat.error")
                .maybe("messageId", message_id.as_deref())
                .text("error", error)
                .end(),
        }
    }

    /// Reads a frame of a server. `done` decides between stream and response
    /// where it is there.
    ///
    /// # Errors
    /// When it is no frame of this wire.
    pub fn read<O: Object>(frame: Option<Value<O>>) -> Result<Self, FrameError> {
        let frame = field::frame(frame)?;
        let is_response = match frame.text("type").as_deref() {
            Some("chat.typing") => return Ok(Self::Typing),
            Some("chat.error") => {
                return Ok(Self::Error {
                    message_id: word(&frame, "messageId")?,
                    error: reason(&text_or_empty(&frame, "error")?),
                });
            }
            Some("chat.response") => true,
            Some("chat.stream") => false,
            _ => return Err(FrameError::Unknown),
        };
        let done = flag(&frame, "done")?;
        if is_response && done.is_none() && word(&frame, "messageId")?.is_none() {
            return Ok(Self::Welcome);
        }
        let message_id = required_word(&frame, "messageId")?;
        let content = text_or_empty(&frame, "content")?;
        Ok(if done.unwrap_or(is_response) {
            Self::Response {
                message_id,
                content,
            }
        } else {
            Self::Stream {
                message_id,
                content,
            }
        })
    }
}

fn words(frame: Writer, message_id: &str, content: &str, done: bool) -> String {
    frame
        .text("messageId", message_id)
        .text("content", content)
        .flag("done", done)
        .end()
}
