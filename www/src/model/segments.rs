//! A message cut into the pieces that are drawn one by one.
//!
//! While a reply grows, all pieces but the last stay as they are; the page
//! keeps their elements and redraws only the last one.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::content::Part;
use super::excerpt;
use super::markdown::{self, Block};
use super::transcript::{Row, Who};

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Words exactly as they were typed.
    Plain(String),
    /// Drawn markdown.
    Block(Block),
    /// What the model thought first.
    Thinking(String),
    /// A tool that was used, and its arguments in brief.
    ToolCall(String, String),
    /// What a tool gave back: its name, the text, and whether it failed.
    ToolResult(String, String, bool),
    /// A file, in words.
    File(String),
    /// The beginning of a growing text was left out.
    Earlier,
    /// The rest is drawn on demand: how many lines there are in all.
    ShowAll(usize),
    /// The gateway keeps the full text under this id.
    CutByGateway(String),
    /// What the answer waits for.
    Note(String),
    /// Somebody stopped the answer here.
    Stopped,
}

/// How much of a tool's result is drawn, in bytes.
const RESULT_BYTES: usize = 8_000;

/// The pieces of a line of the conversation; all of it when `expanded`.
#[must_use]
pub fn of(row: &Row, expanded: bool) -> Vec<Segment> {
    let mut segments = Vec::new();
    match row.who {
        Who::You => own(row, expanded, &mut segments),
        Who::Tool => {
            let name = row
                .message
                .tool_name
                .clone()
                .unwrap_or_else(|| "tool".to_owned());
            let text = row.message.text();
            let text = excerpt::head(&text, RESULT_BYTES)
                .map(|head| format!("{head}\n…"))
                .unwrap_or(text);
            segments.push(Segment::ToolResult(name, text, row.message.is_error()));
        }
        Who::Assistant | Who::System | Who::Divider => reply(row, expanded, &mut segments),
    }
    if let Some(id) = row.message.truncated_id() {
        segments.push(Segment::CutByGateway(id.to_owned()));
    }
    if let Some(note) = &row.note {
        segments.push(Segment::Note(note.clone()));
    }
    if row.stopped {
        segments.push(Segment::Stopped);
    }
    segments
}

fn own(row: &Row, expanded: bool, segments: &mut Vec<Segment>) {
    for part in row.message.parts() {
        match part {
            Part::Text(text) => {
                let first = excerpt::first_lines(&text, excerpt::OWN_LINES, excerpt::MESSAGE_BYTES);
                match first.filter(|_| !expanded) {
                    Some(first) => {
                        segments.push(Segment::Plain(first.to_owned()));
                        segments.push(Segment::ShowAll(excerpt::line_count(&text)));
                    }
                    None => segments.push(Segment::Plain(text)),
                }
            }
            Part::File(label) => segments.push(Segment::File(label)),
            Part::Thinking(_) | Part::ToolCall(..) => {}
        }
    }
}

fn reply(row: &Row, expanded: bool, segments: &mut Vec<Segment>) {
    for part in row.message.parts() {
        match part {
            Part::Text(text) if row.live => {
                let tail = excerpt::tail(&text, excerpt::MESSAGE_BYTES);
                if tail.is_some() {
                    segments.push(Segment::Earlier);
                }
                let blocks = markdown::parse_growing(tail.unwrap_or(&text));
                segments.extend(blocks.into_iter().map(Segment::Block));
            }
            Part::Text(text) => {
                let head = excerpt::head(&text, excerpt::MESSAGE_BYTES).filter(|_| !expanded);
                let blocks = markdown::parse(head.unwrap_or(&text));
                segments.extend(blocks.into_iter().map(Segment::Block));
                if head.is_some() {
                    segments.push(Segment::ShowAll(excerpt::line_count(&text)));
                }
            }
            Part::Thinking(text) => segments.push(Segment::Thinking(text)),
            Part::ToolCall(name, arguments) => segments.push(Segment::ToolCall(name, arguments)),
            Part::File(label) => segments.push(Segment::File(label)),
        }
    }
}

/// A number that differs when place or content differ: the key under which
/// the page keeps the element of a piece.
#[must_use]
pub fn identity(index: usize, segment: &Segment) -> u64 {
    let mut hasher = DefaultHasher::new();
    index.hash(&mut hasher);
    segment.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::content::Message;
    use super::super::transcript::State;
    use super::*;

    fn row(who: Who, text: &str, live: bool) -> Row {
        Row {
            key: "k".into(),
            who,
            state: State::Confirmed,
            message: Arc::new(Message::from_text(text)),
            live,
            entry: None,
            reason: None,
            note: None,
            stopped: false,
        }
    }

    #[test]
    fn a_persons_words_are_not_read_as_markdown() {
        let segments = of(&row(Who::You, "# not a *heading*", false), false);
        assert_eq!(segments, [Segment::Plain("# not a *heading*".into())]);
    }

    #[test]
    fn five_thousand_own_lines_are_folded_until_asked_for() {
        let text = "line\n".repeat(5_000);
        let folded = of(&row(Who::You, &text, false), false);
        assert_eq!(folded.last(), Some(&Segment::ShowAll(5_000)));
        assert_eq!(
            of(&row(Who::You, &text, false), true),
            [Segment::Plain(text)]
        );
    }

    #[test]
    fn only_the_last_piece_of_a_growing_reply_changes() {
        let ids = |text: &str| -> Vec<u64> {
            let segments = of(&row(Who::Assistant, text, true), false);
            segments
                .iter()
                .enumerate()
                .map(|(index, segment)| identity(index, segment))
                .collect()
        };
        let before = ids("# One\n\ntwo\n\nthr");
        let after = ids("# One\n\ntwo\n\nthree");
        assert_eq!(before[..2], after[..2]);
        assert_ne!(before[2], after[2]);
    }

    #[test]
    fn a_growing_reply_of_a_megabyte_shows_its_end() {
        let text = "word and word\n\n".repeat(80_000);
        let segments = of(&row(Who::Assistant, &text, true), false);
        assert_eq!(segments.first(), Some(&Segment::Earlier));
        assert!(segments.len() < 10_000);
    }
}
