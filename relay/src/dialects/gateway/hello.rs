//! The first two things that a client reads: the challenge and `hello-ok`.

use clawline_core::wire::extensions::{CHANNELS_LINK, CHANNELS_PROGRESS, CHANNELS_TYPING};
use serde_json::{Value, json};

use super::frames::Event;
use super::handshake::PROTOCOL;
use super::sessions::MAIN_SESSION;
use super::{DURABLE_KEYS, Gateway, methods};
use crate::clock::now_ms;
use crate::limits;

/// The events that this gateway sends.
pub(crate) const EVENTS: &[&str] = &[
    "connect.challenge",
    "agent",
    "chat",
    "session.message",
    "sessions.changed",
    "presence",
    "tick",
    "shutdown",
    "health",
    "device.pair.requested",
    "device.pair.resolved",
    CHANNELS_LINK,
    CHANNELS_PROGRESS,
    CHANNELS_TYPING,
];

/// The challenge: what the device must sign.
pub(crate) fn challenge(nonce: &str) -> String {
    Event::new(
        "connect.challenge",
        &json!({ "nonce": nonce, "ts": now_ms(), "capabilities": [DURABLE_KEYS] }),
    )
    .frame(None)
}

impl Gateway {
    /// The payload of `hello-ok`.
    pub(crate) async fn hello(&self, connection_id: &str, auth: &Value) -> Value {
        let uptime = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        json!({
            "type": "hello-ok",
            "protocol": PROTOCOL,
            "server": {
                "version": env!("CARGO_PKG_VERSION"),
                "buildId": concat!("clawline-relay-", env!("CARGO_PKG_VERSION")),
                "bootId": self.boot_id,
                "connId": connection_id,
            },
            "features": {
                "methods": methods::names(),
                "events": EVENTS,
                "capabilities": [DURABLE_KEYS],
            },
            "snapshot": {
                "suspension": { "phase": "accepting" },
                "presence": self.presence(),
                "health": self.health().await,
                "stateVersion": self.state.versions(),
                "uptimeMs": uptime,
                "sessionDefaults": {
                    "defaultAgentId": "main",
                    "modelConfigured": true,
                    "ownership": "sole",
                    "selectionRequired": false,
                    "mainKey": "main",
                    "mainSessionKey": MAIN_SESSION,
                    "scope": "per-sender",
                },
                "authMode": if self.access.needs_token() { "token" } else { "none" },
            },
            "auth": auth,
            "policy": {
                "maxPayload": limits::MAX_PAYLOAD,
                "maxBufferedBytes": limits::MAX_BUFFERED,
                "tickIntervalMs": u64::try_from(limits::TICK.as_millis()).unwrap_or(u64::MAX),
                "attachments": {
                    "maxBytes": limits::MAX_ATTACHMENT,
                    "maxImageBytes": limits::MAX_IMAGE,
                },
                "allowedSessionVisibilities": ["shared"],
                "hasMultipleSessionSharingIdentities": false,
            },
        })
    }
}
