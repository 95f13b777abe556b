//! The bridge as a channel: its people are those whose programs are connected
//! to it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{BRIDGE, frame};
use crate::account::Account;
use crate::bus::{AccountStatus, ChannelMessage, ChannelState};
use crate::channels::{Channel, ChannelError, Outbound, Receipt};
use crate::dialects::clients::Clients;
use crate::inbox::{Inbox, session_key};
use crate::store::Sender;

/// The channel `bridge`. Its targets are conversations.
#[derive(Debug)]
pub(crate) struct Programs {
    clients: Arc<Clients>,
    inbox: Arc<Inbox>,
}

impl Programs {
    pub(crate) fn new(clients: Arc<Clients>, inbox: Arc<Inbox>) -> Self {
        Self { clients, inbox }
    }

    /// Keeps the message in the conversation's session, and tells it to who
    /// listens: both once for each key.
    async fn tell(&self, target: &str, message: &Outbound) -> Result<Receipt, ChannelError> {
        if message.text.is_empty() {
            let words = "send needs a message: the bridge takes no other content";
            return Err(ChannelError::Message(words.to_owned()));
        }
        let state = self.clients.account().state;
        if state != ChannelState::Connected {
            return Err(ChannelError::NotConnected(state));
        }
        let session_key = session_key::within(BRIDGE, &[target]);
        let receipt = message.keep_in(&self.inbox, session_key).await?;
        if !receipt.was_known {
            let told = ChannelMessage {
                channel: BRIDGE.to_owned(),
                account: Account::default(),
                sender: Sender::OWNER.to_owned(),
                content: message.text.clone(),
                message_id: receipt.message_id.clone(),
                conversation_id: target.to_owned(),
                metadata: ChannelMessage::answer_to(message.reply_to.as_deref()),
            };
            self.clients.tell(&frame(&told), None);
        }
        Ok(receipt)
    }
}

impl Channel for Programs {
    fn name(&self) -> &'static str {
        BRIDGE
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(self.tell(target, message))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![self.clients.account()]
    }
}
