//! Directives: what the user's text tells the stub provider to do.

use std::time::Duration;

use serde_json::{Map, Value};

/// The directives with their meaning, as a person is told.
pub const DIRECTIVES: &[(&str, &str)] = &[
    (
        "[chunks:N:MS]",
        "N words (w1 w2 …), one every MS milliseconds",
    ),
    ("[echo]", "the text itself, without its directives"),
    ("[markdown]", "headings, list, code, table, quote and link"),
    ("[big:BYTES]", "a text of exactly so many bytes"),
    ("[think:TEXT]", "TEXT as reasoning, before the answer"),
    (
        "[tool:NAME:{…}]",
        "a call of the tool NAME, then an answer with its result",
    ),
    ("[pre]", "with [tool:…]: a sentence before the call"),
    ("[http:STATUS]", "an HTTP error instead of an answer"),
    (
        "[busy:N:STATUS]",
        "that error for the first N calls with this text, with Retry-After: 0",
    ),
    (
        "[odd:SHAPE]",
        "an answer as some servers give it: empty-finish, tier, no-id, error, no-done, whole",
    ),
    ("[drop:N]", "the connection is cut after N chunks"),
    (
        "[hang]",
        "silence after the chunks of this answer, for ever",
    ),
];

const MAX_CHUNKS: usize = 100_000;
const MAX_BYTES: usize = 64 << 20;
const MAX_DELAY: Duration = Duration::from_secs(600);

/// Shapes of answers that no specification has and servers send all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// Every `finish_reason` is an empty text.
    EmptyFinish,
    /// A `service_tier` that nobody knows.
    Tier,
    /// Neither `id` nor `created` nor `model`.
    NoId,
    /// HTTP 200, and an error behind the words.
    Error,
    /// No `[DONE]`, and no empty line behind the last event.
    NoDone,
    /// One JSON body, although a stream was asked for.
    Whole,
}

impl Odd {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "empty-finish" => Self::EmptyFinish,
            "tier" => Self::Tier,
            "no-id" => Self::NoId,
            "error" => Self::Error,
            "no-done" => Self::NoDone,
            "whole" => Self::Whole,
            _ => return None,
        })
    }
}

/// What a text asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Directives {
    pub chunks: Option<(usize, Duration)>,
    pub echo: bool,
    pub markdown: bool,
    pub big: Option<usize>,
    pub think: Option<String>,
    pub tools: Vec<(String, Map<String, Value>)>,
    pub pre: bool,
    pub http: Option<u16>,
    /// So many calls of one text are answered with this status.
    pub busy: Option<(usize, u16)>,
    pub odd: Option<Odd>,
    pub drop_after: Option<usize>,
    pub hang: bool,
    /// The text without its directives, trimmed.
    pub words: String,
    /// Why the first directive that is wrong is wrong.
    pub complaint: Option<String>,
}

impl Directives {
    /// Reads `text`. Brackets that are no directive are words.
    pub(super) fn read(text: &str) -> Self {
        let mut found = Self::default();
        let mut rest = text;
        while let Some(start) = rest.find('[') {
            found.words.push_str(&rest[..start]);
            let inside = &rest[start + 1..];
            match found.take(inside) {
                Ok(Some(length)) => rest = &inside[length..],
                Ok(None) => {
                    found.words.push('[');
                    rest = inside;
                }
                Err(reason) => {
                    let shown: String = inside
                        .split(']')
                        .next()
                        .unwrap_or("")
                        .chars()
                        .take(80)
                        .collect();
                    found
                        .complaint
                        .get_or_insert(format!("[{shown}] is wrong: {reason}"));
                    found.words.push('[');
                    rest = inside;
                }
            }
        }
        found.words.push_str(rest);
        found.words = found.words.trim().to_owned();
        found
    }

    /// Takes the directive at the start of `inside` (what follows a bracket).
    /// Its length up to and with the closing bracket, or none if it is none.
    fn take(&mut self, inside: &str) -> Result<Option<usize>, String> {
        if let Some(call) = inside.strip_prefix("tool:") {
            let (name, json) = call.split_once(':').ok_or("want [tool:NAME:{…}]")?;
            let (arguments, used) = leading_object(json)?;
            self.tools.push((name.to_owned(), arguments));
            return Ok(Some("tool:".len() + name.len() + 1 + used));
        }
        let Some(end) = inside.find(']') else {
            return Ok(None);
        };
        let body = &inside[..end];
        let (name, argument) = body.split_once(':').unwrap_or((body, ""));
        match name {
            "chunks" => {
                let (count, delay) = argument.split_once(':').ok_or("want [chunks:N:MS]")?;
                let delay = delay.strip_suffix("ms").unwrap_or(delay);
                let delay =
                    Duration::from_millis(number(delay, MAX_DELAY.as_millis() as usize)? as u64);
                self.chunks = Some((number(count, MAX_CHUNKS)?, delay));
            }
            "echo" => self.echo = true,
            "markdown" => self.markdown = true,
            "pre" => self.pre = true,
            "hang" => self.hang = true,
            "big" => self.big = Some(number(argument, MAX_BYTES)?),
            "think" => self.think = Some(argument.to_owned()),
            "drop" if argument.is_empty() => self.drop_after = Some(1),
            "drop" => self.drop_after = Some(number(argument, MAX_CHUNKS)?),
            // The recordings of the project spell it `status`.
            "http" | "status" => self.http = Some(error_status(argument)?),
            "busy" => {
                let (count, status) = argument.split_once(':').ok_or("want [busy:N:STATUS]")?;
                self.busy = Some((number(count, MAX_CHUNKS)?, error_status(status)?));
            }
            "odd" => {
                let odd = Odd::parse(argument);
                self.odd = Some(odd.ok_or("want one of the shapes that are listed")?);
            }
            _ => return Ok(None),
        }
        Ok(Some(end + 1))
    }
}

fn error_status(text: &str) -> Result<u16, String> {
    match number(text, 599)? {
        status @ 400.. => Ok(status as u16),
        _ => Err("want a status from 400 to 599".to_owned()),
    }
}

fn number(text: &str, most: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number <= most => Ok(number),
        _ => Err(format!("want a number up to {most}, not `{text}`")),
    }
}

/// The JSON object at the start of `text` and how much it takes with the
/// bracket that must follow.
fn leading_object(text: &str) -> Result<(Map<String, Value>, usize), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    match values.next() {
        Some(Ok(object)) => {
            let end = values.byte_offset();
            match text[end..].starts_with(']') {
                true => Ok((object, end + 1)),
                false => Err("want `]` after the object".to_owned()),
            }
        }
        Some(Err(error)) => Err(format!("its arguments are no JSON object ({error})")),
        None => Err("want [tool:NAME:{…}]".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_and_the_other_words_stay() {
        let found = Directives::read("hi [chunks:6:150] there [echo]");
        assert_eq!(found.chunks, Some((6, Duration::from_millis(150))));
        assert!(found.echo);
        assert_eq!(found.words, "hi  there");
        let unit = Directives::read("[chunks:3:20ms][drop:2][hang][big:1000][http:503]");
        assert_eq!(unit.chunks, Some((3, Duration::from_millis(20))));
        assert_eq!(
            (unit.drop_after, unit.hang, unit.big, unit.http),
            (Some(2), true, Some(1000), Some(503))
        );
    }

    #[test]
    fn a_tools_arguments_may_hold_brackets() {
        let found = Directives::read(r#"use [pre] [tool:ls:{"path":".","x":["]"]}] now"#);
        assert_eq!(found.tools.len(), 1);
        assert_eq!(found.tools[0].0, "ls");
        assert_eq!(found.tools[0].1["x"][0], "]");
        assert_eq!(found.words, "use   now");
    }

    #[test]
    fn the_spellings_of_the_recordings_are_understood() {
        assert_eq!(Directives::read("x [status:429]").http, Some(429));
        assert_eq!(
            Directives::read("x [drop][chunks:6:60]").drop_after,
            Some(1)
        );
    }

    #[test]
    fn brackets_that_are_no_directive_are_words() {
        let text = "[Fri 2026-11-20] see [1] and [x](y) and [open";
        let found = Directives::read(text);
        assert_eq!(
            found,
            Directives {
                words: text.to_owned(),
                ..Directives::default()
            }
        );
    }

    #[test]
    fn a_wrong_directive_is_named_with_what_would_be_right() {
        for (text, part) in [
            ("[chunks:5]", "[chunks:N:MS]"),
            ("[big:lots]", "not `lots`"),
            ("[big:99999999999]", "up to 67108864"),
            ("[http:200]", "400 to 599"),
            ("[tool:ls:{]", "no JSON object"),
            ("[tool:ls:[]]", "no JSON object"),
        ] {
            let complaint = Directives::read(text).complaint.expect(text);
            assert!(complaint.contains(part), "{text}: {complaint}");
        }
    }
}
