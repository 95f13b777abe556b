//! The journey of a message over a real socket.

mod common;

use clawline_relay::ids;
use common::{Client, Device, Relay, Wish, rows, said, with_token};
use serde_json::{Value, json};

const MAIN: &str = "agent:main:main";

fn states(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["state"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_message_is_acknowledged_streamed_and_kept() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    client
        .request("sessions.messages.subscribe", json!({ "key": "main" }))
        .await;
    let key = ids::uuid();
    let ack = client.say(MAIN, "hi there [chunks:4:80]", &key).await;
    assert_eq!(ack, json!({ "runId": key, "status": "started" }));
    let last = client.terminal(&key).await;
    assert_eq!(last["state"], "final");
    assert_eq!(said(&last), "w1 w2 w3 w4");
    assert_eq!(last["stopReason"], "stop");

    let events = client.chat_events(&key);
    assert_eq!(states(&events[..3]), ["status", "status", "status"]);
    let deltas: Vec<&Value> = events.iter().filter(|e| e["state"] == "delta").collect();
    let pieces: String = deltas
        .iter()
        .map(|d| d["deltaText"].as_str().unwrap())
        .collect();
    assert_eq!(pieces, "w1 w2 w3 w4", "the pieces make the whole");
    assert_eq!(said(deltas[1]), "w1 w2", "each delta carries all so far");
    assert!(
        events
            .iter()
            .all(|e| e["sessionKey"] == MAIN && e["agentId"] == "main")
    );

    let own = format!("{key}:user");
    let is_row = |event: &Value, role| {
        event["event"] == "session.message" && event["payload"]["message"]["role"] == role
    };
    let user = client.event(|e| is_row(e, "user")).await;
    assert_eq!(user["payload"]["message"]["idempotencyKey"], own);
    let answer = client.event(|e| is_row(e, "assistant")).await;
    assert_eq!(answer["payload"]["message"]["__openclaw"]["runId"], key);

    let history = client.history("main").await;
    assert_eq!(
        history["sessionKey"], "main",
        "the name that was asked for comes back"
    );
    assert_eq!(
        rows(&history),
        [
            ("user".to_owned(), "hi there [chunks:4:80]".to_owned()),
            ("assistant".to_owned(), "w1 w2 w3 w4".to_owned()),
        ]
    );
    assert_eq!(history["messages"][0]["idempotencyKey"], own);
    assert_eq!(history["sessionInfo"]["hasActiveRun"], false);
    assert_eq!(history.get("inFlightRun"), None);
}

#[tokio::test]
async fn frame_numbers_have_no_holes() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    client.request("sessions.subscribe", json!({})).await;
    let key = ids::uuid();
    client.say(MAIN, "[chunks:30:5]", &key).await;
    client
        .event(|e| {
            e["event"] == "sessions.changed" && e["payload"]["reason"] == "agent.input.settled"
        })
        .await;
    let numbers: Vec<u64> = client
        .events
        .iter()
        .map(|e| e["seq"].as_u64().unwrap())
        .collect();
    let expected: Vec<u64> = (1..=u64::try_from(numbers.len()).unwrap()).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn a_repeated_key_runs_once_and_other_words_under_it_are_refused() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    assert_eq!(
        client.say(MAIN, "one [chunks:6:60]", &key).await["status"],
        "started"
    );
    assert_eq!(
        client.say(MAIN, "one [chunks:6:60]", &key).await["status"],
        "in_flight"
    );
    let conflict = json!({ "sessionKey": MAIN, "message": "two", "idempotencyKey": key });
    let error = client.refused("chat.send", conflict).await;
    assert_eq!(error["details"]["reason"], "chat-request-conflict");
    client.terminal(&key).await;
    assert_eq!(
        client.say(MAIN, "one [chunks:6:60]", &key).await["status"],
        "ok"
    );
    // The key is global: under another session it is the same message.
    let elsewhere = client
        .say("agent:main:other", "one [chunks:6:60]", &key)
        .await;
    assert_eq!(elsewhere["status"], "ok");
    assert_eq!(rows(&client.history(MAIN).await).len(), 2);
    assert_eq!(rows(&client.history("other").await).len(), 0);
    // Not for another method either.
    let same = json!({ "sessionKey": MAIN, "message": "one [chunks:6:60]", "idempotencyKey": key });
    let error = client.refused("agent", same).await;
    assert_eq!(error["details"]["reason"], "chat-request-conflict");
}

#[tokio::test]
async fn stop_keeps_what_was_said_and_answers_after_the_last_event() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "[chunks:500:50]", &key).await;
    client
        .event(|e| e["event"] == "chat" && e["payload"]["state"] == "delta")
        .await;
    let running = client.history(MAIN).await;
    assert_eq!(running["inFlightRun"]["runId"], key);
    assert_eq!(running["sessionInfo"]["activeRunIds"], json!([key]));
    client.events.clear();
    let stopped = client
        .request("chat.abort", json!({ "sessionKey": MAIN }))
        .await;
    assert_eq!(
        stopped,
        json!({ "ok": true, "aborted": true, "runIds": [key] })
    );
    let seen = client.chat_events(&key);
    let last = seen.last().unwrap();
    assert_eq!(last["state"], "aborted", "the event came before the answer");
    assert_eq!(last["stopReason"], "rpc");

    let history = client.history(MAIN).await;
    let partial = &history["messages"][1];
    assert_eq!(partial["openclawAbort"]["runId"], key);
    assert_eq!(partial["idempotencyKey"], format!("{key}:assistant"));
    assert_eq!(
        partial["content"][0]["text"],
        last["message"]["content"][0]["text"]
    );
    assert_eq!(
        client.say(MAIN, "[chunks:500:50]", &key).await["summary"],
        "aborted"
    );
    let idle = client
        .request("chat.abort", json!({ "sessionKey": MAIN }))
        .await;
    assert_eq!(idle, json!({ "ok": true, "aborted": false, "runIds": [] }));
}

#[tokio::test]
async fn a_turn_that_would_never_end_can_be_stopped() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "[hang]", &key).await;
    let params = json!({ "sessionKey": MAIN, "runId": key });
    let stopped = client.request("chat.abort", params).await;
    assert_eq!(stopped["aborted"], true);
    assert_eq!(client.terminal(&key).await["state"], "aborted");
}

#[tokio::test]
async fn a_failing_turn_says_why_and_the_session_goes_on() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "[error]", &key).await;
    let last = client.terminal(&key).await;
    assert_eq!(last["state"], "error");
    assert!(last["errorMessage"].as_str().unwrap().contains("[error]"));
    let history = client.history(MAIN).await;
    assert_eq!(
        history["messages"][1]["customType"],
        "run-failed-before-reply"
    );
    let next = ids::uuid();
    client.say(MAIN, "[chunks:1:1]", &next).await;
    assert_eq!(client.terminal(&next).await["state"], "final");
}

#[tokio::test]
async fn messages_of_one_session_are_answered_in_order_each_on_its_own() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let keys: Vec<String> = (0..4).map(|_| ids::uuid()).collect();
    for (n, key) in keys.iter().enumerate() {
        let text = format!("m{n} [chunks:3:60]");
        assert_eq!(client.say(MAIN, &text, key).await["status"], "started");
    }
    let now = client.history(MAIN).await;
    let waiting: Vec<&Value> = now["pendingInputs"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(now["pendingInputs"]["total"], 3);
    let ids: Vec<&str> = waiting
        .iter()
        .map(|i| i["runId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, keys[1..]);
    assert_eq!(waiting[0]["state"], "queued");
    assert_eq!(waiting[0]["message"]["content"], "m1 [chunks:3:60]");

    // The last is taken back before it begins.
    let params = json!({ "sessionKey": MAIN, "runId": keys[3] });
    assert_eq!(
        client.request("chat.abort", params).await["runIds"],
        json!([keys[3]])
    );
    for key in &keys[..3] {
        assert_eq!(said(&client.terminal(key).await), "w1 w2 w3");
    }
    assert_eq!(client.terminal(&keys[3]).await["state"], "aborted");
    let texts: Vec<String> = rows(&client.history(MAIN).await)
        .into_iter()
        .map(|r| r.1)
        .collect();
    let answer = "w1 w2 w3";
    assert_eq!(
        texts,
        [
            "m0 [chunks:3:60]",
            answer,
            "m1 [chunks:3:60]",
            answer,
            "m2 [chunks:3:60]",
            answer
        ]
    );
}

#[tokio::test]
async fn too_many_waiting_messages_are_refused_and_none_is_dropped() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    client.say(MAIN, "[hang]", "first").await;
    for n in 0..100 {
        client
            .say(MAIN, "[chunks:1:1]", &format!("waits-{n}"))
            .await;
    }
    let one_more = json!({ "sessionKey": MAIN, "message": "x", "idempotencyKey": "one-more" });
    let error = client.refused("chat.send", one_more).await;
    assert_eq!(
        (&error["code"], &error["retryable"]),
        (&json!("UNAVAILABLE"), &json!(true))
    );
    // A repeat is no new message.
    assert_eq!(
        client.say(MAIN, "[chunks:1:1]", "waits-7").await["status"],
        "in_flight"
    );
    client
        .request("chat.abort", json!({ "sessionKey": MAIN }))
        .await;
    assert_eq!(client.terminal("waits-99").await["state"], "final");
    assert_eq!(
        rows(&client.history(MAIN).await).len(),
        200,
        "the newest page"
    );
}

#[tokio::test]
async fn sessions_do_not_wait_for_each_other() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let (slow, fast) = (ids::uuid(), ids::uuid());
    client.say("slow", "[hang]", &slow).await;
    client.say("fast", "[chunks:2:1]", &fast).await;
    assert_eq!(client.terminal(&fast).await["state"], "final");
}

#[tokio::test]
async fn agent_answers_twice_and_a_repeat_gets_the_result_at_once() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    let params = json!({ "message": "hi [chunks:5:60]", "idempotencyKey": key, "sessionKey": "agent:main:two" });
    let id = client.ask("agent", params.clone()).await;
    let first = client.answer(&id).await;
    assert_eq!(first["payload"]["status"], "accepted");
    assert_eq!(first["payload"]["runId"], key);
    let meanwhile = client.request("agent", params.clone()).await;
    assert_eq!(meanwhile["status"], "in_flight");
    let second = client.answer(&id).await;
    assert_eq!(second["payload"]["status"], "ok");
    assert_eq!(second["payload"]["summary"], "completed");
    assert_eq!(
        second["payload"]["result"]["payloads"][0]["text"],
        "w1 w2 w3 w4 w5"
    );
    assert_eq!(said(&client.terminal(&key).await), "w1 w2 w3 w4 w5");
    let again = client.request("agent", params).await;
    assert_eq!(
        again["result"]["payloads"],
        second["payload"]["result"]["payloads"]
    );
    assert_eq!(rows(&client.history("two").await).len(), 2);
}

#[tokio::test]
async fn agent_wait_waits_for_the_end_and_gives_up_in_time() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "[chunks:3:60]", &key).await;
    let waited = client.request("agent.wait", json!({ "runId": key })).await;
    assert_eq!(waited["status"], "ok");
    assert_eq!(waited["terminalReply"]["text"], "w1 w2 w3");
    let later = client
        .request("agent.wait", json!({ "runId": key, "timeoutMs": 0 }))
        .await;
    assert_eq!(later["runId"], key);
    let unknown = json!({ "runId": "nobody", "timeoutMs": 20 });
    let unknown = client.request("agent.wait", unknown).await;
    assert_eq!(unknown, json!({ "runId": "nobody", "status": "timeout" }));
}

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
