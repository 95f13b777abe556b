//! Streams of events: what is read, what is skipped unread, and what counts as
//! a sign of life.

use std::future::poll_fn;
use std::pin::Pin;

use crate::support::*;
use clawline::{Event, Subscription};
use futures_core::Stream as _;
use wasm_bindgen_test::*;

/// An event's text as a real gateway writes it.
fn agent(payload: &str, seq: u32) -> wasm_bindgen::JsValue {
    let event = format!(
        r#"{{"type":"event","event":"agent","payload":{payload},"seq":{seq},"recipientProfileId":"gateway-owner"}}"#
    );
    event.into()
}

async fn next(events: &mut Subscription) -> Option<Event> {
    poll_fn(|context| Pin::new(&mut *events).poll_next(context)).await
}

#[wasm_bindgen_test]
async fn an_event_that_nobody_listens_to_is_counted_but_not_parsed() {
    let gateway = gateway();
    let client = client("unread");
    ready(&client).await;
    let gaps = || client.metrics().gaps;
    gateway.say(&agent("{}", 1));
    // No JSON: parsing it would lose its `seq`.
    gateway.say(&agent("{?}", 2));
    gateway.say(&agent("{?}", 3));
    gateway.say(&r#"{"type":"event","event":"agent","payload":{?},"seq":4,"stateVersion":{"presence":1,"health":2}}"#.into());
    gateway.say(&r#"{"type":"event","event":"agent","payload":{?},"seq":5}"#.into());
    gateway.say(&agent("{}", 6));
    assert_eq!(gaps(), 0);
    gateway.say(&agent("{?}", 8));
    assert_eq!(gaps(), 1, "seq 7 never came");
    // Not the shape of an event: only parsing could tell, and it cannot.
    gateway.say(&r#"{"type":"event","event":"agent","payload":{?,"seq":9}}"#.into());
    gateway.say(&r#"{"type":"event","event":"agent","payload":{?},"seq":9 }"#.into());
    gateway.say(&agent("{}", 10));
    assert_eq!(gaps(), 2);
}

#[wasm_bindgen_test]
async fn an_event_is_parsed_as_soon_as_somebody_listens() {
    let gateway = gateway();
    let client = client("listens");
    ready(&client).await;
    for seq in 1..=3 {
        gateway.say(&agent("{}", seq));
    }
    let mut events = client.subscribe(&["agent"]);
    gateway.say(&agent(r#"{"data":{"text":"fourth"}}"#, 4));
    let Some(Event::Gateway { payload, .. }) = next(&mut events).await else {
        panic!("no event")
    };
    assert_eq!(text(&payload, &["data", "text"]), "fourth");
    assert_eq!(client.metrics().gaps, 0);
}

#[wasm_bindgen_test]
async fn a_stream_is_a_sign_of_life_and_silence_is_not() {
    let gateway = gateway();
    let client = client("life");
    ready(&client).await;
    for seq in 1..=3 {
        gateway.say(&agent("{}", seq));
    }
    let clock = Clock::take();
    clock.advance(20_000);
    gateway.say(&agent("{}", 4));
    see_page();
    assert_eq!(gateway.sent("system-presence").len(), 0);
    clock.advance(20_000);
    see_page();
    assert_eq!(gateway.sent("system-presence").len(), 1);
}
