//! Where CommonMark reads something else than what people and models mean. Such
//! places get marks that CommonMark understands before the text is read:
//!
//! - `**注意：**请看`: where a script has no spaces, bold needs none.
//! - `\(a_1*b\)`, `$$x^2$$`, `https://a.example/__init__.py`, `C:\me\.ssh`: a
//!   formula, an address and a word that escapes nothing stay as they are written.
//! - `[INFO]: done`: what looks like the target of a link that is nowhere in the
//!   text, or like one that nobody could follow, is words.
//! - `` |`a|b`| ``: a bar that would make one cell too many is part of a cell.
//! - `<br>` on a line of its own: a line break, as inside of a line.

mod definitions;
mod joints;
mod literal;
mod tables;

use std::borrow::Cow;
use std::ops::Range;

use clawline_core::sorted;
use pulldown_cmark::{Event, Parser, Tag};

use super::read::{Href, is_break, options};
use definitions::Definitions;

/// Neither a letter, a sign nor a space: a mark next to it opens or closes.
pub(super) const JOINER: char = '\u{fdd0}';

/// What a mark is put in front of so that it is a character like others.
const ESCAPE: char = '\\';

/// What is put where.
type Places = Vec<(usize, char)>;

/// A text with the marks.
pub(super) struct Meant<'a> {
    pub(super) text: Cow<'a, str>,
    /// Whether the text defines targets that links elsewhere may name.
    pub(super) defines: bool,
    /// What was put into the text first, and what into the text with that.
    put: [Put; 2],
}

/// Where something was put, and how much that is from the beginning on; in order.
type Put = Vec<(usize, usize)>;

impl Meant<'_> {
    /// The place in the original of one in the text with the marks.
    pub(super) fn original(&self, at: usize) -> usize {
        self.put.iter().rev().fold(at, |at, put| {
            let before = put.partition_point(|(place, _)| *place < at);
            let last = before.checked_sub(1).and_then(|last| put.get(last));
            at.saturating_sub(last.map_or(0, |(_, more)| *more))
        })
    }
}

/// A text as it is meant; one that `grows` may end inside of a formula.
pub(super) fn of(source: &str, grows: bool, href: Href) -> Meant<'_> {
    let mut places = Places::new();
    joints::find(source, &mut places);
    breaks(source, &mut places);
    let (joined, first) = with(Cow::Borrowed(source), places);
    let mut places = Places::new();
    let defines = escapes(&joined, grows, href, &mut places);
    let (text, second) = with(joined, places);
    Meant {
        text,
        defines,
        put: [first, second],
    }
}

/// Where escapes are to be put, as a first look at a text tells; and whether the
/// text defines targets.
fn escapes(source: &str, grows: bool, href: Href, places: &mut Places) -> bool {
    let parser = Parser::new_ext(source, options());
    let has_definitions = parser.reference_definitions().iter().next().is_some();
    if !has_definitions && !literal::may_be_in(source) && !source.contains('|') {
        return false;
    }
    let Seen {
        mut closed,
        ends,
        tables,
        definitions,
    } = Seen::of(source, parser);
    closed.extend(definitions.find(source, href, places));
    let closed = sorted(closed, |a, b| a.start.cmp(&b.start));
    literal::find(source, &closed, &ends, grows, places);
    tables::find(source, &tables, places);
    definitions.define(href)
}

fn with(source: Cow<'_, str>, places: Places) -> (Cow<'_, str>, Put) {
    if places.is_empty() {
        return (source, Put::new());
    }
    let mut places = sorted(places, Ord::cmp);
    places.dedup();
    let mut text = String::with_capacity(source.len() + 3 * places.len());
    let mut put = Put::with_capacity(places.len());
    let (mut from, mut more) = (0, 0);
    for (at, mark) in places {
        text.push_str(source.get(from..at).unwrap_or_default());
        text.push(mark);
        from = at;
        let place = at + more;
        more += mark.len_utf8();
        put.push((place, more));
    }
    text.push_str(source.get(from..).unwrap_or_default());
    (Cow::Owned(text), put)
}

/// A line that begins with a break is no block of HTML.
fn breaks(source: &str, places: &mut Places) {
    for (start, line) in lines(source) {
        let tag = line.find('<').and_then(|at| line.split_at_checked(at));
        let Some((before, tag)) = tag.filter(|(before, _)| is_before_words(before)) else {
            continue;
        };
        let end = tag.find('>').map_or(0, |at| at + 1);
        if tag.get(..end).is_some_and(is_break) {
            places.push((start + before.len(), JOINER));
        }
    }
}

/// The lines of a text, with where each begins.
fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    source.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// Whether nothing but the marks of quotations and lists stands here.
fn is_before_words(beginning: &str) -> bool {
    let is_before = |next: char| " \t>-+*.)".contains(next) || next.is_ascii_digit();
    beginning.chars().all(is_before)
}

/// What a first look at a text has seen.
struct Seen {
    /// Where code, links and tags are, in order: nothing literal begins in them.
    closed: Vec<Range<usize>>,
    /// Where no formula goes on, in order.
    ends: Vec<usize>,
    tables: Vec<Range<usize>>,
    definitions: Definitions,
}

impl Seen {
    fn of(source: &str, parser: Parser<'_>) -> Self {
        let mut events = parser.into_offset_iter();
        let mut closed: Vec<Range<usize>> = Vec::new();
        let mut shown: Vec<Range<usize>> = Vec::new();
        let mut ends = Vec::new();
        let mut named = Vec::new();
        let mut tables = Vec::new();
        while let Some((event, range)) = events.next() {
            match event {
                Event::Code(_) | Event::InlineHtml(_) => closed.push(range.clone()),
                Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => {
                    ends.push(range.start);
                    closed.push(range.clone());
                }
                Event::Start(Tag::Link { id, .. } | Tag::Image { id, .. }) => {
                    closed.push(range.clone());
                    let definition = events.reference_definitions().get(&id);
                    named.extend(definition.map(|definition| definition.span.start));
                }
                Event::Text(_) => {}
                Event::Start(Tag::Heading { .. } | Tag::TableHead | Tag::TableRow) => {
                    // The other kind of heading is one by a line below it, which
                    // could be part of a formula.
                    if matches!(source.as_bytes().get(range.start), Some(b'#' | b'|')) {
                        ends.extend([range.start, range.end.saturating_sub(1)]);
                    }
                    continue;
                }
                Event::Start(Tag::Table(_)) => {
                    tables.push(range);
                    continue;
                }
                _ => continue,
            }
            shown.push(range);
        }
        let known = events.reference_definitions();
        Self {
            definitions: Definitions::of(source, known, &shown, named),
            closed,
            ends: sorted(ends, Ord::cmp),
            tables,
        }
    }
}

#[cfg(test)]
mod tests;
