//! Markdown that is still being written.
//!
//! While a reply streams, its last lines are often half of something: `**bol`,
//! a link whose target has not come yet, the first dash of a list. Shown as it
//! is, the text would flash asterisks and headings that vanish again.

use std::borrow::Cow;

/// Completes the open constructs at the end of a text that is still growing,
/// so that it already looks like what it will most likely become.
#[must_use]
pub fn complete(source: &str) -> Cow<'_, str> {
    if ends_inside_a_fence(source) {
        // An open code block runs to the end by itself; only a half-written
        // closing fence must not be shown as a line of code.
        let (before, last) = split_last_line(source);
        let is_fence = !last.trim().is_empty() && last.trim().chars().all(|c| c == '`' || c == '~');
        return if is_fence && before.lines().count() > 1 {
            Cow::Borrowed(before)
        } else {
            Cow::Borrowed(source)
        };
    }
    let (before, last) = split_last_line(source);
    let text = if is_undecided_marker(last) {
        before
    } else {
        source
    };
    let paragraph = last_paragraph(text);
    let text = without_open_link(text, paragraph);
    let Spans { closers, undecided } = open_spans(last_paragraph(text));
    let text = text.get(..text.len() - undecided).unwrap_or(text);
    if closers.is_empty() {
        return Cow::Borrowed(text);
    }
    // A closer after a blank would not close: `**bold **` is no bold text.
    Cow::Owned(format!("{}{closers}", text.trim_end()))
}

fn split_last_line(source: &str) -> (&str, &str) {
    match source.rfind('\n') {
        Some(at) => source.split_at(at + 1),
        None => ("", source),
    }
}

/// A last line of markers alone: `-` may become a list, a rule or a heading.
fn is_undecided_marker(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && line.len() <= 6
        && line
            .chars()
            .all(|c| matches!(c, '-' | '=' | '*' | '#' | '+' | '>' | '|' | '`' | '~' | '_'))
}

fn ends_inside_a_fence(source: &str) -> bool {
    let mut open: Option<(char, usize)> = None;
    for line in source.lines() {
        let trimmed = line.trim_start();
        let Some(mark) = trimmed.chars().next().filter(|c| matches!(c, '`' | '~')) else {
            continue;
        };
        let length = trimmed.chars().take_while(|c| *c == mark).count();
        if length < 3 {
            continue;
        }
        let rest = trimmed.get(length..).unwrap_or("");
        match open {
            Some((c, n)) if c == mark && length >= n && rest.trim().is_empty() => open = None,
            None if mark == '~' || !rest.contains('`') => open = Some((mark, length)),
            _ => {}
        }
    }
    open.is_some()
}

fn last_paragraph(text: &str) -> &str {
    let mut start = 0;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        offset += line.len();
        let content = line.trim();
        let ends = content.is_empty() || content.starts_with("```") || content.starts_with('#');
        let item =
            content.starts_with("- ") || content.starts_with("* ") || content.starts_with('|');
        if ends || item {
            start = if content.is_empty() || content.starts_with("```") {
                offset
            } else {
                offset - line.len()
            };
        }
    }
    text.get(start..).unwrap_or("")
}

/// Cuts a link that has begun and not ended: `[text](https://exa` → `text`
/// would need a rewrite in the middle, so the whole opening waits.
fn without_open_link<'a>(text: &'a str, paragraph: &str) -> &'a str {
    let Some(target) = paragraph.rfind("](") else {
        return text;
    };
    let tail = paragraph.get(target + 2..).unwrap_or("");
    if tail.contains(')') || tail.contains(char::is_whitespace) {
        return text;
    }
    let Some(open) = paragraph.get(..target).and_then(|head| head.rfind('[')) else {
        return text;
    };
    let open = if paragraph
        .get(..open)
        .is_some_and(|head| head.ends_with('!'))
    {
        open - 1
    } else {
        open
    };
    let cut = text.len() - (paragraph.len() - open);
    text.get(..cut).unwrap_or(text)
}

struct Spans {
    /// The closers for code, bold, emphasis and strikethrough that are still open.
    closers: String,
    /// How many bytes of marks stand at the very end: the next character
    /// decides whether they open, close or are themselves.
    undecided: usize,
}

fn open_spans(paragraph: &str) -> Spans {
    let mut undecided = 0;
    let chars: Vec<char> = paragraph.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut open: Vec<String> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = at(i);
        if c == '\\' {
            i += 2;
            continue;
        }
        if !matches!(c, '`' | '*' | '_' | '~') {
            i += 1;
            continue;
        }
        let length = chars.iter().skip(i).take_while(|x| **x == c).count();
        let before = if i == 0 { ' ' } else { at(i - 1) };
        let after = at(i + length);
        let in_code = open.last().is_some_and(|mark| mark.starts_with('`'));
        let mark: String = std::iter::repeat_n(c, length).collect();
        i += length;
        if in_code {
            if open.last() == Some(&mark) {
                open.pop();
            } else if i == chars.len() && c == '`' {
                undecided = length;
            }
        } else if c == '`' {
            if i == chars.len() {
                undecided = length;
            } else {
                open.push(mark);
            }
        } else if c == '~' && length != 2 || length > 3 {
            // Neither strikethrough nor emphasis.
        } else if open.last() == Some(&mark) && !before.is_whitespace() {
            open.pop();
        } else if i == chars.len() {
            undecided = length;
        } else if !after.is_whitespace() && (c != '_' || !before.is_alphanumeric()) {
            open.push(mark);
        }
    }
    Spans {
        closers: open.iter().rev().map(String::as_str).collect(),
        undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_spans_are_closed_while_they_grow() {
        for (growing, shown) in [
            ("this is **bol", "this is **bol**"),
            ("an `inline co", "an `inline co`"),
            ("*a **b", "*a **b***"),
            ("~~gone", "~~gone~~"),
            ("**done** and more", "**done** and more"),
            ("snake_case_name", "snake_case_name"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("`a * b", "`a * b`"),
            ("one **two ", "one **two**"),
            ("\\*not", "\\*not"),
        ] {
            assert_eq!(complete(growing), shown, "{growing}");
        }
    }

    #[test]
    fn a_closed_paragraph_before_is_left_alone() {
        assert_eq!(complete("a ** b\n\nnext *word"), "a ** b\n\nnext *word*");
        assert_eq!(complete("- **one**\n- *two"), "- **one**\n- *two*");
    }

    #[test]
    fn half_a_link_waits_until_it_is_whole() {
        assert_eq!(complete("see [the docs](https://exa"), "see ");
        assert_eq!(complete("see ![pic](https://exa"), "see ");
        assert_eq!(
            complete("see [the docs](https://a.b) now"),
            "see [the docs](https://a.b) now"
        );
    }

    #[test]
    fn a_line_of_markers_waits_until_it_says_something() {
        assert_eq!(complete("text\n-"), "text\n");
        assert_eq!(complete("text\n\n##"), "text\n\n");
        assert_eq!(complete("text\n\n``"), "text\n\n");
        assert_eq!(complete("some **"), "some ");
        assert_eq!(complete("some **bold*"), "some **bold**");
    }

    #[test]
    fn code_is_never_touched() {
        assert_eq!(complete("```rust\nlet a = *b"), "```rust\nlet a = *b");
        assert_eq!(complete("```rust\nlet a = 1;\n``"), "```rust\nlet a = 1;\n");
        assert_eq!(complete("```\na\n```\n**b"), "```\na\n```\n**b**");
    }

    #[test]
    fn any_cut_of_a_document_is_harmless() {
        let whole = "# Ä **b** _c_ `d` [e](https://f.g) ![h](i)\n\n- *j*\n\n|k|l|\n|-|-|\n```m\nn\n```\n~~o~~ \\* ** __ ``";
        for (at, _) in whole.char_indices() {
            let _ = complete(&whole[..at]);
        }
    }
}
