//! The sections `[webhook.NAME]`.

use std::ffi::OsString;
use std::net::IpAddr;

use anyhow::Context as _;
use clawline_core::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::home_path::HomePath;
use super::keys::Config;
use super::secret;
use crate::webhooks::{Patience, Topic, WebhookSettings};

/// A web server that is told what happens on channels.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct Webhook {
    /// Address that gets the deliveries, like `https://example.org/hook`.
    #[schemars(extend("x-form" = "http"))]
    pub url: String,
    /// What it is told: messages that came in, messages that went out, channels
    /// in another state; everything if none is named.
    #[serde(default)]
    pub events: Vec<Topic>,
    /// Channels that it is told of, like `webchat`; all if none is named.
    #[serde(default)]
    #[schemars(extend("x-form" = "name"))]
    pub channels: Vec<String>,
    /// File with the secret that deliveries are signed with.
    #[serde(default)]
    pub secret_file: Option<HomePath>,
    /// Name of the variable that holds the secret, instead of a file.
    #[serde(default)]
    #[schemars(extend("x-form" = "variable"))]
    pub secret_env: Option<String>,
    /// Addresses of this machine or of private networks that deliveries may go
    /// to, like `127.0.0.1`; without them only public ones are.
    #[serde(default)]
    #[schemars(with = "Vec<String>", extend("x-form" = "ip"))]
    pub private_addresses: Vec<IpAddr>,
}

impl Webhook {
    fn secret(&self, variable: impl Fn(&str) -> Option<OsString>) -> anyhow::Result<Secret> {
        let (file, name) = (self.secret_file.as_ref(), self.secret_env.as_deref());
        let found = secret::of_either(file, name, variable)?;
        found.context("give its secret with secret_file or secret_env, one of them")
    }
}

impl Config {
    /// Who is told what happens on channels; `variable` reads the environment,
    /// where secrets may be.
    ///
    /// # Errors
    /// A secret is not to be had.
    pub fn webhooks(
        &self,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> anyhow::Result<Vec<WebhookSettings>> {
        let all = self.webhook.iter().map(|(name, webhook)| {
            let secret = webhook.secret(&variable);
            Ok(WebhookSettings {
                name: name.clone(),
                url: webhook.url.clone(),
                topics: webhook.events.clone(),
                channels: webhook.channels.clone(),
                secret: secret.with_context(|| format!("webhook.{name}"))?,
                private_addresses: webhook.private_addresses.clone(),
                patience: Patience::default(),
            })
        });
        all.collect()
    }
}
