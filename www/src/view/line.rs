//! One line of the conversation.

use leptos::prelude::*;
use leptos::{ev, html};
use webchat_model::segments::{self, Segment};
use webchat_model::transcript::{Row, State, Who};

use super::copy_button::copy_button;
use super::segment::segment;
use crate::browser::clock;
use crate::page::{Line, Page};

/// Pieces of a line: those that stay as they are, and the one that grows.
#[derive(Debug, Clone, Default, PartialEq)]
struct Pieces {
    settled: Vec<(u64, Segment)>,
    growing: Option<Segment>,
}

pub(super) fn line(page: Page, line: Line) -> AnyView {
    let row = line.row;
    match row.with_untracked(|row| row.who) {
        Who::You | Who::Assistant => article(page, row).into_any(),
        // Not something that somebody says: no article, and less to see.
        Who::Tool | Who::System => html::div()
            .class("aside")
            .attr("data-who", "aside")
            .child(body(page, row))
            .into_any(),
    }
}

fn article(page: Page, row: ArcRwSignal<Row>) -> impl IntoView {
    let is_own = row.with_untracked(|row| row.who) == Who::You;
    let name = {
        let row = row.clone();
        move || row.with(|row| row.accessible_name(time_of(row).as_deref()))
    };
    let state = {
        let row = row.clone();
        move || row.with(|row| row.state.name())
    };
    let is_growing = {
        let row = row.clone();
        move || row.with(|row| row.live).then_some("true")
    };
    html::article()
        .class("message")
        .attr("data-who", if is_own { "you" } else { "assistant" })
        .attr("data-state", state)
        .aria_label(name)
        .aria_busy(is_growing)
        .child((body(page, row.clone()), foot(page, row, is_own)))
}

fn time_of(row: &Row) -> Option<String> {
    row.message.timestamp.map(clock::short)
}

fn body(page: Page, row: ArcRwSignal<Row>) -> impl IntoView {
    let expanded = RwSignal::new(false);
    let pieces = Memo::new(move |_| {
        row.with(|row| {
            let mut all = segments::of(row, expanded.get());
            let growing = if row.live { all.pop() } else { None };
            let settled = all.into_iter().enumerate();
            let settled = settled
                .map(|(index, piece)| (segments::identity(index, &piece), piece))
                .collect();
            Pieces { settled, growing }
        })
    });
    html::div().class("body").attr("dir", "auto").child((
        For(ForProps::builder()
            .each(move || pieces.with(|pieces| pieces.settled.clone()))
            .key(|(identity, _)| *identity)
            .children(move |(_, piece)| segment(page, expanded, piece))
            .build()),
        move || {
            pieces
                .with(|pieces| pieces.growing.clone())
                .map(|piece| segment(page, expanded, piece))
        },
    ))
}

/// Below the words: when, how far it has come, and what can be done.
fn foot(page: Page, row: ArcRwSignal<Row>, is_own: bool) -> impl IntoView {
    let text = {
        let row = row.clone();
        move || row.with_untracked(|row| row.message.text())
    };
    let copyable = {
        let row = row.clone();
        move || row.with(|row| !row.live)
    };
    let summary = Memo::new(move |_| {
        row.with(|row| Foot {
            time: row.message.timestamp,
            state: row.state,
            entry: row.entry.clone(),
            reason: row.reason.clone(),
            live: row.live,
        })
    });
    html::footer().class("foot").child((
        move || summary.with(|foot| (time(foot.time), state_words(foot, is_own))),
        move || copyable().then(|| copy_button("message", text.clone())),
        move || summary.with(reason),
        move || summary.with(|foot| decision(page, foot)),
    ))
}

#[derive(Debug, Clone, PartialEq)]
struct Foot {
    time: Option<f64>,
    state: State,
    entry: Option<String>,
    reason: Option<String>,
    live: bool,
}

fn time(at_ms: Option<f64>) -> impl IntoView {
    at_ms.and_then(|at_ms| {
        let machine = clock::machine(at_ms)?;
        Some(
            html::time()
                .class("time")
                .attr("datetime", machine)
                .child(clock::short(at_ms)),
        )
    })
}

fn state_words(foot: &Foot, is_own: bool) -> impl IntoView + use<> {
    let words = foot.state.words().filter(|_| is_own && !foot.live);
    words.map(|words| html::span().class("state").child(words))
}

fn reason(foot: &Foot) -> impl IntoView + use<> {
    let words = foot
        .reason
        .clone()
        .or_else(|| foot.state.explanation().map(str::to_owned));
    words.map(|words| html::p().class("reason").child(words))
}

fn decision(page: Page, foot: &Foot) -> impl IntoView + use<> {
    let entry = foot.entry.clone()?;
    let button = move |label: &'static str, act: fn(Page, &str), key: String| {
        html::button()
            .attr("type", "button")
            .class("button quiet small")
            .on(ev::click, move |_| act(page, &key))
            .child(label)
    };
    let decides = foot.state.needs_a_decision();
    let again = decides.then(|| button("Send again", Page::send_again, entry.clone()));
    let drop = (decides || foot.state == State::Queued)
        .then(|| button("Discard", Page::discard, entry.clone()));
    (again.is_some() || drop.is_some()).then(|| html::div().class("decision").child((again, drop)))
}
