//! From the events of pulldown-cmark to a tree.

use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, OffsetIter, Options, Parser, Tag};

use super::meant::JOINER;
use super::{Align, Block, Inline, Item, Table, plain_text};
use crate::links::{Piece, split_addresses};

/// Quotations and lists inside each other past this depth are drawn as they are
/// written. A hostile message of ten thousand `>` would overflow the stack.
const MAX_DEPTH: usize = 12;

/// Dress upon dress past this depth becomes plain words.
const MAX_DRESS: usize = 16;

/// How many cells are added where the rows of a table are shorter than its head.
/// A hostile message of 60 KB would lack a quarter of a million.
const MAX_FILLED: usize = 4_000;

/// The longest name of a language that is shown, in characters.
const MAX_LANGUAGE: usize = 40;

/// Which link targets may be followed, as they are to be followed.
pub(super) type Href = fn(&str) -> Option<String>;

/// A text as it was read.
pub(super) struct Reading {
    /// The blocks, and where in the text each begins.
    pub(super) blocks: Vec<(usize, Arc<Block>)>,
    /// What the text ends with.
    pub(super) last: Last,
}

/// What stands at the end of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Last {
    /// Nothing that could go on.
    Nothing,
    /// Code.
    Code,
    /// Words, and where they stand.
    Words(Range<usize>),
}

pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// Reads a text that has the marks of what is meant; one that `grows` may end
/// inside of something.
pub(super) fn read(source: &str, grows: bool, href: Href) -> Reading {
    let events = Parser::new_ext(source, options()).into_offset_iter();
    let mut reader = Reader {
        source,
        events: events.peekable(),
        last: Last::Nothing,
        tick: None,
        grows,
        is_in_link: false,
        href,
    };
    let mut blocks = Vec::new();
    while let Some((_, range)) = reader.events.peek() {
        let start = range.start;
        match reader.block(0) {
            Some(block) => blocks.push((start, Arc::new(block))),
            None => drop(reader.events.next()),
        }
    }
    Reading {
        blocks,
        last: reader.last,
    }
}

struct Reader<'a> {
    source: &'a str,
    events: Peekable<OffsetIter<'a>>,
    last: Last,
    /// The box of the item that is being read.
    tick: Option<bool>,
    grows: bool,
    is_in_link: bool,
    href: Href,
}

impl<'a> Reader<'a> {
    /// Everything up to the end of what is open, which is taken too.
    fn blocks(&mut self, depth: usize) -> Vec<Arc<Block>> {
        let mut blocks = Vec::new();
        while let Some((event, _)) = self.events.peek() {
            if matches!(event, Event::End(_)) {
                self.events.next();
                break;
            }
            match self.block(depth) {
                Some(block) => blocks.push(Arc::new(block)),
                None => drop(self.events.next()),
            }
        }
        blocks
    }

    /// The next block; `None`, and nothing is taken, when there is none.
    fn block(&mut self, depth: usize) -> Option<Block> {
        let (event, _) = self.events.peek()?;
        if is_of_a_line(event) {
            return Some(Block::Line(self.inlines(0)));
        }
        let (event, range) = self.events.next_if(|(event, _)| !is_end(event))?;
        let Event::Start(tag) = event else {
            self.last = Last::Nothing;
            return Some(Block::Rule);
        };
        if depth > MAX_DEPTH {
            return Some(self.as_written(range));
        }
        Some(match tag {
            Tag::Heading { level, .. } => Block::Heading(level as u8, self.content()),
            Tag::BlockQuote(_) => Block::Quote(self.blocks(depth + 1)),
            Tag::CodeBlock(kind) => self.code(&kind),
            Tag::HtmlBlock => {
                let text = Inline::Text(self.verbatim());
                Block::Paragraph(self.with_links(vec![text]))
            }
            Tag::List(first) => Block::List(first, self.items(depth)),
            Tag::Table(align) => Block::Table(self.table(&align)),
            _ => Block::Paragraph(self.content()),
        })
    }

    /// The words of a block, to its end.
    fn content(&mut self) -> Vec<Inline> {
        let content = self.inlines(0);
        self.events.next();
        content
    }

    fn as_written(&mut self, range: Range<usize>) -> Block {
        self.skip(|_| {});
        self.last = Last::Nothing;
        let written = self.source.get(range).unwrap_or_default();
        Block::Paragraph(vec![Inline::Text(bare(written.trim_end()))])
    }

    /// Takes everything up to the end of what is open.
    fn skip(&mut self, mut see: impl FnMut(&Event<'a>)) {
        let mut open = 1;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                _ => see(&event),
            }
            if open == 0 {
                break;
            }
        }
    }

    /// The text of what is open, without the end of its last line.
    fn verbatim(&mut self) -> String {
        let mut text = String::new();
        self.skip(|event| {
            if let Event::Text(words) | Event::Html(words) | Event::InlineHtml(words) = event {
                text.push_str(words);
            }
        });
        self.last = Last::Nothing;
        let end = text.strip_suffix('\n').unwrap_or(&text).len();
        text.truncate(end);
        bare(&text)
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>) -> Block {
        let info = match kind {
            CodeBlockKind::Fenced(info) => info,
            CodeBlockKind::Indented => "",
        };
        let language = info.split_whitespace().next().unwrap_or_default();
        let language = language.chars().take(MAX_LANGUAGE).collect();
        let mut text = String::new();
        self.skip(|event| {
            if let Event::Text(code) = event {
                text.push_str(code);
            }
        });
        self.last = Last::Code;
        let is_fenced = matches!(kind, CodeBlockKind::Fenced(_));
        if self.grows && is_fenced && !text.ends_with('\n') {
            let line = text.rfind('\n').map_or(0, |at| at + 1);
            // The beginning of the closing fence is no line of code.
            if text.get(line..).is_some_and(is_of_a_fence) {
                text.truncate(line);
            }
        }
        let end = text.strip_suffix('\n').unwrap_or(&text).len();
        text.truncate(end);
        Block::Code(language, bare(&text))
    }

    fn items(&mut self, depth: usize) -> Vec<Arc<Item>> {
        let mut items = Vec::new();
        let around = self.tick.take();
        while let Some((Event::Start(Tag::Item), _)) = self.events.next() {
            self.last = Last::Nothing;
            let blocks = self.blocks(depth + 1);
            let ticked = self.tick.take();
            items.push(Arc::new(Item { ticked, blocks }));
        }
        self.tick = around;
        items
    }

    fn table(&mut self, align: &[Alignment]) -> Table {
        let mut rows = Vec::new();
        let mut filled = 0;
        while let Some((Event::Start(_), _)) = self.events.next() {
            let mut row = Vec::new();
            while let Some((Event::Start(_), range)) = self.events.next() {
                let cell = self.content();
                filled += usize::from(range.is_empty());
                if !range.is_empty() || filled <= MAX_FILLED {
                    row.push(cell);
                }
            }
            rows.push(Arc::new(row));
        }
        let align = align.iter().map(|align| match align {
            Alignment::None | Alignment::Left => Align::Start,
            Alignment::Center => Align::Center,
            Alignment::Right => Align::End,
        });
        let mut rows = rows.into_iter();
        Table {
            align: align.collect(),
            head: rows.next().map(Arc::unwrap_or_clone).unwrap_or_default(),
            rows: rows.collect(),
        }
    }

    /// Words and their dress up to the end of what is open, or to the next block.
    fn inlines(&mut self, depth: usize) -> Vec<Inline> {
        let mut content = Vec::new();
        let mut place: Option<Range<usize>> = None;
        while let Some((event, range)) = self.events.next_if(|(event, _)| is_of_a_line(event)) {
            match &mut place {
                Some(place) => place.end = range.end,
                None => place = Some(range.clone()),
            }
            match event {
                Event::Code(code) => content.push(Inline::Code(bare(&code))),
                Event::HardBreak => content.push(Inline::Break),
                Event::InlineHtml(tag) if is_break(&tag) => content.push(Inline::Break),
                // What ends a line twice ends it once.
                Event::SoftBreak if content.last() == Some(&Inline::Break) => {}
                Event::SoftBreak => add(&mut content, "\n"),
                Event::Text(words) | Event::InlineHtml(words) | Event::Html(words) => {
                    add(&mut content, &bare(&words));
                }
                Event::TaskListMarker(ticked) => self.tick = Some(ticked),
                Event::Start(tag) => self.dressed(&mut content, tag, &range, depth),
                _ => {}
            }
        }
        if depth == 0 {
            self.last = place.map_or(Last::Nothing, Last::Words);
        }
        if self.is_in_link {
            content
        } else {
            self.with_links(content)
        }
    }

    fn dressed(
        &mut self,
        content: &mut Vec<Inline>,
        tag: Tag<'_>,
        range: &Range<usize>,
        depth: usize,
    ) {
        let was_in_link = self.is_in_link;
        self.is_in_link |= matches!(tag, Tag::Link { .. } | Tag::Image { .. });
        let inner = self.inner(depth);
        self.is_in_link = was_in_link;
        match tag {
            Tag::Strong => content.push(Inline::Strong(inner)),
            Tag::Emphasis => content.push(Inline::Emphasis(inner)),
            Tag::Strikethrough if self.is_struck(range) => content.push(Inline::Strike(inner)),
            // One mark alone stands in `10~20` more often than around words.
            Tag::Strikethrough => {
                add(content, "~");
                join(content, inner);
                add(content, "~");
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => match self.target(link_type, &dest_url) {
                Some(href) if !was_in_link => content.push(Inline::Link(href, inner)),
                _ => join(content, inner),
            },
            Tag::Image { dest_url, .. } => {
                let words = plain_text(&inner);
                match (self.href)(&bare(&dest_url)) {
                    Some(href) if !was_in_link => content.push(Inline::Picture(href, words)),
                    Some(_) if words.is_empty() => add(content, "Picture"),
                    _ => add(content, &words),
                }
            }
            _ => join(content, inner),
        }
    }

    /// What a dress is put on, to the end of it.
    fn inner(&mut self, depth: usize) -> Vec<Inline> {
        if depth < MAX_DRESS {
            let inner = self.inlines(depth + 1);
            self.events.next();
            return inner;
        }
        let mut words = String::new();
        self.skip(|event| match event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                words.push_str(text);
            }
            Event::SoftBreak | Event::HardBreak => words.push('\n'),
            _ => {}
        });
        vec![Inline::Text(bare(&words))]
    }

    fn is_struck(&self, range: &Range<usize>) -> bool {
        let marks = self.source.get(range.clone()).unwrap_or_default();
        marks.starts_with("~~")
    }

    fn target(&self, kind: LinkType, target: &str) -> Option<String> {
        let target = bare(target);
        match kind {
            LinkType::Email => (self.href)(&format!("mailto:{target}")),
            _ => (self.href)(&target),
        }
    }

    /// Turns bare addresses into links.
    fn with_links(&self, content: Vec<Inline>) -> Vec<Inline> {
        let mut linked = Vec::with_capacity(content.len());
        for inline in content {
            let Inline::Text(text) = &inline else {
                linked.push(inline);
                continue;
            };
            linked.extend(split_addresses(text).into_iter().map(|piece| match piece {
                Piece::Words(words) => Inline::Text(words.to_owned()),
                Piece::Address(address) => {
                    let words = Inline::Text(address.to_owned());
                    match (self.href)(address) {
                        Some(href) => Inline::Link(href, vec![words]),
                        None => words,
                    }
                }
            }));
        }
        linked
    }
}

/// Adds words to a line; neighbouring words are one.
fn add(content: &mut Vec<Inline>, words: &str) {
    match content.last_mut() {
        _ if words.is_empty() => {}
        Some(Inline::Text(text)) => text.push_str(words),
        _ => content.push(Inline::Text(words.to_owned())),
    }
}

fn join(content: &mut Vec<Inline>, more: Vec<Inline>) {
    for inline in more {
        match inline {
            Inline::Text(words) => add(content, &words),
            other => content.push(other),
        }
    }
}

/// Without what helped to read it.
fn bare(text: &str) -> String {
    text.replace(JOINER, "")
}

/// In a cell of a table there is no other way to begin a line.
pub(super) fn is_break(tag: &str) -> bool {
    ["<br>", "<br/>", "<br />"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(tag))
}

fn is_of_a_fence(line: &str) -> bool {
    let marks = line.trim();
    let mut kinds = ['`', '~'].into_iter();
    !marks.is_empty() && kinds.any(|mark| marks.chars().all(|next| next == mark))
}

fn is_end(event: &Event<'_>) -> bool {
    matches!(event, Event::End(_))
}

/// Whether this stands inside of a line, or begins something that does.
fn is_of_a_line(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
        ),
        Event::End(_) | Event::Rule => false,
        _ => true,
    }
}
