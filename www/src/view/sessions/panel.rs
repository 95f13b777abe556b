//! Where the list stands: beside the conversation where there is room, over it
//! where there is none.

use leptos::{html, prelude::*};
use web_sys::HtmlElement;
use webchat_model::names::Name;
use webchat_model::words::Words;

use crate::browser::storage;
use crate::view::field::focus;
use crate::view::icon::{self, Icon};
use crate::view::observer::Observer;
use crate::view::show::Show;
use crate::view::words::say;

/// From this width on, in rem, there is room for both; the style sheet has it too.
const WIDE: f64 = 56.25;

/// The id of the list, for the button that shows it.
pub(super) const ID: &str = "sessions";

/// Whether the list is to be seen. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Panel {
    is_offered: Signal<bool>,
    is_wide: RwSignal<bool>,
    /// Beside the conversation: the person has folded it. Kept.
    is_folded: RwSignal<bool>,
    /// Over the conversation: the person has opened it.
    is_open: RwSignal<bool>,
    button: NodeRef<html::Button>,
}

impl Panel {
    /// `around` is what the page stands in.
    pub(crate) fn new(is_offered: Signal<bool>, around: HtmlElement) -> Self {
        let is_folded = storage::get(&Name::sessions()).is_some_and(|kept| kept == "folded");
        let panel = Self {
            is_offered,
            is_wide: RwSignal::new(is_wide(&around)),
            is_folded: RwSignal::new(is_folded),
            is_open: RwSignal::new(false),
            button: NodeRef::new(),
        };
        let observed = around.clone();
        let observer = Observer::new(&[&observed], move || {
            let is_wide = is_wide(&around);
            if panel.is_wide.get_untracked() != is_wide {
                panel.is_open.set(false);
                panel.is_wide.set(is_wide);
            }
        });
        // It watches for as long as the current owner lives.
        StoredValue::new_local(observer);
        panel
    }

    pub(crate) fn is_shown(self) -> bool {
        let is_wanted = if self.is_wide.get() {
            !self.is_folded.get()
        } else {
            self.is_open.get()
        };
        is_wanted && self.is_offered.get()
    }

    /// Whether it lies over the rest, which cannot be used meanwhile.
    pub(crate) fn covers(self) -> bool {
        !self.is_wide.get() && self.is_shown()
    }

    fn toggle(self) {
        if !self.is_wide.get_untracked() {
            return self.is_open.update(|is_open| *is_open = !*is_open);
        }
        self.is_folded.update(|is_folded| *is_folded = !*is_folded);
        let kept = self.is_folded.get_untracked().then_some("folded");
        storage::set(&Name::sessions(), kept);
    }

    /// Closes what lies over the conversation; the keyboard goes back to where
    /// it came from, unless something else takes it.
    pub(super) fn close(self, takes_focus_back: bool) {
        if self.is_wide.get_untracked() || !self.is_open.get_untracked() {
            return;
        }
        self.is_open.set(false);
        if let Some(button) = self.button.get_untracked().filter(|_| takes_focus_back) {
            focus(&button);
        }
    }
}

fn is_wide(around: &HtmlElement) -> bool {
    f64::from(around.client_width()) >= WIDE * rem()
}

/// How many pixels a rem has.
fn rem() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok()?);
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    // The browser reads numbers; a reader of our own weighs 10 KB.
    let size = size.map_or(f64::NAN, |size| js_sys::parse_float(&size));
    if size.is_nan() { 16.0 } else { size }
}

/// Shows the list, or hides it.
#[component]
pub(crate) fn SessionsButton(panel: Panel) -> impl IntoView {
    let name = move || {
        say(&Words::of(if panel.is_shown() {
            "sessions-hide"
        } else {
            "sessions-show"
        }))
    };
    view! {
        <Show when=move || panel.is_offered.get()>
            <button
                type="button"
                class="button icon-button"
                title=name
                aria-label=name
                aria-expanded=move || panel.is_shown().to_string()
                aria-controls={ID}
                node_ref=panel.button
                on:click=move |_| panel.toggle()
            >
                <Icon path=icon::LIST />
            </button>
        </Show>
    }
}
