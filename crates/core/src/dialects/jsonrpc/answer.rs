//! What a server answers, as its client reads it.

use super::Id;
use crate::dialects::FrameError;
use crate::dialects::field::reason;
use crate::wire::{Object, Value};

/// A frame of a server.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerFrame {
    /// The request with this id was taken.
    Done {
        /// The request.
        id: Id,
        /// `result.status`, such as `ok`.
        status: Option<String>,
    },
    /// A request was refused.
    Refused {
        /// The request; `None` when the server could not read it.
        id: Option<Id>,
        /// The code, such as -32600; 0 where there is none.
        code: i32,
        /// What is wrong, for people; at most 500 characters.
        message: String,
    },
    /// Something that the server tells by itself.
    Told {
        /// What it is; at most 500 characters.
        method: String,
    },
}

impl ServerFrame {
    /// Reads a frame of a server: one answer, or a batch of them. One that
    /// cannot be read costs only itself.
    pub fn read<O: Object>(frame: Option<Value<O>>) -> Vec<Result<Self, FrameError>> {
        match frame {
            None => vec![Err(FrameError::NotJson)],
            Some(Value::List(batch)) => {
                let mut answers = Vec::new();
                batch.values(&mut |answer| answers.push(Self::read_one(answer)));
                answers
            }
            Some(answer) => vec![Self::read_one(answer)],
        }
    }

    fn read_one<O: Object>(answer: Value<O>) -> Result<Self, FrameError> {
        let Value::Object(answer) = answer else {
            return Err(FrameError::NotObject);
        };
        if let Some(method) = answer.text("method") {
            return Ok(Self::Told {
                method: reason(&method),
            });
        }
        let id = Id::read(&answer).map_err(|_| FrameError::Unknown)?;
        if let Some(error) = answer.child("error") {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a number that is no code saturates"
            )]
            let code = error.number("code").unwrap_or_default() as i32;
            let message = reason(&error.text("message").unwrap_or_default());
            return Ok(Self::Refused { id, code, message });
        }
        let result = answer.value("result");
        match (id, result) {
            (Some(id), Value::Object(result)) => Ok(Self::Done {
                id,
                status: result.text("status").as_deref().map(reason),
            }),
            (None, _) | (_, Value::Nothing) => Err(FrameError::Unknown),
            (Some(id), _) => Ok(Self::Done { id, status: None }),
        }
    }
}
