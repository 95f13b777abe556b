//! One line of the conversation.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;
use webchat_model::transcript::{Row, State, Who};

use super::body::body;
use super::connect_form::focus;
use super::copy::copy_button;
use super::editor::editor;
use super::el::{El, button, el, follow};
use crate::browser::clock;
use crate::page::Page;

pub(super) fn line(page: Page, row: ArcRwSignal<Row>) -> El {
    match row.with_untracked(|row| row.who) {
        Who::You => article(page, row, "you"),
        Who::Assistant => article(page, row, "assistant"),
        // Not something that somebody says: no article, and less to see.
        Who::Tool | Who::System => el("div").class("aside").child(body(page, row)),
        Who::Divider => el("p")
            .class("divider")
            .child(el("span").text("New messages")),
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
    if who != "you" {
        return article
            .child(body(page, row.clone()))
            .child(foot_of(page, row, None));
    }
    // While its words are changed, a form stands in their place.
    let edited = RwSignal::new(None::<String>);
    let place = article.raw().clone();
    let said = el("div")
        .class("said")
        .prop_now("hidden", move || edited.with(Option::is_some).into())
        .child(body(page, row.clone()))
        .child(foot_of(page, row.clone(), Some(edited)));
    article.child(said).child_now(move || {
        let key = edited.get()?;
        let place = place.clone();
        let words = row.with_untracked(|row| row.message.text());
        Some(editor(page, key, &words, move || {
            close_editor(&place, edited);
        }))
    })
}

/// The keyboard goes back to where it came from.
fn close_editor(place: &Element, edited: RwSignal<Option<String>>) {
    edited.set(None);
    let place = place.clone();
    request_animation_frame(move || {
        if let Ok(Some(button)) = place.query_selector("[data-edit]") {
            focus(button.unchecked_ref());
        }
    });
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
fn foot_of(page: Page, row: ArcRwSignal<Row>, edited: Option<RwSignal<Option<String>>>) -> El {
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
        .child_now(move || Some(foot(page, &summary.get(), row.clone(), edited)))
}

fn foot(
    page: Page,
    foot: &Foot,
    row: ArcRwSignal<Row>,
    edited: Option<RwSignal<Option<String>>>,
) -> El {
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
    let entry = foot.entry.as_deref();
    let at_rest = entry.filter(|_| foot.state.is_at_rest());
    let under_way = entry.filter(|_| foot.state.can_be_dismissed());
    line.children(under_way.map(|entry| dismissal(page, entry)))
        .children(at_rest.map(|entry| decision(page, foot.state, entry, edited)))
}

/// A message that stays under way may never settle. The button shows after a
/// while: most are gone before.
fn dismissal(page: Page, entry: &str) -> El {
    let key = entry.to_owned();
    button("button plain small dismissal")
        .attr(
            "title",
            "Follow this message no longer. It may have arrived.",
        )
        .text("Dismiss")
        .on("click", move |_| page.dismiss(&key))
}

fn decision(page: Page, state: State, entry: &str, edited: Option<RwSignal<Option<String>>>) -> El {
    let choice = |label: &str, act: fn(Page, &str)| {
        let key = entry.to_owned();
        button("button quiet small")
            .text(label)
            .on("click", move |_| act(page, &key))
    };
    let again = state
        .needs_a_decision()
        .then(|| choice("Send again", Page::send_again));
    let edit = edited.map(|edited| {
        let key = entry.to_owned();
        button("button quiet small")
            .attr("data-edit", "")
            .text("Edit")
            .on("click", move |_| edited.set(Some(key.clone())))
    });
    el("div")
        .class("decision")
        .children(again)
        .children(edit)
        .child(choice("Discard", Page::discard))
}
