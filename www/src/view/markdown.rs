//! The tree of a markdown text as elements.

use webchat_model::markdown::{Align, Block, Inline, Item, Table};

use super::copy::quiet_copy_button;
use super::el::{El, el};

pub(super) fn block(tree: &Block) -> El {
    match tree {
        // Headings of a message stand below the page's own, so they begin at 2.
        Block::Heading(level @ 1..=3, content) => {
            let class = format!("h{level}");
            inlines(el(&format!("h{}", level + 1)).class(&class), content)
        }
        Block::Heading(_, content) => inlines(el("h5").class("h4"), content),
        Block::Paragraph(content) => inlines(el("p"), content),
        Block::Line(content) => inlines(el("span"), content),
        Block::Quote(inner) => blocks(el("blockquote"), inner),
        Block::Code(language, text) => code(language, text),
        Block::List(None, items) => list(el("ul"), items),
        Block::List(Some(1), items) => list(el("ol"), items),
        Block::List(Some(first), items) => list(el("ol").attr("start", &first.to_string()), items),
        Block::Table(content) => table(content),
        Block::Rule => el("hr"),
    }
}

fn blocks(parent: El, trees: &[Block]) -> El {
    parent.children(trees.iter().map(block))
}

fn code(language: &str, text: &str) -> El {
    let name = if language.is_empty() {
        "Code".to_owned()
    } else {
        format!("Code, {language}")
    };
    let head = el("div")
        .class("code-head")
        .child(el("span").class("code-language").text(language))
        .child(quiet_copy_button("code"));
    // A long line scrolls, and a keyboard must be able to scroll it.
    let pre = el("pre")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", &name)
        .attr("dir", "ltr");
    el("div")
        .class("code")
        .child(head)
        .child(pre.child(el("code").text(text)))
}

fn list(parent: El, items: &[Item]) -> El {
    parent.children(items.iter().map(|item| match item.ticked {
        None => blocks(el("li"), &item.blocks),
        Some(ticked) => {
            let (sign, name) = if ticked {
                ("☑", "done")
            } else {
                ("☐", "open")
            };
            let tick = el("span")
                .class("tick")
                .attr("role", "img")
                .attr("aria-label", name)
                .text(sign);
            blocks(el("li").class("task").child(tick), &item.blocks)
        }
    }))
}

fn table(content: &Table) -> El {
    let cell = |tag: &str, index: usize, words: &Vec<Inline>| {
        let class = match content.align.get(index) {
            Some(Align::Center) => "center",
            Some(Align::End) => "end",
            Some(Align::Start) | None => "start",
        };
        inlines(el(tag).class(class), words)
    };
    let head = content.head.iter().enumerate();
    let head =
        el("tr").children(head.map(|(index, words)| cell("th", index, words).attr("scope", "col")));
    let rows = content.rows.iter().map(|row| {
        let cells = row.iter().enumerate();
        el("tr").children(cells.map(|(index, words)| cell("td", index, words)))
    });
    let table = el("table")
        .child(el("thead").child(head))
        .child(el("tbody").children(rows));
    el("div")
        .class("table")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", "Table")
        .child(table)
}

fn inlines(parent: El, content: &[Inline]) -> El {
    content.iter().fold(parent, |parent, piece| match piece {
        Inline::Text(words) => parent.text(words),
        Inline::Code(words) => parent.child(el("code").text(words)),
        Inline::Strong(inner) => parent.child(inlines(el("strong"), inner)),
        Inline::Emphasis(inner) => parent.child(inlines(el("em"), inner)),
        Inline::Strike(inner) => parent.child(inlines(el("s"), inner)),
        Inline::Link(href, inner) => parent.child(inlines(outside_link(href), inner)),
        Inline::Picture(href, alt) if alt.is_empty() => {
            parent.child(outside_link(href).text("Picture"))
        }
        Inline::Picture(href, alt) => parent.child(outside_link(href).text("Picture: ").text(alt)),
        Inline::Break => parent.child(el("br")),
    })
}

/// A link that tells the other side nothing and gives it no hold on the page.
fn outside_link(href: &str) -> El {
    el("a")
        .attr("href", href)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
}
