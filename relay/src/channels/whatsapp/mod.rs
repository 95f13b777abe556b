//! The channel WhatsApp: accounts that are linked by a code, and for each a
//! [bridge](bridge) that speaks with WhatsApp.
//!
//! A `station` is one account at work. What comes: `intake` puts it on our disk and acknowledges it, `dealing` takes
//! it from there, one after the other in each chat, and `answering` decides what
//! becomes of it by the owner's `rules`. What goes: `outgoing` keeps it under ids
//! of its own, `sending` hands it to the bridge, once.

mod answering;
mod arrival;
mod book;
pub mod bridge;
mod content;
mod dealing;
mod files;
mod intake;
mod link;
pub(crate) mod login;
pub(crate) mod node;
mod notices;
mod outgoing;
mod pace;
mod people;
mod places;
mod rules;
mod sending;
mod split;
mod station;
#[cfg(test)]
mod tests;
mod typing;
mod typists;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all, ready};
use tokio::sync::watch;

pub use self::link::{
    Counts, Installing, Link, LinkState, Linking, LinkingError, Me, Mode, PairCode, Qr, Unlinked,
};
pub use self::rules::Rules;
use self::station::Station;
use super::{AccountStatus, Act, Channel, ChannelError, ChannelState, Outbound, Receipt};
use crate::account::Account;
use crate::bus::Bus;
use crate::inbox::Inbox;
use crate::media::Media;
use crate::store::{Chat, Store, StoreError};
use crate::tasks::Tasks;

/// Registry name of the channel.
pub const NAME: &str = "whatsapp_baileys";

/// What the channel has of the relay.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) store: Store,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) media: Media,
    pub(crate) bus: Bus,
    pub(crate) tasks: Tasks,
}

/// The channel, with its accounts.
#[derive(Debug)]
pub struct Whatsapp {
    /// The one that is meant where none is named first.
    stations: Vec<Station>,
}

/// What the owner says about one account of WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsappSettings {
    /// Which account.
    pub account: Account,
    /// Who is answered, and how.
    pub rules: Rules,
    /// Folder of the sign-in data.
    pub auth_dir: PathBuf,
    /// Folder in which the bridge is laid out, for all accounts.
    pub bridge: PathBuf,
    /// Proxy on the way to WhatsApp, `http://…` or `https://…`; without one the
    /// environment decides.
    pub proxy: Option<String>,
    /// What stands for the bridge and for WhatsApp.
    #[cfg(feature = "test-whatsapp")]
    pub test: Option<bridge::TestBridge>,
}

impl Whatsapp {
    /// The channel with a bridge for each account, of which there is one at least.
    /// Nothing is started before [`Channel::connect`].
    pub(crate) fn new(settings: Vec<WhatsappSettings>, around: &Surroundings) -> Self {
        let station = |settings| Station::new(settings, around.clone());
        Self::of(settings.into_iter().map(station).collect())
    }

    /// The usual account is the one that is meant where none is named, otherwise
    /// the first by its name.
    fn of(mut stations: Vec<Station>) -> Self {
        stations.sort_by_key(|one| (!one.account.is_usual(), one.account.clone()));
        Self { stations }
    }

    fn station(&self, account: &Account) -> Option<&Station> {
        self.stations.iter().find(|one| one.account == *account)
    }

    fn known(&self, account: &Account) -> Result<&Station, LinkingError> {
        self.station(account)
            .ok_or_else(|| LinkingError::unknown(account.as_str(), &Linking::accounts(self)))
    }

    /// Lets agents answer in a conversation of an account again, in which they were
    /// paused. Gives whether they were.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn resume(&self, account: &Account, conversation: &str) -> Result<bool, StoreError> {
        match self.station(account) {
            Some(station) => station.kept.pause_chat(conversation, None).await,
            None => Ok(false),
        }
    }

    /// What is known of all conversations; `pause` says where no agent answers,
    /// and why.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn chats(&self) -> Result<Vec<Chat>, StoreError> {
        let mut chats = Vec::new();
        for station in &self.stations {
            chats.extend(station.kept.chats().await?);
        }
        Ok(chats)
    }

    /// The session of a conversation of an account.
    #[must_use]
    pub fn session_key(account: &Account, conversation: &str) -> String {
        book::session_of(account, conversation)
    }

    /// The account and the conversation of a session, by its key.
    #[must_use]
    pub fn conversation(session_key: &str) -> Option<(Account, String)> {
        let within = session_key
            .strip_prefix("agent:main:")?
            .strip_prefix(NAME)?;
        let account = match within.strip_prefix(':')?.rsplit_once(':') {
            Some((account, _)) => Account::read(account).ok()?,
            None => Account::default(),
        };
        let chat = book::chat_of(&account, session_key)?;
        Some((account, chat))
    }
}

/// How an account stands, in the words of all channels.
fn state_of(state: LinkState) -> ChannelState {
    match state {
        LinkState::Open => ChannelState::Connected,
        LinkState::Off | LinkState::NotLinked | LinkState::Expired => ChannelState::Disconnected,
        LinkState::Installing { .. }
        | LinkState::Starting
        | LinkState::Pairing
        | LinkState::Linking
        | LinkState::Connecting
        | LinkState::Waiting { .. } => ChannelState::Connecting,
        LinkState::Conflict
        | LinkState::LoggedOut
        | LinkState::Forbidden
        | LinkState::TooOld
        | LinkState::NoNode
        | LinkState::Failed => ChannelState::Error,
    }
}

impl Channel for Whatsapp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn connect(&self) -> BoxFuture<'_, Result<(), ChannelError>> {
        for station in &self.stations {
            station.start();
            station.wire.begin(Mode::Resume);
        }
        Box::pin(ready(Ok(())))
    }

    fn disconnect(&self) -> BoxFuture<'_, ()> {
        let ends = join_all(self.stations.iter().map(|station| station.wire.end()));
        Box::pin(async {
            ends.await;
        })
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(async move {
            let account = self.account(message.account.as_ref())?;
            match self.station(&account) {
                Some(station) => station.counter.take(target, message).await,
                None => Err(ChannelError::NotConnected(ChannelState::NotConfigured)),
            }
        })
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        self.stations.iter().map(Station::status).collect()
    }

    fn can(&self, _: Act) -> bool {
        true
    }

    fn followed(&self, session_key: &str) {
        for station in &self.stations {
            station.typists.watch(session_key);
        }
    }

    fn owner_wrote<'a>(&'a self, session_key: &'a str) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(async move {
            let Some((account, chat)) = Self::conversation(session_key) else {
                return Ok(());
            };
            match self.station(&account) {
                Some(station) => Ok(station.owner_wrote(&chat).await?),
                None => Ok(()),
            }
        })
    }

    fn linking(&self) -> Option<&dyn Linking> {
        Some(self)
    }
}

impl Linking for Whatsapp {
    fn accounts(&self) -> Vec<Account> {
        let names = self.stations.iter();
        names.map(|station| station.account.clone()).collect()
    }

    fn link(&self, account: &Account) -> Option<watch::Receiver<Link>> {
        self.station(account).map(|station| station.wire.link())
    }

    fn begin(&self, account: &Account, mode: Mode) -> Result<(), LinkingError> {
        let station = self.known(account)?;
        let mode = match mode {
            Mode::Code { phone } => Mode::code(&phone)?,
            other => other,
        };
        station.wire.begin(mode);
        Ok(())
    }

    fn counts(&self, account: &Account) -> Counts {
        self.station(account)
            .map(Station::counts)
            .unwrap_or_default()
    }

    fn unlink<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<Unlinked, LinkingError>> {
        match self.known(account) {
            Ok(station) => station.wire.unlink(),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}
