//! The section `[channel.whatsapp_baileys]`, as OpenJarvis writes it, and the
//! accounts below it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::channels::Policy;
use super::home_path::HomePath;
use super::keys::Config;
use crate::account::Account;
use crate::channels::whatsapp::{Rules, WhatsappSettings};
use crate::inbox::policy;

/// Most accounts: each is a process, and a label of what is counted.
const MOST_ACCOUNTS: usize = 16;

/// The channel WhatsApp.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct WhatsappBaileys {
    /// Whether WhatsApp is configured; as `channel.enabled` says if it is not
    /// written, and on if that is not written either.
    pub(super) enabled: Option<bool>,
    /// Folder of the sign-in data; one in the data folder if it is empty.
    #[schemars(extend("x-form" = "usual-path"))]
    auth_dir: HomePath,
    /// Proxy on the way to WhatsApp and to npm's registry, as `http://HOST:PORT`;
    /// as the variable `HTTPS_PROXY` says if none is named. One that wants a
    /// password is named there.
    #[schemars(extend("x-form" = "http"))]
    pub proxy: Option<String>,
    /// Name that stands before an answer where you linked your own phone.
    pub assistant_name: String,
    /// Whether the linked number is the assistant's own; otherwise it is yours,
    /// and what you write yourself is never answered.
    pub assistant_has_own_number: bool,
    /// Agent that answers; as `channel.default_agent` says if none is named.
    #[schemars(extend("x-form" = "name"))]
    pub default_agent: Option<String>,
    /// Which single people are answered.
    pub dm_policy: Policy,
    /// Which groups are answered.
    pub group_policy: Policy,
    /// Numbers and groups that are answered under `allowlist`. In a group both
    /// the group and whoever writes must be named.
    pub allow_from: Vec<String>,
    /// Whether you are answered in the chat that your number has with itself,
    /// where you linked your own phone.
    pub answer_own_chat: bool,
    /// How many minutes old a message may be that is answered; an older one is
    /// only shown.
    #[schemars(range(min = 1, max = 1440))]
    pub answer_within_minutes: u32,
    /// How many messages of one chat are answered within an hour. With the next
    /// one agents pause in that chat until you let them.
    #[schemars(range(min = 1, max = 10000))]
    pub answers_per_hour: u32,
    /// An account beside the one that this channel has anyway, which is called
    /// `default`: each has a phone, conversations and senders of its own. What it
    /// says holds for it, and what it does not say holds as for the channel.
    #[schemars(
        with = "BTreeMap<String, WhatsappAccount>",
        extend("x-form" = "account")
    )]
    accounts: BTreeMap<Account, WhatsappAccount>,
}

/// One of several accounts. What it does not say is as the channel has it.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct WhatsappAccount {
    /// Whether this account is used; it is if nothing is written.
    enabled: Option<bool>,
    /// Folder of the sign-in data; one in the data folder if it is empty, and never
    /// that of the channel.
    #[schemars(extend("x-form" = "usual-path"))]
    auth_dir: Option<HomePath>,
    /// Proxy on the way to WhatsApp.
    #[schemars(extend("x-form" = "http"))]
    proxy: Option<String>,
    /// Name that stands before an answer where you linked your own phone.
    assistant_name: Option<String>,
    /// Whether the linked number is the assistant's own.
    assistant_has_own_number: Option<bool>,
    /// Agent that answers.
    #[schemars(extend("x-form" = "name"))]
    default_agent: Option<String>,
    /// Which single people are answered.
    dm_policy: Option<Policy>,
    /// Which groups are answered.
    group_policy: Option<Policy>,
    /// Numbers and groups that are answered under `allowlist`, instead of those
    /// that the channel names.
    allow_from: Option<Vec<String>>,
    /// Whether you are answered in the chat that the number has with itself.
    answer_own_chat: Option<bool>,
    /// How many minutes old a message may be that is answered.
    #[schemars(range(min = 1, max = 1440))]
    answer_within_minutes: Option<u32>,
    /// How many messages of one chat are answered within an hour.
    #[schemars(range(min = 1, max = 10000))]
    answers_per_hour: Option<u32>,
}

impl Default for WhatsappBaileys {
    fn default() -> Self {
        Self {
            enabled: None,
            auth_dir: HomePath::relative(""),
            proxy: None,
            assistant_name: "Jarvis".to_owned(),
            assistant_has_own_number: false,
            default_agent: None,
            dm_policy: Policy::Pairing,
            group_policy: Policy::Allowlist,
            allow_from: Vec::new(),
            answer_own_chat: false,
            answer_within_minutes: 15,
            answers_per_hour: 60,
            accounts: BTreeMap::new(),
        }
    }
}

impl WhatsappBaileys {
    /// The accounts that are used, each with what holds for it.
    #[must_use]
    pub fn accounts(&self) -> BTreeMap<Account, Self> {
        let usual = Account::default();
        let mut named = self.accounts.clone();
        named.entry(usual.clone()).or_default();
        let on = named
            .into_iter()
            .filter(|(_, own)| own.enabled != Some(false));
        let whole = on.map(|(account, own)| {
            let of_channel = self.auth_dir.clone();
            let mut whole = self.with(own);
            if account == usual && whole.auth_dir().is_none() {
                whole.auth_dir = of_channel;
            }
            (account, whole)
        });
        whole.collect()
    }

    fn with(&self, own: WhatsappAccount) -> Self {
        Self {
            enabled: self.enabled,
            auth_dir: own.auth_dir.unwrap_or_else(|| HomePath::relative("")),
            proxy: own.proxy.or_else(|| self.proxy.clone()),
            assistant_name: own
                .assistant_name
                .unwrap_or_else(|| self.assistant_name.clone()),
            assistant_has_own_number: own
                .assistant_has_own_number
                .unwrap_or(self.assistant_has_own_number),
            default_agent: own.default_agent.or_else(|| self.default_agent.clone()),
            dm_policy: own.dm_policy.unwrap_or(self.dm_policy),
            group_policy: own.group_policy.unwrap_or(self.group_policy),
            allow_from: own.allow_from.unwrap_or_else(|| self.allow_from.clone()),
            answer_own_chat: own.answer_own_chat.unwrap_or(self.answer_own_chat),
            answer_within_minutes: own
                .answer_within_minutes
                .unwrap_or(self.answer_within_minutes),
            answers_per_hour: own.answers_per_hour.unwrap_or(self.answers_per_hour),
            accounts: BTreeMap::new(),
        }
    }

    /// What an account starts from, with what holds for it; what it keeps is below
    /// `data_dir`.
    #[must_use]
    pub fn settings(&self, account: &Account, data_dir: &Path) -> WhatsappSettings {
        let folder = data_dir.join("whatsapp");
        let auth_dir = self.auth_dir().map(|own| own.to_path_buf());
        WhatsappSettings {
            account: account.clone(),
            rules: Rules {
                assistant_name: self.assistant_name.clone(),
                has_own_number: self.assistant_has_own_number,
                answers_own_chat: self.answer_own_chat,
                oldest: Duration::from_secs(u64::from(self.answer_within_minutes) * 60),
                hourly: self.answers_per_hour,
            },
            auth_dir: auth_dir.unwrap_or_else(|| folder.join(account.as_str())),
            bridge: folder,
            proxy: self.proxy.clone(),
            #[cfg(feature = "test-whatsapp")]
            test: None,
        }
    }

    /// Who is answered.
    pub(super) fn policy(&self) -> policy::Policy {
        policy::Policy {
            people: self.dm_policy.into(),
            groups: self.group_policy.into(),
            allow_from: self.allow_from.clone(),
            group_and_sender: true,
        }
    }

    /// The folder of the sign-in data; `None` for the usual one.
    #[must_use]
    pub fn auth_dir(&self) -> Option<&HomePath> {
        let named = !self.auth_dir.as_os_str().is_empty();
        named.then_some(&self.auth_dir)
    }
}

impl Config {
    /// The accounts of WhatsApp that are used, each with what holds for it; none
    /// where it is not configured.
    #[must_use]
    pub fn whatsapp_accounts(&self) -> BTreeMap<Account, WhatsappBaileys> {
        let whatsapp = self.whatsapp_baileys();
        whatsapp.map(WhatsappBaileys::accounts).unwrap_or_default()
    }

    /// What the accounts of WhatsApp start from; what they keep is below `data_dir`.
    ///
    /// # Errors
    /// There are too many, or two have one folder.
    pub fn whatsapp_settings(&self, data_dir: &Path) -> anyhow::Result<Vec<WhatsappSettings>> {
        let accounts = self.whatsapp_accounts();
        if accounts.len() > MOST_ACCOUNTS {
            bail!(
                "channel.whatsapp_baileys has {} accounts: {MOST_ACCOUNTS} are the most",
                accounts.len()
            );
        }
        let all = accounts
            .iter()
            .map(|(name, own)| own.settings(name, data_dir));
        let all: Vec<WhatsappSettings> = all.collect();
        let mut folders = BTreeMap::new();
        for one in &all {
            if let Some(other) = folders.insert(&one.auth_dir, &one.account) {
                bail!(
                    "the accounts {other} and {} of channel.whatsapp_baileys have one folder of sign-in data, {}: \
                     give each its own auth_dir, or none",
                    one.account,
                    one.auth_dir.display()
                );
            }
        }
        Ok(all)
    }
}
