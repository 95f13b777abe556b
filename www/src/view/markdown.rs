//! The tree of a markdown text as elements.

use leptos::html;
use leptos::prelude::*;
use webchat_model::markdown::{Align, Block, Inline, Item, Table};

use super::copy_button::copy_button;

pub(super) fn block(tree: Block) -> AnyView {
    match tree {
        Block::Heading(level, content) => heading(level, inlines(content)),
        Block::Paragraph(content) => html::p().child(inlines(content)).into_any(),
        Block::Line(content) => inlines(content).into_any(),
        Block::Quote(inner) => html::blockquote().child(blocks(inner)).into_any(),
        Block::Code(language, text) => code(language, text),
        Block::List(None, items) => html::ul().child(list(items)).into_any(),
        Block::List(Some(first), items) => html::ol()
            .attr("start", (first != 1).then(|| first.to_string()))
            .child(list(items))
            .into_any(),
        Block::Table(content) => table(content),
        Block::Rule => html::hr().into_any(),
    }
}

fn blocks(trees: Vec<Block>) -> Vec<AnyView> {
    trees.into_iter().map(block).collect()
}

/// Headings of a message stand below the page's own, so they begin at 3.
fn heading(level: u8, content: Vec<AnyView>) -> AnyView {
    match level {
        1 => html::h3().class("h1").child(content).into_any(),
        2 => html::h4().class("h2").child(content).into_any(),
        3 => html::h5().class("h3").child(content).into_any(),
        _ => html::h6().class("h4").child(content).into_any(),
    }
}

fn code(language: String, text: String) -> AnyView {
    let name = if language.is_empty() {
        "Code".to_owned()
    } else {
        format!("Code, {language}")
    };
    let copied = text.clone();
    html::div()
        .class("code")
        .child((
            html::div().class("code-head").child((
                html::span().class("code-language").child(language),
                copy_button("code", move || copied.clone()),
            )),
            // A long line scrolls, and a keyboard must be able to scroll it.
            html::pre()
                .tabindex("0")
                .role("region")
                .aria_label(name)
                .attr("dir", "ltr")
                .child(html::code().child(text)),
        ))
        .into_any()
}

fn list(items: Vec<Item>) -> Vec<AnyView> {
    items
        .into_iter()
        .map(|item| {
            let tick = item.ticked.map(|ticked| {
                html::span()
                    .class("tick")
                    .role("img")
                    .aria_label(if ticked { "done" } else { "open" })
                    .child(if ticked { "☑" } else { "☐" })
            });
            html::li()
                .class(if tick.is_some() { "task" } else { "" })
                .child((tick, blocks(item.blocks)))
                .into_any()
        })
        .collect()
}

fn table(content: Table) -> AnyView {
    let align = content.align;
    let class_of = |index: usize| match align.get(index) {
        Some(Align::Center) => "center",
        Some(Align::End) => "end",
        Some(Align::Start) | None => "start",
    };
    let head: Vec<_> = content
        .head
        .into_iter()
        .enumerate()
        .map(|(index, cell)| {
            html::th()
                .attr("scope", "col")
                .class(class_of(index))
                .child(inlines(cell))
        })
        .collect();
    let rows: Vec<_> = content
        .rows
        .into_iter()
        .map(|row| {
            let cells: Vec<_> = row
                .into_iter()
                .enumerate()
                .map(|(index, cell)| html::td().class(class_of(index)).child(inlines(cell)))
                .collect();
            html::tr().child(cells)
        })
        .collect();
    html::div()
        .class("table")
        .tabindex("0")
        .role("region")
        .aria_label("Table")
        .child(html::table().child((
            html::thead().child(html::tr().child(head)),
            html::tbody().child(rows),
        )))
        .into_any()
}

fn inlines(content: Vec<Inline>) -> Vec<AnyView> {
    content.into_iter().map(inline).collect()
}

fn inline(piece: Inline) -> AnyView {
    match piece {
        Inline::Text(text) => text.into_any(),
        Inline::Code(text) => html::code().child(text).into_any(),
        Inline::Strong(inner) => html::strong().child(inlines(inner)).into_any(),
        Inline::Emphasis(inner) => html::em().child(inlines(inner)).into_any(),
        Inline::Strike(inner) => html::s().child(inlines(inner)).into_any(),
        Inline::Link(href, inner) => outside_link(href, inlines(inner)),
        Inline::Picture(href, alt) => {
            let words = if alt.is_empty() {
                "Picture".to_owned()
            } else {
                format!("Picture: {alt}")
            };
            outside_link(href, vec![words.into_any()])
        }
        Inline::Break => html::br().into_any(),
    }
}

/// A link that tells the other side nothing and gives it no hold on the page.
fn outside_link(href: String, content: Vec<AnyView>) -> AnyView {
    html::a()
        .attr("href", href)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .child(content)
        .into_any()
}
