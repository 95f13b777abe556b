//! Where the system gives little: few files, no room on the disk.

use std::net::SocketAddr;
use std::path::Path;

use clawline_relay::ids;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::common::{Client, Closed, Device, TOKEN, Wish, patiently, rows};
use crate::http::{ask, get};
use crate::program::{Program, open_many_files};

const MAIN: &str = "agent:main:main";
/// More than a program with 1,024 files can serve.
const CROWD: usize = 1_500;
const SEND: &str = "/send";

/// The relay after a line of shell.
fn after(line: &str, data: &Path) -> (Program, SocketAddr) {
    let mut shell = std::process::Command::new("sh");
    let relay = Program::command(data);
    shell
        .arg("-c")
        .arg(format!("{line}; exec \"$0\" \"$@\""))
        .arg(relay.get_program())
        .args(relay.get_args())
        .env("OPENCLAW_GATEWAY_TOKEN", TOKEN);
    let mut program = Program::of(shell);
    let address = program.address().expect("it listens");
    (program, address)
}

async fn sign_in(address: SocketAddr) -> Client {
    Client::connect(address, &Device::new(1), &Wish::default()).await
}

/// How a client of a crowd fares: in, or told why not.
async fn try_to_enter(address: SocketAddr) -> Result<Client, String> {
    let wish = Wish::default();
    let opened = Client::open_silent(address, &wish).await;
    let mut client = opened.map_err(|error| error.to_string())?;
    let why = |closed: Closed| closed.reason;
    client.challenge = patiently(client.read_or_close()).await.map_err(why)?;
    let params = client.connect_params(&Device::new(1), &wish);
    client.ask("connect", params).await;
    let answer = patiently(client.read_or_close()).await.map_err(why)?;
    if answer["ok"] == true {
        Ok(client)
    } else {
        let message = answer["error"]["message"].as_str();
        Err(message.unwrap_or_default().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_1024_files_1500_clients_cost_each_other_and_nobody_else() {
    open_many_files();
    let folder = tempfile::tempdir().unwrap();
    let (_program, address) = after("ulimit -n 1024", &folder.path().join("data"));
    let mut known = sign_in(address).await;
    let (over, is_over) = watch::channel(false);
    let working = tokio::spawn(async move {
        // Who was here before is served all the time.
        while !*is_over.borrow() {
            known.history(MAIN).await;
        }
        known
    });
    let mut dialing = JoinSet::new();
    for _ in 0..CROWD {
        dialing.spawn(try_to_enter(address));
    }
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for outcome in dialing.join_all().await {
        match outcome {
            Ok(client) => inside.push(client),
            Err(why) => outside.push(why),
        }
    }
    outside.sort_unstable();
    outside.dedup();
    println!(
        "{} of {CROWD} are in, the others: {outside:?}",
        inside.len()
    );
    assert!((1..1_024).contains(&inside.len()), "{}", inside.len());
    let word = "too many connections".to_owned();
    assert!(outside.contains(&word), "nobody was told why");
    over.send_replace(true);
    let mut known = working.await.unwrap();
    let key = ids::uuid();
    known.say(MAIN, "[chunks:2:1]", &key).await;
    assert_eq!(known.terminal(&key).await["state"], "final");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(address, path).await.status, 200, "{path}");
    }
    drop(inside);
    let mut next = loop {
        if let Ok(next) = try_to_enter(address).await {
            break next;
        }
    };
    assert_eq!(rows(&next.history(MAIN).await).len(), 2);
}

/// No file of the program may be longer than this.
fn longest_file(program: &Program, bytes: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap();
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(Some(pid), Resource::Fsize, limit).unwrap();
}

fn message(key: &str, n: usize) -> Value {
    let text = format!("m{n} [chunks:2:1] {}", "x".repeat(10_000));
    json!({ "sessionKey": MAIN, "message": text, "idempotencyKey": key })
}

#[tokio::test]
async fn a_folder_without_room_refuses_in_words_and_goes_on_when_there_is_some() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (program, address) = after("trap '' XFSZ", &data);
    let mut client = sign_in(address).await;
    client.history(MAIN).await;
    longest_file(&program, Some(400_000));
    let mut keys = Vec::new();
    let refusal = loop {
        let key = ids::uuid();
        let id = client.ask("chat.send", message(&key, keys.len())).await;
        let answer = client.answer(&id).await;
        keys.push(key);
        if answer["ok"] == false {
            break answer["error"].clone();
        }
        assert!(keys.len() < 100, "it never gets full");
    };
    assert_eq!(refusal["code"], "UNAVAILABLE");
    assert_eq!(refusal["retryable"], true);
    // Every door says so, and whoever only reads notices nothing.
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("idempotency-key", "k1"),
    ];
    let body = json!({ "channel": "bridge", "content": "x".repeat(10_000) }).to_string();
    let post = || ask(address, reqwest::Method::POST, SEND, &headers, &body);
    let refused = post().await;
    assert_eq!(refused.status, 502);
    let reason = refused.json()["reason"].to_string();
    assert!(reason.contains("make room on the disk"), "{reason}");
    longest_file(&program, Some(4_096));
    let ready = loop {
        let ready = get(address, "/readyz").await;
        // What was seen a second ago still counts.
        if ready.status != 200 {
            break ready;
        }
    };
    assert_eq!(ready.json()["failing"], json!(["database", "disk"]));
    assert_eq!(get(address, "/healthz").await.status, 200);
    client.history(MAIN).await;

    longest_file(&program, None);
    while get(address, "/readyz").await.status != 200 {}
    assert_eq!(post().await.status, 200);
    assert_eq!(post().await.status, 200, "a repeat");
    let last = keys.len() - 1;
    let again = client
        .request("chat.send", message(&keys[last], last))
        .await;
    assert_eq!(again["status"], "started", "it was not taken before");
    for key in &keys {
        let ended = client.request("agent.wait", json!({ "runId": key })).await;
        assert_eq!(ended["status"], "ok");
    }
    let params = json!({ "sessionKey": MAIN, "limit": 1000 });
    let all = rows(&client.request("chat.history", params).await);
    assert_eq!(all.len(), 2 * keys.len(), "each is answered once");
}
