//! That a chunk of the program is not here.

use leptos::prelude::*;

use super::words::text;
use crate::chunks::Trouble;

/// Why, and what becomes of it.
#[component]
pub(super) fn ChunkTrouble(trouble: Trouble) -> impl IntoView {
    let (words, reload) = match trouble {
        Trouble::Late => ("chunk-late", false),
        Trouble::Missing => ("chunk-missing", false),
        Trouble::Outdated => ("chunk-outdated", true),
    };
    let reload = reload.then(|| {
        view! {
            <button
                type="button"
                class="button small"
                on:click=|_| drop(location().reload())
            >
                {text("reload")}
            </button>
        }
    });
    view! {
        <div class="banner" role="status">
            <p>{text(words)}</p>
            {reload}
        </div>
    }
}
