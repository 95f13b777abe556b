//! What was just deleted and can be taken back, and what was not done.

use leptos::{html, prelude::*};
use webchat_model::sessions::deletions::Deletion;

use super::words;
use crate::link::Sessions;
use crate::view::drawn::renewed;
use crate::view::field::focus;
use crate::view::words::{say, text};

#[component]
pub(crate) fn Toasts(sessions: Sessions, open: Callback<Option<String>>) -> impl IntoView {
    let deletions = move || {
        sessions
            .deletions
            .with(|all| all.waiting().cloned().collect::<Vec<_>>())
    };
    let failure = move || {
        let words = words::failed(&sessions.failure.get()?);
        Some(renewed(view! {
            <div class="toast">
                <p dir="auto">{move || say(&words)}</p>
                <button
                    type="button"
                    class="button quiet small"
                    on:click=move |_| sessions.failure.set(None)
                >
                    {text("hide")}
                </button>
            </div>
        }))
    };
    view! {
        <div class="toasts" aria-live="polite">
            <For each=deletions key=|it| it.key.clone() let:deletion>
                <Deleted sessions open deletion />
            </For>
            {failure}
        </div>
    }
}

#[component]
fn Deleted(
    sessions: Sessions,
    open: Callback<Option<String>>,
    deletion: Deletion,
) -> impl IntoView {
    let words = words::deleted(words::title(&deletion.title));
    let key = deletion.key;
    let undo = move |_| {
        if sessions
            .undo(&key)
            .is_some_and(|deletion| deletion.was_shown)
        {
            open.run(Some(key.clone()));
        }
    };
    // What was pressed is gone, and this is what one may want next.
    let button = NodeRef::<html::Button>::new();
    button.on_load(|button| focus(&button));
    view! {
        <div class="toast">
            <p dir="auto">{move || say(&words)}</p>
            <button type="button" class="button quiet small" node_ref=button on:click=undo>
                {text("undo")}
            </button>
        </div>
    }
}
