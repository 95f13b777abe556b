//! Where a message is written.

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, html};
use webchat_model::connection::Connection;
use webchat_model::draft;

use super::icon::{self, icon};
use crate::browser::storage;
use crate::page::Page;

/// Texts longer than this get the full height without being measured: laying
/// out thousands of lines at each key press is what makes typing slow.
const MEASURED_CHARS: u32 = 4_000;

/// How long the person pauses before a draft is written down.
const DRAFT_PAUSE: Duration = Duration::from_millis(250);

pub(super) fn composer(page: Page) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let is_empty = RwSignal::new(true);
    let problem = RwSignal::new(None::<String>);
    let drafts = Drafts::new(page, field);
    Effect::new(move |_| {
        if let Some(element) = field.get() {
            if let Some(text) = drafts.load() {
                element.set_value(&text);
            }
            is_empty.set(element.text_length() == 0);
            fit(&element);
        }
    });
    let send = move || {
        let Some(element) = field.get_untracked() else {
            return;
        };
        let text = element.value();
        if text.trim().is_empty() {
            return;
        }
        match page.send(text.trim_end()) {
            Ok(()) => {
                problem.set(None);
                element.set_value("");
                is_empty.set(true);
                fit(&element);
                drafts.forget();
            }
            // The text stays where it is: it exists nowhere else.
            Err(message) => problem.set(Some(message)),
        }
    };
    html::form()
        .class("composer")
        .on(ev::submit, move |event| {
            event.prevent_default();
            send();
        })
        .child((
            move || {
                problem.get().map(|message| {
                    html::p()
                        .class("field-problem")
                        .role("alert")
                        .child(message)
                })
            },
            html::div().class("composer-box").child((
                html::textarea()
                    .node_ref(field)
                    .class("composer-text")
                    .attr("rows", "1")
                    .aria_label("Message")
                    .attr("placeholder", move || placeholder(&page.connection.get()))
                    .attr("enterkeyhint", "send")
                    .attr("autocomplete", "off")
                    .attr("dir", "auto")
                    .on(ev::input, move |_| {
                        if let Some(element) = field.get_untracked() {
                            is_empty.set(element.text_length() == 0);
                            fit(&element);
                        }
                        drafts.save_soon();
                    })
                    .on(ev::blur, move |_| drafts.save())
                    .on(ev::keydown, move |event| {
                        // Enter that ends a composition picks a word; browsers
                        // tell by the flag or, older ones, by key code 229.
                        let composes = event.is_composing() || event.key_code() == 229;
                        if event.key() == "Enter" && !event.shift_key() && !composes {
                            event.prevent_default();
                            send();
                        }
                    }),
                move || {
                    page.running.get().then(|| {
                        html::button()
                            .attr("type", "button")
                            .class("button round stop")
                            .attr("title", "Stop")
                            .aria_label("Stop")
                            .on(ev::click, move |_| page.stop())
                            .child(icon(icon::STOP))
                    })
                },
                html::button()
                    .attr("type", "submit")
                    .class("button round primary")
                    .attr("title", "Send")
                    .aria_label("Send")
                    .prop("disabled", move || is_empty.get())
                    .child(icon(icon::SEND)),
            )),
            html::p()
                .class("composer-hint muted")
                .child("Enter sends, Shift + Enter begins a new line."),
        ))
}

fn placeholder(connection: &Connection) -> &'static str {
    match connection {
        Connection::Connected { .. } => "Write to your agent",
        _ => "Write now, it is sent when the connection is back",
    }
}

/// Makes the field as high as its text, up to the bound in the style sheet.
fn fit(element: &web_sys::HtmlTextAreaElement) {
    let is_long = element.text_length() > MEASURED_CHARS;
    let _ = element.class_list().toggle_with_force("is-long", is_long);
    let style = web_sys::HtmlElement::style(element);
    let _ = style.remove_property("height");
    if !is_long {
        let _ = style.set_property("height", &format!("{}px", element.scroll_height()));
    }
}

/// Keeps what waits in the outbox while the field is not on the screen; while
/// it is, its own listener does both.
pub(super) fn keep_unsent_without_field(page: Page) {
    let listener =
        window_event_listener(ev::Custom::<web_sys::Event>::new("pagehide"), move |_| {
            let is_on_screen = document()
                .query_selector(".composer-text")
                .is_ok_and(|field| field.is_some());
            let unsent = page.unsent();
            if is_on_screen || unsent.is_empty() {
                return;
            }
            let key = draft_key(page);
            let draft = storage::get(&key).unwrap_or_default();
            storage::set(&key, Some(&draft::at_parting(&unsent, &draft)));
        });
    on_cleanup(move || listener.remove());
}

fn draft_key(page: Page) -> String {
    let gateway = page
        .address
        .with_untracked(|address| address.as_ref().map(ToString::to_string));
    draft::storage_key(&gateway.unwrap_or_default(), "main")
}

/// What is typed and not sent, kept over a reload.
#[derive(Clone, Copy)]
struct Drafts {
    page: Page,
    key: StoredValue<String>,
    field: NodeRef<html::Textarea>,
    timer: StoredValue<RefCell<Option<TimeoutHandle>>, LocalStorage>,
}

impl Drafts {
    fn new(page: Page, field: NodeRef<html::Textarea>) -> Self {
        let drafts = Self {
            page,
            key: StoredValue::new(draft_key(page)),
            field,
            timer: StoredValue::new_local(RefCell::new(None)),
        };
        // The last moment at which a page that is closed or put to sleep runs.
        let listener =
            window_event_listener(ev::Custom::<web_sys::Event>::new("pagehide"), move |_| {
                drafts.part();
            });
        on_cleanup(move || {
            drafts.save();
            listener.remove();
        });
        drafts
    }

    fn load(self) -> Option<String> {
        self.key.with_value(|key| storage::get(key))
    }

    fn save_soon(self) {
        let handle = set_timeout_with_handle(move || self.save(), DRAFT_PAUSE).ok();
        self.swap_timer(handle);
    }

    fn save(self) {
        if let Some(element) = self.field.try_get_untracked().flatten() {
            self.keep(&element.value());
        }
    }

    /// The page goes away. The outbox lives in memory, so what waits in it and
    /// never left is kept with the draft.
    fn part(self) {
        if let Some(element) = self.field.try_get_untracked().flatten() {
            self.keep(&draft::at_parting(&self.page.unsent(), &element.value()));
        }
    }

    fn keep(self, text: &str) {
        self.swap_timer(None);
        self.key.try_with_value(|key| {
            if draft::is_kept(text) {
                storage::set(key, Some(text));
            } else if text.is_empty() {
                storage::set(key, None);
            }
        });
    }

    fn forget(self) {
        self.swap_timer(None);
        self.key.with_value(|key| storage::set(key, None));
    }

    fn swap_timer(self, next: Option<TimeoutHandle>) {
        self.timer.try_with_value(|timer| {
            if let Some(old) = timer.replace(next) {
                old.clear();
            }
        });
    }
}
