//! Many clients that write at once: `cargo xtask bench relay`.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use clawline_relay::ids;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::common::{Client, Device, Wish, rows};
use crate::program::Program;

/// How long clients may take to come in.
const ARRIVAL: Duration = Duration::from_millis(5);

/// How long one that reads nothing is there before the next one comes: by then
/// the relay may have let it go.
const DEAF: Duration = Duration::from_secs(10);

/// What a load is made of: two minutes of 200 messages a second.
#[derive(Debug, Clone, Copy)]
struct Load {
    clients: u32,
    per_second: u32,
    seconds: u32,
}

fn number<T: FromStr>(variable: &str, usual: T) -> T {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

impl Load {
    fn wanted() -> Self {
        Self {
            clients: number("CLAWLINE_LOAD_CLIENTS", 1_000),
            per_second: number("CLAWLINE_LOAD_PER_SECOND", 200),
            seconds: number("CLAWLINE_LOAD_SECONDS", 120),
        }
    }

    fn messages(self) -> u32 {
        self.per_second * self.seconds
    }
}

/// Times of one message, from when it was to be sent.
#[derive(Debug, Clone, Copy)]
struct Times {
    acknowledged: Duration,
    answered: Duration,
}

/// A client in a session of its own, that hears of no other.
async fn come_in(address: SocketAddr, number: u32) -> (Client, String) {
    let session = format!("agent:main:load-{number}");
    let wish = Wish {
        caps: vec!["session-scoped-events"],
        ..Wish::default()
    };
    let mut client = Client::connect(address, &Device::new(1), &wish).await;
    client
        .request("sessions.messages.subscribe", json!({ "key": session }))
        .await;
    (client, session)
}

/// Reads until something else is over: who reads nothing answers no ping, and is
/// let go.
async fn read_until(client: &mut Client, over: impl Future) {
    let mut over = std::pin::pin!(over);
    loop {
        tokio::select! {
            _ = &mut over => return,
            frame = client.read_or_close() => {
                assert!(frame.is_ok(), "let go: {frame:?}");
                // Who else is there, told to all of a thousand, is gigabytes.
                client.heard.clear();
            }
        }
    }
}

/// Sends its share; every message is sent at its time, however late the answer
/// to the one before was.
async fn write(
    (mut client, session): (Client, String),
    number: u32,
    load: Load,
    mut start: watch::Receiver<Option<Instant>>,
) -> Vec<Times> {
    read_until(&mut client, start.wait_for(Option::is_some)).await;
    let start = start.borrow().expect("it is known");
    let mut all = Vec::new();
    for turn in (number..load.messages()).step_by(usize::try_from(load.clients).unwrap()) {
        let due = start + Duration::from_secs(1) * turn / load.per_second;
        read_until(&mut client, sleep_until(due)).await;
        let key = ids::uuid();
        let text = format!("message {turn} [chunks:3:1]");
        let acknowledgement = client.say(&session, &text, &key).await;
        assert_eq!(acknowledgement["status"], "started", "{acknowledgement}");
        let acknowledged = due.elapsed();
        let terminal = client.terminal(&key).await;
        assert_eq!(terminal["state"], "final", "{terminal}");
        let answered = due.elapsed();
        all.push(Times {
            acknowledged,
            answered,
        });
        client.events.clear();
        client.heard.clear();
    }
    // More than that is not told at once.
    let most = json!({ "sessionKey": session, "limit": 1_000 });
    let history = rows(&client.request("chat.history", most).await);
    let wanted = (2 * all.len()).min(1_000);
    assert_eq!(history.len(), wanted, "each was answered once");
    all
}

/// Always somebody who wants to hear everything and reads nothing.
async fn be_deaf(address: SocketAddr) {
    let mut all = Vec::new();
    loop {
        let mut deaf = Client::connect(address, &Device::new(1), &Wish::default()).await;
        deaf.ask("sessions.subscribe", json!({})).await;
        all.push(deaf);
        sleep(DEAF).await;
    }
}

/// Middle, 99th of a hundred and worst, in milliseconds.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| {
        let place = (times.len() * part / 100).min(times.len().saturating_sub(1));
        times.get(place).map_or(0, Duration::as_millis)
    };
    format!("p50 {} ms, p99 {} ms, worst {} ms", at(50), at(99), at(100))
}

/// The most memory that a process had, in MiB, where the system tells.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes / 1024)
}

#[ignore = "two minutes of load: `cargo xtask bench relay`"]
#[tokio::test(flavor = "multi_thread")]
async fn many_clients_lose_nothing() {
    #[cfg(unix)]
    crate::program::open_many_files();
    let load = Load::wanted();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = Program::start(&folder.path().join("data"));
    let start = watch::Sender::new(None);
    let mut writing = JoinSet::new();
    for number in 0..load.clients {
        let client = come_in(address, number).await;
        writing.spawn(write(client, number, load, start.subscribe()));
    }
    let deaf = tokio::spawn(be_deaf(address));
    start.send_replace(Some(Instant::now() + ARRIVAL));
    let mut times = Vec::new();
    while let Some(one) = writing.join_next().await {
        times.extend(one.expect("a client lost something"));
    }
    assert_eq!(u32::try_from(times.len()).unwrap(), load.messages());
    println!("{load:?}: none lost, beside such as read nothing");
    let of = |which: fn(&Times) -> Duration| spread(times.iter().map(which).collect());
    println!("acknowledged: {}", of(|times| times.acknowledged));
    println!("answered: {}", of(|times| times.answered));
    if let Some(mebibytes) = peak_memory(program.id()) {
        println!("memory of the relay: {mebibytes} MiB at most");
    }
    assert!(!deaf.is_finished(), "nobody was deaf");
    deaf.abort();
}
