//! Presence and health: what every connection knows about the gateway.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::Gateway;
use super::connections::{Audience, Connection};
use super::frames::Event;
use crate::clock::now_ms;
use crate::store::SessionFilter;

/// How new the parts of the state are. A client drops what is older than what
/// it has.
#[derive(Debug, Default)]
pub(crate) struct State {
    versions: Mutex<Versions>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Versions {
    presence: u64,
    health: u64,
}

impl Versions {
    fn json(self) -> Value {
        json!({ "presence": self.presence, "health": self.health })
    }
}

impl State {
    pub(crate) fn versions(&self) -> Value {
        self.versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .json()
    }
}

impl Gateway {
    /// Who is here: the gateway itself, then the connections by age.
    pub(crate) fn presence(&self) -> Value {
        let mut entries = vec![json!({
            "host": "clawline-relay",
            "version": env!("CARGO_PKG_VERSION"),
            "platform": std::env::consts::OS,
            "mode": "gateway",
            "reason": "self",
            "instanceId": self.boot_id,
            "text": format!("Gateway: clawline-relay · app {} · mode gateway · reason self", env!("CARGO_PKG_VERSION")),
            "ts": now_ms(),
        })];
        entries.extend(self.connections.all().iter().map(present));
        Value::Array(entries)
    }

    /// Tells everybody who is here now.
    pub(crate) fn tell_presence(&self) {
        // Held while queueing, so that versions arrive in order.
        let mut versions = self
            .state
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        versions.presence += 1;
        let event = Event::with_version(
            "presence",
            &json!({ "presence": self.presence() }),
            &versions.json(),
        );
        self.connections.emit(Audience::All, &event);
    }

    /// Tells everybody how the gateway is.
    pub(crate) async fn tell_health(&self) {
        let health = self.health().await;
        let mut versions = self
            .state
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        versions.health += 1;
        let event = Event::with_version("health", &health, &versions.json());
        self.connections.emit(Audience::All, &event);
    }

    /// How the gateway is. A database that does not answer leaves the sessions
    /// out rather than the whole answer.
    pub(crate) async fn health(&self) -> Value {
        let asked = std::time::Instant::now();
        let newest = SessionFilter {
            limit: 5,
            ..SessionFilter::default()
        };
        let now = now_ms();
        let mut health = Map::new();
        health.insert("ok".into(), json!(true));
        health.insert("ts".into(), json!(now));
        health.insert("channels".into(), json!({}));
        health.insert("channelOrder".into(), json!([]));
        health.insert("channelLabels".into(), json!({}));
        health.insert("heartbeatSeconds".into(), json!(0));
        health.insert("defaultAgentId".into(), json!("main"));
        if let Ok((recent, count)) = self.store.sessions(&newest).await {
            let recent: Vec<Value> = recent
                .iter()
                .map(|session| {
                    json!({
                        "key": session.key,
                        "updatedAt": session.updated_at,
                        "age": (now - session.updated_at).max(0),
                    })
                })
                .collect();
            let sessions = json!({
                "path": crate::store::FILE_NAME,
                "count": count,
                "recent": recent,
            });
            health.insert(
                "agents".into(),
                json!([{
                    "agentId": "main",
                    "isDefault": true,
                    "heartbeat": {
                        "enabled": false,
                        "every": "disabled",
                        "everyMs": null,
                        "prompt": "",
                        "target": "none",
                        "ackMaxChars": 0,
                    },
                    "sessions": sessions,
                }]),
            );
            health.insert("sessions".into(), sessions);
        }
        let took = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        health.insert("durationMs".into(), json!(took));
        Value::Object(health)
    }
}

fn present(connection: &Arc<Connection>) -> Value {
    let client = &connection.client;
    let name = client.display_name.as_deref().unwrap_or("unknown");
    let mut entry = Map::new();
    entry.insert("host".into(), json!(client.id));
    entry.insert("version".into(), json!(client.version));
    entry.insert("platform".into(), json!(client.platform));
    entry.insert("mode".into(), json!(client.mode));
    entry.insert("reason".into(), json!("connect"));
    entry.insert(
        "text".into(),
        json!(format!("Node: {name} · mode {}", client.mode)),
    );
    entry.insert("ts".into(), json!(connection.since));
    entry.insert("onlineSince".into(), json!(connection.since));
    entry.insert("roles".into(), json!([connection.role]));
    entry.insert("scopes".into(), json!(connection.scopes));
    if let Some(device_id) = &connection.device_id {
        entry.insert("deviceId".into(), json!(device_id));
    }
    if let Some(family) = &client.device_family {
        entry.insert("deviceFamily".into(), json!(family));
    }
    if let Some(instance) = &client.instance_id {
        entry.insert("instanceId".into(), json!(instance));
    }
    Value::Object(entry)
}
