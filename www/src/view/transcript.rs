//! The conversation: a log of lines that keeps to its end while one reads there.

use leptos::prelude::*;
use leptos::{ev, html};
use webchat_model::connection::Connection;

use super::icon::{self, icon, mark};
use super::line::line;
use super::scroll::Sticky;
use crate::page::{Older, Page};

pub(super) fn transcript(page: Page) -> impl IntoView {
    let sticky = Sticky::new(page);
    html::div().class("conversation").child((
        html::h1()
            .class("visually-hidden")
            .child("Your conversation"),
        html::div()
            .class("scroller")
            .node_ref(sticky.scroller)
            .role("log")
            .aria_label("Conversation")
            // A reply that streams would be read out word by word; the
            // finished one is announced once instead.
            .aria_live("off")
            .tabindex("0")
            .on(ev::scroll, move |_| sticky.scrolled())
            .child(
                html::div().class("lines").node_ref(sticky.content).child((
                    older_button(page, sticky),
                    empty(page),
                    For(ForProps::builder()
                        .each(move || page.lines.get())
                        .key(|line| line.key.clone())
                        .children(move |item| line(page, item))
                        .build()),
                    thinking(page),
                )),
            ),
        move || {
            sticky.has_news.get().then(|| {
                html::button()
                    .attr("type", "button")
                    .class("pill")
                    .on(ev::click, move |_| sticky.to_end())
                    .child(("New messages", icon(icon::DOWN)))
            })
        },
    ))
}

fn older_button(page: Page, sticky: Sticky) -> impl IntoView {
    move || {
        let older = page.older.get();
        (older != Older::None).then(|| {
            let loading = older == Older::Loading;
            html::button()
                .attr("type", "button")
                .class("button quiet older")
                .prop("disabled", loading)
                .on(ev::click, move |_| {
                    sticky.keep_place();
                    page.load_older();
                })
                .child(if loading {
                    "Fetching older messages…"
                } else {
                    "Show older messages"
                })
        })
    }
}

/// What stands there before the first word.
fn empty(page: Page) -> impl IntoView {
    move || {
        if page.lines.with(|lines| !lines.is_empty()) {
            return None;
        }
        let (title, words) = match (page.loaded.get(), page.connection.get()) {
            (true, _) => (
                "Say hello",
                "This conversation is new. What you write goes to your agent.",
            ),
            (false, Connection::Connected { .. }) => ("One moment", "Fetching the conversation…"),
            (false, _) => (
                "Not connected yet",
                "You can write already. It is sent as soon as the gateway answers.",
            ),
        };
        Some(html::div().class("empty").child((
            mark(),
            html::h2().child(title),
            html::p().class("muted").child(words),
        )))
    }
}

/// Three dots while a run is active and has not said anything yet.
fn thinking(page: Page) -> impl IntoView {
    let waits = Memo::new(move |_| {
        page.running.get()
            && page.lines.with(|lines| {
                lines
                    .iter()
                    .rev()
                    .take(20)
                    .all(|line| !line.row.with(|row| row.live))
            })
    });
    move || {
        waits.get().then(|| {
            html::div().class("dots").aria_hidden("true").child((
                html::span(),
                html::span(),
                html::span(),
            ))
        })
    }
}
