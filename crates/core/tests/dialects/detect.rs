//! Whose wire a first frame is.

use clawline_core::dialects::{Dialect, detect};
use serde_json::{Value, json};

use crate::{frame, lines};

fn whose(first: &Value) -> Option<Dialect> {
    detect(&frame(first).unwrap())
}

#[test]
fn a_first_frame_says_whose_wire_it_is() {
    for (wire, frames) in [
        (
            Some(Dialect::Gateway),
            vec![
                json!({"type": "req", "id": "1", "method": "connect", "params": {}}),
                // Refused in the gateway's own words.
                json!({"type": "req", "id": "1", "method": "health"}),
                json!({"type": "req", "channel": "c", "content": "x"}),
            ],
        ),
        (
            Some(Dialect::Chat),
            vec![
                json!({"type": "chat.send", "content": "hi"}),
                json!({"type": "chat.send"}),
                json!({"type": "chat.auth", "token": "t"}),
                json!({"type": "chat.history"}),
                json!({"type": "chat.send", "content": "hi", "channel": "c"}),
            ],
        ),
        (
            Some(Dialect::Bridge),
            vec![
                json!({"channel": "c", "content": "x", "conversation_id": "", "metadata": {}}),
                json!({"channel": "c", "content": "x"}),
                json!({"channel": 4}),
                json!({"type": "message", "channel": "c", "content": "x"}),
            ],
        ),
        (
            Some(Dialect::Jsonrpc),
            vec![
                json!({"jsonrpc": "2.0", "id": 1, "method": "sessions_send", "params": {}}),
                json!({"jsonrpc": "1.0"}),
                json!([{"jsonrpc": "2.0", "method": "sessions_send"}]),
                json!([1, {"jsonrpc": "2.0"}]),
                json!({"jsonrpc": "2.0", "type": "req", "channel": "c"}),
            ],
        ),
        (
            Some(Dialect::Hub),
            vec![
                json!({"type": "chat", "content": "hi", "source": "vue_frontend"}),
                json!({"type": "chat"}),
            ],
        ),
        (
            None,
            vec![
                json!(null),
                json!(4),
                json!("chat.send"),
                json!([]),
                json!([{"type": "chat.send"}]),
                json!({}),
                json!({"type": "ping"}),
                json!({"type": 4}),
                json!({"content": "x"}),
                json!({"channel": null, "content": "x"}),
                json!({"jsonrpc": null}),
            ],
        ),
    ] {
        for first in frames {
            assert_eq!(whose(&first), wire, "{first}");
        }
    }
}

#[test]
fn a_client_of_the_real_gateway_is_known_by_its_first_frame() {
    let recording = lines("../recordings/connect-ok.jsonl");
    let first = recording.iter().find(|line| line["dir"] == "out").unwrap();
    assert_eq!(whose(&first["frame"]), Some(Dialect::Gateway));
}
