//! The agent that needs nothing installed: it says back what it was told, as
//! markdown, at the pace of a model.
//!
//! Directives in the text make it behave in ways that tests and demos need. They
//! stand anywhere in the text and mean the same as for the stub model of the
//! testkit, so that one test text works with both:
//!
//! | directive | what it does |
//! |---|---|
//! | `[chunks:N:DELAY]` | N words `w1 w2 …`, DELAY ms apart (at most 10,000 words, 60,000 ms) |
//! | `[markdown]` | an answer with every kind of markdown that pages render |
//! | `[hang]` | a few words, then nothing until somebody stops it |
//! | `[error]` | a few words, then a failure |
//! | `[big:N]` | N bytes of lines, fast (at most 8,000,000) |

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Agent, Question, Reply};
use crate::store::Usage;

/// The agent.
#[derive(Debug, Clone, Copy)]
pub struct Echo;

impl Agent for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn label(&self) -> &str {
        "Echo"
    }

    fn answer<'a>(&'a self, question: &'a Question, reply: Reply) -> BoxFuture<'a, super::End> {
        Box::pin(speak(&question.text, reply))
    }
}

async fn speak(text: &str, mut reply: Reply) -> super::End {
    let script = script(text);
    let whole: String = script
        .pieces
        .iter()
        .map(|(_, piece)| piece.as_str())
        .collect();
    for (pause, piece) in script.pieces {
        if pause.is_zero() {
            // Fast answers must not starve the rest of the relay.
            tokio::task::yield_now().await;
        } else {
            tokio::select! {
                biased;
                () = reply.stopped() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        if reply.is_stopped() {
            return super::End::Stopped;
        }
        reply.say(piece).await;
    }
    match script.end {
        End::Answer => super::End::Answered(Usage {
            input: words_of(text),
            output: words_of(&whole),
        }),
        End::Failure(words) => super::End::Failed(words),
        End::Never => {
            reply.stopped().await;
            super::End::Stopped
        }
    }
}

/// The echo agent counts words as tokens.
fn words_of(text: &str) -> u64 {
    u64::try_from(text.split_whitespace().count()).unwrap_or(u64::MAX)
}

/// What one turn says, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Script {
    /// Text, each piece after its pause.
    pieces: Vec<(Duration, String)>,
    /// What follows the last piece.
    end: End,
}

/// How a turn ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// With the text as the answer.
    Answer,
    /// With a failure, in words for people.
    Failure(String),
    /// Not by itself.
    Never,
}

/// Between two pieces: readable as it flows, and one delta each.
const PACE: Duration = Duration::from_millis(75);
/// A long answer comes in larger pieces instead of taking longer.
const PIECES_AT_MOST: usize = 60;
const QUOTED_CHARACTERS: usize = 4_000;

/// What the echo agent answers to a text.
fn script(text: &str) -> Script {
    if let Some((count, delay)) = two_numbers(text, "[chunks:") {
        return words(count.min(10_000), Duration::from_millis(delay.min(60_000)));
    }
    if let Some(bytes) = one_number(text, "[big:") {
        return lines(usize::try_from(bytes).unwrap_or(usize::MAX).min(8_000_000));
    }
    if text.contains("[hang]") {
        return paced(
            "I am thinking about this for ever, until you stop me.",
            End::Never,
        );
    }
    if text.contains("[error]") {
        let failure = "echo/echo request failed (you asked for it with [error]). Send another message to go on.";
        return paced("I am about to fail.", End::Failure(failure.to_owned()));
    }
    if text.contains("[markdown]") {
        return paced(SAMPLE, End::Answer);
    }
    paced(&echo(text), End::Answer)
}

fn echo(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return "You sent **no words**, only attachments.".to_owned();
    }
    let quoted: String = text.chars().take(QUOTED_CHARACTERS).collect();
    let cut = if quoted.len() < text.len() {
        " …"
    } else {
        ""
    };
    let quote = quoted
        .lines()
        .map(|line| format!("> {line}"))
        .collect::<Vec<_>>()
        .join("\n");
    format!(
        "You said:\n\n{quote}{cut}\n\nThis is the **echo agent** of `clawline-relay`: no model is connected."
    )
}

fn words(count: u64, delay: Duration) -> Script {
    let pieces = (1..=count)
        .map(|n| match n {
            1 => (Duration::ZERO, "w1".to_owned()),
            n => (delay, format!(" w{n}")),
        })
        .collect();
    Script {
        pieces,
        end: End::Answer,
    }
}

fn lines(bytes: usize) -> Script {
    const PIECE: usize = 16 * 1024;
    let mut text = String::with_capacity(bytes + 80);
    let mut number = 1_usize;
    while text.len() < bytes {
        text.push_str(&format!(
            "line {number}: the quick brown fox jumps over the lazy dog\n"
        ));
        number += 1;
    }
    text.truncate(bytes); // All of it is ASCII.
    let mut pieces = Vec::with_capacity(bytes / PIECE + 1);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.len().min(PIECE));
        pieces.push((Duration::ZERO, piece.to_owned()));
        rest = after;
    }
    Script {
        pieces,
        end: End::Answer,
    }
}

fn paced(text: &str, end: End) -> Script {
    let words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
    let per_piece = words.len().div_ceil(PIECES_AT_MOST).max(1);
    let pieces = words
        .chunks(per_piece)
        .map(|piece| (PACE, piece.concat()))
        .collect();
    Script { pieces, end }
}

fn arguments<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let after = text.split_once(head)?.1;
    Some(after.split_once(']')?.0)
}

fn one_number(text: &str, head: &str) -> Option<u64> {
    arguments(text, head)?.trim().parse().ok()
}

fn two_numbers(text: &str, head: &str) -> Option<(u64, u64)> {
    let (first, second) = arguments(text, head)?.split_once(':')?;
    Some((first.trim().parse().ok()?, second.trim().parse().ok()?))
}

const SAMPLE: &str = "# A heading

A paragraph with **bold**, *italic*, ~~struck~~ and `inline code`, and a [link](https://example.com/).

## Lists

- first
- second
  1. nested one
  2. nested two
- [x] done
- [ ] to do

> A quotation
> over two lines.

```rust
fn main() {
    println!(\"hello from a code block\");
}
```

| left | centre | right |
|:-----|:------:|------:|
| a    | b      | 1     |
| c    | d      | 22    |

---

The last line. <script>alert('never runs')</script>
";

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        script(text)
            .pieces
            .into_iter()
            .map(|(_, piece)| piece)
            .collect()
    }

    #[test]
    fn plain_words_come_back_quoted_and_with_nothing_lost() {
        let answer = said("hello there\nsecond line");
        assert!(
            answer.starts_with("You said:\n\n> hello there\n> second line\n"),
            "{answer}"
        );
    }

    #[test]
    fn chunks_are_counted_and_spaced_as_asked() {
        let script = script("hi [chunks:3:150]");
        assert_eq!(said("hi [chunks:3:150]"), "w1 w2 w3");
        assert_eq!(script.pieces[0].0, Duration::ZERO);
        assert_eq!(script.pieces[2].0, Duration::from_millis(150));
    }

    #[test]
    fn a_broken_directive_is_only_text() {
        for text in [
            "[chunks:3]",
            "[chunks:x:y]",
            "[big:]",
            "[chunks:-1:5]",
            "[big:12",
        ] {
            assert!(said(text).starts_with("You said"), "{text}");
        }
    }

    #[test]
    fn a_big_answer_has_the_bytes_asked_for_and_a_bound() {
        assert_eq!(said("[big:100000]").len(), 100_000);
        assert_eq!(said("[big:99999999999]").len(), 8_000_000);
    }

    #[test]
    fn an_endless_text_is_answered_in_a_bounded_number_of_pieces() {
        let script = script(&"word ".repeat(100_000));
        assert!(script.pieces.len() <= PIECES_AT_MOST);
    }
}
