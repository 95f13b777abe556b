//! What a message says, decoded from the gateway's own shape.
//!
//! The gateway's schema leaves messages untyped and real ones vary (a person's
//! words are a string, an agent's are blocks), so every field may be missing
//! and every unknown kind of block is passed over.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::attachment::shown_name;

/// One message as it stands in the history or in an event.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Message {
    content: Option<Content>,
    text: Option<String>,
    /// When it was written, in milliseconds since 1970 by the gateway's clock.
    pub timestamp: Option<f64>,
    /// The tool whose result this is.
    pub tool_name: Option<String>,
    is_error: Option<bool>,
    error_message: Option<String>,
    openclaw_abort: Option<Seen>,
    #[serde(rename = "__openclaw")]
    record: Option<Record>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Record {
    id: Option<String>,
    truncated: Option<bool>,
    media: Option<Vec<Media>>,
}

/// A file that came with a message and lies at the gateway.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Media {
    file_name: Option<String>,
    kind: Option<String>,
    content_type: Option<String>,
}

/// A field of which only its being there matters.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen;

/// A piece of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words, in markdown when an agent wrote them.
    Text(String),
    /// What the model thought before it answered.
    Thinking(String),
    /// A tool that the agent used: its name, and its arguments in brief.
    ToolCall(String, String),
    /// A file, at the gateway or on its way there, in words.
    File(String),
}

impl Message {
    /// A message that is nothing but words.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self {
            content: Some(Content(vec![Part::Text(text.into())])),
            ..Self::default()
        }
    }

    /// A person's message on its way: what it says, when it was written (by
    /// this machine's clock), and the files that go with it.
    #[must_use]
    pub fn own(text: String, written_ms: f64, files: Vec<String>) -> Self {
        let mut parts: Vec<Part> = files.into_iter().map(Part::File).collect();
        if !text.is_empty() || parts.is_empty() {
            parts.insert(0, Part::Text(text));
        }
        Self {
            content: Some(Content(parts)),
            timestamp: Some(written_ms),
            ..Self::default()
        }
    }

    /// The pieces in their order. A message without content may still carry
    /// bare text (slash commands are answered so).
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = match (&self.content, &self.text) {
            (Some(Content(parts)), _) if !parts.is_empty() => parts.clone(),
            (_, Some(text)) => vec![Part::Text(text.clone())],
            _ => Vec::new(),
        };
        let media = self
            .record
            .iter()
            .flat_map(|record| record.media.iter().flatten());
        parts.extend(media.map(|media| Part::File(media.label())));
        parts
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
        self.is_error == Some(true) || self.error_message.is_some()
    }

    /// Why it went wrong, in the gateway's words.
    #[must_use]
    pub fn error_message(&self) -> Option<&str> {
        self.error_message.as_deref()
    }

    /// Whether somebody stopped the answer before its end.
    #[must_use]
    pub fn was_stopped(&self) -> bool {
        self.openclaw_abort.is_some()
    }

    /// The id under which the full text can be asked for, when the gateway cut it.
    #[must_use]
    pub fn truncated_id(&self) -> Option<&str> {
        let record = self.record.as_ref()?;
        if record.truncated == Some(true) {
            record.id.as_deref()
        } else {
            None
        }
    }
}

impl Media {
    fn label(&self) -> String {
        if let Some(name) = &self.file_name {
            return shown_name(name);
        }
        let kind = self.kind.as_deref().or(self.content_type.as_deref());
        unnamed_file(kind.unwrap_or("unknown"))
    }
}

/// What is said of a file of which only the kind is known.
fn unnamed_file(kind: &str) -> String {
    format!("A file ({kind}), kept at the gateway")
}

/// Content in either of its two forms.
#[derive(Debug, Clone, Default, PartialEq)]
struct Content(Vec<Part>);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a list of blocks")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content(vec![Part::Text(text.to_owned())]))
            }

            fn visit_unit<E>(self) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<Content, A::Error> {
                let mut parts = Vec::new();
                while let Some(block) = blocks.next_element::<RawBlock>()? {
                    parts.extend(block.part());
                }
                Ok(Content(parts))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// All fields that a known block may have.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawBlock {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
    thinking: Option<String>,
    name: Option<String>,
    arguments: Option<Brief>,
}

impl RawBlock {
    fn part(self) -> Option<Part> {
        match self.kind.as_deref()? {
            "text" => self.text.map(Part::Text),
            "thinking" => self.thinking.map(Part::Thinking),
            "toolCall" => {
                let arguments = self.arguments.map(|brief| brief.0).unwrap_or_default();
                self.name.map(|name| Part::ToolCall(name, arguments))
            }
            kind @ ("image" | "audio" | "video" | "document" | "file") => {
                Some(Part::File(unnamed_file(kind)))
            }
            _ => None,
        }
    }
}

/// Any value, cut down to one short line.
#[derive(Default)]
struct Brief(String);

const BRIEF_CHARS: usize = 120;

impl<'de> Deserialize<'de> for Brief {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Line;
        impl<'de> Visitor<'de> for Line {
            type Value = Brief;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_str<E>(self, text: &str) -> Result<Brief, E> {
                let line: String = text.chars().take(BRIEF_CHARS).collect();
                Ok(Brief(line.replace('\n', " ")))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Brief, E> {
                Ok(Brief(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Brief, E> {
                Ok(Brief(value.to_string()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Brief, E> {
                Ok(Brief(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Brief, E> {
                Ok(Brief(value.to_string()))
            }

            fn visit_unit<E>(self) -> Result<Brief, E> {
                Ok(Brief::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Brief, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Brief("…".to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Brief, A::Error> {
                let mut line = String::new();
                while let Some((_, value)) = map.next_entry::<IgnoredAny, Brief>()? {
                    if !value.0.is_empty() && line.chars().count() < BRIEF_CHARS {
                        if !line.is_empty() {
                            line.push(' ');
                        }
                        line.push_str(&value.0);
                    }
                }
                Ok(Brief(line))
            }
        }
        deserializer.deserialize_any(Line)
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> Message {
        serde_json::from_str(json).expect("a message")
    }

    #[test]
    fn a_person_writes_a_string_and_an_agent_writes_blocks() {
        assert_eq!(message(r#"{"role":"user","content":"hi"}"#).text(), "hi");
        let reply = message(
            r#"{"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"},
                {"type":"toolCall","id":"1","name":"ls","arguments":{"path":".","deep":true}},{"type":"new","x":1},
                {"type":"text","text":"b"}]}"#,
        );
        assert_eq!(reply.text(), "a\n\nb");
        assert_eq!(
            reply.parts(),
            [
                Part::Thinking("hm".into()),
                Part::Text("a".into()),
                Part::ToolCall("ls".into(), ". true".into()),
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
        let picture = Message::own(String::new(), 1.0, vec!["a.png (1 KB)".into()]);
        assert_eq!(picture.parts(), [Part::File("a.png (1 KB)".into())]);
        assert_eq!(picture.timestamp, Some(1.0));
        assert_eq!(Message::own("hi".into(), 1.0, Vec::new()).text(), "hi");
    }

    #[test]
    fn a_file_is_called_by_its_name_or_its_kind() {
        let named = message(r#"{"__openclaw":{"media":[{"fileName":"a.txt","kind":"document"}]}}"#);
        assert_eq!(named.parts(), [Part::File("a.txt".into())]);
        let sent = message(
            r#"{"content":"look","__openclaw":{"media":[{"url":"media://x","contentType":"image/png","kind":"image"}]}}"#,
        );
        assert_eq!(
            sent.parts(),
            [
                Part::Text("look".into()),
                Part::File("A file (image), kept at the gateway".into())
            ]
        );
    }

    #[test]
    fn every_message_of_a_recorded_history_is_readable() {
        let rows = r#"[{"role":"toolResult","toolCallId":"c","toolName":"ls","content":[{"type":"text","text":"media/"}],"isError":false},
            {"role":"custom","customType":"run-failed-before-reply","content":"It failed.","display":true}]"#;
        let rows: Vec<Message> = serde_json::from_str(rows).expect("rows");
        assert_eq!(
            rows.iter().map(Message::text).collect::<Vec<_>>(),
            ["media/", "It failed."]
        );
    }
}
