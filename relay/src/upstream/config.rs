//! Which gateway, as whom, and how patiently.

use std::fmt;
use std::path::{Path, PathBuf};

use clawline_core::engine;
use clawline_core::{Backoff, Bounds, Credentials, DeviceToken, GatewayId, Profile, Secret};

use super::{EventBounds, Trust};

/// A token's or a password's file is this long at most, in bytes.
const LONGEST_SECRET: u64 = 16 * 1024;

/// Where a secret comes from. It is read at each attempt to connect: one that
/// was changed counts at the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// This text.
    Text(Secret),
    /// This file, without white space around.
    File(PathBuf),
    /// This variable of the environment.
    Environment(String),
}

/// What to connect to, and how.
#[derive(Clone)]
pub struct Config {
    /// `ws://HOST:PORT/PATH` or `wss://…`.
    pub address: String,
    /// Whom a `wss` address is taken for.
    pub trust: Trust,
    /// The gateway's shared token.
    pub token: Option<Source>,
    /// The gateway's shared password.
    pub password: Option<Source>,
    /// The folder of the device's key, made when it is not there.
    pub folder: PathBuf,
    /// Who this client says it is, and the scopes it asks for. The first digits
    /// of the device's id are added to its display name.
    pub profile: Profile,
    /// Waits between attempts.
    pub backoff: Backoff,
    /// How much the outbox holds.
    pub outbox: Bounds,
    /// How much may wait for one listener.
    pub events: EventBounds,
}

impl Config {
    /// The defaults: the system's certificates, no secret, an operator that
    /// reads and writes. `version` is the caller's own.
    #[must_use]
    pub fn new(address: impl Into<String>, folder: impl Into<PathBuf>, version: &str) -> Self {
        let mut profile = Profile::program(version);
        // The gateway pins it to the device.
        std::env::consts::OS.clone_into(&mut profile.client.platform);
        profile.client.display_name = Some("clawline-relay".to_owned());
        profile
            .scopes
            .retain(|scope| matches!(scope.as_str(), "operator.read" | "operator.write"));
        Self {
            address: address.into(),
            trust: Trust::System,
            token: None,
            password: None,
            folder: folder.into(),
            profile,
            backoff: Backoff::default(),
            outbox: Bounds::default(),
            events: EventBounds::default(),
        }
    }

    pub(super) fn sign_in(&self) -> SignIn {
        SignIn {
            token: self.token.clone(),
            password: self.password.clone(),
        }
    }

    pub(super) fn engine(&self) -> engine::Config {
        engine::Config {
            backoff: self.backoff.clone(),
            bounds: self.outbox,
            ..engine::Config::new(self.profile.clone())
        }
    }
}

impl fmt::Debug for Config {
    /// The address may hold a secret in its query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("gateway", &GatewayId::parse(&self.address))
            .field("trust", &self.trust)
            .field("token", &self.token)
            .field("password", &self.password)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The secrets of one attempt.
#[derive(Debug, Clone)]
pub(super) struct SignIn {
    pub(super) token: Option<Source>,
    pub(super) password: Option<Source>,
}

impl SignIn {
    /// Reads them; or says, in words for people, what is wrong.
    pub(super) async fn credentials(
        &self,
        device_token: Option<DeviceToken>,
    ) -> Result<Credentials, String> {
        Ok(Credentials {
            token: read(self.token.as_ref()).await?,
            password: read(self.password.as_ref()).await?,
            bootstrap_token: None,
            device_token,
        })
    }
}

async fn read(source: Option<&Source>) -> Result<Option<Secret>, String> {
    let (text, place) = match source {
        None => return Ok(None),
        Some(Source::Text(secret)) => return Ok(Some(secret.clone())),
        Some(Source::File(path)) => (read_file(path).await?, path.display().to_string()),
        Some(Source::Environment(name)) => {
            let text = std::env::var(name).map_err(|error| format!("${name}: {error}"))?;
            (text, format!("${name}"))
        }
    };
    match text.trim() {
        "" => Err(format!("{place} is empty")),
        text => Ok(Some(Secret::new(text))),
    }
}

async fn read_file(path: &Path) -> Result<String, String> {
    use tokio::io::AsyncReadExt as _;
    let mut text = String::new();
    let reading = async {
        let file = tokio::fs::File::open(path).await?;
        file.take(LONGEST_SECRET).read_to_string(&mut text).await
    };
    let read = reading.await;
    read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_read_from_where_it_is_kept_and_never_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let file = SignIn {
            token: Some(Source::File(path.clone())),
            password: Some(Source::Text(Secret::new("pass"))),
        };
        let missing = file.credentials(None).await.unwrap_err();
        assert!(missing.contains("token cannot be read"), "{missing}");
        std::fs::write(&path, " \n").unwrap();
        let empty = file.credentials(None).await.unwrap_err();
        assert!(empty.contains("is empty"), "{empty}");
        std::fs::write(&path, " secret\n").unwrap();
        let read = file.credentials(None).await.unwrap();
        assert_eq!(read.token.as_ref().map(Secret::expose), Some("secret"));
        assert_eq!(read.password.as_ref().map(Secret::expose), Some("pass"));
        assert!(!format!("{read:?}{file:?}").contains("secret"));
        let config = Config::new("wss://h/?token=secret", folder.path(), "1");
        assert!(!format!("{config:?}").contains("secret"));
        let unset = SignIn {
            token: Some(Source::Environment("CLAWLINE_TEST_UNSET".to_owned())),
            password: None,
        };
        assert!(
            unset
                .credentials(None)
                .await
                .unwrap_err()
                .contains("CLAWLINE_TEST_UNSET")
        );
    }
}
