//! Requests: one question, one answer, by a deadline.

use std::time::Duration;

use clawline_core::engine::NewRequest;
use clawline_core::wire::{GatewayError, takes_key};
use clawline_core::{Answers, Progress, RequestError};
use serde_json::Value;

/// The name of the member that makes a request safe to repeat.
const KEY: &str = "idempotencyKey";

/// A request to the gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Such as `chat.history`.
    pub method: String,
    /// An object. A method that takes an idempotency key gets one.
    pub params: Value,
    /// Until when the first answer must have come, from now; it waits that long
    /// for a connection, too.
    pub deadline: Duration,
    /// For `agent`, which answers twice: the last answer is wanted, by so long
    /// after the first.
    pub last_answer: Option<Duration>,
    /// It only reads: after a loss of the connection it is sent again by itself,
    /// within its deadline.
    pub is_idempotent: bool,
}

impl Request {
    /// A request that is answered once within 30 s and never repeated.
    #[must_use]
    pub fn new(method: impl Into<String>, params: Value) -> Self {
        Self {
            method: method.into(),
            params,
            deadline: Duration::from_secs(30),
            last_answer: None,
            is_idempotent: false,
        }
    }

    /// The same, and it only reads.
    #[must_use]
    pub fn reading(method: impl Into<String>, params: Value) -> Self {
        Self {
            is_idempotent: true,
            ..Self::new(method, params)
        }
    }

    /// What goes on the wire as params.
    pub(super) fn json(&self) -> String {
        match &self.params {
            Value::Object(members) if takes_key(&self.method) && !members.contains_key(KEY) => {
                let mut members = members.clone();
                members.insert(KEY.to_owned(), uuid::Uuid::new_v4().to_string().into());
                Value::Object(members).to_string()
            }
            Value::Null => "{}".to_owned(),
            params => params.to_string(),
        }
    }

    pub(super) fn new_request(&self) -> NewRequest {
        NewRequest {
            answers: if self.last_answer.is_some() {
                Answers::Final
            } else {
                Answers::First
            },
            deadline: Some(self.deadline),
            final_deadline: self.last_answer,
            idempotent: self.is_idempotent,
        }
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestFailed {
    /// There is no connection, and none is on its way. Nothing was sent.
    #[error("there is no connection to the gateway")]
    NotConnected,
    /// The connection was lost before the answer came.
    #[error("the connection to the gateway was lost before the answer came")]
    Interrupted {
        /// Its bytes had left: it may have run.
        was_sent: bool,
    },
    /// Its deadline passed.
    #[error("the gateway did not answer in time")]
    Timeout {
        /// Its bytes had left: it may have run.
        was_sent: bool,
    },
    /// More requests wait than are kept. Nothing was sent.
    #[error("too many requests wait for an answer")]
    TooMany,
    /// It is larger than the gateway takes. Nothing was sent.
    #[error("the request is too large: {limit} bytes are the most")]
    TooLarge {
        /// The gateway's bound, in bytes.
        limit: u64,
    },
    /// The gateway refused it.
    #[error("the gateway refused: {} ({})", .0.message, .0.best_code())]
    Refused(Box<GatewayError>),
    /// The client was closed.
    #[error("the client was closed")]
    Closed,
}

impl From<RequestError> for RequestFailed {
    fn from(error: RequestError) -> Self {
        let left = |progress| progress != Progress::Unsent;
        match error {
            RequestError::NotConnected => Self::NotConnected,
            RequestError::Interrupted(progress) => Self::Interrupted {
                was_sent: left(progress),
            },
            RequestError::Timeout(progress) | RequestError::Cancelled(progress) => Self::Timeout {
                was_sent: left(progress),
            },
            RequestError::TooMany => Self::TooMany,
        }
    }
}

/// The payload of an answer, or the gateway's refusal.
pub(super) fn outcome(mut frame: Value) -> Result<Value, RequestFailed> {
    if frame["ok"] == true {
        return Ok(frame["payload"].take());
    }
    Err(RequestFailed::Refused(Box::new(GatewayError::read(
        &frame["error"],
    ))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_method_that_takes_a_key_gets_one_and_keeps_its_own() {
        let keyed = Request::new("chat.send", json!({"message": "hi"})).json();
        let keyed: Value = serde_json::from_str(&keyed).unwrap();
        assert!(keyed[KEY].as_str().is_some_and(|key| key.len() == 36));
        let own = Request::new("chat.send", json!({ KEY: "mine" })).json();
        assert_eq!(own, r#"{"idempotencyKey":"mine"}"#);
        assert_eq!(Request::new("health", Value::Null).json(), "{}");
    }
}
