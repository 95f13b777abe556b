//! Reads what a client sends as JavaScript would: half of a surrogate pair,
//! such as an emoji that was cut in two, is a character there and none in Rust.

use std::borrow::Cow;

use serde_json::Value;

/// How long `\uXXXX` is.
const ESCAPE: usize = 6;
const REPLACEMENT: &str = "\\ufffd";

/// A frame, with half characters replaced by U+FFFD; `None` when it is no JSON.
pub(super) fn read(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&whole(text)))
        .ok()
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
            made.push_str(&text[copied..at]);
            made.push_str(REPLACEMENT);
            copied = at + ESCAPE;
        }
        at += ESCAPE;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    made.push_str(&text[copied..]);
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
            assert_eq!(read(text), Some(Value::from(read_as)), "{text}");
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
            assert_eq!(read(text), None, "{text}");
        }
    }
}
