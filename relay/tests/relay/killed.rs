//! A relay that is killed again and again while people write to it: each message
//! is answered once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clawline_relay::ids;
use clawline_testkit::{CallState, StubProvider};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use crate::common::{Client, Device, TOKEN, Wish, rows};
use crate::http;
use crate::model;
use crate::program::Program;

/// How long a relay lives, in milliseconds, at most: after the message that is its
/// last to be done with, and one that is killed while it starts.
const LIFE: u64 = 60;
const CHILDHOOD: u64 = 250;

/// Where people find the relay; `None` while it is dead.
#[derive(Clone)]
struct Line(watch::Receiver<Option<SocketAddr>>);

impl Line {
    async fn address(&mut self) -> SocketAddr {
        let there = self.0.wait_for(Option::is_some).await.unwrap();
        there.unwrap()
    }
}

/// Up to so many milliseconds.
fn random(most: u64) -> u64 {
    u64::from_str_radix(&ids::uuid()[..8], 16).unwrap() % most
}

/// When a relay dies: `most` times, each time that `each` messages more are done
/// with.
struct Kills {
    most: u64,
    each: u64,
    done: watch::Receiver<u64>,
}

impl Kills {
    async fn next(&mut self, killed: u64) {
        let due = (killed + 1) * self.each;
        let _ = self.done.wait_for(|done| *done >= due).await;
        tokio::time::sleep(Duration::from_millis(random(LIFE))).await;
    }
}

/// Starts the program and kills it again and again, if it is not told to stop
/// before; gives the last one and how many were killed.
async fn kill_and_start(
    data: PathBuf,
    settings: Option<PathBuf>,
    mut kills: Kills,
    line: watch::Sender<Option<SocketAddr>>,
    mut stop: oneshot::Receiver<()>,
) -> (Program, u64) {
    let most = kills.most;
    let mut killed = 0;
    loop {
        let mut program = Program::spawn(&data, settings.as_deref());
        if killed % 4 == 3 && killed < most {
            tokio::time::sleep(Duration::from_millis(random(CHILDHOOD))).await;
        } else {
            let listens = tokio::task::spawn_blocking(move || {
                let address = program.address().expect("it starts after a kill");
                (program, address)
            });
            let (grown, address) = listens.await.unwrap();
            program = grown;
            line.send_replace(Some(address));
            tokio::select! {
                () = kills.next(killed), if killed < most => {}
                _ = &mut stop => return (program, killed),
            }
            line.send_replace(None);
        }
        program.kill();
        killed += 1;
    }
}

/// One who writes to a session of his own, again and again until he knows that a
/// message arrived.
struct Writer {
    line: Line,
    number: usize,
    messages: usize,
    /// Counts the messages that are done with.
    done: watch::Sender<u64>,
}

/// What must be in a session in the end.
struct Wanted {
    session: String,
    texts: Vec<String>,
    /// Runs that end first.
    runs: Vec<String>,
    becomes: Becomes,
}

enum Becomes {
    /// Each text and its answer, once, in this order.
    Answered,
    /// Each text once, in this order.
    Kept,
    /// Each text, as often as it was sent or less, in this order.
    KeptAtLeastOnce,
}

impl Writer {
    fn text(&self, n: usize) -> String {
        format!("w{} m{n} [chunks:{}:20]", self.number, 2 + n % 4)
    }

    fn is_done_with_one(&self) {
        self.done.send_modify(|done| *done += 1);
    }

    fn texts(&self) -> Vec<String> {
        (0..self.messages).map(|n| self.text(n)).collect()
    }

    /// Protocol 4. Every other writer waits for each answer, the others write
    /// all that they have.
    async fn gateway(mut self) -> Wanted {
        let session = format!("agent:main:killed-{}", self.number);
        let mut client = None;
        let keys: Vec<String> = (0..self.messages).map(|_| ids::uuid()).collect();
        for (key, text) in keys.iter().zip(self.texts()) {
            let send = json!({ "sessionKey": session, "message": text, "idempotencyKey": key });
            self.until_ok(&mut client, "chat.send", &send).await;
            if self.number.is_multiple_of(2) {
                let run = json!({ "runId": key });
                let ended = self.until_ok(&mut client, "agent.wait", &run).await;
                assert_eq!(ended["status"], "ok");
            }
            self.is_done_with_one();
        }
        Wanted {
            session,
            texts: self.texts(),
            runs: keys,
            becomes: Becomes::Answered,
        }
    }

    async fn until_ok(
        &mut self,
        client: &mut Option<Client>,
        method: &str,
        params: &Value,
    ) -> Value {
        loop {
            if client.is_none() {
                *client = sign_in(self.line.address().await).await;
            }
            let Some(open) = client else { continue };
            let id = open.ask(method, params.clone()).await;
            match next(open, |frame| frame["id"] == id).await {
                Some(answer) if answer["ok"] == true => return answer["payload"].clone(),
                Some(answer) => panic!("{method}: {answer}"),
                None => *client = None,
            }
        }
    }

    /// The plugin's chat: a message is done with when its answer came.
    async fn chat(mut self) -> Wanted {
        let sender = format!("s{}", self.number);
        let mut client = None;
        for (n, text) in self.texts().into_iter().enumerate() {
            let id = format!("m{n}");
            let send = json!({ "type": "chat.send", "content": text, "messageId": id });
            let answer = loop {
                if client.is_none() {
                    client = enter(self.line.address().await, &sender).await;
                }
                let Some(open) = &mut client else { continue };
                open.send(&send).await;
                let is_end = |frame: &Value| frame["done"] == true || frame["type"] == "chat.error";
                match next(open, |frame| is_end(frame) && frame["messageId"] == *id).await {
                    Some(answer) => break answer,
                    None => client = None,
                }
            };
            assert_eq!(answer["content"], answer_to(&text), "{answer}");
            self.is_done_with_one();
        }
        Wanted {
            session: format!("agent:main:chat:direct:{sender}"),
            texts: self.texts(),
            runs: Vec::new(),
            becomes: Becomes::Answered,
        }
    }

    /// HTTP with a key.
    async fn post(&mut self, path: &str, body: &Value, key: &str) {
        loop {
            let url = format!("http://{}{path}", self.line.address().await);
            let request = http::client().post(url).bearer_auth(TOKEN);
            let request = request.header("idempotency-key", key);
            match request.body(body.to_string()).send().await {
                Ok(answer) if answer.status() == 200 => return,
                Ok(answer) => panic!("{path}: {}", answer.status()),
                Err(_) => {}
            }
        }
    }

    /// What clients of the bridge fall back to.
    async fn bridge(mut self) -> Wanted {
        let conversation = format!("b{}", self.number);
        let keys: Vec<String> = (0..self.messages).map(|_| ids::uuid()).collect();
        for (key, text) in keys.iter().zip(self.texts()) {
            let body =
                json!({ "channel": "bridge", "content": text, "conversation_id": conversation });
            self.post("/send", &body, key).await;
            self.is_done_with_one();
        }
        let runs = keys.into_iter().map(|key| format!("bridge:http:{key}"));
        Wanted {
            session: format!("agent:main:bridge:{conversation}"),
            texts: self.texts(),
            runs: runs.collect(),
            becomes: Becomes::Answered,
        }
    }

    /// What programs send people over REST: nobody answers it.
    async fn rest(mut self) -> Wanted {
        let name = format!("rest-{}", self.number);
        for text in self.texts() {
            let body = json!({ "channel": format!("webchat:{name}"), "content": text });
            self.post("/v1/channels/send", &body, &ids::uuid()).await;
            self.is_done_with_one();
        }
        Wanted {
            session: format!("agent:main:{name}"),
            texts: self.texts(),
            runs: Vec::new(),
            becomes: Becomes::Kept,
        }
    }

    /// Calls: what is answered `ok` is kept. The wire has no key that outlives a
    /// connection, so what was sent again may be there again.
    async fn calls(mut self) -> Wanted {
        let call = format!("c{}", self.number);
        let mut client = None;
        let mut sent = Vec::new();
        for (n, text) in self.texts().into_iter().enumerate() {
            let message = json!({ "message_type": "action", "call_id": call, "action_type": text });
            let request = json!({ "jsonrpc": "2.0", "id": n, "method": "sessions_send", "params": { "message": message } });
            loop {
                if client.is_none() {
                    client = call_in(self.line.address().await).await;
                }
                let Some(open) = &mut client else { continue };
                open.send(&request).await;
                sent.push(format!("Action: {text}"));
                match next(open, |frame| frame["id"] == n).await {
                    Some(answer) => break assert_eq!(answer["result"]["status"], "ok"),
                    None => client = None,
                }
            }
            self.is_done_with_one();
        }
        Wanted {
            session: format!("agent:main:calls:{call}"),
            texts: sent,
            runs: Vec::new(),
            becomes: Becomes::KeptAtLeastOnce,
        }
    }
}

/// The first frame that fits; `None` when the socket ended before.
async fn next(client: &mut Client, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    loop {
        let frame = client.read().await?;
        if fits(&frame) {
            return Some(frame);
        }
    }
}

/// Protocol 4, up to hello-ok; `None` when the relay died meanwhile.
async fn sign_in(address: SocketAddr) -> Option<Client> {
    let wish = Wish::default();
    let mut client = Client::open_silent(address, &wish).await.ok()?;
    client.challenge = client.read().await?;
    let params = client.connect_params(&Device::new(1), &wish);
    client.ask("connect", params).await;
    let answer = client.read().await?;
    assert_eq!(answer["ok"], true, "{answer}");
    Some(client)
}

async fn enter(address: SocketAddr, sender: &str) -> Option<Client> {
    let wish = Wish {
        path: format!("/ws?senderId={sender}").leak(),
        origin: None,
        ..Wish::default()
    };
    let mut client = Client::open_silent(address, &wish).await.ok()?;
    let token = json!({ "type": "chat.auth", "token": TOKEN });
    client.send(&token).await;
    let welcome = client.read().await?;
    assert_eq!(welcome["content"], "Connected to WebSocket chat server");
    Some(client)
}

async fn call_in(address: SocketAddr) -> Option<Client> {
    let bearer = format!("Bearer {TOKEN}");
    let wish = Wish {
        path: "/",
        origin: None,
        headers: vec![("authorization", bearer.leak())],
        ..Wish::default()
    };
    let mut client = Client::open_silent(address, &wish).await.ok()?;
    client.challenge = client.read().await?;
    Some(client)
}

/// `w1 w2 …`, as many as the text says.
fn answer_to(text: &str) -> String {
    let count = text.split("[chunks:").nth(1).unwrap();
    let count: usize = count.split(':').next().unwrap().parse().unwrap();
    let words: Vec<String> = (1..=count).map(|n| format!("w{n}")).collect();
    words.join(" ")
}

impl Wanted {
    /// Looks into the session once all is said.
    async fn check(&self, page: &mut Client) {
        for run in &self.runs {
            let ended = page.request("agent.wait", json!({ "runId": run })).await;
            assert_eq!(ended["status"], "ok", "{run}");
        }
        let params = json!({ "sessionKey": self.session, "limit": 1000 });
        let found = rows(&page.request("chat.history", params).await);
        let row = |role: &str, text: String| (role.to_owned(), text);
        let texts = self.texts.iter().cloned();
        let wanted: Vec<_> = match self.becomes {
            Becomes::Answered => texts
                .flat_map(|text| {
                    let answer = answer_to(&text);
                    [row("user", text), row("assistant", answer)]
                })
                .collect(),
            Becomes::Kept => texts.map(|text| row("assistant", text)).collect(),
            Becomes::KeptAtLeastOnce => {
                let mut sent = self.texts.iter();
                for (_, text) in &found {
                    assert!(sent.any(|one| one == text), "kept more often than sent");
                }
                let is_kept = |text| found.iter().any(|(_, one)| one == text);
                return assert!(self.texts.iter().all(is_kept), "{found:?}");
            }
        };
        assert_eq!(found, wanted, "{}", self.session);
    }
}

/// `each` messages of two writers on each of the ways to an agent, and half as
/// many on the two ways that none answers, while the relay is killed so often.
async fn play(each: usize, data: &Path, settings: Option<PathBuf>, kills: u64) {
    let (line, there) = watch::channel(None);
    let (counts, done) = watch::channel(0);
    let (all_done, stop) = oneshot::channel();
    let messages = 2 * (3 * each + 2 * (each / 2));
    let often = Kills {
        most: kills,
        each: u64::try_from(messages).unwrap() / (kills + 1),
        done,
    };
    let killing = kill_and_start(data.to_owned(), settings.clone(), often, line, stop);
    let killing = tokio::spawn(killing);
    let mut writing = JoinSet::new();
    for number in 0..2 {
        let writer = |messages| Writer {
            line: Line(there.clone()),
            number,
            messages,
            done: counts.clone(),
        };
        writing.spawn(writer(each).gateway());
        writing.spawn(writer(each).chat());
        writing.spawn(writer(each).bridge());
        writing.spawn(writer(each / 2).rest());
        writing.spawn(writer(each / 2).calls());
    }
    let all = writing.join_all().await;
    all_done.send(()).unwrap();
    let (mut program, killed) = killing.await.unwrap();
    // What waited when the last writer had been told of his last message.
    program.kill();
    let mut program = Program::spawn(data, settings.as_deref());
    let address = program.address().expect("it starts after the last kill");
    println!("killed {killed} times");
    assert!(killed >= kills / 2, "killed {killed} times only");
    let mut page = sign_in(address).await.unwrap();
    for wanted in all {
        wanted.check(&mut page).await;
    }
}

async fn echo_answers(each: usize, kills: u64) {
    let folder = tempfile::tempdir().unwrap();
    play(each, &folder.path().join("data"), None, kills).await;
}

async fn a_model_answers(each: usize, kills: u64) {
    let stub = StubProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = model::settings(folder.path(), &stub.base_url());
    play(each, &folder.path().join("data"), Some(settings), kills).await;
    let mut calls = stub.calls().into_iter();
    assert!(
        calls.any(|call| call.state == CallState::Abandoned),
        "no answer was cut"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_is_answered_once_by_echo() {
    echo_answers(6, 8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_is_answered_once_by_a_model() {
    a_model_answers(6, 8).await;
}

#[ignore = "504 messages and a hundred kills: `cargo xtask test --full`"]
#[tokio::test(flavor = "multi_thread")]
async fn each_of_500_messages_is_answered_once_by_echo() {
    echo_answers(84, 100).await;
}

#[ignore = "504 messages and a hundred kills: `cargo xtask test --full`"]
#[tokio::test(flavor = "multi_thread")]
async fn each_of_500_messages_is_answered_once_by_a_model() {
    a_model_answers(84, 100).await;
}
