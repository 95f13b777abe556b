//! What an answer is matched with its request by.

use crate::dialects::field::as_word;
use crate::wire::{Object, Value, Writer};

/// The largest number that keeps its digits on the way through a double.
const LARGEST: f64 = 9_007_199_254_740_992.0;

const BAD: &str = "id must be a number up to 2^53 or a string of up to 256 characters";

/// The id of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Id {
    /// A number of at most 2^53, either way.
    Number(f64),
    /// A string of at most 256 characters.
    Text(String),
}

impl Id {
    /// `Ok(None)` where there is none: `null` is none, too.
    pub(super) fn read<O: Object>(frame: &O) -> Result<Option<Self>, &'static str> {
        match frame.value("id") {
            Value::Nothing => Ok(None),
            Value::Number(number) if number.abs() <= LARGEST => Ok(Some(Self::Number(number))),
            Value::Text(text) => as_word(text, "id")
                .map(|id| Some(Self::Text(id)))
                .map_err(|_| BAD),
            _ => Err(BAD),
        }
    }

    pub(super) fn write(id: Option<&Self>, frame: Writer) -> Writer {
        match id {
            None => frame.raw("id", "null"),
            Some(Self::Number(number)) => frame.decimal("id", *number),
            Some(Self::Text(text)) => frame.text("id", text),
        }
    }
}
