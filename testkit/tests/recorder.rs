//! The recorder between a WebSocket client and a server.

mod support;

use clawline_testkit::Recorder;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use support::{recording, soon, until};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::oneshot,
};
use tokio_tungstenite::{
    accept_hdr_async, connect_async,
    tungstenite::{
        Error as WsError, Message,
        client::IntoClientRequest as _,
        handshake::server::{Request, Response},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

// The callback's error type is the library's choice.
#[allow(clippy::result_large_err)]
#[tokio::test]
async fn both_directions_are_written_word_for_word_and_the_origin_is_passed_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("ws://{}", listener.local_addr().unwrap());
    let (told, origin) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut seen = None;
        let read = |request: &Request, response: Response| {
            let header = |name| {
                request
                    .headers()
                    .get(name)
                    .map(|v| v.to_str().unwrap().to_owned())
            };
            seen = Some((
                request.uri().to_string(),
                header("origin"),
                header("user-agent"),
            ));
            Ok(response)
        };
        let mut socket = accept_hdr_async(stream, read).await.unwrap();
        told.send(seen.unwrap()).unwrap();
        socket
            .send(Message::text(r#"{"type":"event",  "z":1,"a":2.50}"#))
            .await
            .unwrap();
        let question = socket.next().await.unwrap().unwrap();
        assert_eq!(question, Message::text("no json"));
        let frame = CloseFrame {
            code: CloseCode::Restart,
            reason: "service restart".into(),
        };
        socket.close(Some(frame)).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    });

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.jsonl");
    let recorder = Recorder::start(&upstream, &file, 0).await.unwrap();
    recorder.note("=== a test");
    let mut request = format!("{}some/path?x=1", recorder.url())
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("origin", "http://127.0.0.1:8080".parse().unwrap());
    request
        .headers_mut()
        .insert("user-agent", "tester/1".parse().unwrap());
    let (mut client, _) = soon("the connection", connect_async(request))
        .await
        .unwrap();
    let first = client.next().await.unwrap().unwrap();
    assert_eq!(
        first.to_text().unwrap(),
        r#"{"type":"event",  "z":1,"a":2.50}"#
    );
    client.send(Message::text("no json")).await.unwrap();
    let close = soon("the close", client.next()).await.unwrap().unwrap();
    let Message::Close(Some(close)) = close else {
        panic!("{close:?}")
    };
    assert_eq!(
        (u16::from(close.code), close.reason.as_str()),
        (1012, "service restart")
    );
    let _ = client.next().await;

    let (target, origin, agent) = origin.await.unwrap();
    assert_eq!(target, "/some/path?x=1");
    assert_eq!(origin.as_deref(), Some("http://127.0.0.1:8080"));
    assert_eq!(agent.as_deref(), Some("tester/1"));

    let lines = recording(&file);
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line["dir"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["note", "note", "http", "in", "out", "close"]);
    assert_eq!(lines[1]["origin"], "http://127.0.0.1:8080");
    assert_eq!(
        (&lines[2]["c"], &lines[2]["status"]),
        (&json!("A"), &json!(101))
    );
    assert_eq!(
        lines[3]["frame"],
        json!({ "type": "event", "z": 1, "a": 2.5 })
    );
    assert_eq!(lines[3]["bytes"], 33);
    assert_eq!(lines[4]["text"], "no json");
    assert_eq!(
        (&lines[5]["code"], &lines[5]["reason"]),
        (&json!(1012), &json!("service restart"))
    );
    assert!(
        lines
            .iter()
            .all(|line| line["ms"].is_u64() && line["at"].is_u64())
    );
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains(r#""frame":{"type":"event",  "z":1,"a":2.50}"#),
        "word for word: {text}"
    );
}

#[tokio::test]
async fn a_refused_upgrade_is_refused_and_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).await.unwrap();
        let answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.jsonl");
    let recorder = Recorder::start(&upstream, &file, 0).await.unwrap();
    let refused = soon("the refusal", connect_async(recorder.url())).await;
    let Err(WsError::Http(answer)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(answer.status().as_u16(), 503);
    until("it is written", async || {
        recording(&file).iter().any(|line| line["status"] == 503)
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_no_websocket_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for given in ["http://127.0.0.1:1", "127.0.0.1:1", "wss://x:1", ""] {
        let error = Recorder::start(given, &folder.path().join("r"), 0)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("ws://HOST:PORT"), "{error}");
    }
}
