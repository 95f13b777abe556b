//! `status`, `models.list`, `agents.list`.

use serde_json::{Value, json};

use super::Call;
use crate::gateway::sessions::{MODEL, PROVIDER, defaults};
use crate::store::SessionFilter;

pub(super) async fn status(call: &Call) -> Value {
    let gateway = &call.gateway;
    let none = SessionFilter::default();
    let sessions = gateway.store.sessions(&none).await.map_or(0, |(_, n)| n);
    let uptime = u64::try_from(gateway.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    json!({
        "runtimeVersion": env!("CARGO_PKG_VERSION"),
        "uptimeMs": uptime,
        "connections": gateway.connections.all().len(),
        "heartbeat": { "defaultAgentId": "main", "agents": [] },
        "channelSummary": [],
        "queuedSystemEvents": [],
        "sessions": { "count": sessions, "defaults": defaults(), "recent": [] },
    })
}

pub(super) fn models() -> Value {
    json!({ "models": [{
        "id": MODEL,
        "name": "Echo",
        "provider": PROVIDER,
        "available": true,
        "contextWindow": 128_000,
        "reasoning": false,
        "supportsTools": false,
        "input": ["text"],
    }] })
}

pub(super) fn agents() -> Value {
    json!({
        "defaultId": "main",
        "ownership": "sole",
        "selectionRequired": false,
        "mainKey": "main",
        "scope": "per-sender",
        "agents": [{
            "id": "main",
            "kind": "agent",
            "name": "Echo",
            "identity": { "name": "Echo", "emoji": "🦀" },
            "model": { "primary": format!("{PROVIDER}/{MODEL}") },
        }],
    })
}
