//! What came, in the words of this channel: kept as JSON until it is dealt with.

use serde::{Deserialize, Serialize};

use super::bridge::lines::{Edited, Files, Head, Incoming, MessageKind, Quote};
use super::people::plain_name;
use crate::account::Account;
use crate::ids;
use crate::store::NewArrival;

/// Longest words of a quoted message that are kept, in characters.
const QUOTE: usize = 2_000;
/// Longest id of a message that stands in a key as it is, in bytes.
const PLAIN_ID: usize = 128;

/// Something that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Arrival {
    /// The chat, as WhatsApp names it in this message.
    pub(super) jid: String,
    /// Who wrote, as WhatsApp names them in this message; empty where unknown.
    pub(super) from: String,
    /// What they call themselves, fit for one line.
    pub(super) name: Option<String>,
    /// The account itself wrote it, on another device.
    pub(super) from_me: bool,
    /// The chat that the account has with itself.
    pub(super) is_own_chat: bool,
    pub(super) is_group: bool,
    /// It is no history.
    pub(super) is_live: bool,
    /// Its sender's own device sealed it.
    pub(super) is_sealed: bool,
    /// It speaks to the account: names it, or answers it.
    pub(super) is_mentioned: bool,
    /// Unix milliseconds.
    pub(super) sent_at: i64,
    pub(super) what: What,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum What {
    /// Words, a file, or both.
    Message(Words),
    /// Pictures that belong together follow.
    Album {
        /// How many.
        parts: usize,
    },
    /// Nobody answers it: a call, a vote, a reaction, something unknown.
    Note {
        /// In words for the owner.
        text: String,
    },
    /// It could not be read. A message with the same id may follow.
    Unreadable {
        /// It can be read on the phone.
        on_phone: bool,
    },
    /// Other words for a message.
    Edit {
        target: String,
        /// `None`: they cannot be read here.
        text: Option<String>,
    },
    /// A message is taken back.
    Revoke { target: String },
}

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) file: Option<File>,
    pub(super) quote: Option<String>,
}

/// A file that can be fetched. Everything is a claim of the sender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) kind: MessageKind,
    pub(super) mime: String,
    pub(super) name: String,
    pub(super) bytes: Option<u64>,
    pub(super) view_once: bool,
}

impl Arrival {
    /// What a message is here, from its head; `what` is still a guess of nothing.
    pub(super) fn of(head: &Head, what: What) -> Self {
        Self {
            jid: head.chat.clone(),
            from: head.from.clone(),
            name: head.push_name.as_deref().and_then(plain_name),
            from_me: head.from_me,
            is_own_chat: false,
            is_group: head.is_group,
            is_live: head.live,
            is_sealed: head.encrypted,
            is_mentioned: false,
            sent_at: head.sent_at,
            what,
        }
    }

    /// As what it is kept. `chat` and `author` are conversations.
    pub(super) fn kept(
        &self,
        account: &Account,
        id: &str,
        chat: &str,
        author: &str,
        now: i64,
    ) -> NewArrival {
        let revokes = match &self.what {
            What::Revoke { target } => Some(target.clone()),
            _ => None,
        };
        NewArrival {
            chat: chat.to_owned(),
            id: id.to_owned(),
            key: key(account, chat, id),
            author: author.to_owned(),
            // A struct of plain values is always JSON.
            came: serde_json::to_string(self).unwrap_or_default(),
            came_at: now,
            is_placeholder: matches!(self.what, What::Unreadable { .. }),
            revokes,
        }
    }
}

/// The idempotency key of a message: each chat has ids of its own, and what comes to
/// two accounts that are in one group is two messages.
fn key(account: &Account, chat: &str, id: &str) -> String {
    let place = match account.is_usual() {
        true => chat.to_owned(),
        // Neither has a slash in it.
        false => format!("{account}/{chat}"),
    };
    let chat = ids::hex(&ids::sha256(place.as_bytes())[..16]);
    // No plain one looks like a short form: senders choose their ids.
    if id.len() <= PLAIN_ID && !id.starts_with('~') {
        format!("{}:{chat}:{id}", super::NAME)
    } else {
        let id = ids::hex(&ids::sha256(id.as_bytes()));
        format!("{}:{chat}:~{id}", super::NAME)
    }
}

/// What a message is.
pub(super) fn of_message(message: &Incoming) -> What {
    let details = message.details.as_ref();
    let detail = |name: &str| details.and_then(|details| details.get(name));
    let note = |text: &str| What::Note {
        text: text.to_owned(),
    };
    match message.kind {
        MessageKind::Text => words(message, message.text.clone()),
        MessageKind::Image
        | MessageKind::Video
        | MessageKind::Voice
        | MessageKind::Audio
        | MessageKind::Document
        | MessageKind::Sticker => words(message, message.text.clone()),
        MessageKind::Location => {
            let degrees = |name| detail(name).and_then(serde_json::Value::as_f64);
            let place = match (degrees("latitude"), degrees("longitude")) {
                (Some(latitude), Some(longitude)) => format!("[place: {latitude}, {longitude}]"),
                _ => "[place]".to_owned(),
            };
            words(message, joined(&place, &message.text))
        }
        MessageKind::Contact => {
            let cards = detail("cards").and_then(serde_json::Value::as_array);
            let names = cards.into_iter().flatten().filter_map(|card| {
                let name = card.get("name").and_then(serde_json::Value::as_str)?;
                plain_name(name)
            });
            let names: Vec<String> = names.take(50).collect();
            words(message, format!("[contact: {}]", names.join(", ")))
        }
        MessageKind::Poll => {
            let options = detail("options").and_then(serde_json::Value::as_array);
            let options = options.into_iter().flatten();
            let options = options
                .filter_map(serde_json::Value::as_str)
                .map(|one| format!("- {one}"));
            let options: Vec<String> = options.take(50).collect();
            words(
                message,
                format!("[poll] {}\n{}", message.text, options.join("\n")),
            )
        }
        MessageKind::Album => {
            let count = |name| {
                detail(name)
                    .and_then(serde_json::Value::as_u64)
                    .unwrap_or(0)
            };
            let parts = count("images").saturating_add(count("videos"));
            What::Album {
                parts: usize::try_from(parts).unwrap_or(usize::MAX),
            }
        }
        MessageKind::Vote => note("[voted in a poll]"),
        MessageKind::Pin => note("[pinned a message]"),
        MessageKind::Call => note("[call]"),
        MessageKind::Other => note("[something that only the phone can show]"),
    }
}

fn words(message: &Incoming, text: String) -> What {
    What::Message(Words {
        text,
        file: message
            .media
            .as_ref()
            .map(|file| of_file(message.kind, file)),
        quote: message.quoted.as_ref().and_then(quote),
    })
}

fn of_file(kind: MessageKind, file: &Files) -> File {
    File {
        kind,
        mime: file.mime.clone().unwrap_or_default(),
        name: file.name.clone().unwrap_or_default(),
        bytes: file.bytes,
        view_once: file.view_once,
    }
}

fn quote(quote: &Quote) -> Option<String> {
    let text = quote.text.as_deref()?;
    let short: String = text.chars().take(QUOTE).collect();
    (!short.trim().is_empty()).then_some(short)
}

/// What other words are for.
pub(super) fn of_edit(edit: &Edited) -> What {
    What::Edit {
        target: edit.target.clone(),
        text: edit.text.clone().filter(|_| !edit.unreadable),
    }
}

/// What stands for a reaction.
pub(super) fn of_reaction(emoji: &str) -> What {
    let emoji = plain_name(emoji);
    What::Note {
        text: emoji.map_or_else(
            || "[took a reaction away]".to_owned(),
            |emoji| format!("[reacted {emoji}]"),
        ),
    }
}

impl File {
    /// What it is, in a word.
    pub(super) fn word(&self) -> &'static str {
        match self.kind {
            MessageKind::Image => "image",
            MessageKind::Video => "video",
            MessageKind::Voice => "voice note",
            MessageKind::Audio => "audio",
            MessageKind::Sticker => "sticker",
            _ => "document",
        }
    }
}

/// A line and the words below it.
pub(super) fn joined(line: &str, words: &str) -> String {
    if words.trim().is_empty() {
        line.to_owned()
    } else if line.is_empty() {
        words.to_owned()
    } else {
        format!("{line}\n{words}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn incoming(kind: &str, more: serde_json::Value) -> Incoming {
        let mut line = json!({ "chat": "1@s.whatsapp.net", "id": "A1B2C3D4", "kind": kind });
        for (name, value) in more.as_object().unwrap() {
            line[name] = value.clone();
        }
        serde_json::from_value(line).unwrap()
    }

    #[test]
    fn every_kind_says_something_and_only_what_people_wrote_is_a_message() {
        for (kind, more, text) in [
            ("text", json!({ "text": "hi" }), Some("hi")),
            (
                "location",
                json!({ "text": "Home", "details": { "latitude": 1.5, "longitude": 2 } }),
                Some("[place: 1.5, 2]\nHome"),
            ),
            (
                "contact",
                json!({ "details": { "cards": [{ "name": "Ann\n# x" }, 7, {}] } }),
                Some("[contact: Ann # x]"),
            ),
            (
                "poll",
                json!({ "text": "When?", "details": { "options": ["now", 7] } }),
                Some("[poll] When?\n- now"),
            ),
            ("location", json!({ "details": "x" }), Some("[place]")),
            ("vote", json!({}), None),
            ("pin", json!({}), None),
            ("call", json!({}), None),
            ("other", json!({}), None),
            ("tomorrow", json!({}), None),
        ] {
            let message = incoming(kind, more);
            match of_message(&message) {
                What::Message(words) => assert_eq!(Some(&*words.text), text, "{kind}"),
                What::Note { text: note } => {
                    assert_eq!(text, None, "{kind}");
                    assert!(note.starts_with('['), "{note}");
                }
                other => panic!("{kind}: {other:?}"),
            }
        }
        let album = json!({ "details": { "images": 3, "videos": 1 } });
        assert_eq!(
            of_message(&incoming("album", album)),
            What::Album { parts: 4 }
        );
    }

    #[test]
    fn keys_are_of_a_chat_and_have_a_bound() {
        let arrival = Arrival::of(&Head::default(), of_reaction(""));
        let usual = Account::default();
        let key = |chat, id: &str| arrival.kept(&usual, id, chat, "x", 1).key;
        let other = Account::read("work").unwrap();
        assert_ne!(arrival.kept(&other, "1", "a", "x", 1).key, key("a", "1"));
        assert_eq!(key("a", "1"), key("a", "1"));
        assert_ne!(key("a", "1"), key("b", "1"));
        let long = "x".repeat(100_000);
        let key_of_long = key("a", &long);
        assert!(key_of_long.len() < 200);
        // Whoever knows how it is made sends no other message with this key.
        let (_, short) = key_of_long.rsplit_once(':').unwrap();
        assert_ne!(key("a", short), key_of_long);
    }
}
