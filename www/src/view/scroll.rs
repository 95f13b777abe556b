//! Staying at the end of the conversation, but only while the reader is there.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

use super::el::{El, follow};
use crate::page::Page;

/// How near the end still counts as the end, in pixels.
const NEAR: i32 = 64;

/// The place of the reader in the conversation.
#[derive(Clone, Copy)]
pub(super) struct Sticky {
    /// Something was written below while the reader is further up.
    pub(super) has_news: RwSignal<bool>,
    page: Page,
    place: StoredValue<Place, LocalStorage>,
}

struct Place {
    scroller: Element,
    is_away: bool,
    top: i32,
    height: i32,
    /// The keys of the outermost lines: another first one means that older
    /// messages came, another last one that something new was said.
    first: Option<String>,
    last: Option<String>,
    _observer: Option<Observer>,
}

impl Sticky {
    pub(super) fn new(page: Page, scroller: &El, content: &El) -> Self {
        let place = Place {
            scroller: scroller.raw().clone(),
            is_away: false,
            top: 0,
            height: 0,
            first: None,
            last: None,
            _observer: None,
        };
        let sticky = Self {
            has_news: RwSignal::new(false),
            page,
            place: StoredValue::new_local(place),
        };
        let observer = Observer::new(&[scroller.raw(), content.raw()], move || sticky.resized());
        sticky
            .place
            .update_value(|place| place._observer = observer);
        // What the person writes is something they want to see.
        follow(Box::new(move || {
            page.sent.track();
            sticky.to_end();
        }));
        sticky
    }

    /// Keeps to the end, or to the reader's place, whenever the size of the
    /// conversation or of the window changes.
    fn resized(self) {
        let (first, last, is_growing) = self.page.lines.with_untracked(|lines| {
            let key = |line: &crate::page::Line| line.key.clone();
            let is_growing = lines
                .last()
                .is_some_and(|line| line.row.with_untracked(|row| row.live));
            (lines.first().map(key), lines.last().map(key), is_growing)
        });
        self.place.try_update_value(|place| {
            let scroller = &place.scroller;
            let growth = scroller.scroll_height() - place.height;
            let came_on_top = place.first.is_some() && place.first != first;
            let is_new = place.last.is_some() && place.last != last;
            if !place.is_away {
                scroller.set_scroll_top(scroller.scroll_height());
            } else if came_on_top {
                // Browsers keep the place themselves, except at the very top
                // and when elements move.
                if scroller.scroll_top() == place.top {
                    scroller.set_scroll_top(place.top + growth);
                }
            } else if is_new || (growth > 0 && is_growing) {
                self.has_news.set(true);
            }
            place.height = scroller.scroll_height();
            place.top = scroller.scroll_top();
            place.first = first;
            place.last = last;
        });
    }

    /// The reader has scrolled, or the browser did.
    pub(super) fn scrolled(self) {
        self.place.try_update_value(|place| {
            let scroller = &place.scroller;
            let top = scroller.scroll_top();
            let from_end = scroller.scroll_height() - top - scroller.client_height();
            if from_end <= NEAR {
                place.is_away = false;
                self.has_news.set(false);
            } else if top < place.top {
                // Only upwards: a growing text also increases the distance.
                place.is_away = true;
            }
            place.top = top;
        });
    }

    /// Goes to the end and stays there.
    pub(super) fn to_end(self) {
        self.place.update_value(|place| place.is_away = false);
        self.has_news.set(false);
        request_animation_frame(move || {
            self.place.try_with_value(|place| {
                place
                    .scroller
                    .set_scroll_top(place.scroller.scroll_height());
            });
        });
    }

    /// Older messages are about to come on top: what is in view stays there.
    pub(super) fn keep_place(self) {
        self.place.update_value(|place| place.is_away = true);
    }
}

/// Tells when elements change their size, until it is dropped.
struct Observer {
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut()>,
}

impl Observer {
    fn new(elements: &[&Element], resized: impl FnMut() + 'static) -> Option<Self> {
        let resized = Closure::<dyn FnMut()>::new(resized);
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok()?;
        elements
            .iter()
            .for_each(|element| observer.observe(element));
        Some(Self {
            observer,
            _resized: resized,
        })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
