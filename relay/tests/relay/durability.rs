//! What was acknowledged is there after any end of the process, and runs once.

use std::time::Duration;

use crate::common::{Client, Device, Relay, Wish, config, rows, with_token};
use crate::program::Program;
use clawline_relay::config::{ServeError, Setup};
use clawline_relay::ids;
use clawline_relay::retention::Retention;
use clawline_relay::serve::Server;
use clawline_relay::store::FILE_NAME;
use serde_json::json;

const MAIN: &str = "agent:main:main";

#[tokio::test]
async fn a_repeated_key_runs_once_even_after_a_restart() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let (key, sent) = (ids::uuid(), ids::uuid());
    client.say(MAIN, "once [chunks:2:1]", &key).await;
    client.terminal(&key).await;
    let message = json!({ "to": "main", "message": "sent once", "idempotencyKey": sent });
    let first = client.request("send", message.clone()).await;

    let relay = relay.crash_and_start(with_token()).await;
    let mut client = relay.connect().await;
    assert_eq!(
        client.say(MAIN, "once [chunks:2:1]", &key).await["status"],
        "ok"
    );
    assert_eq!(client.request("send", message).await, first);
    let other = json!({ "sessionKey": MAIN, "message": "other words", "idempotencyKey": key });
    let error = client.refused("chat.send", other).await;
    assert_eq!(error["details"]["reason"], "chat-request-conflict");
    assert_eq!(rows(&client.history(MAIN).await).len(), 3);
    let result = client.request("agent.wait", json!({ "runId": key })).await;
    assert_eq!(result["terminalReply"]["text"], "w1 w2");
}

#[tokio::test]
async fn turns_that_a_crash_cut_run_to_their_end_in_order() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let keys: Vec<String> = (0..3).map(|_| ids::uuid()).collect();
    for (n, key) in keys.iter().enumerate() {
        client.say(MAIN, &format!("m{n} [chunks:8:50]"), key).await;
    }
    client
        .event(|e| e["event"] == "chat" && e["payload"]["state"] == "delta")
        .await;

    let relay = relay.crash_and_start(with_token()).await;
    let mut client = relay.connect().await;
    // Under their own run ids, so that whoever waits for them recognises them.
    for key in &keys {
        let waited = client.request("agent.wait", json!({ "runId": key })).await;
        assert_eq!(waited["status"], "ok");
    }
    let texts: Vec<String> = rows(&client.history(MAIN).await)
        .into_iter()
        .map(|r| r.1)
        .collect();
    let answer = "w1 w2 w3 w4 w5 w6 w7 w8";
    assert_eq!(
        texts,
        [
            "m0 [chunks:8:50]",
            answer,
            "m1 [chunks:8:50]",
            answer,
            "m2 [chunks:8:50]",
            answer
        ]
    );
}

#[tokio::test]
async fn a_stop_says_goodbye_and_the_cut_turn_goes_on_at_the_next_start() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "[chunks:300:100]", &key).await;
    let Relay { server, folder } = relay;
    let (closed, ()) = tokio::join!(client.closed(), server.stop());
    assert_eq!(
        (closed.code, closed.reason.as_str()),
        (1012, "service restart")
    );
    let goodbye = client
        .events
        .iter()
        .find(|e| e["event"] == "shutdown")
        .unwrap();
    let words = json!({ "reason": "gateway stopping", "restartExpectedMs": 1_500 });
    assert_eq!(goodbye["payload"], words);

    let relay = Relay::start_in(folder, with_token()).await;
    let mut client = relay.connect().await;
    let history = client.history(MAIN).await;
    assert_eq!(history["inFlightRun"]["runId"], key);
    assert_eq!(rows(&history).len(), 1);
}

#[tokio::test]
async fn a_device_token_outlives_a_restart_and_is_not_in_the_file() {
    let relay = Relay::start(with_token()).await;
    let client = relay.connect().await;
    let token = client.hello["auth"]["deviceToken"]
        .as_str()
        .unwrap()
        .to_owned();
    drop(client);
    let relay = relay.crash_and_start(with_token()).await;
    let wish = Wish::default().auth(json!({ "deviceToken": token }));
    let client = Client::connect(relay.address(), &Device::new(1), &wish).await;
    assert_eq!(client.hello["auth"]["method"], "device-token");
    assert_eq!(client.hello["auth"]["deviceToken"], token.as_str());
    let folder = relay.folder.path().join("data");
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.is_dir() {
            continue;
        }
        let bytes = std::fs::read(file).unwrap();
        let found = bytes
            .windows(token.len())
            .any(|part| part == token.as_bytes());
        assert!(!found, "the token stands in the database");
    }
}

#[tokio::test]
async fn two_servers_never_share_a_database() {
    let relay = Relay::start(with_token()).await;
    let second = Server::start(config(relay.folder.path(), with_token())).await;
    let error = second.unwrap_err();
    assert!(matches!(error, ServeError::AlreadyServed(_)), "{error}");
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn sigkill_right_after_an_acknowledgement_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut keys = Vec::new();
    for round in 0..3 {
        let (mut program, address) = Program::start(&data);
        let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
        for n in 0..5 {
            let key = ids::uuid();
            let text = format!("r{round} m{n} [chunks:2:1]");
            client.say(MAIN, &text, &key).await;
            keys.push((key, text));
        }
        program.kill();
    }
    let (_program, address) = Program::start(&data);
    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    for (key, text) in &keys {
        let waited = client.request("agent.wait", json!({ "runId": key })).await;
        assert_eq!(waited["status"], "ok", "{text}");
        assert_eq!(client.say(MAIN, text, key).await["status"], "ok");
    }
    let all = rows(&client.history(MAIN).await);
    let asked: Vec<&String> = all.iter().filter(|r| r.0 == "user").map(|r| &r.1).collect();
    assert_eq!(asked, keys.iter().map(|(_, text)| text).collect::<Vec<_>>());
    assert_eq!(all.len(), 2 * keys.len(), "one answer for each");
}

#[tokio::test]
async fn sigterm_ends_the_program_with_a_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    let (mut program, address) = Program::start(&folder.path().join("data"));
    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    program.terminate();
    assert_eq!(client.closed().await.code, 1012);
    assert!(program.wait().success());
}

/// SIGTERM while one answer is nearly there, one will take long and one waits.
#[tokio::test]
async fn sigterm_lets_short_answers_end_and_the_others_are_given_once_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut program, address) = Program::start(&data);
    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    let asked = [
        ("agent:main:short", "short [chunks:10:100]"),
        ("agent:main:long", "long [chunks:70:100]"),
        ("agent:main:short", "waits [chunks:2:1]"),
    ];
    let asked = asked.map(|(session, text)| (session, text, ids::uuid()));
    for (session, text, key) in &asked {
        client.say(session, text, key).await;
    }
    let [short, long, waits] = &asked;
    for (_, _, key) in [short, long] {
        client
            .event(|e| e["event"] == "chat" && e["payload"]["runId"] == key.as_str())
            .await;
    }
    program.terminate();
    assert_eq!(client.terminal(&short.2).await["state"], "final");
    let refused = Client::open_silent(address, &Wish::default()).await;
    assert!(refused.is_err(), "a new socket while it drains");
    let closed = client.closed().await;
    assert_eq!(closed.code, 1012);
    assert!(client.chat_events(&waits.2).is_empty(), "nothing new began");
    assert!(program.wait().success());

    let (_program, address) = Program::start(&data);
    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    for (_, text, key) in &asked {
        let waited = client.request("agent.wait", json!({ "runId": key })).await;
        assert_eq!(waited["status"], "ok", "{text}");
    }
    for (session, count) in [(short.0, 4), (long.0, 2)] {
        let all = rows(&client.history(session).await);
        assert_eq!(all.len(), count, "one answer for each: {all:?}");
    }
}

#[tokio::test]
async fn a_folder_that_somebody_serves_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = || config(folder.path(), with_token());
    let data = config().data_dir;
    std::fs::create_dir(&data).unwrap();
    let other = std::fs::File::create(data.join("serve.lock")).unwrap();
    other.lock().unwrap();
    let error = Server::start(config()).await.unwrap_err();
    assert!(matches!(error, ServeError::AlreadyServed(_)), "{error}");
    assert!(!data.join(FILE_NAME).exists(), "the database was touched");
    drop(other);
    Server::start(config()).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_taken_is_not_called_served() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), with_token());
    std::fs::create_dir_all(config.data_dir.join("serve.lock")).unwrap();
    let error = Server::start(config).await.unwrap_err();
    assert!(matches!(error, ServeError::DataFolder { .. }), "{error}");
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn what_is_too_old_is_gone_after_a_start_and_its_key_runs_no_more() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let key = ids::uuid();
    client.say(MAIN, "old words [chunks:1:1]", &key).await;
    client.terminal(&key).await;
    let Relay { server, folder } = relay;
    server.stop().await;

    let retention = Retention {
        age: Some(Duration::from_millis(1)),
        bytes: None,
    };
    let setup = config(folder.path(), with_token());
    let server = Server::start(Setup { retention, ..setup }).await.unwrap();
    let relay = Relay { server, folder };
    let mut client = relay.connect().await;
    while !rows(&client.history(MAIN).await).is_empty() {}
    let again = client.say(MAIN, "old words [chunks:1:1]", &key).await;
    assert_eq!(again["status"], "ok");
    assert!(rows(&client.history(MAIN).await).is_empty());
}
