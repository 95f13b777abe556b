//! What stays as it is written: formulas, bare addresses, and words whose
//! backslashes escape nothing. Each is dissolved into signs with escapes.

use std::ops::Range;

use super::{ESCAPE, Places, lines};
use crate::links::{Piece, split_addresses};

/// What begins a formula that may have several lines, and what ends it.
const AROUND: [(&str, &str); 3] = [("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")];

/// Whether there could be anything of that kind.
pub(super) fn may_be_in(source: &str) -> bool {
    source.contains(['\\', '$']) || source.contains("://")
}

/// Where escapes are to be put. Nothing begins in what is `closed`, and no
/// formula goes on where something `ends`.
pub(super) fn find(
    source: &str,
    closed: &[Range<usize>],
    ends: &[usize],
    grows: bool,
    places: &mut Places,
) {
    let mut found = formulas(source, closed, ends, grows);
    for open in opens(source, closed) {
        let (start, text) = (open.start, source.get(open).unwrap_or_default());
        let more = dollars(text).into_iter();
        found.extend(more.map(|range| start + range.start..start + range.end));
        words(text, start, places);
        addresses(text, start, places);
    }
    for formula in found {
        signs(source, formula, places);
    }
}

/// The text between what is closed.
fn opens(source: &str, closed: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut opens = Vec::new();
    let mut from = 0;
    for closed in closed {
        if closed.start > from {
            opens.push(from..closed.start);
        }
        from = from.max(closed.end);
    }
    opens.push(from..source.len());
    opens
}

/// The formulas that may have several lines, with the marks around them.
fn formulas(
    source: &str,
    closed: &[Range<usize>],
    ends: &[usize],
    grows: bool,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut closed = closed.iter().peekable();
    // What the last line begins is not decided while it grows.
    let decided = match grows {
        true => source.rfind('\n').map_or(0, |end| end + 1),
        false => source.len(),
    };
    let mut ends = ends.iter().take_while(|end| **end < decided).peekable();
    // Where the formula begins that is open, and what ends it.
    let mut open: Option<(usize, &str)> = None;
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        while ends.next_if(|end| **end <= at).is_some() {
            open = None;
        }
        while closed.next_if(|closed| closed.end <= at).is_some() {}
        if let Some(closed) = closed.peek().filter(|closed| closed.contains(&at)) {
            at = closed.end;
            continue;
        }
        let begins = |mark: &str| rest.starts_with(mark.as_bytes());
        if let Some((start, close)) = open {
            if begins(close) {
                at += close.len();
                found.push(start..at);
                open = None;
                continue;
            }
            // None goes on in the next paragraph.
            if is_before_a_blank_line(rest) {
                open = None;
            }
        } else if let Some((mark, close)) = AROUND.iter().find(|(mark, _)| begins(mark)) {
            open = Some((at, close));
            at += mark.len();
            continue;
        }
        let is_escape = begins("\\") && !begins("\\\n");
        at += if is_escape { 2 } else { 1 };
    }
    found.retain(|formula| has_letters(source, formula));
    if let Some((start, _)) = open.filter(|_| grows) {
        found.push(start..source.len());
    }
    found
}

fn is_before_a_blank_line(rest: &[u8]) -> bool {
    let next = rest.strip_prefix(b"\n").map(|line| line.iter());
    next.and_then(|mut line| line.find(|next| !matches!(next, b' ' | b'\t'))) == Some(&b'\n')
}

/// Formulas between single dollars, which stand in one line. What is a price or
/// the name of a variable ends none.
fn dollars(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = None;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, next)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, after)| *after);
        match next {
            '\n' => open = None,
            // Part of a mark of two, or escaped.
            '$' if before == '$' || after == '$' || before == '\\' => {}
            '$' => {
                let is_end = !is_beside(before) && !after.is_ascii_alphanumeric();
                let is_start = !is_beside(after) && !before.is_ascii_alphanumeric();
                match open.filter(|_| is_end) {
                    Some(start) => {
                        found.push(start..at + 1);
                        open = None;
                    }
                    None => open = is_start.then_some(at).or(open),
                }
            }
            _ => {}
        }
        before = next;
    }
    found.retain(|formula| has_letters(text, formula));
    found
}

/// No formula has a blank or a mark at its edge.
fn is_beside(next: char) -> bool {
    next.is_whitespace() || matches!(next, '*' | '_' | '~')
}

/// A backslash before a letter escapes nothing. Who writes one in a word, as in
/// a path, an expression or a string of a program, means all of the word's.
fn words(text: &str, start: usize, places: &mut Places) {
    let is_of_a_word = |next: &u8| next.is_ascii_graphic();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().take_while(|next| is_of_a_word(next)).count();
        let word = rest.get(..length).unwrap_or_default();
        let ends_line = rest.get(length) == Some(&b'\n');
        backslashes(word, ends_line, start + at, places);
        at += length + 1;
    }
}

fn backslashes(word: &[u8], ends_line: bool, start: usize, places: &mut Places) {
    let mut escapes = Vec::new();
    let mut is_literal = false;
    let mut at = 0;
    while let Some(found) = word.iter().skip(at).position(|next| *next == b'\\') {
        at += found;
        match word.get(at + 1) {
            Some(next) if next.is_ascii_alphanumeric() => is_literal = true,
            Some(_) => escapes.extend([at, at + 1]),
            // It would break the line.
            None if ends_line => escapes.push(at),
            None => {}
        }
        at += 2;
    }
    if is_literal {
        places.extend(escapes.into_iter().map(|at| (start + at, ESCAPE)));
    }
}

/// The marks inside of bare addresses. Those at the end are around it.
fn addresses(text: &str, start: usize, places: &mut Places) {
    let mut at = start;
    for piece in split_addresses(text) {
        let (Piece::Words(part) | Piece::Address(part)) = piece;
        if matches!(piece, Piece::Address(_)) {
            marks(part, at, places);
        }
        at += part.len();
    }
}

fn marks(address: &str, start: usize, places: &mut Places) {
    let is_mark = |next: char| matches!(next, '*' | '_' | '~');
    let goes_on = |next: char| next.is_ascii_alphanumeric() || "/.-=&?#%".contains(next);
    // From the end: whether the address goes on behind the marks.
    let mut is_inside = false;
    for (at, next) in address.char_indices().rev() {
        if !is_mark(next) {
            is_inside = goes_on(next);
        } else if is_inside && !address.get(..at).is_some_and(|head| head.ends_with('\\')) {
            places.push((start + at, ESCAPE));
        }
    }
}

fn has_letters(source: &str, range: &Range<usize>) -> bool {
    let inside = source.get(range.clone()).unwrap_or_default();
    inside.contains(char::is_alphanumeric)
}

/// Where signs are that CommonMark could take for something; not the marks of
/// the quotation in which the formula stands.
fn signs(source: &str, range: Range<usize>, places: &mut Places) {
    let inside = source.get(range.clone()).unwrap_or_default();
    let mut depth = 0;
    for (at, line) in lines(inside) {
        let words = without_quotation(line, depth);
        let start = range.start + at + line.len() - words.len();
        let signs = words.bytes().enumerate();
        let signs = signs.filter(|(_, next)| next.is_ascii_punctuation());
        places.extend(signs.map(|(at, _)| (start + at, ESCAPE)));
        if at == 0 && line.ends_with('\n') {
            let before = source.get(..range.start).unwrap_or_default();
            let beginning = before.rsplit('\n').next().unwrap_or_default();
            let marks = beginning
                .chars()
                .take_while(|mark| " \t>-+*".contains(*mark));
            depth = marks.filter(|mark| *mark == '>').count();
        }
    }
}

fn without_quotation(line: &str, depth: usize) -> &str {
    let mut words = line;
    for _ in 0..depth {
        match words.trim_start_matches(' ').strip_prefix('>') {
            Some(rest) => words = rest,
            None => break,
        }
    }
    words
}
