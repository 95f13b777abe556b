//! Staying at the end of the conversation, but only while the reader is there.

use std::cell::{Cell, RefCell};

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::page::Page;

/// How near the end still counts as the end, in pixels.
const NEAR: i32 = 64;

/// The place of the reader in the conversation.
#[derive(Clone, Copy)]
pub(super) struct Sticky {
    pub(super) scroller: NodeRef<html::Div>,
    pub(super) content: NodeRef<html::Div>,
    /// Something was written below while the reader is further up.
    pub(super) has_news: RwSignal<bool>,
    page: Page,
    place: StoredValue<Place, LocalStorage>,
}

#[derive(Default)]
struct Place {
    is_away: Cell<bool>,
    top: Cell<i32>,
    height: Cell<i32>,
    /// The key of the first line: another one means that older ones came.
    first: RefCell<Option<String>>,
}

impl Sticky {
    pub(super) fn new(page: Page) -> Self {
        let sticky = Self {
            scroller: NodeRef::new(),
            content: NodeRef::new(),
            has_news: RwSignal::new(false),
            page,
            place: StoredValue::new_local(Place::default()),
        };
        sticky.follow_size();
        // What the person writes is something they want to see.
        Effect::new(move |before: Option<u32>| {
            let sent = page.sent.get();
            if before.is_some_and(|before| before != sent) {
                sticky.to_end();
            }
            sent
        });
        let last = Memo::new(move |_| {
            page.lines
                .with(|lines| lines.last().map(|line| line.key.clone()))
        });
        Effect::new(move |before: Option<Option<String>>| {
            let last = last.get();
            let is_new = before.is_some_and(|before| before.is_some() && before != last);
            if is_new && sticky.place.with_value(|place| place.is_away.get()) {
                sticky.has_news.set(true);
            }
            last
        });
        sticky
    }

    /// Keeps to the end, or to the reader's place, whenever the size of the
    /// conversation or of the window changes.
    fn follow_size(self) {
        Effect::new(move |_| {
            let (Some(scroller), Some(content)) = (self.scroller.get(), self.content.get()) else {
                return;
            };
            let resized = Closure::<dyn FnMut()>::new(move || self.resized());
            let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref())
            else {
                return;
            };
            observer.observe(&scroller);
            observer.observe(&content);
            let owned = StoredValue::new_local(Some((observer, resized)));
            on_cleanup(move || {
                owned.try_update_value(|owned| {
                    if let Some((observer, _closure)) = owned.take() {
                        observer.disconnect();
                    }
                });
            });
        });
    }

    fn resized(self) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        self.place.try_with_value(|place| {
            let growth = scroller.scroll_height() - place.height.get();
            place.height.set(scroller.scroll_height());
            let first = self
                .page
                .lines
                .with_untracked(|lines| lines.first().map(|line| line.key.clone()));
            let came_on_top = place
                .first
                .replace(first.clone())
                .is_some_and(|old| first.is_some_and(|new| new != old));
            if came_on_top && place.is_away.get() {
                // Browsers keep the place themselves, except at the very top
                // and when elements move.
                if scroller.scroll_top() == place.top.get() {
                    scroller.set_scroll_top(scroller.scroll_top() + growth);
                }
            } else if !place.is_away.get() {
                scroller.set_scroll_top(scroller.scroll_height());
            } else if growth > 0 && self.is_written_below() {
                self.has_news.set(true);
            }
            place.top.set(scroller.scroll_top());
        });
    }

    /// Whether the last line grows: a reply streams out of sight.
    fn is_written_below(self) -> bool {
        self.page.lines.with_untracked(|lines| {
            lines
                .last()
                .is_some_and(|line| line.row.with_untracked(|row| row.live))
        })
    }

    /// The reader has scrolled, or the browser did.
    pub(super) fn scrolled(self) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let top = scroller.scroll_top();
        let from_end = scroller.scroll_height() - top - scroller.client_height();
        self.place.with_value(|place| {
            if from_end <= NEAR {
                place.is_away.set(false);
                self.has_news.set(false);
            } else if top < place.top.get() {
                // Only upwards: a growing text also increases the distance.
                place.is_away.set(true);
            }
            place.top.set(top);
        });
    }

    /// Goes to the end and stays there.
    pub(super) fn to_end(self) {
        self.place.with_value(|place| place.is_away.set(false));
        self.has_news.set(false);
        request_animation_frame(move || {
            if let Some(scroller) = self.scroller.try_get_untracked().flatten() {
                scroller.set_scroll_top(scroller.scroll_height());
            }
        });
    }

    /// Older messages are about to come on top: what is in view stays there.
    pub(super) fn keep_place(self) {
        self.place.with_value(|place| place.is_away.set(true));
    }
}
