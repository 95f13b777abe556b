//! Below the words of a line: when, how far it has come, and what can be done.

use leptos::prelude::*;
use webchat_model::transcript::{Row, State};
use webchat_model::words::Words;

use super::copy::CopyButton;
use super::words::{say, text};
use crate::browser::{clock, language};
use crate::conversation::{Conversation, Edit};

/// What a foot is drawn from; the words above it change most often.
#[derive(Debug, Clone, PartialEq)]
struct Facts {
    time: Option<f64>,
    state: State,
    entry: Option<String>,
    reason: Option<Words>,
    live: bool,
}

impl Facts {
    fn of(row: &Row) -> Self {
        Self {
            time: row.message.timestamp,
            state: row.state,
            entry: row.entry.clone(),
            reason: row.reason.clone(),
            live: row.live,
        }
    }
}

/// Below the words of a message; `edited` gets the key of one that is to have
/// other words.
#[component]
pub(super) fn Foot(
    conversation: Conversation,
    row: RwSignal<Row>,
    #[prop(optional)] edited: Option<RwSignal<Option<Edit>>>,
) -> impl IntoView {
    let facts = Memo::new(move |_| row.with(Facts::of));
    view! {
        <div class="foot-place">
            {move || view! { <Line conversation row facts=facts.get() edited /> }}
        </div>
    }
}

#[component]
fn Line(
    conversation: Conversation,
    row: RwSignal<Row>,
    facts: Facts,
    edited: Option<RwSignal<Option<Edit>>>,
) -> impl IntoView {
    let Facts {
        time,
        state,
        entry,
        reason,
        live,
    } = facts;
    let time =
        time.and_then(|at| Some(view! { <Time conversation at machine=clock::machine(at)? /> }));
    let words = state.words().filter(|_| !live);
    let words = words.map(|words| {
        view! {
            <span class="state" translate="no">
                {move || say(&words)}
            </span>
        }
    });
    let source = move || row.with_untracked(|row| row.message.text());
    let copy = (!live).then(|| view! { <CopyButton name="copy-message" text=source /> });
    let reason = reason.or_else(|| state.explanation());
    let reason = reason.map(|words| view! { <p class="reason">{move || say(&words)}</p> });
    let under_way = entry.clone().filter(|_| state.can_be_dismissed());
    let at_rest = entry.filter(|_| state.is_at_rest());
    let dismissal = under_way.map(|entry| view! { <Dismissal conversation entry /> });
    let decision = at_rest.map(|entry| view! { <Decision conversation state entry edited /> });
    view! {
        <footer class="foot">
            {time}
            {words}
            {copy}
            {reason}
            {dismissal}
            {decision}
        </footer>
    }
}

/// When it was said; with the date once that is another day.
#[component]
fn Time(conversation: Conversation, at: f64, machine: String) -> impl IntoView {
    let words = move || {
        conversation.day.track();
        language::track();
        clock::short(at)
    };
    view! {
        <time datetime=machine translate="no">
            {words}
        </time>
    }
}

/// A message that stays under way may never settle. The button shows after a
/// while: most are gone before.
#[component]
fn Dismissal(conversation: Conversation, entry: String) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button plain small dismissal"
            title=text("dismiss-why")
            on:click=move |_| conversation.dismiss(&entry)
        >
            {text("dismiss")}
        </button>
    }
}

/// What a person decides about a message that waits for them.
#[component]
fn Decision(
    conversation: Conversation,
    state: State,
    entry: String,
    edited: Option<RwSignal<Option<Edit>>>,
) -> impl IntoView {
    let entry = StoredValue::new(entry);
    let again = state.needs_a_decision().then(|| {
        view! {
            <button
                type="button"
                class="button quiet small"
                on:click=move |_| entry.with_value(|entry| conversation.send_again(entry))
            >
                {text("send-again")}
            </button>
        }
    });
    let edit = edited.map(|edited| {
        view! {
            <button
                type="button"
                class="button quiet small"
                data-edit=""
                on:click=move |_| {
                    let key = entry.get_value();
                    edited.set(Some(Edit { key, words: None }));
                }
            >
                {text("edit")}
            </button>
        }
    });
    view! {
        <div class="decision">
            {again}
            {edit}
            <button
                type="button"
                class="button quiet small"
                on:click=move |_| entry.with_value(|entry| conversation.discard(entry))
            >
                {text("discard")}
            </button>
        </div>
    }
}
