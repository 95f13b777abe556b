//! Markdown that is still being written.
//!
//! While a reply streams, its last lines are often half of something: `**bol`,
//! a link whose target has not come yet, the first dash of a list. Shown as it
//! is, the text would flash asterisks and headings that vanish again.

use std::borrow::Cow;
use std::sync::Arc;

use super::read::{Last, Reading, read};
use super::{Block, meant};
use crate::links::safe_href;

/// A text that grows. Only its last block is read again when more of it comes.
#[derive(Debug, Default)]
pub struct Growing {
    text: String,
    /// The blocks that stay as they are, whatever comes.
    settled: Vec<Arc<Block>>,
    /// Where the others begin.
    from: usize,
    /// Links may name targets anywhere in the text: it is read as a whole.
    is_one: bool,
}

impl Growing {
    /// Reads the text, of which the beginning may be known: what is open at its
    /// end looks closed.
    pub(super) fn read(&mut self, text: &str) -> Vec<Arc<Block>> {
        match text.strip_prefix(self.text.as_str()) {
            Some(more) => self.text.push_str(more),
            None => {
                *self = Self {
                    text: text.to_owned(),
                    ..Self::default()
                };
            }
        }
        let mut meant = meant::of(self.tail(), true, safe_href);
        if meant.defines && !self.is_one {
            self.is_one = true;
            self.from = 0;
            self.settled.clear();
            meant = meant::of(self.tail(), true, safe_href);
        }
        let reading = read(&meant.text, true, safe_href);
        let completed = complete(&meant.text, &reading);
        let shown = (completed != meant.text).then(|| read(&completed, true, safe_href).blocks);
        let blocks = reading.blocks.into_iter();
        let blocks = blocks.map(|(start, block)| (meant.original(start), block));
        let blocks: Vec<_> = blocks.collect();
        let settled = self.settle(&blocks);
        let shown = shown.unwrap_or(blocks).into_iter().skip(settled);
        let shown = shown.map(|(_, block)| block);
        self.settled.iter().cloned().chain(shown).collect()
    }

    fn tail(&self) -> &str {
        self.text.get(self.from..).unwrap_or_default()
    }

    /// Settles the blocks before the last one whose first line is complete: what
    /// comes does not change how that line begins a block. Tells how many.
    fn settle(&mut self, blocks: &[(usize, Arc<Block>)]) -> usize {
        if self.is_one {
            return 0;
        }
        let tail = self.tail();
        let is_begun = |start: usize| tail.get(start..).is_some_and(|rest| rest.contains('\n'));
        let last = blocks.iter().rposition(|(start, _)| is_begun(*start));
        let settled = last.unwrap_or(0);
        let Some((start, _)) = blocks.get(settled).filter(|_| settled > 0) else {
            return 0;
        };
        let line = tail.get(..*start).and_then(|before| before.rfind('\n'));
        let line = line.map_or(0, |end| end + 1);
        let blocks = blocks.iter().take(settled);
        self.settled.extend(blocks.map(|(_, block)| block.clone()));
        self.from += line;
        settled
    }
}

/// Completes the open constructs at the end of a text that is still growing,
/// so that it already looks like what it will most likely become.
fn complete<'a>(source: &'a str, reading: &Reading) -> Cow<'a, str> {
    if reading.last == Last::Code {
        return Cow::Borrowed(source);
    }
    let last = reading.blocks.last();
    let is_table = last.is_some_and(|(_, block)| matches!(**block, Block::Table(_)));
    let line = source.rfind('\n').map_or(0, |at| at + 1);
    let (before, line) = source.split_at(line);
    let is_undecided = is_undecided_marker(line) || is_undecided_number(before, line);
    let text = if is_undecided && !is_table {
        before
    } else {
        source
    };
    let Last::Words(words) = &reading.last else {
        return Cow::Borrowed(text);
    };
    let behind = text.get(words.end..).unwrap_or_default();
    if !behind.trim().is_empty() || behind.matches('\n').count() > 1 {
        return Cow::Borrowed(text);
    }
    // An escaped character begins behind the mark that escapes it.
    let is_escaped = text
        .get(..words.start)
        .is_some_and(|head| head.ends_with('\\'));
    let start = words.start - usize::from(is_escaped);
    let text = without_open_link(text, start);
    let Spans { closers, undecided } = open_spans(text.get(start..).unwrap_or_default());
    if closers.is_empty() && undecided == 0 {
        return text;
    }
    let mut text = text.into_owned();
    text.truncate(text.len() - undecided);
    if !closers.is_empty() {
        // A closer after a blank would not close: `**bold **` is no bold text.
        text.truncate(text.trim_end().len());
        text.push_str(&closers);
    }
    Cow::Owned(text)
}

/// A last line of markers alone: `-` may become a list, a rule or a heading,
/// and so may the beginning of the line below a table's head.
fn is_undecided_marker(line: &str) -> bool {
    let line = line.trim();
    let is_marker = |next: char| {
        matches!(
            next,
            '-' | '=' | '*' | '#' | '+' | '>' | '|' | ':' | '`' | '~' | '_' | ' '
        )
    };
    !line.is_empty()
        && (line.len() <= 6 || line.contains('|'))
        && line != ":"
        && line.chars().all(is_marker)
}

/// A number below other words: it may become the next item of a list.
fn is_undecided_number(before: &str, line: &str) -> bool {
    let line = line.trim();
    let is_number = !line.is_empty() && line.bytes().all(|next| next.is_ascii_digit());
    is_number && !before.is_empty() && !before.ends_with("\n\n")
}

/// A link that has begun and not ended, `[text](https://exa`, is its words.
fn without_open_link(text: &str, start: usize) -> Cow<'_, str> {
    let open = text.get(start..).and_then(open_link);
    let Some((before, words)) = open else {
        return Cow::Borrowed(text);
    };
    let head = text.get(..start + before).unwrap_or_default();
    Cow::Owned(format!("{head}{words}"))
}

/// Where a link begins whose target is not complete, and its words.
fn open_link(paragraph: &str) -> Option<(usize, &str)> {
    let (head, target) = paragraph.rsplit_once("](")?;
    let mut depth = 0_u32;
    for next in target.chars() {
        match next {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' => return None,
            next if next.is_whitespace() => return None,
            _ => {}
        }
    }
    let mut inner = 0_u32;
    let (open, _) = head.rmatch_indices(['[', ']']).find(|(_, bracket)| {
        let is_open = *bracket == "[" && inner == 0;
        inner = match *bracket {
            "]" => inner + 1,
            _ => inner.saturating_sub(1),
        };
        is_open
    })?;
    let words = head.get(open + 1..)?;
    let is_picture = head.get(..open).is_some_and(|head| head.ends_with('!'));
    Some((open - usize::from(is_picture), words))
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
        } else if c == '~' && length == 1 && i == chars.len() {
            undecided = length;
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
mod tests;
