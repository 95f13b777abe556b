//! The chat and the outbox as the rows of the page's model.

use std::sync::Arc;

use clawline::RequestError;
use clawline::core::chat::{Chat as Fold, Item, Retrying, Role, Run, Shown};
use clawline::core::wire::RunState;
use clawline::core::{Entry, EntryState};
use leptos::prelude::{RwSignal, Set, WithUntracked};
use webchat_model::content::Message;
use webchat_model::recipient::OWNER;
use webchat_model::transcript::{
    HistoryRow, LiveEnd, LiveRun, OutboxEntry, State, Told, Who, reason_in_words,
};
use webchat_model::words::Words;

use super::{Inner, Older};
use crate::link::refusals;

impl Inner {
    /// Shows what has changed in the chat.
    pub(super) fn look(&self) {
        let is_drawn = self.drawn.get() == Some(self.chat.read(Fold::items_version));
        if is_drawn && self.rewrite() {
            self.say_how_it_goes();
        } else {
            self.show();
        }
    }

    /// The runs under way have said more, and nothing else is another.
    fn rewrite(&self) -> bool {
        let runs: Vec<LiveRun> = self
            .chat
            .read(|chat| chat.active_runs().map(live_run).collect());
        let mut rows = runs.iter().filter_map(LiveRun::row);
        rows.all(|row| self.sheet.rewrite(row))
    }

    /// Shows the chat as it stands.
    pub(super) fn show(&self) {
        let mut outbox = self.sent.borrow().clone();
        let own = self.own_entries();
        outbox.extend(own.map(|entry| self.outbox_entry(&entry)));
        let (rows, writing, older) = self.chat.read(|chat| {
            self.drawn.set(Some(chat.items_version()));
            let items = chat.items().map(|item| match item {
                Item::Row(shown) => Told::Row(self.history_row(&shown)),
                Item::Live(run) => Told::Run(live_run(run)),
            });
            let told: Vec<Told<'_>> = items.collect();
            let rows = self.transcript.borrow_mut().assemble(&told, &outbox);
            let writing: Vec<String> = chat.active_runs().map(|run| run.id.clone()).collect();
            (rows, writing, chat.older().is_some())
        });
        let transcript = self.transcript.borrow();
        let is_shown = |sent: &OutboxEntry| transcript.has(&sent.key);
        self.sent.borrow_mut().retain(|sent| !is_shown(sent));
        drop(transcript);
        let state = self.state;
        renew(state.running, !writing.is_empty());
        self.announce(writing);
        self.say_how_it_goes();
        let transcript = self
            .chat
            .read(|chat| chat.transcript().unwrap_or_default().to_owned());
        renew(state.transcript, transcript);
        self.sheet.show(rows);
        let older = if older { Older::Available } else { Older::None };
        renew(state.older, older);
    }

    /// Whether the history is there, or was refused: that may change alone.
    fn say_how_it_goes(&self) {
        renew(self.state.loaded, self.chat.is_loaded());
        renew(self.state.is_kept, self.chat.read(Fold::is_kept));
        renew(self.state.contact, self.recipient().name());
        // Anything else is repeated when the connection is back.
        let refusal = self
            .chat
            .error()
            .filter(|error| matches!(error, RequestError::Refused(_) | RequestError::Unreadable));
        if *self.refusal.borrow() != refusal {
            if let Some(error) = &refusal {
                self.say("conversation-failed", refusals::of_request(error));
            }
            self.refusal.replace(refusal);
        }
    }

    fn history_row<'a>(&self, shown: &Shown<'a, Arc<Message>>) -> HistoryRow<'a> {
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
        // OpenClaw's row of what the owner has sent to somebody.
        let is_assistants = facts.role == Role::Assistant;
        let run = facts.run.as_deref().filter(|_| is_assistants);
        let sent = run.filter(|run| run.starts_with(OWNER));
        HistoryRow {
            place,
            who: match facts.role {
                Role::User => Who::You,
                Role::Assistant if sent.is_some() => Who::You,
                Role::Assistant => Who::Assistant,
                // Why a run failed, in the place of its words.
                Role::Notice if facts.ends_run => Who::Assistant,
                Role::Tool => Who::Tool,
                Role::Notice => Who::System,
            },
            key: facts.key.as_deref().or(sent),
            run: shown.stands_for,
            message: full.unwrap_or_else(|| Arc::clone(&row.payload)),
            stopped: shown.stopped,
            tick: self.tick(facts.run.as_deref()),
        }
    }

    fn outbox_entry(&self, entry: &Entry) -> OutboxEntry {
        OutboxEntry {
            key: entry.key.as_str().to_owned(),
            message: self.own_message(entry),
            state: state_of(entry, self.is_ready.get()),
            reason: entry.reason.as_deref().map(reason_in_words),
        }
    }
}

/// How far an entry has come; `is_ready` tells whether there is a connection.
pub(super) fn state_of(entry: &Entry, is_ready: bool) -> State {
    match entry.state {
        EntryState::Queued => State::Queued,
        EntryState::Sending if is_ready => State::Sending,
        EntryState::Sending => State::Checking,
        EntryState::Accepted => State::Accepted,
        EntryState::Confirmed => State::Confirmed,
        EntryState::Parked => State::Parked,
        EntryState::Unconfirmed => State::Unconfirmed,
    }
}

/// Whoever follows a signal is told only of another value.
pub(super) fn renew<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, now: T) {
    if signal.with_untracked(|before| *before != now) {
        signal.set(now);
    }
}

pub(super) fn live_run(run: &Run<Arc<Message>>) -> LiveRun {
    LiveRun {
        run_id: run.id.clone(),
        message: run.live.clone(),
        retrying: run.retrying.as_ref().map(again),
        end: run.end.as_ref().map(|end| match end.state {
            RunState::Aborted => LiveEnd::Stopped,
            RunState::Error => {
                let reason = end.error.clone().map(Words::Said);
                LiveEnd::Failed(reason.unwrap_or_else(|| Words::of("agent-failed")))
            }
            _ => LiveEnd::Done,
        }),
    }
}

/// What the gateway says of another attempt, or what is known of it.
fn again(retrying: &Retrying) -> Words {
    let of = retrying.attempt.zip(retrying.of);
    let words = || match of {
        Some((attempt, of)) => Words::of("trying-again-counted")
            .with("attempt", attempt)
            .with("of", of),
        None => Words::of("trying-again"),
    };
    retrying.message.clone().map_or_else(words, Words::Said)
}
