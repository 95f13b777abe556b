//! The top of the page: what we are connected to, and how it goes.

use leptos::prelude::*;
use webchat_model::connection::{Connection, Tone};
use webchat_model::follow::Follow;
use webchat_model::words::Words;

use super::banners::Banners;
use super::countdown::Countdown;
use super::icon::{self, Icon, Mark};
use super::icon_button::IconButton;
use super::language::LanguageChoice;
use super::sessions::{Panel, SessionsButton};
use super::show::Show;
use super::words::{say, text};
use crate::app::App;
use crate::browser::theme::Theme;

#[component]
pub(super) fn Header(app: App, panel: Panel) -> impl IntoView {
    view! {
        <header class="top" prop:inert=move || panel.covers()>
            <div class="brand">
                <SessionsButton panel />
                <Mark />
                <span class="brand-name">{"clawline"}</span>
            </div>
            <Status app />
            <div class="top-actions">
                <FollowButton app />
                <GatewayButton app />
                <LanguageChoice />
                // A part of a page has the colours that it is given.
                {app.is_page.then(|| view! { <ThemeButton /> })}
            </div>
            <Banners app panel />
        </header>
    }
}

/// How the connection is. A translator would put words of its own in the place
/// of these, which then change no more.
#[component]
fn Status(app: App) -> impl IntoView {
    let tone = move || match app.connection.with(Connection::tone) {
        Tone::Good => "good",
        Tone::Busy => "busy",
        Tone::Bad => "bad",
    };
    let headline = move || say(&app.connection.with(Connection::headline));
    let detail = move || say(&app.connection.with(Connection::detail));
    let line = move || headline() + &detail();
    view! {
        <div class="link" data-tone=tone translate="no">
            <span class="dot" aria-hidden={"true"}></span>
            <div role="status" class="status">
                <strong>{headline}</strong>
                <span class="status-detail" title=line>
                    {detail}
                </span>
            </div>
            <Countdown until=app.retry_at words={"next-try"} />
            <Show when=move || app.connection.with(Connection::can_retry)>
                <button
                    type="button"
                    class="button quiet small"
                    on:click=move |_| app.retry()
                >
                    {text("retry-now")}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn GatewayButton(app: App) -> impl IntoView {
    let opened = app.form.opened;
    view! {
        <button
            type="button"
            class="button icon-button"
            title=text("change-gateway")
            aria-label=text("change-gateway")
            aria-expanded=move || opened.get().to_string()
            on:click=move |_| opened.update(|opened| *opened = !*opened)
        >
            <Icon path=icon::GATEWAY />
        </button>
    }
}

#[component]
fn FollowButton(app: App) -> impl IntoView {
    let name = move || say(&app.follow.get().words());
    let path = move || match app.follow.get() {
        Follow::AtEnd => icon::DOWN,
        Follow::Always => icon::DOWN_TWICE,
        Follow::Never => icon::PAUSE,
    };
    view! { <IconButton name path press=move || app.next_follow() /> }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(Theme::stored());
    let name = move || {
        say(&Words::of(match theme.get() {
            Theme::System => "colours-system",
            Theme::Light => "colours-light",
            Theme::Dark => "colours-dark",
        }))
    };
    let next = move || {
        let next = theme.get_untracked().next();
        next.apply();
        theme.set(next);
    };
    let path = move || match theme.get() {
        Theme::System => icon::HALF,
        Theme::Light => icon::SUN,
        Theme::Dark => icon::MOON,
    };
    view! { <IconButton name path press=next /> }
}
