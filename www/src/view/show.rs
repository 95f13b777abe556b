//! What is shown while something is so.

use leptos::prelude::*;

/// Leptos's `<Show>`, written in the same way. That one is a type of its own at
/// each place: what it does by itself was there thirty times.
#[component]
pub(super) fn Show(
    #[prop(into)] when: Signal<bool>,
    children: ChildrenFn,
    #[prop(optional, into)] fallback: ViewFn,
) -> impl IntoView {
    let when = Memo::new(move |_| when.get());
    move || match when.get() {
        true => children(),
        false => fallback.run(),
    }
}
