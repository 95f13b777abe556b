//! The text of frames that we send.

use std::sync::Arc;

use serde_json::{Map, Value, json};

const MESSAGE_CHARACTERS: usize = 1_000;

/// An error answer. The codes are those of the published schema.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<Value>,
    /// Set when the same request may work later, after so many milliseconds.
    pub(crate) retry_after_ms: Option<u64>,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
            retry_after_ms: None,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("INVALID_REQUEST", message)
    }

    pub(crate) fn unavailable(message: impl Into<String>, retry_after_ms: u64) -> Self {
        Self {
            retry_after_ms: Some(retry_after_ms),
            ..Self::new("UNAVAILABLE", message)
        }
    }

    pub(crate) fn missing_scope(scope: &str) -> Self {
        let details = json!({
            "code": "MISSING_SCOPE",
            "missingScope": scope,
            "requiredScopes": [scope],
        });
        Self::new("FORBIDDEN", format!("missing scope: {scope}")).with(details)
    }

    pub(crate) fn with(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    fn shape(&self) -> Value {
        let mut shape = Map::new();
        shape.insert("code".into(), json!(self.code));
        // A client's own words may stand in it: not all of them go back.
        let message: String = self.message.chars().take(MESSAGE_CHARACTERS).collect();
        shape.insert("message".into(), json!(message));
        if let Some(details) = &self.details {
            shape.insert("details".into(), details.clone());
        }
        if let Some(after) = self.retry_after_ms {
            shape.insert("retryable".into(), json!(true));
            shape.insert("retryAfterMs".into(), json!(after));
        }
        Value::Object(shape)
    }
}

impl From<crate::store::StoreError> for Failure {
    /// What SQLite said is for the owner's log, not for a client.
    fn from(error: crate::store::StoreError) -> Self {
        tracing::error!(%error, "the database did not answer");
        Self::unavailable("the gateway's database did not answer; try again", 1_000)
    }
}

/// A successful answer.
pub(crate) fn answer(id: &str, payload: &Value) -> String {
    json!({ "type": "res", "id": id, "ok": true, "payload": payload }).to_string()
}

/// An error answer.
pub(crate) fn refusal(id: &str, failure: &Failure) -> String {
    json!({ "type": "res", "id": id, "ok": false, "error": failure.shape() }).to_string()
}

/// An event, serialised once for all who get it: only `seq` differs. Clones
/// share the text.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    head: Arc<str>,
    tail: Arc<str>,
}

impl Event {
    pub(crate) fn new(name: &str, payload: &Value) -> Self {
        Self {
            head: format!("{{\"type\":\"event\",\"event\":\"{name}\",\"payload\":{payload}").into(),
            tail: "}".into(),
        }
    }

    /// An event that says how new the state in it is.
    pub(crate) fn with_version(name: &str, payload: &Value, version: &Value) -> Self {
        Self {
            tail: format!(",\"stateVersion\":{version}}}").into(),
            ..Self::new(name, payload)
        }
    }

    /// Bytes of a frame, but for its number.
    pub(crate) fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// The frame for one connection. `None` for the challenge, which is not counted.
    pub(crate) fn frame(&self, seq: Option<u64>) -> String {
        match seq {
            Some(seq) => format!("{},\"seq\":{seq}{}", self.head, self.tail),
            None => format!("{}{}", self.head, self.tail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_json_object_with_its_number() {
        let event = Event::with_version("presence", &json!({"a": "\"}"}), &json!({"presence": 2}));
        let frame: Value = serde_json::from_str(&event.frame(Some(7))).unwrap();
        assert_eq!(
            frame,
            json!({"type": "event", "event": "presence", "payload": {"a": "\"}"}, "seq": 7, "stateVersion": {"presence": 2}})
        );
        let frame: Value = serde_json::from_str(&event.frame(None)).unwrap();
        assert_eq!(frame.get("seq"), None);
    }

    #[test]
    fn a_failure_that_may_pass_says_so() {
        let text = refusal("1", &Failure::unavailable("later", 500));
        let frame: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(frame["error"]["retryable"], true);
        assert_eq!(frame["error"]["retryAfterMs"], 500);
        assert_eq!(frame["error"].get("details"), None);
    }
}
