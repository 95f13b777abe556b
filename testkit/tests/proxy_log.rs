//! The single connections of a fault proxy, and the log of what they say.

mod support;

use std::{net::SocketAddr, path::Path};

use clawline_testkit::{FaultProxy, ProxyOptions, Socket};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use support::{recording, soon, until};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, accept_async, connect_async, tungstenite::Message,
};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A WebSocket server that sends back what it gets.
async fn web_socket_echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut socket = accept_async(stream).await.unwrap();
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_text() && socket.send(message).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

async fn logging(file: &Path, log_bytes: u64) -> FaultProxy {
    let options = ProxyOptions {
        log: Some(file.to_owned()),
        log_bytes,
        ..ProxyOptions::default()
    };
    FaultProxy::start(web_socket_echo().await, options)
        .await
        .unwrap()
}

async fn connect(proxy: &FaultProxy) -> Client {
    let (client, _) = connect_async(format!("{}gateway", proxy.url()))
        .await
        .unwrap();
    client
}

async fn echo(client: &mut Client, text: &str) {
    client.send(Message::text(text)).await.unwrap();
    let back = soon("the echo", client.next()).await.unwrap().unwrap();
    assert_eq!(back, Message::text(text));
}

fn numbers(sockets: &[Socket]) -> Vec<u64> {
    sockets.iter().map(|socket| socket.socket).collect()
}

#[tokio::test]
async fn one_connection_is_cut_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let proxy = logging(&folder.path().join("log"), 0).await;
    let (mut first, mut second) = (connect(&proxy).await, connect(&proxy).await);
    echo(&mut first, "1").await;
    echo(&mut second, "2").await;
    let open = proxy.sockets();
    assert_eq!(numbers(&open), [1, 2]);
    assert!(open[0].web_socket && open[0].target.as_deref() == Some("/gateway"));
    proxy.cut(1);
    assert!(soon("the cut", first.next()).await.unwrap().is_err());
    until("it is no more listed", async || {
        numbers(&proxy.sockets()) == [2]
    })
    .await;
    echo(&mut second, "still here").await;
}

#[tokio::test]
async fn one_connection_becomes_half_open_and_what_it_says_is_logged_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let proxy = logging(&file, 0).await;
    let (mut deaf, mut other) = (connect(&proxy).await, connect(&proxy).await);
    echo(&mut deaf, r#"{"before":1}"#).await;
    proxy.swallow(1);
    deaf.send(Message::text(r#"{"into":"the void"}"#))
        .await
        .unwrap();
    echo(&mut other, "as ever").await;
    until("it is listed as swallowed", async || {
        proxy.sockets().iter().any(|socket| socket.swallowed)
    })
    .await;
    deaf.close(None).await.unwrap();
    until("its farewell is logged", async || {
        recording(&file).iter().any(|line| line["dir"] == "close")
    })
    .await;
    echo(&mut other, "its end was swallowed too").await;
    assert_eq!(numbers(&proxy.sockets()), [1, 2]);
    proxy.cut(1);
    until("it is gone", async || numbers(&proxy.sockets()) == [2]).await;

    let lines = recording(&file);
    let of_first = |line: &&Value| line["c"] == "1";
    let kinds: Vec<_> = lines
        .iter()
        .filter(of_first)
        .map(|line| (line["dir"].as_str().unwrap(), line["lost"] == true))
        .collect();
    let wanted = [
        ("open", false),
        ("out", false),
        ("in", false),
        ("out", true),
        ("close", false),
        ("note", false),
        ("end", false),
    ];
    assert_eq!(kinds, wanted);
    let lost = lines.iter().find(|line| line["lost"] == true).unwrap();
    assert_eq!(lost["frame"], json!({ "into": "the void" }));
    let said: Vec<_> = lines.iter().filter(|line| line["c"] == "2").collect();
    assert_eq!(said[1]["text"], "as ever");
}

#[tokio::test]
async fn a_log_that_is_full_counts_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let proxy = logging(&file, 300).await;
    let mut client = connect(&proxy).await;
    echo(&mut client, "a short one").await;
    echo(&mut client, &"x".repeat(1000)).await;
    echo(&mut client, &"x".repeat(1000)).await;
    until("they are counted", async || proxy.counters().unlogged >= 4).await;
    assert!(std::fs::metadata(&file).unwrap().len() <= 300);
    assert_eq!(recording(&file)[1]["text"], "a short one");
}
