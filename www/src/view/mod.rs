//! What the page looks like.

mod attachments;
mod body;
mod composer;
mod connect_form;
mod copy;
mod draft;
mod editor;
mod el;
mod field;
mod forget;
mod header;
mod icon;
mod line;
mod markdown;
mod pairing_screen;
mod scroll;
mod transcript;

use std::cell::Cell;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, StorageEvent};

use crate::browser::{handover, policy};
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
    let has_begun = Cell::new(false);
    el::on_window(handover::EVENT, move |event| {
        let link = handover::read(event);
        if has_begun.replace(true) {
            page.follow(link);
        } else {
            spawn_local(page.begin(link));
        }
    });
    keep_with_other_tabs(page);
    html::div()
        .class("page")
        .directive(move |root: Element| fill(&root, page), ())
}

/// What other tabs and the browser tell this one.
fn keep_with_other_tabs(page: Page) {
    el::on_window("visibilitychange", move |_| page.view_changed());
    el::on_window("storage", move |event| {
        let event: StorageEvent = event.unchecked_into();
        if let Some(name) = event.key() {
            page.heard_seen(&name);
        }
    });
    el::on_window("beforeunload", move |event| {
        if page.is_at_risk() {
            event.prevent_default();
        }
    });
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
                Screen::Chat => {
                    // Another gateway or session is another conversation and draft.
                    page.address.track();
                    page.session.track();
                    chat(page)
                }
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
