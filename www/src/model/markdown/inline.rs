//! From the text of a paragraph to words, code, links and emphasis.

use super::emphasis::{Piece, Run, resolve};
use super::entities;
use super::lines::run;
use super::{Inline, plain_text};
use crate::links::{Piece as Part, safe_href, split_addresses};

/// Longer runs of backticks are not looked for: each length costs a search.
const MAX_TICKS: usize = 32;

/// The longest target of a link that is read, in bytes.
const MAX_TARGET: usize = 4_096;

/// How many brackets may be open inside each other, and in a link's target.
const MAX_BRACKETS: usize = 100;

/// Reads the inside of blocks.
pub(super) struct Inlines<'a> {
    /// Links that the text defines elsewhere: label and target.
    pub(super) definitions: Vec<(&'a str, &'a str)>,
}

impl Inlines<'_> {
    /// The words of some lines, without any dress.
    pub(super) fn plain(&self, lines: &[&str]) -> Vec<Inline> {
        vec![Inline::Text(lines.join("\n"))]
    }

    /// Reads the lines of one block.
    pub(super) fn read(&self, lines: &[&str]) -> Vec<Inline> {
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            let line = line.trim_start_matches([' ', '\t']);
            if index + 1 == lines.len() {
                text.push_str(line.trim_end_matches([' ', '\t']));
                continue;
            }
            let bare = line.trim_end_matches([' ', '\t']);
            text.push_str(bare);
            text.push_str(if line.ends_with("  ") { "\\\n" } else { "\n" });
        }
        let mut reader = Reader {
            text: &text,
            at: 0,
            pieces: Vec::new(),
            brackets: Vec::new(),
            unclosed: 0,
            definitions: &self.definitions,
        };
        reader.read();
        with_links(resolve(reader.pieces))
    }
}

/// An open bracket.
struct Bracket {
    /// Where its piece stands.
    piece: usize,
    /// Where the text behind it begins.
    text: usize,
    is_picture: bool,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    pieces: Vec<Piece>,
    brackets: Vec<Bracket>,
    /// Lengths of backtick runs, as bits, that have no partner further on.
    unclosed: u64,
    definitions: &'a [(&'a str, &'a str)],
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn read(&mut self) {
        const MARKS: [char; 9] = ['\\', '`', '*', '_', '~', '[', ']', '!', '<'];
        loop {
            let rest = self.rest();
            let end = rest.find(|next| MARKS.contains(&next) || next == '&');
            self.take_words(end.unwrap_or(rest.len()));
            let Some(mark) = self.rest().bytes().next() else {
                return;
            };
            match mark {
                b'\\' => self.escape(),
                b'`' => self.code(),
                b'[' => self.open_bracket(1),
                b'!' if self.rest().starts_with("![") => self.open_bracket(2),
                b']' => self.close_bracket(),
                b'<' => self.autolink(),
                b'&' => self.entity(),
                b'*' | b'_' | b'~' => self.delimiters(mark),
                _ => self.take_words(1),
            }
        }
    }

    fn take_words(&mut self, length: usize) {
        let words = self.rest().get(..length).unwrap_or_default();
        self.push_words(words);
        self.at += length;
    }

    fn push_words(&mut self, words: &str) {
        if let Some(Piece::Done(Inline::Text(text))) = self.pieces.last_mut() {
            text.push_str(words);
        } else if !words.is_empty() {
            self.pieces.push(Piece::words(words));
        }
    }

    fn escape(&mut self) {
        let next = self.rest().chars().nth(1);
        match next {
            Some('\n') => {
                self.pieces.push(Piece::Done(Inline::Break));
                self.at += 2;
            }
            Some(next) if next.is_ascii_punctuation() => {
                self.at += 1;
                self.take_words(1);
            }
            _ => self.take_words(1),
        }
    }

    fn code(&mut self) {
        let rest = self.rest();
        let ticks = run(rest, b'`');
        let is_known = ticks > MAX_TICKS || self.unclosed & (1 << ticks) != 0;
        let inside = rest.get(ticks..).unwrap_or("");
        let Some(length) = (!is_known).then(|| closing_ticks(inside, ticks)).flatten() else {
            if ticks <= MAX_TICKS {
                self.unclosed |= 1 << ticks;
            }
            return self.take_words(ticks);
        };
        let code = inside.get(..length).unwrap_or("").replace("\\\n", "\n");
        let code = code.replace('\n', " ");
        let is_padded = code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty();
        let code = if is_padded {
            code.get(1..code.len() - 1).unwrap_or(&code).to_owned()
        } else {
            code
        };
        self.pieces.push(Piece::Done(Inline::Code(code)));
        self.at += ticks + length + ticks;
    }

    fn autolink(&mut self) {
        let inside = self.rest().get(1..).unwrap_or("");
        let end = inside.find(|next: char| matches!(next, '<' | '>') || next.is_whitespace());
        let target = end.filter(|end| inside.get(*end..).is_some_and(|rest| rest.starts_with('>')));
        let target = target.and_then(|end| inside.get(..end));
        match target.and_then(|target| Some((target, safe_href(target)?))) {
            Some((target, href)) => {
                let words = vec![Inline::Text(target.to_owned())];
                self.pieces.push(Piece::Done(Inline::Link(href, words)));
                self.at += target.len() + 2;
            }
            None => self.take_words(1),
        }
    }

    fn entity(&mut self) {
        match entities::read(self.rest()) {
            Some((character, length)) => {
                self.push_words(character.encode_utf8(&mut [0; 4]));
                self.at += length;
            }
            None => self.take_words(1),
        }
    }

    fn delimiters(&mut self, mark: u8) {
        let length = run(self.rest(), mark);
        let before = self
            .text
            .get(..self.at)
            .and_then(|text| text.chars().next_back());
        let after = self
            .rest()
            .get(length..)
            .and_then(|text| text.chars().next());
        let run = Run::new(mark, length, before, after);
        self.at += length;
        self.pieces.push(Piece::Open(run));
    }

    fn open_bracket(&mut self, length: usize) {
        if self.brackets.len() >= MAX_BRACKETS {
            return self.take_words(length);
        }
        // A piece of its own, which goes when it becomes a link.
        let words = self.rest().get(..length).unwrap_or("");
        self.pieces.push(Piece::words(words));
        self.at += length;
        self.brackets.push(Bracket {
            piece: self.pieces.len() - 1,
            text: self.at,
            is_picture: length == 2,
        });
        // What follows is not part of it.
        self.pieces.push(Piece::words(""));
    }

    fn close_bracket(&mut self) {
        let Some(open) = self.brackets.pop() else {
            return self.take_words(1);
        };
        let label = self.text.get(open.text..self.at).unwrap_or("");
        let behind = self.rest().get(1..).unwrap_or("");
        let found = target(behind).or_else(|| self.defined(label, behind));
        let Some((target, length)) = found else {
            return self.take_words(1);
        };
        self.at += 1 + length;
        let content = resolve(self.pieces.split_off(open.piece + 1));
        self.pieces.pop();
        if !open.is_picture {
            // No link stands inside of another.
            self.brackets.retain(|bracket| bracket.is_picture);
        }
        match safe_href(&target) {
            Some(href) if open.is_picture => {
                let picture = Inline::Picture(href, plain_text(&content));
                self.pieces.push(Piece::Done(picture));
            }
            Some(href) => self.pieces.push(Piece::wrapped(content, |content| {
                Inline::Link(href, content)
            })),
            None if open.is_picture => self.push_words(&plain_text(&content)),
            None => self.pieces.extend(content.into_iter().map(Piece::Done)),
        }
    }

    /// The target of a link by its label, and the length of what names it.
    fn defined(&self, label: &str, behind: &str) -> Option<(String, usize)> {
        if self.definitions.is_empty() {
            return None;
        }
        let named = behind
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'));
        let (label, length) = match named {
            Some(("", _)) => (label, 2),
            Some((label, _)) => (label, label.len() + 2),
            None => (label, 0),
        };
        let mut known = self.definitions.iter();
        let (_, target) = known.find(|(known, _)| known.eq_ignore_ascii_case(label))?;
        Some(((*target).to_owned(), length))
    }
}

/// How long the code is before the next run of exactly so many backticks.
fn closing_ticks(text: &str, ticks: usize) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('`')?;
        let found = run(text.get(at..)?, b'`');
        if found == ticks {
            return Some(at);
        }
        from = at + found;
    }
}

/// The target in round brackets at the beginning of a text, and how long they are.
fn target(text: &str) -> Option<(String, usize)> {
    let inside = text.strip_prefix('(')?;
    let start = inside.len() - inside.trim_start().len();
    let from = inside.get(start..)?;
    let (raw, length) = match from.strip_prefix('<') {
        Some(bare) => {
            let end = bare
                .find(['>', '<', '\n'])
                .filter(|end| *end <= MAX_TARGET)?;
            let target = bare.get(..end)?;
            (
                target,
                bare.get(end..)?.starts_with('>').then_some(end + 2)?,
            )
        }
        None => {
            let end = end_of_target(from)?;
            (from.get(..end)?, end)
        }
    };
    let behind = from.get(length..)?;
    let rest = without_title(behind.trim_start())?.trim_start();
    let rest = rest.strip_prefix(')')?;
    Some((unescaped(raw), text.len() - rest.len()))
}

fn end_of_target(text: &str) -> Option<usize> {
    let mut open = 0;
    let mut is_escaped = false;
    for (at, next) in text.char_indices().take_while(|(at, _)| *at <= MAX_TARGET) {
        match next {
            _ if is_escaped => {}
            '(' => open += 1,
            ')' if open == 0 => return Some(at),
            ')' => open -= 1,
            ' ' | '\t' | '\n' => return Some(at),
            _ => {}
        }
        if open > MAX_BRACKETS {
            return None;
        }
        is_escaped = next == '\\' && !is_escaped;
    }
    None
}

/// What stands behind the title, if there is one.
fn without_title(text: &str) -> Option<&str> {
    let end = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => quote,
        Some('(') => ')',
        _ => return Some(text),
    };
    let inside = text.get(1..)?;
    let close = inside.find(end).filter(|close| *close <= MAX_TARGET)?;
    inside.get(close + 1..)
}

/// A target as it is meant.
fn unescaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        let mut length = next.len_utf8();
        let mut character = next;
        let after = rest.chars().nth(1);
        if next == '\\' && after.is_some_and(|after| after.is_ascii_punctuation()) {
            character = after.unwrap_or(next);
            length = 2;
        } else if let Some((meant, used)) = entities::read(rest) {
            (character, length) = (meant, used);
        }
        text.push(character);
        rest = rest.get(length..).unwrap_or("");
    }
    text
}

/// Turns bare addresses into links, everywhere but inside links.
fn with_links(content: Vec<Inline>) -> Vec<Inline> {
    let mut linked = Vec::with_capacity(content.len());
    for inline in content {
        match inline {
            Inline::Text(text) if text.contains("http") => {
                for part in split_addresses(&text) {
                    linked.push(match part {
                        Part::Words(words) => Inline::Text(words.to_owned()),
                        Part::Address(address) => {
                            let words = Inline::Text(address.to_owned());
                            match safe_href(address) {
                                Some(href) => Inline::Link(href, vec![words]),
                                None => words,
                            }
                        }
                    });
                }
            }
            Inline::Strong(inner) => linked.push(Inline::Strong(with_links(inner))),
            Inline::Emphasis(inner) => linked.push(Inline::Emphasis(with_links(inner))),
            Inline::Strike(inner) => linked.push(Inline::Strike(with_links(inner))),
            other => linked.push(other),
        }
    }
    linked
}
