//! Each fault as the two sides of a connection see it.

mod support;

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use clawline_testkit::{FaultProxy, Faults, Mode, ProxyOptions};
use support::{echo_server, soon, until};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

async fn proxy() -> FaultProxy {
    FaultProxy::start(echo_server().await, ProxyOptions::default())
        .await
        .unwrap()
}

/// Sets faults; a proxy that never takes them fails the test.
async fn set(proxy: &FaultProxy, faults: Faults) {
    soon("the proxy has its faults", proxy.set(faults)).await;
}

fn mode(mode: Mode) -> Faults {
    Faults {
        mode,
        ..Faults::default()
    }
}

async fn connect(proxy: &FaultProxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

/// Sends bytes and waits for as many to come back.
async fn echo(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    stream.write_all(bytes).await.unwrap();
    let mut back = vec![0; bytes.len()];
    soon("the echo", stream.read_exact(&mut back))
        .await
        .unwrap();
    back
}

#[tokio::test]
async fn without_faults_everything_passes_and_is_counted() {
    let proxy = proxy().await;
    let mut stream = connect(&proxy).await;
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
    let (mut read, mut write) = stream.split();
    let mut back = vec![0; bytes.len()];
    let (sent, received) = tokio::join!(write.write_all(&bytes), read.read_exact(&mut back));
    sent.unwrap();
    received.unwrap();
    assert_eq!(back, bytes);
    let counters = proxy.counters();
    assert_eq!((counters.accepted, counters.open), (1, 1));
    assert_eq!(
        (counters.up, counters.down, counters.swallowed),
        (100_000, 100_000, 0)
    );

    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    soon(
        "the end comes through both ways",
        stream.read_to_end(&mut rest),
    )
    .await
    .unwrap();
    until("nothing is open", async || proxy.counters().open == 0).await;
}

#[tokio::test]
async fn a_cut_ends_what_is_open_without_a_farewell_and_new_connections_work() {
    let proxy = proxy().await;
    let mut stream = connect(&proxy).await;
    echo(&mut stream, b"hello").await;
    proxy.cut_all();
    let end = soon("the cut", stream.read(&mut [0; 8])).await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(echo(&mut connect(&proxy).await, b"again").await, b"again");
}

#[tokio::test]
async fn a_cut_after_some_bytes_lets_exactly_those_through() {
    let proxy = proxy().await;
    let mut open = connect(&proxy).await;
    echo(&mut open, &[1; 500]).await;
    proxy
        .set(Faults {
            cut_after_down: Some(1000),
            ..Faults::default()
        })
        .await;
    for mut stream in [open, connect(&proxy).await] {
        stream.write_all(&[7; 4000]).await.unwrap();
        let mut came = Vec::new();
        let _ = soon("the cut", stream.read_to_end(&mut came)).await;
        assert_eq!(
            came, [7; 1000],
            "what came before the change does not count"
        );
    }
    proxy
        .set(Faults {
            cut_after_up: Some(3),
            ..Faults::default()
        })
        .await;
    let before = proxy.counters().up;
    let mut stream = connect(&proxy).await;
    stream.write_all(b"abcdef").await.unwrap();
    let _ = soon("the cut", stream.read_to_end(&mut Vec::new())).await;
    assert_eq!(proxy.counters().up - before, 3);
}

#[tokio::test]
async fn a_black_hole_swallows_both_directions_and_nobody_is_told() {
    let proxy = proxy().await;
    let mut old = connect(&proxy).await;
    echo(&mut old, b"hello").await;
    set(&proxy, mode(Mode::BlackHole)).await;
    let passed = proxy.counters().up;
    old.write_all(b"lost").await.unwrap();
    let mut new = connect(&proxy).await;
    new.write_all(b"lost too").await.unwrap();
    until("all is swallowed", async || {
        proxy.counters().swallowed == 12
    })
    .await;
    assert_eq!(proxy.counters().up, passed);

    // Better times are for new connections only: the old ones lost bytes.
    set(&proxy, mode(Mode::Pass)).await;
    assert_eq!(echo(&mut connect(&proxy).await, b"fine").await, b"fine");
    old.write_all(b"more").await.unwrap();
    new.write_all(b"more").await.unwrap();
    until("more is swallowed", async || {
        proxy.counters().swallowed == 20
    })
    .await;
    assert_eq!(
        old.try_read(&mut [0; 8]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    drop(old);
    until("two half-open ones are left", async || {
        proxy.counters().open == 2
    })
    .await;
}

#[tokio::test]
async fn never_answering_concerns_new_connections_only() {
    let proxy = proxy().await;
    let mut old = connect(&proxy).await;
    echo(&mut old, b"hello").await;
    set(&proxy, mode(Mode::NeverAnswer)).await;
    let mut new = connect(&proxy).await;
    new.write_all(b"anybody?").await.unwrap();
    until("it is swallowed", async || proxy.counters().swallowed == 8).await;
    assert_eq!(echo(&mut old, b"still here").await, b"still here");
    assert_eq!(
        new.try_read(&mut [0; 8]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    proxy.cut_all();
    let end = soon("the cut", new.read(&mut [0; 8])).await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_refusing_proxy_looks_like_nobody_listens_and_comes_back_on_its_port() {
    let proxy = proxy().await;
    let mut old = connect(&proxy).await;
    echo(&mut old, b"hello").await;
    set(&proxy, mode(Mode::Refuse)).await;
    let refused = TcpStream::connect(proxy.address()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(echo(&mut old, b"old").await, b"old");
    set(&proxy, mode(Mode::Pass)).await;
    assert_eq!(echo(&mut connect(&proxy).await, b"new").await, b"new");
}

#[tokio::test]
async fn an_upstream_that_is_away_cuts_the_client_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = listener.local_addr().unwrap();
    drop(listener);
    let proxy = FaultProxy::start(away, ProxyOptions::default())
        .await
        .unwrap();
    let end = soon("the cut", connect(&proxy).await.read(&mut [0; 8])).await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn each_way_takes_the_delay_and_the_order_stays() {
    let proxy = proxy().await;
    let delay = Duration::from_millis(60);
    proxy
        .set(Faults {
            delay,
            ..Faults::default()
        })
        .await;
    let mut stream = connect(&proxy).await;
    let begun = Instant::now();
    assert_eq!(echo(&mut stream, b"one").await, b"one");
    assert!(begun.elapsed() >= 2 * delay, "{:?}", begun.elapsed());
    let bytes: Vec<u8> = (0..50_000_u32).map(|n| (n / 7) as u8).collect();
    assert_eq!(echo(&mut stream, &bytes).await, bytes);
}

#[tokio::test]
async fn a_throttle_slows_down_and_zero_holds_back_without_loss() {
    let proxy = proxy().await;
    proxy
        .set(Faults {
            throttle: Some(100_000),
            ..Faults::default()
        })
        .await;
    let mut stream = connect(&proxy).await;
    let begun = Instant::now();
    let bytes: Vec<u8> = (0..30_000_u32).map(|n| (n / 3) as u8).collect();
    assert_eq!(echo(&mut stream, &bytes).await, bytes);
    assert!(
        begun.elapsed() >= Duration::from_millis(250),
        "{:?}",
        begun.elapsed()
    );

    proxy
        .set(Faults {
            throttle: Some(0),
            ..Faults::default()
        })
        .await;
    let passed = proxy.counters();
    stream.write_all(b"patience").await.unwrap();
    proxy
        .set(Faults {
            throttle: Some(0),
            delay: Duration::from_millis(1),
            ..Faults::default()
        })
        .await;
    assert_eq!(proxy.counters().up, passed.up);
    set(&proxy, Faults::default()).await;
    let mut back = [0; 8];
    soon("what was held back", stream.read_exact(&mut back))
        .await
        .unwrap();
    assert_eq!(&back, b"patience");
}

#[tokio::test]
async fn a_forwarded_client_is_named_in_the_first_request() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = ProxyOptions {
        forwarded_for: Some("203.0.113.9".to_owned()),
        ..ProxyOptions::default()
    };
    let proxy = FaultProxy::start(upstream.local_addr().unwrap(), options)
        .await
        .unwrap();
    let mut client = connect(&proxy).await;
    // In two pieces, as a slow line would bring it.
    client
        .write_all(b"GET /x HTTP/1.1\r\nHost: a\r")
        .await
        .unwrap();
    client.flush().await.unwrap();
    client.write_all(b"\n\r\nbody").await.unwrap();
    client.shutdown().await.unwrap();
    let (mut stream, _) = upstream.accept().await.unwrap();
    let mut came = String::new();
    soon("the request", stream.read_to_string(&mut came))
        .await
        .unwrap();
    assert_eq!(
        came,
        "GET /x HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9\r\nHost: a\r\n\r\nbody"
    );
}
