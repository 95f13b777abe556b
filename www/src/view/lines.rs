//! One element a line, in order, and none moved without need.

use std::sync::Arc;

use clawline::core::Table;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use web_sys::{DomRect, Element};

use super::line::Line;
use crate::conversation::{self, Conversation};

/// A line in the page.
struct Shown {
    view: AnyViewState,
    element: Element,
    owner: Owner,
}

impl Shown {
    fn new(conversation: Conversation, line: &conversation::Line) -> Option<Self> {
        let owner = Owner::new();
        let line = line.clone();
        let view = owner.with(|| view! { <Line conversation line /> }.into_any().build());
        let element = view.elements().into_iter().next()?;
        Some(Self {
            view,
            element,
            owner,
        })
    }

    fn remove(mut self) {
        self.view.unmount();
        self.owner.cleanup();
    }
}

/// The lines that stand in the page.
pub(super) struct Lines {
    conversation: Conversation,
    around: Owner,
    parent: Element,
    /// What stands behind the last of them.
    end: Element,
    shown: Table<Arc<str>, Shown>,
    /// Their keys, in order.
    order: Vec<Arc<str>>,
}

impl Lines {
    pub(super) fn new(conversation: Conversation, parent: Element, end: Element) -> Self {
        Self {
            conversation,
            around: Owner::current().unwrap_or_default(),
            parent,
            end,
            shown: Table::new(),
            order: Vec::new(),
        }
    }

    /// Puts these lines into the page, and no others. A line whose key stays keeps
    /// its element, and is moved only when its neighbours change: of two that
    /// change places, Leptos's own list moves both.
    pub(super) fn draw(&mut self, lines: &[conversation::Line]) {
        let mut gone = std::mem::take(&mut self.shown);
        for line in lines {
            if let Some(known) = gone.remove(&line.key) {
                self.shown.insert(Arc::clone(&line.key), known);
            }
        }
        // First: what stays would be moved past them, and lose what is selected in it.
        gone.into_values().for_each(Shown::remove);
        let mut next = self.end.clone();
        // Backwards: each line stands before the one that follows it.
        for line in lines.iter().rev() {
            let known = self.shown.remove(&line.key);
            let new = || Shown::new(self.conversation, line);
            let made = || self.around.with(|| untrack(new));
            let Some(mut one) = known.or_else(made) else {
                continue;
            };
            put(&self.parent, &mut one, &next);
            next = one.element.clone();
            self.shown.insert(Arc::clone(&line.key), one);
        }
        self.order = lines.iter().map(|line| Arc::clone(&line.key)).collect();
    }

    pub(super) fn element(&self, key: &str) -> Option<&Element> {
        self.shown.get(key).map(|shown| &shown.element)
    }

    /// How far each line is from the next one, in order.
    pub(super) fn pitches(&self) -> Vec<f64> {
        let elements = self.order.iter().filter_map(|key| self.element(key));
        let places: Vec<DomRect> = elements.map(Element::get_bounding_client_rect).collect();
        let next = places.iter().skip(1).map(|place| place.top());
        let end = places.last().map(|place| place.bottom());
        let ends = next.chain(end);
        let pitches = places
            .iter()
            .zip(ends)
            .map(|(place, end)| end - place.top());
        pitches.collect()
    }

    /// Where the first of them begins, in the window.
    pub(super) fn top(&self) -> Option<f64> {
        self.order
            .first()
            .and_then(|key| self.element(key))
            .map(top)
    }

    /// The first line that reaches below this height of the window, and how far
    /// below it the line begins.
    pub(super) fn at(&self, height: f64) -> Option<(&Arc<str>, f64)> {
        let reaches = |key: &Arc<str>| {
            let element = self.element(key);
            element.is_some_and(|element| element.get_bounding_client_rect().bottom() > height)
        };
        let index = self.order.partition_point(|key| !reaches(key));
        let key = self.order.get(index)?;
        Some((key, top(self.element(key)?) - height))
    }
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Puts a line before the one that follows it. Of two neighbours that change
/// places the other one moves: it has arrived, and passes one that waits, which
/// may fill the screen and would take the reader's place along.
fn put(parent: &Element, line: &mut Shown, next: &Element) {
    let before = next.previous_element_sibling();
    if before.as_ref() == Some(&line.element) {
        return;
    }
    let passes =
        |before: &Element| before.previous_element_sibling().as_ref() == Some(&line.element);
    match before.filter(passes) {
        Some(other) => {
            let _ = parent.insert_before(&other, Some(&line.element));
        }
        None => line.view.mount(parent, Some(next)),
    }
}
