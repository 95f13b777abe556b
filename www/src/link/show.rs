//! The chat and the outbox as the rows of the page's model.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clawline::RequestError;
use clawline::core::chat::{Item, Place, Role, Row, Run};
use clawline::core::wire::RunState;
use clawline::core::{Entry, EntryState};
use leptos::prelude::{GetUntracked, Set, set_timeout};
use webchat_model::announcement;
use webchat_model::content::Message;
use webchat_model::transcript::{
    HistoryRow, LiveEnd, LiveRun, OutboxEntry, State, Who, assemble, reason_in_words,
};

use super::Inner;
use crate::page::Older;

impl Inner {
    /// Shows the chat as it stands.
    pub(super) fn show(self: &Rc<Self>) {
        if self.closed.get() {
            return;
        }
        let (history, live, older) = self.chat.read(|chat| {
            let mut history = Vec::new();
            let mut live = Vec::new();
            for item in chat.items() {
                match item {
                    Item::Row(place, row) => history.push(self.history_row(place, row)),
                    Item::Live(run) => live.push(live_run(run)),
                }
            }
            (history, live, chat.older().is_some())
        });
        let outbox: Vec<OutboxEntry> = self
            .own_entries()
            .map(|entry| self.outbox_entry(&entry))
            .collect();
        let page = self.page;
        page.running.set(live.iter().any(|run| run.end.is_none()));
        self.announce(&live);
        let is_loaded = self.chat.is_loaded();
        if page.loaded.get_untracked() != is_loaded {
            page.loaded.set(is_loaded);
        }
        page.show_rows(assemble(&history, &live, &outbox));
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

    fn history_row(&self, place: Place, row: &Row<Arc<Message>>) -> HistoryRow {
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
            run: facts.run.clone().filter(|_| facts.ends_run),
            message: full.unwrap_or_else(|| Arc::clone(&row.payload)),
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

    /// Says once what has just been said to its end.
    fn announce(self: &Rc<Self>, live: &[LiveRun]) {
        let now: Vec<String> = live
            .iter()
            .filter(|run| run.end.is_none())
            .map(|run| run.run_id.clone())
            .collect();
        let before = self.writing.replace(now.clone());
        if before.iter().all(|run| now.contains(run)) {
            return;
        }
        let last = self.chat.read(|chat| {
            let mut said = None;
            for item in chat.items() {
                said = match item {
                    Item::Row(_, row) if row.facts.role == Role::Assistant => {
                        Some(row.payload.text())
                    }
                    Item::Live(run) => run.live.as_ref().map(|message| message.text()),
                    Item::Row(..) => said,
                };
            }
            said
        });
        if let Some(text) = last.filter(|text| !text.is_empty()) {
            let page = self.page;
            page.announcement.set(announcement::for_reply(&text));
            // It has been said; found by reading on, it would be said twice.
            set_timeout(
                move || page.announcement.set(String::new()),
                Duration::from_secs(1),
            );
        }
    }
}

fn live_run(run: &Run<Arc<Message>>) -> LiveRun {
    LiveRun {
        run_id: run.id.clone(),
        message: run.live.clone(),
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
