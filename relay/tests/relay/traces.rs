//! One id for a message on its whole way, in what the relay logs of it; and
//! nothing there that somebody wrote, and no secret.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clawline_relay::trace;
use serde_json::{Value, json};

use crate::common::{Client, Device, TOKEN, Wish};

/// In all that is written here.
const WORDS: &str = "private-words";

/// The real program, with its log in a file.
struct Logged(Child);

impl Logged {
    fn start(folder: &Path, format: &str) -> (Self, SocketAddr) {
        let log = File::create(folder.join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_clawline-relay"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.join("data"))
            .env("OPENCLAW_GATEWAY_TOKEN", TOKEN)
            .env("CLAWLINE_LOG", "trace")
            .env("CLAWLINE_LOG_FORMAT", format)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.split("http://").nth(1).unwrap();
        let address = url.trim().trim_end_matches('/');
        (Self(child), address.parse().unwrap())
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program of this machine that gives its token in a header.
async fn speak(address: SocketAddr, path: &'static str) -> Client {
    let bearer: &'static str = format!("Bearer {TOKEN}").leak();
    let wish = Wish {
        path,
        origin: None,
        headers: vec![("authorization", bearer)],
        ..Wish::default()
    };
    Client::open_silent(address, &wish).await.unwrap()
}

async fn read_until(client: &mut Client, fits: impl Fn(&str) -> bool) {
    loop {
        let frame = client.read().await.expect("the socket stays open");
        if fits(&frame.to_string()) {
            return;
        }
    }
}

async fn say_something_on_every_wire(address: SocketAddr) {
    let text = format!("{WORDS} [chunks:2:0]");
    let answered = |frame: &str| frame.contains("w1 w2");

    let mut gateway = Client::connect(address, &Device::new(1), &Wish::default()).await;
    gateway.say("agent:main:main", &text, WORDS).await;
    gateway.terminal(WORDS).await;

    let query: &'static str = format!("/ws?senderId={WORDS}&token={TOKEN}").leak();
    let mut chat = Client::speak(address, query).await;
    let send = json!({ "type": "chat.send", "messageId": WORDS, "content": text });
    chat.send(&send).await;
    read_until(&mut chat, |frame| answered(frame) && frame.contains("true")).await;

    let mut bridge = speak(address, "/ws").await;
    bridge
        .send(&json!({ "channel": "bridge", "content": text, "conversation_id": WORDS, "metadata": { WORDS: WORDS } }))
        .await;
    read_until(&mut bridge, answered).await;

    let query: &'static str = format!("/hub?token={TOKEN}").leak();
    let mut hub = Client::speak(address, query).await;
    let typed = json!({ "type": "chat", "content": text, "source": "vue_frontend" });
    hub.send(&typed).await;
    read_until(&mut hub, |frame| answered(frame) && frame.contains("final")).await;

    let mut calls = speak(address, "/").await;
    let said = json!({ "message_type": "transcript", "call_id": WORDS, "speaker": "user", "text": text,
        "timestamp": "", "is_final": true });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "sessions_send", "params": { "message": said } });
    calls.send(&call).await;
    read_until(&mut calls, |frame| frame.contains("result")).await;

    let sent = json!({ "channel": "webchat:main", "content": text });
    let sent = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("http://{address}/v1/channels/send"))
        .bearer_auth(TOKEN)
        .header("idempotency-key", WORDS)
        .json(&sent)
        .send();
    assert_eq!(sent.await.unwrap().status(), 200);
}

/// What is logged of each trace, by the wire that it came in over.
fn traces(log: &str) -> BTreeMap<String, Vec<&str>> {
    let between = |line: &'_ str, begin: &str| {
        let (_, rest) = line.split_once(begin)?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let mut all = BTreeMap::<String, Vec<&str>>::new();
    let mut wires = BTreeMap::<String, String>::new();
    for line in log.lines() {
        let Some(trace) = between(line, "message{trace=\"") else {
            continue;
        };
        assert_eq!(trace.len(), 32, "{line}");
        if line.contains("a message is stored") || line.contains("a message was sent") {
            let wire = between(line, "wire{name=\"").expect(line);
            wires.insert(trace.clone(), wire);
        }
        all.entry(trace).or_default().push(line);
    }
    let named = all
        .into_iter()
        .filter_map(|(trace, lines)| Some((wires.remove(&trace)?, lines)));
    named.collect()
}

#[tokio::test]
async fn a_message_has_one_id_on_its_whole_way_and_no_words_are_logged() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = Logged::start(folder.path(), "text");
    say_something_on_every_wire(address).await;
    drop(program);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    for secret in [TOKEN, WORDS] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }

    let traces = traces(&log);
    let has = |wire: &str, words: &str| {
        let lines = traces.get(wire).expect(wire);
        assert!(
            lines.iter().any(|line| line.contains(words)),
            "{wire}: {words} in {lines:#?}"
        );
    };
    for wire in ["gateway", "chat", "bridge", "hub", "jsonrpc"] {
        has(wire, "a message is stored");
        has(wire, "an agent is asked");
        has(wire, "an answer is stored");
    }
    for wire in ["gateway", "chat", "bridge", "hub"] {
        has(wire, "an answer was told");
    }
    has("rest", "a message was sent");
    // Whoever has the key finds its trace, and webhooks say the same one.
    let of_gateway = &traces["gateway"];
    assert!(of_gateway[0].contains(&trace::id(WORDS)));
    assert!(log.contains(&trace::id(&format!("rest:{WORDS}"))));
}

#[tokio::test]
async fn a_log_for_programs_has_an_object_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = Logged::start(folder.path(), "json");
    let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
    let text = format!("{WORDS} [chunks:2:0]");
    client.say("agent:main:main", &text, WORDS).await;
    client.terminal(WORDS).await;
    drop(program);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(!log.contains(WORDS) && !log.contains(TOKEN), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let of_the_message = |words: &str| {
        let line = lines.iter().find(|line| line["message"] == words);
        let line = line.unwrap_or_else(|| panic!("no {words} in {lines:#?}"));
        assert_eq!(line["level"], "INFO", "{line}");
        let spans = line["spans"].as_array().expect("its spans");
        let trace = spans.iter().find_map(|span| span["trace"].as_str());
        trace.expect("its trace").to_owned()
    };
    assert_eq!(
        of_the_message("a message is stored"),
        of_the_message("an answer is stored")
    );
}

#[test]
fn a_log_that_cannot_be_had_is_complained_of_in_the_log() {
    let said = |variable: &str, text: &OsStr| {
        let program = Command::new(env!("CARGO_BIN_EXE_clawline-relay"))
            .args(["config", "path"])
            .env(variable, text)
            .output()
            .unwrap();
        assert!(program.status.success());
        String::from_utf8(program.stderr).unwrap()
    };
    let words = "CLAWLINE_LOG_FORMAT is text or json";
    assert!(said("CLAWLINE_LOG_FORMAT", "xml".as_ref()).contains(words));
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let no_text = OsStr::from_bytes(b"\xff");
        assert!(said("CLAWLINE_LOG_FORMAT", no_text).contains(words));
    }
    assert!(said("CLAWLINE_LOG", "loud".as_ref()).contains("CLAWLINE_LOG is one of"));
    assert!(!said("CLAWLINE_LOG_FORMAT", "json".as_ref()).contains("CLAWLINE_LOG"));
}
