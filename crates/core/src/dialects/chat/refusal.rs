//! Why a client's frame is refused.

use std::fmt;

use super::ServerFrame;
use crate::dialects::FieldError;

/// Why a client's frame is refused. The first two speak as the original does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not JSON, `null`, or a `content` that is no string.
    Unreadable,
    /// Not a `chat.send`, or one without content.
    NotChatSend,
    /// A message to a group without the id of the group.
    GroupWithoutId,
    /// A path of the server in place of the id of an upload.
    MediaPath,
    /// A `senderId` that the token does not stand for.
    ForeignSender,
    /// Another member that is not as it must be.
    Field(FieldError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "Failed to parse message",
            Self::NotChatSend => {
                "Invalid message format. Expected: { type: 'chat.send', content: '...' }"
            }
            Self::GroupWithoutId => "groupId is required when chatType is 'group'",
            Self::MediaPath => {
                "mediaPath and mediaPaths take ids of uploads, not paths: upload the file to \
                 /v1/media first and send its id"
            }
            Self::ForeignSender => {
                "senderId is not the user of this token: leave it out, or use a token of scope \
                 'senders'"
            }
            Self::Field(error) => return error.fmt(f),
        })
    }
}

impl std::error::Error for Refusal {}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// A client's frame that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The message's id, where it could be read.
    pub message_id: Option<String>,
    /// Why.
    pub why: Refusal,
}

impl Refused {
    /// The answer to the client.
    #[must_use]
    pub fn frame(&self) -> ServerFrame {
        ServerFrame::Error {
            message_id: self.message_id.clone(),
            error: self.why.to_string(),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(why: Refusal) -> Self {
        Self {
            message_id: None,
            why,
        }
    }
}

/// Whose message it is: `claimed` is the frame's `senderId`, `bound` the user
/// to whom the connection's token belongs. `None` for `bound` where nobody is
/// authenticated, or where the token may speak for any sender: there the frame
/// decides. `Ok(None)` leaves it to the connection.
///
/// # Errors
/// When the frame claims to be somebody else's.
pub fn allow_sender<'a>(
    claimed: Option<&'a str>,
    bound: Option<&'a str>,
) -> Result<Option<&'a str>, Refusal> {
    match (claimed, bound) {
        (Some(claimed), Some(bound)) if claimed != bound => Err(Refusal::ForeignSender),
        (claimed, bound) => Ok(bound.or(claimed)),
    }
}
