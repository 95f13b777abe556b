//! Buttons that copy some text and say that they did.

use std::time::Duration;

use leptos::prelude::set_timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::el::{El, button};
use super::icon::{self, icon};
use crate::browser::clipboard;

/// `what` completes the button's name: "Copy code", "Copy command". The text
/// is asked for when the button is pressed.
pub(super) fn copy_button(what: &str, text: impl Fn() -> String + 'static) -> El {
    quiet_copy_button(what).on("click", move |event| {
        if let Some(pressed) = event.current_target() {
            copy(wasm_bindgen::JsCast::unchecked_into(pressed), text());
        }
    })
}

/// The button alone; whoever makes it hears the press and calls [`copy`].
pub(super) fn quiet_copy_button(what: &str) -> El {
    let name = format!("Copy {what}");
    button("button icon-button copy")
        .attr("title", &name)
        .attr("aria-label", &name)
        .child(icon(icon::COPY))
}

/// Copies the text and says so on the button for a moment.
pub(super) fn copy(pressed: Element, text: String) {
    spawn_local(async move {
        let words = if clipboard::copy(&text).await {
            "Copied"
        } else {
            "Select the text and copy it by hand"
        };
        let name = pressed.get_attribute("title").unwrap_or_default();
        if pressed.has_attribute("data-said") {
            return;
        }
        say(&pressed, words, true);
        set_timeout(move || say(&pressed, &name, false), Duration::from_secs(2));
    });
}

fn say(button: &Element, words: &str, is_said: bool) {
    for name in ["title", "aria-label"] {
        let _ = button.set_attribute(name, words);
    }
    let _ = button.toggle_attribute_with_force("data-said", is_said);
}
