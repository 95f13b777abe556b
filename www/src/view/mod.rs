//! What the page looks like.

mod body;
mod composer;
mod connect_form;
mod copy;
mod el;
mod header;
mod icon;
mod line;
mod markdown;
mod pairing_screen;
mod scroll;
mod transcript;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use crate::browser::policy;
use crate::page::{Page, Screen};
use el::{El, el};

/// The whole page.
pub(crate) fn app() -> impl IntoView {
    let page = Page::new();
    el::on_window(policy::EVENT, move |event| {
        if let Some(address) = policy::refused_connection(event) {
            page.refused_by_policy(&address);
        }
    });
    composer::keep_unsent_without_field(page);
    spawn_local(page.begin());
    html::div()
        .class("page")
        .directive(move |root: Element| fill(&root, page), ())
}

fn fill(root: &Element, page: Page) {
    let screen = RwSignal::new(untrack(|| page.screen()));
    el::follow(Box::new(move || {
        let next = page.screen();
        if screen.get_untracked() != next {
            screen.set(next);
        }
    }));
    let parts = [
        header::header(page),
        el("main").class("main").child_now(move || {
            Some(match screen.get() {
                Screen::Connect => connect_form::connect_form(page),
                Screen::Pairing => pairing_screen::pairing_screen(page),
                Screen::Chat => chat(page),
            })
        }),
        el("div")
            .class("visually-hidden")
            .attr("aria-live", "polite")
            .attr("aria-atomic", "true")
            .text_now(move || page.announcement.get()),
    ];
    for part in parts {
        let _ = root.append_child(part.raw());
    }
}

fn chat(page: Page) -> El {
    el("div")
        .class("chat")
        .child(transcript::transcript(page))
        .child(composer::composer(page))
}
