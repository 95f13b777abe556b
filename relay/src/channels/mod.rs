//! Ways by which people reach an agent: one trait, and a registry by name.
//!
//! What comes in through a channel goes to the [inbox](crate::inbox); what goes
//! out through one is told on the [bus](crate::bus).

mod address;
pub(crate) mod heard;
mod openclaw;
mod outbound;
mod registry;
mod replies;
mod webchat;
pub mod whatsapp;

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};

pub use self::address::{Address, BadAddress};
pub use self::openclaw::{OPENCLAW, Openclaw};
pub use self::outbound::{Act, Outbound, Receipt};
pub use self::registry::Channels;
pub(crate) use self::replies::send_replies;
pub use self::webchat::Webchat;
pub use self::whatsapp::Linking;
use crate::account::Account;
pub use crate::bus::{AccountStatus, ChannelMessage, ChannelState};
use crate::inbox::{Inbox, Refused};

/// One way by which people reach an agent.
pub trait Channel: Debug + Send + Sync {
    /// Its registry name, like `webchat`.
    fn name(&self) -> &str;

    /// Starts to work, and keeps at it until [`Channel::disconnect`]. Being
    /// connected already is no error. Does nothing where people come by
    /// themselves.
    fn connect(&self) -> BoxFuture<'_, Result<(), ChannelError>> {
        Box::pin(ready(Ok(())))
    }

    /// Stops. What was accepted for sending is kept. Does nothing where people
    /// come by themselves: they may stay as long as the relay is there.
    fn disconnect(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    /// Sends a message to somebody. A repeat with the same key sends nothing
    /// and gives the same receipt. Answers to messages with an
    /// [`answer_to`](crate::inbox::Message::answer_to) come this way too.
    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>>;

    /// Whether it can do this to a message that is there. What it cannot is refused
    /// before it comes here.
    fn can(&self, act: Act) -> bool {
        let _ = act;
        false
    }

    /// How each account stands; at least one. The first is the one that is meant
    /// where none is named.
    fn accounts(&self) -> Vec<AccountStatus>;

    /// Somebody has a session open from now on, which may be one of its own.
    fn followed(&self, session_key: &str) {
        let _ = session_key;
    }

    /// The owner has written in a session by hand, which may be one of its own.
    fn owner_wrote<'a>(&'a self, session_key: &'a str) -> BoxFuture<'a, Result<(), ChannelError>> {
        let _ = session_key;
        Box::pin(ready(Ok(())))
    }

    /// The account of this name; where none is named, the first.
    ///
    /// # Errors
    /// It has no such account.
    fn account(&self, named: Option<&Account>) -> Result<Account, ChannelError> {
        let mut known = self.accounts().into_iter().map(|account| account.id);
        let Some(named) = named else {
            return Ok(known.next().unwrap_or_default());
        };
        let known: Vec<Account> = known.collect();
        if known.contains(named) {
            return Ok(named.clone());
        }
        Err(ChannelError::Account {
            channel: self.name().to_owned(),
            name: named.clone(),
            known: known.iter().map(ToString::to_string).collect(),
        })
    }

    /// How its accounts are linked, where a person links them with a code.
    fn linking(&self) -> Option<&dyn Linking> {
        None
    }

    /// How the channel as a whole stands: connected when one account is, else
    /// as its first.
    fn state(&self) -> ChannelState {
        let accounts = self.accounts();
        if accounts.iter().any(AccountStatus::connected) {
            return ChannelState::Connected;
        }
        accounts
            .first()
            .map_or(ChannelState::NotConfigured, |account| account.state)
    }
}

/// Makes a channel for the inbox that takes in what comes through it.
#[derive(Clone)]
pub struct NewChannel(Arc<MakeChannel>);

type MakeChannel = dyn Fn(Arc<Inbox>) -> Arc<dyn Channel> + Send + Sync;

impl NewChannel {
    /// A channel of your own. See docs/CHANNELS.md.
    pub fn new(make: impl Fn(Arc<Inbox>) -> Arc<dyn Channel> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// The channel.
    #[must_use]
    pub fn make(&self, inbox: Arc<Inbox>) -> Arc<dyn Channel> {
        (self.0)(inbox)
    }
}

impl Debug for NewChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewChannel")
    }
}

/// Why a message did not go out, or a channel does not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// No channel has this name.
    #[error("unsupported channel: {name} (this gateway has {})", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The channel has no account of this name.
    #[error("the channel {channel} has no account {name:?} (it has {})", known.join(", "))]
    Account {
        /// Its registry name.
        channel: String,
        /// What was asked for.
        name: Account,
        /// What there is.
        known: Vec<String>,
    },
    /// A bare target, and several channels that it could be for.
    #[error("say which channel, as in NAME:{0}")]
    Ambiguous(String),
    /// The target names nobody.
    #[error("{0}")]
    Target(String),
    /// The message is none that this channel can send.
    #[error("{0}")]
    Message(String),
    /// The channel has no such thing.
    #[error("the channel {channel} has no way to {} a message", act.as_str())]
    Cannot {
        /// Its registry name.
        channel: String,
        /// What was asked for.
        act: Act,
    },
    /// The channel is not connected, with its state.
    #[error("the channel is {}", .0.as_str())]
    NotConnected(ChannelState),
    /// The key was used for something else.
    #[error(
        "this idempotency key was used for other input; look into the history, and send with a new key"
    )]
    Conflict,
    /// It did not work, in words for people that hold no secret.
    #[error("{0}")]
    Failed(String),
    /// It could not be stored.
    #[error(transparent)]
    Refused(#[from] Refused),
}

#[cfg(test)]
mod tests;
