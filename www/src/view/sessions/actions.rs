//! What can be done with a session in the list.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;
use webchat_model::sessions::Session;
use webchat_model::sessions::actions::{Action, Offer};
use webchat_model::words::Words;

use super::{Shelf, words};
use crate::view::field::focus;
use crate::view::show::Show;
use crate::view::words::{say, text};

/// What can be done with a session.
#[component]
pub(super) fn Actions(
    shelf: Shelf,
    session: Memo<Session>,
    title: Memo<Words>,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let sessions = shelf.sessions;
    let key = move || session.with_untracked(|it| it.key.clone());
    // One page may do all of these, or none; who may not is not shown them.
    let is_there = move |action| move || shelf.offer(action, session) == Offer::Present;
    let asks = RwSignal::new(false);
    let place = NodeRef::<html::Div>::new();
    place.on_load(|place| {
        if let Some(first) = place.first_element_child() {
            focus(first.unchecked_ref());
        }
    });
    let rename = move |_| {
        shelf.opened.set(None);
        shelf.renamed.set(Some(key()));
    };
    let pin = move |_| {
        close();
        sessions.pin(&key(), session.with_untracked(|it| !it.is_pinned));
    };
    let archive = move |_| {
        let is_archived = session.with_untracked(|it| !it.is_archived);
        let was_shown = untrack(|| shelf.is_current(session));
        close();
        sessions.archive(&session.get_untracked(), is_archived);
        if was_shown && is_archived {
            shelf.open.run(None);
        }
    };
    let delete = move |_| {
        let was_shown = untrack(|| shelf.is_current(session));
        shelf.opened.set(None);
        sessions.delete(&session.get_untracked(), was_shown);
        if was_shown {
            shelf.open.run(None);
        }
    };
    view! {
        <div
            class="session-actions"
            role="group"
            aria-label=move || say(&words::actions(title.get()))
            node_ref=place
        >
            <Show when=is_there(Action::Rename)>
                <button type="button" class="button small" on:click=rename>
                    {text("rename")}
                </button>
            </Show>
            <Show when=is_there(Action::Pin)>
                <button type="button" class="button small" on:click=pin>
                    {move || say(&words::pin(session.with(|it| it.is_pinned)))}
                </button>
            </Show>
            <Show when=is_there(Action::Archive)>
                <button type="button" class="button small" on:click=archive>
                    {move || say(&words::archive(session.with(|it| it.is_archived)))}
                </button>
            </Show>
            <Show when=move || shelf.has_reset(session)>
                <button
                    type="button"
                    class="button small"
                    aria-expanded=move || asks.get().to_string()
                    on:click=move |_| asks.update(|asks| *asks = !*asks)
                >
                    {text("start-over")}
                </button>
            </Show>
            <Show when=is_there(Action::Delete)>
                <button type="button" class="button small danger" on:click=delete>
                    {text("delete")}
                </button>
            </Show>
            <Show when=move || asks.get()>
                <StartOver shelf session title close />
            </Show>
        </div>
    }
}

impl Shelf {
    /// Whether there is anything to do with a session.
    pub(super) fn has_actions(self, session: Memo<Session>) -> bool {
        let all = [Action::Rename, Action::Pin, Action::Archive, Action::Delete];
        let mut offers = all.iter().map(|action| self.offer(*action, session));
        self.has_reset(session) || offers.any(|offer| offer == Offer::Present)
    }

    /// It is there also for who has to ask for the scope.
    fn has_reset(self, session: Memo<Session>) -> bool {
        self.offer(Action::Reset, session) != Offer::Absent
    }

    fn offer(self, action: Action, session: Memo<Session>) -> Offer {
        let features = self.sessions.features;
        session.with(|session| features.with(|it| it.offer_for(action, session)))
    }
}

/// Asked twice: nothing brings back what was said. It says which scope the
/// gateway wants for it, where the page has not got that.
#[component]
fn StartOver(
    shelf: Shelf,
    session: Memo<Session>,
    title: Memo<Words>,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let scope = move || match shelf.offer(Action::Reset, session) {
        Offer::NeedsScope(scope) => Some(scope),
        _ => None,
    };
    let start_over = move |_| {
        let scope = untrack(scope);
        close();
        shelf.sessions.reset(&session.get_untracked(), scope);
    };
    view! {
        <div class="question">
            <p dir="auto">{move || say(&words::start_over(title.get(), scope()))}</p>
            <div class="decision">
                <button type="button" class="button quiet small danger" on:click=start_over>
                    {text("start-over")}
                </button>
                <button type="button" class="button quiet small" on:click=move |_| close()>
                    {text("cancel")}
                </button>
            </div>
        </div>
    }
}
