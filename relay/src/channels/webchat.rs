//! The channel that needs no configuration: whoever reads a session is reached,
//! and targets are session keys.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{AccountStatus, Channel, ChannelError, ChannelState, Outbound, Receipt};
use crate::inbox::{Inbox, WEBCHAT, session_key};

/// The channel.
#[derive(Debug)]
pub struct Webchat {
    inbox: Arc<Inbox>,
    /// Since when it is connected, Unix milliseconds.
    since: i64,
}

impl Webchat {
    /// The sessions of an inbox as a channel.
    #[must_use]
    pub fn new(inbox: Arc<Inbox>, now: i64) -> Self {
        Self { inbox, since: now }
    }

    async fn put(&self, target: &str, message: &Outbound) -> Result<Receipt, ChannelError> {
        let session_key = session_key::canonical(target, None)
            .map_err(|error| ChannelError::Target(error.to_string()))?;
        if message.text.trim().is_empty() {
            return Err(ChannelError::Message(
                "send needs a message: webchat takes no other content".to_owned(),
            ));
        }
        message.keep_in(&self.inbox, session_key).await
    }
}

impl Channel for Webchat {
    fn name(&self) -> &'static str {
        WEBCHAT
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(self.put(target, message))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![AccountStatus::of_relay(ChannelState::Connected, self.since)]
    }
}
