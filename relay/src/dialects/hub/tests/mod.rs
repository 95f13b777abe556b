//! Pages and plugins of the hub, over sockets.

mod pages;
mod plugins;

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::access::AccessToken;
use crate::dialects::rig::{Rig, Visitor};

async fn served() -> (Rig, Arc<Hub>) {
    serve(Rig::new(Vec::new(), "").await).await
}

async fn served_with(tokens: Vec<AccessToken>) -> (Rig, Arc<Hub>) {
    serve(Rig::new(tokens, "").await).await
}

async fn serve(mut rig: Rig) -> (Rig, Arc<Hub>) {
    let hub = Hub::start(rig.rooms.clone(), true, 1).await.unwrap();
    rig.serve(vec![Arc::clone(&hub) as _]).await;
    (rig, hub)
}

/// What the tutorial's page sends.
fn chat(content: &str) -> Value {
    json!({
        "type": "chat",
        "content": content,
        "timestamp": "2026-01-01T00:00:00.000Z",
        "source": "vue_frontend",
    })
}

/// What a page that can come back sends.
fn chat_of(client_id: &str, content: &str) -> Value {
    json!({ "type": "chat", "content": content, "source": "app", "clientId": client_id })
}

fn reply(content: &str, kind: &str) -> Value {
    json!({ "type": "reply", "content": content, "kind": kind })
}

fn error(words: &str) -> Value {
    json!({ "type": "error", "message": words })
}

impl Visitor {
    /// What a plugin says to this page, out of its envelope.
    async fn told(&mut self) -> Value {
        let frame = self.next().await;
        assert_eq!(
            (&frame["type"], &frame["source"]),
            (&json!("from_openclaw"), &json!("plugin")),
            "{frame}"
        );
        assert!(
            frame["timestamp"]
                .as_str()
                .is_some_and(|time| time.ends_with('Z'))
        );
        frame["data"].clone()
    }

    /// What a page says to this plugin, out of its envelope.
    async fn asked(&mut self) -> Value {
        let frame = self.next().await;
        assert_eq!(
            (&frame["type"], &frame["source"]),
            (&json!("from_frontend"), &json!("vue")),
            "{frame}"
        );
        frame["data"].clone()
    }

    /// The answer to a question that shows that nothing came before.
    async fn hears_nothing(&mut self) {
        self.send("not json").await;
        assert_eq!(self.next().await, error("Invalid JSON"));
    }
}

/// A plugin that is there: whoever asks from now on asks it.
async fn plugin(rig: &Rig) -> Visitor {
    let mut plugin = rig.open("/openclaw").await;
    plugin.hears_nothing().await;
    plugin
}
