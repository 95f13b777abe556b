//! What the stub reads of a chat completion request.

use serde::Deserialize;
use serde_json::Value;

use super::decoration::own_words;

/// The body of `POST /v1/chat/completions`; everything else in it is ignored.
#[derive(Debug, Deserialize)]
pub(super) struct CompletionRequest {
    pub model: String,
    #[serde(default)]
    pub stream: bool,
    #[serde(default)]
    stream_options: StreamOptions,
    messages: Vec<Message>,
}

#[derive(Debug, Default, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Value,
}

/// The end of the conversation: what is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prompt {
    /// The text of the last message of the user, empty when there is none.
    pub user_text: String,
    /// What tools returned since then.
    pub tool_results: Vec<String>,
    /// How many images the whole request holds.
    pub images: usize,
}

impl CompletionRequest {
    pub(super) fn wants_usage(&self) -> bool {
        self.stream_options.include_usage
    }

    pub(super) fn prompt(&self) -> Prompt {
        // Some messages of the user are the gateway's and hold no words.
        let spoken = |message: &Message| {
            let words = (message.role == "user").then(|| own_words(&message.text()))?;
            (!words.is_empty()).then_some(words)
        };
        let newest = self.messages.iter().enumerate().rev();
        let last = newest
            .filter_map(|(index, message)| Some((index, spoken(message)?)))
            .next();
        let (since, user_text) = last.unwrap_or_default();
        let since = self.messages.iter().skip(since);
        let tool_results = since
            .filter(|m| m.role == "tool")
            .map(Message::text)
            .collect();
        Prompt {
            user_text,
            tool_results,
            images: self.messages.iter().map(Message::images).sum(),
        }
    }
}

impl Message {
    fn images(&self) -> usize {
        let parts = self.content.as_array().into_iter().flatten();
        parts.filter(|part| part["type"] == "image_url").count()
    }

    /// Its text, of a plain string or of the text parts of a list.
    fn text(&self) -> String {
        match &self.content {
            Value::String(text) => text.clone(),
            Value::Array(parts) => {
                let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
                texts.collect::<Vec<_>>().join("\n")
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_last_words_of_the_user_and_what_followed_count() {
        let request: CompletionRequest = serde_json::from_value(json!({
            "model": "m", "messages": [
                { "role": "system", "content": "s" },
                { "role": "user", "content": "old" },
                { "role": "tool", "content": "old result" },
                { "role": "user", "content": [{ "type": "text", "text": "new" }, { "type": "image_url" }] },
                { "role": "assistant", "content": null, "tool_calls": [] },
                { "role": "tool", "content": "result" },
                { "role": "user", "content": "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nx" },
            ],
        }))
        .unwrap();
        let wanted = Prompt {
            user_text: "new".into(),
            tool_results: vec!["result".into()],
            images: 1,
        };
        assert_eq!(request.prompt(), wanted);
    }
}
