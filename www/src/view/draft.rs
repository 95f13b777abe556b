//! The draft in the message field: kept over reloads, and shared by the tabs.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, StorageEvent};
use webchat_model::draft::{Change, Keeper};
use webchat_model::names::{Kind, Name};

use super::el::{El, button, el, on_window};
use crate::browser::storage;
use crate::page::Page;

/// How long the person pauses before a draft is written down.
const PAUSE: Duration = Duration::from_millis(250);

/// This tab's draft. Cheap to copy into listeners.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    page: Page,
    parts: StoredValue<Parts, LocalStorage>,
    has_undo: RwSignal<bool>,
    /// It cannot be kept.
    pub(super) is_at_risk: RwSignal<bool>,
    /// Counts how often the field was filled by something else than typing.
    pub(super) filled: RwSignal<u32>,
}

struct Parts {
    field: HtmlTextAreaElement,
    /// Where the draft is kept, and the one that made room for it.
    name: Option<Name>,
    undo_name: Option<Name>,
    keeper: Keeper,
    timer: Option<TimeoutHandle>,
}

fn kept(name: Option<&Name>) -> Option<String> {
    storage::get(name?)
}

fn keep(name: Option<&Name>, value: Option<&str>) -> bool {
    name.is_some_and(|name| storage::set(name, value))
}

fn is(name: Option<&Name>, heard: &str) -> bool {
    name.is_some_and(|name| name.as_str() == heard)
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
    /// Fills the field with what is kept.
    pub(super) fn new(page: Page, field: HtmlTextAreaElement) -> Self {
        let name = page.name_of(Kind::Draft);
        let undo_name = page.name_of(Kind::Undo);
        let found = kept(name.as_ref()).unwrap_or_default();
        field.set_value(&found);
        let has_undo = kept(undo_name.as_ref()).is_some();
        let parts = Parts {
            field,
            name,
            undo_name,
            keeper: Keeper::new(&found),
            timer: None,
        };
        let draft = Self {
            page,
            parts: StoredValue::new_local(parts),
            has_undo: RwSignal::new(has_undo),
            is_at_risk: RwSignal::new(false),
            filled: RwSignal::new(0),
        };
        on_window("storage", move |event| {
            let event: StorageEvent = event.unchecked_into();
            draft.hear(event.key().as_deref());
        });
        // What happened while it was asleep; and the last moments at which a
        // page that is closed or put to sleep runs.
        on_window("pageshow", move |_| draft.hear(None));
        for last in ["pagehide", "visibilitychange"] {
            on_window(last, move |_| draft.save());
        }
        on_cleanup(move || draft.save());
        draft
    }

    /// Something was typed.
    pub(super) fn save_soon(self) {
        let soon = set_timeout_with_handle(move || self.save(), PAUSE).ok();
        self.with(|parts| parts.wait(soon));
    }

    pub(super) fn save(self) {
        let is_kept = self.with(|parts| {
            let stored = kept(parts.name.as_ref()).unwrap_or_default();
            let typed = parts.field.value();
            match parts.change(&stored, &typed) {
                Change::None => true,
                Change::TooLong => false,
                Change::Write { draft, undo } => {
                    if undo.is_some() {
                        self.keep_undo(parts.undo_name.as_ref(), undo.as_deref());
                    }
                    let draft = Some(draft.as_str()).filter(|draft| !draft.is_empty());
                    keep(parts.name.as_ref(), draft)
                }
            }
        });
        let is_kept = is_kept.unwrap_or(true);
        if self.is_at_risk.get_untracked() == is_kept {
            self.is_at_risk.set(!is_kept);
            self.page.keeping.draft_at_risk.set_value(!is_kept);
        }
    }

    /// Another tab has written something by this name, or anything.
    fn hear(self, name: Option<&str>) {
        let heard = self.with(|parts| {
            if name.is_none_or(|name| is(parts.undo_name.as_ref(), name)) {
                self.has_undo.set(kept(parts.undo_name.as_ref()).is_some());
            }
            if name.is_some_and(|name| !is(parts.name.as_ref(), name)) {
                return None;
            }
            let stored = kept(parts.name.as_ref()).unwrap_or_default();
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
            let other = kept(parts.undo_name.as_ref()).unwrap_or_default();
            (other, parts.field.value(), parts.undo_name.clone())
        });
        if let Some((other, typed, undo_name)) = before {
            self.fill(&other);
            self.save();
            let typed = Some(typed.as_str()).filter(|typed| !typed.trim().is_empty());
            self.keep_undo(undo_name.as_ref(), typed);
        }
    }

    fn keep_this(self) {
        self.with(|parts| self.keep_undo(parts.undo_name.as_ref(), None));
    }

    fn keep_undo(self, name: Option<&Name>, draft: Option<&str>) {
        keep(name, draft);
        self.has_undo.set(draft.is_some());
    }

    /// The offer to take the other draft.
    pub(super) fn offer(self) -> Option<El> {
        let choice = |label: &str, act: fn(Self)| {
            button("button quiet small")
                .on("click", move |_| act(self))
                .text(label)
        };
        self.has_undo.get().then(|| {
            el("div")
                .class("draft-undo")
                .child(
                    el("p")
                        .attr("aria-live", "polite")
                        .text("Another tab had other words here."),
                )
                .child(choice("Undo", Self::undo))
                .child(choice("Keep these", Self::keep_this))
        })
    }

    /// `None` when the field is gone.
    fn with<R>(self, act: impl FnOnce(&mut Parts) -> R) -> Option<R> {
        self.parts.try_update_value(act)
    }
}
