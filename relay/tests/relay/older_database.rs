//! A database that an earlier relay wrote: `tests/data/relay-3a9e10a.sqlite3` is
//! of the commit in its name. Pages chatted with that relay over protocol 4, and
//! it was killed while one answer was on its way and another message waited.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clawline_relay::ids;
use clawline_relay::owner::Owner;
use clawline_relay::owner_command::OwnerCommand;
use clawline_relay::store::FILE_NAME;
use serde_json::{Value, json};

use crate::common::{Client, Device, Relay, Wish, rows, with_token};

const MAIN: &str = "agent:main:main";
const NOTES: &str = "agent:main:notes";
/// What that relay gave device 1. It opens this file alone.
const DEVICE_TOKEN: &str = "cTMmK1kx8qwmAdOLsomExP3REISeCfuwYyInoAIYThk";
/// The file of `old-picture`.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/relay-3a9e10a.sqlite3")
}

async fn relay() -> Relay {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(fixture(), data.join(FILE_NAME)).unwrap();
    Relay::start_in(folder, with_token()).await
}

fn said(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(role, text): &(&str, &str)| ((*role).to_owned(), (*text).to_owned());
    list.iter().map(owned).collect()
}

#[tokio::test]
async fn the_transcript_of_an_earlier_relay_is_as_it_was_and_goes_on() {
    let relay = relay().await;
    let mut client = relay.connect().await;
    for key in ["old-cut", "old-waiting"] {
        let ended = client.request("agent.wait", json!({ "runId": key })).await;
        assert_eq!(ended["status"], "ok", "{key}");
    }
    let history = client.history(MAIN).await;
    let failure =
        "echo/echo request failed (you asked for it with [error]). Send another message to go on.";
    assert_eq!(
        rows(&history),
        said(&[
            ("user", "Hello from an older relay [chunks:3:5]"),
            ("assistant", "w1 w2 w3"),
            ("user", "fail please [error]"),
            ("custom", failure),
            ("user", "stop me [hang]"),
            ("assistant", "I"),
            ("user", "a picture [chunks:2:5]"),
            ("assistant", "w1 w2"),
            ("assistant", "put there"),
            ("user", "I was cut [chunks:4:300]"),
            ("assistant", "w1 w2 w3 w4"),
            ("user", "I waited [chunks:2:5]"),
            ("assistant", "w1 w2"),
        ])
    );
    let row = |n: usize| &history["messages"][n];
    // As that relay told it, to the last field.
    assert_eq!(row(5)["openclawAbort"]["runId"], "old-stopped");
    assert_eq!(row(1)["usage"]["totalTokens"], 9);
    assert_eq!(row(0)["timestamp"], 1_795_993_902_726_u64);
    let picture = &row(6)["__openclaw"]["media"][0];
    assert_eq!(picture["fileName"], "dot.png");
    assert_eq!(picture["sizeBytes"], 70);
    let notes = rows(&client.history(NOTES).await);
    let expected = said(&[("user", "a task [chunks:2:5]"), ("assistant", "w1 w2")]);
    assert_eq!(notes, expected);
    let list = client.request("sessions.list", json!({})).await;
    let labels: Vec<&Value> = list["sessions"].as_array().unwrap().iter().collect();
    let notes = labels.iter().find(|session| session["key"] == NOTES);
    assert_eq!(notes.unwrap()["label"], "Notes");
}

#[tokio::test]
async fn a_key_of_an_earlier_relay_does_not_run_again() {
    let relay = relay().await;
    let mut client = relay.connect().await;
    for key in ["old-cut", "old-waiting"] {
        client.request("agent.wait", json!({ "runId": key })).await;
    }
    let before = rows(&client.history(MAIN).await);
    let words = [
        (
            "old-answered",
            "Hello from an older relay [chunks:3:5]",
            "ok",
        ),
        ("old-failed", "fail please [error]", "error"),
        ("old-stopped", "stop me [hang]", "timeout"),
        ("old-cut", "I was cut [chunks:4:300]", "ok"),
    ];
    for (key, text, status) in words {
        let again = client.say(MAIN, text, key).await;
        assert_eq!(again["status"], status, "{again}");
        let other = json!({ "sessionKey": MAIN, "message": "other words", "idempotencyKey": key });
        let error = client.refused("chat.send", other).await;
        assert_eq!(error["details"]["reason"], "chat-request-conflict");
    }
    let picture =
        json!({ "type": "image", "fileName": "dot.png", "mimeType": "image/png", "content": DOT });
    let picture = json!({ "sessionKey": MAIN, "message": "a picture [chunks:2:5]",
        "idempotencyKey": "old-picture", "attachments": [picture] });
    assert_eq!(client.request("chat.send", picture).await["status"], "ok");
    let sent = json!({ "to": "main", "message": "put there", "idempotencyKey": "old-sent" });
    let sent = client.request("send", sent).await;
    let rows_now = client.history(MAIN).await;
    let put = &rows_now["messages"][8]["__openclaw"]["id"];
    assert_eq!(&sent["messageId"], put, "the first one's receipt");
    let session = json!({ "key": NOTES, "label": "Notes", "idempotencyKey": "old-session" });
    let session = client.request("sessions.create", session).await;
    assert_eq!(session["key"], NOTES);
    let task = client
        .request("agent.wait", json!({ "runId": "old-task" }))
        .await;
    assert_eq!(task["terminalReply"]["text"], "w1 w2");
    assert_eq!(rows(&rows_now), before);
    // And new words run as ever.
    let key = ids::uuid();
    client.say(MAIN, "new [chunks:1:1]", &key).await;
    client.terminal(&key).await;
    assert_eq!(rows(&client.history(MAIN).await).len(), before.len() + 2);
}

#[tokio::test]
async fn devices_of_an_earlier_relay_come_in_wait_and_stay_out_as_they_did() {
    let relay = relay().await;
    let wish = Wish::default().auth(json!({ "deviceToken": DEVICE_TOKEN }));
    let client = Client::connect(relay.address(), &Device::new(1), &wish).await;
    assert_eq!(client.hello["auth"]["method"], "device-token");
    let stolen = Client::try_connect(relay.address(), &Device::new(4), &wish).await;
    assert!(stolen.is_err(), "it is of one device");

    let data = relay.folder.path().join("data");
    let owner = Owner::open(&data, OwnerCommand::default()).await.unwrap();
    let list = owner.list().await.unwrap().json;
    let waits = &list["pending"][0];
    assert_eq!(waits["deviceId"], Device::new(2).id());
    let paired = list["paired"].as_array().unwrap();
    for (device, is_revoked) in [(1, false), (3, true)] {
        let id = Device::new(device).id();
        let found = paired.iter().find(|one| one["deviceId"] == id.as_str());
        let found = found.unwrap();
        assert_eq!(found["revokedAtMs"].is_number(), is_revoked, "{found}");
    }
    let request = waits["requestId"].as_str().unwrap();
    owner.approve(request).await.unwrap();
    Client::connect(relay.address(), &Device::new(2), &Wish::default().remote()).await;
}

fn command(data: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawline-relay"));
    let named = command.args(args).arg("--data-dir").arg(data);
    named.output().unwrap()
}

#[test]
fn a_database_of_a_newer_relay_is_not_touched_and_can_be_brought_back_by_that_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    let mut newer = std::fs::read(fixture()).unwrap();
    // Where SQLite keeps the version.
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&file, &newer).unwrap();
    for args in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["devices", "list"],
        &["database", "back", "1"],
    ] {
        let ended = command(folder.path(), args);
        let words = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{words}");
        assert!(words.contains("version 99"), "{words}");
        assert!(words.contains("clawline-relay database back"), "{words}");
        assert!(words.contains("--data-dir"), "{words}");
        assert!(
            std::fs::read(&file).unwrap() == newer,
            "{args:?} touched it"
        );
    }
}

#[tokio::test]
async fn the_command_brings_a_database_back_while_nobody_serves_it() {
    let relay = relay().await;
    let data = relay.folder.path().join("data");
    let ended = command(&data, &["database", "back", "1"]);
    assert_eq!(ended.status.code(), Some(1));
    let words = String::from_utf8(ended.stderr).unwrap();
    assert!(words.contains("stop it first"), "{words}");
    let Relay { server, folder } = relay;
    server.stop().await;

    let ended = command(&data, &["database", "back", "1", "--json"]);
    let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(report["to"], 1, "{report}");
    assert!(Path::new(report["copy"].as_str().unwrap()).is_file());
    let bytes = std::fs::read(data.join(FILE_NAME)).unwrap();
    assert_eq!(bytes[60..64], 1_u32.to_be_bytes());
    // And on again.
    let relay = Relay::start_in(folder, with_token()).await;
    let history = relay.connect().await.history(MAIN).await;
    assert_eq!(
        history["messages"][0]["idempotencyKey"],
        "old-answered:user"
    );
}
