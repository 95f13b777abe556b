//! WhatsApp: how it stands at the gateway, and linking a phone to it. What there
//! is to see decides [`Screen::parts`](webchat_model::whatsapp::screen::Screen::parts).

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;
use webchat_model::connection::Connection;
use webchat_model::whatsapp::login::Wish;
use webchat_model::whatsapp::phone;
use webchat_model::whatsapp::screen::{Deed, Part, Question, keyed};

use super::countdown::Countdown;
use super::field::focus;
use super::words::{say, text};
use crate::app::App;
use crate::link::Whatsapp;

/// A number with its country's code.
const EXAMPLE: &str = "+49 170 1234567";

#[component]
pub(super) fn WhatsappScreen(app: App) -> impl IntoView {
    let whatsapp = app.whatsapp;
    whatsapp.watch(true);
    // Whoever leaves takes nothing along: a scope that was asked for goes.
    on_cleanup(move || {
        whatsapp.watch(false);
        whatsapp.give_up();
    });
    // A part that stays as it was keeps its element, and with it the keyboard.
    let parts = Memo::new(move |before: Option<&Vec<(usize, Part)>>| {
        let is_connected = matches!(app.connection.get(), Connection::Connected { .. });
        let before = before.map_or(&[][..], Vec::as_slice);
        keyed(before, whatsapp.screen.with(|it| it.parts(is_connected)))
    });
    let place = NodeRef::<html::Section>::new();
    // What changes is read out; the keyboard goes where it goes on, for what had it
    // may be gone.
    Effect::new(move |before: Option<Option<&str>>| {
        let says = parts.with(|parts| {
            let news = |part: &Part| match part {
                Part::State(_, words, _) | Part::Text("field-problem", words) => {
                    Some(words.clone())
                }
                _ => None,
            };
            parts.iter().rev().find_map(|(_, part)| news(part))
        });
        let says = says.unwrap_or_default();
        if app.said.announcement.with_untracked(|old| *old != says) {
            app.said.announce(says);
        }
        let goes_to = whatsapp.screen.with_untracked(|it| match &it.question {
            Some((_, Question::Phone)) => Some("input"),
            Some((_, Question::Unlink)) => Some(".card .actions :last-child"),
            None if it.login.is_some() => Some("h1"),
            None => None,
        });
        if before != Some(goes_to)
            && let Some(place) = place.get_untracked()
        {
            request_animation_frame(move || {
                let found = place.query_selector(goes_to.unwrap_or("h1")).ok().flatten();
                if let Some(found) = found {
                    focus(found.unchecked_ref());
                }
            });
        }
        goes_to
    });
    let back = Callback::new(move |()| app.whatsapp_opened.set(false));
    view! {
        <section class="card-screen" aria-labelledby="whatsapp-title" node_ref=place>
            <div class="card whatsapp">
                <h1 id="whatsapp-title" tabindex="-1">
                    {"WhatsApp"}
                </h1>
                <For each=move || parts.get() key=|(key, _)| *key let:part>
                    {drawn(whatsapp, part.1)}
                </For>
                {row(vec![button("back-to-conversation", "button quiet", back)])}
            </div>
        </section>
    }
}

fn drawn(whatsapp: Whatsapp, part: Part) -> AnyView {
    match part {
        Part::State(tone, words, until) => {
            let (message, at) = until.unzip();
            view! {
                <p class="link" data-tone=tone>
                    <span class="dot" aria-hidden={"true"}></span>
                    {move || say(&words)}
                    <Countdown until=RwSignal::new(at) words=message.unwrap_or("next-try") />
                </p>
            }
            .into_any()
        }
        Part::Text(class, words) => {
            view! { <p class=class dir="auto">{move || say(&words)}</p> }.into_any()
        }
        Part::Picture(picture) => {
            view! { <img class="qr" src=picture alt=text("wa-qr") /> }.into_any()
        }
        Part::Phone(account) => view! { <PhoneForm whatsapp account /> }.into_any(),
        Part::Buttons(account, buttons) => {
            let buttons = buttons.into_iter().map(|(name, class, deed)| {
                let account = account.clone();
                let act = move |()| whatsapp.act(account.clone(), deed.clone());
                button(name, class, Callback::new(act))
            });
            row(buttons.collect())
        }
    }
}

/// One function, so that all are of one type.
#[inline(never)]
fn button(name: &'static str, class: &'static str, act: Callback<()>) -> AnyView {
    view! {
        <button type="button" class=class on:click=move |_| act.run(())>
            {text(name)}
        </button>
    }
    .into_any()
}

#[inline(never)]
fn row(buttons: Vec<AnyView>) -> AnyView {
    view! { <div class="actions">{buttons}</div> }.into_any()
}

/// The number of the phone that is linked by a code.
#[component]
fn PhoneForm(whatsapp: Whatsapp, account: String) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let cancelled = account.clone();
    let cancel = move |()| whatsapp.act(cancelled.clone(), Deed::Cancel);
    let submit = move |()| match phone::digits(&typed.get_untracked()) {
        Ok(digits) => whatsapp.act(account.clone(), Deed::Link(Wish::Code(digits))),
        Err(why) => whatsapp.complain(why),
    };
    let submit = Callback::new(submit);
    let entered = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            submit.run(());
        }
    };
    view! {
        <div class="field">
            <label for="whatsapp-phone">{text("wa-phone")}</label>
            <input
                id="whatsapp-phone"
                type="tel"
                dir="ltr"
                autocomplete="tel"
                placeholder={EXAMPLE}
                on:input:target=move |event| typed.set(event.target().value())
                on:keydown=entered
            />
        </div>
        {row(vec![
            button("wa-get-code", "button primary", submit),
            button("cancel", "button quiet", Callback::new(cancel)),
        ])}
    }
}
