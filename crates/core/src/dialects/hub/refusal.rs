//! Why the hub refuses a frame.

use std::fmt;

use crate::dialects::{FieldError, FrameError};
use crate::wire::Writer;

/// Why the hub refuses a frame of a page or a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not JSON, in the original's words.
    NotJson,
    /// JSON, but not an object.
    NotObject,
    /// Nobody is there to answer, in the original's words.
    NoPlugin,
    /// A member that is not as it must be.
    Field(FieldError),
    /// A file of a kind of address that no page may open.
    MediaUrl,
}

impl Refusal {
    /// The answer to the sender.
    #[must_use]
    pub fn frame(&self) -> String {
        error(&self.to_string())
    }
}

/// An error frame with these words.
#[must_use]
pub fn error(message: &str) -> String {
    Writer::new()
        .text("type", "error")
        .text("message", message)
        .end()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "Invalid JSON",
            Self::NotObject => "Expected a JSON object",
            Self::NoPlugin => "No OpenClaw plugin connected",
            Self::Field(error) => return error.fmt(f),
            Self::MediaUrl => "mediaUrl must begin with https:// or http://",
        })
    }
}

impl std::error::Error for Refusal {}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<FrameError> for Refusal {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::NotJson => Self::NotJson,
            FrameError::NotObject | FrameError::Unknown => Self::NotObject,
            FrameError::Field(error) => Self::Field(error),
        }
    }
}
