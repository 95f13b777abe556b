//! A message cut into the pieces that are drawn one by one.
//!
//! While a reply grows, all pieces but the last stay as they are; the page
//! keeps their elements and redraws only the last one.

use std::sync::Arc;

use super::content::Part;
use super::excerpt;
use super::markdown::{Block, Growing, Reader};
use super::transcript::{Row, Who};
use super::words::Words;

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Words exactly as they were written.
    Plain(String),
    /// Drawn markdown.
    Block(Arc<Block>),
    /// What the model thought first.
    Thinking(String),
    /// A tool that was used, and its arguments in brief.
    ToolCall(Words, String),
    /// What a tool gave back: its name, the text, and whether it failed.
    ToolResult(Words, String, bool),
    /// A file.
    File(Words),
    /// The beginning of a growing text was left out.
    Earlier,
    /// The rest is drawn on demand: how many lines there are in all.
    ShowAll(usize),
    /// The gateway keeps the full text under this id.
    CutByGateway(String),
    /// What the answer waits for.
    Note(Words),
    /// Somebody stopped the answer here.
    Stopped,
}

/// How much of a tool's result is drawn, in bytes.
const RESULT_BYTES: usize = 8_000;

/// A line of the conversation, as it is read while it grows.
#[derive(Debug, Default)]
pub struct Segments {
    /// The texts of a reply that still comes, one a part.
    growing: Vec<Growing>,
}

impl Segments {
    /// The pieces of the line as it is now; all of it when `expanded`. Without a
    /// reader of markdown they are as they were written.
    pub fn of(&mut self, row: &Row, expanded: bool, reader: Option<Reader>) -> Vec<Segment> {
        if !row.live {
            self.growing.clear();
        }
        of(row, expanded, reader, &mut self.growing)
    }
}

fn of(
    row: &Row,
    expanded: bool,
    reader: Option<Reader>,
    growing: &mut Vec<Growing>,
) -> Vec<Segment> {
    let mut segments = Vec::new();
    match row.who {
        Who::You => own(row, expanded, &mut segments),
        Who::Tool => {
            let name = row.message.tool_name.clone().map(Words::Said);
            let name = name.unwrap_or_else(|| Words::of("tool-unnamed"));
            let text = row.message.text();
            let text = excerpt::head(&text, RESULT_BYTES)
                .map(|head| format!("{head}\n…"))
                .unwrap_or(text);
            segments.push(Segment::ToolResult(name, text, row.message.is_error()));
        }
        Who::Assistant | Who::System | Who::Divider => {
            reply(row, expanded, reader, growing, &mut segments);
        }
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
    if let Some(name) = &row.message.speaker {
        segments.push(Segment::Note(Words::said(name.as_str())));
    }
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

fn reply(
    row: &Row,
    expanded: bool,
    reader: Option<Reader>,
    growing: &mut Vec<Growing>,
    segments: &mut Vec<Segment>,
) {
    let parts = row.message.parts();
    growing.resize_with(parts.len().max(growing.len()), Growing::default);
    for (part, growing) in parts.into_iter().zip(growing) {
        match part {
            Part::Text(text) if row.live => {
                let tail = excerpt::tail(&text, excerpt::MESSAGE_BYTES);
                if tail.is_some() {
                    segments.push(Segment::Earlier);
                }
                let text = tail.as_deref().unwrap_or(&text);
                segments.extend(pieces(text, reader, |reader| reader.growing(growing, text)));
            }
            Part::Text(text) => {
                let head = excerpt::head(&text, excerpt::MESSAGE_BYTES).filter(|_| !expanded);
                let shown = head.unwrap_or(&text);
                segments.extend(pieces(shown, reader, |reader| reader.whole(shown)));
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

/// A text as its reader reads it, or as it was written.
fn pieces(
    text: &str,
    reader: Option<Reader>,
    read: impl FnOnce(Reader) -> Vec<Arc<Block>>,
) -> Vec<Segment> {
    match reader {
        Some(reader) => read(reader).into_iter().map(Segment::Block).collect(),
        None => vec![Segment::Plain(text.to_owned())],
    }
}

#[cfg(test)]
mod tests {
    use super::super::content::Message;
    use super::super::transcript::State;
    use super::*;

    fn of(row: &Row, expanded: bool) -> Vec<Segment> {
        Segments::default().of(row, expanded, Some(Reader::new()))
    }

    fn row(who: Who, text: &str, live: bool) -> Row {
        Row {
            key: "k".into(),
            seq: None,
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
    fn a_reply_is_as_it_was_written_until_there_is_a_reader() {
        let text = "# One\n\n- two\n";
        for live in [true, false] {
            let mut segments = Segments::default();
            let row = row(Who::Assistant, text, live);
            assert_eq!(
                segments.of(&row, false, None),
                [Segment::Plain(text.into())]
            );
            let read = segments.of(&row, false, Some(Reader::new()));
            assert!(matches!(
                read.as_slice(),
                [Segment::Block(_), Segment::Block(_)]
            ));
        }
    }

    #[test]
    fn whoever_else_wrote_is_named_before_their_words() {
        let mut came = row(Who::You, "hi", false);
        let mut message = Message::from_text("hi");
        message.speaker = Some("Ann".to_owned());
        came.message = Arc::new(message);
        let name = Segment::Note(Words::said("Ann"));
        assert_eq!(of(&came, false), [name, Segment::Plain("hi".into())]);
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
        let before = of(&row(Who::Assistant, "# One\n\ntwo\n\nthr", true), false);
        let after = of(&row(Who::Assistant, "# One\n\ntwo\n\nthree", true), false);
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

    #[test]
    fn growing_code_of_a_hundred_thousand_lines_stays_code() {
        let text = format!("```py\n{}", "# a comment\n\nx = 1\n".repeat(40_000));
        let segments = of(&row(Who::Assistant, &text, true), false);
        let [Segment::Earlier, Segment::Block(block)] = segments.as_slice() else {
            panic!("{} pieces", segments.len());
        };
        assert!(matches!(&**block, Block::Code(language, _) if language == "py"));
    }
}
