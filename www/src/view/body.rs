//! The words of a line, piece by piece.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};
use webchat_model::segments::{Segment, Segments};
use webchat_model::transcript::Row;
use webchat_model::words::Words;

use super::copy::copy;
use super::drawn::{grown, kept};
use super::icon::{self, Icon};
use super::markdown::block;
use super::words::say;
use crate::chunks::markdown;
use crate::conversation::Conversation;

/// The words of a line. One listener serves all of its buttons: a message may
/// have hundreds of code blocks, and its pieces come and go while it grows. It
/// is translated once it has ended: a translator puts words of its own in the
/// place of those that grow.
#[component]
pub(super) fn Body(
    conversation: Conversation,
    row: RwSignal<Row>,
    expanded: RwSignal<bool>,
) -> impl IntoView {
    let segments = StoredValue::new(Segments::default());
    let pieces = move || {
        let is_expanded = expanded.get();
        let reader = markdown::get();
        let of = |row: &Row| segments.try_update_value(|known| known.of(row, is_expanded, reader));
        let pieces = row.with(of).unwrap_or_default().into_iter();
        let pieces = pieces.map(|piece| kept(piece, draw));
        pieces.collect_view()
    };
    view! {
        <div
            class="body"
            dir="auto"
            translate=move || row.with(|row| row.live).then_some("no")
            on:click=move |event| pressed(conversation, expanded, &event)
        >
            {pieces}
        </div>
    }
}

fn pressed(conversation: Conversation, expanded: RwSignal<bool>, event: &MouseEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(pressed) = target.and_then(|target| target.closest("button").ok().flatten()) else {
        return;
    };
    if let Some(id) = pressed.get_attribute("data-full") {
        conversation.load_full_text(&id);
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

fn draw(piece: &Segment) -> AnyView {
    match piece.clone() {
        Segment::Plain(text) => view! { <div class="plain">{grown(text)}</div> }.into_any(),
        Segment::Block(tree) => block(&tree),
        Segment::Thinking(text) => {
            let title = Words::of("thinking");
            view! { <Fold title text /> }.into_any()
        }
        Segment::ToolCall(name, arguments) => view! { <ToolCall name arguments /> }.into_any(),
        Segment::ToolResult(name, text, false) => {
            let title = Words::of("tool-answered").with("tool", name);
            view! { <Fold title text /> }.into_any()
        }
        Segment::ToolResult(name, text, true) => {
            let title = Words::of("tool-failed").with("tool", name);
            view! { <Fold title text has_failed=true /> }.into_any()
        }
        Segment::File(label) => view! { <FileLabel label /> }.into_any(),
        Segment::Earlier => {
            let words = Words::of("reply-beginning");
            view! { <Note words /> }.into_any()
        }
        Segment::Note(words) => view! { <Note words /> }.into_any(),
        Segment::Stopped => view! { <Note words=Words::of("reply-stopped") /> }.into_any(),
        Segment::ShowAll(lines) => view! { <ShowAll lines /> }.into_any(),
        Segment::CutByGateway(id) => view! { <FetchAll id /> }.into_any(),
    }
}

#[component]
fn ToolCall(name: Words, arguments: String) -> impl IntoView {
    view! {
        <div class="tool">
            <Icon path=icon::TOOL />
            <span class="tool-name">{grown(say(&name))}</span>
            <code class="tool-arguments">{grown(arguments)}</code>
        </div>
    }
}

#[component]
fn FileLabel(label: Words) -> impl IntoView {
    view! {
        <div class="tool">
            <Icon path=icon::FILE />
            <span class="file-name">{grown(say(&label))}</span>
        </div>
    }
}

#[component]
fn Note(words: Words) -> impl IntoView {
    view! { <p class="muted note" dir="auto">{say(&words)}</p> }
}

/// Asks for the rest of a text that has so many lines in all.
#[component]
fn ShowAll(lines: usize) -> impl IntoView {
    let label = match lines {
        0 | 1 => Words::of("show-all"),
        _ => Words::of("show-all-lines").with("count", lines),
    };
    view! {
        <button type="button" class="button quiet small" dir="auto" data-all="">
            {say(&label)}
        </button>
    }
}

/// Asks the gateway for what it has cut.
#[component]
fn FetchAll(id: String) -> impl IntoView {
    view! {
        <button type="button" class="button quiet small" dir="auto" data-full=id>
            {say(&Words::of("fetch-all"))}
        </button>
    }
}

/// Text below its title, shown when it is opened. Each has the direction of its
/// own words: the title is the page's, and says nothing of how an agent writes.
#[component]
fn Fold(title: Words, text: String, #[prop(optional)] has_failed: bool) -> impl IntoView {
    view! {
        <details class="fold" data-failed=has_failed.then_some("")>
            <summary dir="auto">
                <Icon path=icon::TOOL />
                <span>{grown(say(&title))}</span>
            </summary>
            <pre tabindex="0" dir="auto">{grown(text)}</pre>
        </details>
    }
}
