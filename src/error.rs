//! Why a request failed.

use std::fmt;

use clawline_core::wire::GatewayError;
use clawline_core::{EnqueueError, Progress};

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The gateway refused it, in its own words.
    Refused(GatewayError),
    /// It never got an answer.
    Unanswered(clawline_core::RequestError),
    /// It was answered, with something else than was asked for.
    Unreadable,
    /// Its frame would be larger than the gateway takes. Nothing was sent.
    TooLarge {
        /// The gateway's limit, in bytes.
        limit: u64,
    },
    /// The params cannot be written as JSON. Nothing was sent.
    InvalidParams(String),
    /// The connection lacks a scope, in words that name it. Nothing was sent.
    MissingScope(String),
}

impl RequestError {
    /// The code by which a program decides: the gateway's fine code, else its
    /// coarse one, else one of ours in lower case.
    #[must_use]
    pub fn code(&self) -> &str {
        use clawline_core::RequestError as Unanswered;
        match self {
            Self::Refused(error) => error.best_code(),
            Self::Unanswered(Unanswered::NotConnected) => "not-connected",
            Self::Unanswered(Unanswered::Interrupted(_)) => "interrupted",
            Self::Unanswered(Unanswered::Timeout(_)) => "timeout",
            Self::Unanswered(Unanswered::Cancelled(_)) => "cancelled",
            Self::Unanswered(Unanswered::TooMany) => "too-many-requests",
            Self::Unreadable => "answer-unreadable",
            Self::TooLarge { .. } => "too-large",
            Self::InvalidParams(_) => "invalid-params",
            Self::MissingScope(_) => "MISSING_SCOPE",
        }
    }

    /// How far it had come: whether it may have run.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        use clawline_core::RequestError as Unanswered;
        match self {
            Self::Refused(_) | Self::Unreadable => Progress::Sent,
            Self::Unanswered(
                Unanswered::Interrupted(progress)
                | Unanswered::Timeout(progress)
                | Unanswered::Cancelled(progress),
            ) => *progress,
            _ => Progress::Unsent,
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use clawline_core::RequestError as Unanswered;
        match self {
            Self::Refused(error) => f.write_str(&error.message),
            Self::Unanswered(Unanswered::NotConnected) => {
                f.write_str("There is no connection to the gateway.")
            }
            Self::Unanswered(Unanswered::Interrupted(Progress::Accepted)) => {
                f.write_str("The connection was lost after it was accepted; it runs, or has run.")
            }
            Self::Unanswered(Unanswered::Interrupted(_)) => {
                f.write_str("The connection was lost before the answer came; it may have run.")
            }
            Self::Unanswered(Unanswered::Timeout(Progress::Unsent)) => {
                f.write_str("There was no connection in time; nothing was sent.")
            }
            Self::Unanswered(Unanswered::Timeout(Progress::Sent)) => {
                f.write_str("The gateway did not answer in time; it may have run.")
            }
            Self::Unanswered(Unanswered::Timeout(Progress::Accepted)) => {
                f.write_str("It was accepted, but its last answer did not come in time.")
            }
            Self::Unanswered(Unanswered::Cancelled(_)) => f.write_str("It was given up."),
            Self::Unanswered(Unanswered::TooMany) => {
                f.write_str("Too many requests wait for an answer.")
            }
            Self::Unreadable => {
                f.write_str("The gateway answered something else than it was asked for.")
            }
            Self::TooLarge { limit } => {
                write!(f, "It is larger than the gateway takes ({limit} bytes).")
            }
            Self::InvalidParams(why) => write!(f, "The params are not JSON: {why}"),
            Self::MissingScope(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for RequestError {}

/// Why a message was not taken into the outbox. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The outbox has no room for it.
    Outbox(EnqueueError),
    /// A file is larger than the gateway takes.
    FileTooLarge {
        /// The file's name.
        name: String,
        /// The gateway's limit, in bytes.
        limit: u64,
    },
    /// A file holds nothing.
    FileEmpty {
        /// The file's name.
        name: String,
    },
    /// It has neither words nor files.
    Empty,
    /// The method takes no idempotency key: it cannot be repeated safely.
    NoKey(String),
    /// Its params cannot be written as JSON.
    Params(RequestError),
}

impl SendError {
    /// The code by which a program decides.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Outbox(EnqueueError::TooMany { .. }) => "outbox-full",
            Self::Outbox(EnqueueError::TooLarge { .. }) => "too-large",
            Self::Outbox(EnqueueError::KeyInUse) => "key-in-use",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::FileEmpty { .. } => "file-empty",
            Self::Empty => "invalid-params",
            Self::NoKey(_) => "no-key",
            Self::Params(error) => error.code(),
        }
    }
}

impl From<EnqueueError> for SendError {
    fn from(error: EnqueueError) -> Self {
        Self::Outbox(error)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outbox(EnqueueError::TooMany { limit }) => {
                write!(f, "The outbox holds {limit} messages already.")
            }
            Self::Outbox(EnqueueError::TooLarge { limit }) => {
                write!(f, "The message is larger than fits ({limit} bytes).")
            }
            Self::Outbox(EnqueueError::KeyInUse) => f.write_str("The key is in use."),
            Self::FileTooLarge { name, limit } => {
                write!(
                    f,
                    "{name} is larger than the gateway takes ({limit} bytes)."
                )
            }
            Self::FileEmpty { name } => write!(f, "{name} is empty."),
            Self::Empty => f.write_str("The message is empty."),
            Self::NoKey(method) => write!(
                f,
                "{method} takes no idempotency key, so it cannot wait in the outbox. Use a request."
            ),
            Self::Params(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SendError {}
