//! `clawline-relay channel`, as people and scripts call it.

use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

use crate::common::{Relay, TOKEN, rows, with_token};

/// The program with nothing of ours around it.
fn program(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawline-relay"));
    command.env_clear().env("HOME", home.path());
    command
        .current_dir(home.path())
        .arg("channel")
        .args(arguments);
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

/// What a call comes to.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

pub(crate) async fn call(gateway: &str, arguments: &[&str]) -> Done {
    let home = tempfile::tempdir().unwrap();
    let all = [arguments, &["--gateway", gateway]].concat();
    program(&home, &all).output().await.unwrap().into()
}

fn url(relay: &Relay) -> String {
    format!("http://{}", relay.address())
}

async fn open_relay() -> Relay {
    Relay::start(Default::default()).await
}

#[tokio::test]
async fn it_lists_sends_and_tells_how_channels_stand() {
    let relay = open_relay().await;
    let at = url(&relay);
    let list = call(&at, &["list"]).await;
    assert_eq!(
        (list.code, list.out.as_str()),
        (0, "bridge\ncalls\nchat\nhub\nwebchat\n")
    );
    assert_eq!(list.err, format!("Using the running relay at {at}\n"));
    let sent = call(&at, &["send", "webchat:agent:main:main", "hello"]).await;
    assert_eq!(sent.code, 0, "{}", sent.err);
    assert_eq!(sent.out, "Message sent to webchat:agent:main:main\n");
    let status = call(&at, &["status"]).await;
    assert_eq!(status.code, 0);
    assert!(status.out.starts_with("3/5 connected\n"), "{}", status.out);
    assert!(status.out.contains("webchat  connected"), "{}", status.out);
    assert!(
        !status.out.contains('\u{1b}'),
        "no colour where nobody sees it"
    );
    let mut page = relay.connect().await;
    let kept = rows(&page.history("main").await);
    assert_eq!(kept, [("assistant".to_owned(), "hello".to_owned())]);
}

#[tokio::test]
async fn json_is_all_that_stands_on_its_output() {
    let relay = open_relay().await;
    // Addresses as other clients have them mean the same relay.
    for at in [url(&relay), format!("ws://{}/ws", relay.address())] {
        let list = call(&at, &["list", "--json"]).await.json();
        assert_eq!(
            list["channels"],
            json!(["bridge", "calls", "chat", "hub", "webchat"]),
            "{at}"
        );
        let status = call(&at, &["status", "--json"]).await.json();
        assert_eq!(status["channels"][2]["accounts"][0]["connected"], true);
        let arguments = ["send", "webchat", "once", "--key", "k1", "--json"];
        let sent = call(&at, &arguments).await.json();
        assert_eq!(sent["status"], "sent");
    }
    let mut page = relay.connect().await;
    assert_eq!(
        rows(&page.history("main").await).len(),
        1,
        "one key, one message"
    );
}

#[tokio::test]
async fn what_does_not_work_is_said_and_is_no_success() {
    let relay = open_relay().await;
    let at = url(&relay);
    for (arguments, says) in [
        (
            vec!["send", "bridge:c1", "x"],
            "Failed to send message: the channel is disconnected",
        ),
        (vec!["send", "slack:x", "x"], "unsupported channel: slack"),
        (
            vec!["send", "webchat", ""],
            "'channel' and 'content' are required",
        ),
    ] {
        let done = call(&at, &arguments).await;
        assert_eq!(done.code, 1, "{arguments:?}");
        assert!(done.err.contains(says), "{arguments:?}: {}", done.err);
        assert_eq!(done.out, "");
    }
    assert_eq!(call(&at, &["send", "webchat"]).await.code, 2);
    assert_eq!(call("ftp://x", &["list"]).await.code, 1);
}

#[tokio::test]
async fn where_no_relay_runs_it_says_how_to_start_one() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for arguments in [
        vec!["list"],
        vec!["status"],
        vec!["watch"],
        vec!["send", "webchat", "x"],
    ] {
        let done = call(&at, &arguments).await;
        assert_eq!(done.code, 1, "{arguments:?}");
        assert!(done.err.contains("no relay runs at"), "{}", done.err);
        assert!(done.err.contains("clawline-relay serve"), "{}", done.err);
    }
}

#[tokio::test]
async fn where_no_relay_runs_it_connects_to_the_gateway_of_the_settings_and_says_so() {
    let gateway = Relay::start(with_token()).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = free.local_addr().unwrap();
    drop(free);
    let home = tempfile::tempdir().unwrap();
    let url = format!("ws://{}/gateway", gateway.address());
    let settings = format!(
        "listen = [\"{listen}\"]\ndata_dir = \"data\"\n[channel]\nenabled = true\ngateway_url = \"{url}\"\n"
    );
    std::fs::write(home.path().join("clawline.toml"), settings).unwrap();
    let call = async |arguments: &[&str], token| -> Done {
        let all = [arguments, &["--config", "clawline.toml"]].concat();
        let mut command = program(&home, &all);
        let command = command.env("OPENCLAW_GATEWAY_TOKEN", token);
        command.output().await.unwrap().into()
    };
    let says = format!("No relay runs; using a connection of its own to {url}\n");
    let list = call(&["list"], TOKEN).await;
    assert_eq!(
        (list.code, list.out.as_str()),
        (0, "openclaw\n"),
        "{}",
        list.err
    );
    assert_eq!(list.err, says);
    for _ in 0..2 {
        let sent = call(&["send", "openclaw:main", "hello", "--key", "k"], TOKEN).await;
        assert_eq!((sent.code, sent.err.as_str()), (0, says.as_str()));
        assert_eq!(sent.out, "Message sent to openclaw:main\n");
    }
    let mut page = gateway.connect().await;
    page.request("agent.wait", json!({ "runId": "cli:k" }))
        .await;
    let said = rows(&page.history("main").await);
    assert_eq!(said[0], ("user".to_owned(), "hello".to_owned()));
    assert_eq!(said.len(), 2, "one key, one message: {said:?}");
    let status = call(&["status"], TOKEN).await;
    assert!(status.out.starts_with("1/1 connected\n"), "{}", status.out);
    let watch = call(&["watch"], TOKEN).await;
    assert_eq!(watch.code, 1);
    assert!(watch.err.contains("only a running relay"), "{}", watch.err);
    // Where the gateway lets nobody in, that is no success.
    std::fs::remove_dir_all(home.path().join("data")).unwrap();
    let refused = call(&["status"], "wrong-token").await;
    assert!(
        refused.out.starts_with("0/1 connected\n"),
        "{}",
        refused.out
    );
    let refused = call(&["send", "main", "hello"], "wrong-token").await;
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("Failed to send message"),
        "{}",
        refused.err
    );
    assert!(!refused.err.contains("wrong-token"));
}

#[tokio::test]
async fn a_token_is_taken_from_a_file_or_the_environment_and_never_shown() {
    let relay = Relay::start(with_token()).await;
    let at = url(&relay);
    let without = call(&at, &["list"]).await;
    assert_eq!(without.code, 1);
    assert!(without.err.contains("--token-file"), "{}", without.err);
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token");
    std::fs::write(&file, TOKEN).unwrap();
    let arguments = [
        "list",
        "--gateway",
        &at,
        "--token-file",
        file.to_str().unwrap(),
    ];
    let by_file: Done = program(&home, &arguments).output().await.unwrap().into();
    let mut command = program(&home, &["list", "--gateway", &at]);
    let by_variable = command.env("OPENCLAW_GATEWAY_TOKEN", TOKEN).output();
    let by_variable: Done = by_variable.await.unwrap().into();
    for done in [by_file, by_variable] {
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(!done.err.contains(TOKEN) && !done.out.contains(TOKEN));
    }
}

struct Watching {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    /// Begins, and is there when the relay tells it something.
    async fn start(home: &TempDir, arguments: &[&str]) -> Self {
        let mut command = program(home, arguments);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // It says whose events these are once it follows them.
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = said.next_line().await.unwrap().unwrap();
        assert!(first.starts_with("Using the running relay"), "{first}");
        Self {
            _child: child,
            lines,
        }
    }

    async fn line(&mut self) -> String {
        self.lines.next_line().await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn it_watches_what_comes_in_and_goes_out() {
    let relay = open_relay().await;
    let at = url(&relay);
    let home = tempfile::tempdir().unwrap();
    let mut people = Watching::start(&home, &["watch", "--gateway", &at]).await;
    let mut scripts = Watching::start(&home, &["watch", "--json", "--gateway", &at]).await;
    let mut page = relay.connect().await;
    page.say("main", "beware \u{1b}[31m", "k1").await;
    let line = people.line().await;
    assert_eq!(line, "← webchat:agent:main:main owner: beware \\u{1b}[31m");
    let told: Value = serde_json::from_str(&scripts.line().await).unwrap();
    assert_eq!(told["event"], "received");
    assert_eq!(told["data"]["message_id"], "k1");
    let answer: Value = serde_json::from_str(&scripts.line().await).unwrap();
    assert_eq!(answer["event"], "sent");
    assert_eq!(answer["data"]["sender"], "echo");
}
