//! What stands around the list: why it is not there, and who else is.

use leptos::prelude::*;
use webchat_model::sessions::presence;
use webchat_model::words::Words;

use super::words;
use crate::link::Sessions;
use crate::view::show::Show;
use crate::view::words::say;

/// Why there is no list, or not yet.
#[component]
pub(super) fn Trouble(sessions: Sessions) -> impl IntoView {
    let words = move || match sessions.error.get() {
        Some(why) => Some(words::unread_list(why)),
        None => (!sessions.is_loaded.get()).then(|| Words::of("sessions-loading")),
    };
    view! {
        <Show when=move || words().is_some()>
            <p class="sessions-note muted" translate="no">
                {move || words().map(|words| say(&words))}
            </p>
        </Show>
    }
}

/// Who else is at the gateway.
#[component]
pub(super) fn Present(sessions: Sessions) -> impl IntoView {
    let one = |present: presence::Present| {
        let platform = present
            .platform
            .map(|it| view! { <span class="muted">{it}</span> });
        view! {
            <li>
                <span dir="auto">{present.name}</span>
                {platform}
            </li>
        }
    };
    let others = move || sessions.others.get();
    let count = move || sessions.others.with(Vec::len);
    let list = move || {
        view! {
            <details class="present">
                <summary>{move || say(&words::present(count()))}</summary>
                <ul>{move || others().into_iter().map(one).collect_view()}</ul>
            </details>
        }
    };
    view! {
        <Show when=move || sessions.is_loaded.get()>
            <Show
                when=move || count() != 0
                fallback=|| view! { <p class="present muted">{move || say(&words::present(0))}</p> }
            >
                {list}
            </Show>
        </Show>
    }
}
