//! The openclaw-websocket plugin's clients against the relay.

use std::net::SocketAddr;

use clawline_relay::dialects::gateway::GatewaySettings;
use serde_json::{Value, json};

use crate::common::{Client, Device, Relay, TOKEN, Wish, rows, with_token};
use crate::program::Program;

const RECORDING: &str = include_str!("../../../tests/conformance/dialects/ocws-frames.jsonl");

async fn open(address: SocketAddr, query: &str) -> Client {
    let mut client = Client::speak(address, &format!("/ws?{query}")).await;
    let welcome = client.read().await.unwrap();
    assert_eq!(welcome["content"], "Connected to WebSocket chat server");
    client
}

/// The frames up to the end of an answer.
async fn answer(client: &mut Client) -> Vec<Value> {
    let mut frames = Vec::new();
    loop {
        let frame = client.read().await.unwrap();
        let is_end = frame["done"] == true || frame["type"] == "chat.error";
        frames.push(frame);
        if is_end {
            return frames;
        }
    }
}

async fn ask(client: &mut Client, frame: Value) -> Value {
    client.send(&frame).await;
    answer(client).await.pop().unwrap()
}

#[tokio::test]
async fn the_session_of_the_plugins_readme() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let query = "senderId=user1&senderName=John%20Doe";
    let mut client = open(relay.address(), query).await;
    client
        .send(&json!({"type": "chat.send", "content": "Hello, how are you?"}))
        .await;
    let frames = answer(&mut client).await;
    assert_eq!(frames[0], json!({"type": "chat.typing"}));
    let end = frames.last().unwrap();
    assert_eq!(end["type"], "chat.response");
    assert!(
        end["content"]
            .as_str()
            .unwrap()
            .contains("> Hello, how are you?")
    );
    let streamed = frames.iter().filter(|frame| frame["type"] == "chat.stream");
    for frame in streamed {
        assert_eq!(frame["messageId"], end["messageId"]);
        let so_far = frame["content"].as_str().unwrap();
        assert!(end["content"].as_str().unwrap().starts_with(so_far));
    }
    let mut group = json!({"type": "chat.send", "content": "Hello everyone!", "messageId": "g1",
        "senderId": "user_123", "senderName": "Alice", "chatType": "group", "groupId": "dev-team"});
    assert_eq!(ask(&mut client, group.clone()).await["messageId"], "g1");
    group["messageId"] = json!("g2");
    group["replyToMessageId"] = json!("g1");
    let quoted = ask(&mut client, group).await;
    let content = quoted["content"].as_str().unwrap();
    assert!(
        content.contains("> [Replying to: \"Hello everyone!\"]"),
        "{content}"
    );
}

#[tokio::test]
async fn a_client_that_only_sends_and_goes_finds_its_answer_at_its_next_visit() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let mut client = open(relay.address(), "senderId=cron").await;
    client
        .send(&json!({"type": "chat.send", "content": "[chunks:3:1]", "messageId": "once"}))
        .await;
    // It is stored once it is told of; then the client is gone.
    assert_eq!(client.read().await.unwrap()["type"], "chat.typing");
    drop(client);
    let relay = relay.crash_and_start(GatewaySettings::default()).await;
    let mut client = open(relay.address(), "senderId=cron").await;
    let told = answer(&mut client).await.pop().unwrap();
    assert_eq!(
        (&told["messageId"], &told["content"]),
        (&json!("once"), &json!("w1 w2 w3"))
    );
}

#[tokio::test]
async fn an_answer_that_sigkill_cut_comes_once_to_a_client_that_asks_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let message = json!({"type": "chat.send", "content": "[chunks:12:60]", "messageId": "m1"});
    let enter = async |address| {
        let mut client = Client::speak(address, "/ws?senderId=a").await;
        client
            .send(&json!({"type": "chat.auth", "token": TOKEN}))
            .await;
        let welcome = client.read().await.unwrap();
        assert_eq!(welcome["content"], "Connected to WebSocket chat server");
        client
    };
    let (mut program, address) = Program::start(&data);
    let mut client = enter(address).await;
    client.send(&message).await;
    while client.read().await.unwrap()["type"] != "chat.stream" {}
    program.kill();

    let (_program, address) = Program::start(&data);
    let mut client = enter(address).await;
    let whole = (1..=12)
        .map(|n| format!("w{n}"))
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(
        ask(&mut client, message.clone()).await["content"],
        whole.as_str()
    );
    let probe = json!({"type": "chat.send", "content": "[chunks:1:1]", "messageId": "m2"});
    assert_eq!(ask(&mut client, probe).await["messageId"], "m2");
    let heard = client.heard.iter();
    let ends = heard.filter(|frame| frame["done"] == true && frame["messageId"] == "m1");
    assert_eq!(ends.count(), 1);
    let mut owner = Client::connect(address, &Device::new(1), &Wish::default()).await;
    let history = owner.history("agent:main:chat:direct:a").await;
    let asked = rows(&history)
        .into_iter()
        .filter(|row| row.1 == "[chunks:12:60]");
    assert_eq!(asked.count(), 1);
    assert_eq!(
        rows(&history).len(),
        4,
        "each was asked once and answered once"
    );
}

#[tokio::test]
async fn the_owner_reaches_a_sender_through_the_channel() {
    let relay = Relay::start(with_token()).await;
    let mut client = open(relay.address(), &format!("senderId=a&token={TOKEN}")).await;
    let mut owner = relay.connect().await;
    let params = json!({"to": "a", "channel": "chat", "message": "dinner", "idempotencyKey": "k1"});
    let sent = owner.request("send", params).await;
    let told = client.read().await.unwrap();
    assert_eq!(
        (&told["content"], &told["messageId"]),
        (&json!("dinner"), &sent["messageId"])
    );
}

/// What the original said to a frame, without what tells of the way.
struct Recorded {
    scene: String,
    url: String,
    sent: String,
    said: Vec<Value>,
}

fn recorded() -> Vec<Recorded> {
    let mut all: Vec<Recorded> = Vec::new();
    let mut urls = std::collections::HashMap::new();
    for line in RECORDING.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let scene = line["scene"].as_str().unwrap_or_default().to_owned();
        if let Some(url) = line["url"].as_str() {
            urls.insert(scene, url.to_owned());
        } else if let Some(sent) = line["c2s"].as_str() {
            all.push(Recorded {
                url: urls.get(&scene).cloned().unwrap_or_default(),
                scene,
                sent: sent.to_owned(),
                said: Vec::new(),
            });
        } else if let Some(last) = all.iter_mut().rfind(|one| one.scene == scene)
            && matches!(
                line["s2c"]["type"].as_str(),
                Some("chat.response" | "chat.error")
            )
        {
            last.said.push(line["s2c"].clone());
        }
    }
    all
}

/// Where the relay answers in another way than the original, and with what.
fn deviation(sent: &str) -> Option<&'static str> {
    let of = |part: &str| sent.contains(part);
    // Here they are words like any others: the original's agent was told to.
    if of("\"long\"") || of("\"err\"") || of("\"throw\"") || of("\"empty\"") {
        return Some("chat.response");
    }
    // All groups without an id shared one session; paths were read by the agent.
    (of("grp no id") || of("mediaPath")).then_some("chat.error")
}

#[tokio::test]
async fn the_recorded_clients_hear_what_they_heard_from_the_original() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let mut compared = 0;
    for scene in ["basic", "bad", "auth-optional-down"] {
        let all = recorded();
        let of_scene: Vec<&Recorded> = all.iter().filter(|one| one.scene == scene).collect();
        let query = of_scene[0].url.split_once('?').map(|(_, query)| query);
        // Without a query the first frame decides: it must be a chat's.
        let mut client = open(relay.address(), query.unwrap_or("senderId=recorded")).await;
        for one in of_scene {
            match one.sent.strip_prefix("BINARY ") {
                Some(bytes) => client.send_binary(bytes.as_bytes().to_vec()).await,
                None => client.send_text(one.sent.clone()).await,
            }
            let said = answer(&mut client).await.pop().unwrap();
            let expected = deviation(&one.sent);
            match (expected, one.said.last()) {
                (Some(kind), _) => assert_eq!(said["type"], kind, "{}", one.sent),
                (None, Some(original)) if original["type"] == "chat.error" => {
                    assert_eq!(said, *original, "{}", one.sent);
                }
                (None, original) => {
                    let original = original.expect("the original answered");
                    assert_eq!(
                        (&said["type"], &said["done"]),
                        (&original["type"], &original["done"])
                    );
                }
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 24);
}
