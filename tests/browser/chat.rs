//! A chat over a connection: what makes it ask for history, and how often.

use crate::support::*;
use clawline::core::chat::Item;
use clawline::{Chat, Client};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

fn words(message: &JsValue) -> String {
    text(message, &["content"])
}

fn open(client: &Client) -> Chat<String> {
    Chat::open(client, None, words)
}

fn shown(chat: &Chat<String>) -> Vec<String> {
    chat.read(|chat| {
        let items = chat.items();
        items
            .map(|item| match item {
                Item::Row(shown) => shown.row.payload.clone(),
                Item::Live(run) => run.live.clone().unwrap_or_default(),
            })
            .collect()
    })
}

fn row(seq: u32, words: &str, more: &str) -> String {
    format!(
        r#"{{"role":"user","content":"{words}","__openclaw":{{"id":"{words}","seq":{seq}}}{more}}}"#
    )
}

fn page(rows: &[String], next: Option<u32>) -> String {
    let rows = rows.join(",");
    let more = next.map_or(String::new(), |next| format!(r#","nextOffset":{next}"#));
    format!(
        r#"{{"sessionId":"one","messages":[{rows}],"hasMore":{}{more}}}"#,
        next.is_some()
    )
}

/// The pages of history, by offset.
fn pages(gateway: &FakeGateway, pages: &[(u32, String)]) {
    let members: Vec<String> = pages
        .iter()
        .map(|(offset, page)| format!(r#""{offset}":{page}"#))
        .collect();
    gateway.set_pages(js(&format!("{{{}}}", members.join(","))));
}

#[wasm_bindgen_test]
async fn gaps_without_end_do_not_make_it_ask_without_end() {
    let gateway = gateway();
    let client = client("chat-gaps");
    let chat = open(&client);
    ready(&client).await;
    until(|| chat.is_loaded()).await;
    for gap in 1..=60 {
        let seq = gap * 2;
        gateway.say(&js(&format!(
            r#"{{"type":"event","event":"tick","payload":{{}},"seq":{seq}}}"#
        )));
        // Its answer comes; the next gap is told after it.
        settle_soon().await;
    }
    let asked = gateway.sent("chat.history").len();
    assert!((2..10).contains(&asked), "{asked} questions for 60 gaps");
}

#[wasm_bindgen_test]
async fn a_page_without_anything_to_see_leads_on_to_one_with() {
    let gateway = gateway();
    let hidden = r#","provenance":{"kind":"internal_system"}"#;
    pages(
        &gateway,
        &[
            (0, page(&[row(3, "c", hidden)], Some(1))),
            (1, page(&[row(2, "b", hidden)], Some(2))),
            (2, page(&[row(1, "a", "")], None)),
        ],
    );
    let client = client("chat-hidden");
    let chat = open(&client);
    ready(&client).await;
    until(|| chat.is_loaded()).await;
    assert_eq!(
        shown(&chat),
        ["a"],
        "what is loaded and empty is a new chat"
    );
}

#[wasm_bindgen_test]
async fn an_answer_without_rows_is_no_new_conversation() {
    for answer in [r#"{"messages":null}"#, r#"{"messages":{}}"#, "[]", "{}"] {
        let gateway = gateway();
        pages(&gateway, &[(0, answer.to_owned())]);
        let client = client("chat-odd");
        let chat = open(&client);
        ready(&client).await;
        until(|| chat.error().is_some()).await;
        assert_eq!(chat.error().unwrap().code(), "answer-unreadable");
        assert!(!chat.is_loaded(), "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_gateway_that_pages_back_without_end_is_asked_for_a_few_pages() {
    let gateway = gateway();
    let hidden = r#","provenance":{"kind":"internal_system"}"#;
    let endless: Vec<(u32, String)> = (0..100)
        .map(|at| (at, page(&[row(1_000 - at, "x", hidden)], Some(at + 1))))
        .collect();
    pages(&gateway, &endless);
    let client = client("chat-endless");
    let chat = open(&client);
    ready(&client).await;
    until(|| gateway.sent("chat.history").len() >= 3).await;
    assert!(shown(&chat).is_empty());
}

#[wasm_bindgen_test]
async fn a_reset_by_somebody_else_is_seen_without_another_word() {
    let gateway = gateway();
    pages(&gateway, &[(0, page(&[row(1, "old", "")], None))]);
    let client = client("chat-reset");
    let chat = open(&client);
    ready(&client).await;
    until(|| shown(&chat) == ["old"]).await;
    until(|| gateway.sent("sessions.subscribe").len() == 1).await;
    pages(&gateway, &[(0, page(&[row(1, "Reset", "")], None))]);
    let reset = r#"{"sessionKey":"agent:main:main","reason":"reset","sessionId":"one"}"#;
    gateway.broadcast("sessions.changed", js(reset), JsValue::UNDEFINED);
    until(|| shown(&chat) == ["Reset"]).await;
}

#[wasm_bindgen_test]
async fn words_that_nobody_can_attribute_are_looked_for_in_history() {
    let gateway = gateway();
    let client = client("chat-strange");
    let chat = open(&client);
    ready(&client).await;
    until(|| chat.is_loaded()).await;
    pages(&gateway, &[(0, page(&[row(1, "there", "")], None))]);
    for (event, payload) in [
        ("chat", r#"{"sessionKey":7,"runId":"r","state":"delta"}"#),
        (
            "session.message",
            r#"{"message":{"role":"user","content":"there"}}"#,
        ),
        (
            "chat",
            r#"{"sessionKey":"agent:main:main","runId":{},"state":"final"}"#,
        ),
        (
            "chat",
            r#"{"sessionKey":"agent:main:main","runId":"r","state":"invented"}"#,
        ),
    ] {
        let before = gateway.sent("chat.history").len();
        gateway.broadcast(event, js(payload), JsValue::UNDEFINED);
        until(|| gateway.sent("chat.history").len() > before).await;
    }
    until(|| shown(&chat) == ["there"]).await;
}

#[wasm_bindgen_test]
async fn retrying_comes_with_what_an_agent_tells_of_its_work() {
    let gateway = gateway();
    let client = client("chat-retry");
    let chat = open(&client);
    ready(&client).await;
    until(|| chat.is_loaded()).await;
    let retry = r#"{"sessionKey":"agent:main:main","runId":"r","stream":"run_status",
        "data":{"phase":"retrying","retryAttempt":2,"maxRetries":8}}"#;
    gateway.broadcast("agent", js(retry), JsValue::UNDEFINED);
    let attempt = || {
        chat.read(|chat| {
            let run = chat.active_runs().next();
            run.and_then(|run| run.retrying.as_ref()?.attempt)
        })
    };
    until(|| attempt() == Some(2)).await;
}
