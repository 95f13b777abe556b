//! The words of a line, piece by piece.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};
use webchat_model::markdown::Block;
use webchat_model::segments::{self, Segment};
use webchat_model::transcript::Row;

use super::copy::copy;
use super::el::{El, button, el, follow};
use super::icon::{self, icon};
use super::markdown::block;
use crate::page::Page;

/// The words of a line. One listener serves all of its buttons: a message may
/// have hundreds of code blocks, and its pieces come and go while it grows.
pub(super) fn body(page: Page, row: ArcRwSignal<Row>) -> El {
    let expanded = RwSignal::new(false);
    let body = el("div")
        .class("body")
        .attr("dir", "auto")
        .on("click", move |event| pressed(page, expanded, &event));
    let parent = body.raw().clone();
    let mut shown: Vec<(u64, Segment)> = Vec::new();
    follow(Box::new(move || {
        let wanted = row.with(|row| segments::of(row, expanded.get()));
        let wanted: Vec<(u64, Segment)> = wanted
            .into_iter()
            .enumerate()
            .map(|(index, piece)| (segments::identity(index, &piece), piece))
            .collect();
        redraw(&parent, &shown, &wanted);
        shown.clone_from(&wanted);
    }));
    body
}

/// Keeps the elements of all pieces up to the first that differs.
fn redraw(parent: &Element, shown: &[(u64, Segment)], wanted: &[(u64, Segment)]) {
    let same = shown
        .iter()
        .zip(wanted)
        .take_while(|(old, new)| old.0 == new.0)
        .count();
    let mut from = same;
    if let (Some((_, old)), Some((_, new))) = (shown.get(same), wanted.get(same))
        && grow_code(parent, same, old, new)
    {
        from += 1;
    }
    while let Some(extra) = parent.last_element_child()
        && parent.child_element_count() as usize > from
    {
        extra.remove();
    }
    for (_, piece) in wanted.iter().skip(from) {
        let _ = parent.append_child(segment(piece).raw());
    }
}

/// Code that grows keeps its element, and with it the reader's scroll position.
fn grow_code(parent: &Element, index: usize, old: &Segment, new: &Segment) -> bool {
    let (Segment::Block(Block::Code(before, _)), Segment::Block(Block::Code(language, text))) =
        (old, new)
    else {
        return false;
    };
    let code = u32::try_from(index)
        .ok()
        .and_then(|index| parent.children().item(index));
    match code.and_then(|element| element.query_selector("pre code").ok().flatten()) {
        Some(code) if before == language => {
            code.set_text_content(Some(text));
            true
        }
        _ => false,
    }
}

fn pressed(page: Page, expanded: RwSignal<bool>, event: &Event) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(pressed) = target.and_then(|target| target.closest("button").ok().flatten()) else {
        return;
    };
    if let Some(id) = pressed.get_attribute("data-full") {
        page.load_full_text(&id);
    } else if pressed.has_attribute("data-all") {
        expanded.set(true);
    } else if let Some(code) = pressed.closest(".code").ok().flatten() {
        let text = code
            .query_selector("pre")
            .ok()
            .flatten()
            .and_then(|code| code.text_content());
        copy(pressed, text.unwrap_or_default());
    }
}

fn segment(piece: &Segment) -> El {
    match piece {
        Segment::Plain(text) => el("div").class("plain").text(text),
        Segment::Block(tree) => block(tree),
        Segment::Thinking(text) => folded("Thought it over", text),
        Segment::ToolCall(name, arguments) => el("div")
            .class("tool")
            .child(icon(icon::TOOL))
            .child(el("span").class("tool-name").text(name))
            .child(el("code").class("tool-arguments").text(arguments)),
        Segment::ToolResult(name, text, false) => folded(&format!("{name} answered"), text),
        Segment::ToolResult(name, text, true) => {
            folded(&format!("{name} failed"), text).attr("data-failed", "")
        }
        Segment::File(label) => el("div")
            .class("tool")
            .child(icon(icon::FILE))
            .child(el("span").class("file-name").text(label)),
        Segment::Earlier => note("The beginning of this long reply is shown when it is complete."),
        Segment::Note(words) => note(words),
        Segment::Stopped => note("Stopped."),
        Segment::ShowAll(lines) => {
            let label = if *lines > 1 {
                format!("Show all {lines} lines")
            } else {
                "Show all".to_owned()
            };
            button("button quiet small")
                .attr("data-all", "")
                .text(&label)
        }
        Segment::CutByGateway(id) => button("button quiet small")
            .attr("data-full", id)
            .text("Fetch the whole text"),
    }
}

fn note(words: &str) -> El {
    el("p").class("muted note").text(words)
}

fn folded(title: &str, text: &str) -> El {
    let summary = el("summary")
        .child(icon(icon::TOOL))
        .child(el("span").text(title));
    el("details")
        .class("fold")
        .child(summary)
        .child(el("pre").attr("tabindex", "0").text(text))
}
