//! From directives to the steps of one answer.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{
    directives::{Directives, Odd},
    request::Prompt,
};

const WORD_DELAY: Duration = Duration::from_millis(15);
const BIG_CHUNK: usize = 16 << 10;
const MAX_QUOTED: usize = 2000;

const MARKDOWN: &str = r#"# A heading

Some *emphasis*, **strong text**, `code`, and a [link](https://example.com/).

## A list

1. first
2. second
   - nested

```rust
fn main() {
    println!("<b>not bold</b>");
}
```

| name | value |
|------|------:|
| one  |     1 |
| two  |     2 |

> A quote with a <script>tag</script> in it.

The end.
"#;

/// One answer of the model, as it will be sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Script {
    pub thinking: Option<String>,
    pub chunks: Vec<String>,
    /// Before each chunk.
    pub delay: Duration,
    pub ending: Ending,
    /// The shape, when it is an odd one.
    pub odd: Option<Odd>,
}

/// An HTTP error instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: u16,
    /// Whether the same call may be made again at once.
    pub is_passing: bool,
}

/// How an answer ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ending {
    /// In order, with the reason `stop`.
    Stop,
    /// With a call of a tool.
    ToolCall {
        name: String,
        arguments: Map<String, Value>,
    },
    /// The connection is cut.
    Cut,
    /// Never.
    Hang,
}

impl Script {
    /// The answer to a prompt, or the HTTP error that is asked for. The same
    /// text came `before` times already.
    pub(super) fn of(prompt: &Prompt, before: usize) -> Result<Self, Refusal> {
        let asked = Directives::read(&prompt.user_text);
        if let Some(status) = asked.http {
            return Err(Refusal {
                status,
                is_passing: false,
            });
        }
        if let Some((count, status)) = asked.busy
            && before < count
        {
            return Err(Refusal {
                status,
                is_passing: true,
            });
        }
        if let Some(complaint) = &asked.complaint {
            return Ok(Self::says(&format!(
                "The stub does not understand: {complaint}"
            )));
        }
        if let Some((name, arguments)) = asked.tools.get(prompt.tool_results.len()) {
            let chunks = if asked.pre {
                words("I will call a tool.")
            } else {
                Vec::new()
            };
            let ending = Ending::ToolCall {
                name: name.clone(),
                arguments: arguments.clone(),
            };
            return Ok(Self {
                thinking: asked.think,
                chunks,
                delay: WORD_DELAY,
                ending,
                odd: asked.odd,
            });
        }
        let mut script = Self::says(&answer(&asked, prompt));
        if let Some((count, delay)) = asked.chunks {
            let spaced = |n| {
                if n == 1 {
                    "w1".to_owned()
                } else {
                    format!(" w{n}")
                }
            };
            script.chunks = (1..=count).map(spaced).collect();
            script.delay = delay;
        } else if let Some(bytes) = asked.big {
            script.chunks = big(bytes);
            script.delay = Duration::ZERO;
        }
        script.thinking = asked.think;
        script.odd = asked.odd;
        if asked.hang {
            script.ending = Ending::Hang;
        }
        if let Some(after) = asked.drop_after {
            script.chunks.truncate(after);
            script.ending = Ending::Cut;
        }
        Ok(script)
    }

    fn says(text: &str) -> Self {
        Self {
            thinking: None,
            chunks: words(text),
            delay: WORD_DELAY,
            ending: Ending::Stop,
            odd: None,
        }
    }
}

fn answer(asked: &Directives, prompt: &Prompt) -> String {
    let quoted: String = asked.words.chars().take(MAX_QUOTED).collect();
    if let (false, Some(result)) = (asked.tools.is_empty(), prompt.tool_results.last()) {
        let result: String = result.chars().take(MAX_QUOTED).collect();
        return format!("The tool returned: {result}");
    }
    if asked.echo {
        return asked.words.clone();
    }
    if asked.markdown {
        return MARKDOWN.to_owned();
    }
    format!("Hello! You wrote “{quoted}”, and this is the stub model answering.")
}

/// Cuts a text behind its spaces and line ends; put together it is the same.
fn words(text: &str) -> Vec<String> {
    text.split_inclusive([' ', '\n'])
        .map(str::to_owned)
        .collect()
}

/// Numbered lines of 64 bytes, `bytes` in all.
fn big(bytes: usize) -> Vec<String> {
    let mut text = String::with_capacity(bytes + 64);
    for line in 1.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&format!("{line:>9} {}\n", "big ".repeat(13).trim_end()));
    }
    text.truncate(bytes);
    let mut chunks = Vec::with_capacity(bytes / BIG_CHUNK + 1);
    while text.len() > BIG_CHUNK {
        let rest = text.split_off(BIG_CHUNK);
        chunks.push(std::mem::replace(&mut text, rest));
    }
    chunks.push(text);
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(user_text: &str, tool_results: &[&str]) -> Script {
        let tool_results = tool_results
            .iter()
            .map(|&result| result.to_owned())
            .collect();
        let prompt = Prompt {
            user_text: user_text.to_owned(),
            tool_results,
            images: 0,
        };
        Script::of(&prompt, 0).unwrap()
    }

    #[test]
    fn the_answer_repeats_the_words_of_the_user() {
        let text = script("what is [1] about?", &[]).chunks.concat();
        assert!(text.contains("what is [1] about?"), "{text}");
        assert_eq!(script("a  [b] [echo]", &[]).chunks.concat(), "a  [b]");
    }

    #[test]
    fn tools_are_called_one_after_the_other_and_then_the_last_result_is_told() {
        let text = r#"[tool:a:{"n":1}][tool:b:{}]"#;
        let called = |results: &[&str]| match script(text, results).ending {
            Ending::ToolCall { name, .. } => name,
            other => panic!("no call: {other:?}"),
        };
        assert_eq!(called(&[]), "a");
        assert_eq!(called(&["first"]), "b");
        let end = script(text, &["first", "second"]);
        assert_eq!(end.ending, Ending::Stop);
        assert_eq!(end.chunks.concat(), "The tool returned: second");
    }

    #[test]
    fn a_big_answer_has_exactly_the_bytes_asked_for() {
        for bytes in [0, 1, 16_384, 16_385, 100_000] {
            assert_eq!(
                script(&format!("[big:{bytes}]"), &[]).chunks.concat().len(),
                bytes
            );
        }
    }

    #[test]
    fn a_cut_comes_after_the_number_of_chunks_asked_for() {
        let cut = script("[drop:2][chunks:6:60]", &[]);
        assert_eq!(
            (cut.chunks.concat().as_str(), cut.ending),
            ("w1 w2", Ending::Cut)
        );
        let hang = script("[chunks:3:1][hang]", &[]);
        assert_eq!((hang.chunks.len(), hang.ending), (3, Ending::Hang));
    }
}
