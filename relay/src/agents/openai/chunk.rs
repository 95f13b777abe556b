//! One piece of an answer. Servers differ in everything but the text, so nothing
//! else is needed: no id, no known finish reason, no known service tier.

use clawline_core::wire;
use serde_json::Value;

use super::failure::Failure;
use crate::store::Usage;

/// How an answer ends, as its server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// All is said, or as much as was allowed.
    Whole,
    /// The rest was held back.
    Filtered,
    /// With the call of a tool.
    Tool,
}

/// What one event of a stream says; or the body of an answer in one piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    /// The words.
    pub(super) text: String,
    /// Why these are the last words, when they are.
    pub(super) finish: Option<Finish>,
    /// Whether nothing follows, not even what it cost.
    pub(super) is_last: bool,
    /// What it cost so far.
    pub(super) usage: Option<Usage>,
    /// Whether anything is in it. One with nothing is as good as silence.
    pub(super) is_news: bool,
}

impl Chunk {
    /// Reads a chunk.
    ///
    /// # Errors
    /// It holds an error, or is no chunk.
    pub(super) fn read(data: &str) -> Result<Self, Failure> {
        if data.trim() == "[DONE]" {
            return Ok(Self {
                finish: Some(Finish::Whole),
                is_last: true,
                is_news: true,
                ..Self::default()
            });
        }
        let Some(Value::Object(chunk)) = wire::text::read_all(data) else {
            return Err(Failure::Unreadable);
        };
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(Failure::of_body(error));
        }
        let chunk = Value::Object(chunk);
        if chunk["object"] == "error" {
            return Err(Failure::of_body(&chunk));
        }
        // One answer was asked for; who sends several is heard for the first.
        let choice = &chunk["choices"][0];
        let (finish, usage) = (finish(&choice["finish_reason"]), usage(&chunk["usage"]));
        let parts = ["delta", "message"].into_iter().map(|field| &choice[field]);
        let is_news = finish.is_some() || usage.is_some() || parts.clone().any(says);
        let said = parts
            .map(|part| &part["content"])
            .find(|content| !content.is_null());
        Ok(Self {
            text: said.map_or_else(String::new, text),
            finish,
            is_last: false,
            usage,
            is_news,
        })
    }
}

/// Whether there is anything but a role in it: words, thoughts, a call.
fn says(part: &Value) -> bool {
    let members = part.as_object().into_iter().flatten();
    members.into_iter().any(|(name, value)| {
        let is_empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(parts) => parts.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        name != "role" && !is_empty
    })
}

/// Plain words, or the words among the parts of a list.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

/// An empty reason is none.
fn finish(reason: &Value) -> Option<Finish> {
    match reason.as_str()? {
        "" | "null" => None,
        "content_filter" => Some(Finish::Filtered),
        "tool_calls" | "function_call" => Some(Finish::Tool),
        _ => Some(Finish::Whole),
    }
}

fn usage(usage: &Value) -> Option<Usage> {
    let count = |names: [&str; 2]| {
        let count = names.into_iter().find_map(|name| usage.get(name))?;
        count.as_u64()
    };
    let input = count(["prompt_tokens", "input_tokens"]);
    let output = count(["completion_tokens", "output_tokens"]);
    (input.is_some() || output.is_some()).then(|| Usage {
        input: input.unwrap_or(0),
        output: output.unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, finish: Option<Finish>) -> Result<Chunk, Failure> {
        Ok(Chunk {
            text: text.to_owned(),
            finish,
            ..Chunk::default()
        })
    }

    #[test]
    fn the_text_is_found_in_every_shape() {
        let whole = Some(Finish::Whole);
        for (data, wanted) in [
            (
                r#"{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":null}]}"#,
                said("a", None),
            ),
            (
                r#"{"choices":[{"delta":{"content":"a"}}]}"#,
                said("a", None),
            ),
            (
                r#"{"choices":[{"delta":{"content":"a"},"finish_reason":""}]}"#,
                said("a", None),
            ),
            (
                r#"{"choices":[{"delta":{"content":null,"reasoning_content":"t"}}]}"#,
                said("", None),
            ),
            (
                r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"service_tier":"warp"}"#,
                said("", whole),
            ),
            (
                r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"eos_token"}]}"#,
                said("a", whole),
            ),
            (
                r#"{"choices":[{"finish_reason":"length"}]}"#,
                said("", whole),
            ),
            (
                r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"type":"x"},{"text":"b"}]}}]}"#,
                said("ab", None),
            ),
            (
                r#"{"choices":[{"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"error":null}"#,
                said("a", whole),
            ),
            (
                r#"{"choices":[{"delta":{"content":"cut \ud83d"}}]}"#,
                said("cut \u{fffd}", None),
            ),
            (r#"{"choices":[]}"#, said("", None)),
            (r#"{"choices":null}"#, said("", None)),
            (r#"{}"#, said("", None)),
            (
                r#"{"choices":[{"finish_reason":"content_filter"}]}"#,
                said("", Some(Finish::Filtered)),
            ),
            (
                r#"{"choices":[{"finish_reason":"tool_calls"}]}"#,
                said("", Some(Finish::Tool)),
            ),
        ] {
            let read = Chunk::read(data).map(|chunk| Chunk {
                is_news: false,
                ..chunk
            });
            assert_eq!(read, wanted, "{data}");
        }
    }

    #[test]
    fn an_empty_chunk_is_no_news() {
        for (data, is_news) in [
            (r#"{"choices":[]}"#, false),
            (
                r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#,
                false,
            ),
            (
                r#"{"choices":[{"delta":{"content":null,"tool_calls":[]}}]}"#,
                false,
            ),
            (r#"{"choices":[{"delta":{"content":"a"}}]}"#, true),
            (r#"{"choices":[{"delta":{"reasoning_content":"a"}}]}"#, true),
            (r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, true),
            (r#"{"choices":[],"usage":{"prompt_tokens":1}}"#, true),
            ("[DONE]", true),
        ] {
            assert_eq!(Chunk::read(data).unwrap().is_news, is_news, "{data}");
        }
    }

    #[test]
    fn an_error_in_the_middle_is_an_error() {
        for data in [
            r#"{"error":{"message":"no"}}"#,
            r#"{"error":"no"}"#,
            r#"{"object":"error","message":"no","type":"BadRequest"}"#,
            r#"{"choices":[],"error":{"message":"no","code":null}}"#,
        ] {
            let told = Failure::Told("no".to_owned());
            assert_eq!(Chunk::read(data), Err(told), "{data}");
        }
        for data in ["", "{", "[]", "7", "null", "<html>"] {
            assert_eq!(Chunk::read(data), Err(Failure::Unreadable), "{data}");
        }
    }

    #[test]
    fn what_it_cost_is_told_by_either_name() {
        let cost = |input, output| Some(Usage { input, output });
        for (data, wanted) in [
            (
                r#"{"usage":{"prompt_tokens":3,"completion_tokens":4}}"#,
                cost(3, 4),
            ),
            (
                r#"{"usage":{"input_tokens":3,"output_tokens":4}}"#,
                cost(3, 4),
            ),
            (r#"{"usage":{"completion_tokens":4}}"#, cost(0, 4)),
            (
                r#"{"usage":{"prompt_tokens":-1,"completion_tokens":"x"}}"#,
                None,
            ),
            (r#"{"usage":null}"#, None),
        ] {
            assert_eq!(Chunk::read(data).unwrap().usage, wanted, "{data}");
        }
    }
}
