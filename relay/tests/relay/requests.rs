//! Requests that are wrong, too big or not allowed.

use crate::common::{Client, Device, Relay, Wish, with_token};
use serde_json::{Value, json};

const MAIN: &str = "agent:main:main";

#[tokio::test]
async fn what_nobody_can_read_is_passed_over_and_what_is_wrong_is_answered() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    client.send_text("garbage".to_owned()).await;
    client.send_binary(vec![0xff, 0xfe]).await;
    client
        .send(&json!({ "type": "req", "method": "health" }))
        .await;
    let answer = client.answer("invalid").await;
    assert_eq!(answer["error"]["code"], "INVALID_REQUEST");
    let frame = json!({ "type": "req", "id": "bytes", "method": "health" }).to_string();
    client.send_binary(frame.into_bytes()).await;
    assert_eq!(client.answer("bytes").await["ok"], true);
    let error = client.refused("sessions.reset", json!({})).await;
    assert_eq!(
        error,
        json!({"code": "FORBIDDEN", "message": "missing scope: operator.admin", "details": {"code": "MISSING_SCOPE", "missingScope": "operator.admin", "requiredScopes": ["operator.admin"]}})
    );
    let long = json!({ "sessionKey": "k".repeat(513), "message": "x", "idempotencyKey": "1" });
    let error = client.refused("chat.send", long).await;
    assert_eq!(
        error["message"],
        "invalid chat.send params: at /sessionKey: must not have more than 512 characters"
    );
    let endless =
        json!({ "sessionKey": MAIN, "message": "x", "idempotencyKey": "k".repeat(1_025) });
    let error = client.refused("chat.send", endless).await;
    assert_eq!(
        error["message"],
        "idempotencyKey must not have more than 1024 bytes"
    );
    let echo = json!({ "sessionKey": format!("agent:{}:x", "y".repeat(400_000)) });
    let error = client.refused("chat.history", echo).await;
    assert!(error["message"].as_str().unwrap().len() <= 1_000);
    let blank = json!({ "sessionKey": MAIN, "message": "  ", "idempotencyKey": "2" });
    assert_eq!(
        client.refused("chat.send", blank).await["message"],
        "message or attachment required"
    );
    let leaf = json!({ "sessionKey": MAIN, "message": "x", "idempotencyKey": "3", "expectedLeafEntryId": "nope" });
    assert_eq!(
        client.refused("chat.send", leaf).await["details"]["reason"],
        "active-leaf-changed"
    );
    let file = |content: &str| json!({ "sessionKey": MAIN, "message": "", "idempotencyKey": "4", "attachments": [{ "fileName": "a.png", "mimeType": "image/png", "content": content }] });
    let error = client.refused("chat.send", file("not base64!")).await;
    assert_eq!(error["message"], "attachment a.png: invalid base64 content");
    assert_eq!(
        client.request("chat.send", file("aGk=")).await["status"],
        "started"
    );
}

#[tokio::test]
async fn a_reader_without_the_right_to_write_cannot_send() {
    let relay = Relay::start(with_token()).await;
    let wish = Wish::default().scopes(&["operator.read"]);
    let mut reader = Client::connect(relay.address(), &Device::new(1), &wish).await;
    let params = json!({ "sessionKey": MAIN, "message": "x", "idempotencyKey": "1" });
    let error = reader.refused("chat.send", params).await;
    assert_eq!(error["details"]["missingScope"], "operator.write");
    reader.request("sessions.list", json!({})).await;
    let error = reader.refused("device.pair.list", json!({})).await;
    assert_eq!(error["details"]["missingScope"], "operator.pairing");
}

#[tokio::test]
async fn a_frame_beyond_the_largest_is_too_big() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    client.send_text(" ".repeat(26_214_401)).await;
    assert_eq!(client.closed().await.code, 1009);
}

#[tokio::test]
async fn a_frame_of_countless_values_is_refused_unread_whatever_its_method() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let ones = vec![1; 30_000];
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let deep: Value = serde_json::from_str(&deep).unwrap();
    for method in ["chat.send", "health", "no.such.method", "connect"] {
        for params in [
            json!({ "attachments": ones }),
            json!({ "a": vec![json!({}); 25_000] }),
            json!({ "a": deep }),
        ] {
            let error = client.refused(method, params).await;
            let said = error["message"].as_str().unwrap();
            assert!(said.contains("too deep"), "{method}: {said}");
        }
    }
    let letter = "x".repeat(2_000);
    let frame =
        json!({ "type": "req", "id": letter, "method": "agent.wait", "params": { "runId": "r" } });
    client.send(&frame).await;
    let waiting = json!({ "runId": letter });
    let error = client.refused("agent.wait", waiting).await;
    assert!(error["message"].as_str().unwrap().contains("1024 bytes"));
}
