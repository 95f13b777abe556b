//! Two clients in one page are as good as two tabs: each has a place of its
//! own among those that share a connection.

use crate::support::*;
use clawline::core::engine::Status;
use clawline::core::{EntryState, Update};
use clawline::{Chat, Client, Event, RequestError, RequestOptions};
use futures_core::Stream;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

async fn two_tabs(store: &str) -> (Client, Client) {
    let first = client_of(store);
    ready(&first).await;
    let second = client_of(store);
    ready(&second).await;
    (first, second)
}

fn store(name: &str) -> String {
    format!("{name}-{}", js_sys::Math::random())
}

#[wasm_bindgen_test]
async fn tabs_share_one_socket_and_both_get_answers() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("one")).await;
    assert_eq!(gateway.socket_count(), 1);
    for client in [&first, &second] {
        let answer = ask(client, "echo").await;
        assert_eq!(text(&answer.unwrap(), &["method"]), "echo");
    }
    let refused = ask(&second, "fails").await;
    assert_eq!(refused.unwrap_err().code(), "MISSING_SCOPE");
    assert_eq!(second.main_session().as_deref(), Some("agent:main:main"));
}

#[wasm_bindgen_test]
async fn a_message_of_a_tab_that_follows_is_sent_by_the_one_that_leads() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("send")).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| second.status() != Status::Ready).await;
    let key = second.send(None, "from the second").unwrap();
    until(|| first.entries().len() == 1).await;
    assert_eq!(first.entry_text(&key).as_deref(), Some("from the second"));
    assert_eq!(second.entries()[0].state, EntryState::Queued);
    gateway.set_mode("normal");
    until(|| first.entries().is_empty() && second.entries().is_empty()).await;
    assert_eq!(gateway.sent("chat.send").len(), 1);
}

#[wasm_bindgen_test]
async fn what_a_tab_that_follows_asks_waits_over_attempts_that_fail() {
    let gateway = gateway();
    let (_first, second) = two_tabs(&store("waits")).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| second.status() != Status::Ready).await;
    let before = gateway.socket_count();
    let back = async {
        until(|| gateway.socket_count() > before + 1).await;
        settle().await;
        gateway.set_mode("normal");
    };
    let (answer, ()) = both(ask(&second, "echo"), back).await;
    assert_eq!(text(&answer.unwrap(), &["method"]), "echo");
}

#[wasm_bindgen_test]
async fn events_go_to_the_tabs_that_asked_for_them() {
    let gateway = gateway();
    let (_first, second) = two_tabs(&store("events")).await;
    let mut events = second.subscribe(&["presence"]);
    catch_up(&second).await;
    gateway.broadcast("presence", js(r#"{"presence":[{"host":"x"}]}"#), js("{}"));
    let event = loop {
        match next(&mut events).await {
            Some(Event::Gateway { payload, .. }) => break payload,
            Some(_) => {}
            None => panic!("the stream ended"),
        }
    };
    assert!(
        js_sys::Reflect::get(&event, &"presence".into())
            .unwrap()
            .is_object()
    );
}

#[wasm_bindgen_test]
async fn when_the_tab_that_leads_is_closed_another_one_goes_on() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("close")).await;
    let chat = Chat::open(&second, None, JsValue::clone);
    until(|| chat.is_loaded()).await;
    drop(first);
    until(|| gateway.socket_count() == 2 && second.status() == Status::Ready).await;
    chat.send("still here").unwrap();
    until(|| second.entries().is_empty()).await;
    assert_eq!(gateway.open_count(), 1);
    assert_eq!(gateway.sent("chat.send").len(), 1);
}

#[wasm_bindgen_test]
async fn a_tab_with_a_better_token_takes_the_place_of_one_that_was_not_let_in() {
    let gateway = gateway();
    gateway.set_mode("wrong-token");
    let store = store("token");
    let first = client_with(&store, Some("old"));
    first.connect();
    until(|| matches!(first.status(), Status::Paused(_))).await;
    let same = client_with(&store, Some("old"));
    same.connect();
    until(|| matches!(same.status(), Status::Paused(_))).await;
    settle().await;
    assert_eq!(
        gateway.socket_count(),
        1,
        "the same token is not tried again"
    );
    gateway.set_mode("normal");
    let second = client_with(&store, Some("new"));
    ready(&second).await;
    until(|| first.status() == Status::Ready && same.status() == Status::Ready).await;
    assert_eq!(gateway.socket_count(), 2);
}

#[wasm_bindgen_test]
async fn what_is_sent_while_the_client_is_closed_leaves_at_the_next_connection() {
    let gateway = gateway();
    let client = client("closed");
    ready(&client).await;
    client.close();
    settle().await;
    client.send(None, "meanwhile").unwrap();
    settle().await;
    ready(&client).await;
    until(|| gateway.sent("chat.send").len() == 1 && client.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn when_the_app_of_the_tab_that_leads_closes_it_the_others_only_reconnect() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("app")).await;
    let mut events = second.subscribe(&[]);
    let params = js("{}");
    let options = RequestOptions {
        idempotent: true,
        ..RequestOptions::default()
    };
    gateway.set_mode("deaf");
    let asked = second.request("echo", &params, options);
    let closed = async {
        until(|| !gateway.sent("echo").is_empty()).await;
        first.close();
        gateway.set_mode("normal");
    };
    let (answer, ()) = both(asked, closed).await;
    assert_eq!(text(&answer.unwrap(), &["method"]), "echo");
    assert_eq!(gateway.sent("echo").len(), 2);
    while let Some(event) = now_or_none(&mut events) {
        assert!(!matches!(event, Event::Status(Status::Closed)));
    }
}

#[wasm_bindgen_test]
async fn a_client_that_is_closed_at_once_stands_in_nobodys_way() {
    let gateway = gateway();
    let store = store("at-once");
    let first = client_of(&store);
    first.connect();
    first.close();
    let second = client_of(&store);
    ready(&second).await;
    settle().await;
    assert_eq!(first.status(), Status::Closed);
    assert_eq!(gateway.open_count(), 1);
}

#[wasm_bindgen_test]
async fn tabs_that_open_at_the_same_moment_hear_each_event_once() {
    let gateway = gateway();
    let store = store("moment");
    let tabs: Vec<Client> = (0..5).map(|_| client_of(&store)).collect();
    let mut events: Vec<_> = tabs
        .iter()
        .map(|tab| tab.subscribe(&["presence"]))
        .collect();
    for tab in &tabs {
        tab.connect();
    }
    until(|| tabs.iter().all(|tab| tab.status() == Status::Ready)).await;
    settle().await;
    for number in 1..=3 {
        let payload = format!(r#"{{"presence":[],"number":"{number}"}}"#);
        gateway.broadcast("presence", js(&payload), js("{}"));
    }
    for tab in &tabs {
        catch_up(tab).await;
    }
    assert_eq!(gateway.socket_count(), 1);
    for tab in &mut events {
        let mut heard = Vec::new();
        while let Some(event) = now_or_none(tab) {
            if let Event::Gateway { payload, .. } = event {
                heard.push(text(&payload, &["number"]));
            }
        }
        assert_eq!(heard, ["1", "2", "3"]);
    }
}

#[wasm_bindgen_test]
async fn what_one_visit_left_unsent_is_sent_by_the_next_once() {
    let gateway = gateway();
    gateway.set_mode("down");
    let store = store("visit");
    let first = client_of(&store);
    first.connect();
    until(|| gateway.socket_count() > 0).await;
    first.send(None, "one").unwrap();
    let last = first.send(None, "two").unwrap();
    first.stored(&last).await;
    drop(first);
    gateway.set_mode("normal");
    let second = client_of(&store);
    assert!(!second.is_durable());
    ready(&second).await;
    assert!(second.is_durable());
    until(|| gateway.sent("chat.send").len() == 2 && second.entries().is_empty()).await;
    let words = |at: usize| text(&gateway.sent("chat.send")[at], &["message"]);
    assert_eq!([words(0), words(1)], ["one", "two"]);
}

#[wasm_bindgen_test]
async fn a_file_is_read_when_its_message_leaves_also_at_a_later_visit() {
    let gateway = gateway();
    gateway.set_mode("down");
    let store = store("file");
    let first = client_of(&store);
    first.connect();
    until(|| gateway.socket_count() > 0).await;
    let options = clawline::SendOptions {
        files: vec![text_file("a.txt", "hello")],
        ttl: None,
    };
    let key = first.send_with(None, "see file", &options).unwrap();
    first.stored(&key).await;
    drop(first);
    gateway.set_mode("normal");
    let second = client_of(&store);
    ready(&second).await;
    until(|| gateway.sent("chat.send").len() == 1).await;
    let sent = &gateway.sent("chat.send")[0];
    let files = js_sys::Reflect::get(sent, &"attachments".into()).unwrap();
    let file = js_sys::Array::from(&files).get(0);
    assert_eq!(text(&file, &["content"]), "aGVsbG8=");
    assert_eq!(text(&file, &["fileName"]), "a.txt");
}

#[wasm_bindgen_test]
async fn another_tab_edits_cancels_and_the_one_that_leads_obeys() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("edit")).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| second.status() != Status::Ready).await;
    let kept = first.send(None, "kept").unwrap();
    let gone = first.send(None, "gone").unwrap();
    until(|| second.entries().len() == 2).await;
    assert!(second.cancel(&gone));
    assert_eq!(second.edit(&kept, "changed").unwrap().as_ref(), Some(&kept));
    until(|| first.entries().len() == 1).await;
    until(|| first.entry_text(&kept).as_deref() == Some("changed")).await;
    gateway.set_mode("normal");
    until(|| second.entries().is_empty() && first.entries().is_empty()).await;
    assert_eq!(text(&gateway.sent("chat.send")[0], &["message"]), "changed");
    assert_eq!(gateway.sent("chat.send").len(), 1);
}

#[wasm_bindgen_test]
async fn a_request_with_a_key_waits_in_the_outbox_and_keeps_its_key() {
    let gateway = gateway();
    let client = client("poll");
    let key = client.enqueue("poll", &js(r#"{"to":"x"}"#)).unwrap();
    ready(&client).await;
    until(|| client.entries().is_empty()).await;
    let sent = gateway.sent("poll");
    assert_eq!(text(&sent[0], &["idempotencyKey"]), key.as_str());
    let why = client.enqueue("sessions.reset", &js("{}")).unwrap_err();
    assert_eq!(why.code(), "no-key");
    ask(&client, "send").await.unwrap();
    assert!(!text(&gateway.sent("send")[0], &["idempotencyKey"]).is_empty());
}

#[wasm_bindgen_test]
async fn what_a_tab_writes_that_the_leader_has_forgotten_leaves_as_soon() {
    let gateway = gateway();
    let store = store("forgotten");
    let (_first, second) = two_tabs(&store).await;
    forget_tab(&store, &second).await;
    second.send(None, "anybody there?").unwrap();
    until(|| gateway.sent("chat.send").len() == 1 && second.entries().is_empty()).await;
    forget_tab(&store, &second).await;
    second.send(None, "and now?").unwrap();
    until(|| gateway.sent("chat.send").len() == 2 && second.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn each_tab_hears_what_it_subscribed_to_under_any_name_of_the_session() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("scope")).await;
    let mut of_first = first.subscribe(&OF_SESSIONS);
    let mut of_second = second.subscribe(&OF_SESSIONS);
    ask_of(&second, "sessions.messages.subscribe", "main").await;
    ask_of(&first, "sessions.messages.subscribe", "agent:main:b").await;
    ask_of(&first, "sessions.subscribe", "").await;
    for event in OF_SESSIONS {
        for session in ["agent:main:main", "agent:main:b"] {
            let payload = format!(r#"{{"sessionKey":"{session}"}}"#);
            gateway.broadcast(event, js(&payload), js("{}"));
        }
    }
    catch_up(&second).await;
    assert_eq!(
        sessions_heard(&first, &mut of_first),
        [
            "chat agent:main:b",
            "session.message agent:main:main",
            "session.message agent:main:b",
            "sessions.changed agent:main:main",
            "sessions.changed agent:main:b",
        ]
    );
    assert_eq!(
        sessions_heard(&second, &mut of_second),
        ["chat agent:main:main", "session.message agent:main:main"]
    );
}

#[wasm_bindgen_test]
async fn what_one_tab_no_longer_wants_stays_until_no_tab_does() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("count")).await;
    let mut of_first = first.subscribe(&["chat"]);
    let mut of_second = second.subscribe(&["chat"]);
    ask_of(&first, "sessions.messages.subscribe", "main").await;
    ask_of(&second, "sessions.messages.subscribe", "agent:main:main").await;
    ask_of(&first, "sessions.messages.unsubscribe", "agent:main:main").await;
    assert!(gateway.sent("sessions.messages.unsubscribe").is_empty());
    gateway.broadcast("chat", js(r#"{"sessionKey":"agent:main:main"}"#), js("{}"));
    catch_up(&second).await;
    assert!(sessions_heard(&first, &mut of_first).is_empty());
    assert_eq!(sessions_heard(&second, &mut of_second).len(), 1);
    drop(second);
    until(|| gateway.sent("sessions.messages.unsubscribe").len() == 1).await;
    let last = &gateway.sent("sessions.messages.unsubscribe")[0];
    assert_eq!(text(last, &["key"]), "agent:main:main");
}

const OF_SESSIONS: [&str; 3] = ["chat", "session.message", "sessions.changed"];

fn sessions_heard(tab: &Client, events: &mut clawline::Subscription) -> Vec<String> {
    let mut heard = Vec::new();
    while let Some(event) = now_or_none(events) {
        if let Event::Gateway { kind, payload } = event {
            let name = OF_SESSIONS.iter().find(|name| tab.kind(name) == kind);
            heard.push(format!(
                "{} {}",
                name.unwrap(),
                text(&payload, &["sessionKey"])
            ));
        }
    }
    heard
}

async fn ask_of(client: &Client, method: &str, session: &str) -> JsValue {
    let params = js(&format!(r#"{{"key":"{session}"}}"#));
    let answer = client.request(method, &params, RequestOptions::default());
    answer.await.unwrap()
}

async fn ask(client: &Client, method: &str) -> Result<JsValue, RequestError> {
    let params = js(r#"{"n":1}"#);
    client
        .request(method, &params, RequestOptions::default())
        .await
}

/// All that was said between this tab and the one that leads is heard: their
/// words stay in order, so an answer comes after what was said before it.
async fn catch_up(tab: &Client) {
    ask(tab, "echo").await.unwrap();
}

/// Both, side by side.
async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (std::pin::pin!(a), std::pin::pin!(b));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(move |context| {
        if first.is_none()
            && let std::task::Poll::Ready(value) = a.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let std::task::Poll::Ready(value) = b.as_mut().poll(context)
        {
            second = Some(value);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => std::task::Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                std::task::Poll::Pending
            }
        }
    })
    .await
}

fn now_or_none<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(stream).poll_next(&mut context) {
        std::task::Poll::Ready(item) => item,
        std::task::Poll::Pending => None,
    }
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| std::pin::Pin::new(&mut *stream).poll_next(context)).await
}

#[wasm_bindgen_test]
async fn what_a_tab_that_follows_takes_back_or_changes_at_once_is_not_sent_as_it_was() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("wish")).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| second.status() != Status::Ready).await;
    let gone = second.send(None, "oops").unwrap();
    second.stored(&gone).await;
    assert!(second.cancel(&gone));
    let kept = second.send(None, "teh").unwrap();
    second.stored(&kept).await;
    assert_eq!(second.edit(&kept, "the").unwrap().as_ref(), Some(&kept));
    // The gateway comes back no sooner than the wish is heard: they would race.
    until(|| first.entries().len() == 1 && first.entry_text(&kept).as_deref() == Some("the")).await;
    gateway.set_mode("normal");
    until(|| gateway.sent("chat.send").len() == 1 && second.entries().is_empty()).await;
    settle().await;
    let sent = gateway.sent("chat.send");
    assert_eq!(sent.len(), 1);
    assert_eq!(text(&sent[0], &["message"]), "the");
}

#[wasm_bindgen_test]
async fn of_a_forgotten_device_no_tab_has_a_message_left() {
    let gateway = gateway();
    let (first, second) = two_tabs(&store("forgotten")).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| second.status() != Status::Ready).await;
    first.send(None, "of the first").unwrap();
    second.send(None, "of the second").unwrap();
    until(|| first.entries().len() == 2 && second.entries().len() == 2).await;
    let mut events = second.subscribe(&[]);
    first.forget_device().await.unwrap();
    assert_eq!(first.entries().len(), 0);
    until(|| second.entries().is_empty()).await;
    let mut removed = 0;
    while let Some(event) = now_or_none(&mut events) {
        removed += usize::from(matches!(event, Event::Outbox(Update::Removed(_))));
    }
    assert_eq!(removed, 2);
    gateway.set_mode("normal");
    ready(&first).await;
    ready(&second).await;
    settle().await;
    assert!(first.entries().is_empty() && second.entries().is_empty());
    assert!(gateway.sent("chat.send").is_empty());
}
