//! What a message says, read from the gateway's own shape.
//!
//! The gateway's schema leaves messages untyped and real ones vary (a person's
//! words are a string, an agent's are blocks), so each field is read for itself:
//! one that is strange costs itself, and unknown kinds of blocks are passed over.

use clawline_core::wire::{Block, Object, Value, read_content, row_time, visible, words};

use super::attachment::shown_name;
use super::channel::{Tick, speaker};
use super::words::Words;

/// One message as it stands in the history or in an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    parts: Vec<Part>,
    /// When it was written, in milliseconds since 1970 by the gateway's clock.
    pub timestamp: Option<f64>,
    /// The tool whose result this is.
    pub tool_name: Option<String>,
    is_error: bool,
    error_message: Option<String>,
    was_stopped: bool,
    truncated_id: Option<String>,
    /// How far it has come through a channel.
    pub tick: Option<Tick>,
    /// What somebody else is called who wrote it through a channel.
    pub speaker: Option<String>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words, in markdown when an agent wrote them.
    Text(String),
    /// What the model thought before it answered.
    Thinking(String),
    /// A tool that the agent used: its name, and its arguments in brief.
    ToolCall(Words, String),
    /// A file, at the gateway or on its way there.
    File(Words),
}

impl Message {
    /// Reads one.
    #[must_use]
    pub fn read<O: Object>(message: &O) -> Self {
        let mut parts = Vec::new();
        read_content(message, &mut |block| match block {
            Block::Words(text) => parts.push(Part::Text(text)),
            Block::Other(block) => parts.extend(part(&block)),
        });
        let record = message.child("__openclaw");
        if let Some(record) = &record {
            let mut file = |media: &O| parts.push(Part::File(media_label(media)));
            record.each("media", &mut |media| file(&media));
            if let Some(media) = record.child("media") {
                file(&media);
            }
        }
        let is_stopped = message.text("stopReason").as_deref() == Some("aborted")
            || !matches!(
                message.value("openclawAbort"),
                Value::Nothing | Value::Flag(false)
            );
        let others = |record: &&O| record.text("senderId").is_some_and(|id| id != OWNER);
        let speaker = record.as_ref().filter(others).and_then(speaker);
        let cut = record.filter(|record| record.flag("truncated") == Some(true));
        let mut error_message = words(message.value("errorMessage"));
        if message.text("customType").as_deref() == Some(RUN_FAILED) {
            // A failed run looks the same whether it failed now or is read later.
            let why = Self::of_parts(std::mem::take(&mut parts)).text();
            error_message = error_message.or(Some(why));
        }
        Self {
            parts,
            timestamp: row_time(message).map(|at| at as f64),
            tool_name: message.text("toolName").map(|name| visible(&name)),
            is_error: message.flag("isError") == Some(true)
                || message.text("stopReason").as_deref() == Some("error"),
            error_message,
            was_stopped: is_stopped,
            truncated_id: cut.and_then(|record| record.text("id")),
            tick: message
                .child("clawlineProgress")
                .and_then(|it| Tick::read(&it)),
            speaker,
        }
    }

    /// A message that is nothing but words.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self::of_parts(vec![Part::Text(text.into())])
    }

    fn of_parts(parts: Vec<Part>) -> Self {
        Self {
            parts,
            ..Self::default()
        }
    }

    /// A person's message on its way: what it says, when it was written (by
    /// this machine's clock), and the files that go with it.
    #[must_use]
    pub fn own(text: String, written_ms: f64, files: Vec<Words>) -> Self {
        let mut parts: Vec<Part> = files.into_iter().map(Part::File).collect();
        if !text.is_empty() || parts.is_empty() {
            parts.insert(0, Part::Text(text));
        }
        Self {
            parts,
            timestamp: Some(written_ms),
            ..Self::default()
        }
    }

    /// The pieces in their order.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        self.parts.clone()
    }

    /// All words of the message, paragraphs between the pieces.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in self.parts() {
            if let Part::Text(words) = part {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&words);
            }
        }
        text
    }

    /// Whether the gateway says that this went wrong.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.is_error || self.error_message().is_some()
    }

    /// Why it went wrong, in the gateway's words. That somebody stopped it is
    /// nothing wrong.
    #[must_use]
    pub fn error_message(&self) -> Option<&str> {
        let reason = self.error_message.as_deref();
        reason.filter(|_| !self.was_stopped)
    }

    /// Whether somebody stopped the answer before its end.
    #[must_use]
    pub const fn was_stopped(&self) -> bool {
        self.was_stopped
    }

    /// The id under which the full text can be asked for, when the gateway cut it.
    #[must_use]
    pub fn truncated_id(&self) -> Option<&str> {
        self.truncated_id.as_deref()
    }
}

/// Whose words a gateway gives to its owner.
const OWNER: &str = "gateway-owner";

/// The kind of a row that stands for a run which failed, and says why.
const RUN_FAILED: &str = "run-failed-before-reply";

/// A block that is not plain words: by its kind, or else by what only such a
/// block has.
fn part<O: Object>(block: &O) -> Option<Part> {
    let kind = block.text("type").unwrap_or_default();
    let thinking = || words(block.value("thinking"));
    if let "image" | "audio" | "video" | "document" | "file" = &*kind {
        return Some(Part::File(unnamed_file(&kind)));
    }
    if kind != "toolCall"
        && let Some(thoughts) = thinking()
    {
        return Some(Part::Thinking(thoughts));
    }
    let arguments = block.value("arguments");
    let is_call = kind == "toolCall" || !matches!(arguments, Value::Nothing);
    if is_call {
        let name = block.text("name").map(|name| Words::Said(visible(&name)));
        let name = name.unwrap_or_else(|| Words::of("tool-unnamed"));
        return Some(Part::ToolCall(name, visible(&brief(arguments))));
    }
    // What a kind that is not known yet says in words is about a thought if it
    // says so, and else meant to be read.
    let text = words(block.value("text"))?;
    Some(if kind.contains("think") || kind.contains("reason") {
        Part::Thinking(text)
    } else {
        Part::Text(text)
    })
}

/// What a file is called that came with a message and lies at the gateway.
fn media_label<O: Object>(media: &O) -> Words {
    if let Some(name) = media.text("fileName") {
        return shown_name(&name);
    }
    let kind = media.text("kind").or_else(|| media.text("contentType"));
    unnamed_file(kind.as_deref().unwrap_or("unknown"))
}

/// What is said of a file of which only the kind is known.
fn unnamed_file(kind: &str) -> Words {
    Words::of("file-at-gateway").with("kind", kind)
}

const BRIEF_CHARS: usize = 120;

/// Any value, cut down to one short line.
fn brief<O: Object>(value: Value<O>) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => {
            let line: String = text.chars().take(BRIEF_CHARS).collect();
            line.replace('\n', " ")
        }
        Value::Number(number) => O::written(number),
        Value::Flag(flag) => flag.to_string(),
        Value::List(_) => "…".to_owned(),
        Value::Object(object) => {
            let mut line = String::new();
            object.values(&mut |member| {
                if line.chars().count() >= BRIEF_CHARS {
                    return;
                }
                // What lies deeper is not looked into without end.
                let member = match member {
                    Value::Object(_) => "…".to_owned(),
                    member => brief(member),
                };
                if !member.is_empty() {
                    if !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(&member);
                }
            });
            line
        }
    }
}

#[cfg(test)]
mod lenient;

#[cfg(test)]
mod tests {
    use super::super::state::State;
    use super::*;

    fn message(json: &str) -> Message {
        let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
        Message::read(&json)
    }

    #[test]
    fn a_person_writes_a_string_and_an_agent_writes_blocks() {
        assert_eq!(message(r#"{"role":"user","content":"hi"}"#).text(), "hi");
        let reply = message(
            r#"{"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"},
                {"type":"toolCall","id":"1","name":"ls","arguments":{"a":".","b":true}},{"type":"new","x":1},
                {"type":"text","text":"b"}]}"#,
        );
        assert_eq!(reply.text(), "a\n\nb");
        assert_eq!(
            reply.parts(),
            [
                Part::Thinking("hm".into()),
                Part::Text("a".into()),
                Part::ToolCall(Words::said("ls"), ". true".into()),
                Part::Text("b".into()),
            ]
        );
    }

    #[test]
    fn the_answer_to_a_slash_command_has_bare_text() {
        assert_eq!(
            message(r#"{"text":"all fine","usage":{}}"#).text(),
            "all fine"
        );
    }

    #[test]
    fn null_and_missing_fields_are_no_error() {
        let empty = message(
            r#"{"content":null,"timestamp":null,"toolName":null,"isError":null,"__openclaw":null}"#,
        );
        assert_eq!(empty, Message::default());
        assert!(empty.parts().is_empty());
    }

    #[test]
    fn a_stopped_and_a_cut_message_say_so() {
        let stopped = message(r#"{"content":[],"openclawAbort":{"aborted":true,"origin":"rpc"}}"#);
        assert!(stopped.was_stopped());
        let cut = message(
            r#"{"content":"x","__openclaw":{"id":"m1","truncated":true,"reason":"display-cap"}}"#,
        );
        assert_eq!(cut.truncated_id(), Some("m1"));
    }

    #[test]
    fn a_message_on_its_way_may_be_a_file_alone() {
        let picture = Message::own(String::new(), 1.0, vec![Words::said("a.png")]);
        assert_eq!(picture.parts(), [Part::File(Words::said("a.png"))]);
        assert_eq!(picture.timestamp, Some(1.0));
        assert_eq!(Message::own("hi".into(), 1.0, Vec::new()).text(), "hi");
    }

    #[test]
    fn a_file_is_called_by_its_name_or_its_kind() {
        let named = message(r#"{"__openclaw":{"media":[{"fileName":"a.txt","kind":"document"}]}}"#);
        assert_eq!(named.parts(), [Part::File(Words::said("a.txt"))]);
        let sent = message(
            r#"{"content":"look","__openclaw":{"media":[{"url":"media://x","contentType":"image/png","kind":"image"}]}}"#,
        );
        assert_eq!(
            sent.parts(),
            [
                Part::Text("look".into()),
                Part::File(Words::of("file-at-gateway").with("kind", "image"))
            ]
        );
    }

    #[test]
    fn what_went_through_a_channel_says_how_far_and_what_came_says_whose_words_they_are() {
        let sent = message(r#"{"content":"hi","clawlineProgress":{"state":"read"}}"#);
        assert_eq!(sent.tick.map(|tick| tick.state), Some(State::Read));
        let named = |record: &str| {
            message(&format!(
                r#"{{"role":"user","content":"x","__openclaw":{record}}}"#
            ))
            .speaker
        };
        let ann = r#"{"senderId":"4911@s.whatsapp.net","senderName":"Ann\nYou:"}"#;
        assert_eq!(named(ann).as_deref(), Some("Ann You:"));
        assert_eq!(
            named(r#"{"senderId":"gateway-owner","senderName":"Ann"}"#),
            None
        );
        assert_eq!(named(r#"{"senderName":"Ann"}"#), None);
        assert_eq!(named(r#"{"senderId":"x","senderName":7}"#), None);
    }

    #[test]
    fn a_stopped_answer_is_no_error() {
        let bare = message(
            r#"{"role":"assistant","content":[],"stopReason":"aborted","errorMessage":"This operation was aborted"}"#,
        );
        assert!(bare.was_stopped() && !bare.is_error());
        assert_eq!(bare.error_message(), None);
    }

    #[test]
    fn a_row_that_stands_for_a_failed_run_says_why_and_nothing_else() {
        let failed = message(
            r#"{"role":"custom","customType":"run-failed-before-reply","content":"No model.","timestamp":7}"#,
        );
        assert_eq!(failed.error_message(), Some("No model."));
        assert!(failed.parts().is_empty() && failed.is_error());
        assert_eq!(failed.timestamp, Some(7.0));
    }

    #[test]
    fn what_is_for_terminals_is_not_shown() {
        let tool = message(
            r#"{"role":"toolResult","toolName":"\u001b[1mls","errorMessage":"\u001b[31mno\u001b[0m",
                "content":[{"type":"text","text":"\u001b[32mred\u001b[0m\u0007"}]}"#,
        );
        assert_eq!(tool.text(), "red");
        assert_eq!(tool.tool_name.as_deref(), Some("ls"));
        assert_eq!(tool.error_message(), Some("no"));
    }

    #[test]
    fn a_strange_block_costs_only_itself() {
        let odd = message(
            r#"{"content":[null,"bare",{"type":"text","text":{"value":"inside"}},{"type":7,"text":"typeless"},
                {"type":"text","text":[1]},{"name":"ls","arguments":{"path":"."}},{"type":"new","x":1},7],
                "timestamp":"2026-11-29T12:30:05Z","toolName":5}"#,
        );
        assert_eq!(odd.text(), "bare\n\ninside\n\ntypeless");
        assert_eq!(odd.parts().len(), 4);
        assert_eq!(odd.timestamp, Some(1_795_955_405_000.0));
    }
}
