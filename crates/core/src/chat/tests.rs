//! What a reader sees, told as a transcript.

mod cases;
mod recordings;

use serde_json::{Value, json};

use super::{Chat, Item, Page, Role, fold, read_change, read_page};
use crate::wire::{EventKind, RunState};

/// The words of a row or of live text, as a page would take them.
fn words(message: &Value) -> String {
    let content = &message["content"];
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let blocks = content.as_array().map_or(&[][..], Vec::as_slice);
    let blocks = blocks.iter().map(|block| match block["type"].as_str() {
        Some("text") => block["text"].as_str().unwrap_or_default().to_owned(),
        other => format!("[{}]", other.unwrap_or_default()),
    });
    let words = blocks.collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        message["text"].as_str().unwrap_or_default().to_owned()
    } else {
        words
    }
}

fn page(payload: &Value, asked: u64) -> Page<String> {
    let text = |run: &Value| run["text"].as_str().map(str::to_owned);
    read_page(payload, asked, &mut words, &mut |run| text(run))
}

/// Folds an event frame, if it is about this session.
fn event(chat: &mut Chat<String>, session: &str, name: &str, payload: &Value) {
    let Some(kind) = EventKind::fixed(name) else {
        return;
    };
    if let Some((about, change)) = read_change(kind, payload, &mut words)
        && about == session
    {
        fold(chat, change);
    }
}

/// A transcript: one line a row, live text after `…`, ends in brackets.
fn shown(chat: &Chat<String>) -> Vec<String> {
    let shorten = |text: &str| match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.trim_end().to_owned(),
    };
    let line = |item: Item<'_, String>| match item {
        Item::Row(_, row) => {
            let who = match row.facts.role {
                Role::User => "You",
                Role::Assistant => "Assistant",
                Role::Tool => "Tool",
                Role::Notice => "Notice",
            };
            format!("{who}: {}", shorten(&row.payload))
        }
        Item::Live(run) => {
            let end = run.end.as_ref().map(|end| {
                let error = end.error.as_deref().map(shorten).unwrap_or_default();
                format!(" [{:?} {error}", end.state).trim_end().to_owned() + "]"
            });
            let live = run.live.as_deref().map(shorten).unwrap_or_default();
            format!("… {live}{}", end.unwrap_or_default())
                .trim_end()
                .to_owned()
        }
    };
    chat.items().map(line).collect()
}

fn delta(run: &str, text: &str) -> Value {
    chat_event(run, "delta", Some(text))
}

fn chat_event(run: &str, state: &str, text: Option<&str>) -> Value {
    let mut payload = json!({"sessionKey": "s", "runId": run, "state": state});
    if let Some(text) = text {
        payload["message"] =
            json!({"role": "assistant", "content": [{"type": "text", "text": text}]});
    }
    payload
}

fn row(role: &str, seq: u64, text: &str) -> Value {
    json!({
        "role": role, "content": text,
        "__openclaw": {"id": format!("record-{seq}"), "seq": seq},
    })
}

/// A last row of a run.
fn answer(run: &str, seq: u64, text: &str) -> Value {
    let mut row = row("assistant", seq, text);
    row["stopReason"] = json!("stop");
    row["__openclaw"]["runId"] = json!(run);
    row
}

fn history(rows: &[Value]) -> Value {
    json!({"sessionId": "one", "messages": rows, "hasMore": false})
}
