//! Members of frames: absent and `null` are the same, a wrong type is an error.

use super::{FieldError, FrameError};
use crate::wire::{Object, Value};

/// The most characters of an id, a name or another word.
const LONGEST_WORD: usize = 256;
/// The most characters of what another side says about an error.
const LONGEST_REASON: usize = 500;

/// The frame itself, which must be an object.
pub(super) fn frame<O>(frame: Option<Value<O>>) -> Result<O, FrameError> {
    match frame {
        None => Err(FrameError::NotJson),
        Some(Value::Object(frame)) => Ok(frame),
        Some(_) => Err(FrameError::NotObject),
    }
}

pub(super) fn text<O: Object>(frame: &O, name: &'static str) -> Result<Option<String>, FieldError> {
    match frame.value(name) {
        Value::Nothing => Ok(None),
        Value::Text(text) => Ok(Some(text)),
        _ => Err(FieldError::NotText(name)),
    }
}

/// A text that may be absent, and is empty then.
pub(super) fn text_or_empty<O: Object>(
    frame: &O,
    name: &'static str,
) -> Result<String, FieldError> {
    text(frame, name).map(Option::unwrap_or_default)
}

/// The first of these texts that is there and not empty.
pub(super) fn first_text<O: Object>(
    frame: &O,
    names: &[&'static str],
) -> Result<Option<String>, FieldError> {
    for name in names {
        let found = text(frame, name)?.filter(|text| !text.is_empty());
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// An id, a name or another short text; an empty one is none.
pub(super) fn word<O: Object>(frame: &O, name: &'static str) -> Result<Option<String>, FieldError> {
    let word = text(frame, name)?.filter(|word| !word.is_empty());
    word.map(|word| as_word(word, name)).transpose()
}

pub(super) fn required_word<O: Object>(
    frame: &O,
    name: &'static str,
) -> Result<String, FieldError> {
    word(frame, name)?.ok_or(FieldError::Missing(name))
}

pub(super) fn as_word(text: String, name: &'static str) -> Result<String, FieldError> {
    if text.chars().nth(LONGEST_WORD).is_none() {
        Ok(text)
    } else {
        Err(FieldError::TooLong(name, LONGEST_WORD))
    }
}

pub(super) fn number<O: Object>(frame: &O, name: &'static str) -> Result<f64, FieldError> {
    match frame.value(name) {
        Value::Nothing => Ok(0.0),
        Value::Number(number) if number.is_finite() => Ok(number),
        _ => Err(FieldError::NotNumber(name)),
    }
}

pub(super) fn flag<O: Object>(frame: &O, name: &'static str) -> Result<Option<bool>, FieldError> {
    match frame.value(name) {
        Value::Nothing => Ok(None),
        Value::Flag(flag) => Ok(Some(flag)),
        _ => Err(FieldError::NotFlag(name)),
    }
}

pub(super) fn object<O: Object>(frame: &O, name: &'static str) -> Result<Option<O>, FieldError> {
    match frame.value(name) {
        Value::Nothing => Ok(None),
        Value::Object(object) => Ok(Some(object)),
        _ => Err(FieldError::NotObject(name)),
    }
}

/// A list of strings, empty where there is none.
pub(super) fn texts<O: Object>(frame: &O, name: &'static str) -> Result<Vec<String>, FieldError> {
    let list = match frame.value(name) {
        Value::Nothing => return Ok(Vec::new()),
        Value::List(list) => list,
        _ => return Err(FieldError::NotTexts(name)),
    };
    let mut texts = Vec::new();
    let mut are_texts = true;
    list.values(&mut |element| match element {
        Value::Text(text) => texts.push(text),
        _ => are_texts = false,
    });
    are_texts.then_some(texts).ok_or(FieldError::NotTexts(name))
}

/// Another side's words about an error, bounded.
pub(super) fn reason(words: &str) -> String {
    words.chars().take(LONGEST_REASON).collect()
}
