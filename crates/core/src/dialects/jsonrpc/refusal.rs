//! Errors by the codes of JSON-RPC 2.0.

use std::fmt;

use crate::dialects::FieldError;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The frame is not JSON: -32700.
    NotJson,
    /// JSON, but no request, and why not: -32600.
    NotRequest(&'static str),
    /// Another method than `sessions_send`: -32601.
    NoMethod,
    /// The message is not as it must be: -32602.
    BadParams(FieldError),
    /// The server failed, and how: -32603.
    Internal(&'static str),
}

impl Refusal {
    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Self::NotJson => -32700,
            Self::NotRequest(_) => -32600,
            Self::NoMethod => -32601,
            Self::BadParams(_) => -32602,
            Self::Internal(_) => -32603,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("Parse error"),
            Self::NotRequest(why) => write!(f, "Invalid Request: {why}"),
            Self::NoMethod => f.write_str("Method not found: the only method is sessions_send"),
            Self::BadParams(error) => write!(f, "Invalid params: {error}"),
            Self::Internal(why) => write!(f, "Internal error: {why}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::BadParams(error)
    }
}
