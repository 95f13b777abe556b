//! Which links a page may offer, and finding bare addresses in text.

use linkify::{LinkFinder, LinkKind};

/// The longest link target that becomes a link, in bytes.
const MAX_BYTES: usize = 4_096;

/// A link target that is safe to put into an `href`.
///
/// Only `http`, `https` and `mailto` pass: a message comes from outside, and
/// `javascript:`, `data:` or a relative path would act in the page's own name.
#[must_use]
pub fn safe_href(target: &str) -> Option<String> {
    let target = target.trim().replace(' ', "%20");
    if target.len() > MAX_BYTES || target.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let (scheme, rest) = target.split_once(':')?;
    let fine = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty()),
        "mailto" => !rest.is_empty(),
        _ => false,
    };
    fine.then_some(target)
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
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut start = 0;
    for part in text.split_inclusive(ends_address) {
        let whole = part.trim_end_matches(ends_address);
        let links = whole.contains("://").then(|| finder.links(whole));
        for link in links.into_iter().flatten() {
            let address = in_its_script(link.as_str());
            let at = start + link.start();
            if is_web(address) && address.len() <= MAX_BYTES {
                pieces.extend(
                    text.get(from..at)
                        .filter(|words| !words.is_empty())
                        .map(Piece::Words),
                );
                pieces.push(Piece::Address(address));
                from = at + address.len();
            }
        }
        start += part.len();
    }
    let rest = text.get(from..).filter(|words| !words.is_empty());
    pieces.extend(rest.map(Piece::Words));
    pieces
}

/// Whether a character belongs to the sentence around an address: punctuation
/// of scripts that put no space before it, pictures, and what is invisible or
/// turns the direction of words, which would make an address look like another.
/// The joiners of letters, U+200C and U+200D, are part of words.
fn ends_address(next: char) -> bool {
    matches!(next,
        '\u{a0}' | '\u{a1}' | '\u{ab}' | '\u{ad}' | '\u{bb}' | '\u{bf}'
        | '\u{60c}' | '\u{61b}'..='\u{61f}' | '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}'..='\u{206f}' | '\u{2190}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}'
        | '\u{3000}'..='\u{303f}' | '\u{30fb}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe10}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{feff}'
        | '\u{fff0}'..='\u{ffff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e0fff}')
}

/// An address without the words that follow it at once, in a script that puts
/// no spaces between words: behind its host, or behind a comma.
fn in_its_script(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let mut is_host = true;
    let mut before = '/';
    for (at, next) in address.char_indices().skip_while(|(at, _)| *at < host) {
        is_host &= !matches!(next, '/' | '?' | '#');
        let is_comma = matches!(before, ',' | ';' | '!');
        if matches!(next, '\u{2e80}'..='\u{d7ff}')
            && (is_comma || is_host && before.is_ascii_alphanumeric())
        {
            let end = at - usize::from(is_comma);
            return address.get(..end).unwrap_or(address);
        }
        before = next;
    }
    address
}

fn is_web(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
    })
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
    fn a_target_may_have_spaces_and_nothing_else_that_is_blank() {
        assert_eq!(
            safe_href(" https://example.org/a b?c d ").as_deref(),
            Some("https://example.org/a%20b?c%20d")
        );
        for bad in [
            "https://example.org/a\u{a0}b",
            "https://a\tb",
            "https://a\r\nb",
            "java script:x",
        ] {
            assert_eq!(safe_href(bad), None, "{bad:?}");
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
    fn an_address_ends_where_the_sentence_around_it_goes_on() {
        for (text, address) in [
            (
                "请看https://example.com/docs（说明）了解更多",
                "https://example.com/docs",
            ),
            ("见 https://example.com/a。下一句", "https://example.com/a"),
            ("「https://example.com/a」を見て", "https://example.com/a"),
            ("网址：https://example.com/a，然后", "https://example.com/a"),
            ("https://example.com了解更多", "https://example.com"),
            ("https://example.com:8080了解", "https://example.com:8080"),
            ("انظر https://example.com/a، ثم", "https://example.com/a"),
            ("“https://example.com/a”", "https://example.com/a"),
            ("https://example.com/a…", "https://example.com/a"),
            ("https://example.com/a.）", "https://example.com/a"),
            ("https://example.com/🦞", "https://example.com/"),
            ("https://example.com/a✅", "https://example.com/a"),
            ("│https://example.com/a│", "https://example.com/a"),
            ("https://example.com/a→次", "https://example.com/a"),
            ("https://example.com/a,然后", "https://example.com/a"),
            ("https://example.com/a;还有", "https://example.com/a"),
            ("https://example.com/a\u{a0}b", "https://example.com/a"),
            ("https://example.com/a\u{200b}b", "https://example.com/a"),
            ("https://example.com/a\u{feff}", "https://example.com/a"),
            ("https://example\u{202e}moc.live/", "https://example"),
            (
                "\u{2067}https://example.com/a\u{2069}",
                "https://example.com/a",
            ),
            // Letters of any script belong to it.
            (
                "https://example.com/文档/一 и",
                "https://example.com/文档/一",
            ),
            ("https://例え.jp/a", "https://例え.jp/a"),
            (
                "https://example.com/می\u{200c}خواهم",
                "https://example.com/می\u{200c}خواهم",
            ),
            (
                "https://example.com/分类:中国,b",
                "https://example.com/分类:中国,b",
            ),
            ("HTTPS://EXAMPLE.com/a", "HTTPS://EXAMPLE.com/a"),
        ] {
            let found = split_addresses(text).into_iter();
            let found = found.filter_map(|piece| match piece {
                Piece::Address(address) => Some(address),
                Piece::Words(_) => None,
            });
            assert_eq!(found.collect::<Vec<_>>(), [address], "{text}");
        }
        for text in ["ftp://example.com", "example.com/a", "://a", "https://（a"] {
            assert_eq!(split_addresses(text), [Piece::Words(text)], "{text}");
        }
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
