//! What a client writes, as a message of the domain.

use clawline_core::dialects::chat;
use serde_json::Value;

use super::CHANNEL;
use crate::account::Account;
use crate::dialects::rooms::Rooms;
use crate::ids;
use crate::inbox::policy::Visitor;
use crate::inbox::{Message, session_key};
use crate::media::Media;
use crate::store::{Attachment, InputKind, Kept, Sender, Store, StoreError};

/// Characters of a message that are quoted by its answer.
const MAX_QUOTE: usize = 2_000;

/// A message whose sender is known.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) message_id: String,
    pub(super) sender: String,
    key: String,
    session_key: String,
    name: Option<String>,
    group: Option<String>,
    /// The words, and what the client adds for the agent.
    text: String,
    reply_to: Option<String>,
    reply_body: Option<String>,
    /// Uploads that go with it.
    files: Vec<chat::Media>,
}

impl Letter {
    /// Reads a message of a sender. `name` is the connection's, for a message
    /// that names nobody.
    pub(super) fn read(message: chat::Message<Value>, sender: String, name: Option<&str>) -> Self {
        let group = match message.room {
            chat::Room::Direct => None,
            chat::Room::Group { id, .. } => Some(id),
        };
        let mut text = message.content;
        if let Some(custom) = &message.custom {
            text.push_str("\n\n");
            text.push_str(&custom.block());
        }
        let message_id = message.message_id.unwrap_or_else(ids::uuid);
        Self {
            key: key(&sender, &message_id),
            session_key: match &group {
                None => direct(&sender),
                Some(id) => session_key::within(CHANNEL, &["group", id]),
            },
            name: message.sender_name.or_else(|| name.map(str::to_owned)),
            message_id,
            sender,
            group,
            text,
            reply_to: message.reply_to,
            reply_body: message.reply_body,
            files: message.media,
        }
    }

    pub(super) fn session_key(&self) -> &str {
        &self.session_key
    }

    /// Who writes, for the owner's rules. On this wire everything is meant for
    /// the assistant.
    pub(super) fn visitor(&self) -> Visitor<'_> {
        Visitor {
            sender: &self.sender,
            also: &[],
            name: self.name.as_deref(),
            group: self.group.as_deref(),
            is_mentioned: true,
        }
    }

    /// What is kept of it when its sender goes before the answer.
    pub(super) fn kept(&self) -> Kept {
        Kept {
            channel: CHANNEL.to_owned(),
            recipient: self.sender.clone(),
            key: self.key.clone(),
            message_id: self.message_id.clone(),
        }
    }

    /// The message for the inbox, with its files, and what it answers quoted.
    ///
    /// # Errors
    /// A file is not there, or the database does not answer, in words for people.
    pub(super) async fn into_message(mut self, rooms: &Rooms) -> Result<Message, String> {
        let quoted = self.quoted(&rooms.store).await;
        let quoted = quoted.map_err(|error| error.to_string())?;
        let attachments = self.attachments(&rooms.media).await?;
        if let Some(quoted) = quoted {
            let quoted: String = quoted.chars().take(MAX_QUOTE).collect();
            self.text = format!("[Replying to: {quoted:?}]\n\n{}", self.text);
        }
        Ok(Message {
            session_key: self.session_key,
            key: self.key,
            kind: InputKind::Message,
            text: self.text,
            attachments,
            sender: Sender {
                id: self.sender,
                name: self.name,
            },
            channel: CHANNEL.to_owned(),
            account: Account::default(),
            in_group: self.group.is_some(),
            conversation: self.group,
            program: None,
            metadata: Vec::new(),
            answer_to: None,
            after: None,
        })
    }

    /// The uploads that it names. What they are, their bytes said.
    async fn attachments(&self, media: &Media) -> Result<Vec<Attachment>, String> {
        let mut all = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let about = media.about(&file.id).await;
            let about = about.map_err(|error| error.to_string())?.ok_or_else(|| {
                format!(
                    "no upload has the id {:?}: upload the file to /v1/media first and send its id",
                    file.id
                )
            })?;
            all.push(Attachment {
                name: about.name,
                mime: about.mime,
                bytes: u64::try_from(about.bytes).unwrap_or(0),
                digest: about.digest,
            });
        }
        Ok(all)
    }

    /// The words that it answers: as the client has them, else what this sender
    /// wrote under that id. Both are the same in a repeat.
    async fn quoted(&mut self, store: &Store) -> Result<Option<String>, StoreError> {
        if self.reply_body.is_some() {
            return Ok(self.reply_body.take());
        }
        let Some(reply_to) = &self.reply_to else {
            return Ok(None);
        };
        let input = store.input(&key(&self.sender, reply_to)).await?;
        Ok(input.map(|input| input.text))
    }
}

/// The session of a sender.
pub(super) fn direct(sender: &str) -> String {
    session_key::within(CHANNEL, &["direct", sender])
}

/// The idempotency key of a message: each sender has ids of its own.
pub(super) fn key(sender: &str, message_id: &str) -> String {
    let digest = ids::hex(&ids::sha256(sender.as_bytes())[..16]);
    format!("{CHANNEL}:{digest}:{message_id}")
}

/// The id that the sender gave to the message with this key.
pub(super) fn message_id(key: &str) -> Option<String> {
    key.splitn(3, ':').nth(2).map(str::to_owned)
}
