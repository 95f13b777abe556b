//! What is shown of a chat, line by line.

use clawline::core::chat::{Item, Role};
use clawline::core::{EntryState, Key};
use clawline::{Chat, Client};
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::js_sys::{Array, Reflect};

#[derive(Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) who: &'static str,
    pub(crate) words: String,
    pub(crate) note: String,
    /// Of a message that was stopped: it holds up those behind it, until
    /// somebody decides.
    pub(crate) stopped: Option<Key>,
}

/// What was said, what is being said, and what is on its way.
pub(crate) fn lines(client: &Client, chat: &Chat<String>) -> Vec<Line> {
    let line = |who, words: &str, note: &str| Line {
        who,
        words: words.to_owned(),
        note: note.to_owned(),
        stopped: None,
    };
    chat.read(|fold| {
        let said = fold.items().map(|item| match item {
            Item::Row(shown) => {
                let row = shown.row;
                line(name(row.facts.role), &row.payload, "")
            }
            Item::Live(run) => {
                let error = run.end.as_ref().and_then(|end| end.error.as_deref());
                let words = run.live.as_deref().unwrap_or_default();
                line("assistant", words, error.unwrap_or_default())
            }
        });
        let entries = client.entries();
        let waiting = entries
            .iter()
            .filter(|entry| entry.method.is_none() && !fold.has_key(entry.key.as_str()))
            .map(|entry| {
                let words = client.entry_text(&entry.key).unwrap_or_default();
                let reason = entry.reason.as_deref().unwrap_or_default();
                let note = format!("{} {reason}", entry.state.as_str());
                let is_stopped =
                    matches!(entry.state, EntryState::Parked | EntryState::Unconfirmed);
                Line {
                    stopped: is_stopped.then(|| entry.key.clone()),
                    ..line("user", &words, note.trim_end())
                }
            });
        said.chain(waiting).collect()
    })
}

fn name(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
        Role::Notice => "notice",
    }
}

/// What a person wrote is one text; what an agent says comes in blocks.
pub(crate) fn words_of(message: &JsValue) -> String {
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let content = member(message, "content");
    if let Some(blocks) = content.dyn_ref::<Array>() {
        let texts = blocks.iter().map(|block| member(&block, "text"));
        return texts.filter_map(|text| text.as_string()).collect();
    }
    let text = content
        .as_string()
        .or_else(|| member(message, "text").as_string());
    text.unwrap_or_default()
}
