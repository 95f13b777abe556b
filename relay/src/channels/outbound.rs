//! A message that goes out, and what its channel says of it.

use super::ChannelError;
use crate::account::Account;
use crate::inbox::{Delivered, Delivery, Inbox};
use crate::store::Attachment;

/// A message to somebody.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Its idempotency key.
    pub key: String,
    /// The account that it leaves by; the first of its channel where none is named.
    pub account: Option<Account>,
    /// The words.
    pub text: String,
    /// What goes with them.
    pub attachments: Vec<Attachment>,
    /// What else is to go along, by name.
    pub metadata: Vec<(String, String)>,
    /// The message that it answers, by its id within the channel.
    pub reply_to: Option<String>,
}

/// What is done to a message that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A reaction is put to it, in the place of an earlier one; no words take that
    /// away.
    React,
    /// It gets other words.
    Edit,
    /// It is taken back for everybody.
    Delete,
}

impl Act {
    const ALL: [Self; 3] = [Self::React, Self::Edit, Self::Delete];

    /// Its word in every report, and the metadata that names the message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::React => "react",
            Self::Edit => "edit",
            Self::Delete => "delete",
        }
    }

    /// What [`Outbound::metadata`] says where this is done to a message, by its id
    /// within the channel.
    #[must_use]
    pub fn to(self, message_id: &str) -> Vec<(String, String)> {
        vec![(self.as_str().to_owned(), message_id.to_owned())]
    }
}

impl Outbound {
    /// What is done, and to which message, by its id within the channel; `None` where
    /// something is said.
    #[must_use]
    pub fn act(&self) -> Option<(Act, &str)> {
        self.metadata.iter().find_map(|(name, id)| {
            let act = Act::ALL.into_iter().find(|act| act.as_str() == name)?;
            Some((act, id.as_str()))
        })
    }

    /// Keeps the message in a session of this relay, where people read it, once
    /// for each key.
    pub(crate) async fn keep_in(
        &self,
        inbox: &Inbox,
        session_key: String,
    ) -> Result<Receipt, ChannelError> {
        let delivery = Delivery {
            session_key,
            key: self.key.clone(),
            text: self.text.clone(),
        };
        match inbox.deliver(delivery).await? {
            Delivered::Stored {
                message_id,
                was_known,
            } => Ok(Receipt {
                message_id,
                was_known,
            }),
            Delivered::Conflict => Err(ChannelError::Conflict),
        }
    }
}

/// What a channel says of a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The message's identity within the channel.
    pub message_id: String,
    /// Whether an earlier call with the same key sent it.
    pub was_known: bool,
}

impl Receipt {
    /// Of a message that went out just now.
    #[must_use]
    pub fn sent(message_id: String) -> Self {
        Self {
            message_id,
            was_known: false,
        }
    }

    /// For a repeat of the message.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            message_id: self.message_id.clone(),
            was_known: true,
        }
    }
}
