//! Messages arrive once, whatever is killed in between.

use clawline_core::EntryState;
use clawline_relay::upstream::{
    Attachment, Event, Message, Request, RequestFailed, SendFailed, SendRefused, Stage, Upstream,
};
use serde_json::{Value, json};

use super::line::Line;
use super::{SESSION, config, connect, ready};
use crate::common::{Relay, patiently, rows, said, with_token};

async fn rows_of(upstream: &Upstream, session: &str) -> Vec<(String, String)> {
    let request = Request::reading(
        "chat.history",
        json!({ "sessionKey": session, "limit": 500 }),
    );
    rows(&patiently(upstream.request(request)).await.unwrap())
}

/// Waits until so many rows of a session are an agent's.
async fn answered(upstream: &Upstream, count: usize) -> Vec<(String, String)> {
    patiently(async {
        loop {
            let rows = rows_of(upstream, SESSION).await;
            if rows.iter().filter(|(role, _)| role == "assistant").count() >= count {
                return rows;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

fn people(rows: &[(String, String)]) -> Vec<&str> {
    let people = rows.iter().filter(|(role, _)| role == "user");
    people.map(|(_, text)| text.as_str()).collect()
}

#[tokio::test]
async fn a_message_is_answered_and_its_events_are_heard() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(&format!("ws://{}", relay.address()), folder.path())).await;
    let mut events = upstream.events();
    let hello = ready(&upstream).await;
    assert_eq!(hello["type"], "hello-ok");
    assert!(
        hello["auth"].get("deviceToken").is_none(),
        "{}",
        hello["auth"]
    );

    let _kept = upstream.subscribe(SESSION);
    let image = Attachment {
        name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: b"\x89PNG\r\n\x1a\n0000".to_vec(),
    };
    let message = Message {
        attachments: vec![image],
        ..Message::new(SESSION, "hello \"upstream\" {\n}")
    };
    let sent = upstream.send(message).await.unwrap();
    patiently(sent.stored()).await.unwrap();
    patiently(sent.accepted()).await.unwrap();
    patiently(sent.confirmed()).await.unwrap();
    assert_eq!(sent.delivery().stage, Stage::Confirmed);

    let key = sent.key();
    let answer = patiently(async {
        loop {
            let event = events.next().await.unwrap().unwrap();
            if let Event::Gateway { name, payload } = &*event
                && name == "chat"
                && payload["runId"] == key.as_str()
                && payload["state"] == "final"
            {
                break payload.clone();
            }
        }
    })
    .await;
    assert!(said(&answer).contains("hello"), "{answer}");
    let rows = answered(&upstream, 1).await;
    assert_eq!(people(&rows), ["hello \"upstream\" {\n}"]);

    let refused = upstream.request(Request::new("no.such", Value::Null)).await;
    assert!(
        matches!(refused, Err(RequestFailed::Refused(_))),
        "{refused:?}"
    );
    let large = Request::new(
        "chat.history",
        json!({ "sessionKey": "x".repeat(27_000_000) }),
    );
    let refused = upstream.request(large).await;
    assert!(
        matches!(refused, Err(RequestFailed::TooLarge { .. })),
        "{refused:?}"
    );
    assert_eq!(
        upstream.send(Message::new(SESSION, " ")).await.unwrap_err(),
        SendRefused::Empty
    );

    upstream.close().await;
    let closed = upstream.request(Request::new("health", Value::Null)).await;
    assert_eq!(closed, Err(RequestFailed::Closed));
    while events.next().await.is_some() {}
}

#[tokio::test]
async fn messages_arrive_once_and_in_order_while_the_gateway_is_killed_again_and_again() {
    let mut relay = Relay::start(with_token()).await;
    let line = Line::to(Some(relay.address())).await;
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(&format!("ws://{}", line.address), folder.path())).await;
    let mut texts = Vec::new();
    let mut on_their_way = Vec::new();
    for round in 0..3 {
        for number in 0..8 {
            let text = format!("message {round}.{number} [chunks:2:1]");
            let sent = upstream.send(Message::new(SESSION, &text)).await.unwrap();
            if number == 4 {
                // Some are on the wire, some are answered, some wait.
                patiently(sent.stored()).await.unwrap();
                line.lead_to(None);
                relay = relay.crash_and_start(with_token()).await;
                line.lead_to(Some(relay.address()));
            }
            texts.push(text);
            on_their_way.push(sent);
        }
    }
    for sent in &on_their_way {
        patiently(sent.confirmed()).await.unwrap();
    }
    let rows = answered(&upstream, texts.len()).await;
    assert_eq!(people(&rows), texts);
    assert_eq!(
        rows.len(),
        2 * texts.len(),
        "each was answered once: {rows:?}"
    );
    assert!(upstream.entries().await.is_empty());
    upstream.close().await;
}

#[tokio::test]
async fn what_was_stored_goes_on_after_a_restart_of_the_client() {
    let relay = Relay::start(with_token()).await;
    let line = Line::to(None).await;
    let folder = tempfile::tempdir().unwrap();
    let config = || config(&format!("ws://{}", line.address), folder.path());
    let upstream = connect(config()).await;
    let sent = upstream
        .send(Message::new(SESSION, "typed while away"))
        .await
        .unwrap();
    patiently(sent.stored()).await.unwrap();
    let key = sent.key();
    upstream.close().await;
    assert_eq!(patiently(sent.confirmed()).await, Err(SendFailed::Closed));
    assert_eq!(
        upstream
            .send(Message::new(SESSION, "too late"))
            .await
            .unwrap_err(),
        SendRefused::Closed
    );

    let upstream = connect(config()).await;
    let entries = upstream.entries().await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].state, EntryState::Queued);
    let sent = upstream.find(&key).await.unwrap();
    let again = Message {
        key: Some(key.clone()),
        ..Message::new(SESSION, "typed while away")
    };
    assert_eq!(
        upstream.send(again).await.unwrap_err(),
        SendRefused::KeyInUse
    );
    line.lead_to(Some(relay.address()));
    patiently(sent.confirmed()).await.unwrap();
    let rows = answered(&upstream, 1).await;
    assert_eq!(people(&rows), ["typed while away"]);
    assert!(upstream.find(&key).await.is_none());
    upstream.close().await;
}

#[tokio::test]
async fn a_message_that_waits_can_be_taken_back() {
    let line = Line::to(None).await;
    let folder = tempfile::tempdir().unwrap();
    let config = || config(&format!("ws://{}", line.address), folder.path());
    let upstream = connect(config()).await;
    let sent = upstream.send(Message::new(SESSION, "oh no")).await.unwrap();
    patiently(sent.stored()).await.unwrap();
    assert!(upstream.forget(&sent.key()).await);
    assert_eq!(patiently(sent.confirmed()).await, Err(SendFailed::Removed));
    assert!(!upstream.forget(&sent.key()).await);
    upstream.close().await;
    let upstream = connect(config()).await;
    assert!(upstream.entries().await.is_empty());
    // Dropping the last handle closes it, too.
    let mut events = upstream.events();
    drop(upstream);
    patiently(async { while events.next().await.is_some() {} }).await;
}
