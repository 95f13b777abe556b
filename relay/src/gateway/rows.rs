//! Transcript rows in the shape that was measured (facts/gateway.md §3.5).

use serde_json::{Map, Value, json};

use super::sessions::{MODEL, PROVIDER};
use crate::store::{Input, NewInput, NewRow, Session, TranscriptRow};

/// Characters of one text block that history shows unless asked for more.
pub(crate) const DISPLAY_CHARACTERS: usize = 8_000;

/// The row of an input's words. Its key is how a client recognises its own
/// message: `<key>:user`.
pub(crate) fn user_row(input: &NewInput, now: i64) -> NewRow {
    user_row_of(
        &input.key,
        &input.text,
        &input.extra,
        input.accepted_at,
        now,
    )
}

/// As [`user_row`], for an input that waited in the store.
pub(crate) fn waiting_user_row(input: &Input, now: i64) -> NewRow {
    user_row_of(
        &input.key,
        &input.text,
        &input.extra,
        input.accepted_at,
        now,
    )
}

fn user_row_of(key: &str, text: &str, extra: &Value, accepted_at: i64, now: i64) -> NewRow {
    let mut body = Map::new();
    body.insert("content".into(), json!(text));
    body.insert("timestamp".into(), json!(accepted_at));
    body.insert("__openclaw".into(), record(extra));
    NewRow {
        role: "user",
        // As on the real gateway only answers carry the run id.
        run_id: None,
        idempotency_key: Some(format!("{key}:user")),
        recorded_at: now,
        body,
        text: text.to_owned(),
    }
}

/// Who sent it and what was attached.
fn record(extra: &Value) -> Value {
    let mut record = Map::new();
    record.insert("senderId".into(), json!("gateway-owner"));
    if let Some(client) = extra.get("client") {
        record.insert("transport".into(), json!({ "clients": [client] }));
    }
    if let Some(media) = extra.get("media").filter(|media| !media.is_null()) {
        record.insert("media".into(), media.clone());
    }
    Value::Object(record)
}

/// An input that waits, as `pendingInputs.items` has it.
pub(crate) fn pending(input: &Input) -> Value {
    let mut record = record(&input.extra);
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

/// The row of a finished answer.
pub(crate) fn answer_row(
    run_id: &str,
    text: &str,
    asked: &str,
    started_at: i64,
    now: i64,
) -> NewRow {
    let mut body = answer_body(text, started_at);
    body.insert("api".into(), json!("clawline-echo"));
    body.insert("provider".into(), json!(PROVIDER));
    body.insert("model".into(), json!(MODEL));
    body.insert("usage".into(), usage(asked, text));
    assistant(run_id, None, text, body, now)
}

/// The row of what was said until somebody stopped it.
pub(crate) fn aborted_row(run_id: &str, text: &str, started_at: i64, now: i64) -> NewRow {
    let mut body = answer_body(text, started_at);
    body.insert("api".into(), json!("clawline-echo"));
    body.insert("provider".into(), json!("openclaw"));
    body.insert("model".into(), json!("gateway-injected"));
    body.insert("usage".into(), usage("", ""));
    let abort = json!({ "aborted": true, "origin": "rpc", "runId": run_id });
    body.insert("openclawAbort".into(), abort);
    assistant(run_id, Some(format!("{run_id}:assistant")), text, body, now)
}

/// The row that stands for an answer that never came.
pub(crate) fn failed_row(run_id: &str, words: &str, now: i64) -> NewRow {
    let mut body = Map::new();
    body.insert("customType".into(), json!("run-failed-before-reply"));
    body.insert("content".into(), json!(words));
    body.insert("display".into(), json!(true));
    body.insert("timestamp".into(), json!(now));
    NewRow {
        role: "custom",
        run_id: Some(run_id.to_owned()),
        idempotency_key: None,
        recorded_at: now,
        body,
        text: words.to_owned(),
    }
}

/// A message that somebody put into a session with `send`.
pub(crate) fn sent_row(key: &str, text: &str, now: i64) -> NewRow {
    let mut body = answer_body(text, now);
    body.insert("provider".into(), json!("openclaw"));
    body.insert("model".into(), json!("delivery-mirror"));
    body.insert("usage".into(), usage("", ""));
    assistant(key, Some(format!("{key}:assistant")), text, body, now)
}

fn answer_body(text: &str, at: i64) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("content".into(), json!([{ "type": "text", "text": text }]));
    body.insert("timestamp".into(), json!(at));
    body.insert("stopReason".into(), json!("stop"));
    body
}

fn assistant(
    run_id: &str,
    idempotency_key: Option<String>,
    text: &str,
    body: Map<String, Value>,
    now: i64,
) -> NewRow {
    NewRow {
        role: "assistant",
        run_id: Some(run_id.to_owned()),
        idempotency_key,
        recorded_at: now,
        body,
        text: text.to_owned(),
    }
}

/// The echo agent counts words as tokens.
fn usage(asked: &str, said: &str) -> Value {
    let input = asked.split_whitespace().count();
    let output = said.split_whitespace().count();
    json!({
        "input": input,
        "output": output,
        "totalTokens": input + output,
        "cacheRead": 0,
        "cacheWrite": 0,
        "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "total": 0 },
    })
}

/// A row for a list: long texts are cut, and say so. The whole row is to be
/// had with `chat.message.get`.
pub(crate) fn shown(row: &TranscriptRow, characters: usize) -> Value {
    let mut message = row.message();
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
