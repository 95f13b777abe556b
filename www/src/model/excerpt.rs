//! Parts of a text that is too long to draw at once.

/// How much of a message is drawn before a person asks for the rest, in bytes.
pub const MESSAGE_BYTES: usize = 60_000;

/// How many lines of a person's own message are drawn at first.
pub const OWN_LINES: usize = 24;

/// The beginning of a text, cut at the end of a line where there is one near.
/// `None` when the text is short enough as it is.
#[must_use]
pub fn head(text: &str, max_bytes: usize) -> Option<&str> {
    if text.len() <= max_bytes {
        return None;
    }
    let cut = text.floor_char_boundary(max_bytes);
    let head = text.get(..cut)?;
    let line_end = head.rfind('\n').filter(|at| *at > cut / 2);
    head.get(..line_end.unwrap_or(cut))
}

/// The end of a text that still grows, from the start of a paragraph.
/// `None` when the text is short enough as it is.
#[must_use]
pub fn tail(text: &str, max_bytes: usize) -> Option<&str> {
    if text.len() <= max_bytes {
        return None;
    }
    let cut = text.ceil_char_boundary(text.len() - max_bytes);
    let tail = text.get(cut..)?;
    let start = tail
        .find("\n\n")
        .filter(|at| *at < tail.len() / 2)
        .map_or(0, |at| at + 2);
    tail.get(start..)
}

/// The first lines of a text, when it has more of them than `max_lines`, or
/// more than `max_bytes`. Looks at no more of the text than it returns.
#[must_use]
pub fn first_lines(text: &str, max_lines: usize, max_bytes: usize) -> Option<&str> {
    let nth = text
        .bytes()
        .enumerate()
        .filter(|(_, b)| *b == b'\n')
        .nth(max_lines.saturating_sub(1));
    let by_lines = nth
        .and_then(|(at, _)| text.get(..at))
        .filter(|first| first.len() + 1 < text.len());
    match by_lines {
        Some(first) => Some(head(first, max_bytes).unwrap_or(first)),
        None => head(text, max_bytes),
    }
}

/// How many lines a text has, for the button that shows them all.
#[must_use]
pub fn line_count(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count() + usize::from(!text.ends_with('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(head("abc", 3), None);
        assert_eq!(tail("abc", 3), None);
        assert_eq!(first_lines("a\nb\n", 2, 100), None);
    }

    #[test]
    fn cuts_fall_between_lines_and_never_inside_a_character() {
        assert_eq!(head("äöü", 3), Some("ä"));
        assert_eq!(head("one\ntwo\nthree", 9), Some("one\ntwo"));
        assert_eq!(tail("äöü", 3), Some("ü"));
        assert_eq!(tail("one\n\ntwo\n\nthree four", 15), Some("three four"));
    }

    #[test]
    fn five_thousand_pasted_lines_begin_with_the_first_few() {
        let pasted = "line\n".repeat(5_000);
        assert_eq!(
            first_lines(&pasted, OWN_LINES, MESSAGE_BYTES).map(line_count),
            Some(OWN_LINES)
        );
        assert_eq!(line_count(&pasted), 5_000);
        assert_eq!(
            first_lines(&"x".repeat(100_000), OWN_LINES, MESSAGE_BYTES).map(str::len),
            Some(MESSAGE_BYTES)
        );
    }
}
