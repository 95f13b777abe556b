//! What a person should know or do, in lines below the header.

use leptos::prelude::*;
use webchat_model::connection::{Connection, Problem};
use webchat_model::sessions::Title;
use webchat_model::words::Words;

use super::chunk::ChunkTrouble;
use super::drawn::renewed;
use super::forget::ForgetDevice;
use super::sessions::{Panel, words};
use super::show::Show;
use super::words::{say, text};
use crate::app::App;
use crate::chunks::{Trouble, ed25519, markdown};

#[component]
pub(super) fn Banners(app: App, panel: Panel) -> impl IntoView {
    let problem = Memo::new(move |_| {
        app.connection.with(|connection| match connection {
            Connection::SignedOut(problem) | Connection::Stopped(problem) => Some(problem.clone()),
            _ => None,
        })
    });
    let remedy = move || {
        let problem = problem.get()?;
        let words = remedy(&problem);
        (!words.is_empty()).then(|| renewed(view! { <Remedy app problem words /> }))
    };
    let notice = move || {
        let words = app.said.notice.get()?;
        Some(renewed(view! { <Notice app words /> }))
    };
    let trouble = move || {
        let key = ed25519::standing().trouble();
        let trouble = key.or_else(|| markdown::standing().trouble())?;
        // Words without their dress are no trouble to who waits for it.
        (trouble != Trouble::Late).then(|| view! { <ChunkTrouble trouble /> })
    };
    view! {
        {trouble}
        {remedy}
        {notice}
        <Show when=move || app.session().is_some() && !panel.is_shown()>
            <Aside app />
        </Show>
    }
}

/// What a person can do, and the code by which others know the problem.
fn remedy(problem: &Problem) -> Words {
    let remedy = problem.remedy.clone().unwrap_or_default();
    match problem.code.as_str() {
        "" => remedy,
        code => Words::All(vec![remedy, Words::of("code").with("code", code)]),
    }
}

/// What a person can do about the connection.
#[component]
fn Remedy(app: App, problem: Problem, words: Words) -> impl IntoView {
    let forget = problem
        .offers_forgetting()
        .then(|| view! { <ForgetDevice app /> });
    let reload = problem.offers_reload().then(|| {
        view! {
            <button
                type="button"
                class="button small"
                on:click=|_| drop(location().reload())
            >
                {text("reload")}
            </button>
        }
    });
    view! {
        <div class="banner bad">
            <p>{move || say(&words)}</p>
            {forget}
            {reload}
        </div>
    }
}

/// What else a person should know.
#[component]
fn Notice(app: App, words: Words) -> impl IntoView {
    view! {
        <div class="banner">
            <p>{move || say(&words)}</p>
            <button
                type="button"
                class="button quiet small"
                on:click=move |_| app.said.notice.set(None)
            >
                {text("hide")}
            </button>
        </div>
    }
}

/// That this is not the main conversation, and the way back, where no list says so.
#[component]
fn Aside(app: App) -> impl IntoView {
    let title = move || {
        let session = app.session()?;
        app.sessions.title(&session)
    };
    let name = move || say(&words::title(&title().unwrap_or(Title::New)));
    view! {
        <div class="banner calm">
            <p class="aside-title" dir="auto" translate="no">
                {name}
            </p>
            <button
                type="button"
                class="button quiet small"
                on:click=move |_| app.turn_to(None)
            >
                {text("back-to-main")}
            </button>
        </div>
    }
}
