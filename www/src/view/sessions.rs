//! The sessions of the gateway, and the way from one to another.

mod actions;
mod item;
mod keys;
mod notes;
mod panel;
mod place;
mod toast;
pub(super) mod words;

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::{FocusEvent, KeyboardEvent, Node};
use webchat_model::sessions::Session;
use webchat_model::sessions::actions::{Action, Offer};
use webchat_model::sessions::listing::{Part, drawn, hold};

use super::icon::{self, Icon};
use super::icon_button::IconButton;
use super::show::Show;
use super::window::listen;
use super::words::text;
use crate::link::Sessions;
use item::Item;
use keys::{enter, go};
use notes::{Present, Trouble};
pub(super) use panel::{Panel, SessionsButton};
pub(super) use place::keep_address;
pub(super) use toast::Toasts;

/// What the parts of the list share. Cheap to copy.
#[derive(Clone, Copy)]
struct Shelf {
    sessions: Sessions,
    panel: Panel,
    /// The session that is shown; `None`: the main one.
    current: Signal<Option<String>>,
    open: Callback<Option<String>>,
    /// A session is no more.
    forget: Callback<String>,
    /// The day that it is here.
    today: Signal<String>,
    /// The session whose actions are shown, and the one that gets a name.
    opened: RwSignal<Option<String>>,
    renamed: RwSignal<Option<String>>,
    /// A person points at the list: its order stays.
    is_pointed_at: RwSignal<bool>,
    /// The focus is in the list: its order stays.
    has_focus: RwSignal<bool>,
    /// WhatsApp is shown in the place of a session.
    whatsapp: RwSignal<bool>,
}

impl Shelf {
    /// Whether it is what stands beside the list.
    fn is_marked(self, session: Memo<Session>) -> bool {
        self.is_current(session) && !self.whatsapp.get()
    }

    fn is_current(self, session: Memo<Session>) -> bool {
        self.current.with(|current| match current {
            Some(key) => session.with(|it| it.key == *key),
            None => session.with(|it| it.is_main),
        })
    }

    fn show(self, session: Session) {
        let key = (!session.is_main).then_some(session.key);
        let is_other = self.current.get_untracked() != key;
        self.panel
            .close(!is_other && !self.whatsapp.get_untracked());
        if is_other {
            self.open.run(key);
        }
        self.whatsapp.set(false);
    }

    /// The sessions of a part, in the order in which they are drawn.
    fn part(self, part: Part) -> Memo<Vec<Session>> {
        let sessions = self.sessions;
        Memo::new(move |before: Option<&Vec<Session>>| {
            let main = sessions.main.get();
            let mut drawn = sessions
                .listing
                .with(|listing| drawn(listing, part, main.as_deref()));
            sessions
                .deletions
                .with(|deletions| drawn.retain(|session| !deletions.has(&session.key)));
            if self.is_pointed_at.get() || self.has_focus.get() {
                let before = before.into_iter().flatten();
                let before: Vec<String> = before.map(|session| session.key.clone()).collect();
                drawn = hold(drawn, &before);
            }
            drawn
        })
    }

    /// Follows what was read here, and what is gone.
    fn keep_up(self) {
        let sessions = self.sessions;
        let shown = Memo::new(move |_| {
            let main = sessions.main.get();
            let key = self.current.get().or(main)?;
            sessions.listing.with(|listing| {
                let session = listing.get(&key)?;
                (session.is_unread && !session.is_running).then_some(key)
            })
        });
        let looks = RwSignal::new(());
        listen(ev::visibilitychange, move |_| looks.set(()));
        Effect::new(move || {
            looks.track();
            let is_seen = !self.whatsapp.get() && !document().hidden();
            if let Some(key) = shown.get().filter(|_| is_seen) {
                untrack(|| sessions.mark_read(&key));
            }
        });
        Effect::new(move || {
            let Some(gone) = sessions.gone.get() else {
                return;
            };
            if self.current.with_untracked(|it| it.as_ref() == Some(&gone)) {
                self.open.run(None);
            }
            self.forget.run(gone);
        });
    }
}

/// The list. It stands beside the conversation, or over it.
#[component]
pub(super) fn SessionList(
    sessions: Sessions,
    panel: Panel,
    #[prop(into)] current: Signal<Option<String>>,
    #[prop(into)] today: Signal<String>,
    open: Callback<Option<String>>,
    forget: Callback<String>,
    create: Callback<()>,
    whatsapp: RwSignal<bool>,
) -> impl IntoView {
    let shelf = Shelf {
        sessions,
        panel,
        current,
        open,
        forget,
        today,
        opened: RwSignal::new(None),
        renamed: RwSignal::new(None),
        is_pointed_at: RwSignal::new(false),
        has_focus: RwSignal::new(false),
        whatsapp,
    };
    shelf.keep_up();
    let place = NodeRef::<html::Nav>::new();
    Effect::new(move || {
        if panel.covers()
            && let Some(place) = place.get()
        {
            request_animation_frame(move || enter(&place));
        }
    });
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            panel.close(true);
        } else if place
            .get_untracked()
            .is_some_and(|place| go(&place, &event.key()))
        {
            event.prevent_default();
        }
    };
    let active = shelf.part(Part::Active);
    view! {
        <div
            class="sessions-shade"
            prop:hidden=move || !panel.covers()
            on:click=move |_| panel.close(true)
        ></div>
        <nav
            id={panel::ID}
            class="sessions"
            aria-label=text("sessions")
            prop:hidden=move || !panel.is_shown()
            node_ref=place
            on:keydown=pressed
        >
            <Head shelf create />
            <div
                class="sessions-scroll"
                on:pointerenter=move |_| shelf.is_pointed_at.set(true)
                on:pointerleave=move |_| shelf.is_pointed_at.set(false)
                on:focusin=move |_| shelf.has_focus.set(true)
                on:focusout=move |event| shelf.has_focus.set(stays_inside(&event))
            >
                <Trouble sessions />
                <ul class="session-list">
                    <Items shelf part=active />
                </ul>
                <Show when=move || sessions.listing.with(|it| it.has_more)>
                    <button
                        type="button"
                        class="button plain small"
                        on:click=move |_| sessions.show_more()
                    >
                        {text("show-more")}
                    </button>
                </Show>
                <Archive shelf />
            </div>
            <WhatsappEntry shelf />
            <Present sessions />
        </nav>
    }
}

/// Whether the focus goes from one part of the list to another.
fn stays_inside(event: &FocusEvent) -> bool {
    let place = event.current_target();
    let place = place.and_then(|place| place.dyn_into::<Node>().ok());
    let next = event.related_target();
    let next = next.and_then(|next| next.dyn_into::<Node>().ok());
    place.is_some_and(|place| next.is_some_and(|next| place.contains(Some(&next))))
}

#[component]
fn Head(shelf: Shelf, create: Callback<()>) -> impl IntoView {
    let Shelf {
        sessions, panel, ..
    } = shelf;
    let may_create =
        move || sessions.features.with(|it| it.offer(Action::Create)) == Offer::Present;
    let begin = move || {
        panel.close(false);
        create.run(());
    };
    view! {
        <div class="sessions-head">
            <h2>{text("sessions")}</h2>
            <Show when=may_create>
                <IconButton name=text("new-conversation") path=|| icon::PLUS press=begin />
            </Show>
            <button
                type="button"
                class="button icon-button sessions-close"
                title=text("close")
                aria-label=text("close")
                on:click=move |_| panel.close(true)
            >
                <Icon path=icon::CROSS />
            </button>
        </div>
    }
}

/// The way to WhatsApp.
#[component]
fn WhatsappEntry(shelf: Shelf) -> impl IntoView {
    let Shelf {
        panel, whatsapp, ..
    } = shelf;
    let open = move |_| {
        panel.close(false);
        whatsapp.set(true);
    };
    view! {
        <button
            type="button"
            class="sessions-fold sessions-entry"
            aria-current=move || whatsapp.get().then_some("page")
            on:click=open
        >
            {"WhatsApp"}
        </button>
    }
}

#[component]
fn Items(shelf: Shelf, part: Memo<Vec<Session>>) -> impl IntoView {
    let item = move |session: Session| {
        // While it goes, it is drawn as it was.
        let session = Memo::new(move |before: Option<&Session>| {
            let before = before.unwrap_or(&session);
            let now = part.with(|all| all.iter().find(|it| it.key == before.key).cloned());
            now.unwrap_or_else(|| before.clone())
        });
        view! { <Item shelf session /> }
    };
    view! { <For each=move || part.get() key=|it| it.key.clone() children=item /> }
}

/// Those that were put away; asked for when somebody wants to see them.
#[component]
fn Archive(shelf: Shelf) -> impl IntoView {
    let sessions = shelf.sessions;
    let is_there = move || sessions.features.with(|it| it.offer(Action::Archive)) != Offer::Absent;
    let is_open = RwSignal::new(false);
    let toggle = move |_| {
        is_open.update(|is_open| *is_open = !*is_open);
        if is_open.get_untracked() {
            sessions.show_archived();
        }
    };
    let archived = shelf.part(Part::Archived);
    view! {
        <Show when=is_there>
            <button
                type="button"
                class="sessions-fold"
                aria-expanded=move || is_open.get().to_string()
                on:click=toggle
            >
                <Icon path=icon::CHEVRON />
                {text("archived")}
            </button>
            <Show when=move || is_open.get()>
                <Show when=move || archived.with(Vec::is_empty)>
                    <p class="sessions-note muted">{text("none-archived")}</p>
                </Show>
                <ul class="session-list">
                    <Items shelf part=archived />
                </ul>
            </Show>
        </Show>
    }
}
