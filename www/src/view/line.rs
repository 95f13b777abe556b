//! One line of the conversation.

use leptos::prelude::*;
use webchat_model::transcript::{Row, State, Who};

use super::body::body;
use super::copy::copy_button;
use super::el::{El, button, el, follow};
use crate::browser::clock;
use crate::page::Page;

pub(super) fn line(page: Page, row: ArcRwSignal<Row>) -> El {
    match row.with_untracked(|row| row.who) {
        Who::You => article(page, row, "you"),
        Who::Assistant => article(page, row, "assistant"),
        // Not something that somebody says: no article, and less to see.
        Who::Tool | Who::System => el("div").class("aside").child(body(page, row)),
    }
}

fn article(page: Page, row: ArcRwSignal<Row>, who: &str) -> El {
    let article = el("article").class("message").attr("data-who", who);
    let element = article.raw().clone();
    let seen = row.clone();
    follow(Box::new(move || {
        seen.with(|row| {
            let time = row.message.timestamp.map(clock::short);
            let _ = element.set_attribute("data-state", row.state.name());
            let _ = element.set_attribute("aria-label", &row.accessible_name(time.as_deref()));
            let _ = match row.live {
                true => element.set_attribute("aria-busy", "true"),
                false => element.remove_attribute("aria-busy"),
            };
        });
    }));
    article
        .child(body(page, row.clone()))
        .child(foot_of(page, row))
}

/// What the foot shows of a row: all but the words, which change most often.
#[derive(Debug, Clone, PartialEq)]
struct Foot {
    is_own: bool,
    time: Option<f64>,
    state: State,
    entry: Option<String>,
    reason: Option<String>,
    live: bool,
}

/// Below the words: when, how far it has come, and what can be done.
fn foot_of(page: Page, row: ArcRwSignal<Row>) -> El {
    let summary = {
        let row = row.clone();
        ArcMemo::new(move |_| {
            row.with(|row| Foot {
                is_own: row.who == Who::You,
                time: row.message.timestamp,
                state: row.state,
                entry: row.entry.clone(),
                reason: row.reason.clone(),
                live: row.live,
            })
        })
    };
    el("div")
        .class("foot-place")
        .child_now(move || Some(foot(page, &summary.get(), row.clone())))
}

fn foot(page: Page, foot: &Foot, row: ArcRwSignal<Row>) -> El {
    let mut line = el("footer").class("foot");
    if let Some((at, machine)) = foot.time.and_then(|at| Some((at, clock::machine(at)?))) {
        line = line.child(
            el("time")
                .attr("datetime", &machine)
                .text(&clock::short(at)),
        );
    }
    if let Some(words) = foot.state.words().filter(|_| foot.is_own && !foot.live) {
        line = line.child(el("span").class("state").text(words));
    }
    if !foot.live {
        line = line.child(copy_button("message", move || {
            row.with_untracked(|row| row.message.text())
        }));
    }
    if let Some(words) = foot.reason.as_deref().or_else(|| foot.state.explanation()) {
        line = line.child(el("p").class("reason").text(words));
    }
    line.children(
        foot.entry
            .as_ref()
            .and_then(|entry| decision(page, foot.state, entry)),
    )
}

fn decision(page: Page, state: State, entry: &str) -> Option<El> {
    let choice = |label: &str, act: fn(Page, &str)| {
        let key = entry.to_owned();
        button("button quiet small")
            .text(label)
            .on("click", move |_| act(page, &key))
    };
    let again = state
        .needs_a_decision()
        .then(|| choice("Send again", Page::send_again));
    let can_go = state.needs_a_decision() || state == State::Queued;
    let discard = can_go.then(|| choice("Discard", Page::discard));
    can_go.then(|| {
        el("div")
            .class("decision")
            .children(again)
            .children(discard)
    })
}
