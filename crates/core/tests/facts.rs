//! What is read from frames: the real ones exactly, broken ones without panic.

mod common;

use std::sync::LazyLock;
use std::time::Duration;

use clawline_core::replay::{facts, replay};
use clawline_core::wire::{Answer, Read, read_answer};
use common::recordings;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Every frame of the gateway in the smaller recordings.
static FRAMES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let recordings = recordings().into_iter();
    let lines: Vec<Value> = recordings
        .filter(|(_, text)| text.len() < 100_000)
        .flat_map(|(_, text)| {
            let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
            lines.collect::<Vec<Value>>()
        })
        .collect();
    let frames = lines.into_iter().filter(|line| line["dir"] == "in");
    frames.map(|mut line| line["frame"].take()).collect()
});

fn hello() -> Value {
    let is_hello = |frame: &&Value| frame["payload"]["type"] == "hello-ok";
    FRAMES.iter().find(is_hello).unwrap().clone()
}

fn read_hello(frame: &Value) -> clawline_core::wire::Hello {
    match read_answer(Read::Hello, frame) {
        Answer::Hello(hello) => *hello,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_real_hello_is_read_as_it_is() {
    let read = read_hello(&hello());
    assert_eq!(read.version, "2026.9.6");
    assert_eq!(read.role, "operator");
    assert_eq!(read.main_session.as_deref(), Some("agent:main:main"));
    assert_eq!(read.policy.max_payload, 26_214_400);
    assert_eq!(read.policy.tick, Duration::from_secs(30));
    assert!(read.scopes.iter().any(|scope| scope == "operator.write"));
    assert!(!read.boot_id.is_empty() && !read.conn_id.is_empty());
    assert_eq!(
        read.device_token.map(|token| token.expose().len()),
        Some(43)
    );
    assert!(read.state.presence > 0);
}

#[test]
fn a_hello_with_nothing_in_it_is_still_one() {
    let read = read_hello(&json!({"ok": true, "payload": {"type": "hello-ok"}}));
    assert_eq!(read, clawline_core::wire::Hello::default());
}

#[test]
fn unknown_members_are_passed_over_and_wrong_types_are_absent() {
    let mut frame = hello();
    frame["payload"]["surprise"] = json!([1, {"deep": true}]);
    frame["payload"]["policy"]["tickIntervalMs"] = json!("often");
    frame["payload"]["policy"]["maxPayload"] = json!(-1);
    frame["payload"]["auth"]["scopes"] = json!(["a", 1, null, "b"]);
    frame["payload"]["snapshot"] = json!([]);
    let read = read_hello(&frame);
    assert_eq!(read.policy, clawline_core::wire::Policy::default());
    assert_eq!(read.scopes, ["a", "b"]);
    assert_eq!(read.main_session, None);
}

fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!({})),
        Just(json!([[[]], {}, null])),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("hello-ok")),
        Just(json!({"type": "hello-ok", "messages": [{}], "runId": "r", "state": "final"})),
    ]
}

/// Puts junk at the place that a walk by these numbers comes to.
fn spoil(value: &mut Value, walk: &[usize], junk: Value) {
    let Some((step, rest)) = walk.split_first() else {
        *value = junk;
        return;
    };
    let count = match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    let inner = match value {
        Value::Object(members) => members.values_mut().nth(step % count.max(1)),
        Value::Array(items) => items.get_mut(step % count.max(1)),
        _ => None,
    };
    match inner {
        Some(inner) => spoil(inner, rest, junk),
        None => *value = junk,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_spoiled_frame_is_read_as_far_as_it_goes(
        which in any::<prop::sample::Index>(),
        walk in prop::collection::vec(0..50_usize, 0..6),
        junk in junk(),
    ) {
        let mut frame = which.get(&FRAMES).clone();
        spoil(&mut frame, &walk, junk);
        let _read = facts(&frame);
    }

    #[test]
    fn a_gateway_that_sends_junk_in_the_middle_never_breaks_the_engine(
        spoiled in prop::collection::vec((any::<prop::sample::Index>(), junk()), 1..6),
        walk in prop::collection::vec(0..20_usize, 0..5),
    ) {
        static RECORDING: LazyLock<Vec<Value>> = LazyLock::new(|| {
            let recordings = recordings();
            let name = "agent-first-cut-at-1s.jsonl";
            let (_, text) = recordings.iter().find(|(known, _)| known == name).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        });
        let mut lines = RECORDING.clone();
        for (index, junk) in spoiled {
            let line = index.index(lines.len());
            spoil(&mut lines[line]["frame"], &walk, junk);
        }
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        let report = replay(&text.join("\n"));
        prop_assert!(report.is_ok());
    }
}
