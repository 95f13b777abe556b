//! What the page looks like.
#![expect(
    unreachable_pub,
    reason = "`#[component]` makes more of a function public than it says"
)]

mod attachments;
mod banners;
mod body;
mod chunk;
mod command_line;
mod composer;
mod connect_form;
mod copy;
mod countdown;
mod draft;
mod drawn;
mod editor;
mod field;
mod foot;
mod forget;
mod header;
mod icon;
mod icon_button;
mod language;
mod line;
mod lines;
mod markdown;
mod observer;
mod pairing_screen;
mod screens;
mod scroll;
mod sessions;
mod show;
mod transcript;
mod whatsapp;
mod window;
mod words;

use std::cell::Cell;

use leptos::{ev, prelude::*};
use web_sys::{Event, HtmlElement};
use webchat_model::names::Name;

use crate::app::{App, Screen};
use crate::browser::{self, handover, policy, spawn_local};
use crate::chunks::{self, Standing};
use crate::options::Options;
use composer::Composer;
use drawn::renewed;
use header::Header;
use screens::LaterScreen;
use sessions::{Panel, SessionList, Toasts, keep_address};
use transcript::Transcript;
use window::listen;

/// The whole page, or all of a part of one; `around` is what it stands in.
#[component]
pub(crate) fn Page(around: HtmlElement, options: Options) -> impl IntoView {
    chunks::markdown::ask();
    let is_page = options.is_page;
    let app = App::new(is_page, options.session);
    listen(ev::Custom::<Event>::new(policy::EVENT), move |event| {
        if let Some(address) = policy::refused_connection(event) {
            app.refused_by_policy(&address);
        }
    });
    keep_with_other_tabs(app);
    app.follow_days();
    if is_page {
        begin_by_links(app);
        app.follow_unread();
    } else {
        app.begin_within(options.link);
    }
    let screen = Memo::new(move |_| app.screen());
    screens::ask_later(app);
    let main = move || match screen.get() {
        Screen::Connect => view! { <LaterScreen app which=|all| all.connect /> }.into_any(),
        Screen::Pairing => view! { <LaterScreen app which=|all| all.pairing /> }.into_any(),
        Screen::Chat => view! { <Chat app /> }.into_any(),
        Screen::Whatsapp => view! { <LaterScreen app which=|all| all.whatsapp /> }.into_any(),
    };
    let sessions = app.sessions;
    let is_inside = move || matches!(screen.get(), Screen::Chat | Screen::Whatsapp);
    let is_offered = move || is_inside() && sessions.is_offered.get();
    let panel = Panel::new(Signal::derive(is_offered), around);
    let open = Callback::new(move |session| {
        app.whatsapp_opened.set(false);
        app.turn_to(session);
    });
    let current = Signal::derive(move || app.session());
    let is_ready = Signal::derive(move || app.current.with(Option::is_some));
    if is_page {
        keep_address(current, is_ready, open);
    }
    view! {
        <div class="page">
            <Header app panel />
            <div class="rooms">
                <SessionList
                    sessions
                    panel
                    current
                    today=app.day
                    open
                    forget=Callback::new(move |session: String| app.forget(&session))
                    create=Callback::new(move |()| {
                        app.whatsapp_opened.set(false);
                        app.begin_another();
                    })
                    whatsapp=app.whatsapp_opened
                />
                <main class="main" prop:inert=move || panel.covers()>
                    {main}
                </main>
            </div>
            <Toasts sessions open />
            <div
                class="visually-hidden"
                aria-live="polite"
                aria-atomic="true"
                translate="no"
            >
                {move || app.said.announcement.with(words::say)}
            </div>
        </div>
    }
}

/// What the page was opened with comes first; later on a link may be pasted.
fn begin_by_links(app: App) {
    let has_begun = Cell::new(false);
    listen(ev::Custom::<Event>::new(handover::EVENT), move |event| {
        let link = handover::read(event);
        if has_begun.replace(true) {
            app.follow(link);
        } else {
            spawn_local(app.begin(link));
        }
    });
}

/// What other tabs and the browser tell this one.
fn keep_with_other_tabs(app: App) {
    listen(ev::visibilitychange, move |_| app.view_changed());
    listen(ev::storage, move |event| {
        match (event.key(), event.new_value()) {
            (Some(name), Some(tag)) if name == Name::language().as_str() => {
                browser::language::choose(tag);
            }
            (Some(name), _) => app.heard(&name),
            (None, _) => {}
        }
    });
    listen(ev::beforeunload, move |event| {
        if app.is_at_risk() {
            event.prevent_default();
        }
    });
}

/// Each conversation has a composer of its own, with a draft of its own.
#[component]
fn Chat(app: App) -> impl IntoView {
    // Lines wait for what reads them: drawn twice, they would move.
    let may_read = Memo::new(move |_| !matches!(chunks::markdown::standing(), Standing::Coming));
    move || {
        let conversation = app.current.get()?;
        let transcript = move || match may_read.get() {
            true => view! { <Transcript conversation /> }.into_any(),
            false => view! { <div class="conversation"></div> }.into_any(),
        };
        Some(renewed(view! {
            <div class="chat">
                {transcript}
                <Composer conversation />
            </div>
        }))
    }
}
