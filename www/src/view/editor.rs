//! Changing the words of a message that has not gone out.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::connect_form::focus;
use super::el::{El, button, el};
use super::field::{enter_sends, fit};
use crate::page::Page;

/// A form with the words of a message. `close` ends it.
pub(super) fn editor(
    page: Page,
    key: String,
    words: &str,
    close: impl Fn() + Clone + 'static,
) -> El {
    let text = el("textarea")
        .class("composer-text")
        .attr("rows", "1")
        .attr("aria-label", "Edit message")
        .attr("dir", "auto");
    let field: HtmlTextAreaElement = text.cast();
    field.set_value(words);
    let editor = Editor {
        page,
        key: StoredValue::new(key),
        field: StoredValue::new_local(field),
        problem: RwSignal::new(None),
        has_left: RwSignal::new(false),
    };
    request_animation_frame(move || {
        editor.field.try_with_value(|field| {
            fit(field);
            focus(field);
        });
    });
    let save = {
        let close = close.clone();
        move || {
            if editor.save() {
                close();
            }
        }
    };
    let text = {
        let save = save.clone();
        let close = close.clone();
        text.on("input", move |_| {
            editor.field.with_value(fit);
        })
        .on("keydown", move |event| {
            if enter_sends(&event) {
                event.prevent_default();
                save();
            } else if event.unchecked_ref::<web_sys::KeyboardEvent>().key() == "Escape" {
                close();
            }
        })
    };
    let label = move || {
        if editor.has_left.get() {
            "Send as a new one"
        } else {
            "Save"
        }
        .to_owned()
    };
    let choices = el("div")
        .class("decision")
        .child(
            el("button")
                .attr("type", "submit")
                .class("button primary small")
                .text_now(label),
        )
        .child(
            button("button quiet small")
                .on("click", move |_| close())
                .text("Cancel"),
        );
    el("form")
        .class("editor")
        .on("submit", move |event| {
            event.prevent_default();
            save();
        })
        .child(text)
        .child_now(move || {
            let problem = el("p").class("field-problem").attr("role", "alert");
            editor.problem.get().map(|words| problem.text(&words))
        })
        .child(choices)
}

#[derive(Clone, Copy)]
struct Editor {
    page: Page,
    key: StoredValue<String>,
    field: StoredValue<HtmlTextAreaElement, LocalStorage>,
    problem: RwSignal<Option<String>>,
    /// The message has gone out as it was.
    has_left: RwSignal<bool>,
}

impl Editor {
    /// Whether it is done.
    fn save(self) -> bool {
        let words = self.field.with_value(HtmlTextAreaElement::value);
        let words = words.trim_end();
        if words.trim().is_empty() {
            self.problem.set(Some(
                "There are no words in it. To take the message back, discard it.".to_owned(),
            ));
            return false;
        }
        let saved = if self.has_left.get_untracked() {
            self.page.send_words(words).map(|()| true)
        } else {
            self.key.with_value(|key| self.page.edit(key, words))
        };
        match saved {
            Ok(true) => return true,
            Ok(false) => {
                self.has_left.set(true);
                self.problem.set(Some(
                    "Meanwhile the message has gone out as it was.".to_owned(),
                ));
            }
            Err(words) => self.problem.set(Some(words)),
        }
        false
    }
}
