//! `status`, `models.list`, `agents.list`.

use serde_json::{Value, json};

use super::Call;
use crate::agents::Agent;
use crate::dialects::gateway::sessions::{PROVIDER, defaults};
use crate::store::SessionFilter;

pub(super) async fn status(call: &Call) -> Value {
    let gateway = &call.gateway;
    let none = SessionFilter::default();
    let sessions = gateway.store.sessions(&none).await.map_or(0, |(_, n)| n);
    let uptime = u64::try_from(gateway.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    json!({
        "runtimeVersion": env!("CARGO_PKG_VERSION"),
        "uptimeMs": uptime,
        "connections": gateway.connections.count(),
        "heartbeat": { "defaultAgentId": "main", "agents": [] },
        "channelSummary": [],
        "queuedSystemEvents": [],
        "sessions": { "count": sessions, "defaults": defaults(&*gateway.agent()), "recent": [] },
    })
}

pub(super) fn models(agent: &dyn Agent) -> Value {
    let input: &[&str] = if agent.takes_images() {
        &["text", "image"]
    } else {
        &["text"]
    };
    json!({ "models": [{
        "id": agent.name(),
        "name": agent.label(),
        "provider": PROVIDER,
        "available": true,
        "contextWindow": 128_000,
        "reasoning": false,
        "supportsTools": false,
        "input": input,
    }] })
}

pub(super) fn agents(agent: &dyn Agent) -> Value {
    let (model, name) = (agent.name(), agent.label());
    json!({
        "defaultId": "main",
        "ownership": "sole",
        "selectionRequired": false,
        "mainKey": "main",
        "scope": "per-sender",
        "agents": [{
            "id": "main",
            "kind": "agent",
            "name": name,
            "identity": { "name": name, "emoji": "🦀" },
            "model": { "primary": format!("{PROVIDER}/{model}") },
        }],
    })
}
