//! Messages and chats through the shell, against a gateway in the page.

use crate::support::*;
use clawline::Chat;
use clawline::core::chat::Item;
use clawline::core::engine::Status;
use wasm_bindgen_test::*;

fn texts(chat: &Chat<String>) -> Vec<String> {
    chat.read(|chat| {
        chat.items()
            .map(|item| match item {
                Item::Row(shown) => shown.row.payload.clone(),
                Item::Live(run) => format!("live: {}", run.live.clone().unwrap_or_default()),
            })
            .collect()
    })
}

fn open(client: &clawline::Client) -> Chat<String> {
    Chat::open(client, None, |message| {
        let content = text(message, &["content"]);
        if content.is_empty() {
            text(message, &["text"])
        } else {
            content
        }
    })
}

#[wasm_bindgen_test]
async fn a_message_typed_before_any_connection_is_sent_once_and_confirmed() {
    let gateway = gateway();
    let client = client("early");
    client.send(None, "typed \"early\" \u{1F980}\n").unwrap();
    assert_eq!(client.entries()[0].state.as_str(), "queued");
    ready(&client).await;
    until(|| client.entries().is_empty()).await;
    let sent = gateway.sent("chat.send");
    assert_eq!(sent.len(), 1);
    assert_eq!(text(&sent[0], &["message"]), "typed \"early\" \u{1F980}\n");
    assert_eq!(text(&sent[0], &["sessionKey"]), "agent:main:main");
}

#[wasm_bindgen_test]
async fn messages_typed_while_the_gateway_is_down_leave_in_order_when_it_is_back() {
    let gateway = gateway();
    let client = client("down");
    ready(&client).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| client.status() != Status::Ready).await;
    for word in ["one", "two", "three"] {
        client.send(None, word).unwrap();
    }
    settle().await;
    assert!(gateway.sent("chat.send").is_empty());
    gateway.set_mode("normal");
    until(|| client.entries().is_empty()).await;
    let words: Vec<String> = gateway
        .sent("chat.send")
        .iter()
        .map(|sent| text(sent, &["message"]))
        .collect();
    assert_eq!(words, ["one", "two", "three"]);
}

#[wasm_bindgen_test]
async fn a_message_can_be_taken_back_until_it_leaves() {
    let gateway = gateway();
    let client = client("back");
    let key = client.send(None, "never mind").unwrap();
    assert_eq!(client.entry_text(&key).as_deref(), Some("never mind"));
    assert!(client.cancel(&key));
    assert!(!client.cancel(&key));
    ready(&client).await;
    settle().await;
    assert!(gateway.sent("chat.send").is_empty());
}

#[wasm_bindgen_test]
async fn a_chat_shows_history_live_text_and_the_row_that_replaces_it() {
    let gateway = gateway();
    let client = client("chat");
    let chat = open(&client);
    ready(&client).await;
    chat.send("hello").unwrap();
    until(|| texts(&chat) == ["hello"]).await;
    let more = || js("{}");
    let delta = r#"{"sessionKey":"agent:main:main","runId":"r1","state":"delta","message":{"content":"He"}}"#;
    gateway.broadcast("chat", js(delta), more());
    until(|| texts(&chat) == ["hello", "live: He"]).await;
    let row = r#"{"sessionKey":"agent:main:main","message":{"role":"assistant","content":"Hello you",
        "stopReason":"stop","__openclaw":{"id":"a1","seq":2,"runId":"r1"}}}"#;
    gateway.broadcast("session.message", js(row), more());
    let last = delta.replace("delta", "final").replace("He", "Hello you");
    gateway.broadcast("chat", js(&last), more());
    until(|| texts(&chat) == ["hello", "Hello you"]).await;
    let other = delta.replace("agent:main:main", "agent:main:other");
    gateway.broadcast("chat", js(&other), more());
    settle().await;
    assert_eq!(texts(&chat), ["hello", "Hello you"]);
}

#[wasm_bindgen_test]
async fn what_happened_while_the_connection_was_lost_is_there_afterwards_once() {
    let gateway = gateway();
    let client = client("lost");
    let chat = open(&client);
    ready(&client).await;
    chat.send("before").unwrap();
    until(|| texts(&chat) == ["before"]).await;
    gateway.cut();
    chat.send("meanwhile").unwrap();
    until(|| texts(&chat) == ["before", "meanwhile"]).await;
}

#[wasm_bindgen_test]
async fn a_missing_frame_makes_the_chat_look_into_history() {
    let gateway = gateway();
    let client = client("gap");
    let _chat = open(&client);
    ready(&client).await;
    until(|| gateway.sent("chat.history").len() == 1).await;
    gateway.say(&r#"{"type":"event","event":"tick","payload":{},"seq":9}"#.into());
    until(|| gateway.sent("chat.history").len() == 2).await;
}

#[wasm_bindgen_test]
async fn a_history_that_is_refused_for_the_moment_is_asked_for_again() {
    let gateway = gateway();
    gateway.set_mode("busy");
    let client = client("busy");
    let chat = open(&client);
    ready(&client).await;
    until(|| gateway.sent("chat.history").len() == 1).await;
    settle().await;
    assert!(!chat.is_loaded());
    gateway.set_mode("normal");
    until(|| chat.is_loaded()).await;
}

#[wasm_bindgen_test]
async fn whether_a_message_is_stored_may_be_asked_at_any_time() {
    let gateway = gateway();
    let client = client("asked-late");
    ready(&client).await;
    gateway.set_mode("down");
    gateway.cut();
    let key = client.send(None, "kept meanwhile").unwrap();
    client.stored(&key).await;
    assert!(client.is_durable());
    // It is still on its way, and was stored long ago.
    client.stored(&key).await;
    assert_eq!(client.entries().len(), 1);
}
