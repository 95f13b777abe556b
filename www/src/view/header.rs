//! The top of the page: what we are connected to, and how it goes.

use std::time::Duration;

use leptos::prelude::*;
use webchat_model::connection::{Connection, Tone};
use webchat_model::{earlier, excerpt};

use super::el::{El, button, el, follow};
use super::forget::forget_device;
use super::icon::{self, icon, mark};
use crate::browser::clock;
use crate::browser::theme::Theme;
use crate::page::Page;

/// How much of what an earlier visit has left is quoted.
const EARLIER_LINES: usize = 4;
const EARLIER_BYTES: usize = 300;

pub(super) fn header(page: Page) -> El {
    el("header")
        .class("top")
        .child(
            el("div")
                .class("brand")
                .child(mark())
                .child(el("span").class("brand-name").text("clawline")),
        )
        .child(status(page))
        .child(
            el("div")
                .class("top-actions")
                .child(gateway_button(page))
                .child(theme_button()),
        )
        .child_now(move || remedy(page))
        .child_now(move || notice(page))
        .child_now(move || conversation(page))
        .child_now(move || earlier(page))
}

fn status(page: Page) -> El {
    let tone = move || {
        let tone = match page.connection.with(Connection::tone) {
            Tone::Good => "good",
            Tone::Busy => "busy",
            Tone::Bad => "bad",
        };
        Some(tone.to_owned())
    };
    let line = move || page.connection.with(Connection::line);
    let detail = move || {
        let headline = page.connection.with(Connection::headline);
        line().strip_prefix(headline).unwrap_or_default().to_owned()
    };
    let words = el("div")
        .attr("role", "status")
        .class("status")
        .child(el("strong").text_now(move || page.connection.with(Connection::headline).to_owned()))
        .child(
            el("span")
                .class("status-detail")
                .attr_now("title", move || Some(line()))
                .text_now(detail),
        );
    el("div")
        .class("link")
        .attr_now("data-tone", tone)
        .child(el("span").class("dot").attr("aria-hidden", "true"))
        .child(words)
        .child(countdown(page))
        .child_now(move || {
            let retry = || {
                button("button quiet small")
                    .on("click", move |_| page.retry())
                    .text("Retry now")
            };
            page.connection.with(Connection::can_retry).then(retry)
        })
}

/// Counts down to the next attempt. It is silent: a number that is read out
/// every second drowns everything else.
fn countdown(page: Page) -> El {
    let now = RwSignal::new(clock::now_ms());
    let ticking = StoredValue::new(None::<IntervalHandle>);
    follow(Box::new(move || {
        ticking.update_value(|ticking| {
            if let Some(old) = ticking.take() {
                old.clear();
            }
            if page.retry_at.get().is_some() {
                now.set(clock::now_ms());
                let tick = move || now.set(clock::now_ms());
                *ticking = set_interval_with_handle(tick, Duration::from_secs(1)).ok();
            }
        });
    }));
    el("span")
        .class("countdown")
        .attr("aria-hidden", "true")
        .text_now(move || {
            let seconds = page
                .retry_at
                .get()
                .map_or(0.0, |at| ((at - now.get()) / 1_000.0).ceil());
            // Short waits would only flicker.
            if seconds < 2.0 {
                return String::new();
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "at least 2, at most a few hundred"
            )]
            let seconds = seconds as u32;
            format!("next try in {seconds} s")
        })
}

fn gateway_button(page: Page) -> El {
    let opened = page.form.opened;
    button("button icon-button")
        .attr("title", "Change gateway")
        .attr("aria-label", "Change gateway")
        .attr_now("aria-expanded", move || Some(opened.get().to_string()))
        .on("click", move |_| opened.set(!opened.get_untracked()))
        .child(icon(icon::GATEWAY))
}

fn theme_button() -> El {
    let theme = RwSignal::new(Theme::stored());
    let name = move || Some(format!("Colours: {}", theme.get().name()));
    button("button icon-button")
        .attr_now("title", name)
        .attr_now("aria-label", name)
        .on("click", move |_| {
            let next = theme.get_untracked().next();
            next.apply();
            theme.set(next);
        })
        .child_now(move || {
            Some(match theme.get() {
                Theme::System => icon(icon::HALF),
                Theme::Light => icon(icon::SUN),
                Theme::Dark => icon(icon::MOON),
            })
        })
}

/// What a person can do about the connection.
fn remedy(page: Page) -> Option<El> {
    let (Connection::SignedOut(problem) | Connection::Stopped(problem)) = page.connection.get()
    else {
        return None;
    };
    let offers_forgetting = problem.offers_forgetting();
    let mut words = problem.remedy;
    if !problem.code.is_empty() {
        words.push_str(&format!(" ({})", problem.code));
    }
    let banner = || {
        el("div")
            .class("banner bad")
            .child(el("p").text(words.trim_start()))
            .children(offers_forgetting.then(|| forget_device(page)))
    };
    (!words.is_empty()).then(banner)
}

/// What else a person should know.
fn notice(page: Page) -> Option<El> {
    let words = page.notice.get()?;
    let hide = button("button quiet small")
        .on("click", move |_| page.notice.set(None))
        .text("Hide");
    Some(
        el("div")
            .class("banner")
            .child(el("p").text(&words))
            .child(hide),
    )
}

/// That this is not the main conversation, and the way back.
fn conversation(page: Page) -> Option<El> {
    page.session.with(Option::is_some).then(|| {
        let back = button("button quiet small")
            .on("click", move |_| page.turn_to(None))
            .text("Back to the main one");
        el("div")
            .class("banner calm")
            .child(el("p").text("A new conversation."))
            .child(back)
    })
}

/// What an older version of this page has left undecided.
fn earlier(page: Page) -> Option<El> {
    let text = page.earlier.get()?;
    let choice = |label: &str, is_wanted: bool| {
        button("button quiet small")
            .on("click", move |_| page.settle_earlier(is_wanted))
            .text(label)
    };
    let choices = el("div")
        .class("decision")
        .child(choice("Edit", true))
        .child(choice("Discard", false));
    let start = excerpt::first_lines(&text, EARLIER_LINES, EARLIER_BYTES).unwrap_or(&text);
    let words = el("div")
        .child(el("p").text(earlier::NOTICE))
        .child(el("blockquote").class("plain").text(start));
    Some(el("div").class("banner").child(words).child(choices))
}
