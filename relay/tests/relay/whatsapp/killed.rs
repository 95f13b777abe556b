//! A relay and its bridge that are killed again and again while somebody writes
//! on WhatsApp, and while the owner does: each message is answered once, and sent
//! once at most.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clawline_relay::ids;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use super::stand::Stand;
use crate::common::{Client, Device, TOKEN, Wish, rows};
use crate::http::ask;
use crate::program::Program;

const MESSAGES: usize = 500;
/// Of the relay, and of the bridge each, while Alice writes; every other one of
/// the bridge is aimed. As many of both together while the answers leave, which go
/// one a second.
const KILLS: usize = 10;
/// Messages of the owner.
const SENT: usize = 200;
const SESSION: &str = "agent:main:whatsapp_baileys:15551112222@s.whatsapp.net";

fn random(most: u64) -> Duration {
    let number = u64::from_str_radix(&ids::uuid()[..8], 16).unwrap();
    Duration::from_millis(number % most)
}

fn start(home: &Path, stand: &Stand) -> (Program, SocketAddr) {
    let mut command = Program::command(&home.join("data"));
    let section = "CLAWLINE_CHANNEL_WHATSAPP_BAILEYS";
    command
        .envs(stand.variables(home))
        .env(format!("{section}_ENABLED"), "true")
        .env(format!("{section}_AUTH_DIR"), home.join("auth"))
        .env(format!("{section}_DM_POLICY"), "allowlist")
        .env(format!("{section}_ALLOW_FROM"), "+15551112222")
        .env(format!("{section}_ANSWERS_PER_HOUR"), "10000");
    let mut program = Program::of(command);
    let address = program.address().expect("it starts after a kill");
    (program, address)
}

/// Kills the bridge, if it runs at all.
fn kill_bridge(home: &Path) {
    let lock = std::fs::read(home.join("auth/bridge.lock")).unwrap_or_default();
    let lock: Value = serde_json::from_slice(&lock).unwrap_or_default();
    if let Some(number) = lock["pid"].as_u64() {
        let _ = Command::new("kill")
            .args(["-KILL", &number.to_string()])
            .status();
    }
}

/// What Alice has read, by the ids of the messages.
async fn read(stand: &mut Stand) -> BTreeMap<String, Vec<String>> {
    let told = stand.order("read", json!({})).await;
    let mut read = BTreeMap::<String, Vec<String>>::new();
    for message in told["messages"].as_array().unwrap() {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        if message["device"] == 0 {
            read.entry(text("id")).or_default().push(text("text"));
        }
    }
    read
}

/// The same, when what was on its way has come to an end.
async fn settled(stand: &mut Stand) -> BTreeMap<String, Vec<String>> {
    let mut known = read(stand).await;
    let mut quiet = 0;
    while quiet < 30 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let next = read(stand).await;
        quiet = if next == known { quiet + 1 } else { 0 };
        known = next;
    }
    known
}

/// All rows as (role, text), the oldest first.
async fn conversation(client: &mut Client) -> Vec<(String, String)> {
    let mut whole = Vec::new();
    let mut offset = json!(0);
    while !offset.is_null() {
        let params = json!({ "sessionKey": SESSION, "limit": 500, "offset": offset });
        let page = client.request("chat.history", params).await;
        whole.splice(0..0, rows(&page));
        offset = page["nextOffset"].clone();
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes of kills: `cargo xtask test --full`"]
async fn each_message_is_answered_once_although_relay_and_bridge_are_killed() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("auth");
    let mut stand = Stand::start().await;
    stand.order("login", json!({ "folder": folder })).await;
    let (mut program, mut address) = start(home.path(), &stand);
    for n in 0..MESSAGES {
        let write = json!({ "id": format!("ALICE{n:07}"), "text": format!("m{n}.") });
        stand.order("write", write).await;
        tokio::time::sleep(random(200)).await;
        let every = MESSAGES / KILLS;
        if n % every == every / 4 {
            if (n / every).is_multiple_of(2) {
                kill_bridge(home.path());
            } else {
                stand
                    .order("kill_at_receipt", json!({ "folder": folder }))
                    .await;
            }
        } else if n % every == every / 2 {
            program.kill();
            (program, address) = start(home.path(), &stand);
        }
    }
    for n in 0..KILLS {
        tokio::time::sleep(Duration::from_secs(10) + random(10_000)).await;
        kill_bridge(home.path());
        if n % 2 == 1 {
            program.kill();
            (program, address) = start(home.path(), &stand);
        }
    }
    let answers = settled(&mut stand).await;
    let told = stand.order("read", json!({})).await;
    assert_eq!(told["undelivered"], 0, "each has its receipt");

    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    let rows = conversation(&mut client).await;
    let answers: Vec<String> = answers.into_values().flatten().collect();
    let mut missing = 0;
    for n in 0..MESSAGES {
        let word = format!("m{n}.");
        let has_word = |text: &String| text.contains(&word);
        for who in ["user", "assistant"] {
            let of = rows
                .iter()
                .filter(|(role, text)| role == who && has_word(text))
                // What is said of messages that went out stands in brackets.
                .filter(|(_, text)| !text.starts_with('['));
            assert_eq!(of.count(), 1, "{word} of {who} in the conversation");
        }
        match answers.iter().filter(|text| has_word(text)).count() {
            0 => missing += 1,
            times => assert_eq!(times, 1, "{word} was answered {times} times"),
        }
    }
    assert_eq!(answers.len() + missing, MESSAGES, "each can be read");
    let unknown = states(home.path()).await.remove("unknown").unwrap_or(0);
    assert!(
        missing <= unknown,
        "{missing} were lost, {unknown} are shown as unknown"
    );
    drop(program);
}

/// Sends words to Alice, once for their key, however often that is asked for.
async fn send(address: SocketAddr, key: &str, text: &str) {
    let token = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", &*token),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    let body = json!({ "channel": "whatsapp_baileys:+15551112222", "content": text });
    let sent = ask(
        address,
        Method::POST,
        "/v1/channels/send",
        &headers,
        &body.to_string(),
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes of kills: `cargo xtask test --full`"]
async fn nothing_is_sent_twice_although_relay_and_bridge_are_killed_and_what_nobody_knows_is_shown()
{
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("auth");
    let mut stand = Stand::start().await;
    stand.order("login", json!({ "folder": folder })).await;
    let (mut program, mut address) = start(home.path(), &stand);
    // Who never wrote is asked for at WhatsApp first: Alice did.
    let hello = json!({ "id": "ALICE0000001", "text": "hello" });
    stand.order("write", hello).await;
    stand.order("reads", json!({ "has": "hello" })).await;
    let words = |n: usize| format!("s{n}.");
    for n in 0..SENT {
        send(address, &format!("key-{n}"), &words(n)).await;
        let every = SENT / (2 * KILLS);
        if n % every != every / 2 {
            continue;
        }
        // The queue goes out once a second.
        tokio::time::sleep(random(u64::try_from(every).unwrap() * 2_000)).await;
        match (n / every) % 4 {
            0 => kill_bridge(home.path()),
            2 => drop(
                stand
                    .order("kill_at_message", json!({ "folder": folder }))
                    .await,
            ),
            _ => {
                program.kill();
                (program, address) = start(home.path(), &stand);
            }
        }
        // Whoever asks does not know whether it was taken.
        send(address, &format!("key-{n}"), &words(n)).await;
    }
    let read = settled(&mut stand).await;
    let ids: Vec<usize> = read.values().map(Vec::len).collect();
    assert!(ids.iter().all(|times| *times == 1), "an id came twice");

    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    let rows = conversation(&mut client).await;
    let read: Vec<String> = read.into_values().flatten().collect();
    for n in 0..SENT {
        let word = words(n);
        let shown = rows.iter().filter(|(_, text)| *text == word).count();
        assert_eq!(shown, 1, "{word} in the conversation");
        let notices: Vec<&str> = rows
            .iter()
            .map(|(_, text)| &**text)
            .filter(|text| text.starts_with('[') && text.contains(&format!("“{word}”")))
            .collect();
        match read.iter().filter(|text| **text == word).count() {
            0 => assert!(
                notices
                    .last()
                    .is_some_and(|last| !last.contains("after all")),
                "{word} is lost: {notices:?}"
            ),
            times => assert_eq!(times, 1, "{word} came {times} times"),
        }
    }
    let states = states(home.path()).await;
    assert_eq!(states.values().sum::<usize>(), SENT + 1, "{states:?}");
    for under_way in ["queued", "asked"] {
        assert_eq!(states.get(under_way), None, "{states:?}");
    }
    drop(program);
}

/// How many messages went out, by what became of them.
async fn states(home: &Path) -> BTreeMap<String, usize> {
    let file = home.join("data/relay.sqlite3");
    let url = format!("sqlite://{}?mode=ro", file.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let rows = sqlx::query_as::<_, (String, i64)>(
        "SELECT state, COUNT(*) FROM whatsapp_sendings GROUP BY state",
    );
    let rows = rows.fetch_all(&mut database).await.unwrap();
    rows.into_iter()
        .map(|(state, count)| (state, usize::try_from(count).unwrap()))
        .collect()
}
