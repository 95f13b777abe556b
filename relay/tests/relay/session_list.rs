//! A list of sessions: what it shows, and what is done to the sessions in it.

use crate::common::{Client, Device, Relay, Wish, rows, with_token};
use clawline_relay::ids;
use serde_json::{Value, json};

const MAIN: &str = "agent:main:main";
const NOTES: &str = "agent:main:notes";
/// A PNG of one pixel, as base64.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async fn admin(relay: &Relay) -> Client {
    let wish = Wish::default().scopes(&["operator.admin"]);
    let mut client = Client::connect(relay.address(), &Device::new(3), &wish).await;
    client.request("sessions.subscribe", json!({})).await;
    client
}

async fn talk(client: &mut Client, session: &str, text: &str) -> String {
    let key = ids::uuid();
    client.say(session, text, &key).await;
    client.terminal(&key).await;
    key
}

/// The row of a session, wherever it stands in the list.
async fn row(client: &mut Client, session: &str) -> Option<Value> {
    let all = json!({ "archived": "all", "includeLastMessage": true });
    let list = client.request("sessions.list", all).await;
    let rows = list["sessions"].as_array().unwrap();
    rows.iter().find(|row| row["key"] == session).cloned()
}

async fn keys(client: &mut Client, params: Value) -> Vec<String> {
    let list = client.request("sessions.list", params).await;
    let rows = list["sessions"].as_array().unwrap().iter();
    let key = |row: &Value| row["key"].as_str().unwrap().to_owned();
    rows.map(key).collect()
}

async fn patch(client: &mut Client, mut params: Value) -> Value {
    params["key"] = json!(NOTES);
    client.request("sessions.patch", params).await
}

async fn changed(client: &mut Client, reason: &str) -> Value {
    let is_it = |event: &Value| {
        event["event"] == "sessions.changed" && event["payload"]["reason"] == reason
    };
    let payload = client.event(is_it).await["payload"].clone();
    client.events.clear();
    payload
}

#[tokio::test]
async fn a_session_is_named_pinned_and_put_away() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    client.request("sessions.subscribe", json!({})).await;
    talk(&mut client, NOTES, "buy milk [chunks:2:1]").await;
    talk(&mut client, "later", "hi [chunks:1:1]").await;
    client.events.clear();

    let named = patch(&mut client, json!({ "label": " Errands " })).await;
    assert_eq!(named["entry"]["label"], "Errands");
    assert_eq!(changed(&mut client, "patch").await["label"], "Errands");
    let taken = json!({ "key": "later", "label": "Errands" });
    let error = client.refused("sessions.patch", taken).await;
    assert_eq!(error["message"], "label already in use: Errands");
    let shown = row(&mut client, NOTES).await.unwrap();
    assert_eq!(shown["displayName"], "Errands");
    assert_eq!(shown["lastMessagePreview"], "w1 w2");
    assert_eq!(shown["channel"], "webchat");
    patch(&mut client, json!({ "label": null })).await;
    assert_eq!(changed(&mut client, "patch").await["label"], Value::Null);

    assert_eq!(keys(&mut client, json!({})).await[0], "agent:main:later");
    let pinned = patch(&mut client, json!({ "pinned": true })).await;
    assert!(pinned["entry"]["pinnedAt"].is_u64());
    assert_eq!(keys(&mut client, json!({})).await[0], NOTES);
    client.events.clear();

    let id = pinned["entry"]["sessionId"].clone();
    let away = json!({ "key": NOTES, "archived": true });
    let error = client.refused("sessions.patch", away).await;
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("expectedSessionId")
    );
    let other = json!({ "key": NOTES, "archived": true, "expectedSessionId": "other" });
    let error = client.refused("sessions.patch", other).await;
    assert_eq!(error["details"]["reason"], "session-changed");
    patch(
        &mut client,
        json!({ "archived": true, "expectedSessionId": id }),
    )
    .await;
    let told = changed(&mut client, "patch").await;
    assert_eq!(
        (&told["archived"], &told["pinned"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(told["pinnedAt"], Value::Null);
    assert_eq!(keys(&mut client, json!({})).await, ["agent:main:later"]);
    assert_eq!(
        keys(&mut client, json!({ "archived": true })).await,
        [NOTES]
    );
    assert_eq!(
        keys(&mut client, json!({ "archived": "all" })).await.len(),
        2
    );
    let pin = json!({ "key": NOTES, "pinned": true });
    client.refused("sessions.patch", pin).await;
    let message = json!({ "sessionKey": NOTES, "message": "x", "idempotencyKey": ids::uuid() });
    let error = client.refused("chat.send", message).await;
    assert!(error["message"].as_str().unwrap().contains("archived"));
    patch(
        &mut client,
        json!({ "archived": false, "expectedSessionId": id }),
    )
    .await;
    talk(&mut client, NOTES, "back [chunks:1:1]").await;
    assert_eq!(keys(&mut client, json!({})).await.len(), 2);
}

#[tokio::test]
async fn what_came_after_the_owner_looked_is_unread() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    talk(&mut client, NOTES, "hello [chunks:1:1]").await;
    let unread = async |client: &mut Client| row(client, NOTES).await.unwrap()["unread"].clone();
    assert_eq!(unread(&mut client).await, true);
    patch(&mut client, json!({ "unread": false })).await;
    assert_eq!(unread(&mut client).await, false);
    let put = json!({ "to": "notes", "message": "news", "idempotencyKey": ids::uuid() });
    client.request("send", put).await;
    assert_eq!(unread(&mut client).await, true);
    let marked = patch(&mut client, json!({ "unread": true })).await;
    let mark = marked["entry"]["markedUnreadAt"].clone();
    // Somebody who saw an older mark takes no newer one away.
    patch(
        &mut client,
        json!({ "unread": false, "expectedMarkedUnreadAt": null }),
    )
    .await;
    assert_eq!(unread(&mut client).await, true);
    patch(
        &mut client,
        json!({ "unread": false, "expectedMarkedUnreadAt": mark }),
    )
    .await;
    assert_eq!(unread(&mut client).await, false);
}

#[tokio::test]
async fn a_deleted_session_is_gone_and_its_keys_are_not() {
    let relay = Relay::start(with_token()).await;
    let mut client = admin(&relay).await;
    let file = json!({ "fileName": "pixel.png", "mimeType": "image/png", "content": PIXEL });
    let key = ids::uuid();
    let first = json!({ "sessionKey": NOTES, "message": "look", "idempotencyKey": key, "attachments": [file] });
    client.request("chat.send", first.clone()).await;
    client.terminal(&key).await;
    let history = client.history(NOTES).await;
    let media = &history["messages"][0]["__openclaw"]["media"][0];
    let file = json!({ "artifactId": media["artifactId"] });
    client.request("artifacts.get", file.clone()).await;
    // One runs and one waits.
    let (running, waiting) = (ids::uuid(), ids::uuid());
    client.say(NOTES, "on and on [hang]", &running).await;
    client.say(NOTES, "me too", &waiting).await;
    client
        .event(|e| e["payload"]["runId"] == running && e["payload"]["state"] == "delta")
        .await;
    client.events.clear();

    let moved = json!({ "key": NOTES, "expectedSessionId": "other" });
    client.refused("sessions.delete", moved).await;
    let id = client.ask("sessions.delete", json!({ "key": NOTES })).await;
    for run in [&waiting, &running] {
        assert_eq!(client.terminal(run).await["state"], "aborted");
    }
    let told = changed(&mut client, "delete").await;
    assert_eq!(told["sessionKey"], NOTES);
    let gone = client.answer(&id).await["payload"].clone();
    let expected = json!({ "ok": true, "key": NOTES, "deleted": true, "archived": [] });
    assert_eq!(gone, expected);
    assert_eq!(row(&mut client, NOTES).await, None);
    client.refused("artifacts.get", file).await;
    let again = client
        .request("sessions.delete", json!({ "key": NOTES }))
        .await;
    assert_eq!(again["deleted"], false);

    for (params, status) in [
        (first, "ok"),
        (
            json!({ "sessionKey": NOTES, "message": "me too", "idempotencyKey": waiting }),
            "timeout",
        ),
    ] {
        assert_eq!(client.request("chat.send", params).await["status"], status);
    }
    assert_eq!(
        row(&mut client, NOTES).await,
        None,
        "a repeat makes nothing"
    );
    let relay = relay.crash_and_start(with_token()).await;
    let mut client = admin(&relay).await;
    assert_eq!(row(&mut client, NOTES).await, None);
    talk(&mut client, NOTES, "anew [chunks:1:1]").await;
    assert_eq!(rows(&client.history(NOTES).await).len(), 2);
}

#[tokio::test]
async fn a_session_that_begins_anew_has_its_key_and_another_transcript() {
    let relay = Relay::start(with_token()).await;
    let mut client = admin(&relay).await;
    let old = talk(&mut client, MAIN, "secret [chunks:1:1]").await;
    let before = client.history(MAIN).await;
    let running = ids::uuid();
    client.say(MAIN, "on and on [hang]", &running).await;
    let begun = client
        .request("sessions.reset", json!({ "key": "main" }))
        .await;
    assert_eq!((&begun["ok"], &begun["key"]), (&json!(true), &json!(MAIN)));
    assert_eq!(client.terminal(&running).await["state"], "aborted");
    changed(&mut client, "reset").await;
    let after = client.history(MAIN).await;
    assert_eq!(rows(&after), []);
    assert_eq!(after["sessionId"], begun["entry"]["sessionId"]);
    assert_ne!(after["sessionId"], before["sessionId"]);
    let cursor = json!({ "sessionKey": MAIN, "cursor": before["deltaCursor"] });
    let news = client.request("chat.history", cursor).await;
    assert_eq!(news, json!({ "kind": "reset" }));
    let repeat =
        json!({ "sessionKey": MAIN, "message": "secret [chunks:1:1]", "idempotencyKey": old });
    assert_eq!(client.request("chat.send", repeat).await["status"], "ok");
    talk(&mut client, MAIN, "hi [chunks:1:1]").await;
    assert_eq!(rows(&client.history(MAIN).await).len(), 2);
    let gone = client
        .refused("sessions.delete", json!({ "key": MAIN }))
        .await;
    assert!(gone["message"].as_str().unwrap().contains("main session"));
}

#[tokio::test]
async fn each_change_needs_the_scope_that_it_needs_on_the_real_gateway() {
    let relay = Relay::start(with_token()).await;
    let mut writer = relay.connect().await;
    let read = Wish::default().scopes(&["operator.read"]);
    let mut reader = Client::connect(relay.address(), &Device::new(2), &read).await;
    let id = patch(&mut writer, json!({ "label": "N" })).await["entry"]["sessionId"].clone();
    for (method, params, scope) in [
        ("sessions.patch", json!({ "label": "X" }), "operator.write"),
        (
            "sessions.patch",
            json!({ "reasoningLevel": "on" }),
            "operator.admin",
        ),
        ("sessions.reset", json!({}), "operator.admin"),
        ("sessions.delete", json!({}), "operator.admin"),
        (
            "sessions.delete",
            json!({ "archivedOnly": true, "emitLifecycleHooks": true }),
            "operator.admin",
        ),
        (
            "sessions.delete",
            json!({ "archivedOnly": true }),
            "operator.write",
        ),
    ] {
        let mut params = params;
        params["key"] = json!(NOTES);
        let error = reader.refused(method, params.clone()).await;
        assert_eq!(error["details"]["missingScope"], scope, "{method} {params}");
        if scope == "operator.admin" {
            let error = writer.refused(method, params).await;
            assert_eq!(error["details"]["missingScope"], scope, "{method}");
        }
    }
    let unknown = json!({ "key": NOTES, "model": "other" });
    writer.refused("sessions.patch", unknown).await;
    let put_away = json!({ "key": NOTES, "archivedOnly": true });
    writer.refused("sessions.delete", put_away.clone()).await;
    patch(
        &mut writer,
        json!({ "archived": true, "expectedSessionId": id }),
    )
    .await;
    let gone = writer.request("sessions.delete", put_away).await;
    assert_eq!(gone["deleted"], true);
    let commands = reader.request("commands.list", json!({})).await;
    assert_eq!(commands, json!({ "commands": [] }));
}

#[tokio::test]
async fn a_session_that_was_made_once_is_not_made_again_when_it_is_deleted() {
    let relay = Relay::start(with_token()).await;
    let mut client = admin(&relay).await;
    let params = json!({ "label": "Plans", "idempotencyKey": ids::uuid() });
    let made = client.request("sessions.create", params.clone()).await;
    let gone = json!({ "key": made["key"] });
    client.request("sessions.delete", gone).await;
    client.refused("sessions.create", params).await;
    assert_eq!(
        keys(&mut client, json!({ "archived": "all" })).await,
        [""; 0]
    );
}
