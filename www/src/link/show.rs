//! The chat and the outbox as the rows of the page's model.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clawline::RequestError;
use clawline::core::chat::{Item, Retrying, Role, Run, Shown};
use clawline::core::wire::RunState;
use clawline::core::{Entry, EntryState};
use leptos::prelude::{GetUntracked, Set, set_timeout};
use webchat_model::announcement;
use webchat_model::content::Message;
use webchat_model::transcript::{
    HistoryRow, LiveEnd, LiveRun, OutboxEntry, State, Told, Who, assemble, reason_in_words,
};

use super::Inner;
use crate::page::Older;

impl Inner {
    /// Shows the chat as it stands.
    pub(super) fn show(self: &Rc<Self>) {
        if self.closed.get() {
            return;
        }
        let (told, writing, older) = self.chat.read(|chat| {
            let items = chat.items().map(|item| match item {
                Item::Row(shown) => Told::Row(self.history_row(&shown)),
                Item::Live(run) => Told::Run(live_run(run)),
            });
            let told: Vec<Told> = items.collect();
            let writing: Vec<String> = chat.active_runs().map(|run| run.id.clone()).collect();
            (told, writing, chat.older().is_some())
        });
        let outbox: Vec<OutboxEntry> = self
            .own_entries()
            .map(|entry| self.outbox_entry(&entry))
            .collect();
        let page = self.page;
        page.running.set(!writing.is_empty());
        self.announce(writing);
        let is_loaded = self.chat.is_loaded();
        if page.loaded.get_untracked() != is_loaded {
            page.loaded.set(is_loaded);
        }
        page.show_rows(assemble(&told, &outbox));
        let older = if older { Older::Available } else { Older::None };
        if page.older.get_untracked() != older {
            page.older.set(older);
        }
        // Anything but a refusal is repeated when the connection is back.
        let refusal = self
            .chat
            .error()
            .filter(|error| matches!(error, RequestError::Refused(_)));
        if *self.refusal.borrow() != refusal {
            if let Some(error) = &refusal {
                page.notice.set(Some(format!(
                    "The conversation could not be fetched. {error}"
                )));
            }
            self.refusal.replace(refusal);
        }
    }

    fn history_row(&self, shown: &Shown<'_, Arc<Message>>) -> HistoryRow {
        let (place, row) = (shown.place, shown.row);
        let facts = &row.facts;
        // The gateway shows long texts cut; one written here is at hand.
        let key = facts
            .key
            .as_deref()
            .filter(|_| row.payload.truncated_id().is_some());
        let full = match key {
            Some(key) => self.written.borrow().get(key).cloned(),
            None => self.full.borrow().get(&facts.record).cloned(),
        };
        HistoryRow {
            id: format!("{}.{}", place.0, place.1),
            who: match facts.role {
                Role::User => Who::You,
                Role::Assistant => Who::Assistant,
                Role::Tool => Who::Tool,
                Role::Notice => Who::System,
            },
            key: facts.key.clone(),
            run: shown.stands_for.map(str::to_owned),
            message: full.unwrap_or_else(|| Arc::clone(&row.payload)),
            stopped: shown.stopped,
        }
    }

    fn outbox_entry(&self, entry: &Entry) -> OutboxEntry {
        OutboxEntry {
            key: entry.key.as_str().to_owned(),
            message: self.own_message(entry),
            state: self.state_of(entry),
            reason: entry.reason.as_deref().map(reason_in_words),
        }
    }

    pub(super) fn state_of(&self, entry: &Entry) -> State {
        match entry.state {
            EntryState::Queued => State::Queued,
            EntryState::Sending if self.is_ready.get() => State::Sending,
            EntryState::Sending => State::Checking,
            EntryState::Accepted => State::Accepted,
            EntryState::Confirmed => State::Confirmed,
            EntryState::Parked => State::Parked,
            EntryState::Unconfirmed => State::Unconfirmed,
        }
    }

    /// Says once what has just been said to its end, or why it was not.
    fn announce(self: &Rc<Self>, now: Vec<String>) {
        let before = self.writing.replace(now.clone());
        let Some(ended) = before.into_iter().rfind(|run| !now.contains(run)) else {
            return;
        };
        let words = self.chat.read(|chat| {
            let items: Vec<_> = chat.items().collect();
            let of_run = items.iter().rev().find(|item| match item {
                Item::Row(shown) => shown.row.facts.run.as_deref() == Some(&*ended),
                Item::Live(run) => run.id == ended,
            });
            let last_answer = || items.iter().rev().find(|item| is_answer(item));
            of_run.or_else(last_answer).map(words_of)
        });
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            let page = self.page;
            page.announcement.set(words);
            // It has been said; found by reading on, it would be said twice.
            set_timeout(
                move || page.announcement.set(String::new()),
                Duration::from_secs(1),
            );
        }
    }
}

fn is_answer(item: &Item<'_, Arc<Message>>) -> bool {
    matches!(item, Item::Row(shown) if shown.row.facts.role == Role::Assistant)
}

/// What is said of an item that has come to its end.
fn words_of(item: &Item<'_, Arc<Message>>) -> String {
    let (message, failure) = match item {
        Item::Row(shown) => {
            let message = &shown.row.payload;
            let has_failed = message.is_error() || shown.row.facts.role == Role::Notice;
            let reason = message.error_message().map(str::to_owned);
            let reason = has_failed.then(|| reason.unwrap_or_else(|| message.text()));
            (Some(message), reason)
        }
        Item::Live(run) => {
            let failure = match live_run(run).end {
                Some(LiveEnd::Failed(reason)) => Some(reason),
                _ => None,
            };
            (run.live.as_ref(), failure)
        }
    };
    match (failure, message) {
        (Some(reason), _) => announcement::for_failure(&reason),
        (None, Some(message)) if !message.text().is_empty() => {
            announcement::for_reply(&message.text())
        }
        (None, _) => String::new(),
    }
}

fn live_run(run: &Run<Arc<Message>>) -> LiveRun {
    LiveRun {
        run_id: run.id.clone(),
        message: run.live.clone(),
        retrying: run.retrying.as_ref().map(again),
        end: run.end.as_ref().map(|end| match end.state {
            RunState::Aborted => LiveEnd::Stopped,
            RunState::Error => {
                let reason = end.error.clone();
                LiveEnd::Failed(reason.unwrap_or_else(|| "The agent could not answer.".to_owned()))
            }
            _ => LiveEnd::Done,
        }),
    }
}

/// What the gateway says of another attempt, or what is known of it.
fn again(retrying: &Retrying) -> String {
    let of = retrying.attempt.zip(retrying.of);
    let words = || match of {
        Some((attempt, of)) => {
            format!("The model did not answer. Trying again ({attempt} of {of}).")
        }
        None => "The model did not answer. Trying again.".to_owned(),
    };
    retrying.message.clone().unwrap_or_else(words)
}
