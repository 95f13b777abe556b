//! Which links a page may offer, and finding bare addresses in text.

/// The longest link target that becomes a link, in bytes.
const MAX_BYTES: usize = 4_096;

/// A link target that is safe to put into an `href`.
///
/// Only `http`, `https` and `mailto` pass: a message comes from outside, and
/// `javascript:`, `data:` or a relative path would act in the page's own name.
#[must_use]
pub fn safe_href(target: &str) -> Option<String> {
    let target = target.trim();
    if target.len() > MAX_BYTES || target.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let (scheme, rest) = target.split_once(':')?;
    let fine = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty()),
        "mailto" => !rest.is_empty(),
        _ => false,
    };
    fine.then(|| target.to_owned())
}

/// A piece of plain text: words, or an address that stands in them.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text without an address.
    Words(&'a str),
    /// An address, as written.
    Address(&'a str),
}

/// Splits text at the bare `http://` and `https://` addresses in it.
#[must_use]
pub fn split_addresses(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|tail| tail.find("http")) {
        let start = from + found;
        let (before, candidate) = rest.split_at(start);
        let begins_a_word = before
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric());
        let length = address_length(candidate);
        if length == 0 || !begins_a_word {
            from = start + "http".len();
            continue;
        }
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        let (address, after) = candidate.split_at(length);
        pieces.push(Piece::Address(address));
        rest = after;
        from = 0;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// How many bytes at the start of `text` are an address; 0 when it is none.
fn address_length(text: &str) -> usize {
    let prefix = if text.starts_with("https://") {
        "https://".len()
    } else if text.starts_with("http://") {
        "http://".len()
    } else {
        return 0;
    };
    let end = text
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`'))
        .unwrap_or(text.len());
    let mut address = text.get(..end).unwrap_or(text);
    // Punctuation at the end belongs to the sentence, a bracket only if the
    // address has no partner for it.
    while let Some(last) = address.chars().next_back() {
        let belongs_to_sentence = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' => true,
            ')' => address.matches('(').count() < address.matches(')').count(),
            ']' => address.matches('[').count() < address.matches(']').count(),
            _ => false,
        };
        if !belongs_to_sentence {
            break;
        }
        address = address.get(..address.len() - last.len_utf8()).unwrap_or("");
    }
    if address.len() > prefix && address.len() <= MAX_BYTES {
        address.len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_links_pass() {
        assert!(safe_href("https://example.org/a?b#c").is_some());
        assert!(safe_href("HTTP://example.org").is_some());
        assert!(safe_href("mailto:claw@example.org").is_some());
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//example.org",
            "/relative",
            "#fragment",
            "https:evil",
            "vbscript:x",
            "",
        ] {
            assert_eq!(safe_href(bad), None, "{bad}");
        }
    }

    #[test]
    fn bare_addresses_are_found_without_the_sentence_around_them() {
        assert_eq!(
            split_addresses("see https://a.example/x_(y), or (http://b.example)."),
            [
                Piece::Words("see "),
                Piece::Address("https://a.example/x_(y)"),
                Piece::Words(", or ("),
                Piece::Address("http://b.example"),
                Piece::Words(")."),
            ]
        );
        assert_eq!(
            split_addresses("xhttp://no http:// https httpS"),
            [Piece::Words("xhttp://no http:// https httpS")]
        );
        assert_eq!(split_addresses(""), []);
    }
}
