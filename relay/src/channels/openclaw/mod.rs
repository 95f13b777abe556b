//! The channel to an OpenClaw gateway elsewhere. Its targets are that gateway's
//! sessions, and what is said in them comes in.

mod follow;
mod standing;

use std::sync::Arc;

use clawline_core::Key;
use futures_util::future::BoxFuture;

use self::follow::Follower;
use self::standing::Standing;
use super::{AccountStatus, Channel, ChannelError, ChannelState, Outbound, Receipt};
use crate::agents::UpstreamAgent;
use crate::bus::Bus;
use crate::inbox::{Inbox, session_key};
use crate::tasks::Tasks;
use crate::upstream::{AskAgainFailed, Message, SendFailed, SendRefused, Upstream};

/// Its registry name.
pub const OPENCLAW: &str = "openclaw";

/// What stands before the keys of messages that left through the channel.
const SENT: &str = "openclaw:";

/// The channel.
#[derive(Debug)]
pub struct Openclaw {
    /// `None` where nobody configured a gateway.
    line: Option<Line>,
}

#[derive(Debug)]
struct Line {
    upstream: Upstream,
    inbox: Arc<Inbox>,
    follower: Follower,
}

impl Openclaw {
    /// Whether somebody configured a gateway.
    #[must_use]
    pub const fn is_configured(&self) -> bool {
        self.line.is_some()
    }

    /// The channel where nobody configured a gateway.
    #[must_use]
    pub const fn not_configured() -> Self {
        Self { line: None }
    }

    /// The channel over a connection to `url`, whose state also says which of
    /// these agents the gateway does not have.
    pub(crate) fn new(
        upstream: Upstream,
        url: &str,
        agents: Vec<Arc<UpstreamAgent>>,
        inbox: Arc<Inbox>,
        bus: Bus,
        tasks: Tasks,
    ) -> Self {
        let standing = Standing::new(url, bus.clone());
        let follower = Follower::new(upstream.clone(), agents, standing, bus, tasks);
        Self {
            line: Some(Line {
                upstream,
                inbox,
                follower,
            }),
        }
    }
}

impl Line {
    /// Keeps the message here, by which a repeat is known, and hands it to the
    /// outbox, which keeps it until the gateway has it.
    async fn hand_over(&self, target: &str, message: &Outbound) -> Result<Receipt, ChannelError> {
        if message.text.trim().is_empty() || !message.attachments.is_empty() {
            return Err(ChannelError::Message(
                "send needs a message: openclaw takes no other content".to_owned(),
            ));
        }
        let session_key = session_key::within(OPENCLAW, &[target]);
        let receipt = message.keep_in(&self.inbox, session_key).await?;
        let sent = Message {
            key: Some(Key::new(format!("{SENT}{}", message.key))),
            ..Message::new(target, message.text.as_str())
        };
        if receipt.was_known {
            self.send_again(sent).await?;
        } else {
            self.send(sent).await?;
        }
        self.follower.hear(target);
        Ok(receipt)
    }

    async fn send(&self, message: Message) -> Result<(), ChannelError> {
        match self.upstream.send(message).await {
            Ok(sent) => sent.stored().await.or_else(|error| match error {
                SendFailed::NotStored => Err(failed(&error)),
                // It has arrived, or somebody took it back, meanwhile.
                _ => Ok(()),
            }),
            Err(SendRefused::KeyInUse) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Sends what a crash may have kept from the outbox.
    async fn send_again(&self, message: Message) -> Result<(), ChannelError> {
        match self.upstream.ask_again(message).await {
            Ok(_) | Err(AskAgainFailed::Refused(SendRefused::KeyInUse)) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}

fn failed(error: &impl ToString) -> ChannelError {
    ChannelError::Failed(error.to_string())
}

impl Channel for Openclaw {
    fn name(&self) -> &'static str {
        OPENCLAW
    }

    fn connect(&self) -> BoxFuture<'_, Result<(), ChannelError>> {
        if let Some(line) = &self.line {
            line.follower.start();
        }
        Box::pin(std::future::ready(Ok(())))
    }

    /// Hears no more. The agents of the gateway go on to answer.
    fn disconnect(&self) -> BoxFuture<'_, ()> {
        if let Some(line) = &self.line {
            line.follower.stop();
        }
        Box::pin(std::future::ready(()))
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        match &self.line {
            Some(line) => Box::pin(line.hand_over(target, message)),
            None => {
                let refused = ChannelError::NotConnected(ChannelState::NotConfigured);
                Box::pin(std::future::ready(Err(refused)))
            }
        }
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        let account = self.line.as_ref().map(|line| line.follower.account());
        vec![account.unwrap_or_else(standing::not_configured)]
    }
}
