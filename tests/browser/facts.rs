//! A frame read where the browser parsed it, and read by serde_json, must give
//! the same facts: on every frame that the real gateway sent.

use clawline::JsObject;
use clawline::core::replay::facts;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

/// Parses each line by both parsers and compares.
fn compare(name: &str, recording: &str) {
    for (index, line) in recording.lines().enumerate() {
        let by_serde: serde_json::Value = serde_json::from_str(line).unwrap();
        let by_browser = js_sys::JSON::parse(line).unwrap();
        let frame = js_sys::Reflect::get(&by_browser, &JsValue::from_str("frame")).unwrap();
        let expected = facts(&by_serde["frame"]);
        assert_eq!(
            facts(&JsObject(frame)),
            expected,
            "{name}, line {}",
            index + 1
        );
    }
}

macro_rules! recordings {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!(
            "../conformance/recordings/", $name, ".jsonl"
        )))),+]
    };
}

#[wasm_bindgen_test]
fn both_ways_of_reading_a_frame_give_the_same_facts() {
    let recordings = recordings![
        "agent-first-cut-at-1s",
        "agent-same-key-mid-run",
        "agent-two-answers",
        "chat-duplicate-idempotency-key",
        "chat-history-cursor-paging-inputRunIds",
        "chat-history-mid-run-and-abort",
        "chat-send-streaming",
        "connect-ok",
        "connect-token-mismatch",
        "disconnect-mid-run-reconnect",
        "duplicate-key-after-process-restart",
        "exec-approval-flow",
        "node-node",
        "node-op",
        "node-role",
        "official-client-behaviour",
        "pairing-required-approve-device-token",
        "provider-errors",
        "send-then-drop-before-ack",
        "send-while-running-queue-modes",
        "session-scoped-events-cap",
        "sessions-list-subscribe-create",
        "shutdown-rpc-restart-mid-run-reconnect",
        "tool-call-with-tool-events-cap",
        "two-tabs-one-session",
    ];
    for (name, recording) in recordings {
        compare(name, recording);
    }
}

#[wasm_bindgen_test]
fn odd_members_are_read_alike() {
    for frame in [
        r#"{"type":"event","event":"chat","seq":1.5,"payload":{"runId":7,"state":"final"}}"#,
        r#"{"type":"event","event":"chat","seq":-1,"payload":[]}"#,
        r#"{"type":"event","event":"chat","seq":9007199254740993,"payload":null}"#,
        r#"{"type":"event","event":"presence","stateVersion":{"presence":1e3,"health":1e400}}"#,
        r#"{"type":"event","event":"session.message","payload":{"sessionKey":"s","message":{}}}"#,
        r#"{"type":"res","id":"1","ok":1,"error":"no"}"#,
        r#"{"type":"res","id":"1","ok":true,"payload":{"type":"hello-ok","auth":{"scopes":[1,"a",null]}}}"#,
        r#"{"type":"res","id":"1","ok":true,"payload":{"messages":[null,[],{"role":"user","timestamp":0}]}}"#,
        r#"{"type":"res","id":"1","ok":true,"payload":{"messages":{"role":"user"},"hasMore":"yes"}}"#,
        r#"[]"#,
        r#""text""#,
    ] {
        let line = format!(r#"{{"frame":{frame}}}"#);
        if serde_json::from_str::<serde_json::Value>(&line).is_ok() {
            compare(frame, &line);
        }
    }
}
