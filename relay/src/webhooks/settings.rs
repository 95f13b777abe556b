//! What the owner decided about one webhook.

use std::net::IpAddr;
use std::time::Duration;

use clawline_core::Secret;
use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a webhook may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// A message came in.
    Received,
    /// A message went out, or an agent answered.
    Sent,
    /// A channel is in another state.
    Status,
}

impl Topic {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Status => "status",
        }
    }
}

/// How long is waited for a receiver.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For one answer.
    pub answer: Duration,
    /// Before the second attempt; the wait doubles with each.
    pub first: Duration,
    /// The longest wait between two attempts.
    pub longest: Duration,
    /// From the event until it is set aside.
    pub in_all: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(15),
            first: Duration::from_secs(2),
            longest: Duration::from_secs(600),
            in_all: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// One webhook.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Its name.
    pub name: String,
    /// Where deliveries go.
    pub url: String,
    /// What it is told; everything if none is named.
    pub topics: Vec<Topic>,
    /// Channels that it is told of; all if none is named.
    pub channels: Vec<String>,
    /// What deliveries are signed with.
    pub secret: Secret,
    /// Addresses inside private networks that it may be at.
    pub private_addresses: Vec<IpAddr>,
    /// How long is waited for it.
    pub patience: Patience,
}

impl WebhookSettings {
    pub(super) fn wants(&self, topic: Topic, channel: &str) -> bool {
        let (topics, channels) = (&self.topics, &self.channels);
        (topics.is_empty() || topics.contains(&topic))
            && (channels.is_empty() || channels.iter().any(|one| one == channel))
    }

    pub(super) fn address(&self) -> Result<Url, BadWebhook> {
        let url = Url::parse(&self.url).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        url.ok_or_else(|| BadWebhook::Url(self.name.clone()))
    }
}

/// Why a webhook cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadWebhook {
    /// Its address is none.
    #[error("webhook.{0}: url must be an http or https address")]
    Url(String),
    /// Its secret is easy to guess.
    #[error(
        "webhook.{0}: the secret is too short or no base64 after whsec_; make one with `openssl rand -hex 32`"
    )]
    Secret(String),
    /// Its address is inside a private network, and nobody named it.
    #[error(
        "webhook.{name}: {address} is an address of this machine or a private network; if deliveries shall go there, add private_addresses = [\"{address}\"]"
    )]
    Private {
        /// The webhook.
        name: String,
        /// The address.
        address: IpAddr,
    },
    /// There is no TLS.
    #[error("webhook.{name}: {why}")]
    Tls {
        /// The webhook.
        name: String,
        /// What is wrong.
        why: String,
    },
}
