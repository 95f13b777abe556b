//! Why a request failed.

use std::fmt;

use clawline_core::Progress;
use clawline_core::wire::GatewayError;

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The gateway refused it, in its own words.
    Refused(GatewayError),
    /// It never got an answer.
    Unanswered(clawline_core::RequestError),
    /// Its frame would be larger than the gateway takes. Nothing was sent.
    TooLarge {
        /// The gateway's limit, in bytes.
        limit: u64,
    },
    /// The params cannot be written as JSON. Nothing was sent.
    InvalidParams(String),
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
            Self::TooLarge { .. } => "too-large",
            Self::InvalidParams(_) => "invalid-params",
        }
    }

    /// How far it had come: whether it may have run.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        use clawline_core::RequestError as Unanswered;
        match self {
            Self::Refused(_) => Progress::Sent,
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
            Self::TooLarge { limit } => {
                write!(f, "It is larger than the gateway takes ({limit} bytes).")
            }
            Self::InvalidParams(why) => write!(f, "The params are not JSON: {why}"),
        }
    }
}

impl std::error::Error for RequestError {}
