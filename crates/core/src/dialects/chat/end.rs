//! How a server ends a connection.

/// Why a server ends a connection: the close frame, in the original's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There is no token, and there must be one.
    TokenRequired,
    /// The token is wrong.
    AuthenticationFailed,
    /// The server goes.
    ShuttingDown,
}

impl End {
    /// The code of the close frame.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::TokenRequired | Self::AuthenticationFailed => 4401,
            Self::ShuttingDown => 1000,
        }
    }

    /// The reason in the close frame.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TokenRequired => "Token required",
            Self::AuthenticationFailed => "Authentication failed",
            Self::ShuttingDown => "Server shutting down",
        }
    }

    /// What a close frame says, `None` when it is none of these.
    #[must_use]
    pub fn read(code: u16, reason: &str) -> Option<Self> {
        let all = [
            Self::TokenRequired,
            Self::AuthenticationFailed,
            Self::ShuttingDown,
        ];
        all.into_iter()
            .find(|end| end.code() == code && end.reason() == reason)
    }
}
