//! The pieces of a message.

use leptos::prelude::*;
use leptos::{ev, html};
use webchat_model::segments::Segment;

use super::icon::{self, icon};
use super::markdown::block;
use crate::page::Page;

pub(super) fn segment(page: Page, expanded: RwSignal<bool>, piece: Segment) -> AnyView {
    match piece {
        Segment::Plain(text) => html::div().class("plain").child(text).into_any(),
        Segment::Block(tree) => block(tree),
        Segment::Thinking(text) => folded("Thought it over", text, false),
        Segment::ToolCall(name, arguments) => html::div()
            .class("tool")
            .child((
                icon(icon::TOOL),
                html::span().class("tool-name").child(name),
                html::code().class("tool-arguments").child(arguments),
            ))
            .into_any(),
        Segment::ToolResult(name, text, failed) => {
            let title = if failed {
                format!("{name} failed")
            } else {
                format!("{name} answered")
            };
            folded(title, text, failed)
        }
        Segment::Attachment(kind) => html::div()
            .class("tool")
            .child((
                icon(icon::FILE),
                html::span().child(format!("A file ({kind}), kept at the gateway")),
            ))
            .into_any(),
        Segment::Earlier => html::p()
            .class("muted note")
            .child("The beginning of this long reply is shown when it is complete.")
            .into_any(),
        Segment::ShowAll(lines) => html::button()
            .attr("type", "button")
            .class("button quiet small")
            .on(ev::click, move |_| expanded.set(true))
            .child(if lines > 1 {
                format!("Show all {lines} lines")
            } else {
                "Show all".to_owned()
            })
            .into_any(),
        Segment::CutByGateway(id) => html::button()
            .attr("type", "button")
            .class("button quiet small")
            .on(ev::click, move |_| page.load_full_text(&id))
            .child("Fetch the whole text")
            .into_any(),
        Segment::Stopped => html::p().class("muted note").child("Stopped.").into_any(),
    }
}

fn folded(title: impl Into<String>, text: String, failed: bool) -> AnyView {
    html::details()
        .class("fold")
        .attr("data-failed", failed.then_some("true"))
        .child((
            html::summary().child((icon(icon::TOOL), html::span().child(title.into()))),
            html::pre().tabindex("0").child(text),
        ))
        .into_any()
}
