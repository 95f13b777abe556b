//! The jsonrpc dialect, as the client of agenticai meets it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Client, Relay, TOKEN, Wish, rows, with_token};
use crate::http;
use crate::recordings::recording;

/// As the original asks: at the root, no Origin, no token.
fn plain() -> Wish {
    Wish {
        path: "/",
        origin: None,
        ..Wish::default()
    }
}

async fn open_relay() -> Relay {
    Relay::start(Default::default()).await
}

/// A client that has passed over the challenge, as the original does.
async fn connect(relay: &Relay) -> Client {
    Client::open(relay.address(), &plain()).await
}

fn request(id: &Value, message: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "sessions_send", "params": { "message": message } })
}

async fn ok(client: &mut Client, id: Value, message: Value) {
    client.send(&request(&id, &message)).await;
    let answer = client.read().await.unwrap();
    assert_eq!(
        answer,
        json!({ "jsonrpc": "2.0", "id": id, "result": { "status": "ok" } })
    );
}

async fn rows_of(relay: &Relay, call: &str) -> Vec<(String, String)> {
    let mut page = relay.connect().await;
    rows(&page.history(&format!("agent:main:calls:{call}")).await)
}

fn texts(rows: &[(String, String)]) -> Vec<&str> {
    rows.iter().map(|(_, text)| text.as_str()).collect()
}

/// Each kind with all members, and what the page shows of it.
#[tokio::test]
async fn each_message_is_kept_in_the_session_of_its_call() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    let shown = [
        (
            json!({ "message_type": "call_started", "to_number": "+1", "prompt": "Be kind", "metadata": { "a": 1 } }),
            "Call started: +1\nPrompt: Be kind\nMetadata: {\"a\":1}",
        ),
        (json!({ "type": "call_started" }), "Call started"),
        (
            json!({ "message_type": "transcript", "speaker": "assistant", "text": "Hi" }),
            "Hi",
        ),
        (
            json!({ "message_type": "transcript", "speaker": "user", "text": "he", "is_final": false }),
            "user, not final: he",
        ),
        (
            json!({ "type": "structured_data", "message_type": "structured_data", "intent": "book",
                "entities": { "d": 1 }, "summary": "s", "confidence": 0.9 }),
            "Understood: book (confidence 0.9)\nSummary: s\nEntities: {\"d\":1}",
        ),
        (
            json!({ "message_type": "action", "action_type": "email", "parameters": { "to": "x" } }),
            "Action: email\nParameters: {\"to\":\"x\"}",
        ),
        (
            json!({ "message_type": "error", "error_code": "E", "error_message": "bad" }),
            "Error E: bad",
        ),
        (
            json!({ "message_type": "call_ended", "duration": 125.5, "outcome": "completed",
                "full_transcript": "User: Hello\nAssistant: Hi", "summary": "" }),
            "Call ended: completed after 125.5 s\nTranscript:\nUser: Hello\nAssistant: Hi",
        ),
    ];
    for (n, (message, _)) in shown.iter().enumerate() {
        let mut message = message.clone();
        message["call_id"] = "c1".into();
        message["timestamp"] = "2026-11-20T03:30:15.052605".into();
        ok(&mut client, n.into(), message).await;
    }
    let kept = rows_of(&relay, "c1").await;
    let wanted: Vec<&str> = shown.iter().map(|(_, text)| *text).collect();
    assert_eq!(texts(&kept), wanted);
}

#[tokio::test]
async fn what_the_caller_said_is_the_users_and_no_agent_answers_it() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    let said = json!({ "message_type": "transcript", "call_id": "c1", "speaker": "user", "text": "Hello" });
    ok(&mut client, 1.into(), said).await;
    let ended = json!({ "message_type": "call_ended", "call_id": "c1", "outcome": "completed" });
    ok(&mut client, 2.into(), ended).await;
    let kept = rows_of(&relay, "c1").await;
    assert_eq!(kept[0], ("user".to_owned(), "Hello".to_owned()));
    assert_eq!(texts(&kept)[1..], ["Call ended: completed after 0 s"]);
}

#[tokio::test]
async fn calls_whose_ids_differ_by_case_stay_apart_and_an_error_without_a_call_is_kept() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    for (n, call) in ["abc", "ABC"].into_iter().enumerate() {
        let message = json!({ "message_type": "action", "call_id": call, "action_type": call });
        ok(&mut client, n.into(), message).await;
    }
    ok(
        &mut client,
        3.into(),
        json!({ "message_type": "error", "error_message": "lost" }),
    )
    .await;
    assert_eq!(texts(&rows_of(&relay, "abc").await), ["Action: abc"]);
    assert_eq!(texts(&rows_of(&relay, "main").await), ["Error : lost"]);
}

#[tokio::test]
async fn a_repeat_on_one_connection_is_kept_once_and_another_id_is_no_repeat() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    let message = json!({ "message_type": "action", "call_id": "c1", "action_type": "a" });
    for id in [json!(1), json!(1), json!("1"), json!(2)] {
        ok(&mut client, id, message.clone()).await;
    }
    let other = json!({ "message_type": "action", "call_id": "c1", "action_type": "b" });
    ok(&mut client, 1.into(), other).await;
    let kept = rows_of(&relay, "c1").await;
    assert_eq!(
        texts(&kept),
        ["Action: a", "Action: a", "Action: a", "Action: b"]
    );
}

/// The frame, and the error code, or the whole answer.
#[tokio::test]
async fn each_fault_has_its_code() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    ok(
        &mut client,
        0.into(),
        json!({ "message_type": "heartbeat" }),
    )
    .await;
    let send = |message: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":7,"method":"sessions_send","params":{{"message":{message}}}}}"#
        )
    };
    for (frame, code) in [
        ("not json".to_owned(), -32700),
        (String::new(), -32700),
        (r#"{"jsonrpc":"2.0","id":NaN}"#.to_owned(), -32700),
        ("1".to_owned(), -32600),
        ("[]".to_owned(), -32600),
        ("{}".to_owned(), -32600),
        (
            r#"{"jsonrpc":"1.0","id":7,"method":"sessions_send"}"#.to_owned(),
            -32600,
        ),
        (r#"{"jsonrpc":"2.0","id":7}"#.to_owned(), -32600),
        (
            r#"{"jsonrpc":"2.0","id":[],"method":"sessions_send"}"#.to_owned(),
            -32600,
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"other"}"#.to_owned(),
            -32601,
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"sessions_send"}"#.to_owned(),
            -32602,
        ),
        (send("1"), -32602),
        (send("{}"), -32602),
        (send(r#"{"message_type":"dance"}"#), -32602),
        (send(r#"{"message_type":"action"}"#), -32602),
        (
            send(r#"{"message_type":"action","type":"error","call_id":"c"}"#),
            -32602,
        ),
        (
            send(r#"{"message_type":"transcript","call_id":"c","text":1}"#),
            -32602,
        ),
    ] {
        client.send_text(frame.clone()).await;
        let answer = client.read().await.unwrap();
        assert_eq!(answer["error"]["code"], code, "{frame}: {answer}");
        assert!(answer["error"]["message"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn a_batch_is_answered_by_a_list_and_a_notification_not_at_all() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    let message =
        |n: u8| json!({ "message_type": "action", "call_id": "c1", "action_type": n.to_string() });
    let mut quiet = request(&Value::Null, &message(0));
    quiet.as_object_mut().unwrap().remove("id");
    client.send(&quiet).await;
    client.send(&json!([quiet])).await;
    let batch = json!([
        request(&json!("a"), &message(1)),
        quiet,
        5,
        request(&json!(2), &message(2))
    ]);
    client.send(&batch).await;
    let answer = client.read().await.unwrap();
    let answers = answer.as_array().unwrap();
    assert_eq!(answers.len(), 3, "{answer}");
    assert_eq!(answers[0]["id"], "a");
    assert_eq!(answers[1]["error"]["code"], -32600);
    assert_eq!(answers[2]["id"], 2);
    let kept = rows_of(&relay, "c1").await;
    let wanted = [
        "Action: 0",
        "Action: 0",
        "Action: 1",
        "Action: 0",
        "Action: 2",
    ];
    assert_eq!(texts(&kept), wanted, "a notification is no repeat");
}

#[tokio::test]
async fn silence_of_30_seconds_at_a_time_ends_nothing() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    for n in 0..5 {
        tokio::time::pause();
        tokio::time::sleep(Duration::from_secs(30)).await;
        tokio::time::resume();
        ok(
            &mut client,
            n.into(),
            json!({ "message_type": "heartbeat" }),
        )
        .await;
    }
}

#[tokio::test]
async fn calls_are_on_the_bus_and_their_client_is_the_account_of_the_channel() {
    let relay = open_relay().await;
    let mut events = http::Stream::open(relay.address(), None).await;
    let mut client = connect(&relay).await;
    let action = json!({ "message_type": "action", "call_id": "c1", "action_type": "email" });
    ok(&mut client, 1.into(), action).await;
    let status = events.find(|told| told.kind == "status").await;
    assert_eq!(status.data["channel"], "calls");
    assert_eq!(status.data["account"]["connected"], true);
    let told = events.find(|told| told.kind == "received").await;
    assert_eq!(told.data["channel"], "calls");
    assert_eq!(told.data["conversation_id"], "c1");
    assert_eq!(told.data["content"], "Action: email");
    assert_eq!(told.data["metadata"]["message_type"], "action");
}

#[tokio::test]
async fn where_a_token_is_needed_calls_are_told_with_it_only() {
    let relay = Relay::start(with_token()).await;
    let beat = request(&json!(1), &json!({ "message_type": "heartbeat" }));
    let mut client = connect(&relay).await;
    client.send(&beat).await;
    let closed = client.closed().await;
    assert_eq!(closed.code, 1008);
    assert!(closed.reason.contains("a token is needed"));
    let bearer = format!("Bearer {TOKEN}");
    let wish = Wish {
        headers: vec![("authorization", Box::leak(bearer.into_boxed_str()))],
        ..plain()
    };
    let mut known = Client::open(relay.address(), &wish).await;
    ok(&mut known, 1.into(), json!({ "message_type": "heartbeat" })).await;
}

/// Everything that the original sent to its stub server, on as many connections.
#[tokio::test]
async fn the_recorded_traffic_of_the_original_is_taken() {
    let relay = open_relay().await;
    let mut client = None;
    let mut taken = 0;
    for line in recording("agenticai-client.jsonl") {
        match line["dir"].as_str() {
            Some("upgrade") => client = Some(connect(&relay).await),
            Some("c2s") => {
                let client = client.as_mut().unwrap();
                let text = line["data"].as_str().unwrap();
                client.send_text(text.to_owned()).await;
                let sent: Value = serde_json::from_str(text).unwrap();
                let answer = client.read().await.unwrap();
                assert_eq!(answer["id"], sent["id"]);
                assert_eq!(answer["result"]["status"], "ok", "{text}: {answer}");
                taken += 1;
            }
            _ => {}
        }
    }
    assert_eq!(taken, 14);
    let kept = rows_of(&relay, "c1").await;
    assert_eq!(kept.len(), 5);
    assert_eq!(texts(&kept)[1], "user, not final: hé 你");
    for call in ["q0", "q1", "q2"] {
        let kept = rows_of(&relay, call).await;
        assert_eq!(kept.len(), 1, "{call}");
    }
}

#[tokio::test]
async fn the_only_client_hears_that_the_relay_restarts() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    ok(
        &mut client,
        json!(1),
        json!({ "message_type": "heartbeat" }),
    )
    .await;
    let (closed, ()) = tokio::join!(client.closed(), relay.server.stop());
    assert_eq!(closed.code, 1012);
}
