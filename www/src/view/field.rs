//! Fields in which something is written.

use leptos::{ev, html, prelude::*};
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::window::listen;

/// Texts longer than this get the full height without being measured: laying
/// out thousands of lines at each key press is what makes typing slow.
const MEASURED_CHARS: u32 = 4_000;

/// Makes the field as high as its text, up to the bound in the style sheet.
pub(super) fn fit(field: &HtmlTextAreaElement) {
    let is_long = field.text_length() > MEASURED_CHARS;
    let _ = field.class_list().toggle_with_force("is-long", is_long);
    let style = HtmlElement::style(field);
    let _ = style.remove_property("height");
    if !is_long {
        let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
    }
}

/// Makes it as high again in a window of another width, where other words go
/// into a line.
pub(super) fn keep_fit(place: NodeRef<html::Textarea>) {
    listen(ev::resize, move |_| {
        request_animation_frame(move || {
            if let Some(field) = place.try_get_untracked().flatten() {
                fit(&field);
            }
        });
    });
}

/// Whether a key press ends the message.
pub(super) fn enter_sends(event: &KeyboardEvent) -> bool {
    // Enter that ends a composition picks a word; browsers tell by the flag
    // or, older ones, by key code 229.
    let composes = event.is_composing() || event.key_code() == 229;
    event.key() == "Enter" && !event.shift_key() && !composes
}

/// Puts the cursor into a field once it stands in the page.
pub(super) fn focus(field: &HtmlElement) {
    let field = field.clone();
    request_animation_frame(move || {
        let _ = field.focus();
    });
}
