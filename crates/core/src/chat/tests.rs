//! What a reader sees, told as a transcript.

mod bounds;
mod cases;
mod kept;
mod lenient;
mod lives;
mod recordings;
mod runs;

use serde_json::{Value, json};

use super::{Change, Chat, Item, Page, Question, Role, fold, read_change, read_page};
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
    let question = Question {
        asked,
        offset: 0,
        limit: 100,
    };
    read_page(payload, &question, &mut words, &mut |run| text(run))
}

/// Folds an event frame, if it is about this session.
fn event(chat: &mut Chat<String>, session: &str, name: &str, payload: &Value) {
    let Some(kind) = EventKind::fixed(name) else {
        return;
    };
    if let Some((about, change)) = read_change(kind, payload, &mut words)
        && about.is_none_or(|about| about == session)
    {
        let before = settled(chat);
        let version = chat.items_version();
        fold(chat, change);
        if chat.items_version() == version {
            assert_eq!(settled(chat), before, "{payload}");
        }
    }
}

/// What does not change while a run writes: all but the words of those under way.
/// Of a transcript that is not long: this is looked at with each event.
fn settled(chat: &Chat<String>) -> Vec<String> {
    if chat.rows.iter().nth(500).is_some() {
        return Vec::new();
    }
    let under_way = |item: &Item<'_, String>| matches!(item, Item::Live(run) if run.end.is_none());
    let items = chat.items();
    let settled = items.map(|item| match item {
        Item::Live(run) if under_way(&item) => format!("{} writes", run.id),
        item => format!("{item:?}"),
    });
    settled.collect()
}

/// A transcript: one line a row, live text after `…`, ends in brackets.
fn shown(chat: &Chat<String>) -> Vec<String> {
    let shorten = |text: &str| match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.trim_end().to_owned(),
    };
    let line = |item: Item<'_, String>| match item {
        Item::Row(shown) => {
            let row = shown.row;
            let who = match row.facts.role {
                Role::User => "You",
                Role::Assistant => "Assistant",
                Role::Tool => "Tool",
                Role::Notice => "Notice",
            };
            let stopped = if shown.stopped { " [stopped]" } else { "" };
            format!("{who}: {}{stopped}", shorten(&row.payload))
        }
        Item::Live(run) => {
            let end = run.end.as_ref().map(|end| {
                let error = end.error.as_deref().map(shorten).unwrap_or_default();
                format!(" [{:?} {error}", end.state).trim_end().to_owned() + "]"
            });
            let live = run.live.as_deref().map(shorten).unwrap_or_default();
            let again = run.retrying.as_ref().map(|again| {
                let number = |number: Option<u64>| number.unwrap_or_default();
                format!("again ({}/{})", number(again.attempt), number(again.of))
            });
            format!("… {live}{}", end.or(again).unwrap_or_default())
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

struct Reader {
    chat: Chat<String>,
}

impl Reader {
    fn new() -> Self {
        Self { chat: Chat::new() }
    }

    fn of(rows: &[Value]) -> Self {
        let mut reader = Self::new();
        reader.load(&history(rows));
        reader
    }

    fn load(&mut self, payload: &Value) {
        let asked = self.chat.version();
        self.load_asked(payload, asked);
    }

    fn load_asked(&mut self, payload: &Value, asked: u64) {
        fold(&mut self.chat, Change::Newest(page(payload, asked)));
    }

    fn load_older(&mut self, payload: &Value) {
        let asked = self.chat.version();
        fold(&mut self.chat, Change::Older(page(payload, asked)));
    }

    fn chat(&mut self, payload: &Value) {
        event(&mut self.chat, "s", "chat", payload);
    }

    fn row(&mut self, row: &Value) {
        let payload = json!({"sessionKey": "s", "message": row});
        event(&mut self.chat, "s", "session.message", &payload);
    }

    #[track_caller]
    fn shows(&self, expected: &[&str]) {
        assert_eq!(shown(&self.chat), expected);
    }

    fn active(&self) -> usize {
        self.chat.active_runs().count()
    }
}
