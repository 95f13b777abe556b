//! The world as a program in another language drives it.

mod support;

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};
use support::{echo_server, is_alive, post, until};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const FAKE_RELAY: &str = "TESTKIT_FAKE_RELAY";

struct Driver {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    last_id: u64,
}

impl Driver {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clawline-testkit"))
            .arg("world")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
            last_id: 0,
        }
    }

    fn line(&mut self, line: &str) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn tell(&mut self, mut order: Value) -> Value {
        self.last_id += 1;
        order["id"] = self.last_id.into();
        let answer = self.line(&order.to_string());
        assert_eq!(answer["id"], self.last_id, "{answer}");
        answer
    }

    fn done(&mut self, order: Value) -> Value {
        let answer = self.tell(order);
        assert_eq!(answer["ok"], true, "{answer}");
        answer
    }

    fn refused(&mut self, order: Value) -> String {
        let answer = self.tell(order);
        assert_eq!(answer["ok"], false, "{answer}");
        answer["error"].as_str().unwrap().to_owned()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that is started as a relay: this test binary, as one test of it.
fn fake_relay(folder: &std::path::Path) -> String {
    let program = folder.join("relay");
    let this = env::current_exe().unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1 $2 $4\" = 'serve --listen --data-dir' ] || exit 3\necho x >> \"$5/starts\"\n\
         {FAKE_RELAY}=\"$3\" exec '{}' --exact plays_a_relay_for_another_test --ignored\n",
        this.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    program.to_str().unwrap().to_owned()
}

#[tokio::test]
#[ignore = "a part of another test, which runs it in a process of its own"]
async fn plays_a_relay_for_another_test() {
    let Ok(address) = env::var(FAKE_RELAY) else {
        return;
    };
    let listener = TcpListener::bind(address).await.unwrap();
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await;
    }
}

#[tokio::test]
async fn a_relay_comes_back_after_a_kill_on_its_port_and_with_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = fake_relay(folder.path());
    let mut world = Driver::start();
    let first = world.done(json!({ "do": "relay.start", "path": path }));
    world.done(json!({ "do": "relay.kill" }));
    until("it is gone", async || {
        !is_alive(first["pid"].as_u64().unwrap() as u32)
    })
    .await;
    let again = world.done(json!({ "do": "relay.restart" }));
    assert_eq!(
        (&again["port"], &again["dataDir"]),
        (&first["port"], &first["dataDir"])
    );
    assert_ne!(again["pid"], first["pid"]);
    let starts = std::path::Path::new(first["dataDir"].as_str().unwrap()).join("starts");
    assert_eq!(fs::read_to_string(&starts).unwrap(), "x\nx\n");
    assert!(
        world
            .refused(json!({ "do": "relay.start", "path": path }))
            .contains("already")
    );
    world.done(json!({ "do": "relay.stop" }));
    assert!(
        world
            .refused(json!({ "do": "relay.kill" }))
            .contains("no relay named `main`")
    );
    assert!(!starts.exists(), "a stopped relay leaves no folder");
}

#[tokio::test]
async fn the_end_of_the_input_and_sigterm_end_everything_that_was_started() {
    let folder = tempfile::tempdir().unwrap();
    let path = fake_relay(folder.path());
    for by_signal in [false, true] {
        let mut world = Driver::start();
        let relay = world.done(json!({ "do": "relay.start", "path": path, "name": "r" }));
        let id = relay["pid"].as_u64().unwrap() as u32;
        assert!(is_alive(id));
        if by_signal {
            let own = world.child.id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-TERM", &own])
                    .status()
                    .unwrap()
                    .success()
            );
        } else {
            world.input = None;
        }
        let mut ended = || std::future::ready(world.child.try_wait().unwrap().is_some());
        until("the world ends", &mut ended).await;
        assert!(world.child.wait().unwrap().success());
        assert!(!is_alive(id), "by signal: {by_signal}");
        assert!(!std::path::Path::new(relay["dataDir"].as_str().unwrap()).exists());
    }
}

#[tokio::test]
async fn a_relay_that_ends_at_once_is_reported_with_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("broken");
    fs::write(
        &program,
        "#!/bin/sh\necho the database is newer than this build >&2\nexit 4\n",
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let mut world = Driver::start();
    let error = world.refused(json!({ "do": "relay.start", "path": program }));
    assert!(
        error.contains("the database is newer") && error.contains("exit status: 4"),
        "{error}"
    );
    assert!(
        world
            .refused(json!({ "do": "relay.kill" }))
            .contains("no relay")
    );
}

#[tokio::test]
async fn a_proxy_is_driven_and_counted() {
    let upstream = echo_server().await;
    let mut world = Driver::start();
    let proxy =
        json!({ "do": "proxy.start", "name": "p", "upstream": format!("ws://{upstream}/") });
    let port = world.done(proxy)["port"].as_u64().unwrap() as u16;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(b"hello").await.unwrap();
    stream.read_exact(&mut [0; 5]).await.unwrap();
    // It counts what it has passed on, which may be back before.
    let is_counted = || {
        let counters = world.done(json!({ "do": "proxy.counters", "name": "p" }));
        std::future::ready(counters["accepted"] == 1 && counters["up"] == 5)
    };
    until("one connection and five bytes are counted", is_counted).await;
    world.done(json!({ "do": "proxy.set", "name": "p", "mode": "refuse", "delayMs": 5 }));
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    world.done(json!({ "do": "proxy.cut", "name": "p" }));
    assert!(stream.read(&mut [0; 1]).await.is_err());
    assert!(
        world
            .refused(json!({ "do": "proxy.set", "name": "p", "mode": "explode" }))
            .contains("blackHole")
    );
    assert!(
        world
            .refused(json!({ "do": "proxy.start", "upstream": "nowhere" }))
            .contains("HOST:PORT")
    );
}

#[tokio::test]
async fn model_calls_are_counted_by_their_text() {
    let mut world = Driver::start();
    let base = world.done(json!({ "do": "stub.info" }))["baseUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    let address = base["http://".len()..]
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let body = json!({ "model": "stub-1", "messages": [{ "role": "user", "content": "count me [echo]" }] });
    post(address, "/v1/chat/completions", &body).await;
    let calls = world.done(json!({ "do": "stub.calls", "contains": "count me" }));
    assert_eq!(calls["count"], 1);
    assert_eq!(calls["calls"][0]["state"], "answered");
    assert_eq!(
        world.done(json!({ "do": "stub.calls", "contains": "me not" }))["count"],
        0
    );
    world.done(json!({ "do": "stub.forget" }));
    assert_eq!(world.done(json!({ "do": "stub.calls" }))["count"], 0);
}

#[tokio::test]
async fn nonsense_is_answered_and_the_world_goes_on() {
    let mut world = Driver::start();
    assert_eq!(world.line("not json")["ok"], false);
    assert_eq!(world.line("[1]")["ok"], false);
    assert!(
        world
            .refused(json!({ "do": "moon.start" }))
            .contains("moon.start")
    );
    assert!(
        world
            .refused(json!({ "do": "proxy.set", "speed": 1 }))
            .contains("speed")
    );
    assert!(
        world
            .refused(json!({ "do": "gateway.start", "token": "a", "open": true }))
            .contains("one of")
    );
    world.done(json!({ "do": "stub.info" }));
}
