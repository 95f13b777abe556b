//! The tree of a markdown text as elements.

use std::sync::Arc;

use leptos::prelude::*;
use webchat_model::markdown::{Align, Block, Inline, Item, Row, Table};
use webchat_model::words::Words;

use super::copy::QuietCopyButton;
use super::drawn::{grown, kept};
use super::words::say;

pub(super) fn block(tree: &Arc<Block>) -> AnyView {
    match &**tree {
        // Headings of a message stand below the page's own, so they begin at 2.
        Block::Heading(1, content) => view! { <h2 class="h1">{inlines(content)}</h2> }.into_any(),
        Block::Heading(2, content) => view! { <h3 class="h2">{inlines(content)}</h3> }.into_any(),
        Block::Heading(3, content) => view! { <h4 class="h3">{inlines(content)}</h4> }.into_any(),
        Block::Heading(_, content) => view! { <h5 class="h4">{inlines(content)}</h5> }.into_any(),
        Block::Paragraph(content) => view! { <p>{inlines(content)}</p> }.into_any(),
        Block::Line(content) => view! { <span>{inlines(content)}</span> }.into_any(),
        Block::Quote(inner) => view! { <blockquote>{blocks(inner)}</blockquote> }.into_any(),
        Block::Code(language, text) => code(language, text),
        Block::List(None, items) => view! { <ul>{list(items)}</ul> }.into_any(),
        Block::List(Some(first), items) => {
            let first = (*first != 1).then(|| first.to_string());
            view! { <ol start=first>{list(items)}</ol> }.into_any()
        }
        Block::Table(content) => table(content),
        Block::Rule => view! { <hr /> }.into_any(),
    }
}

fn blocks(trees: &[Arc<Block>]) -> impl IntoView + use<> {
    let trees = trees.iter().map(|tree| kept(tree.clone(), block));
    trees.collect_view()
}

fn code(language: &str, text: &str) -> AnyView {
    let name = if language.is_empty() {
        Words::of("code-block")
    } else {
        Words::of("code-block-in").with("language", language)
    };
    // A long line scrolls, and a keyboard must be able to scroll it.
    view! {
        <div class="code">
            <div class="code-head">
                <span class="code-language">{grown(language)}</span>
                <QuietCopyButton name="copy-code" />
            </div>
            <pre tabindex="0" role="group" aria-label=say(&name) dir="ltr">
                <code>{grown(text)}</code>
            </pre>
        </div>
    }
    .into_any()
}

fn list(items: &[Arc<Item>]) -> impl IntoView + use<> {
    let items = items.iter().map(|one| kept(one.clone(), item));
    items.collect_view()
}

fn item(item: &Arc<Item>) -> AnyView {
    let Some(is_done) = item.ticked else {
        return view! { <li>{blocks(&item.blocks)}</li> }.into_any();
    };
    let (sign, name) = if is_done {
        ("☑", Words::of("task-done"))
    } else {
        ("☐", Words::of("task-open"))
    };
    view! {
        <li class="task">
            <span class="tick" role="img" aria-label=say(&name)>
                {sign}
            </span>
            {blocks(&item.blocks)}
        </li>
    }
    .into_any()
}

fn table(content: &Table) -> AnyView {
    let head = content.head.iter().enumerate().map(|(index, words)| {
        view! {
            <th class=class(&content.align, index) scope="col">
                {inlines(words)}
            </th>
        }
    });
    let head = head.collect_view();
    let rows = content.rows.iter();
    let rows = rows.map(|cells| kept((content.align.clone(), cells.clone()), row));
    let rows = rows.collect_view();
    view! {
        <div class="table" tabindex="0" role="group" aria-label=say(&Words::of("table"))>
            <table>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row((align, cells): &(Arc<[Align]>, Arc<Row>)) -> AnyView {
    let cells = cells.iter().enumerate();
    let cells = cells.map(|(index, words)| {
        view! { <td class=class(align, index)>{inlines(words)}</td> }
    });
    let cells = cells.collect_view();
    view! { <tr>{cells}</tr> }.into_any()
}

fn class(align: &[Align], column: usize) -> &'static str {
    match align.get(column) {
        Some(Align::Center) => "center",
        Some(Align::End) => "end",
        Some(Align::Start) | None => "start",
    }
}

fn inlines(content: &[Inline]) -> Vec<AnyView> {
    content.iter().map(inline).collect()
}

fn inline(piece: &Inline) -> AnyView {
    match piece {
        Inline::Text(text) => grown(text.as_str()).into_any(),
        Inline::Code(text) => view! { <code>{grown(text.as_str())}</code> }.into_any(),
        Inline::Strong(inner) => view! { <strong>{inlines(inner)}</strong> }.into_any(),
        Inline::Emphasis(inner) => view! { <em>{inlines(inner)}</em> }.into_any(),
        Inline::Strike(inner) => view! { <s>{inlines(inner)}</s> }.into_any(),
        Inline::Link(href, inner) => outside_link(href, inlines(inner)),
        Inline::Picture(href, alt) => {
            let name = if alt.is_empty() {
                Words::of("picture")
            } else {
                Words::of("picture-of").with("alt", alt.as_str())
            };
            outside_link(href, vec![grown(say(&name)).into_any()])
        }
        Inline::Break => view! { <br /> }.into_any(),
    }
}

/// A link that tells the other side nothing and gives it no hold on the page.
fn outside_link(href: &str, content: Vec<AnyView>) -> AnyView {
    let href = href.to_owned();
    view! {
        <a href=href target="_blank" rel="noopener noreferrer">
            {content}
        </a>
    }
    .into_any()
}
