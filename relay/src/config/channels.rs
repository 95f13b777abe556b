//! The section `[channel]`, as OpenJarvis writes it, and what belongs below it.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clawline_core::Backoff;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::home_path::HomePath;
use super::keys::Config;
use super::secret::TOKEN_VARIABLE;
use super::upstreams::trust;
use super::whatsapp::WhatsappBaileys;
use crate::account::{Account, Via};
use crate::channels::OPENCLAW;
use crate::channels::whatsapp::NAME as WHATSAPP;
use crate::dialects::bridge::BRIDGE;
use crate::dialects::chat::CHANNEL as CHAT;
use crate::dialects::hub::CHANNEL as HUB;
use crate::dialects::jsonrpc::CALLS;
use crate::inbox::WEBCHAT;
use crate::inbox::policy::{self, Rule};
use crate::upstream::{self, Source, Trust};

/// The channel `openclaw`: an OpenClaw gateway that is called.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct Channel {
    /// Whether channels are reached over HTTP, and whether the channel
    /// `openclaw` is configured. A written `false` ends both, and turns off
    /// WhatsApp too, where that has no switch of its own.
    enabled: Option<bool>,
    /// Address of the gateway that is called.
    #[schemars(extend("x-form" = "socket"))]
    pub gateway_url: String,
    /// File with the certificate that signed that gateway's, in PEM; without it
    /// those that the system trusts count.
    ca_file: Option<HomePath>,
    /// SHA-256 of that gateway's certificate, in 64 hexadecimal digits, instead
    /// of a file; colons between them do no harm.
    #[schemars(extend("x-form" = "fingerprint"))]
    fingerprint: Option<String>,
    /// Agent that answers: `echo`, `none`, `openai`, `simple` (the default agent
    /// of the gateway), or the name of one of the gateway's agents.
    #[schemars(extend("x-form" = "name"))]
    pub default_agent: String,
    /// Seconds between two attempts to connect; a growing wait if none are given.
    #[schemars(range(min = 0.1, max = 3600))]
    reconnect_interval: Option<f64>,
    /// Which single people are answered.
    #[schemars(extend("x-unused" = true))]
    pub dm_policy: Policy,
    /// Which groups are answered.
    #[schemars(extend("x-unused" = true))]
    pub group_policy: Policy,
    /// Senders and groups that are answered under `allowlist`.
    #[schemars(extend("x-unused" = true))]
    pub allow_from: Vec<String>,
    webchat: Webchat,
    chat: Chat,
    bridge: Answered,
    hub: Answered,
    calls: Answered,
    /// The channel WhatsApp, once it has a section.
    whatsapp_baileys: Option<WhatsappBaileys>,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            enabled: None,
            gateway_url: "ws://127.0.0.1:18789/ws".to_owned(),
            ca_file: None,
            fingerprint: None,
            default_agent: "simple".to_owned(),
            reconnect_interval: None,
            dm_policy: Policy::Pairing,
            group_policy: Policy::Allowlist,
            allow_from: Vec::new(),
            webchat: Webchat::default(),
            chat: Chat::default(),
            bridge: Answered::default(),
            hub: Answered::default(),
            calls: Answered::default(),
            whatsapp_baileys: None,
        }
    }
}

impl Channel {
    /// The constant wait between attempts; `None` for the usual growing one.
    #[must_use]
    pub fn reconnect_interval(&self) -> Option<Duration> {
        let seconds = self.reconnect_interval?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// Whom the gateway is taken for.
    ///
    /// # Errors
    /// The settings say two things.
    pub fn trust(&self) -> anyhow::Result<Trust> {
        trust(self.ca_file.as_ref(), self.fingerprint.as_deref())
    }

    pub(super) fn is_off(&self) -> bool {
        self.enabled == Some(false)
    }

    pub(super) fn is_configured(&self) -> bool {
        self.enabled == Some(true)
    }

    pub(super) fn webchat(&self) -> Option<&Webchat> {
        self.webchat.enabled.then_some(&self.webchat)
    }

    pub(super) fn chat(&self) -> &Chat {
        &self.chat
    }

    /// Who answers on each channel that names somebody, by registry name.
    pub(super) fn named_agents(&self) -> BTreeMap<String, String> {
        let webchat = self.webchat().and_then(|own| own.default_agent.as_ref());
        let openclaw = self.is_configured().then_some(&self.default_agent);
        let whatsapp = self.whatsapp_baileys();
        let whatsapp = whatsapp.and_then(|own| own.default_agent.as_ref().or(openclaw));
        let all = [
            (WEBCHAT, webchat),
            (OPENCLAW, openclaw),
            (CHAT, self.chat.default_agent.as_ref()),
            (BRIDGE, self.bridge.default_agent.as_ref()),
            (HUB, self.hub.default_agent.as_ref()),
            (CALLS, self.calls.default_agent.as_ref()),
            (WHATSAPP, whatsapp),
        ];
        let named = all.into_iter().filter_map(|(channel, agent)| {
            let agent = agent?.clone();
            Some((channel.to_owned(), agent))
        });
        named.collect()
    }

    /// Who answers on each account that names somebody else than its channel does.
    pub(super) fn named_by_account(&self) -> BTreeMap<Via, String> {
        let Some(whatsapp) = self.whatsapp_baileys() else {
            return BTreeMap::new();
        };
        let named = |(account, own): (Account, WhatsappBaileys)| {
            let agent = own.default_agent?;
            let is_other = whatsapp.default_agent.as_ref() != Some(&agent);
            is_other.then(|| (Via::new(WHATSAPP, &account), agent))
        };
        whatsapp.accounts().into_iter().filter_map(named).collect()
    }

    pub(super) fn has_whatsapp_section(&self) -> bool {
        self.whatsapp_baileys.is_some()
    }

    pub(super) fn whatsapp_baileys(&self) -> Option<&WhatsappBaileys> {
        let whatsapp = self.whatsapp_baileys.as_ref()?;
        let is_on = whatsapp.enabled.or(self.enabled).unwrap_or(true);
        is_on.then_some(whatsapp)
    }
}

/// Who is answered on a channel that reaches strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Whom the owner let in when they first wrote.
    Pairing,
    /// Whom `allow_from` names.
    Allowlist,
    /// Everybody.
    Open,
    /// Nobody.
    Disabled,
}

impl From<Policy> for Rule {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Pairing => Self::Pairing,
            Policy::Allowlist => Self::Allowlist,
            Policy::Open => Self::Open,
            Policy::Disabled => Self::Disabled,
        }
    }
}

impl Config {
    /// The gateway that is called, with what is kept for it below `data_dir`, if
    /// the channel `openclaw` is configured. `variable` reads the environment,
    /// where its token may be.
    ///
    /// # Errors
    /// It is not clear whom that gateway is to be taken for.
    pub fn called_gateway(
        &self,
        variable: impl Fn(&str) -> Option<OsString>,
        data_dir: &Path,
    ) -> anyhow::Result<Option<upstream::Config>> {
        let Some(channel) = self.openclaw() else {
            return Ok(None);
        };
        let folder = data_dir.join("openclaw");
        let version = env!("CARGO_PKG_VERSION");
        let mut config = upstream::Config::new(&*channel.gateway_url, folder, version);
        config.trust = channel.trust().context("channel")?;
        let has_token = variable(TOKEN_VARIABLE).is_some_and(|token| !token.is_empty());
        config.token = has_token.then(|| Source::Environment(TOKEN_VARIABLE.to_owned()));
        if let Some(wait) = channel.reconnect_interval() {
            config.backoff = Backoff::constant(wait);
        }
        Ok(Some(config))
    }

    /// Who is answered on the accounts that strangers reach.
    #[must_use]
    pub fn policies(&self) -> HashMap<Via, policy::Policy> {
        let whatsapp = self.whatsapp_accounts().into_iter();
        let whatsapp = whatsapp.map(|(account, own)| (Via::new(WHATSAPP, &account), own.policy()));
        let chat = self.chat();
        let chat = policy::Policy {
            people: chat.dm_policy.into(),
            groups: chat.group_policy.into(),
            allow_from: chat.allow_from.clone(),
            group_and_sender: false,
        };
        whatsapp.chain([(CHAT.into(), chat)]).collect()
    }
}

/// The channel of the dialect `chat`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct Chat {
    /// Agent that answers; as on the page's channel if none is named.
    #[schemars(extend("x-form" = "name"))]
    default_agent: Option<String>,
    /// Which single senders are answered.
    pub dm_policy: Policy,
    /// Which groups are answered.
    pub group_policy: Policy,
    /// Senders and groups that are answered under `allowlist`.
    pub allow_from: Vec<String>,
}

impl Default for Chat {
    /// As the original: whoever comes in is answered.
    fn default() -> Self {
        Self {
            default_agent: None,
            dm_policy: Policy::Open,
            group_policy: Policy::Open,
            allow_from: Vec::new(),
        }
    }
}

/// The channel of a dialect of which only this can be said.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Answered {
    /// Agent that answers; as on the page's channel if none is named, but on
    /// `calls` nobody.
    #[schemars(extend("x-form" = "name"))]
    default_agent: Option<String>,
}

/// The channel of the page.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct Webchat {
    /// Whether the page's channel is configured.
    enabled: bool,
    /// Agent that answers; `openai` where it is configured and otherwise `echo`
    /// if none is named.
    #[schemars(extend("x-form" = "name"))]
    pub default_agent: Option<String>,
}

impl Default for Webchat {
    fn default() -> Self {
        Self {
            enabled: true,
            default_agent: None,
        }
    }
}
