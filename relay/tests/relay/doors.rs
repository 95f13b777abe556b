//! Who answers at which path.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::common::{Client, Device, Relay, TOKEN, Wish, with_token};

fn at(path: &'static str) -> Wish {
    Wish {
        path,
        ..Wish::default()
    }
}

#[tokio::test]
async fn the_gateway_speaks_first_at_its_own_path_and_at_the_root() {
    let relay = Relay::start(with_token()).await;
    for path in ["/", "/gateway"] {
        let mut client = Client::connect(relay.address(), &Device::new(1), &at(path)).await;
        let health = client.request("health", json!({})).await;
        assert_eq!(health["ok"], true, "{path}");
    }
}

#[tokio::test]
async fn a_path_at_which_no_dialect_is_spoken_upgrades_nobody() {
    let relay = Relay::start(with_token()).await;
    for path in ["/other", "/wss", "/hub/x"] {
        let error = Client::open_silent(relay.address(), &at(path)).await;
        match error.err() {
            Some(Error::Http(answer)) => assert_eq!(answer.status(), 404, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_first_frame_at_the_root_that_no_dialect_reads_is_refused() {
    let relay = Relay::start(with_token()).await;
    let mut client = Client::open(relay.address(), &at("/")).await;
    client
        .send(&json!({ "id": 1, "method": "message_received" }))
        .await;
    let closed = client.closed().await;
    assert_eq!(closed.code, 1008);
    assert_eq!(closed.reason, "invalid request frame");
}

#[tokio::test]
async fn whoever_is_silent_at_the_root_may_still_speak_after_the_deadline_of_the_gateway() {
    let relay = Relay::start(with_token()).await;
    let wish = at("/");
    let client = Client::open(relay.address(), &wish).await;
    let other = Client::open(relay.address(), &at("/gateway")).await;
    tokio::time::pause();
    let mut other = other;
    // Time goes on as fast as nobody has anything to do: the deadline passes.
    assert_eq!(other.closed().await.code, 1000);
    tokio::time::resume();
    let params = client.connect_params(&Device::new(1), &wish);
    let client = client.shake(params).await;
    let hello = client
        .map(|client| client.hello)
        .map_err(|refused| refused.0);
    assert_eq!(hello.unwrap_or(Value::Null)["type"], "hello-ok");
}

#[tokio::test]
async fn each_door_takes_a_token_from_the_header_and_from_the_address() {
    let relay = Relay::start(with_token()).await;
    let beat = json!({ "message": { "type": "heartbeat" } });
    let bearer: &str = format!("Bearer {TOKEN}").leak();
    for (door, first, field) in [
        (
            "/ws?",
            json!({ "channel": "bridge", "content": "hi" }),
            "sender",
        ),
        (
            "/?",
            json!({ "jsonrpc": "2.0", "id": 1, "method": "sessions_send", "params": beat }),
            "result",
        ),
        (
            "/ws?senderId=a&",
            json!({ "type": "chat.send", "content": "hi" }),
            "content",
        ),
        ("/hub?", json!({ "type": "typing" }), "message"),
        (
            "/openclaw?",
            json!({ "type": "reply", "content": "hi" }),
            "message",
        ),
    ] {
        let in_address: &str = format!("{door}token={TOKEN}").leak();
        let in_header = Wish {
            headers: vec![("authorization", bearer)],
            ..at(door)
        };
        for wish in [in_header, at(in_address)] {
            let mut client = if door == "/?" {
                Client::open(relay.address(), &wish).await
            } else {
                Client::open_silent(relay.address(), &wish).await.unwrap()
            };
            client.send(&first).await;
            let answer = client.read().await.unwrap();
            let is_in = !answer[field].is_null() && !answer.to_string().contains("oken");
            assert!(is_in, "{}: {answer}", wish.path);
        }
        let wrong: &str = format!("{door}token=wrong").leak();
        let mut client = if door == "/?" {
            Client::open(relay.address(), &at(wrong)).await
        } else {
            Client::open_silent(relay.address(), &at(wrong))
                .await
                .unwrap()
        };
        client.send(&first).await;
        assert!([1008, 4401].contains(&client.closed().await.code), "{door}");
    }
}
