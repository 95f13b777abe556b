//! The top of the page: what we are connected to, and how it goes.

use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, html};
use webchat_model::connection::{Connection, Tone};

use super::icon::{self, icon, mark};
use crate::browser::clock;
use crate::browser::theme::Theme;
use crate::page::Page;

pub(super) fn header(page: Page) -> impl IntoView {
    html::header().class("top").child((
        html::div()
            .class("brand")
            .child((mark(), html::span().class("brand-name").child("clawline"))),
        status(page),
        html::div()
            .class("top-actions")
            .child((gateway_button(page), theme_button())),
        banner(page),
    ))
}

fn status(page: Page) -> impl IntoView {
    let tone = move || match page.connection.with(Connection::tone) {
        Tone::Good => "good",
        Tone::Busy => "busy",
        Tone::Bad => "bad",
    };
    html::div().class("link").attr("data-tone", tone).child((
        html::span().class("dot").aria_hidden("true"),
        html::div().role("status").class("status").child((
            html::strong().child(move || page.connection.with(Connection::headline)),
            move || {
                let (headline, line) = page
                    .connection
                    .with(|connection| (connection.headline(), connection.line()));
                let detail = line.strip_prefix(headline).unwrap_or_default().to_owned();
                html::span()
                    .class("status-detail")
                    .attr("title", line)
                    .child(detail)
            },
        )),
        countdown(page),
        move || {
            page.connection.with(Connection::can_retry).then(|| {
                html::button()
                    .attr("type", "button")
                    .class("button quiet small")
                    .on(ev::click, move |_| page.retry())
                    .child("Retry now")
            })
        },
    ))
}

/// Counts down to the next attempt. It is silent: a number that is read out
/// every second drowns everything else.
fn countdown(page: Page) -> impl IntoView {
    let now = RwSignal::new(clock::now_ms());
    Effect::new(move |ticking: Option<Option<IntervalHandle>>| {
        if let Some(Some(old)) = ticking {
            old.clear();
        }
        page.retry_at.get()?;
        now.set(clock::now_ms());
        set_interval_with_handle(move || now.set(clock::now_ms()), Duration::from_secs(1)).ok()
    });
    move || {
        let seconds = ((page.retry_at.get()? - now.get()) / 1_000.0).ceil();
        // Short waits would only flicker.
        (seconds >= 2.0).then(|| {
            html::span()
                .class("countdown")
                .aria_hidden("true")
                .child(format!("next try in {seconds} s"))
        })
    }
}

fn gateway_button(page: Page) -> impl IntoView {
    let form = page.form;
    html::button()
        .attr("type", "button")
        .class("button icon-button")
        .attr("title", "Change gateway")
        .aria_label("Change gateway")
        .aria_expanded(move || form.opened.get().to_string())
        .on(ev::click, move |_| {
            form.opened.update(|opened| *opened = !*opened);
        })
        .child(icon(icon::GATEWAY))
}

fn theme_button() -> impl IntoView {
    let theme = RwSignal::new(Theme::stored());
    let name = move || format!("Colours: {}", theme.get().name());
    html::button()
        .attr("type", "button")
        .class("button icon-button")
        .attr("title", name)
        .aria_label(name)
        .on(ev::click, move |_| {
            let next = theme.get_untracked().next();
            next.apply();
            theme.set(next);
        })
        .child(move || match theme.get() {
            Theme::System => icon(icon::HALF),
            Theme::Light => icon(icon::SUN),
            Theme::Dark => icon(icon::MOON),
        })
}

/// What a person can do about the connection, and what else they should know.
fn banner(page: Page) -> impl IntoView {
    let remedy = move || match page.connection.get() {
        Connection::SignedOut(problem) | Connection::Stopped(problem) => {
            let mut words = problem.remedy;
            if !problem.code.is_empty() {
                words = format!("{words} ({})", problem.code);
            }
            Some(words.trim().to_owned()).filter(|words| !words.is_empty())
        }
        _ => None,
    };
    (
        move || remedy().map(|words| html::p().class("banner bad").child(words)),
        move || {
            page.notice.get().map(|words| {
                html::p().class("banner").child((
                    words,
                    html::button()
                        .attr("type", "button")
                        .class("button quiet small")
                        .on(ev::click, move |_| page.notice.set(None))
                        .child("Hide"),
                ))
            })
        },
    )
}
