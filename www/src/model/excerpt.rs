//! Parts of a text that is too long to draw at once.

use std::borrow::Cow;

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

/// The end of a text that still grows, from the start of a paragraph. Where it
/// begins changes in steps, so that most of what grows only grows. Code stays
/// code: when it begins inside of some, the line that opens the code comes first.
/// `None` when the text is short enough as it is.
#[must_use]
pub fn tail(text: &str, max_bytes: usize) -> Option<Cow<'_, str>> {
    if text.len() <= max_bytes {
        return None;
    }
    let step = (max_bytes / 4).max(1);
    let cut = (text.len() - max_bytes).next_multiple_of(step);
    let cut = text.ceil_char_boundary(cut);
    let tail = text.get(cut..)?;
    let start = tail
        .find("\n\n")
        .filter(|at| *at < tail.len() / 2)
        .map_or(0, |at| at + 2);
    let (before, tail) = text.split_at_checked(cut + start)?;
    Some(match open_code(before) {
        Some(opening) => Cow::Owned(format!("{opening}\n{tail}")),
        None => Cow::Borrowed(tail),
    })
}

/// The line that opens the code in which a text ends.
fn open_code(text: &str) -> Option<&str> {
    let mut open: Option<(&str, &str)> = None;
    for line in text.lines() {
        match open {
            None => open = fence(line).map(|marks| (line, marks)),
            Some((_, opened)) => {
                let marks = line.trim_matches([' ', '\t', '>']);
                let is_end = marks.starts_with(opened)
                    && marks.trim_start_matches(opened.get(..1)?).is_empty();
                open = open.filter(|_| !is_end);
            }
        }
    }
    open.map(|(line, _)| line)
}

/// The marks of a line that opens code, in quotations and lists as well.
fn fence(line: &str) -> Option<&str> {
    let line =
        line.trim_start_matches(|next: char| " \t>-+*.)".contains(next) || next.is_ascii_digit());
    let mark = line.chars().next().filter(|mark| "`~".contains(*mark))?;
    let words = line.trim_start_matches(mark);
    let (marks, _) = line.split_at_checked(line.len() - words.len())?;
    let is_span = mark == '`' && words.contains('`');
    (marks.len() >= 3 && !is_span).then_some(marks)
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
        assert_eq!(tail("äöü", 3).as_deref(), Some("ü"));
        assert_eq!(
            tail("one\n\ntwo\n\nthree four", 15).as_deref(),
            Some("three four")
        );
    }

    #[test]
    fn code_that_began_before_the_cut_stays_code() {
        let end = "# no heading\n".repeat(3);
        for (before, opening) in [
            ("```py\n", "```py\n"),
            ("> ~~~~\n> ```\n", "> ~~~~\n"),
            ("- a\n  ```\n  x\n  ```\n1. ```js\n", "1. ```js\n"),
            ("```\nx\n```\n", ""),
            ("```` x\n```\n````\n", ""),
            ("> ```\n> x\n> ````\n", ""),
            ("a ``` b\n```a`b\n~~ x\n", ""),
        ] {
            let text = format!("{before}{}\n{end}", "words\n".repeat(9));
            let shown = tail(&text, 60);
            let shown = shown.as_deref().unwrap_or_default();
            assert_eq!(shown, format!("{opening}{end}"), "{before:?}");
        }
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
