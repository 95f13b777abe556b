//! The conversation: a log of lines that keeps to its end while one reads there.

use std::collections::HashMap;

use leptos::prelude::*;
use web_sys::Element;
use webchat_model::connection::Connection;

use super::el::{El, button, el, follow, scope};
use super::icon::{self, icon, mark};
use super::line::line;
use super::scroll::Sticky;
use crate::page::{Older, Page};

pub(super) fn transcript(page: Page) -> El {
    let lines = el("div").class("lines");
    let scroller = el("div")
        .class("scroller")
        .attr("role", "log")
        .attr("aria-label", "Conversation")
        // A reply that streams would be read out word by word; the finished
        // one is announced once instead.
        .attr("aria-live", "off")
        .attr("tabindex", "0");
    let sticky = Sticky::new(page, &scroller, &lines);
    let lines = lines
        .child_now(move || older_button(page, sticky))
        .child_now(move || empty(page));
    let end = el("div").class("dots-place").child_now(move || dots(page));
    let lines = lines.child(end.clone());
    keep_lines(page, lines.raw().clone(), end.raw().clone());
    el("div")
        .class("conversation")
        .child(el("h1").class("visually-hidden").text("Your conversation"))
        .child(
            scroller
                .on("scroll", move |_| sticky.scrolled())
                .child(lines),
        )
        .child_now(move || {
            sticky.has_news.get().then(|| {
                button("pill")
                    .on("click", move |_| sticky.to_end())
                    .text("New messages")
                    .child(icon(icon::DOWN))
            })
        })
}

/// From this many lines on, those out of view are not laid out. Below it the
/// browser is fast enough, and finds and reads everything.
const MANY: usize = 400;

/// Keeps one element a line, in order, before `end`. A line whose key stays
/// keeps its element, and is moved only when its neighbours change.
fn keep_lines(page: Page, parent: Element, end: Element) {
    let around = Owner::current();
    let mut shown: HashMap<String, (Owner, Element)> = HashMap::new();
    follow(Box::new(move || {
        let lines = page.lines.get();
        let _ = parent.toggle_attribute_with_force("data-many", lines.len() > MANY);
        let mut gone = std::mem::take(&mut shown);
        let mut next: Element = end.clone();
        // Backwards: each line stands before the one that follows it.
        for item in lines.iter().rev() {
            let (owner, element) = gone.remove(&item.key).unwrap_or_else(|| {
                let make = || scope(|| line(page, item.row.clone()).raw().clone());
                around
                    .as_ref()
                    .map_or_else(make, |around| around.with(make))
            });
            let is_in_place = next
                .previous_element_sibling()
                .is_some_and(|before| before == element);
            if !is_in_place {
                let _ = parent.insert_before(&element, Some(&next));
            }
            next = element.clone();
            shown.insert(item.key.clone(), (owner, element));
        }
        for (owner, element) in gone.into_values() {
            element.remove();
            owner.cleanup();
        }
    }));
}

fn older_button(page: Page, sticky: Sticky) -> Option<El> {
    let older = page.older.get();
    let label = match older {
        Older::None => return None,
        Older::Available => "Show older messages",
        Older::Loading => "Fetching older messages…",
    };
    let older = button("button quiet older")
        .text(label)
        .on("click", move |_| {
            sticky.keep_place();
            page.load_older();
        });
    Some(older)
}

/// What stands there before the first word.
fn empty(page: Page) -> Option<El> {
    if page.lines.with(|lines| !lines.is_empty()) {
        return None;
    }
    // What there is to see is further back.
    if page.loaded.get() && page.older.get() != Older::None {
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
    let empty = el("div").class("empty").child(mark());
    Some(
        empty
            .child(el("h2").text(title))
            .child(el("p").class("muted").text(words)),
    )
}

/// Three dots while a run is active and has not said anything yet.
fn dots(page: Page) -> Option<El> {
    let is_silent = page.running.get()
        && page.lines.with(|lines| {
            !lines
                .iter()
                .rev()
                .take(20)
                .any(|line| line.row.with(|row| row.live))
        });
    let dots = || el("div").class("dots").attr("aria-hidden", "true");
    is_silent.then(|| dots().children([el("span"), el("span"), el("span")]))
}
