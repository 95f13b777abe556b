//! What WhatsApp is to the relay: people, chats, what came and what goes out, of
//! each account by itself.

mod chats;
mod messages;
mod people;
mod progress;
mod sendings;

pub use chats::Chat;
pub use messages::{Arrived, Fate, NewArrival, UNKNOWN};
pub use people::{Identity, Merge, Person};
pub use progress::{Progress, shown_sending};
pub use sendings::{NewSending, SendState, Sending, Settlement};
pub(super) use sendings::{drop_words_before, forget_words};

use super::Store;
use crate::account::{Account, Via};

/// Registry name of the channel, under which its people have names.
const CHANNEL: &str = "whatsapp_baileys";

/// What is kept of one account. Clones share it.
#[derive(Debug, Clone)]
pub struct Whatsapp {
    store: Store,
    via: Via,
}

impl Store {
    /// What is kept of one account of WhatsApp.
    #[must_use]
    pub fn whatsapp(&self, account: &Account) -> Whatsapp {
        Whatsapp {
            store: self.clone(),
            via: Via::new(CHANNEL, account),
        }
    }
}

impl Whatsapp {
    /// Which account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.via.account
    }

    /// The channel and the account, as people who write are let in by.
    #[must_use]
    pub fn via(&self) -> &Via {
        &self.via
    }

    /// All that the relay keeps.
    #[must_use]
    pub fn relay(&self) -> &Store {
        &self.store
    }

    /// The account, as a value of SQL.
    fn of(&self) -> &str {
        self.via.account.as_str()
    }
}
