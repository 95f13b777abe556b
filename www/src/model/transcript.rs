//! The lines of a conversation, in the order in which they are drawn.
//!
//! Three sources become one list: the rows of the gateway's history, the runs
//! that are still answering, and the outbox. A message is drawn once: as soon
//! as the gateway shows a row with its key, the outbox entry steps back.

mod assembly;

use std::sync::Arc;

use super::channel::Tick;
use super::content::Message;
pub use super::state::{State, reason_in_words};
use super::words::Words;
pub use assembly::Transcript;

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The person at this page, or at another one of the same owner.
    You,
    /// The agent.
    Assistant,
    /// A tool's result.
    Tool,
    /// The gateway itself.
    System,
    /// Nobody: a line between what was read and what is new.
    Divider,
}

/// A row of the gateway's history.
#[derive(Debug, Clone)]
pub struct HistoryRow<'a> {
    /// Where it stands, the same over reloads: the gateway's number of its record,
    /// and which piece of that it is. No two rows of a conversation share it.
    pub place: (u64, u32),
    /// Who says it.
    pub who: Who,
    /// The key of the outbox entry that became this row, for a person's words.
    pub key: Option<&'a str>,
    /// The run whose line this row takes over.
    pub run: Option<&'a str>,
    /// What it says.
    pub message: Arc<Message>,
    /// Another row says that somebody stopped it.
    pub stopped: bool,
    /// How far it has come since it was read.
    pub tick: Option<Tick>,
}

/// A run that answers, or has answered and stands in no row yet.
#[derive(Debug, Clone)]
pub struct LiveRun {
    /// The run's id; equals the key of the message it answers, if we sent it.
    pub run_id: String,
    /// The text so far; `None` while the agent prepares.
    pub message: Option<Arc<Message>>,
    /// It is tried again.
    pub retrying: Option<Words>,
    /// How it ended; `None` while it goes on.
    pub end: Option<LiveEnd>,
}

impl LiveRun {
    /// The line of a run that writes; `None` while it has not said anything.
    #[must_use]
    pub fn row(&self) -> Option<Row> {
        let is_seen = self.message.is_some()
            || self.retrying.is_some()
            || matches!(self.end, Some(LiveEnd::Failed(_)));
        is_seen.then(|| of_run(self, run_row_key(&self.run_id)))
    }
}

/// What the gateway told, in the order in which it stands.
#[derive(Debug, Clone)]
pub enum Told<'a> {
    /// A row of the history.
    Row(HistoryRow<'a>),
    /// A run without one.
    Run(LiveRun),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEnd {
    /// It said what it had to say.
    Done,
    /// Somebody stopped it.
    Stopped,
    /// It failed, for this reason.
    Failed(Words),
}

/// A message of the outbox that is not in the history yet.
#[derive(Debug, Clone)]
pub struct OutboxEntry {
    /// Its idempotency key.
    pub key: String,
    /// What the person wrote.
    pub message: Arc<Message>,
    /// How far it has come.
    pub state: State,
    /// Why it waits or was refused.
    pub reason: Option<Words>,
}

/// One line as the page draws it.
#[derive(Debug, Clone)]
pub struct Row {
    /// Unique, and the same from the outbox through to the history.
    pub key: Arc<str>,
    /// The gateway's number of its record, for a row of the history.
    pub seq: Option<u64>,
    /// Who says it.
    pub who: Who,
    /// How far it has come.
    pub state: State,
    /// What it says.
    pub message: Arc<Message>,
    /// Whether it is still growing.
    pub live: bool,
    /// The outbox entry behind it, for its buttons.
    pub entry: Option<String>,
    /// Why it waits, was refused or failed.
    pub reason: Option<Words>,
    /// What it waits for, when that is nothing bad.
    pub note: Option<Words>,
    /// Somebody stopped it.
    pub stopped: bool,
}

impl PartialEq for Row {
    // Messages are never changed in place, so the same allocation is the same
    // message; comparing long texts at each delta would be for nothing.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.message, &other.message)
            && self.key == other.key
            && self.seq == other.seq
            && self.who == other.who
            && self.state == other.state
            && self.live == other.live
            && self.entry == other.entry
            && self.reason == other.reason
            && self.note == other.note
            && self.stopped == other.stopped
    }
}

impl Row {
    /// The line before the first unread row.
    #[must_use]
    pub fn divider() -> Self {
        Self {
            key: super::unread::DIVIDER.into(),
            seq: None,
            who: Who::Divider,
            state: State::Confirmed,
            message: Arc::default(),
            live: false,
            entry: None,
            reason: None,
            note: None,
            stopped: false,
        }
    }

    /// The accessible name of the line; `time` is already in the reader's words.
    #[must_use]
    pub fn accessible_name(&self, time: Option<String>) -> Words {
        let who = match self.who {
            Who::You => {
                let speaker = self.message.speaker.as_deref();
                speaker.map_or(Words::of("who-you"), Words::said)
            }
            Who::Assistant => Words::of("who-assistant"),
            Who::Tool => Words::of("who-tool"),
            Who::System => Words::of("who-system"),
            Who::Divider => Words::of("new-messages"),
        };
        let state = match self.live {
            true => Some(Words::of("who-writing")),
            false => self.state.words(),
        };
        let more = time.map(Words::Said).into_iter().chain(state);
        more.fold(who, Words::and)
    }
}

fn of_run(run: &LiveRun, key: Arc<str>) -> Row {
    let reason = match &run.end {
        Some(LiveEnd::Failed(reason)) => Some(reason.clone()),
        _ => None,
    };
    Row {
        key,
        seq: None,
        who: Who::Assistant,
        state: if run.end.is_some() {
            State::Confirmed
        } else {
            State::Accepted
        },
        message: run.message.clone().unwrap_or_default(),
        live: run.end.is_none(),
        entry: None,
        reason,
        note: run.retrying.clone(),
        stopped: run.end == Some(LiveEnd::Stopped),
    }
}

fn of_entry(entry: &OutboxEntry) -> Row {
    Row {
        key: entry_row_key(&entry.key),
        seq: None,
        who: Who::You,
        state: entry.state,
        message: Arc::clone(&entry.message),
        live: false,
        entry: Some(entry.key.clone()),
        reason: entry.reason.clone(),
        note: None,
        stopped: false,
    }
}

fn entry_row_key(key: &str) -> Arc<str> {
    ["key:", key].concat().into()
}

/// The row that a run becomes keeps the element of its live text.
fn run_row_key(run: &str) -> Arc<str> {
    ["run:", run].concat().into()
}

#[cfg(test)]
mod tests;
