//! Forgetting this device: asked twice, because it cannot be taken back.

use leptos::{html, prelude::*};
use webchat_model::words::Words;

use super::field::focus;
use super::show::Show;
use super::words::{say, text};
use crate::app::App;

/// The button, and after a press the question.
#[component]
pub(super) fn ForgetDevice(app: App) -> impl IntoView {
    let asks = RwSignal::new(false);
    let ask = move || {
        view! {
            <button type="button" class="button plain small" on:click=move |_| asks.set(true)>
                {text("forget-device")}
            </button>
        }
    };
    view! {
        <div class="forget">
            <Show when=move || asks.get() fallback=ask>
                <Question app asks />
            </Show>
        </div>
    }
}

#[component]
fn Question(app: App, asks: RwSignal<bool>) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    keep.on_load(|keep| focus(&keep));
    let forget = move |_| {
        asks.set(false);
        app.forget_device();
    };
    let lost = lost(app.count_unsent())
        .map(|words| view! { <p class="field-problem">{move || say(&words)}</p> });
    view! {
        <div class="question" role="group" aria-label=text("forget-question")>
            <p>
                {text("forget-what")}
            </p>
            {lost}
            <div class="decision">
                <button type="button" class="button quiet small danger" on:click=forget>
                    {text("forget-yes")}
                </button>
                <button
                    type="button"
                    class="button quiet small"
                    node_ref=keep
                    on:click=move |_| asks.set(false)
                >
                    {text("forget-no")}
                </button>
            </div>
        </div>
    }
}

/// What else goes: the outbox belongs to the key.
fn lost(unsent: usize) -> Option<Words> {
    (unsent > 0).then(|| Words::of("forget-lost").with("count", unsent))
}
