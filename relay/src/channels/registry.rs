//! The channels by name: which there are, and which of them a message is for.

use std::collections::BTreeMap;
use std::sync::Arc;

use tracing::Instrument as _;

use super::address::{Address, BadAddress};
use super::{Channel, ChannelError, ChannelMessage, ChannelState, Outbound, Receipt};
use crate::bus::{Bus, Event};
use crate::inbox::{WEBCHAT, session_key};
use crate::store::Sender;
use crate::trace;

/// The channels by name.
#[derive(Debug)]
pub struct Channels {
    bus: Bus,
    known: BTreeMap<String, Arc<dyn Channel>>,
}

impl Channels {
    /// No channel yet.
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self {
            bus,
            known: BTreeMap::new(),
        }
    }

    /// Makes a channel known by its name.
    pub fn add(&mut self, channel: Arc<dyn Channel>) {
        self.known.insert(channel.name().to_owned(), channel);
    }

    /// All, by name.
    pub fn list(&self) -> impl Iterator<Item = &Arc<dyn Channel>> {
        self.known.values()
    }

    /// Those that somebody can use, by name.
    pub fn configured(&self) -> impl Iterator<Item = &Arc<dyn Channel>> {
        self.list()
            .filter(|channel| channel.state() != ChannelState::NotConfigured)
    }

    /// Starts all. One that does not start says why in its state.
    pub async fn connect(&self) {
        for channel in self.known.values() {
            if let Err(error) = channel.connect().await {
                tracing::error!(channel = channel.name(), %error, "a channel does not start");
            }
        }
    }

    /// Stops all.
    pub async fn disconnect(&self) {
        for channel in self.known.values() {
            channel.disconnect().await;
        }
    }

    /// A channel by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, name: &str) -> Result<&Arc<dyn Channel>, ChannelError> {
        self.known.get(name).ok_or_else(|| ChannelError::Unknown {
            name: name.to_owned(),
            known: self
                .configured()
                .map(|channel| channel.name().to_owned())
                .collect(),
        })
    }

    /// Reads `NAME:TARGET`, or a bare target.
    ///
    /// # Errors
    /// There is no target in it.
    pub fn address(&self, text: &str) -> Result<Address, BadAddress> {
        Address::parse(text, |name| self.known.contains_key(name))
    }

    /// Where a message goes whose channel and conversation are named apart: to
    /// an address as it is, or into a conversation of a channel. Whoever names
    /// no conversation of `webchat` means the main session.
    ///
    /// # Errors
    /// No channel of that name, or no target.
    pub fn place(&self, channel: &str, conversation: &str) -> Result<Address, ChannelError> {
        let (channel, conversation) = (channel.trim(), conversation.trim());
        if self.known.contains_key(channel) {
            let target = match conversation {
                "" if channel == WEBCHAT => session_key::MAIN,
                "" => {
                    let words = format!("say who, as in {channel}:TARGET");
                    return Err(ChannelError::Target(words));
                }
                named => named,
            };
            return Ok(Address {
                channel: Some(channel.to_owned()),
                target: target.to_owned(),
            });
        }
        let address = self.address(channel);
        let address = address.map_err(|error| ChannelError::Target(error.to_string()))?;
        match &address.channel {
            // What looks like an address names a channel that is not here.
            None => match channel.split_once(':').filter(|(name, _)| is_name(name)) {
                Some((name, _)) => self.get(name).map(|_| address.clone()),
                None => Ok(address),
            },
            Some(_) => Ok(address),
        }
    }

    /// Sends a message and tells that it went out. A bare target goes to the
    /// only channel that there is.
    ///
    /// # Errors
    /// It did not go out, and why.
    pub async fn send(
        &self,
        address: &Address,
        message: &Outbound,
    ) -> Result<Receipt, ChannelError> {
        let mut all = self.configured();
        let channel = match (&address.channel, all.next(), all.next()) {
            (Some(name), _, _) => self.get(name)?,
            (None, Some(only), None) => only,
            _ => return Err(ChannelError::Ambiguous(address.target.clone())),
        };
        let name = channel.name();
        let account = channel.account(message.account.as_ref())?;
        if let Some((act, _)) = message.act().filter(|(act, _)| !channel.can(*act)) {
            let channel = name.to_owned();
            return Err(ChannelError::Cannot { channel, act });
        }
        let span = trace::of_message(message.reply_to.as_deref().unwrap_or(&message.key));
        let send = channel.send(&address.target, message);
        let receipt = send.instrument(span.clone()).await?;
        if !receipt.was_known {
            span.in_scope(|| tracing::info!(channel = name, "a message was sent"));
            let sent = ChannelMessage {
                channel: name.to_owned(),
                account,
                sender: Sender::OWNER.to_owned(),
                content: message.text.clone(),
                message_id: receipt.message_id.clone(),
                conversation_id: address.target.clone(),
                metadata: [
                    ChannelMessage::answer_to(message.reply_to.as_deref()),
                    message.metadata.clone(),
                ]
                .concat(),
            };
            self.bus.publish(&Event::ChannelSent(Arc::new(sent)));
        }
        Ok(receipt)
    }
}

/// Whether a text could be the registry name of a channel.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(plain)
}
