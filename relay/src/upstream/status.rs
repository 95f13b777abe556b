//! How the connection stands, for people and programs.

use std::sync::Arc;

use clawline_core::engine::Pairing;
use clawline_core::verdict::Cause;
use serde_json::Value;

/// Where the connection stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// A socket is being opened or shakes hands.
    Connecting {
        /// The number of this attempt since the last good connection, from 1.
        attempt: u32,
        /// There was a connection before.
        again: bool,
    },
    /// Connected.
    Ready {
        /// What the gateway said of itself, without its tokens.
        hello: Arc<Value>,
    },
    /// Waiting to try again.
    Waiting {
        /// Failed attempts since the last good connection.
        attempt: u32,
        /// When the next one begins, Unix milliseconds.
        until_ms: u64,
        /// Why the last one ended.
        cause: Cause,
        /// There was a connection before.
        again: bool,
    },
    /// The gateway's owner must approve this device; goes on by itself.
    Pairing(Pairing),
    /// Nothing happens until [`super::Upstream::reconnect`]: a person must act
    /// first.
    Paused(Cause),
    /// It was closed.
    Closed,
}

impl Status {
    /// There is a connection.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }

    /// Why there is none, where that is known.
    #[must_use]
    pub const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Waiting { cause, .. } | Self::Paused(cause) => Some(cause),
            _ => None,
        }
    }

    /// Why there is no connection and what helps, for people; `None` where
    /// nothing is known to be wrong.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Pairing(pairing) => {
                let command = pairing.command.as_deref();
                let how = command.map(|command| format!(": run `{command}` on its machine"));
                Some(format!(
                    "the gateway's owner must approve this relay{}",
                    how.unwrap_or_default()
                ))
            }
            Self::Closed => Some("the connection to the gateway was closed".to_owned()),
            _ => self.cause().map(|cause| match cause.advice {
                "" => cause.message.clone(),
                advice => format!("{} {advice}", cause.message),
            }),
        }
    }
}
