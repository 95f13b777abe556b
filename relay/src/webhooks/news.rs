//! What events say to webhooks.

use serde_json::{Map, Value, json};

use super::settings::Topic;
use crate::bus::{AccountStatus, ChannelMessage, Event};
use crate::channels::heard::{Heard, Word};
use crate::clock::now_ms;
use crate::ids;
use crate::trace;

/// Most bytes of the words in one delivery; more are cut.
const MAX_CONTENT: usize = 1024 * 1024;

/// One thing to tell.
#[derive(Debug)]
pub(super) struct News {
    pub(super) topic: Topic,
    pub(super) channel: String,
    /// The same whenever the same is told.
    pub(super) id: String,
    /// 32 hex digits: the same for a message and the answer to it.
    pub(super) trace: String,
    pub(super) body: String,
    /// Unix milliseconds.
    pub(super) at: i64,
}

/// Makes news of events.
#[derive(Debug, Default)]
pub(super) struct Reader {
    heard: Heard,
}

impl Reader {
    pub(super) fn read(&mut self, event: &Event) -> Option<News> {
        let at = now_ms();
        match event {
            Event::ChannelSent(message) => Some(News::message(Topic::Sent, message, at)),
            Event::ChannelStatus { channel, account } => Some(News::status(channel, account, at)),
            _ => self.heard.hear(event).map(|word| match word {
                Word::Received(message) => News::message(Topic::Received, &message, at),
                Word::Answered(message) => News::message(Topic::Sent, &message, at),
            }),
        }
    }
}

impl News {
    pub(super) fn message(topic: Topic, message: &ChannelMessage, at: i64) -> Self {
        let metadata = message.metadata.iter();
        let metadata: Map<String, Value> = metadata
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        // What a person sends along says nothing of us.
        let asked = message.answers().filter(|_| topic == Topic::Sent);
        let trace = trace::id(asked.unwrap_or(&message.message_id));
        let content = cut(&message.content);
        let mut data = json!({
            "channel": message.channel,
            "account": message.account,
            "sender": message.sender,
            "content": content,
            "message_id": message.message_id,
            "conversation_id": message.conversation_id,
            "metadata": metadata,
        });
        if content.len() < message.content.len() {
            data["is_cut"] = true.into();
        }
        let id = digest(&[topic.as_str(), &message.channel, &message.message_id]);
        Self::new(topic, &message.channel, id, trace, &data, at)
    }

    fn status(channel: &str, account: &AccountStatus, at: i64) -> Self {
        let data = json!({
            "channel": channel,
            "account": account.id,
            "status": account.state.as_str(),
            "connected": account.connected(),
            "last_error": account.last_error,
        });
        let id = digest(&[&ids::uuid()]);
        Self::new(Topic::Status, channel, id.clone(), id, &data, at)
    }

    fn new(topic: Topic, channel: &str, id: String, trace: String, data: &Value, at: i64) -> Self {
        let body = json!({
            "type": topic.as_str(),
            "at": at,
            "trace_id": trace,
            "data": data,
        });
        Self {
            topic,
            channel: channel.to_owned(),
            id: format!("msg_{id}"),
            trace,
            body: body.to_string(),
            at,
        }
    }
}

fn digest(parts: &[&str]) -> String {
    let text = json!(parts).to_string();
    let mut hex = ids::hex(&ids::sha256(text.as_bytes()));
    hex.truncate(32);
    hex
}

fn cut(text: &str) -> &str {
    let end = (0..=text.len().min(MAX_CONTENT)).rev();
    let mut end = end.skip_while(|end| !text.is_char_boundary(*end));
    &text[..end.next().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;

    fn message(id: &str, content: &str, asked: Option<&str>) -> ChannelMessage {
        ChannelMessage {
            channel: "webchat".into(),
            account: Account::default(),
            sender: "owner".into(),
            content: content.into(),
            message_id: id.into(),
            conversation_id: "main".into(),
            metadata: asked
                .map(|asked| ("reply_to".to_owned(), asked.to_owned()))
                .into_iter()
                .collect(),
        }
    }

    #[test]
    fn the_same_message_has_one_id_and_its_answer_the_same_trace() {
        let asked = News::message(Topic::Received, &message("k", "hi", None), 1);
        let again = News::message(Topic::Received, &message("k", "hi", None), 2);
        let answer = News::message(Topic::Sent, &message("r", "ho", Some("k")), 3);
        assert_eq!(asked.id, again.id);
        assert_ne!(asked.id, answer.id);
        assert_eq!(asked.trace, answer.trace);
        assert_eq!(asked.trace.len(), 32);
    }

    #[test]
    fn long_words_are_cut_and_it_is_said() {
        let long = format!("{}é", "x".repeat(MAX_CONTENT - 1));
        let news = News::message(Topic::Sent, &message("k", &long, None), 1);
        let body: Value = serde_json::from_str(&news.body).unwrap();
        let content = body["data"]["content"].as_str().unwrap();
        assert_eq!(content.len(), MAX_CONTENT - 1);
        assert_eq!(body["data"]["is_cut"], true);
    }
}
