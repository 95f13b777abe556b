//! Commands to type into a shell.

use leptos::prelude::*;

use super::copy::CopyButton;

/// A command, with a button that copies it.
#[component]
pub(super) fn CommandLine(command: String) -> impl IntoView {
    let shown = command.clone();
    view! {
        <div class="command" dir="ltr">
            <code>{shown}</code>
            <CopyButton name="copy-command" text=move || command.clone() />
        </div>
    }
}
