//! One line of the conversation.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use webchat_model::transcript::{Row, Who};

use super::body::Body;
use super::editor::Editor;
use super::field::focus;
use super::foot::Foot;
use super::words::{say, text};
use crate::browser::clock;
use crate::conversation::{self, Conversation, Edit};

#[component]
pub(super) fn Line(conversation: Conversation, line: conversation::Line) -> impl IntoView {
    let row = RwSignal::from(line.row);
    let expanded = RwSignal::from(line.expanded);
    let edited = RwSignal::from(line.edited);
    match row.with_untracked(|row| row.who) {
        Who::You => view! { <Own conversation row expanded edited /> }.into_any(),
        Who::Assistant => view! { <Reply conversation row expanded /> }.into_any(),
        // Not something that somebody says: no article, and less to see.
        Who::Tool | Who::System => view! {
            <div class="aside">
                <Body conversation row expanded />
            </div>
        }
        .into_any(),
        Who::Divider => view! {
            <p class="divider">
                <span>{text("new-messages")}</span>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Reply(
    conversation: Conversation,
    row: RwSignal<Row>,
    expanded: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <article
            class="message"
            data-who="assistant"
            data-state=move || row.with(|row| row.state.name())
            aria-label=move || name(conversation, row)
            aria-busy=move || row.with(|row| row.live).then_some("true")
        >
            <Body conversation row expanded />
            <Foot conversation row />
        </article>
    }
}

/// A person's message. While its words are changed, a form stands in their place.
#[component]
fn Own(
    conversation: Conversation,
    row: RwSignal<Row>,
    expanded: RwSignal<bool>,
    edited: RwSignal<Option<Edit>>,
) -> impl IntoView {
    let place = NodeRef::<html::Article>::new();
    // The keyboard goes back to where it came from.
    let close = move || {
        edited.set(None);
        request_animation_frame(move || {
            // The line may be another one by now.
            let article = place.try_get_untracked().flatten();
            let button = article.and_then(|article| article.query_selector("[data-edit]").ok()?);
            if let Some(button) = button {
                focus(button.unchecked_ref());
            }
        });
    };
    let editor = move || {
        let Edit { key, words } = edited.get()?;
        let has_begun = words.is_some();
        let words = words.unwrap_or_else(|| row.with_untracked(|row| row.message.text()));
        let keep = move |words| {
            edited.update_untracked(|edit| {
                if let Some(edit) = edit {
                    edit.words = Some(words);
                }
            });
        };
        Some(view! { <Editor conversation key words has_begun keep close /> })
    };
    let is_others = row.with_untracked(|row| row.message.speaker.is_some());
    let who = if is_others { "other" } else { "you" };
    view! {
        <article
            class="message"
            data-who=who
            data-state=move || row.with(|row| row.state.name())
            aria-label=move || name(conversation, row)
            aria-busy=move || row.with(|row| row.live).then_some("true")
            node_ref=place
        >
            <div class="said" prop:hidden=move || edited.with(Option::is_some)>
                <Body conversation row expanded />
                <Foot conversation row edited />
            </div>
            {editor}
        </article>
    }
}

fn name(conversation: Conversation, row: RwSignal<Row>) -> String {
    conversation.day.track();
    row.with(|row| {
        let time = row.message.timestamp.map(clock::short);
        let name = say(&row.accessible_name(time));
        // What goes on has dots, which nobody reads out.
        name.trim_end_matches('…').to_owned()
    })
}
