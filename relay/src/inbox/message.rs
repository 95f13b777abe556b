//! What comes in, and what becomes of it.

use std::sync::Arc;

use super::lanes::{Outcome, Turn};
use super::session_key;
use crate::account::{Account, Via};
use crate::bus::ChannelMessage;
use crate::ids;
use crate::store::{Attachment, Input, InputKind, NewInput, Origin, Program, Sender, StoreError};

/// A message that wants an answer.
#[derive(Debug, Clone)]
pub struct Message {
    /// Canonical key of the session that it is for.
    pub session_key: String,
    /// Its idempotency key, which becomes the id of its run: at most
    /// [`MAX_KEY`](super::MAX_KEY) bytes, the same for every repeat.
    pub key: String,
    /// `Message` or `Task`.
    pub kind: InputKind,
    /// The words; may be empty when something is attached.
    pub text: String,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Who wrote it.
    pub sender: Sender,
    /// Registry name of the channel that it came through.
    pub channel: String,
    /// The account of the channel.
    pub account: Account,
    /// The conversation within the channel, where it has several.
    pub conversation: Option<String>,
    /// Whether several people speak in the conversation.
    pub in_group: bool,
    /// The program that it was written with.
    pub program: Option<Program>,
    /// What else the sender sent along, by name.
    pub metadata: Vec<(String, String)>,
    /// The target of the channel that the relay is to send the answer to, once,
    /// also after a crash; `None` where the channel tells its people itself.
    pub answer_to: Option<String>,
    /// The row that the sender saw last, if that matters: outer `None` when it
    /// does not, inner `None` for an empty session.
    pub after: Option<Option<String>>,
}

impl Message {
    /// What somebody wrote in a conversation of a channel with one account, with
    /// nothing beside it, for the session of that conversation.
    #[must_use]
    pub fn written(
        channel: &str,
        conversation: &str,
        sender: Sender,
        key: String,
        text: String,
    ) -> Self {
        Self {
            session_key: session_key::within(channel, &[conversation]),
            key,
            kind: InputKind::Message,
            text,
            attachments: Vec::new(),
            sender,
            channel: channel.to_owned(),
            account: Account::default(),
            conversation: Some(conversation.to_owned()),
            in_group: false,
            program: None,
            metadata: Vec::new(),
            answer_to: None,
            after: None,
        }
    }

    /// The channel and the account that it came through.
    pub(super) fn via(&self) -> Via {
        Via::new(&self.channel, &self.account)
    }

    /// What makes two messages the same. The session is no part of it: a key is
    /// global, and a repeat under another session is a repeat (measured).
    fn digest(&self) -> [u8; 32] {
        let digests: Vec<&str> = self.attachments.iter().map(|a| a.digest.as_str()).collect();
        let same = serde_json::json!([self.text, digests]).to_string();
        ids::sha256(same.as_bytes())
    }

    pub(super) fn into_input(self, now: i64) -> NewInput {
        NewInput {
            digest: self.digest(),
            key: self.key,
            kind: self.kind,
            session_key: self.session_key,
            text: self.text,
            origin: Some(Origin {
                sender: self.sender,
                channel: self.channel,
                account: self.account,
                conversation: self.conversation,
                in_group: self.in_group,
                program: self.program,
                attachments: self.attachments,
                metadata: self.metadata,
                answer_to: self.answer_to,
            }),
            accepted_at: now,
        }
    }
}

/// A message that is put into a session; nobody answers it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Canonical key of the session.
    pub session_key: String,
    /// Its idempotency key.
    pub key: String,
    /// The words.
    pub text: String,
}

/// What became of a message.
#[derive(Debug)]
pub enum Admission {
    /// It is stored and on its way.
    New(Arc<Turn>),
    /// A repeat of what was stored before.
    Known {
        /// What is stored.
        input: Box<Input>,
        /// How it ended, when it did.
        outcome: Option<Outcome>,
    },
    /// Its key was used for something else: nothing was stored.
    Conflict,
}

/// What became of a delivery.
#[derive(Debug)]
pub enum Delivered {
    /// It is in the session; with the id of its row.
    Stored {
        /// The id.
        message_id: String,
        /// Whether it was put there by an earlier call.
        was_known: bool,
    },
    /// Its key was used for something else: nothing was stored.
    Conflict,
}

/// Why a message was not taken in. Nothing was stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Too many wait in its session.
    #[error("too many messages wait in this session; send again when some were answered")]
    Full,
    /// The session's last row is not the one that the sender saw.
    #[error("the conversation went on meanwhile; look at it and send again")]
    Moved,
    /// The owner did not let the sender in.
    #[error(
        "the owner did not let this sender in: `clawline-relay senders allow CHANNEL:SENDER` does"
    )]
    Stranger,
    /// The session that this key made was deleted.
    #[error("the session that was made with this key is deleted; make another one with a new key")]
    Deleted,
    /// The key is too long.
    #[error("the idempotency key must not have more than {} bytes", super::MAX_KEY)]
    Key,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What came in through a channel, as others hear of it; nothing for an input
/// of nobody's.
pub(crate) fn received(input: &Input) -> Option<ChannelMessage> {
    let origin = input.origin.as_ref()?;
    Some(ChannelMessage::received(
        origin,
        &input.key,
        &input.session_key,
        &input.text,
    ))
}
