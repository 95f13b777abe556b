//! Markdown as a small tree that the page draws element by element.
//!
//! No HTML string is ever made: what a message says becomes text nodes, and
//! raw HTML in it stays visible text.
//!
//! pulldown-cmark reads it: CommonMark with GitHub's tables, tasks and
//! strikethrough. What is added here: `read` makes the tree, `meant` marks what
//! people mean otherwise than CommonMark reads it, `growing` reads a text that
//! still comes.
//!
//! The page loads all of that as a chunk of its own: only [`Reader::new`] names
//! it, and until there is a reader a text is shown as it was written.

mod growing;
mod meant;
mod read;
mod reader;

use std::sync::Arc;

pub use growing::Growing;
use read::{Href, read};
pub use reader::Reader;

use super::links::safe_href;

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
    Quote(Vec<Arc<Self>>),
    /// A code block: the language named after the fence (may be empty), and the text.
    Code(String, String),
    /// A list; numbered from the given number, or with bullets.
    List(Option<u64>, Vec<Arc<Item>>),
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
    pub blocks: Vec<Arc<Block>>,
}

/// A table; every row has at most as many cells as the head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Table {
    /// How each column is aligned.
    pub align: Arc<[Align]>,
    /// The cells of the head.
    pub head: Row,
    /// The rows below it.
    pub rows: Vec<Arc<Row>>,
}

/// The cells of one row.
pub type Row = Vec<Vec<Inline>>;

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
fn parse(source: &str) -> Vec<Arc<Block>> {
    parse_with(source, safe_href)
}

/// Reads a whole text whose targets are judged by `href`.
fn parse_with(source: &str, href: Href) -> Vec<Arc<Block>> {
    let meant = meant::of(source, false, href);
    let blocks = read(&meant.text, false, href).blocks.into_iter();
    blocks.map(|(_, block)| block).collect()
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
mod examples;
#[cfg(test)]
mod tests;
