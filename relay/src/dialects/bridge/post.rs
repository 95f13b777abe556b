//! What clients write, whatever they write it over.

use clawline_core::dialects::bridge::ClientFrame;
use serde_json::Value;

use super::{BRIDGE, Bridge};
use crate::account::{Account, BadAccount};
use crate::channels::{ChannelError, ChannelState, OPENCLAW, Outbound};
use crate::ids;
use crate::inbox::{Admission, Message};
use crate::store::Sender;

const PREFIX: &str = "bridge:";
/// Bytes of what a client sends along with one message.
const MAX_METADATA: usize = 16 * 1024;
/// Names in it.
const MAX_NAMES: usize = 64;
/// The metadata that names an account, for this wire has no member for it.
pub(super) const ACCOUNT: &str = "clawline_account";
/// Who writes over HTTP has no socket to be spared its own words.
pub(super) const OVER_HTTP: &str = "bridge:http:";

/// The client that wrote a message, by the message's key.
pub(super) fn writer(key: &str) -> Option<&str> {
    let (writer, _) = key.strip_prefix(PREFIX)?.split_once(':')?;
    Some(writer)
}

/// The account that a message is to leave by.
fn account(metadata: &[(String, String)]) -> Result<Option<Account>, ChannelError> {
    let named = metadata.iter().find(|(name, _)| name == ACCOUNT);
    let account = named.map(|(_, account)| Account::read(account));
    let bad = |error: BadAccount| ChannelError::Target(error.to_string());
    account.transpose().map_err(bad)
}

/// What a client sent along, by name: what is no text as JSON. What has no room
/// is left out.
fn metadata(frame: &ClientFrame<Value>) -> Vec<(String, String)> {
    let all = frame.metadata.as_ref().and_then(Value::as_object);
    let mut room = MAX_METADATA;
    let mut kept = Vec::new();
    for (name, value) in all.into_iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let bytes = name.len() + text.len();
        if bytes > room || kept.len() >= MAX_NAMES {
            tracing::warn!(bytes, "metadata of a bridge client was left out");
            continue;
        }
        room -= bytes;
        kept.push((name.clone(), text));
    }
    kept
}

/// The key of a frame. The wire has no ids: each is a message of its own.
pub(super) fn key(writer: &str) -> String {
    format!("{PREFIX}{writer}:{}", ids::uuid())
}

impl Bridge {
    /// Sends what a client wrote, once for each key.
    pub(super) async fn post(
        &self,
        frame: &ClientFrame<Value>,
        key: String,
    ) -> Result<(), ChannelError> {
        if let Some(conversation) = self.to_agent(frame) {
            let (sender, text) = (Sender::owner(), frame.content.clone());
            let message = Message {
                metadata: metadata(frame),
                ..Message::written(BRIDGE, &conversation, sender, key, text)
            };
            return match self.rooms.inbox.admit(message, |_| {}).await? {
                Admission::New(_) | Admission::Known { .. } => Ok(()),
                Admission::Conflict => Err(ChannelError::Conflict),
            };
        }
        let place = self
            .channels
            .place(&frame.channel, &frame.conversation_id)?;
        let metadata = metadata(frame);
        let message = Outbound {
            key,
            account: account(&metadata)?,
            text: frame.content.clone(),
            attachments: Vec::new(),
            metadata,
            reply_to: None,
        };
        self.channels.send(&place, &message).await?;
        Ok(())
    }

    /// The conversation with the agent of this channel that a message belongs
    /// to; `None` when it is for another channel. A bare word that names no
    /// channel of the relay names a conversation here: OpenJarvis sends to words
    /// like `user-notifications`, and nothing of that is lost.
    fn to_agent(&self, frame: &ClientFrame<Value>) -> Option<String> {
        let (channel, conversation) = (frame.channel.trim(), frame.conversation_id.trim());
        if self.is_here(channel) {
            let named = Some(conversation).filter(|name| !name.is_empty());
            return Some(named.unwrap_or("main").to_owned());
        }
        if let Some((name, target)) = channel.split_once(':') {
            let target = target.trim();
            return (self.is_here(name) && !target.is_empty()).then(|| target.to_owned());
        }
        if self.channels.get(channel).is_ok() {
            return None;
        }
        Some(match conversation {
            "" => channel.to_owned(),
            named => format!("{channel}/{named}"),
        })
    }

    /// Whether a name means this channel. OpenJarvis calls its gateway
    /// `openclaw`: that is this relay, unless it calls a gateway of its own.
    fn is_here(&self, name: &str) -> bool {
        let is_elsewhere = || {
            let openclaw = self.channels.get(OPENCLAW);
            openclaw.is_ok_and(|channel| channel.state() != ChannelState::NotConfigured)
        };
        name == BRIDGE || name == OPENCLAW && !is_elsewhere()
    }
}
