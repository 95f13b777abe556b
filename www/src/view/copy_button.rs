//! A button that copies some text and says that it did.

use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen_futures::spawn_local;

use super::icon::{self, icon};
use crate::browser::clipboard;

/// `what` completes the button's name: "Copy code", "Copy command".
pub(super) fn copy_button(
    what: &'static str,
    text: impl Fn() -> String + 'static,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let label = move || match copied.get() {
        None => format!("Copy {what}"),
        Some(true) => "Copied".to_owned(),
        Some(false) => "Select the text and copy it by hand".to_owned(),
    };
    html::button()
        .attr("type", "button")
        .class("button icon-button copy")
        .attr("title", label)
        .aria_label(label)
        .on(ev::click, move |_| {
            let text = text();
            spawn_local(async move {
                copied.set(Some(clipboard::copy(&text).await));
                set_timeout(
                    move || {
                        copied.try_set(None);
                    },
                    Duration::from_secs(2),
                );
            });
        })
        .child(move || {
            if copied.get() == Some(true) {
                icon(icon::DONE)
            } else {
                icon(icon::COPY)
            }
        })
}
