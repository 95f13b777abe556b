//! Channels whose accounts are linked by a person, as this protocol tells of them.

use std::sync::Arc;

use clawline_core::wire::extensions::CHANNELS_LINK;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::Gateway;
use super::connections::Audience;
use super::frames::{Event, Failure};
use crate::account::Account as AccountName;
use crate::channels::Channel;
use crate::channels::whatsapp::{Link, LinkState, Linking, LinkingError};
use crate::clock::now_ms;

/// What OpenClaw calls a channel, and what it is called here.
const NAMES: &[(&str, &str)] = &[("whatsapp", "whatsapp_baileys")];

/// The name that a channel has on this wire.
pub(super) fn name_of(channel: &dyn Channel) -> &str {
    wire_name(channel.name())
}

/// The same, by its registry name.
pub(super) fn wire_name(name: &str) -> &str {
    let known = NAMES.iter().find(|(_, ours)| *ours == name);
    known.map_or(name, |(theirs, _)| theirs)
}

/// The registry name of a channel that goes by this one on this wire.
pub(super) fn registry_name(name: &str) -> &str {
    let known = NAMES.iter().find(|(theirs, _)| *theirs == name);
    known.map_or(name, |(_, ours)| ours)
}

/// One account of a channel whose accounts are linked.
pub(super) struct Account {
    pub(super) channel: Arc<dyn Channel>,
    pub(super) id: AccountName,
    pub(super) link: watch::Receiver<Link>,
}

impl Account {
    /// Its channel as one that links.
    ///
    /// # Errors
    /// It does so no longer.
    pub(super) fn linking(&self) -> Result<&dyn Linking, Failure> {
        self.channel.linking().ok_or_else(no_provider)
    }

    /// How it stands now.
    pub(super) fn now(&self) -> Link {
        self.link.borrow().clone()
    }
}

pub(super) fn no_provider() -> Failure {
    Failure::invalid(
        "web login provider is not available: no channel of this gateway is linked by a code",
    )
}

impl From<LinkingError> for Failure {
    fn from(error: LinkingError) -> Self {
        match error {
            LinkingError::Account { .. } | LinkingError::Phone(_) => {
                Self::invalid(error.to_string())
            }
            error => Self::new("UNAVAILABLE", error.to_string()),
        }
    }
}

impl Gateway {
    /// The channels whose accounts are linked by a person.
    pub(super) fn linking_channels(&self) -> impl Iterator<Item = &Arc<dyn Channel>> {
        let all = self.channels.list();
        all.filter(|channel| channel.linking().is_some())
    }

    /// The account that a request is about: of the channel that it names, else of
    /// the first, and there the one that it names, else the first.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn account(
        &self,
        channel: Option<&str>,
        account: Option<&str>,
    ) -> Result<Account, Failure> {
        let is_it = |it: &&Arc<dyn Channel>| {
            channel.is_none_or(|name| name == name_of(&***it) || name == it.name())
        };
        let channel = self
            .linking_channels()
            .find(is_it)
            .ok_or_else(no_provider)?;
        let linking = channel.linking().ok_or_else(no_provider)?;
        let known = linking.accounts();
        let found = match account.filter(|name| !name.is_empty()) {
            Some(name) => AccountName::read(name).ok(),
            None => known.first().cloned(),
        };
        let found = found.and_then(|id| Some((linking.link(&id)?, id)));
        let unknown = || LinkingError::unknown(account.unwrap_or_default(), &known);
        let (link, id) = found.ok_or_else(unknown)?;
        let channel = Arc::clone(channel);
        Ok(Account { channel, id, link })
    }

    /// All accounts of a channel.
    pub(super) fn accounts_of(channel: &Arc<dyn Channel>) -> Vec<Account> {
        let Some(linking) = channel.linking() else {
            return Vec::new();
        };
        let account = |id: AccountName| {
            let link = linking.link(&id)?;
            let channel = Arc::clone(channel);
            Some(Account { channel, id, link })
        };
        linking.accounts().into_iter().filter_map(account).collect()
    }
}

/// Whether a phone is linked. Whose it is may come a moment later.
pub(super) fn is_linked(link: &Link) -> bool {
    let may_be = !matches!(
        link.state,
        LinkState::NotLinked | LinkState::Pairing | LinkState::Expired | LinkState::LoggedOut
    );
    link.state == LinkState::Open || may_be && link.me.is_some()
}

/// Whose phone it is, as OpenClaw says it, and what they are called.
pub(super) fn owner(link: &Link) -> Value {
    let me = link.me.as_ref().filter(|_| is_linked(link));
    json!({
        "e164": me.and_then(|me| me.phone.as_deref()),
        "jid": me.map(|me| me.jid.as_str()),
        "lid": me.and_then(|me| me.lid.as_deref()),
        "name": me.and_then(|me| me.name.as_deref()),
    })
}

/// How an account stands, for everybody who may read: no code is in it.
pub(super) fn told(link: &Link) -> Value {
    let mut told = json!({
        "state": link.state.as_str(),
        "linked": is_linked(link),
        "self": owner(link),
        "reason": link.reason,
        "nextStep": link.next_step,
        "attempts": link.attempts,
        "lastError": link.last_error,
    });
    match link.state {
        LinkState::Installing { step } => told["step"] = json!(step),
        LinkState::Waiting { until_ms } => {
            told["retryInMs"] = json!(until_ms.saturating_sub(now_ms()).max(0));
        }
        _ => {}
    }
    told
}

/// What is told of a link: of its codes nothing.
fn without_codes(link: &Link) -> Link {
    Link {
        qr: None,
        code: None,
        ..link.clone()
    }
}

/// Tells of each change of each account, for as long as the gateway runs.
pub(super) fn follow(gateway: &Arc<Gateway>) {
    let channels: Vec<Arc<dyn Channel>> = gateway.linking_channels().cloned().collect();
    for account in channels.iter().flat_map(Gateway::accounts_of) {
        let of = Arc::clone(gateway);
        gateway.tasks.spawn(follow_one(of, account));
    }
}

async fn follow_one(gateway: Arc<Gateway>, mut account: Account) {
    let mut before = without_codes(&account.link.borrow_and_update());
    while account.link.changed().await.is_ok() {
        let now = without_codes(&account.link.borrow_and_update());
        // A code that took the place of another one is no news.
        if now == before {
            continue;
        }
        let mut payload = told(&now);
        payload["channel"] = json!(name_of(&*account.channel));
        payload["accountId"] = json!(account.id);
        let event = Event::new(CHANNELS_LINK, &payload);
        gateway
            .connections
            .emit(Audience::Scope("operator.read"), &event);
        before = now;
    }
}
