//! `hello-ok`: what the gateway tells at the end of the handshake.

use std::time::Duration;

use super::Object;
use crate::secret::Secret;

/// The facts of a `hello-ok` that the engine decides by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hello {
    /// `server.version`, such as `2026.9.6`.
    pub version: String,
    /// `server.bootId`: changes when the gateway's process does.
    pub boot_id: String,
    /// `server.connId`.
    pub conn_id: String,
    /// The scopes that were granted. Empty means "signed in, allowed nothing".
    pub scopes: Vec<String>,
    /// The role that was granted.
    pub role: String,
    /// A token for this device and role, to be kept and used from now on.
    pub device_token: Option<Secret>,
    /// The canonical key of the main session, such as `agent:main:main`.
    pub main_session: Option<String>,
    /// `features.capabilities`.
    pub capabilities: Vec<String>,
    /// Limits that the gateway sets.
    pub policy: Policy,
    /// The versions of the state in `snapshot`.
    pub state: StateVersions,
}

/// Limits from `hello-ok.policy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The largest frame the gateway takes, in bytes.
    pub max_payload: u64,
    /// The time between two ticks.
    pub tick: Duration,
    /// The largest file, in bytes.
    pub max_attachment: u64,
    /// The largest image, in bytes.
    pub max_image: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_payload: 26_214_400,
            tick: Duration::from_secs(30),
            max_attachment: 19_464_192,
            max_image: 6_291_456,
        }
    }
}

/// `stateVersion`: how new the presence list and the health report are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateVersions {
    /// Version of the presence list.
    pub presence: u64,
    /// Version of the health report.
    pub health: u64,
}

impl StateVersions {
    /// `None` unless it names both: half a version orders nothing.
    pub(crate) fn read<O: Object>(versions: &O) -> Option<Self> {
        Some(Self {
            presence: versions.whole("presence")?,
            health: versions.whole("health")?,
        })
    }
}

impl Hello {
    /// Reads a response's payload; `None` when it is not a `hello-ok`.
    pub fn read<O: Object>(payload: &O) -> Option<Self> {
        if payload.text("type")? != "hello-ok" {
            return None;
        }
        let server = payload.child("server");
        let server = |name| {
            server
                .as_ref()
                .and_then(|server| server.text(name))
                .unwrap_or_default()
        };
        let auth = payload.child("auth");
        let snapshot = payload.child("snapshot");
        Some(Self {
            version: server("version"),
            boot_id: server("bootId"),
            conn_id: server("connId"),
            scopes: auth
                .as_ref()
                .and_then(|auth| auth.texts("scopes"))
                .unwrap_or_default(),
            role: auth
                .as_ref()
                .and_then(|auth| auth.text("role"))
                .unwrap_or_default(),
            device_token: auth
                .as_ref()
                .and_then(|auth| auth.text("deviceToken"))
                .map(Secret::new),
            main_session: snapshot
                .as_ref()
                .and_then(|snapshot| snapshot.child("sessionDefaults"))
                .and_then(|defaults| defaults.text("mainSessionKey"))
                .filter(|key| !key.is_empty()),
            capabilities: payload
                .child("features")
                .and_then(|features| features.texts("capabilities"))
                .unwrap_or_default(),
            policy: payload
                .child("policy")
                .map(|policy| Policy::read(&policy))
                .unwrap_or_default(),
            state: snapshot
                .and_then(|snapshot| snapshot.child("stateVersion"))
                .and_then(|versions| StateVersions::read(&versions))
                .unwrap_or_default(),
        })
    }
}

impl Policy {
    /// Reads a hello's `policy`; what is absent is the protocol's default.
    pub fn read<O: Object>(policy: &O) -> Self {
        let default = Self::default();
        // A gateway that names an absurd tick must neither silence the
        // watchdog nor make it fire all the time.
        let tick = policy
            .whole("tickIntervalMs")
            .map_or(default.tick, |millis| {
                Duration::from_millis(millis.clamp(1_000, 300_000))
            });
        let files = policy.child("attachments");
        let files = |name| files.as_ref().and_then(|files| files.whole(name));
        Self {
            max_payload: policy.whole("maxPayload").unwrap_or(default.max_payload),
            tick,
            max_attachment: files("maxBytes").unwrap_or(default.max_attachment),
            max_image: files("maxImageBytes").unwrap_or(default.max_image),
        }
    }
}
