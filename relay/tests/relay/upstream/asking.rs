//! A question has one answer, whatever happens on the way.

use clawline_core::Key;
use clawline_relay::upstream::{AskFailed, Asking, Message, Request, Said, Upstream};
use serde_json::json;

use super::line::Line;
use super::{SESSION, config, connect};
use crate::common::{Relay, patiently, rows, with_token};

async fn rows_of(upstream: &Upstream) -> Vec<(String, String)> {
    let request = Request::reading("chat.history", json!({ "sessionKey": SESSION }));
    rows(&patiently(upstream.request(request)).await.unwrap())
}

async fn ask(upstream: &Upstream, text: &str) -> Asking {
    upstream.ask(Message::new(SESSION, text)).await.unwrap()
}

fn keyed(key: &str, text: &str) -> Message {
    Message {
        key: Some(Key::new(key)),
        ..Message::new(SESSION, text)
    }
}

#[tokio::test]
async fn an_answer_grows_and_is_told_whole() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(&format!("ws://{}", relay.address()), folder.path())).await;
    let mut asking = ask(&upstream, "count [chunks:4:40]").await;
    let mut so_far = Vec::new();
    let answer = loop {
        match patiently(asking.next()).await.unwrap() {
            Said::SoFar(words) => so_far.push(words),
            Said::Answer(words) => break words,
        }
    };
    assert_eq!(answer, "w1 w2 w3 w4");
    assert!(!so_far.is_empty());
    for (words, next) in so_far.iter().zip(so_far.iter().skip(1).chain([&answer])) {
        assert!(next.starts_with(words.as_str()), "{so_far:?}");
    }
    let failed = patiently(ask(&upstream, "go wrong [error]").await.answer()).await;
    let Err(AskFailed::Failed(words)) = failed else {
        panic!("{failed:?}");
    };
    assert!(words.contains("[error]"), "{words}");
    // Two at once, in one session: each has an answer.
    let (one, other) = (ask(&upstream, "one").await, ask(&upstream, "other").await);
    let (one, other) = patiently(async { tokio::join!(one.answer(), other.answer()) }).await;
    assert!(one.unwrap().contains("one"));
    assert!(other.unwrap().contains("other"));
    upstream.close().await;
}

#[tokio::test]
async fn an_answer_comes_once_although_the_line_is_cut_and_the_gateway_killed() {
    let relay = Relay::start(with_token()).await;
    let line = Line::to(Some(relay.address())).await;
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(&format!("ws://{}", line.address), folder.path())).await;
    let mut asking = ask(&upstream, "count [chunks:30:20]").await;
    assert!(matches!(patiently(asking.next()).await, Ok(Said::SoFar(_))));
    line.lead_to(None);
    line.lead_to(Some(relay.address()));
    let answer = patiently(asking.answer()).await.unwrap();
    assert!(answer.ends_with("w29 w30"), "{answer}");

    let mut asking = ask(&upstream, "again [chunks:30:20]").await;
    assert!(matches!(patiently(asking.next()).await, Ok(Said::SoFar(_))));
    line.lead_to(None);
    let relay = relay.crash_and_start(with_token()).await;
    line.lead_to(Some(relay.address()));
    let answer = patiently(asking.answer()).await.unwrap();
    assert!(answer.ends_with("w29 w30"), "{answer}");
    let rows = rows_of(&upstream).await;
    assert_eq!(rows.len(), 4, "{rows:?}");
    upstream.close().await;
}

#[tokio::test]
async fn a_question_of_an_earlier_life_is_not_asked_twice() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let config = || config(&format!("ws://{}", relay.address()), folder.path());
    let upstream = connect(config()).await;
    let asking = upstream.ask(keyed("k-1", "who am I?")).await.unwrap();
    patiently(asking.sent().unwrap().confirmed()).await.unwrap();
    upstream.close().await;
    assert_eq!(patiently(asking.answer()).await, Err(AskFailed::Closed));

    let upstream = connect(config()).await;
    for _ in 0..2 {
        let asking = upstream.ask_again(keyed("k-1", "who am I?")).await.unwrap();
        assert!(asking.sent().is_none());
        let answer = patiently(asking.answer()).await.unwrap();
        assert!(answer.contains("who am I?"), "{answer}");
    }
    // One that never left is sent.
    let asking = upstream
        .ask_again(keyed("k-2", "and who are you?"))
        .await
        .unwrap();
    let answer = patiently(asking.answer()).await.unwrap();
    assert!(answer.contains("and who are you?"), "{answer}");
    assert_eq!(rows_of(&upstream).await.len(), 4);
    upstream.close().await;
}
