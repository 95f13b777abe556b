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
///
/// Each part of the text is looked at once: it comes from outside and may be
/// made to be slow.
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
        let prefix = scheme_length(candidate);
        if prefix == 0 || !begins_a_word {
            from = start + "http".len();
            continue;
        }
        let run = unbroken(candidate);
        let length = without_sentence(run).len();
        if length <= prefix || length > MAX_BYTES {
            // Nothing inside of it is an address either.
            from = start + run.len();
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

/// How many bytes of scheme `text` begins with; 0 when it is no web address.
fn scheme_length(text: &str) -> usize {
    let schemes = ["https://", "http://"];
    let found = schemes.into_iter().find(|scheme| text.starts_with(scheme));
    found.map_or(0, str::len)
}

/// The part of `text` up to what no address contains.
fn unbroken(text: &str) -> &str {
    let end = text
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`'));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The address without the punctuation at its end that belongs to the
/// sentence around it. A bracket does if it has no partner in the address.
fn without_sentence(run: &str) -> &str {
    let count = |bracket: char| run.chars().filter(|&c| c == bracket).count();
    let (round, square) = (count('('), count('['));
    let (mut round_ends, mut square_ends) = (count(')'), count(']'));
    let is_of_sentence = |c: char| match c {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' => true,
        ')' if round < round_ends => {
            round_ends -= 1;
            true
        }
        ']' if square < square_ends => {
            square_ends -= 1;
            true
        }
        _ => false,
    };
    run.trim_end_matches(is_of_sentence)
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

    #[test]
    fn text_made_to_be_slow_is_split_as_fast_as_any() {
        // With work that grows with the square of the length, each of these
        // takes hours.
        const MANY: usize = 500_000;
        for (head, repeated) in [
            ("http://a", ")"),
            ("http://", "]"),
            ("", "http://"),
            ("x", "http://x"),
            ("", "http://a)"),
        ] {
            let text = head.to_owned() + &repeated.repeat(MANY);
            let pieces = split_addresses(&text);
            let length: usize = pieces
                .iter()
                .map(|(Piece::Words(part) | Piece::Address(part))| part.len())
                .sum();
            assert_eq!(length, text.len(), "{head}{repeated}…");
        }
    }

    #[test]
    fn an_address_that_is_too_long_is_words_to_its_end() {
        let long = format!("http://a/{}http://b", "x/".repeat(MAX_BYTES));
        assert_eq!(
            split_addresses(&format!("{long} http://c")),
            [
                Piece::Words(&format!("{long} ")),
                Piece::Address("http://c")
            ]
        );
    }
}
