//! Elements of the page, made one by one and kept up to date by signals.
//!
//! Leptos holds the state, the effects and their owners. Its own views are
//! not used: `view!` turns static parts into `innerHTML`, which the page's
//! Trusted Types policy forbids, and in its builders each chain of elements is
//! a type with code of its own (measured for this page: 292 KB of wasm after
//! brotli with them, 227 KB without).

use leptos::prelude::{Owner, StoredValue, document};
use leptos::reactive::effect::RenderEffect;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element. The methods add to it and hand it on.
#[derive(Debug, Clone)]
pub(super) struct El(Element);

/// Makes an element.
pub(super) fn el(tag: &str) -> El {
    // It fails only for a tag that is no name; all of ours are literals.
    El(document()
        .create_element(tag)
        .unwrap_or_else(|_| wasm_bindgen::throw_str(tag)))
}

/// Makes an element of a picture.
pub(super) fn svg(tag: &str) -> El {
    El(document()
        .create_element_ns(Some(SVG), tag)
        .unwrap_or_else(|_| wasm_bindgen::throw_str(tag)))
}

/// A button that submits nothing.
pub(super) fn button(class: &str) -> El {
    el("button").attr("type", "button").class(class)
}

impl El {
    /// The element as the browser knows it.
    pub(super) fn raw(&self) -> &Element {
        &self.0
    }

    /// The element as what it is beyond an element (a text area, …).
    pub(super) fn cast<T: JsCast + Clone>(&self) -> T {
        self.0.unchecked_ref::<T>().clone()
    }

    pub(super) fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    pub(super) fn attr(self, name: &str, value: &str) -> Self {
        // As with tags: only a name that is none can fail.
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// An attribute that follows the signals read by `value`; `None` removes it.
    pub(super) fn attr_now(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        self.follow_attr(name, Box::new(value))
    }

    // What follows signals is the same code for all, so it is boxed.
    fn follow_attr(self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            let _ = match value() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        }));
        self
    }

    /// A property that follows the signals read by `value`.
    pub(super) fn prop_now(
        self,
        name: &'static str,
        value: impl Fn() -> JsValue + 'static,
    ) -> Self {
        self.follow_prop(name, Box::new(value))
    }

    fn follow_prop(self, name: &'static str, value: Box<dyn Fn() -> JsValue>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            let _ = js_sys::Reflect::set(&element, &name.into(), &value());
        }));
        self
    }

    pub(super) fn text(self, words: &str) -> Self {
        self.put(&document().create_text_node(words))
    }

    /// Words that follow the signals read by `words`.
    pub(super) fn text_now(self, words: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(words))
    }

    fn follow_text(self, words: Box<dyn Fn() -> String>) -> Self {
        let text = document().create_text_node("");
        let held = text.clone();
        follow(Box::new(move || held.set_data(&words())));
        self.put(&text)
    }

    pub(super) fn child(self, child: Self) -> Self {
        self.put(&child.0)
    }

    pub(super) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// A child that is made anew whenever the signals read by `make` change.
    /// What `make` sets up (effects, listeners) ends with the child.
    pub(super) fn child_now(self, make: impl Fn() -> Option<Self> + 'static) -> Self {
        self.follow_child(Box::new(make))
    }

    fn follow_child(self, make: Box<dyn Fn() -> Option<Self>>) -> Self {
        let place: Node = document().create_comment("").into();
        let this = self.put(&place);
        let shown = std::cell::RefCell::new(None::<Element>);
        follow(Box::new(move || {
            let next = make().map(|Self(element)| element);
            if let Some(parent) = place.parent_node() {
                if let Some(old) = shown.take() {
                    old.remove();
                }
                if let Some(next) = &next {
                    let _ = parent.insert_before(next, Some(&place));
                }
            }
            shown.replace(next);
        }));
        this
    }

    /// Listens for as long as what is around this element lives.
    pub(super) fn on(self, event: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        listen(&self.0, event, Box::new(act));
        self
    }

    fn put(self, child: &Node) -> Self {
        // It fails only when a node is put into itself.
        let _ = self.0.append_child(child);
        self
    }
}

/// Runs `run` now and after every change of the signals that it reads, for as
/// long as the current owner lives.
pub(super) fn follow(mut run: Box<dyn FnMut()>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| run()));
}

/// A scope of its own inside the current one, ended by its `cleanup`.
pub(super) fn scope<T>(make: impl FnOnce() -> T) -> (Owner, T) {
    let owner = Owner::new();
    let made = owner.with(make);
    (owner, made)
}

/// Listens to an event of the window for as long as the current owner lives.
pub(super) fn on_window(event: &'static str, act: impl FnMut(Event) + 'static) {
    listen(&leptos::prelude::window(), event, Box::new(act));
}

fn listen(target: &EventTarget, event: &'static str, act: Box<dyn FnMut(Event)>) {
    let act = Closure::wrap(act);
    if target
        .add_event_listener_with_callback(event, act.as_ref().unchecked_ref())
        .is_ok()
    {
        StoredValue::new_local(Listener {
            target: target.clone(),
            event,
            act,
        });
    }
}

struct Listener {
    target: EventTarget,
    event: &'static str,
    act: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let act = self.act.as_ref().unchecked_ref();
        // A target that does not know the listener has nothing to remove.
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, act);
    }
}
