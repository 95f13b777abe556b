//! Reads the text of a frame, as far as it is worth it (feature `json`).
//!
//! A frame is looked over before anything is made of it: one value of JSON costs
//! dozens of bytes of memory, and a megabyte of `[[[[` or `1,1,1` is half a
//! million of them.
//!
//! Then it is read as JavaScript would: half of a surrogate pair, such as an
//! emoji that was cut in two, is a character there and none in Rust.

use std::borrow::Cow;

use serde_json::Value;

/// How long `\uXXXX` is.
const ESCAPE: usize = 6;
const REPLACEMENT: &str = "\\ufffd";
/// How deep arrays and objects may lie in each other.
const DEPTH: usize = 64;

/// Why a frame is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON.
    NoJson,
    /// It has more values than the given bound, or lies deeper than 64.
    TooMuch,
}

/// A frame of at most `values` values, with half characters replaced by U+FFFD.
///
/// # Errors
/// It is no JSON, or too much of it.
pub fn read(text: &str, values: usize) -> Result<Value, Unreadable> {
    if !is_small(text, values) {
        return Err(Unreadable::TooMuch);
    }
    read_all(text).ok_or(Unreadable::NoJson)
}

/// The same of somebody who may send as many values as he likes.
#[must_use]
pub fn read_all(text: &str) -> Option<Value> {
    let read = serde_json::from_str(text);
    read.or_else(|_| serde_json::from_str(&whole(text))).ok()
}

/// Whether a text has at most `values` values, none deeper than [`DEPTH`].
fn is_small(text: &str, values: usize) -> bool {
    let (mut seen, mut depth) = (1_usize, 0_usize);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => _ = bytes.next(),
                        _ => {}
                    }
                }
            }
            b'[' | b'{' => {
                depth += 1;
                seen += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => seen += 1,
            _ => {}
        }
        if seen > values || depth > DEPTH {
            return false;
        }
    }
    true
}

/// The same JSON with each escape of half a character replaced.
fn whole(text: &str) -> Cow<'_, str> {
    let mut made = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        let Some(unit) = unit(text, at) else {
            // Another escape: of a quote, say, or of a backslash.
            at += 2;
            continue;
        };
        let is_pair = (0xd800..0xdc00).contains(&unit)
            && self::unit(text, at + ESCAPE).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if is_pair {
            at += ESCAPE;
        } else if (0xd800..0xe000).contains(&unit) {
            made.push_str(text.get(copied..at).unwrap_or_default());
            made.push_str(REPLACEMENT);
            copied = at + ESCAPE;
        }
        at += ESCAPE;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    made.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(made)
}

/// The UTF-16 unit whose escape begins here.
fn unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + ESCAPE)?.strip_prefix("\\u")?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_is_replaced_and_whole_ones_stay() {
        for (text, read_as) in [
            (r#""cut \ud83d""#, "cut \u{fffd}"),
            (r#""\ude00 first""#, "\u{fffd} first"),
            (r#""\ud83d\ud83d\ude00\ude00""#, "\u{fffd}😀\u{fffd}"),
            (r#""\\ud83d \"\uD83D\"""#, "\\ud83d \"\u{fffd}\""),
            (r#""ä\ud83dö""#, "ä\u{fffd}ö"),
        ] {
            assert_eq!(read(text, 10), Ok(Value::from(read_as)), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in [
            "",
            "\\",
            "\"\\u",
            "\"\\ud83",
            "\"\\ud83d",
            "{\"a\":\\ud83d}",
            "\"\\é\"",
        ] {
            assert_eq!(read(text, 10), Err(Unreadable::NoJson), "{text}");
        }
    }

    #[test]
    fn values_are_counted_outside_of_texts_only() {
        for (text, values) in [
            ("1", 1),
            (r#"{"a":[1,2],"b":{}}"#, 6),
            (r#""[[[,,,{{{""#, 1),
            (r#"["\"[,", "\\", ","]"#, 4),
        ] {
            assert!(is_small(text, values), "{text}");
            assert!(!is_small(text, values - 1), "{text}");
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_small(&nested(64), 1_000));
        assert!(!is_small(&nested(65), 1_000));
    }
}
