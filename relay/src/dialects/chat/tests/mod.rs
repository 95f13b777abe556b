//! Each message, member, error, default and state of the wire, over a socket.

mod files;
mod frames;
mod people;
mod policy;

use std::sync::Arc;

use clawline_core::Secret;
use serde_json::{Value, json};

use super::*;
use crate::access::AccessToken;
use crate::dialects::rig::{Rig, Visitor};

/// A relay without a token that serves this dialect.
async fn served() -> (Rig, Arc<Chat>) {
    served_with(Vec::new()).await
}

async fn served_with(tokens: Vec<AccessToken>) -> (Rig, Arc<Chat>) {
    serve(Rig::new(tokens, "none of these").await).await
}

async fn serve(mut rig: Rig) -> (Rig, Arc<Chat>) {
    let chat = Chat::start(rig.rooms.clone(), true, 1).await.unwrap();
    rig.serve(vec![Arc::clone(&chat) as _]).await;
    (rig, chat)
}

/// A client that has read its welcome.
async fn visit(rig: &Rig, path: &str) -> Visitor {
    let mut visitor = rig.open(path).await;
    assert_eq!(visitor.next().await, welcome(), "{path}");
    visitor
}

fn welcome() -> Value {
    json!({ "type": "chat.response", "content": "Connected to WebSocket chat server" })
}

fn response(id: &str, content: &str) -> Value {
    json!({ "type": "chat.response", "messageId": id, "content": content, "done": true })
}

fn error(id: Option<&str>, words: &str) -> Value {
    match id {
        None => json!({ "type": "chat.error", "error": words }),
        Some(id) => json!({ "type": "chat.error", "messageId": id, "error": words }),
    }
}

fn say(id: &str, content: &str) -> Value {
    json!({ "type": "chat.send", "messageId": id, "content": content })
}

const ON_THE_WAY: &[&str] = &["chat.typing", "chat.stream"];

impl Visitor {
    /// The next frame that is no sign of life.
    async fn end(&mut self) -> Value {
        self.past(ON_THE_WAY).await
    }
}

/// Stops what runs for a sender, once it runs.
async fn stop(rig: &Rig, sender: &str) {
    let session = letter::direct(sender);
    while rig
        .rooms
        .inbox
        .stop(&session, None)
        .await
        .unwrap()
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
}

fn token(words: &str, scopes: &[&str]) -> AccessToken {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    AccessToken::of(Secret::new(words), scopes)
}
