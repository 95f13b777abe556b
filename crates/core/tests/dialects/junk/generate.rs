//! What comes: JSON that looks like frames, bytes that do not, and frames of the
//! originals with something wrong in them.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::lines;

/// What no error may tell.
pub(super) const SECRET: &str = "hunter2";
const NAMES: &[&str] = &[
    "type",
    "message_type",
    "content",
    "text",
    "reply",
    "kind",
    "channel",
    "sender",
    "metadata",
    "message_id",
    "conversation_id",
    "messageId",
    "senderId",
    "senderName",
    "chatType",
    "groupId",
    "groupSubject",
    "replyToMessageId",
    "replyToBody",
    "mediaPath",
    "mediaPaths",
    "mediaType",
    "mediaTypes",
    "customData",
    "token",
    "done",
    "error",
    "jsonrpc",
    "id",
    "method",
    "params",
    "message",
    "call_id",
    "duration",
    "confidence",
    "entities",
    "parameters",
    "is_final",
    "timestamp",
    "result",
    "code",
    "status",
    "data",
    "to",
    "mediaUrl",
    "source",
    "clientId",
    "channels",
    "name",
];
const WORDS: &[&str] = &[
    "chat.send",
    "chat.auth",
    "chat.response",
    "chat.stream",
    "chat.error",
    "chat.typing",
    "chat",
    "req",
    "reply",
    "message",
    "media",
    "tool_call",
    "from_frontend",
    "from_openclaw",
    "error",
    "2.0",
    "sessions_send",
    "call_started",
    "transcript",
    "structured_data",
    "action",
    "call_ended",
    "heartbeat",
    "group",
    "final",
    "https://hunter2.example",
    "hunter2",
    "",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(WORDS).prop_map(Value::from),
        "hunter2\\PC{0,9}".prop_map(Value::from),
        (1..400_usize).prop_map(|times| Value::from(SECRET.repeat(times))),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 32, 10, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(NAMES), inner, 0..12).prop_map(
                |members| {
                    let members = members.into_iter();
                    members
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect()
                }
            ),
        ]
    })
}

/// Everything that the originals sent or got that is a frame of its own.
static RECORDED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let recordings = [
        "agenticai-client.jsonl",
        "jarvis-http.jsonl",
        "jarvis-ws.jsonl",
        "ocws-frames.jsonl",
        "reference-dialects-vs-real-openclaw.jsonl",
        "tutorial-hub.jsonl",
    ];
    let lines = recordings.into_iter().flat_map(lines);
    let members = lines.flat_map(|line| line.as_object().unwrap().clone());
    let frames = members.filter_map(|(_, value)| match value {
        Value::String(text) if text.starts_with('{') => Some(text.into_bytes()),
        Value::Object(_) => Some(value.to_string().into_bytes()),
        _ => None,
    });
    frames.collect()
});

/// What a frame is spoiled with.
const BITS: &[&str] = &[
    "",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "1e-999",
    "99999999999999999999",
    "0.1",
    "\"\"",
    "[]",
    "{}",
    "\\ud83d",
    "\\u0000",
    "\u{0}",
    "\u{1f600}",
    "\u{2028}",
    "\"a\":",
    "NaN",
    "[[[[[[[[",
    "\"type\":\"chat.send\",",
    "\"jsonrpc\":\"2.0\",",
    "\"id\":null,",
];

/// A frame of an original in which a few places are other than they were.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let place = any::<prop::sample::Index>();
    let bit = prop_oneof![
        prop::sample::select(BITS).prop_map(|bit| bit.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 1..3),
    ];
    let fault = (place, 0..12_usize, bit);
    let faults = prop::collection::vec(fault, 1..5);
    (any::<prop::sample::Index>(), faults).prop_map(|(which, faults)| {
        let mut bytes = which.get(&RECORDED).clone();
        for (place, length, bit) in faults {
            let from = place.index(bytes.len() + 1);
            let to = bytes.len().min(from + length);
            bytes.splice(from..to, bit);
        }
        bytes
    })
}

/// Anything that a socket may bring.
pub(super) fn frames() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => any_json().prop_map(|json| json.to_string().into_bytes()),
        6 => spoiled(),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}
