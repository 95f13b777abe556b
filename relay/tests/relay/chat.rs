//! The journey of a message over a real socket.

use crate::common::{Relay, rows, said, with_token};
use clawline_relay::ids;
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

    // A client that has the row does not ask for the history.
    let at = |fits: &dyn Fn(&Value) -> bool| client.events.iter().position(fits).unwrap();
    assert!(
        at(&|e| is_row(e, "assistant")) < at(&|e| e["payload"]["state"] == "final"),
        "the row comes before the end of its run"
    );

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
        client.say(MAIN, "one [chunks:6:400]", &key).await["status"],
        "started"
    );
    assert_eq!(
        client.say(MAIN, "one [chunks:6:400]", &key).await["status"],
        "in_flight"
    );
    let conflict = json!({ "sessionKey": MAIN, "message": "two", "idempotencyKey": key });
    let error = client.refused("chat.send", conflict).await;
    assert_eq!(error["details"]["reason"], "chat-request-conflict");
    client.terminal(&key).await;
    assert_eq!(
        client.say(MAIN, "one [chunks:6:400]", &key).await["status"],
        "ok"
    );
    // The key is global: under another session it is the same message.
    let elsewhere = client
        .say("agent:main:other", "one [chunks:6:400]", &key)
        .await;
    assert_eq!(elsewhere["status"], "ok");
    assert_eq!(rows(&client.history(MAIN).await).len(), 2);
    assert_eq!(rows(&client.history("other").await).len(), 0);
    // Not for another method either.
    let same =
        json!({ "sessionKey": MAIN, "message": "one [chunks:6:400]", "idempotencyKey": key });
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
    // The first takes its time: all others are to come while it runs.
    let texts = [
        "m0 [chunks:3:1000]",
        "m1 [chunks:3:60]",
        "m2 [chunks:3:60]",
        "m3 [chunks:3:60]",
    ];
    for (text, key) in texts.iter().zip(&keys) {
        assert_eq!(client.say(MAIN, text, key).await["status"], "started");
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
    assert_eq!(waiting[0]["message"]["content"], texts[1]);

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
    let kept: Vec<String> = rows(&client.history(MAIN).await)
        .into_iter()
        .map(|r| r.1)
        .collect();
    let answer = "w1 w2 w3";
    assert_eq!(kept, [texts[0], answer, texts[1], answer, texts[2], answer]);
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
    let params = json!({ "message": "hi [chunks:5:500]", "idempotencyKey": key, "sessionKey": "agent:main:two" });
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
