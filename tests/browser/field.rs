//! What people bring: addresses, files, sign-ins and networks that are not as our
//! own tests had thought of.

use std::cell::Cell;
use std::future::{pending, ready as at_once};
use std::rc::Rc;

use crate::support::*;
use clawline::core::engine::Status;
use clawline::{Client, SendOptions, SignIn, Source};
use wasm_bindgen_test::*;

/// A store that no other test uses.
fn fresh(name: &str) -> String {
    format!("{name}-{}", js_sys::Math::random())
}

fn messages(gateway: &InPage) -> Vec<String> {
    let sent = gateway.sent("chat.send");
    sent.iter().map(|sent| text(sent, &["message"])).collect()
}

fn reasons(client: &Client) -> Vec<String> {
    let entries = client.entries().into_iter();
    entries.filter_map(|entry| entry.reason).collect()
}

/// An address with another ticket at each attempt.
fn with_tickets() -> Source {
    let next = Rc::new(Cell::new(0));
    Source::new(
        move || {
            next.set(next.get() + 1);
            let address = format!("ws://Fake.Example:80/gateway/?ticket=secret{}", next.get());
            at_once(Ok(address))
        },
        || at_once(Ok(SignIn::default())),
    )
}

#[wasm_bindgen_test]
async fn a_ticket_in_the_address_names_neither_outbox_nor_token() {
    let gateway = gateway();
    let store = fresh("ticket");
    let client = client_from(with_tickets(), &store);
    ready(&client).await;
    gateway.set_mode("down");
    gateway.cut();
    until(|| client.status() != Status::Ready).await;
    let key = client.send(None, "one").unwrap();
    assert!(client.stored(&key).await);
    until(|| gateway.socket_count() >= 4).await;
    assert_eq!(
        client.entries().len(),
        1,
        "it is in the one outbox there is"
    );
    gateway.set_mode("normal");
    until(|| client.entries().is_empty()).await;
    assert_eq!(messages(&gateway), ["one"]);
    let connects = gateway.sent("connect");
    let last = connects.last().unwrap();
    assert_eq!(text(last, &["auth", "deviceToken"]), "issued-by-the-fake");
    settle().await;
    let names = names(&store).await;
    assert!(!names.contains("secret"), "{names}");
    assert!(
        names.contains("token operator ws://fake.example/gateway\n"),
        "{names}"
    );
}

#[wasm_bindgen_test]
async fn spellings_of_one_gateway_share_an_outbox() {
    let gateway = gateway();
    gateway.set_mode("down");
    let store = fresh("spellings");
    let at = |url: &str| {
        let target = clawline::Target {
            url: url.to_owned(),
            ..Default::default()
        };
        client_from(target.into(), &store)
    };
    for (count, url) in [
        "ws://fake.example",
        "WS://FAKE.example:80/",
        "http://fake.example/?a=b#c",
    ]
    .into_iter()
    .enumerate()
    {
        let client = at(url);
        client.connect();
        let key = client.send(None, url).unwrap();
        assert!(client.stored(&key).await);
        until(|| client.entries().len() == count + 1).await;
    }
}

#[wasm_bindgen_test]
async fn what_an_earlier_version_kept_under_another_spelling_is_found_and_moved() {
    let gateway = gateway();
    let store = fresh("older");
    let first = client_of(&store);
    ready(&first).await;
    let device = first.device_id().unwrap();
    drop(first);
    settle().await;
    for (address, message) in [
        ("ws://fake.example/", "with a slash"),
        ("ws://fake.example:80", "with its port"),
        ("WS://fake.EXAMPLE/?ticket=secret", "with a ticket"),
    ] {
        plant(&store, address, &device, message).await;
    }
    plant(&store, "ws://other.example", &device, "for another gateway").await;
    let second = client_of(&store);
    ready(&second).await;
    until(|| messages(&gateway).len() == 3 && second.entries().is_empty()).await;
    settle().await;
    let mut moved = messages(&gateway);
    moved.sort();
    assert_eq!(moved, ["with a slash", "with a ticket", "with its port"]);
    let names = names(&store).await;
    assert!(!names.contains("secret"), "{names}");
    assert!(
        names.contains("token operator ws://other.example"),
        "{names}"
    );
}

#[wasm_bindgen_test]
async fn what_is_written_before_a_connection_is_on_the_disk_once_it_says_so() {
    let gateway = gateway();
    let store = fresh("before");
    let client = client_of(&store);
    let key = client.send(None, "before").unwrap();
    assert!(client.stored(&key).await);
    assert_eq!(client.entry_text(&key).as_deref(), Some("before"));
    drop(client);
    settle().await;
    let next = client_of(&store);
    ready(&next).await;
    until(|| messages(&gateway) == ["before"]).await;
    until(|| next.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn what_is_written_after_a_close_is_on_the_disk_once_it_says_so() {
    let gateway = gateway();
    let store = fresh("after");
    let client = client_of(&store);
    ready(&client).await;
    client.close();
    settle().await;
    let key = client.send(None, "after").unwrap();
    assert!(client.stored(&key).await);
    assert!(messages(&gateway).is_empty());
    drop(client);
    settle().await;
    let next = client_of(&store);
    ready(&next).await;
    until(|| messages(&gateway) == ["after"]).await;
    until(|| next.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn what_is_taken_back_without_a_connection_is_never_sent() {
    let gateway = gateway();
    let store = fresh("taken-back");
    let client = client_of(&store);
    let keys = [None, None].map(|session| client.send(session, "never mind").unwrap());
    for key in &keys {
        assert!(client.stored(key).await);
    }
    assert!(client.cancel(&keys[0]));
    assert!(client.dismiss(&keys[1]));
    assert!(client.entries().is_empty());
    settle().await;
    drop(client);
    let next = client_of(&store);
    ready(&next).await;
    settle().await;
    assert!(messages(&gateway).is_empty() && next.entries().is_empty());
}

#[wasm_bindgen_test]
async fn a_client_that_was_closed_sends_what_it_wrote_when_it_connects_again() {
    let gateway = gateway();
    let client = client("again");
    ready(&client).await;
    client.close();
    for word in ["one", "two"] {
        let key = client.send(None, word).unwrap();
        assert!(client.stored(&key).await);
    }
    client.connect();
    until(|| messages(&gateway) == ["one", "two"]).await;
    until(|| client.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_sign_in_that_hangs_or_fails_keeps_no_message_off_the_disk() {
    let _gateway = gateway();
    for hangs in [true, false] {
        let store = fresh("auth");
        let source = || {
            Source::new(
                || at_once(Ok("ws://fake.example".to_owned())),
                move || async move {
                    if hangs {
                        pending::<()>().await;
                    }
                    Err("no token today".to_owned())
                },
            )
        };
        let client = client_from(source(), &store);
        client.connect();
        let key = client.send(None, "kept").unwrap();
        assert!(client.stored(&key).await);
        drop(client);
        settle().await;
        let next = client_from(source(), &store);
        next.connect();
        until(|| next.entries().len() == 1).await;
        assert_eq!(next.entry_text(&key).as_deref(), Some("kept"));
    }
}

#[wasm_bindgen_test]
async fn an_address_that_fails_at_first_is_asked_for_again_also_without_a_connection() {
    let _gateway = gateway();
    for connects in [false, true] {
        let asked = Rc::new(Cell::new(0));
        let count = Rc::clone(&asked);
        let source = Source::new(
            move || {
                count.set(count.get() + 1);
                at_once(if count.get() < 3 {
                    Err("not yet".to_owned())
                } else {
                    Ok("ws://fake.example".to_owned())
                })
            },
            || at_once(Ok(SignIn::default())),
        );
        let client = client_from(source, &fresh("address"));
        if connects {
            client.connect();
        }
        let key = client.send(None, "kept").unwrap();
        assert!(client.stored(&key).await);
        assert_eq!(asked.get(), 3);
    }
}

#[wasm_bindgen_test]
async fn a_file_that_cannot_be_read_parks_its_own_message_alone() {
    let gateway = gateway();
    let store = fresh("file");
    let client = client_of(&store);
    ready(&client).await;
    let options = SendOptions {
        files: vec![broken_file("report.pdf")],
        ttl: None,
    };
    let bad = client.send_with(None, "look at this", &options).unwrap();
    until(|| !reasons(&client).is_empty()).await;
    assert_eq!(reasons(&client), ["file-unreadable: report.pdf"]);
    for session in [None, Some("agent:main:other")] {
        let key = client.send(session, "typed after").unwrap();
        assert!(client.stored(&key).await);
    }
    until(|| messages(&gateway).len() == 2).await;
    assert!(client.stored(&bad).await, "its words are kept");
    drop(client);
    settle().await;
    let next = client_of(&store);
    ready(&next).await;
    until(|| next.entries().len() == 1).await;
    assert_eq!(next.entry_text(&bad).as_deref(), Some("look at this"));
    let key = next.edit(&bad, "without the file").unwrap().unwrap();
    until(|| messages(&gateway).contains(&"without the file".to_owned())).await;
    assert_ne!(key, bad);
}

#[wasm_bindgen_test]
async fn an_empty_file_and_empty_words_are_refused_at_the_call() {
    let _gateway = gateway();
    let client = client("empty");
    let options = SendOptions {
        files: vec![text_file("nothing.txt", "")],
        ttl: None,
    };
    let refused = client.send_with(None, "words", &options).unwrap_err();
    assert_eq!(refused.code(), "file-empty");
    let key = client.send(None, "words").unwrap();
    assert_eq!(client.edit(&key, " ").unwrap_err().code(), "invalid-params");
    assert_eq!(client.entry_text(&key).as_deref(), Some("words"));
}

#[wasm_bindgen_test]
async fn a_message_too_large_for_a_proxy_is_parked_and_the_connection_stays() {
    let gateway = gateway();
    gateway.set_limit(20_000);
    let client = client("proxy");
    ready(&client).await;
    client.send(None, &"x".repeat(50_000)).unwrap();
    until(|| reasons(&client) == ["too-large"]).await;
    client.send(None, "short").unwrap();
    until(|| messages(&gateway) == ["short"]).await;
    settle().await;
    assert_eq!(client.status(), Status::Ready);
    assert_eq!(gateway.socket_count(), 2);
}

#[wasm_bindgen_test]
async fn words_that_only_stop_are_done_when_they_are_answered() {
    let gateway = gateway();
    let client = client("stop");
    ready(&client).await;
    client.send(None, "stop").unwrap();
    until(|| gateway.sent("chat.send").len() == 1 && client.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_message_that_is_stuck_can_be_dismissed() {
    let gateway = gateway();
    let client = client("stuck");
    ready(&client).await;
    gateway.set_mode("deaf");
    let key = client.send(None, "into the void").unwrap();
    until(|| client.entries()[0].state.as_str() == "sending").await;
    assert!(!client.cancel(&key), "it is under way");
    assert!(client.dismiss(&key));
    assert!(client.entries().is_empty());
}

#[wasm_bindgen_test]
async fn text_that_a_proxy_hands_on_as_binary_is_read() {
    let gateway = gateway();
    gateway.set_mode("binary");
    let client = client("binary");
    ready(&client).await;
    client.send(None, "hello").unwrap();
    until(|| messages(&gateway) == ["hello"] && client.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn what_is_no_frame_at_all_is_told_as_such() {
    let gateway = gateway();
    gateway.set_mode("html");
    let client = client("html");
    client.connect();
    let code = || match client.status() {
        Status::Waiting { cause, .. } => cause.code,
        _ => String::new(),
    };
    until(|| code() == "frames-unreadable").await;
}

#[wasm_bindgen_test]
async fn a_tab_that_may_only_read_connects_for_one_that_writes_and_uses_its_own_rights() {
    const READ: &str = "operator.read";
    const WRITE: &str = "operator.write";
    let gateway = gateway();
    let store = fresh("scopes");
    let reader = client_asking(&store, &[READ]);
    ready(&reader).await;
    let writer = client_asking(&store, &[READ, WRITE]);
    ready(&writer).await;
    writer.send(None, "from the one that writes").unwrap();
    until(|| messages(&gateway) == ["from the one that writes"]).await;
    until(|| writer.entries().is_empty()).await;
    let scopes = |client: &Client| texts_at(&client.hello().unwrap(), &["auth", "scopes"]);
    until(|| scopes(&writer) == [READ, WRITE]).await;
    assert_eq!(scopes(&reader), [READ]);
    assert_eq!(gateway.open_count(), 1);
}

#[wasm_bindgen_test]
async fn what_is_written_unconnected_is_kept_also_by_a_tab_that_shares_nothing() {
    let gateway = gateway();
    let target = clawline::Target {
        url: "ws://fake.example".to_owned(),
        ..Default::default()
    };
    let mut options = clawline::Options::new(target);
    options.store = format!("test-{}", fresh("unshared"));
    options.tabs = false;
    let client = Client::new(options);
    for (sent, words) in ["before", "after a close"].into_iter().enumerate() {
        let key = client.send(None, words).unwrap();
        assert!(client.stored(&key).await);
        client.connect();
        until(|| messages(&gateway).len() == sent + 1 && client.entries().is_empty()).await;
        client.close();
        settle().await;
    }
    assert_eq!(messages(&gateway), ["before", "after a close"]);
}

#[wasm_bindgen_test]
async fn without_a_disk_what_is_written_unconnected_says_so_and_is_sent_all_the_same() {
    let gateway = gateway();
    let back = without_indexed_db();
    let client = client("no-disk");
    let key = client.send(None, "in memory").unwrap();
    assert!(!client.stored(&key).await);
    ready(&client).await;
    until(|| messages(&gateway) == ["in memory"]).await;
    back.call0(&wasm_bindgen::JsValue::NULL).unwrap();
}

#[wasm_bindgen_test]
async fn what_is_written_for_the_next_gateway_goes_there() {
    let gateway = gateway();
    let client = client("next-gateway");
    ready(&client).await;
    let other = clawline::Target {
        url: "ws://other.example".to_owned(),
        ..Default::default()
    };
    client.connect_to(other);
    client.send(None, "for the other one").unwrap();
    until(|| messages(&gateway) == ["for the other one"]).await;
    until(|| client.entries().is_empty()).await;
}

#[wasm_bindgen_test]
async fn what_a_closed_client_takes_back_is_not_sent_after_a_reload() {
    let gateway = gateway();
    let store = fresh("closed-remove");
    let client = client_of(&store);
    ready(&client).await;
    gateway.set_mode("down");
    gateway.cut();
    let keys = ["never mind", "nor this"].map(|words| client.send(None, words).unwrap());
    assert!(client.stored(&keys[1]).await);
    client.close();
    settle().await;
    assert!(client.cancel(&keys[0]));
    let later = client.send(None, "nor what came after").unwrap();
    assert!(client.stored(&later).await);
    assert_eq!(client.entries().len(), 2, "both are still in sight");
    assert!(client.cancel(&keys[1]) && client.cancel(&later));
    assert!(client.entries().is_empty());
    settle().await;
    drop(client);
    gateway.set_mode("normal");
    let next = client_of(&store);
    ready(&next).await;
    settle().await;
    assert!(messages(&gateway).is_empty() && next.entries().is_empty());
}
