//! Changing the words of a message that has not gone out.

use leptos::{html, prelude::*};
use webchat_model::words::Words;

use super::drawn::renewed;
use super::field::{enter_sends, fit, focus, keep_fit};
use super::words::{say, text};
use crate::conversation::Conversation;

/// A form with the words of a message. One that somebody comes back to
/// (`has_begun`) leaves the keyboard where it is. `keep` gets what is typed, `close` ends it.
#[component]
pub(super) fn Editor(
    conversation: Conversation,
    key: String,
    words: String,
    has_begun: bool,
    keep: impl Fn(String) + 'static,
    close: impl Fn() + Clone + 'static,
) -> impl IntoView {
    let editor = Edited::new(conversation, key, words, has_begun);
    let save = {
        let close = close.clone();
        move || {
            if editor.save() {
                close();
            }
        }
    };
    let submit = {
        let save = save.clone();
        move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            save();
        }
    };
    let pressed = {
        let close = close.clone();
        move |event: web_sys::KeyboardEvent| {
            if enter_sends(&event) {
                event.prevent_default();
                save();
            } else if event.key() == "Escape" {
                close();
            }
        }
    };
    view! {
        <form class="editor" on:submit=submit>
            <textarea
                class="composer-text"
                rows="1"
                aria-label=text("edit-message")
                dir="auto"
                node_ref=editor.place
                on:input:target=move |event| {
                    fit(&event.target());
                    keep(event.target().value());
                }
                on:keydown=pressed
            ></textarea>
            <Complaint editor />
            <div class="decision">
                <button type="submit" class="button primary small" translate="no">
                    {move || say(&Words::of(if editor.has_left.get() { "send-as-new" } else { "save" }))}
                </button>
                <button type="button" class="button quiet small" on:click=move |_| close()>
                    {text("cancel")}
                </button>
            </div>
        </form>
    }
}

#[component]
fn Complaint(editor: Edited) -> impl IntoView {
    move || {
        editor.problem.get().map(|words| {
            renewed(view! {
                <p class="field-problem" role="alert">
                    {move || say(&words)}
                </p>
            })
        })
    }
}

#[derive(Clone, Copy)]
struct Edited {
    conversation: Conversation,
    key: StoredValue<String>,
    place: NodeRef<html::Textarea>,
    problem: RwSignal<Option<Words>>,
    /// The message has gone out as it was.
    has_left: RwSignal<bool>,
}

impl Edited {
    fn new(conversation: Conversation, key: String, words: String, has_begun: bool) -> Self {
        let place = NodeRef::<html::Textarea>::new();
        keep_fit(place);
        place.on_load(move |field| {
            field.set_value(&words);
            if !has_begun {
                focus(&field);
            }
            request_animation_frame(move || fit(&field));
        });
        Self {
            conversation,
            key: StoredValue::new(key),
            place,
            problem: RwSignal::new(None),
            has_left: RwSignal::new(false),
        }
    }

    /// Whether it is done.
    fn save(self) -> bool {
        let field = self.place.get_untracked();
        let words = field.map(|field| field.value());
        let words = words.unwrap_or_default();
        let words = words.trim_end();
        if words.trim().is_empty() {
            self.problem.set(Some(Words::of("edit-empty")));
            return false;
        }
        let saved = if self.has_left.get_untracked() {
            let anew = |key: &String| self.conversation.send_anew(key, words);
            self.key.with_value(anew).map(|()| true)
        } else {
            self.key
                .with_value(|key| self.conversation.edit(key, words))
        };
        match saved {
            Ok(true) => return true,
            Ok(false) => {
                self.has_left.set(true);
                self.problem.set(Some(Words::of("edit-too-late")));
            }
            Err(words) => self.problem.set(Some(words)),
        }
        false
    }
}
