//! A button that is a picture.

use leptos::prelude::*;

use super::icon::Icon;

/// Its name is said by a screen reader, and shown when one points at it.
#[component]
pub(super) fn IconButton(
    name: impl Fn() -> String + Copy + Send + Sync + 'static,
    path: impl Fn() -> &'static str + Send + 'static,
    press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button icon-button"
            title=name
            aria-label=name
            on:click=move |_| press()
        >
            {move || view! { <Icon path=path() /> }}
        </button>
    }
}
