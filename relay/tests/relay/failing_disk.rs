//! A database that fails for a while: nothing is lost, and nobody has to start
//! the relay again.

use std::fs::File;

use clawline_relay::ids;
use clawline_relay::serve::Server;
use clawline_relay::store::FILE_NAME;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, raw_sql};

use crate::common::{Client, Device, Relay, TOKEN, Wish, config, rows, with_token};
use crate::page::{get, raw};
use crate::program::Program;

const MAIN: &str = "agent:main:main";

/// Another process at the same file.
async fn beside(relay: &Relay) -> SqliteConnection {
    let file = relay.folder.path().join("data").join(FILE_NAME);
    let options = SqliteConnectOptions::new().filename(file);
    options.connect().await.unwrap()
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) {
    raw_sql(sql).execute(connection).await.unwrap();
}

async fn readiness(relay: &Relay) -> (u16, Value) {
    let answer = get(relay.address(), "/readyz", "").await;
    let body = serde_json::from_slice(&answer.body).unwrap();
    (answer.status, body)
}

#[tokio::test]
async fn a_message_that_a_full_disk_refused_is_taken_when_there_is_room() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let mut disk = beside(&relay).await;
    // As SQLite does when the disk is full: it rolls back by itself.
    run(&mut disk, "CREATE TRIGGER full BEFORE INSERT ON inputs BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END").await;
    let key = ids::uuid();
    let message = json!({ "sessionKey": MAIN, "message": "[chunks:2:1]", "idempotencyKey": key });
    for _ in 0..3 {
        let error = client.refused("chat.send", message.clone()).await;
        assert_eq!(error["code"], "UNAVAILABLE");
        assert_eq!(error["retryable"], true);
    }
    run(&mut disk, "DROP TRIGGER full").await;
    assert_eq!(
        client.request("chat.send", message).await["status"],
        "started"
    );
    assert_eq!(client.terminal(&key).await["state"], "final");
    assert_eq!(readiness(&relay).await.0, 200);
}

#[tokio::test]
async fn a_turn_whose_end_cannot_be_stored_ends_when_it_can() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let mut disk = beside(&relay).await;
    run(&mut disk, "CREATE TRIGGER full BEFORE UPDATE ON inputs WHEN NEW.state = 'done' BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END").await;
    let key = ids::uuid();
    client.say(MAIN, "[chunks:2:1]", &key).await;
    client
        .event(|e| e["payload"]["state"] == "delta" && e["payload"]["runId"] == key.as_str())
        .await;
    for _ in 0..20 {
        client.history(MAIN).await;
    }
    run(&mut disk, "DROP TRIGGER full").await;
    assert_eq!(client.terminal(&key).await["state"], "final");
    let texts: Vec<String> = rows(&client.history(MAIN).await)
        .into_iter()
        .map(|row| row.1)
        .collect();
    assert_eq!(texts, ["[chunks:2:1]", "w1 w2"], "said and stored once");
}

#[tokio::test]
async fn a_turn_that_was_stored_although_its_sender_was_told_otherwise_runs() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let mut disk = beside(&relay).await;
    client
        .request("chat.history", json!({ "sessionKey": MAIN }))
        .await;
    // What such a commit leaves behind, then a write that fails.
    run(&mut disk, "INSERT OR IGNORE INTO sessions (key, session_id, created_at, updated_at) VALUES ('agent:main:main', 's', 1, 1); INSERT INTO inputs (key, kind, digest, session_key, text, origin, state, accepted_at) VALUES ('lost', 'message', x'00', 'agent:main:main', '[chunks:2:1]', 'null', 'queued', 1); CREATE TRIGGER full BEFORE INSERT ON inputs BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END").await;
    let other = json!({ "sessionKey": MAIN, "message": "x", "idempotencyKey": ids::uuid() });
    client.refused("chat.send", other).await;
    assert_eq!(client.terminal("lost").await["state"], "final");
}

#[tokio::test]
async fn while_another_process_locks_the_file_reading_and_signing_in_go_on() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    assert_eq!(readiness(&relay).await.0, 200);
    let mut other = beside(&relay).await;
    run(&mut other, "BEGIN IMMEDIATE").await;
    let (status, body) = loop {
        let (status, body) = readiness(&relay).await;
        // What was seen a second ago still counts.
        if status != 200 {
            break (status, body);
        }
    };
    assert_eq!((status, &body["failing"]), (503, &json!(["database"])));
    client.history(MAIN).await;
    client.request("sessions.list", json!({})).await;
    let again = Client::connect(relay.address(), &Device::new(1), &Wish::default()).await;
    assert_eq!(again.hello["auth"].get("deviceToken"), None);
    run(&mut other, "ROLLBACK").await;
    while readiness(&relay).await.0 != 200 {}
    let again = Client::connect(relay.address(), &Device::new(1), &Wish::default()).await;
    assert!(again.hello["auth"]["deviceToken"].is_string());
}

/// A file system of 3 MB at a folder. Only root can mount one: whoever runs the
/// tests as somebody else sees nothing here.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn at(folder: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir(&folder).unwrap();
        Self::mount("size=3m", &folder).then_some(Self(folder))
    }

    fn mount(options: &str, folder: &std::path::Path) -> bool {
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", options, "none"])
            .arg(folder);
        mount.output().is_ok_and(|done| done.status.success())
    }

    fn grow(&self) {
        assert!(Self::mount("remount,size=100m", &self.0));
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut unmount = std::process::Command::new("umount");
        let _ = unmount.arg("-l").arg(&self.0).output();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_is_said_at_every_door_and_has_no_halves_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(folder.path().join("data")) else {
        return;
    };
    let relay = Relay::start_in(folder, with_token()).await;
    let address = relay.address();
    let post = async |path: &str, body: String| {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        let head = format!("{head}Authorization: Bearer {TOKEN}\r\nContent-Length: {length}\r\n");
        raw(address, &format!("{head}\r\n{body}")).await.status
    };
    let sent = |words: usize| {
        let message = json!({ "channel": "webchat", "content": "z".repeat(words) });
        post("/v1/channels/send", message.to_string())
    };
    while sent(20_000).await == 200 {}
    let mut client = relay.connect().await;
    let key = ids::uuid();
    let message =
        json!({ "sessionKey": MAIN, "message": "z".repeat(20_000), "idempotencyKey": key });
    let error = client.refused("chat.send", message.clone()).await;
    assert_eq!(error["code"], "UNAVAILABLE");
    assert_eq!(post("/v1/media", "m".repeat(200_000)).await, 503);
    let halves = std::fs::read_dir(disk.0.join("media")).unwrap();
    assert_eq!(halves.count(), 0);
    let (status, body) = loop {
        let (status, body) = readiness(&relay).await;
        // What was seen a second ago still counts.
        if status != 200 {
            break (status, body);
        }
    };
    let failing = body["failing"].as_array().unwrap();
    assert!(status == 503 && failing.contains(&json!("disk")), "{body}");
    client.history(MAIN).await;
    disk.grow();
    while readiness(&relay).await.0 != 200 {}
    assert_eq!(sent(20_000).await, 200);
    assert_eq!(post("/v1/media", "m".repeat(200_000)).await, 201);
    client.request("chat.send", message).await;
    assert_eq!(client.terminal(&key).await["state"], "final");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_start_on_a_full_disk_says_what_may_be_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(folder.path().join("data")) else {
        return;
    };
    let fill = disk.0.join("fill");
    let filling = std::fs::write(&fill, vec![1; 4_000_000]);
    assert!(filling.is_err(), "it is full");
    let error = Server::start(config(folder.path(), with_token())).await;
    let words = error.unwrap_err().to_string();
    assert!(words.contains("make room on the disk"), "{words}");
    std::fs::remove_file(fill).unwrap();
    Relay::start_in(folder, with_token()).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_may_not_grow_any_more_ends_no_program() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // What it logs has no room in its file either.
    let log = folder.path().join("log");
    std::fs::write(&log, [b'\n'; 8_192]).unwrap();
    let mut command = Program::command(&data);
    command.stderr(File::options().append(true).open(&log).unwrap());
    let mut program = Program::of(command);
    let address = program.address().expect("it listens");
    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    let message = |key: &str, words: usize| json!({ "sessionKey": MAIN, "message": "z".repeat(words), "idempotencyKey": key });
    let limit = |bytes| {
        let pid = Pid::from_raw(program.id().try_into().unwrap());
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(pid, Resource::Fsize, limit).unwrap();
    };
    limit(Some(4_096));
    let error = client.refused("chat.send", message("k1", 20_000)).await;
    assert_eq!(error["code"], "UNAVAILABLE");
    limit(None);
    client.request("chat.send", message("k1", 20_000)).await;
    assert_eq!(client.terminal("k1").await["state"], "final");
}
