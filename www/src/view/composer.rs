//! Where a message is written.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};
use webchat_model::connection::Connection;
use webchat_model::draft::{Change, Keeper};

use super::connect_form::focus;
use super::el::{El, button, el, follow, on_window};
use super::icon::{self, icon};
use crate::browser::storage;
use crate::page::Page;

/// Texts longer than this get the full height without being measured: laying
/// out thousands of lines at each key press is what makes typing slow.
const MEASURED_CHARS: u32 = 4_000;

/// How long the person pauses before a draft is written down.
const DRAFT_PAUSE: Duration = Duration::from_millis(250);

/// The field and what surrounds it. Cheap to copy into its listeners.
#[derive(Clone, Copy)]
struct Composer {
    page: Page,
    field: StoredValue<HtmlTextAreaElement, LocalStorage>,
    is_empty: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    /// Where the draft is kept.
    key: StoredValue<String>,
    /// This tab's part in it.
    keeper: StoredValue<Keeper>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

pub(super) fn composer(page: Page) -> El {
    let text = el("textarea")
        .class("composer-text")
        .attr("rows", "1")
        .attr("aria-label", "Message")
        .attr("enterkeyhint", "send")
        .attr("autocomplete", "off")
        .attr("dir", "auto")
        .attr_now("placeholder", move || {
            Some(placeholder(&page.connection.get()).to_owned())
        });
    let composer = Composer::new(page, text.cast());
    let text = text
        .on("input", move |_| composer.typed())
        .on("blur", move |_| composer.save())
        .on("keydown", move |event| {
            let event: KeyboardEvent = event.unchecked_into();
            // Enter that ends a composition picks a word; browsers tell by
            // the flag or, older ones, by key code 229.
            let composes = event.is_composing() || event.key_code() == 229;
            if event.key() == "Enter" && !event.shift_key() && !composes {
                event.prevent_default();
                composer.send();
            }
        });
    let send = el("button")
        .attr("type", "submit")
        .class("button round primary")
        .attr("title", "Send")
        .attr("aria-label", "Send")
        .prop_now("disabled", move || composer.is_empty.get().into())
        .child(icon(icon::SEND));
    let field = el("div")
        .class("composer-box")
        .child(text)
        .child_now(move || stop(page))
        .child(send);
    let form = el("form").class("composer").on("submit", move |event| {
        event.prevent_default();
        composer.send();
    });
    form.child_now(move || {
        let words = composer.problem.get()?;
        Some(
            el("p")
                .class("field-problem")
                .attr("role", "alert")
                .text(&words),
        )
    })
    .child(field)
    .child(
        el("p")
            .class("composer-hint muted")
            .text("Enter sends, Shift + Enter begins a new line."),
    )
}

fn stop(page: Page) -> Option<El> {
    let stop = || {
        button("button round stop")
            .attr("title", "Stop")
            .attr("aria-label", "Stop")
    };
    page.running.get().then(|| {
        stop()
            .on("click", move |_| page.stop())
            .child(icon(icon::STOP))
    })
}

fn placeholder(connection: &Connection) -> &'static str {
    match connection {
        Connection::Connected { .. } => "Write to your agent",
        _ => "Write now, it is sent when the connection is back",
    }
}

impl Composer {
    fn new(page: Page, field: HtmlTextAreaElement) -> Self {
        let key = page.draft_key();
        let draft = storage::get(&key).unwrap_or_default();
        field.set_value(&draft);
        // On a phone the keyboard would cover half of what one came to read.
        let has_keyboard = window().match_media("(hover: hover)").ok().flatten();
        if has_keyboard.is_some_and(|query| query.matches()) {
            focus(&field);
        }
        let composer = Self {
            page,
            is_empty: RwSignal::new(field.text_length() == 0),
            field: StoredValue::new_local(field),
            problem: RwSignal::new(None),
            key: StoredValue::new(key),
            keeper: StoredValue::new(Keeper::new(&draft)),
            timer: StoredValue::new(None),
        };
        // Its height is known once it stands in the page, and depends on the
        // words in it while it is empty.
        follow(Box::new(move || {
            page.connection.track();
            request_animation_frame(move || composer.fit());
        }));
        // The last moments at which a page that is closed or put to sleep runs.
        for last in ["pagehide", "visibilitychange"] {
            on_window(last, move |_| composer.save());
        }
        on_cleanup(move || composer.save());
        composer
    }

    fn send(self) {
        let text = self.field.with_value(HtmlTextAreaElement::value);
        if text.trim().is_empty() {
            return;
        }
        match self.page.send(text.trim_end()) {
            Ok(()) => {
                self.problem.set(None);
                self.field.with_value(|field| field.set_value(""));
                self.typed();
                self.save();
            }
            // The text stays where it is: it exists nowhere else.
            Err(message) => self.problem.set(Some(message)),
        }
    }

    fn typed(self) {
        let is_empty = self.field.with_value(|field| field.text_length() == 0);
        if self.is_empty.get_untracked() != is_empty {
            self.is_empty.set(is_empty);
        }
        self.fit();
        let soon = set_timeout_with_handle(move || self.save(), DRAFT_PAUSE).ok();
        self.swap_timer(soon);
    }

    /// Makes the field as high as its text, up to the bound in the style sheet.
    fn fit(self) {
        self.field.try_with_value(|field| {
            let is_long = field.text_length() > MEASURED_CHARS;
            let _ = field.class_list().toggle_with_force("is-long", is_long);
            let style = HtmlElement::style(field);
            let _ = style.remove_property("height");
            if !is_long {
                let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
            }
        });
    }

    fn save(self) {
        let Some(typed) = self.field.try_with_value(HtmlTextAreaElement::value) else {
            return;
        };
        self.swap_timer(None);
        let key = self.key.get_value();
        let stored = storage::get(&key).unwrap_or_default();
        let mut change = Change::None;
        self.keeper
            .update_value(|keeper| change = keeper.keep(&stored, &typed));
        let is_kept = match &change {
            Change::None => true,
            Change::Write(draft) => storage::set(&key, Some(draft)),
            Change::Remove => storage::set(&key, None),
            Change::TooLong => false,
        };
        let at_risk = self.page.keeping.draft_at_risk;
        if at_risk.get_value() == is_kept {
            at_risk.set_value(!is_kept);
            self.problem.set((!is_kept).then(|| {
                "This browser has no room for a draft like this: it is lost if you close the page before you send it."
                    .to_owned()
            }));
        }
    }

    fn swap_timer(self, next: Option<TimeoutHandle>) {
        self.timer.try_update_value(|timer| {
            if let Some(old) = std::mem::replace(timer, next) {
                old.clear();
            }
        });
    }
}
