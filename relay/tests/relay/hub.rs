//! The tutorial's pages and plugin at an address of the hub's own.

use std::collections::HashMap;

use clawline_relay::dialects::gateway::GatewaySettings;
use serde_json::{Value, json};

use crate::common::{Client, Relay};

const RECORDING: &str = include_str!("../../../tests/conformance/dialects/tutorial-hub.jsonl");

fn chat(content: &str) -> Value {
    json!({"type": "chat", "content": content, "timestamp": "2026-01-01T00:00:00.000Z", "source": "vue_frontend"})
}

#[tokio::test]
async fn two_pages_and_a_plugin_as_in_the_tutorial() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let hub = relay.server.hub_addresses()[0];
    let mut one = Client::speak(hub, "/").await;
    let mut two = Client::speak(hub, "/anything?x=1").await;
    one.send(&chat("before")).await;
    let answer = one.read().await.unwrap();
    assert_eq!(answer["data"]["kind"], "final", "the relay itself answers");
    let mut plugin = Client::speak(hub, "/openclaw").await;
    plugin.send_text("not json".to_owned()).await;
    assert_eq!(plugin.read().await.unwrap()["message"], "Invalid JSON");
    for (page, words) in [(&mut one, "from one"), (&mut two, "from two")] {
        page.send(&chat(words)).await;
        let asked = plugin.read().await.unwrap();
        assert_eq!(
            (&asked["type"], &asked["source"]),
            (&json!("from_frontend"), &json!("vue"))
        );
        assert_eq!(asked["data"]["content"], words);
        let reply = json!({"type": "reply", "content": format!("to {words}"), "kind": "final"});
        plugin.send(&reply).await;
        let told = page.read().await.unwrap();
        assert_eq!(
            (&told["type"], &told["data"]),
            (&json!("from_openclaw"), &reply)
        );
    }
    for (page, count) in [(&mut one, 2), (&mut two, 1)] {
        page.send_text("[]".to_owned()).await;
        assert_eq!(page.read().await.unwrap()["type"], "error");
        let answers = page
            .heard
            .iter()
            .filter(|frame| frame["type"] == "from_openclaw");
        assert_eq!(answers.count(), count, "its own answers only");
    }
}

#[tokio::test]
async fn the_same_pages_may_come_to_the_main_address() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let mut page = Client::speak(relay.address(), "/hub").await;
    let mut plugin = Client::speak(relay.address(), "/openclaw").await;
    plugin.send_text("x".to_owned()).await;
    assert_eq!(plugin.read().await.unwrap()["message"], "Invalid JSON");
    page.send(&chat("hi")).await;
    assert_eq!(plugin.read().await.unwrap()["data"]["content"], "hi");
}

/// What each of the recorded ones says to the relay, in their order, and what it
/// heard from the original.
#[tokio::test]
async fn the_recorded_pages_and_plugin_hear_what_is_for_them() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let hub = relay.server.hub_addresses()[0];
    let mut all: HashMap<String, Client> = HashMap::new();
    let mut heard: Vec<(String, &str)> = Vec::new();
    for line in RECORDING.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let Some(who) = line["who"].as_str().map(str::to_owned) else {
            continue;
        };
        if let Some(path) = line["open"].as_str() {
            let mut client = Client::speak(hub, path).await;
            // It is there once it is answered.
            client.send_text("here".to_owned()).await;
            assert_eq!(client.read().await.unwrap()["message"], "Invalid JSON");
            all.insert(who, client);
        } else if let Some(frame) = line.get("tx") {
            let client = all.get_mut(&who).unwrap();
            match (frame["data"].as_array(), frame.as_str()) {
                (Some(bytes), _) => {
                    let bytes = bytes
                        .iter()
                        .map(|b| u8::try_from(b.as_u64().unwrap()).unwrap());
                    client.send_binary(bytes.collect()).await;
                }
                (_, Some(text)) => client.send_text(text.to_owned()).await,
                _ => client.send(frame).await,
            }
            // Who hears of it: one frame each.
            let kind = frame["type"].as_str().unwrap_or_default();
            let listeners: &[(&str, &str)] = match (who.as_str(), kind) {
                ("front1", "chat") if !all.contains_key("openclaw") => {
                    &[("front1", "answer of the relay")]
                }
                ("front1", "chat" | "Buffer") => &[("openclaw", "question")],
                ("front1", _) => &[("front1", "refusal")],
                ("openclaw", "reply" | "tool_call") => &[("front1", "of the plugin")],
                // Pages that never said who they are count as the tutorial's.
                ("openclaw", "message") => &[
                    ("front1", "of the plugin"),
                    ("front2", "of the plugin"),
                    ("openclaw-q", "of the plugin"),
                ],
                ("openclaw", "media") => &[("openclaw", "refusal")],
                other => panic!("{other:?}"),
            };
            for (listener, what) in listeners {
                let frame = all.get_mut(*listener).unwrap().read().await.unwrap();
                let fits = match *what {
                    "question" => frame["type"] == "from_frontend",
                    "refusal" => frame["type"] == "error",
                    _ => frame["type"] == "from_openclaw",
                };
                assert!(fits, "{listener} {what}: {frame}");
                heard.push(((*listener).to_owned(), what));
            }
        }
    }
    let count = |what: &str| heard.iter().filter(|one| one.1 == what).count();
    assert_eq!(count("question"), 2);
    assert_eq!(
        count("answer of the relay"),
        1,
        "the original: no plugin connected"
    );
    assert_eq!(count("of the plugin"), 5, "the original: 12, to everybody");
    assert_eq!(
        count("refusal"),
        4,
        "not json, a list, a string, media for a stranger"
    );
}
