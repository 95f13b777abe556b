//! The draft in the message field: kept over reloads, and shared by the tabs.

use std::time::Duration;

use leptos::{ev, prelude::*};
use web_sys::HtmlTextAreaElement;
use webchat_model::draft::{Change, Keeper};
use webchat_model::names::{Kind, Name};

use super::show::Show;
use super::window::listen;
use super::words::text;
use crate::browser::storage;
use crate::conversation::Conversation;

/// How long the person pauses before a draft is written down.
const PAUSE: Duration = Duration::from_millis(250);

/// This tab's draft. Cheap to copy into listeners.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    conversation: Conversation,
    /// `None` until the field is there.
    parts: StoredValue<Option<Parts>, LocalStorage>,
    has_undo: RwSignal<bool>,
    /// It cannot be kept.
    pub(super) is_at_risk: RwSignal<bool>,
    /// Counts how often the field was filled by something else than typing.
    pub(super) filled: RwSignal<u32>,
}

struct Parts {
    field: HtmlTextAreaElement,
    /// Where the draft is kept, and the one that made room for it.
    name: Name,
    undo_name: Name,
    keeper: Keeper,
    timer: Option<TimeoutHandle>,
}

impl Parts {
    fn change(&mut self, stored: &str, typed: &str) -> Change {
        self.wait(None);
        self.keeper.keep(stored, typed)
    }

    fn wait(&mut self, next: Option<TimeoutHandle>) {
        if let Some(old) = std::mem::replace(&mut self.timer, next) {
            old.clear();
        }
    }
}

impl Draft {
    pub(super) fn new(conversation: Conversation) -> Self {
        let draft = Self {
            conversation,
            parts: StoredValue::new_local(None),
            has_undo: RwSignal::new(false),
            is_at_risk: RwSignal::new(false),
            filled: RwSignal::new(0),
        };
        listen(ev::storage, move |event| draft.hear(event.key().as_deref()));
        // What happened while it was asleep; and the last moments at which a
        // page that is closed or put to sleep runs.
        listen(ev::pageshow, move |_| draft.hear(None));
        listen(ev::pagehide, move |_| draft.save());
        listen(ev::visibilitychange, move |_| draft.save());
        on_cleanup(move || draft.save());
        draft
    }

    /// Fills the field with what is kept, and keeps what is typed in it.
    pub(super) fn begin(self, field: &HtmlTextAreaElement) {
        let (draft, undo) = match self.conversation.asks.get_untracked() {
            false => (Kind::Draft, Kind::Undo),
            true => (Kind::Aside, Kind::AsideUndo),
        };
        let name = self.conversation.name_of(draft);
        let undo_name = self.conversation.name_of(undo);
        let found = storage::get(&name).unwrap_or_default();
        field.set_value(&found);
        self.has_undo.set(storage::get(&undo_name).is_some());
        self.parts.set_value(Some(Parts {
            field: field.clone(),
            name,
            undo_name,
            keeper: Keeper::new(&found),
            timer: None,
        }));
    }

    /// Turns from whoever the session leads to, to the agent, or back. What is typed
    /// stays with those for whom it is.
    pub(super) fn turn(self) {
        self.save();
        self.conversation.asks.update(|asks| *asks = !*asks);
        let field = self.with(|parts| {
            parts.wait(None);
            parts.field.clone()
        });
        if let Some(field) = field {
            self.begin(&field);
            self.filled.update(|times| *times += 1);
        }
    }

    /// Something was typed.
    pub(super) fn save_soon(self) {
        let soon = set_timeout_with_handle(move || self.save(), PAUSE).ok();
        self.with(|parts| parts.wait(soon));
    }

    pub(super) fn save(self) {
        let is_kept = self.with(|parts| {
            let stored = storage::get(&parts.name).unwrap_or_default();
            let typed = parts.field.value();
            match parts.change(&stored, &typed) {
                Change::None => true,
                Change::TooLong => false,
                Change::Write { draft, undo } => {
                    if undo.is_some() {
                        self.keep_undo(&parts.undo_name, undo.as_deref());
                    }
                    let draft = Some(draft.as_str()).filter(|draft| !draft.is_empty());
                    storage::set(&parts.name, draft)
                }
            }
        });
        // A field that goes loses the focus, and is saved, when this is gone.
        let Some(is_kept) = is_kept else { return };
        if self.is_at_risk.get_untracked() == is_kept {
            self.is_at_risk.set(!is_kept);
            self.conversation.draft_at_risk.set_value(!is_kept);
        }
    }

    /// Another tab has written something by this name, or anything.
    fn hear(self, name: Option<&str>) {
        let heard = self.with(|parts| {
            if name.is_none_or(|name| parts.undo_name.as_str() == name) {
                self.has_undo.set(storage::get(&parts.undo_name).is_some());
            }
            if name.is_some_and(|name| parts.name.as_str() != name) {
                return None;
            }
            let stored = storage::get(&parts.name).unwrap_or_default();
            let typed = parts.field.value();
            parts.keeper.hear(&stored, &typed)
        });
        if let Some(text) = heard.flatten() {
            self.fill(&text);
        }
    }

    /// Puts something else into the field.
    pub(super) fn fill(self, text: &str) {
        self.with(|parts| parts.field.set_value(text));
        self.filled.update(|times| *times += 1);
    }

    /// What another tab had written, and this one's in its place.
    fn undo(self) {
        let before = self.with(|parts| {
            let other = storage::get(&parts.undo_name).unwrap_or_default();
            (other, parts.field.value(), parts.undo_name.clone())
        });
        if let Some((other, typed, undo_name)) = before {
            self.fill(&other);
            self.save();
            let typed = Some(typed.as_str()).filter(|typed| !typed.trim().is_empty());
            self.keep_undo(&undo_name, typed);
        }
    }

    fn keep_this(self) {
        self.with(|parts| self.keep_undo(&parts.undo_name, None));
    }

    fn keep_undo(self, name: &Name, draft: Option<&str>) {
        storage::set(name, draft);
        self.has_undo.set(draft.is_some());
    }

    /// `None` while there is no field.
    fn with<R>(self, act: impl FnOnce(&mut Parts) -> R) -> Option<R> {
        let act = |parts: &mut Option<Parts>| parts.as_mut().map(act);
        self.parts.try_update_value(act).flatten()
    }
}

/// The offer to take the other draft.
#[component]
pub(super) fn Offer(draft: Draft) -> impl IntoView {
    let choice = move |id: &'static str, act: fn(Draft)| {
        view! {
            <button type="button" class="button quiet small" on:click=move |_| act(draft)>
                {text(id)}
            </button>
        }
    };
    view! {
        <Show when=move || draft.has_undo.get()>
            <div class="draft-undo">
                <p aria-live="polite">{text("draft-of-another-tab")}</p>
                {choice("undo", Draft::undo)}
                {choice("keep-these", Draft::keep_this)}
            </div>
        </Show>
    }
}
