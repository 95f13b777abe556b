//! Buttons that copy some text and say that they did.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;
use webchat_model::words::Words;

use super::icon::{self, Icon};
use super::words::{say, text};
use crate::browser::{clipboard, spawn_local};

/// `name` is the message that names the button. The text is asked for when it
/// is pressed.
#[component]
pub(super) fn CopyButton(name: &'static str, text: impl Fn() -> String + 'static) -> impl IntoView {
    let pressed = move |event: web_sys::MouseEvent| {
        if let Some(pressed) = event.current_target() {
            copy(pressed.unchecked_into(), text());
        }
    };
    view! { <QuietCopyButton name on:click=pressed /> }
}

/// The button alone; whoever makes it hears the press and calls [`copy`].
#[component]
pub(super) fn QuietCopyButton(name: &'static str) -> impl IntoView {
    let name = text(name);
    view! {
        <button type="button" class="button icon-button copy" title=name aria-label=name>
            <Icon path=icon::COPY />
        </button>
    }
}

/// Copies the text and says so on the button for a moment.
pub(super) fn copy(pressed: Element, text: String) {
    spawn_local(async move {
        let words = if clipboard::copy(&text).await {
            Words::of("copied")
        } else {
            Words::of("copy-by-hand")
        };
        let name = pressed.get_attribute("title").unwrap_or_default();
        if pressed.has_attribute("data-said") {
            return;
        }
        name_it(&pressed, &untrack(|| say(&words)), true);
        set_timeout(
            move || name_it(&pressed, &name, false),
            Duration::from_secs(2),
        );
    });
}

fn name_it(button: &Element, words: &str, is_said: bool) {
    for name in ["title", "aria-label"] {
        let _ = button.set_attribute(name, words);
    }
    let _ = button.toggle_attribute_with_force("data-said", is_said);
}
