//! Sessions: their history, who hears of them, who is here.

use crate::common::{Client, Device, Relay, Wish, rows, said, with_token};
use clawline_relay::ids;
use serde_json::{Value, json};

const MAIN: &str = "agent:main:main";

#[tokio::test]
async fn send_puts_a_message_into_a_session_once() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let params =
        json!({ "to": "notes", "message": "remember the milk", "idempotencyKey": ids::uuid() });
    let sent = client.request("send", params.clone()).await;
    assert_eq!(sent["channel"], "webchat");
    let again = client.request("send", params).await;
    assert_eq!(again, sent);
    let expected = [("assistant".to_owned(), "remember the milk".to_owned())];
    assert_eq!(rows(&client.history("notes").await), expected);
    let params =
        json!({ "to": "x", "message": "y", "idempotencyKey": ids::uuid(), "channel": "telegram" });
    let error = client.refused("send", params).await;
    assert!(error["message"].as_str().unwrap().contains("telegram"));
}

#[tokio::test]
async fn history_is_read_by_pages_and_by_cursor() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    for n in 0..3 {
        let key = ids::uuid();
        client.say(MAIN, &format!("m{n} [chunks:1:1]"), &key).await;
        client.terminal(&key).await;
    }
    let page = async |client: &mut Client, params: Value| {
        let mut whole = json!({ "sessionKey": MAIN });
        whole
            .as_object_mut()
            .unwrap()
            .extend(params.as_object().unwrap().clone());
        client.request("chat.history", whole).await
    };
    let newest = page(&mut client, json!({ "limit": 2 })).await;
    assert_eq!(
        (
            &newest["hasMore"],
            &newest["nextOffset"],
            &newest["totalMessages"]
        ),
        (&json!(true), &json!(2), &json!(6))
    );
    assert_eq!(rows(&newest)[0].1, "m2 [chunks:1:1]");
    let middle = page(&mut client, json!({ "limit": 2, "offset": 2 })).await;
    assert_eq!(rows(&middle)[0].1, "m1 [chunks:1:1]");
    let oldest = page(&mut client, json!({ "limit": 2, "offset": 4 })).await;
    assert_eq!(
        (&oldest["hasMore"], oldest.get("nextOffset")),
        (&json!(false), None)
    );

    let cursor = newest["deltaCursor"].clone();
    let nothing = page(&mut client, json!({ "cursor": cursor })).await;
    assert_eq!(
        (&nothing["kind"], &nothing["messages"]),
        (&json!("delta"), &json!([]))
    );
    let key = ids::uuid();
    client.say(MAIN, "m3 [chunks:1:1]", &key).await;
    client.terminal(&key).await;
    let news = page(&mut client, json!({ "cursor": cursor })).await;
    let texts: Vec<&Value> = news["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["message"]["role"])
        .collect();
    assert_eq!(texts, ["user", "assistant"]);
    assert_eq!(
        page(&mut client, json!({ "cursor": "bogus" })).await,
        json!({ "kind": "reset" })
    );
}

#[tokio::test]
async fn a_long_text_is_cut_in_history_and_whole_by_itself() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "[big:30000]", &key).await;
    assert_eq!(
        said(&client.terminal(&key).await).len(),
        29_999,
        "the blank at the end is trimmed"
    );
    let history = client.history(MAIN).await;
    let row = &history["messages"][1];
    assert_eq!(row["__openclaw"]["truncated"], true);
    assert!(
        row["content"][0]["text"]
            .as_str()
            .unwrap()
            .ends_with("...(truncated)...")
    );
    let params = json!({ "sessionKey": MAIN, "messageId": row["__openclaw"]["id"] });
    let whole = client.request("chat.message.get", params).await;
    assert_eq!(
        whole["message"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .len(),
        30_000
    );
}

#[tokio::test]
async fn events_of_runs_go_only_to_those_who_want_them() {
    let relay = Relay::start(with_token()).await;
    let scoped = Wish {
        caps: vec!["session-scoped-events"],
        ..Wish::default()
    };
    let mut scoped = Client::connect(relay.address(), &Device::new(2), &scoped).await;
    let mut all = relay.connect().await;
    scoped
        .request("sessions.messages.subscribe", json!({ "key": "followed" }))
        .await;
    let (followed, other) = (ids::uuid(), ids::uuid());
    // Its own message in a session that it does not follow.
    scoped.say("other", "[chunks:1:1]", &other).await;
    all.terminal(&other).await;
    all.say("followed", "[chunks:1:1]", &followed).await;
    scoped.terminal(&followed).await;
    assert!(scoped.chat_events(&other).is_empty());
    all.terminal(&followed).await;
    let rows_seen = |c: &Client| {
        c.events
            .iter()
            .filter(|e| e["event"] == "session.message")
            .count()
    };
    assert_eq!(rows_seen(&all), 0, "rows come by subscription only");
    scoped
        .event(|e| {
            e["event"] == "session.message" && e["payload"]["message"]["role"] == "assistant"
        })
        .await;
    assert_eq!(rows_seen(&scoped), 2);
    scoped
        .request(
            "sessions.messages.unsubscribe",
            json!({ "key": "followed" }),
        )
        .await;
    scoped.events.clear();
    let silent = ids::uuid();
    all.say("followed", "[chunks:1:1]", &silent).await;
    all.terminal(&silent).await;
    scoped.request("health", json!({})).await;
    assert!(scoped.chat_events(&silent).is_empty());
}

#[tokio::test]
async fn sessions_are_made_once_per_key_and_found_again() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let params = json!({ "label": "Plans", "idempotencyKey": ids::uuid() });
    let made = client.request("sessions.create", params.clone()).await;
    assert!(
        made["key"]
            .as_str()
            .unwrap()
            .starts_with("agent:main:dashboard:")
    );
    assert_eq!(
        client.request("sessions.create", params).await["key"],
        made["key"]
    );
    let list = client
        .request("sessions.list", json!({ "search": "plan" }))
        .await;
    assert_eq!(list["totalCount"], 1);
    assert_eq!(list["sessions"][0]["displayName"], "Plans");
    let none = client
        .request("sessions.list", json!({ "search": "100%" }))
        .await;
    assert_eq!(none["totalCount"], 0);
}

#[tokio::test]
async fn everybody_sees_who_comes_and_goes() {
    let relay = Relay::start(with_token()).await;
    let mut first = relay.connect().await;
    let second = Client::connect(relay.address(), &Device::new(2), &Wish::default()).await;
    let id = Device::new(2).id();
    let has = |event: &Value| {
        let entries = event["payload"]["presence"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        entries.iter().any(|entry| entry["deviceId"] == id.as_str())
    };
    first.event(|e| e["event"] == "presence" && has(e)).await;
    first.events.clear();
    drop(second);
    first.event(|e| e["event"] == "presence" && !has(e)).await;
    let now = first.request("system-presence", json!({})).await;
    assert_eq!(
        now.as_array().unwrap().len(),
        2,
        "the gateway and this client"
    );
    assert_eq!(
        first.request("agents.list", json!({})).await["defaultId"],
        "main"
    );
    assert_eq!(
        first.request("models.list", json!({})).await["models"][0]["id"],
        "echo"
    );
    assert_eq!(
        first.request("status", json!({})).await["sessions"]["count"],
        0
    );
}
