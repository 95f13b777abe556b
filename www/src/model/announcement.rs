//! What a screen reader is told when a reply has come to its end.
//!
//! Text that streams is silent: read out word by word it cannot be followed.
//! The finished reply is said once, as sentences without markup.

use super::markdown::{Block, parse, plain_text};

/// How much is said by itself; the rest is there to be read, in characters.
const MAX_CHARS: usize = 1_200;

/// The words to say for a finished reply.
#[must_use]
pub fn for_reply(markdown: &str) -> String {
    let source = super::excerpt::head(markdown, 4 * MAX_CHARS).unwrap_or(markdown);
    let mut words = String::from("Assistant: ");
    say(&parse(source), &mut words);
    if words.chars().count() > MAX_CHARS {
        words = words.chars().take(MAX_CHARS).collect();
        words.push_str("… The message goes on.");
    }
    words.trim_end().to_owned()
}

/// The words to say for a reply that failed.
#[must_use]
pub fn for_failure(reason: &str) -> String {
    let reason = reason.trim().trim_start_matches("⚠️").trim();
    let words: String = reason.chars().take(MAX_CHARS).collect();
    format!("The reply failed: {words}")
}

fn say(blocks: &[Block], words: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(_, content) | Block::Paragraph(content) | Block::Line(content) => {
                words.push_str(&plain_text(content));
                if !words.ends_with(['.', '!', '?', ':', ',', ';']) {
                    words.push('.');
                }
                words.push(' ');
            }
            Block::Quote(inner) => say(inner, words),
            Block::Code(language, _) if language.is_empty() => words.push_str("A block of code. "),
            Block::Code(language, _) => words.push_str(&format!("A block of {language} code. ")),
            Block::List(_, items) => items.iter().for_each(|item| say(&item.blocks, words)),
            Block::Table(table) => {
                words.push_str(&format!("A table of {} rows. ", table.rows.len()));
            }
            Block::Rule => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_said_without_its_markup() {
        assert_eq!(
            for_reply(
                "## Plan\n\nDo **this**:\n\n- one\n- two\n\n```rust\nfn x() {}\n```\n|a|\n|-|\n|1|"
            ),
            "Assistant: Plan. Do this: one. two. A block of rust code. A table of 1 rows."
        );
    }

    #[test]
    fn a_failure_is_not_said_as_an_answer() {
        assert_eq!(
            for_failure("⚠️ No model answers.\n"),
            "The reply failed: No model answers."
        );
    }

    #[test]
    fn a_very_long_reply_is_only_begun() {
        let said = for_reply(&"word ".repeat(10_000));
        assert!(said.chars().count() < MAX_CHARS + 40);
        assert!(said.ends_with("The message goes on."));
    }
}
