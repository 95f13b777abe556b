//! Where a message is written.

use leptos::{html, prelude::*};
use web_sys::HtmlTextAreaElement;
use webchat_model::connection::Connection;
use webchat_model::words::Words;

use super::attachments::{AttachButton, Chips, accept_drops, pasted};
use super::draft::{Draft, Offer};
use super::drawn::renewed;
use super::field::{enter_sends, fit, focus, keep_fit};
use super::icon::{self, Icon};
use super::show::Show;
use super::words::{say, text};
use crate::browser::{active_beside, language};
use crate::conversation::Conversation;

/// What says whom the words go to; there is one field at a time.
const ADDRESSEE: &str = "addressee";

/// The field and what surrounds it. Cheap to copy into its listeners.
#[derive(Clone, Copy)]
struct Composer {
    conversation: Conversation,
    place: NodeRef<html::Textarea>,
    draft: Draft,
    is_empty: RwSignal<bool>,
    problem: RwSignal<Option<Words>>,
}

#[component]
pub(super) fn Composer(conversation: Conversation) -> impl IntoView {
    let composer = Composer::new(conversation);
    let is_over = accept_drops(conversation, composer.place);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        composer.send();
    };
    view! {
        <form class="composer" on:submit=submit>
            <Complaint composer />
            <Offer draft=composer.draft />
            <Addressee composer />
            <div
                class="composer-box"
                data-over=move || is_over.get().then_some("")
                data-asks=move || conversation.asks.get().then_some("")
            >
                <Chips conversation done=move || composer.take_focus() />
                <div class="composer-field">
                    <Show when=move || conversation.addressee().is_none()>
                        <AttachButton conversation />
                    </Show>
                    <Field composer />
                    <Show when=move || conversation.running.get()>
                        <StopButton conversation />
                    </Show>
                    <button
                        type="submit"
                        class="button round primary"
                        title=text("send")
                        aria-label=text("send")
                        prop:disabled=move || composer.has_nothing()
                    >
                        <Icon path=icon::SEND />
                    </button>
                </div>
            </div>
            <p class="composer-hint muted">
                {text("composer-hint")}
            </p>
        </form>
    }
}

#[component]
fn Field(composer: Composer) -> impl IntoView {
    let conversation = composer.conversation;
    let pressed = move |event: web_sys::KeyboardEvent| {
        if enter_sends(&event) {
            event.prevent_default();
            composer.send();
        }
    };
    view! {
        <textarea
            class="composer-text"
            rows="1"
            aria-label=move || say(&write_to(conversation, || Words::of("message")))
            aria-describedby=move || conversation.contact.get().map(|_| ADDRESSEE)
            enterkeyhint="send"
            autocomplete="off"
            dir="auto"
            placeholder=move || {
                say(&write_to(conversation, || conversation.connection.with(placeholder)))
            }
            node_ref=composer.place
            on:input=move |_| composer.typed()
            on:blur=move |_| composer.draft.save()
            on:paste=move |event| pasted(conversation, &event)
            on:keydown=pressed
        ></textarea>
    }
}

#[component]
fn StopButton(conversation: Conversation) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button round stop"
            title=text("stop")
            aria-label=text("stop")
            on:click=move |_| conversation.stop()
        >
            <Icon path=icon::STOP />
        </button>
    }
}

/// Why something is not sent or not kept.
#[component]
fn Complaint(composer: Composer) -> impl IntoView {
    let words = move || {
        let at_risk = composer
            .draft
            .is_at_risk
            .get()
            .then(|| Words::of("draft-at-risk"));
        let left_out = composer.conversation.left_out.get();
        composer.problem.get().or(left_out).or(at_risk)
    };
    move || {
        words().map(|words| {
            renewed(view! {
                <p class="field-problem" role="alert">
                    {move || say(&words)}
                </p>
            })
        })
    }
}

/// Whom the words go to, where that is not the agent alone; and the way to ask the
/// agent about somebody, who does not see it.
#[component]
fn Addressee(composer: Composer) -> impl IntoView {
    let conversation = composer.conversation;
    let words = move || {
        let name = conversation.contact.get()?;
        let of = |id| Words::of(id).with("name", name.clone());
        match (conversation.asks.get(), name.is_empty()) {
            (false, true) => Some((Words::of("recipient-unknown"), Words::of("ask-agent"))),
            (false, false) => Some((of("goes-to"), Words::of("ask-agent"))),
            (true, true) => Some((Words::of("to-agent"), Words::of("not-to-agent"))),
            (true, false) => Some((of("ask-aside"), of("write-to"))),
        }
    };
    let turn = move |_| {
        composer.draft.turn();
        composer.take_focus();
    };
    move || {
        let (goes_to, other) = words()?;
        Some(renewed(view! {
            <p class="addressee muted">
                <span id=ADDRESSEE>{move || say(&goes_to)}</span>
                <button type="button" class="button plain small" on:click=turn>
                    {move || say(&other)}
                </button>
            </p>
        }))
    }
}

/// Whom one writes to, in the place of what the field says where that is the agent.
fn write_to(conversation: Conversation, agent: impl FnOnce() -> Words) -> Words {
    match conversation.addressee() {
        Some(name) if name.is_empty() => Words::of("message"),
        Some(name) => Words::of("write-to").with("name", name),
        None => agent(),
    }
}

fn placeholder(connection: &Connection) -> Words {
    match connection {
        Connection::Connected { .. } => Words::of("write"),
        _ => Words::of("write-for-later"),
    }
}

impl Composer {
    fn new(conversation: Conversation) -> Self {
        let place = NodeRef::new();
        let draft = Draft::new(conversation);
        let composer = Self {
            conversation,
            place,
            draft,
            is_empty: RwSignal::new(true),
            problem: RwSignal::new(None),
        };
        place.on_load(move |field| {
            draft.begin(&field);
            composer.is_empty.set(field.text_length() == 0);
            // On a phone the keyboard would cover half of what one came to read. In
            // a part of a page somebody must be there already.
            let has_keyboard = window().match_media("(hover: hover)").ok().flatten();
            let has_keyboard = has_keyboard.is_some_and(|query| query.matches());
            if has_keyboard && active_beside(&field).is_some() {
                focus(&field);
            }
        });
        keep_fit(place);
        // Its height is known once it stands in the page, and depends on the
        // words in it while it is empty.
        Effect::new(move || {
            language::track();
            conversation.connection.track();
            draft.filled.track();
            request_animation_frame(move || composer.look());
        });
        // What was said of one does not hold for another.
        Effect::new(move |before: Option<Option<Words>>| {
            let now = conversation.addressee();
            if before.is_some_and(|before| before != now) {
                composer.problem.set(None);
                conversation.left_out.set(None);
            }
            now
        });
        Effect::new(move || {
            if let Some(text) = conversation.handed_back.get() {
                conversation.handed_back.set(None);
                composer.add(&text);
            }
        });
        composer
    }

    fn has_nothing(self) -> bool {
        let is_empty = self.is_empty.get() && !self.conversation.has_attachments();
        let is_nobody = |name: Words| name.is_empty();
        is_empty || self.conversation.addressee().is_some_and(is_nobody)
    }

    fn send(self) {
        let text = self.text();
        if text.trim().is_empty() && !untrack(|| self.conversation.has_attachments()) {
            return;
        }
        match self.conversation.send(text.trim_end()) {
            Ok(()) => {
                self.problem.set(None);
                self.with(|field| field.set_value(""));
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
        self.with(|field| {
            let is_empty = field.text_length() == 0;
            if self.is_empty.get_untracked() != is_empty {
                self.is_empty.set(is_empty);
            }
            fit(field);
        });
    }

    /// Adds something below what is written.
    fn add(self, text: &str) {
        let mut all = self.text();
        if !all.is_empty() {
            all.push_str("\n\n");
        }
        all.push_str(text);
        self.draft.fill(&all);
        self.draft.save();
        self.take_focus();
    }

    fn take_focus(self) {
        self.with(|field| focus(field));
    }

    fn text(self) -> String {
        self.with(HtmlTextAreaElement::value).unwrap_or_default()
    }

    /// `None` when the field is gone.
    fn with<R>(self, act: impl FnOnce(&HtmlTextAreaElement) -> R) -> Option<R> {
        let field = self.place.try_get_untracked().flatten();
        field.map(|field| act(&field))
    }
}
