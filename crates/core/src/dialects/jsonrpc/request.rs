//! What a client sends, and the answers to it.

use super::{Id, METHOD, Message, Refusal};
use crate::dialects::{FieldError, Payload};
use crate::wire::{Object, Value, Writer};

/// The most requests of one frame.
pub const MOST_IN_BATCH: usize = 100;

/// A frame of a client: one request, or a batch of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientFrame<P> {
    /// The requests, in order. Never empty.
    pub requests: Vec<Request<P>>,
    /// They came in a list, and their answers go back in one.
    pub is_batch: bool,
}

/// A request, as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<P> {
    /// Who waits for the answer.
    pub caller: Caller,
    /// What it says, or what is wrong with it.
    pub message: Result<Message<P>, Refusal>,
}

/// Who waits for the answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Caller {
    /// The client, by this id.
    Asks(Id),
    /// Nobody: a notification, which has no id.
    Tells,
    /// The client, but the id could not be read.
    Unknown,
}

impl<O: Object> ClientFrame<O> {
    /// Reads a frame of a client. What is wrong stands at each request.
    pub fn read(frame: Option<Value<O>>) -> Self {
        let mut requests = Vec::new();
        let mut is_batch = false;
        match frame {
            None => requests.push(Request::unreadable(Refusal::NotJson)),
            Some(Value::List(list)) => {
                is_batch = true;
                let mut count = 0;
                list.values(&mut |element| {
                    count += 1;
                    if count <= MOST_IN_BATCH {
                        requests.push(Request::read(element));
                    }
                });
                let wrong = match count {
                    0 => Some("the batch is empty"),
                    1..=MOST_IN_BATCH => None,
                    _ => Some("the batch has more than 100 requests; nothing of it was taken"),
                };
                if let Some(why) = wrong {
                    is_batch = false;
                    requests = vec![Request::unreadable(Refusal::NotRequest(why))];
                }
            }
            Some(frame) => requests.push(Request::read(frame)),
        }
        Self { requests, is_batch }
    }
}

impl<P> ClientFrame<P> {
    /// The frame that answers, from the answers to each request; `None` when
    /// nobody waits for one.
    #[must_use]
    pub fn answer(&self, answers: impl IntoIterator<Item = String>) -> Option<String> {
        let mut answers = answers.into_iter();
        if !self.is_batch {
            return answers.next();
        }
        let answers: Vec<String> = answers.collect();
        (!answers.is_empty()).then(|| ["[", &answers.join(","), "]"].concat())
    }
}

impl<O: Object> Request<O> {
    fn read(request: Value<O>) -> Self {
        let Value::Object(request) = request else {
            return Self::unreadable(Refusal::NotRequest("a request is an object"));
        };
        if is_answer(&request) {
            return Self {
                caller: Caller::Tells,
                message: Err(Refusal::NotRequest("an answer is no request")),
            };
        }
        let id = match Id::read(&request) {
            Ok(id) => id,
            Err(why) => return Self::unreadable(Refusal::NotRequest(why)),
        };
        let message = message_of(&request);
        let caller = match (id, &message) {
            (Some(id), _) => Caller::Asks(id),
            (None, Err(Refusal::NotRequest(_))) => Caller::Unknown,
            (None, _) => Caller::Tells,
        };
        Self { caller, message }
    }
}

impl<P> Request<P> {
    const fn unreadable(why: Refusal) -> Self {
        Self {
            caller: Caller::Unknown,
            message: Err(why),
        }
    }
}

fn message_of<O: Object>(request: &O) -> Result<Message<O>, Refusal> {
    if request.text("jsonrpc").as_deref() != Some("2.0") {
        return Err(Refusal::NotRequest("jsonrpc must be \"2.0\""));
    }
    match request.text("method").as_deref() {
        Some(METHOD) => {}
        Some(_) => return Err(Refusal::NoMethod),
        None => return Err(Refusal::NotRequest("method must be a string")),
    }
    let params = request.value("params");
    let message = match params {
        Value::Object(params) => params.value("message"),
        // Parameters by position: the message is the first.
        Value::List(params) => {
            let mut first = None;
            params.values(&mut |param| {
                first.get_or_insert(param);
            });
            first.unwrap_or(Value::Nothing)
        }
        Value::Nothing => return Err(FieldError::Missing("params").into()),
        _ => return Err(FieldError::NotObject("params").into()),
    };
    match message {
        Value::Object(message) => Ok(Message::read(&message)?),
        Value::Nothing => Err(FieldError::Missing("message").into()),
        _ => Err(FieldError::NotObject("message").into()),
    }
}

/// Two servers that answered each other's answers would never end.
fn is_answer<O: Object>(frame: &O) -> bool {
    let has = |name| !matches!(frame.value(name), Value::Nothing);
    !has("method") && (has("result") || has("error"))
}

impl Caller {
    /// The answer to a request that was taken, or refused; `None` when nobody
    /// waits for it.
    #[must_use]
    pub fn answer(&self, outcome: Result<(), Refusal>) -> Option<String> {
        let id = match self {
            Self::Asks(id) => Some(id),
            Self::Tells => return None,
            Self::Unknown => None,
        };
        let frame = Id::write(id, Writer::new().text("jsonrpc", "2.0"));
        let frame = match outcome {
            Ok(()) => frame.raw("result", r#"{"status":"ok"}"#),
            Err(refusal) => {
                let error = Writer::new()
                    .decimal("code", f64::from(refusal.code()))
                    .text("message", &refusal.to_string())
                    .end();
                frame.raw("error", &error)
            }
        };
        Some(frame.end())
    }
}

/// A whole request frame of a client.
#[must_use]
pub fn request<P: Payload>(id: &Id, message: &Message<P>) -> String {
    let params = Writer::new().raw("message", &message.encode()).end();
    Id::write(Some(id), Writer::new().text("jsonrpc", "2.0"))
        .text("method", METHOD)
        .raw("params", &params)
        .end()
}
