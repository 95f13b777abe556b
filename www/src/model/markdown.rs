//! Markdown as a small tree that the page draws element by element.
//!
//! No HTML string is ever made: what a message says becomes text nodes, and
//! raw HTML in it stays visible text.
//!
//! This is the part of CommonMark, with GitHub's tables, tasks and strikethrough,
//! that people and models write. The usual crate for it is three times as large
//! as all of this page's own drawing, most of it for names of characters; the
//! tests compare the two.

mod blocks;
mod emphasis;
mod entities;
mod inline;
mod lines;
mod table;

use super::inline_source;

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
    blocks::read(source)
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

#[cfg(test)]
mod compared;
#[cfg(test)]
mod tests;
