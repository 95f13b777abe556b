//! Where a message is written.

use leptos::prelude::*;
use web_sys::HtmlTextAreaElement;
use webchat_model::connection::Connection;

use super::attachments::{accept_drops, attach_button, chips, pasted};
use super::connect_form::focus;
use super::draft::Draft;
use super::el::{El, button, el, follow};
use super::field::{enter_sends, fit};
use super::icon::{self, icon};
use crate::page::Page;

/// The field and what surrounds it. Cheap to copy into its listeners.
#[derive(Clone, Copy)]
struct Composer {
    page: Page,
    field: StoredValue<HtmlTextAreaElement, LocalStorage>,
    draft: Draft,
    is_empty: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
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
        .on("blur", move |_| composer.draft.save())
        .on("paste", move |event| pasted(page, &event))
        .on("keydown", move |event| {
            if enter_sends(&event) {
                event.prevent_default();
                composer.send();
            }
        });
    let send = el("button")
        .attr("type", "submit")
        .class("button round primary")
        .attr("title", "Send")
        .attr("aria-label", "Send")
        .prop_now("disabled", move || composer.has_nothing().into())
        .child(icon(icon::SEND));
    let field = el("div")
        .class("composer-field")
        .child(attach_button(page))
        .child(text)
        .child_now(move || stop(page))
        .child(send);
    let is_over = accept_drops(page);
    let around = el("div")
        .class("composer-box")
        .attr_now("data-over", move || is_over.get().then(String::new))
        .child_now(move || chips(page, move || composer.take_focus()))
        .child(field);
    let form = el("form").class("composer").on("submit", move |event| {
        event.prevent_default();
        composer.send();
    });
    form.child_now(move || composer.complaint())
        .child_now(move || composer.draft.offer())
        .child(around)
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
        let draft = Draft::new(page, field.clone());
        // On a phone the keyboard would cover half of what one came to read.
        let has_keyboard = window().match_media("(hover: hover)").ok().flatten();
        if has_keyboard.is_some_and(|query| query.matches()) {
            focus(&field);
        }
        let composer = Self {
            page,
            draft,
            is_empty: RwSignal::new(field.text_length() == 0),
            field: StoredValue::new_local(field),
            problem: RwSignal::new(None),
        };
        // Its height is known once it stands in the page, and depends on the
        // words in it while it is empty.
        follow(Box::new(move || {
            page.connection.track();
            draft.filled.track();
            request_animation_frame(move || composer.look());
        }));
        follow(Box::new(move || {
            if let Some(text) = page.handed_back.get() {
                page.handed_back.set(None);
                composer.add(&text);
            }
        }));
        composer
    }

    fn has_nothing(self) -> bool {
        self.is_empty.get() && !self.page.has_attachments()
    }

    fn send(self) {
        let text = self.field.with_value(HtmlTextAreaElement::value);
        if text.trim().is_empty() && !untrack(|| self.page.has_attachments()) {
            return;
        }
        match self.page.send(text.trim_end()) {
            Ok(()) => {
                self.problem.set(None);
                self.field.with_value(|field| field.set_value(""));
                self.typed();
                self.draft.save();
            }
            // The text stays where it is: it exists nowhere else.
            Err(message) => self.problem.set(Some(message)),
        }
    }

    fn typed(self) {
        self.look();
        self.draft.save_soon();
    }

    /// Follows what the field holds.
    fn look(self) {
        self.field.try_with_value(|field| {
            let is_empty = field.text_length() == 0;
            if self.is_empty.get_untracked() != is_empty {
                self.is_empty.set(is_empty);
            }
            fit(field);
        });
    }

    /// Adds something below what is written.
    fn add(self, text: &str) {
        let mut all = self.field.with_value(HtmlTextAreaElement::value);
        if !all.is_empty() {
            all.push_str("\n\n");
        }
        all.push_str(text);
        self.draft.fill(&all);
        self.draft.save();
        self.take_focus();
    }

    fn take_focus(self) {
        self.field.with_value(|field| focus(field));
    }

    fn complaint(self) -> Option<El> {
        const AT_RISK: &str = "This browser has no room for a draft like this: it is lost if you close the page before you send it.";
        let at_risk = self.draft.is_at_risk.get().then(|| AT_RISK.to_owned());
        let left_out = self.page.left_out.get();
        let words = self.problem.get().or(left_out).or(at_risk)?;
        let complaint = el("p").class("field-problem").attr("role", "alert");
        Some(complaint.text(&words))
    }
}
