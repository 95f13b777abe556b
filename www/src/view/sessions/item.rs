//! A session in the list.

use leptos::{html, prelude::*};
use webchat_model::sessions::{Session, Title};
use webchat_model::words::Words;

use super::actions::Actions;
use super::{Shelf, words};
use crate::browser::{clock, language, place};
use crate::view::drawn::renewed;
use crate::view::field::focus;
use crate::view::icon::{self, Icon};
use crate::view::show::Show;
use crate::view::words::{say, text};

#[component]
pub(super) fn Item(shelf: Shelf, session: Memo<Session>) -> impl IntoView {
    let key = StoredValue::new(session.with_untracked(|it| it.key.clone()));
    let is_this = move |one: RwSignal<Option<String>>| {
        one.with(|one| key.with_value(|key| one.as_ref() == Some(key)))
    };
    let toggle = NodeRef::<html::Button>::new();
    let title = Memo::new(move |_| session.with(|it| words::title(&it.title())));
    let close = move || {
        shelf.opened.set(None);
        shelf.renamed.set(None);
        if let Some(toggle) = toggle.try_get_untracked().flatten() {
            focus(&toggle);
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && (is_this(shelf.opened) || is_this(shelf.renamed)) {
            // The list itself stays open.
            event.stop_propagation();
            close();
        }
    };
    let open_actions = move |_| {
        let key = key.get_value();
        shelf.opened.update(|opened| {
            *opened = (opened.as_ref() != Some(&key)).then_some(key);
        });
    };
    let has_actions = move || shelf.has_actions(session);
    let link = move || view! { <SessionLink shelf session title /> };
    view! {
        <li class="session" on:keydown=pressed>
            <div class="session-row" data-current=move || shelf.is_marked(session).then_some("")>
                <Show when=move || is_this(shelf.renamed) fallback=link>
                    <Rename shelf session close />
                </Show>
                <Show when=move || has_actions() && !is_this(shelf.renamed)>
                    <button
                        type="button"
                        class="button icon-button session-more"
                        title=move || say(&words::actions(title.get()))
                        aria-label=move || say(&words::actions(title.get()))
                        aria-expanded=move || is_this(shelf.opened).to_string()
                        node_ref=toggle
                        on:click=open_actions
                    >
                        <Icon path=icon::MORE />
                    </button>
                </Show>
            </div>
            <Show when=move || is_this(shelf.opened) && has_actions()>
                <Actions shelf session title close />
            </Show>
        </li>
    }
}

/// A link, so that it has an address to copy and to open elsewhere.
#[component]
fn SessionLink(shelf: Shelf, session: Memo<Session>, title: Memo<Words>) -> impl IntoView {
    let address = move || {
        let is_main = session.with(|it| it.is_main);
        session.with(|it| place::fragment((!is_main).then_some(it.key.as_str())))
    };
    let pressed = move |event: web_sys::MouseEvent| {
        let wants_elsewhere =
            event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.button() == 0 && !wants_elsewhere {
            event.prevent_default();
            shelf.show(session.get_untracked());
        }
    };
    let is_unread =
        move || session.with(|it| it.is_unread && !it.is_running) && !shelf.is_marked(session);
    let time = move || {
        shelf.today.track();
        language::track();
        let at = session.with(|it| it.updated_at)?;
        let machine = clock::machine(at);
        Some(renewed(view! {
            <time class="session-time" datetime=machine>
                {clock::short(at)}
            </time>
        }))
    };
    let said = move || match session.with(|it| it.is_running) {
        true => say(&Words::of("session-running")),
        false => session.with(|it| it.preview.clone().unwrap_or_default()),
    };
    view! {
        <a
            class="session-link"
            href=address
            aria-current=move || shelf.is_marked(session).then_some("page")
            data-unread=move || is_unread().then_some("")
            data-running=move || session.with(|it| it.is_running).then_some("")
            translate="no"
            on:click=pressed
        >
            <span class="session-title" dir="auto">
                {move || title.with(say)}
            </span>
            {time}
            <span class="session-said" dir="auto">
                {said}
            </span>
            <span class="session-marks">
                {move || {
                    session
                        .with(|it| it.channel.clone())
                        .map(|channel| view! { <span class="session-channel">{channel}</span> })
                }}
                <Show when=move || session.with(|it| it.is_pinned)>
                    <Icon path=icon::PIN />
                    <span class="visually-hidden">{text("pinned")}</span>
                </Show>
                <Show when=is_unread>
                    <span class="session-dot" aria-hidden={"true"}></span>
                    <span class="visually-hidden">{text("new-messages")}</span>
                </Show>
            </span>
        </a>
    }
}

/// A new name, in the place of the old one.
#[component]
fn Rename(
    shelf: Shelf,
    session: Memo<Session>,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| {
        focus(&field);
        field.select();
    });
    // A name goes into the field as it is, without marks of its direction.
    let before = match session.with_untracked(Session::title) {
        Title::Named(name) => name,
        title => untrack(|| say(&words::title(&title))),
    };
    let old = before.clone();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = field.get_untracked().map(|field| field.value());
        let key = session.with_untracked(|it| it.key.clone());
        close();
        // What was only looked at gets no name of its own.
        if let Some(name) = name.filter(|name| *name != old) {
            shelf.sessions.rename(&key, &name);
        }
    };
    view! {
        <form class="session-rename" on:submit=save>
            <input
                type="text"
                class="session-name"
                aria-label=text("session-name")
                maxlength="200"
                autocomplete="off"
                dir="auto"
                prop:value=before
                node_ref=field
            />
            <div class="decision">
                <button type="submit" class="button quiet small">
                    {text("save")}
                </button>
                <button type="button" class="button quiet small" on:click=move |_| close()>
                    {text("cancel")}
                </button>
            </div>
        </form>
    }
}
