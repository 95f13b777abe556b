//! What the page looks like. Every element is made one by one.
//!
//! Leptos's `view!` turns static parts into `innerHTML`, which the page's
//! Trusted Types policy forbids; the builder functions never do.

mod composer;
mod connect_form;
mod copy_button;
mod header;
mod icon;
mod line;
mod markdown;
mod pairing_screen;
mod scroll;
mod segment;
mod transcript;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::page::{Page, Screen};

/// The whole page.
pub(crate) fn app() -> impl IntoView {
    let page = Page::new();
    provide_context(page);
    let owner = Owner::current();
    spawn_local(async move {
        match owner {
            Some(owner) => owner.with(|| page.begin()).await,
            None => page.begin().await,
        }
    });
    composer::keep_unsent_without_field(page);
    let screen = Memo::new(move |_| page.screen());
    html::div().class("page").child((
        header::header(page),
        html::main()
            .class("main")
            .child(move || match screen.get() {
                Screen::Connect => connect_form::connect_form(page).into_any(),
                Screen::Pairing => pairing_screen::pairing_screen(page).into_any(),
                Screen::Chat => (transcript::transcript(page), composer::composer(page)).into_any(),
            }),
        html::div()
            .class("visually-hidden")
            .aria_live("polite")
            .aria_atomic("true")
            .child(move || page.announcement.get()),
    ))
}
