//! What strangers say of themselves, fit for a terminal: every character shows
//! as itself or as what it is.

use std::fmt::Write as _;

/// Letters and signs without ink; Unicode does not call them format characters.
const BLANK: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// Whether a character could hide, move or change what stands around it:
/// control, format and bidi characters, blanks other than the space, combining
/// marks, and what no font has.
fn hides(c: char) -> bool {
    // The standard library's tables; quotes are escaped there for another reason.
    let shown = matches!(c, '\'' | '"' | '\\') || c.escape_debug().len() == 1;
    !shown || BLANK.contains(&c)
}

/// The whole text, with escapes like `\u{202e}`. Nothing is cut.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' {
            // So that nobody writes an escape by hand.
            shown.push_str("\\\\");
        } else if hides(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// JSON that is still the same JSON, and fit for a terminal.
pub(crate) fn printable_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        // Line breaks are between values; in a text they are escaped already.
        if c == '\n' || !hides(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing into a String cannot fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_moves_is_shown_as_what_it_is() {
        for (text, shown) in [
            ("Ana's \"phone\" 日本 🦀", "Ana's \"phone\" 日本 🦀"),
            ("a\u{1b}[31mb\n", "a\\u{1b}[31mb\\u{a}"),
            (
                "a\u{202e}b\u{2028}c\u{2066}",
                "a\\u{202e}b\\u{2028}c\\u{2066}",
            ),
            ("\u{200b}\u{feff}\u{e0041}", "\\u{200b}\\u{feff}\\u{e0041}"),
            ("a\u{a0}b\u{3164}c\u{301}", "a\\u{a0}b\\u{3164}c\\u{301}"),
            ("\\u{202e}", "\\\\u{202e}"),
            ("\u{85}\u{9b}31m", "\\u{85}\\u{9b}31m"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let json = serde_json::json!({ "a": "x\u{202e}\u{e0041}\n\\ ü", "b": [1, "\u{2028}"] });
        let shown = printable_json(&format!("{json:#}"));
        assert!(shown.contains("\\u202e\\udb40\\udc41"), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            json
        );
    }
}
