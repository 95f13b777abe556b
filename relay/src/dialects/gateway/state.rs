//! Presence and health: what every connection knows about the gateway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use super::Gateway;
use super::connections::Connection;
use super::frames::Event;
use super::mailbox::Kind;
use crate::clock::now_ms;
use crate::store::SessionFilter;

/// Between two tellings of who is here.
const LEAST_PAUSE: Duration = Duration::from_millis(200);
/// Presence costs no more than this, over all who are told.
const BYTES_PER_MS: usize = 8_000;
/// Connections that are named.
const MOST_PRESENT: usize = 100;
/// Characters of each word that a client says of itself.
const WORD: usize = 64;

/// How new the parts of the state are. A client drops what is older than what
/// it has.
#[derive(Debug, Default)]
pub(crate) struct State {
    versions: Mutex<Versions>,
    changed: Notify,
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
    fn lock(&self) -> MutexGuard<'_, Versions> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn versions(&self) -> Value {
        self.lock().json()
    }

    /// Somebody came or went; everybody will be told.
    pub(crate) fn changed(&self) {
        self.changed.notify_one();
    }
}

/// Tells everybody of changes, many at once when many come at once: two hundred
/// that come in together are a few events for each, not two hundred.
pub(crate) async fn tell_changes(gateway: Arc<Gateway>) {
    loop {
        gateway.state.changed.notified().await;
        let bytes = gateway.tell_presence();
        gateway.tell_health().await;
        let pace = u64::try_from(bytes / BYTES_PER_MS).unwrap_or(u64::MAX);
        tokio::time::sleep(LEAST_PAUSE.max(Duration::from_millis(pace))).await;
    }
}

impl Gateway {
    /// Who is here: the gateway itself, then the connections by age; of very
    /// many the newest.
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
        let all = self.connections.all();
        let older = all.len().saturating_sub(MOST_PRESENT);
        entries.extend(all.iter().skip(older).map(present));
        Value::Array(entries)
    }

    /// Tells everybody who is here now; gives how many bytes that were.
    fn tell_presence(&self) -> usize {
        // Held while queueing, so that versions arrive in order.
        let mut versions = self.state.lock();
        versions.presence += 1;
        let presence = json!({ "presence": self.presence() });
        let event = Event::with_version("presence", &presence, &versions.json());
        self.connections.emit_newest(Kind::Presence, &event);
        event.len() * self.connections.count()
    }

    /// Tells everybody how the gateway is.
    pub(crate) async fn tell_health(&self) {
        let health = self.health().await;
        let mut versions = self.state.lock();
        versions.health += 1;
        let event = Event::with_version("health", &health, &versions.json());
        self.connections.emit_newest(Kind::Health, &event);
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
    let name = word(client.display_name.as_deref().unwrap_or("unknown"));
    let mut entry = Map::new();
    entry.insert("host".into(), json!(client.id));
    entry.insert("version".into(), json!(word(&client.version)));
    entry.insert("platform".into(), json!(word(&client.platform)));
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
        entry.insert("deviceFamily".into(), json!(word(family)));
    }
    if let Some(instance) = &client.instance_id {
        entry.insert("instanceId".into(), json!(word(instance)));
    }
    Value::Object(entry)
}

/// The beginning of what a client says of itself.
fn word(text: &str) -> &str {
    match text.char_indices().nth(WORD) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_makes_presence_long_with_his_name() {
        assert_eq!(word("web"), "web");
        assert_eq!(word(&"é".repeat(1_000)).chars().count(), WORD);
    }
}
