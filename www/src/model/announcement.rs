//! What a screen reader is told when a reply has come to its end.
//!
//! Text that streams is silent: read out word by word it cannot be followed.
//! The finished reply is said once, as sentences without markup.

use std::sync::Arc;

use super::markdown::{Block, Reader, plain_text};
use super::words::Words;

/// How much is said by itself; the rest is there to be read, in characters.
const MAX_CHARS: usize = 1_200;

/// The words to say for a finished reply; without a reader of markdown they are
/// as they were written.
#[must_use]
pub fn for_reply(markdown: &str, reader: Option<Reader>) -> Words {
    let source = super::excerpt::head(markdown, 4 * MAX_CHARS).unwrap_or(markdown);
    let mut told = Told {
        words: Vec::new(),
        left: MAX_CHARS,
    };
    match reader {
        Some(reader) => told.blocks(&reader.whole(source)),
        None => told.text(source.to_owned()),
    }
    if told.left == 0 {
        told.words.push(Words::of("told-goes-on"));
    }
    Words::of("told-reply").with("reply", Words::All(told.words))
}

/// The words to say for a reply that failed.
#[must_use]
pub fn for_failure(reason: &Words) -> Words {
    let reason = match reason {
        Words::Said(reason) => {
            let reason = reason.trim().trim_start_matches("⚠️").trim();
            Words::said(reason.chars().take(MAX_CHARS).collect::<String>())
        }
        reason => reason.clone(),
    };
    Words::of("told-failure").with("reason", reason)
}

/// What is said of a text so far.
struct Told {
    words: Vec<Words>,
    /// How many characters of the text may follow.
    left: usize,
}

impl Told {
    fn blocks(&mut self, blocks: &[Arc<Block>]) {
        for block in blocks {
            if self.left == 0 {
                return;
            }
            match &**block {
                Block::Heading(_, content) | Block::Paragraph(content) | Block::Line(content) => {
                    self.text(plain_text(content));
                }
                Block::Quote(inner) => self.blocks(inner),
                Block::Code(language, _) if language.is_empty() => {
                    self.words.push(Words::of("told-code"));
                }
                Block::Code(language, _) => {
                    let words = Words::of("told-code-in").with("language", language.as_str());
                    self.words.push(words);
                }
                Block::List(_, items) => items.iter().for_each(|item| self.blocks(&item.blocks)),
                Block::Table(table) => {
                    let words = Words::of("told-table").with("rows", table.rows.len());
                    self.words.push(words);
                }
                Block::Rule => {}
            }
        }
    }

    fn text(&mut self, mut text: String) {
        let length = text.chars().count();
        if length >= self.left {
            text = text.chars().take(self.left).collect();
            text.push('…');
        } else if !text.ends_with(['.', '!', '?', ':', ',', ';', '。', '！', '？', '؟']) {
            text.push('.');
        }
        self.left = self.left.saturating_sub(length);
        self.words.push(Words::Said(text));
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::catalogues::english;
    use super::*;

    #[test]
    fn a_reply_is_said_without_its_markup() {
        assert_eq!(
            english(&for_reply(
                "## Plan\n\nDo **this**:\n\n- one\n- two\n\n```rust\nfn x() {}\n```\n|a|\n|-|\n|1|",
                Some(Reader::new())
            )),
            "Assistant: Plan. Do this: one. two. A block of rust code. A table of 1 row."
        );
    }

    #[test]
    fn a_reply_is_said_as_it_was_written_until_there_is_a_reader() {
        assert_eq!(
            english(&for_reply("one *two*", None)),
            "Assistant: one *two*."
        );
    }

    #[test]
    fn a_failure_is_not_said_as_an_answer() {
        assert_eq!(
            english(&for_failure(&Words::said("⚠️ No model answers.\n"))),
            "The reply failed: No model answers."
        );
    }

    #[test]
    fn a_very_long_reply_is_only_begun() {
        let said = english(&for_reply(&"word ".repeat(10_000), Some(Reader::new())));
        assert!(said.chars().count() < MAX_CHARS + 40);
        assert!(said.ends_with("The message goes on."));
    }
}
