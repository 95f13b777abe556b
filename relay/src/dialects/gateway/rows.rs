//! Transcript rows in the shape that was measured (facts/gateway.md §3.5).

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::sessions::PROVIDER;
use crate::store::{
    Attachment, Entry, Input, Origin, Progress, Sender, Session, TranscriptRow, Usage,
};

/// Characters of one text block that history shows unless asked for more.
pub(crate) const DISPLAY_CHARACTERS: usize = 8_000;

/// A stored row as history and `session.message` have it.
fn message(row: &TranscriptRow) -> Value {
    let (mut message, facts) = body(row);
    let mut record = facts.as_object().cloned().unwrap_or_default();
    record.insert("id".into(), json!(row.id));
    record.insert("seq".into(), json!(row.seq));
    record.insert("recordTimestampMs".into(), json!(row.recorded_at));
    record.insert("transcriptPosition".into(), json!({ "rawSeq": row.seq }));
    if let Some(run_id) = &row.run_id {
        record.insert("runId".into(), json!(run_id));
    }
    if let Some(key) = &row.key {
        message["idempotencyKey"] = json!(key);
        record.insert("idempotencyKey".into(), json!(key));
    }
    message["__openclaw"] = Value::Object(record);
    message
}

/// What a row says, and the facts of its record.
fn body(row: &TranscriptRow) -> (Value, Value) {
    let nothing = json!({});
    match &row.entry {
        Entry::Message { text, at, origin } => {
            let message = json!({ "role": "user", "content": text, "timestamp": at });
            (message, record(Some(origin)))
        }
        Entry::Answer {
            text,
            at,
            agent,
            usage,
        } => {
            let mut message = assistant(text, *at, PROVIDER, agent, *usage);
            message["api"] = json!(format!("{PROVIDER}-{agent}"));
            (message, nothing)
        }
        Entry::Stopped { text, at, agent } => {
            let mut message =
                assistant(text, *at, "openclaw", "gateway-injected", Usage::default());
            message["api"] = json!(format!("{PROVIDER}-{agent}"));
            let run_id = &row.run_id;
            message["openclawAbort"] = json!({ "aborted": true, "origin": "rpc", "runId": run_id });
            (message, nothing)
        }
        Entry::Failed { text, at } => {
            let message = json!({
                "role": "custom",
                "customType": "run-failed-before-reply",
                "content": text,
                "display": true,
                "timestamp": at,
            });
            (message, nothing)
        }
        Entry::Delivery { text, at } => {
            let usage = Usage::default();
            let message = assistant(text, *at, "openclaw", "delivery-mirror", usage);
            (message, nothing)
        }
    }
}

fn assistant(text: &str, at: i64, provider: &str, model: &str, usage: Usage) -> Value {
    json!({
        "role": "assistant",
        "content": [{ "type": "text", "text": text }],
        "timestamp": at,
        "stopReason": "stop",
        "provider": provider,
        "model": model,
        "usage": {
            "input": usage.input,
            "output": usage.output,
            "totalTokens": usage.input + usage.output,
            "cacheRead": 0,
            "cacheWrite": 0,
            "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "total": 0 },
        },
    })
}

/// Who sent it and what was attached.
fn record(origin: Option<&Origin>) -> Value {
    let mut record = Map::new();
    let sender = origin.map(|origin| &origin.sender);
    match sender.filter(|sender| sender.id != Sender::OWNER) {
        Some(Sender { id, name }) => {
            record.insert("senderId".into(), json!(id));
            record.insert("senderName".into(), json!(name.as_ref().unwrap_or(id)));
        }
        None => {
            record.insert("senderId".into(), json!("gateway-owner"));
        }
    }
    let Some(origin) = origin else {
        return Value::Object(record);
    };
    if let Some(program) = &origin.program {
        let client = json!({ "id": program.id, "mode": program.mode });
        record.insert("transport".into(), json!({ "clients": [client] }));
    }
    if !origin.attachments.is_empty() {
        let media: Vec<Value> = origin.attachments.iter().map(media).collect();
        record.insert("media".into(), json!(media));
    }
    Value::Object(record)
}

fn media(attachment: &Attachment) -> Value {
    let is_image = attachment.mime.starts_with("image/");
    let mut media = json!({
        "contentType": attachment.mime,
        "kind": if is_image { "image" } else { "document" },
        "sizeBytes": attachment.bytes,
        "fileName": attachment.name,
    });
    // Rows of the first version have no digest, and their bytes were not kept.
    if !attachment.digest.is_empty() {
        media["artifactId"] = json!(attachment.digest);
        media["url"] = json!(format!("media://inbound/{}", attachment.digest));
    }
    media
}

/// An input that waits, as `pendingInputs.items` has it.
pub(crate) fn pending(input: &Input) -> Value {
    let mut record = record(input.origin.as_ref());
    record["id"] = json!(format!("pending:{}", input.key));
    let mut text = input.text.clone();
    shorten(&mut text, DISPLAY_CHARACTERS);
    json!({
        "id": format!("input-{}", input.position),
        "acceptedAt": input.accepted_at,
        "state": "queued",
        "runId": input.key,
        "message": {
            "role": "user",
            "content": text,
            "timestamp": input.accepted_at,
            "__openclaw": record,
        },
    })
}

/// A row for a list: long texts are cut, and say so. The whole row is to be
/// had with `chat.message.get`.
pub(crate) fn shown(row: &TranscriptRow, characters: usize) -> Value {
    let mut message = message(row);
    let mut cut = false;
    match &mut message["content"] {
        Value::String(text) => cut |= shorten(text, characters),
        Value::Array(blocks) => {
            for block in blocks {
                if let Some(Value::String(text)) = block.get_mut("text") {
                    cut |= shorten(text, characters);
                }
            }
        }
        _ => {}
    }
    if cut {
        message["__openclaw"]["truncated"] = json!(true);
        message["__openclaw"]["reason"] = json!("display-cap");
    }
    message
}

fn shorten(text: &mut String, characters: usize) -> bool {
    let Some((end, _)) = text.char_indices().nth(characters) else {
        return false;
    };
    text.truncate(end);
    text.push_str("\n...(truncated)...");
    true
}

/// How far what a row says has come through its channel.
pub(crate) fn progress(state: &str, error: Option<&str>) -> Value {
    let mut progress = json!({ "state": state });
    if let Some(error) = error {
        progress["error"] = json!(error);
    }
    progress
}

/// Says in each of these messages, which show these rows, how far it has come.
pub(crate) fn add_progress(messages: &mut [Value], all: &[Progress]) {
    let by_run: HashMap<&str, &Progress> = all.iter().map(|one| (&*one.run, one)).collect();
    for message in messages {
        let run = message["__openclaw"]["runId"].as_str();
        if let Some(one) = run.and_then(|run| by_run.get(run)) {
            message["clawlineProgress"] = progress(one.state.as_str(), one.error.as_deref());
        }
    }
}

/// A row as `session.message` carries it, and history read with a cursor.
pub(crate) fn envelope(row: &TranscriptRow, session: &Session, session_row: &Value) -> Value {
    let mut payload = session_row.as_object().cloned().unwrap_or_default();
    payload.remove("key");
    payload.insert("sessionKey".into(), json!(session.key));
    payload.insert("agentId".into(), json!("main"));
    payload.insert("message".into(), shown(row, DISPLAY_CHARACTERS));
    payload.insert("messageId".into(), json!(row.id));
    payload.insert("messageSeq".into(), json!(row.seq));
    payload.insert("session".into(), session_row.clone());
    Value::Object(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_a_short_one_is_left() {
        let mut text = "aé".repeat(5);
        assert!(shorten(&mut text, 3));
        assert!(text.starts_with("aéa\n"), "{text}");
        let mut text = "aé".to_owned();
        assert!(!shorten(&mut text, 2));
        assert_eq!(text, "aé");
    }
}
