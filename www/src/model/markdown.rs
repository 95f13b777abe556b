//! Markdown as a small tree that the page draws element by element.
//!
//! No HTML string is ever made: what a message says becomes text nodes, and
//! raw HTML in it stays visible text.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag};

use super::inline_source;
use super::links::{Piece, safe_href, split_addresses};

/// Containers inside containers past this depth are drawn flat. A hostile
/// message of ten thousand `>` would otherwise overflow the stack.
const MAX_DEPTH: usize = 16;

/// Something that stands on its own lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Block {
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// The text of a list item whose list has no blank lines.
    Line(Vec<Inline>),
    /// A quotation.
    Quote(Vec<Self>),
    /// A code block: the language named after the fence (may be empty), and the text.
    Code(String, String),
    /// A list; numbered from the given number, or with bullets.
    List(Option<u64>, Vec<Item>),
    /// A table.
    Table(Table),
    /// A horizontal rule.
    Rule,
}

/// One item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Item {
    /// Whether the box of a task is ticked; `None` for a usual item.
    pub ticked: Option<bool>,
    /// What the item says.
    pub blocks: Vec<Block>,
}

/// A table; every row has at most as many cells as the head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Table {
    /// How each column is aligned.
    pub align: Vec<Align>,
    /// The cells of the head.
    pub head: Vec<Vec<Inline>>,
    /// The rows below it.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// The alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Align {
    /// As the reader's script runs.
    Start,
    /// In the middle.
    Center,
    /// Towards the end of the line.
    End,
}

/// Something that stands inside a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Inline {
    /// Words.
    Text(String),
    /// A span of code.
    Code(String),
    /// Bold.
    Strong(Vec<Self>),
    /// Italic.
    Emphasis(Vec<Self>),
    /// Struck through.
    Strike(Vec<Self>),
    /// A link that is safe to follow.
    Link(String, Vec<Self>),
    /// A picture on the web, offered as a link: the page loads nothing from others.
    Picture(String, String),
    /// A line break that the writer asked for.
    Break,
}

/// Reads a whole text.
#[must_use]
pub fn parse(source: &str) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder::default();
    for event in Parser::new_ext(source, options) {
        builder.event(event);
    }
    builder.finish()
}

/// Reads a text that still grows: what is open at its end looks closed.
#[must_use]
pub fn parse_growing(source: &str) -> Vec<Block> {
    parse(&inline_source::complete(source))
}

/// The words of inline content without their dress.
#[must_use]
pub fn plain_text(content: &[Inline]) -> String {
    let mut text = String::new();
    for inline in content {
        match inline {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Strike(inner)
            | Inline::Link(_, inner) => {
                text.push_str(&plain_text(inner));
            }
            Inline::Picture(_, alt) => text.push_str(alt),
            Inline::Break => text.push(' '),
        }
    }
    text
}

/// What is open while events arrive.
enum Open {
    Quote(Vec<Block>),
    List(Option<u64>, Vec<Item>),
    Item(Item),
    Table(Table),
    Row(Vec<Vec<Inline>>, bool),
    Code(String, String),
    Heading(u8, Vec<Inline>),
    Paragraph(Vec<Inline>),
    Line(Vec<Inline>),
    Cell(Vec<Inline>),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Strike(Vec<Inline>),
    Link(String, Vec<Inline>),
    Picture(String, Vec<Inline>),
    /// Nested too deep, or unknown: its content goes to what is around it.
    Nothing,
}

#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    open: Vec<Open>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => {
                // The line of a tight item has no end of its own.
                self.end_line();
                self.end();
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text);
            }
            Event::Code(text) => self.inline(Inline::Code(text.into_string())),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => {
                self.end_line();
                self.block(Block::Rule);
            }
            Event::TaskListMarker(ticked) => {
                if let Some(Open::Item(item)) = self.open.last_mut() {
                    item.ticked = Some(ticked);
                }
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let is_inline = matches!(
            tag,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
        );
        if is_inline {
            self.begin_line();
        } else {
            self.end_line();
        }
        if self.open.len() >= MAX_DEPTH && !matches!(tag, Tag::CodeBlock(_)) {
            self.open.push(Open::Nothing);
            return;
        }
        self.open.push(match tag {
            Tag::Paragraph | Tag::HtmlBlock => Open::Paragraph(Vec::new()),
            Tag::Heading { level, .. } => Open::Heading(level as u8, Vec::new()),
            Tag::BlockQuote(_) => Open::Quote(Vec::new()),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or(""),
                    CodeBlockKind::Indented => "",
                };
                Open::Code(language.chars().take(40).collect(), String::new())
            }
            Tag::List(first) => Open::List(first, Vec::new()),
            Tag::Item => Open::Item(Item::default()),
            Tag::Table(align) => Open::Table(Table {
                align: align.into_iter().map(alignment).collect(),
                ..Table::default()
            }),
            Tag::TableHead => Open::Row(Vec::new(), true),
            Tag::TableRow => Open::Row(Vec::new(), false),
            Tag::TableCell => Open::Cell(Vec::new()),
            Tag::Emphasis => Open::Emphasis(Vec::new()),
            Tag::Strong => Open::Strong(Vec::new()),
            Tag::Strikethrough => Open::Strike(Vec::new()),
            Tag::Link { dest_url, .. } => Open::Link(dest_url.into_string(), Vec::new()),
            Tag::Image { dest_url, .. } => Open::Picture(dest_url.into_string(), Vec::new()),
            _ => Open::Nothing,
        });
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        match open {
            Open::Quote(blocks) => self.block(Block::Quote(blocks)),
            Open::List(first, items) => self.block(Block::List(first, items)),
            Open::Item(item) => {
                if let Some(Open::List(_, items)) = self.open.last_mut() {
                    items.push(item);
                } else {
                    item.blocks.into_iter().for_each(|block| self.block(block));
                }
            }
            Open::Table(table) => self.block(Block::Table(table)),
            Open::Row(cells, is_head) => match self.open.last_mut() {
                Some(Open::Table(table)) if is_head => table.head = cells,
                Some(Open::Table(table)) => table.rows.push(cells),
                _ => cells
                    .into_iter()
                    .for_each(|cell| self.block(Block::Line(cell))),
            },
            Open::Cell(content) => match self.open.last_mut() {
                Some(Open::Row(cells, _)) => cells.push(content),
                _ => self.block(Block::Line(content)),
            },
            Open::Code(language, mut text) => {
                if text.ends_with('\n') {
                    text.pop();
                }
                self.block(Block::Code(language, text));
            }
            Open::Heading(level, content) => self.block(Block::Heading(level, with_links(content))),
            Open::Paragraph(content) => self.block(Block::Paragraph(with_links(content))),
            Open::Line(content) => self.block(Block::Line(with_links(content))),
            Open::Strong(content) => self.inline(Inline::Strong(content)),
            Open::Emphasis(content) => self.inline(Inline::Emphasis(content)),
            Open::Strike(content) => self.inline(Inline::Strike(content)),
            Open::Link(target, content) => match safe_href(&target) {
                Some(href) => self.inline(Inline::Link(href, content)),
                None => content.into_iter().for_each(|inline| self.inline(inline)),
            },
            Open::Picture(target, content) => {
                let alt = plain_text(&content);
                match safe_href(&target) {
                    Some(href) => self.inline(Inline::Picture(href, alt)),
                    None => self.text(&alt),
                }
            }
            Open::Nothing => {}
        }
    }

    /// Opens the implicit line of a tight list item, or a paragraph for text
    /// that has lost its own to the limit of depth.
    fn begin_line(&mut self) {
        let mut around = self
            .open
            .iter()
            .rev()
            .filter(|open| !matches!(open, Open::Nothing));
        match around.next() {
            Some(Open::Quote(_) | Open::Item(_) | Open::List(..)) | None => {
                self.open.push(Open::Line(Vec::new()));
            }
            _ => {}
        }
    }

    fn end_line(&mut self) {
        if matches!(self.open.last(), Some(Open::Line(_))) {
            self.end();
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Open::Code(_, code)) = self.open.last_mut() {
            code.push_str(text);
            return;
        }
        self.begin_line();
        match self.content().and_then(|content| content.last_mut()) {
            Some(Inline::Text(words)) => words.push_str(text),
            _ => self.push_inline(Inline::Text(text.to_owned())),
        }
    }

    fn inline(&mut self, inline: Inline) {
        self.begin_line();
        self.push_inline(inline);
    }

    fn push_inline(&mut self, inline: Inline) {
        match self.content() {
            Some(content) => content.push(inline),
            None => self.block(Block::Line(vec![inline])),
        }
    }

    /// The innermost place for words.
    fn content(&mut self) -> Option<&mut Vec<Inline>> {
        self.open.iter_mut().rev().find_map(|open| match open {
            Open::Heading(_, content)
            | Open::Paragraph(content)
            | Open::Line(content)
            | Open::Cell(content)
            | Open::Strong(content)
            | Open::Emphasis(content)
            | Open::Strike(content)
            | Open::Link(_, content)
            | Open::Picture(_, content) => Some(content),
            _ => None,
        })
    }

    /// Puts a block into the innermost place for blocks.
    fn block(&mut self, block: Block) {
        let place = self.open.iter_mut().rev().find_map(|open| match open {
            Open::Quote(blocks) => Some(blocks),
            Open::Item(item) => Some(&mut item.blocks),
            _ => None,
        });
        place.unwrap_or(&mut self.done).push(block);
    }

    fn finish(mut self) -> Vec<Block> {
        while !self.open.is_empty() {
            self.end();
        }
        self.done
    }
}

fn alignment(align: Alignment) -> Align {
    match align {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::End,
    }
}

/// Turns bare addresses into links, everywhere but inside links.
fn with_links(content: Vec<Inline>) -> Vec<Inline> {
    let mut linked = Vec::with_capacity(content.len());
    for inline in content {
        match inline {
            Inline::Text(text) if text.contains("http") => {
                for piece in split_addresses(&text) {
                    linked.push(match piece {
                        Piece::Words(words) => Inline::Text(words.to_owned()),
                        Piece::Address(address) => match safe_href(address) {
                            Some(href) => {
                                Inline::Link(href, vec![Inline::Text(address.to_owned())])
                            }
                            None => Inline::Text(address.to_owned()),
                        },
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

#[cfg(test)]
mod tests;
