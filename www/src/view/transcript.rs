//! The conversation: a log of lines that keeps to its end while one reads there.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};
use webchat_model::connection::Connection;
use webchat_model::words::Words;

use super::icon::{self, Icon, Mark};
use super::scroll::{Log, Places};
use super::show::Show;
use super::words::{say, text};
use crate::conversation::Conversation;
use crate::link::Older;

#[component]
pub(super) fn Transcript(conversation: Conversation) -> impl IntoView {
    let places = Places::default();
    let log = Log::new(conversation, places);
    let pill = move || {
        say(&match log.news.get() {
            Some(count @ 1..) => Words::of("new-messages-counted").with("count", count),
            _ => Words::of("new-messages"),
        })
    };
    view! {
        <div class="conversation">
            <h1 class="visually-hidden">{text("conversation-title")}</h1>
            // A reply that streams would be read out word by word; the finished
            // one is announced once instead.
            <div
                class="scroller"
                role="log"
                aria-label=text("conversation")
                aria-live="off"
                tabindex="0"
                node_ref=places.scroller
                on:scroll=move |_| log.scrolled()
                on:click=move |event| {
                    if opens(&event) {
                        log.hold();
                    }
                }
            >
                <div class="lines" node_ref=places.lines>
                    <OlderButton conversation log />
                    <Empty conversation />
                    <div class="gap" hidden node_ref=places.above></div>
                    <div class="gap" hidden node_ref=places.below></div>
                    <div class="dots-place">
                        <Dots conversation />
                        <Show when=move || conversation.is_kept.get()>
                            <p class="kept muted">{text("kept")}</p>
                        </Show>
                    </div>
                </div>
            </div>
            <p class="typing muted" role="status" translate="no">
                {move || say(&conversation.typing.get())}
            </p>
            <Show when=move || log.news.get().is_some()>
                <button type="button" class="pill" on:click=move |_| log.to_end()>
                    <span translate="no">{pill}</span>
                    <Icon path=icon::DOWN />
                </button>
            </Show>
        </div>
    }
}

/// Whether what was pressed opens more: all of a text, or a fold.
fn opens(event: &MouseEvent) -> bool {
    let target = event.target();
    let target = target.and_then(|target| target.dyn_into::<Element>().ok());
    let opener = target.map(|target| target.closest("summary, [data-all], [data-full]"));
    opener.is_some_and(|opener| opener.is_ok_and(|opener| opener.is_some()))
}

#[component]
fn OlderButton(conversation: Conversation, log: Log) -> impl IntoView {
    let label = move || {
        say(&Words::of(match conversation.older.get() {
            Older::None | Older::Available => "older-show",
            Older::Loading => "older-loading",
        }))
    };
    let load = move |_| {
        log.hold();
        conversation.load_older();
    };
    view! {
        <Show when=move || conversation.older.get() != Older::None>
            <button type="button" class="button quiet older" translate="no" on:click=load>
                {label}
            </button>
        </Show>
    }
}

/// What stands there before the first word.
#[component]
fn Empty(conversation: Conversation) -> impl IntoView {
    // What there is to see may be further back.
    let is_empty = move || {
        conversation.lines.with(Vec::is_empty)
            && !(conversation.loaded.get() && conversation.older.get() != Older::None)
    };
    let words = move || {
        let is_connected = conversation
            .connection
            .with(|connection| matches!(connection, Connection::Connected { .. }));
        match (conversation.loaded.get(), is_connected) {
            (true, _) if conversation.contact.get().is_some() => ("empty-title", "composer-hint"),
            (true, _) => ("empty-title", "empty-text"),
            (false, true) => ("loading-title", "loading-text"),
            (false, false) => ("unconnected-title", "unconnected-text"),
        }
    };
    view! {
        <Show when=is_empty>
            <div class="empty" translate="no">
                <Mark />
                <h2>{move || say(&Words::of(words().0))}</h2>
                <p class="muted">{move || say(&Words::of(words().1))}</p>
            </div>
        </Show>
    }
}

/// Three dots while a run is active and has not said anything yet.
#[component]
fn Dots(conversation: Conversation) -> impl IntoView {
    let is_silent = move || {
        conversation.running.get()
            && conversation.lines.with(|lines| {
                let mut last = lines.iter().rev().take(20);
                !last.any(|line| line.row.with(|row| row.live))
            })
    };
    view! {
        <Show when=is_silent>
            <div class="dots" aria-hidden="true">
                <span></span>
                <span></span>
                <span></span>
            </div>
        </Show>
    }
}
