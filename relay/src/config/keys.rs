//! The keys of `clawline.toml`. What stands here is all that the program knows
//! of them: their names, types, defaults and meaning, the names of their
//! variables, and docs/CONFIG.md.
//!
//! A part of this version that nothing reads yet is marked `x-unused`; the
//! mark goes when the part comes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::Access;
use super::agents::{Agents, OpenAi};
use super::channels::{Channel, Chat, Webchat};
use super::home_path::HomePath;
use super::retention::Retention;
use super::setup::NamedGateway;
use super::upstreams::Upstream;
use super::webhooks::Webhook;
use super::whatsapp::WhatsappBaileys;
use crate::account::Via;
use crate::dialects::gateway::PairMode;

/// Everything that can be set.
///
/// A part that is turned off has no value here: its accessor gives `None`, and
/// whoever asks for it is told `not_configured`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct Config {
    /// Addresses to listen at; port 0 takes a free one.
    #[schemars(with = "Vec<String>", extend("x-form" = "address"))]
    pub listen: Vec<SocketAddr>,
    /// Addresses at which the pages of the dialect `hub` find it at `/`.
    #[schemars(with = "Vec<String>", extend("x-form" = "address"))]
    pub hub_listen: Vec<SocketAddr>,
    /// Gateways that the page may connect to, like `ws://127.0.0.1:18789`.
    pub gateway: Vec<NamedGateway>,
    /// File with the token that clients of the embedded gateway must give; the
    /// variable `OPENCLAW_GATEWAY_TOKEN` holds the token itself.
    pub token_file: Option<HomePath>,
    /// Which new devices wait for your approval: those from other machines
    /// (`auto`), or all.
    pub pair: Pair,
    /// Folder of the built page.
    pub page: HomePath,
    /// Other names under which this server is called, like `chat.example.org`.
    #[schemars(extend("x-form" = "host"))]
    pub host: Vec<String>,
    /// Other pages that may use the gateway, like `https://chat.example.org` or
    /// `tauri://localhost`.
    #[schemars(extend("x-form" = "origin"))]
    pub origin: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed, like `127.0.0.1`.
    #[schemars(with = "Vec<String>", extend("x-form" = "ip"))]
    pub proxy: Vec<IpAddr>,
    /// Path under which a proxy shows this server, like `/claw`.
    #[schemars(extend("x-form" = "base-path"))]
    pub base_path: String,
    /// Folder for sessions, history and devices; `clawline` in the platform's
    /// data folder if none is named.
    pub data_dir: Option<HomePath>,
    channel: Channel,
    agent: Agents,
    dialect: Dialects,
    /// How long messages are kept: their words and files, for a key and the
    /// outcome stay for ever.
    pub retention: Retention,
    pub(super) access: Access,
    /// Gateways that this server passes on at `/upstream/NAME`, by name.
    pub upstream: BTreeMap<String, Upstream>,
    /// Web servers that are told what happens on channels, by name.
    pub webhook: BTreeMap<String, Webhook>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 18_790))],
            hub_listen: Vec::new(),
            gateway: Vec::new(),
            token_file: None,
            pair: Pair::Auto,
            page: HomePath::relative("dist"),
            host: Vec::new(),
            origin: Vec::new(),
            proxy: Vec::new(),
            base_path: "/".to_owned(),
            data_dir: None,
            channel: Channel::default(),
            agent: Agents::default(),
            dialect: Dialects::default(),
            retention: Retention::default(),
            access: Access::default(),
            upstream: BTreeMap::new(),
            webhook: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The channel `openclaw`, if it is configured.
    #[must_use]
    pub fn openclaw(&self) -> Option<&Channel> {
        self.channel.is_configured().then_some(&self.channel)
    }

    /// The channel `webchat`, if it is configured.
    #[must_use]
    pub fn webchat(&self) -> Option<&Webchat> {
        self.channel.webchat()
    }

    /// Who answers on each channel that names somebody, by registry name.
    pub(super) fn named_agents(&self) -> BTreeMap<String, String> {
        self.channel.named_agents()
    }

    /// Who answers on each account that names somebody.
    pub(super) fn named_by_account(&self) -> BTreeMap<Via, String> {
        self.channel.named_by_account()
    }

    /// The channel `chat`.
    #[must_use]
    pub fn chat(&self) -> &Chat {
        self.channel.chat()
    }

    /// Whether something is said of WhatsApp, and be it that it is off.
    pub(crate) fn has_whatsapp_section(&self) -> bool {
        self.channel.has_whatsapp_section()
    }

    /// The channel `whatsapp_baileys`, if it is configured.
    #[must_use]
    pub fn whatsapp_baileys(&self) -> Option<&WhatsappBaileys> {
        self.channel.whatsapp_baileys()
    }

    /// The agent `openai`, if it is configured.
    #[must_use]
    pub fn openai(&self) -> Option<&OpenAi> {
        self.agent.openai()
    }

    /// Whether channels are to be reached over HTTP: `channel.enabled = false`
    /// turns that off.
    #[must_use]
    pub fn has_channels(&self) -> bool {
        !self.channel.is_off()
    }

    /// The dialects that are spoken.
    #[must_use]
    pub fn dialects(&self) -> Vec<Dialect> {
        let mut all = Dialect::ALL.to_vec();
        all.retain(|dialect| self.speaks(*dialect));
        all
    }

    /// Whether a dialect is spoken.
    #[must_use]
    pub fn speaks(&self, dialect: Dialect) -> bool {
        let dialects = &self.dialect;
        let switch = match dialect {
            Dialect::Gateway => &dialects.gateway,
            Dialect::Chat => &dialects.chat,
            Dialect::Bridge => &dialects.bridge,
            Dialect::JsonRpc => &dialects.jsonrpc,
            Dialect::Hub => &dialects.hub,
        };
        switch.enabled
    }
}

/// Which new devices wait for the owner.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Pair {
    /// Those from other machines; pages and programs of this one come in at once.
    Auto,
    /// All.
    Always,
}

impl From<Pair> for PairMode {
    fn from(pair: Pair) -> Self {
        match pair {
            Pair::Auto => Self::Auto,
            Pair::Always => Self::Always,
        }
    }
}

/// The wire protocols that the relay serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OpenClaw's protocol 4.
    Gateway,
    /// The openclaw-websocket plugin's.
    Chat,
    /// OpenJarvis's.
    Bridge,
    /// agenticai's.
    JsonRpc,
    /// The tunnel's.
    Hub,
}

impl Dialect {
    /// All.
    pub const ALL: [Self; 5] = [
        Self::Gateway,
        Self::Chat,
        Self::Bridge,
        Self::JsonRpc,
        Self::Hub,
    ];
}

#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Dialects {
    #[schemars(extend("x-unused" = true))]
    gateway: Switch,
    chat: Switch,
    bridge: Switch,
    jsonrpc: Switch,
    hub: Switch,
}

#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Switch {
    /// Whether this dialect is spoken.
    enabled: bool,
}

impl Default for Switch {
    fn default() -> Self {
        Self { enabled: true }
    }
}
