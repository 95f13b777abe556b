//! The sections `[upstream.NAME]`, and whom a gateway of the settings is taken for.

use anyhow::{Context as _, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::home_path::HomePath;
use super::keys::Config;
use crate::passage::PassageSettings;
use crate::upstream::Trust;

/// A gateway elsewhere that this server passes on.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct Upstream {
    /// Address of the gateway, `ws://…` or `wss://…`.
    #[schemars(extend("x-form" = "socket"))]
    pub url: String,
    /// File with the certificate that signed the gateway's, in PEM; without it
    /// those that the system trusts count.
    #[serde(default)]
    ca_file: Option<HomePath>,
    /// SHA-256 of the gateway's certificate, in 64 hexadecimal digits, instead of
    /// a file; colons between them do no harm.
    #[serde(default)]
    #[schemars(extend("x-form" = "fingerprint"))]
    fingerprint: Option<String>,
}

impl Upstream {
    /// Whom the gateway is taken for.
    ///
    /// # Errors
    /// The settings say two things.
    pub fn trust(&self) -> anyhow::Result<Trust> {
        trust(self.ca_file.as_ref(), self.fingerprint.as_deref())
    }
}

impl Config {
    /// The gateways that are passed on.
    ///
    /// # Errors
    /// It is not clear whom one is to be taken for.
    pub fn passages(&self) -> anyhow::Result<Vec<PassageSettings>> {
        let all = self.upstream.iter().map(|(name, upstream)| {
            let trust = upstream.trust();
            Ok(PassageSettings {
                name: name.clone(),
                url: upstream.url.clone(),
                trust: trust.with_context(|| format!("upstream.{name}"))?,
            })
        });
        all.collect()
    }
}

/// Whom a gateway is taken for, from its two keys.
pub(super) fn trust(
    ca_file: Option<&HomePath>,
    fingerprint: Option<&str>,
) -> anyhow::Result<Trust> {
    Ok(match (ca_file, fingerprint) {
        (Some(_), Some(_)) => bail!("there is a ca_file and a fingerprint: give one of them"),
        (Some(file), None) => Trust::CaFile(file.to_path_buf()),
        (None, Some(fingerprint)) => Trust::Pinned(fingerprint.parse()?),
        (None, None) => Trust::System,
    })
}
