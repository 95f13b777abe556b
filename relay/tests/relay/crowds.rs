//! More connections than there is room for, and such that say nothing.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::{Client, Device, Relay, Wish, with_token};
use crate::page::get;

/// More than all strangers together may have.
const CROWD: usize = 560;

async fn works(relay: &Relay) {
    assert_eq!(get(relay.address(), "/healthz", "").await.status, 200);
    Client::connect(relay.address(), &Device::new(1), &Wish::default()).await;
}

async fn sends(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    socket
}

/// The rest of what a socket gets, until its end.
async fn rest(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = socket.read_to_end(&mut bytes);
    let read = tokio::time::timeout(Duration::from_secs(60), read).await;
    // A reset is an end too.
    let _ = read.expect("the connection stays open");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn silent_connections_keep_nobody_out_and_nobody_who_is_in_notices() {
    let relay = Relay::start(with_token()).await;
    let mut known = relay.connect().await;
    let mut silent = Vec::new();
    for n in 0..CROWD {
        let half = if n % 2 == 0 {
            ""
        } else {
            "GET / HTTP/1.1\r\nHost: "
        };
        silent.push(sends(relay.address(), half.as_bytes()).await);
    }
    works(&relay).await;
    assert_eq!(rest(silent.swap_remove(0)).await, "", "it was let go");
    known.history("agent:main:main").await;
}

#[tokio::test]
async fn sockets_without_a_word_keep_nobody_out() {
    let relay = Relay::start(with_token()).await;
    let mut silent = Vec::new();
    for _ in 0..CROWD {
        silent.push(Client::open(relay.address(), &Wish::default()).await);
    }
    works(&relay).await;
}

#[tokio::test]
async fn half_a_head_is_not_waited_for() {
    let relay = Relay::start(with_token()).await;
    let half = sends(relay.address(), b"GET / HTTP/1.1\r\nHost: x").await;
    let whole = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", relay.address());
    let idle = sends(relay.address(), whole.as_bytes()).await;
    // From here the clock jumps whenever nobody has anything to do.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    rest(half).await;
    assert!(rest(idle).await.contains("200 OK"));
    assert!(before.elapsed() < Duration::from_secs(40));
}

#[tokio::test]
async fn whoever_shuts_his_side_after_the_question_gets_the_answer() {
    let relay = Relay::start(with_token()).await;
    for path in ["/healthz", "/readyz", "/config.json", "/no-such-file.js"].repeat(10) {
        let question = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", relay.address());
        let mut socket = sends(relay.address(), question.as_bytes()).await;
        socket.shutdown().await.unwrap();
        let answer = rest(socket).await;
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_page_from_elsewhere_gets_no_socket() {
    let relay = Relay::start(with_token()).await;
    for origin in [
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
    ] {
        let upgrade = format!(
            "GET /gateway HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            relay.address()
        );
        let mut socket = sends(relay.address(), upgrade.as_bytes()).await;
        socket.shutdown().await.unwrap();
        let answer = rest(socket).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{origin}: {answer}");
        assert!(answer.contains("--origin"), "{answer}");
    }
}
