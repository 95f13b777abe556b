//! The lines of a conversation, in the order in which they are drawn.
//!
//! Three sources become one list: the rows of the gateway's history, the runs
//! that are still answering, and the outbox. A message is drawn once: as soon
//! as the gateway shows a row with its key, the outbox entry steps back.

use std::sync::Arc;

use super::content::Message;
pub use super::state::{State, reason_in_words};

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
pub struct HistoryRow {
    /// Unique in the conversation, the same over reloads.
    pub id: String,
    /// Who says it.
    pub who: Who,
    /// The key of the outbox entry that became this row, for a person's words.
    pub key: Option<String>,
    /// The run whose line this row takes over.
    pub run: Option<String>,
    /// What it says.
    pub message: Arc<Message>,
    /// Another row says that somebody stopped it.
    pub stopped: bool,
}

/// A run that answers, or has answered and stands in no row yet.
#[derive(Debug, Clone)]
pub struct LiveRun {
    /// The run's id; equals the key of the message it answers, if we sent it.
    pub run_id: String,
    /// The text so far; `None` while the agent prepares.
    pub message: Option<Arc<Message>>,
    /// It is tried again, in words.
    pub retrying: Option<String>,
    /// How it ended; `None` while it goes on.
    pub end: Option<LiveEnd>,
}

/// What the gateway told, in the order in which it stands.
#[derive(Debug, Clone)]
pub enum Told {
    /// A row of the history.
    Row(HistoryRow),
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
    Failed(String),
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
    pub reason: Option<String>,
}

/// One line as the page draws it.
#[derive(Debug, Clone)]
pub struct Row {
    /// Unique, and the same from the outbox through to the history.
    pub key: String,
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
    pub reason: Option<String>,
    /// What it waits for, when that is nothing bad.
    pub note: Option<String>,
    /// Somebody stopped it.
    pub stopped: bool,
}

impl PartialEq for Row {
    // Messages are never changed in place, so the same allocation is the same
    // message; comparing long texts at each delta would be for nothing.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.message, &other.message)
            && self.key == other.key
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
            key: super::unread::DIVIDER.to_owned(),
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
    pub fn accessible_name(&self, time: Option<&str>) -> String {
        let mut name = match self.who {
            Who::You => "You",
            Who::Assistant => "Assistant",
            Who::Tool => "Tool",
            Who::System => "System",
            Who::Divider => "New messages",
        }
        .to_owned();
        if let Some(time) = time {
            name.push_str(", ");
            name.push_str(time);
        }
        if self.live {
            name.push_str(", writing");
        } else if let (Who::You, Some(words)) = (self.who, self.state.words()) {
            name.push_str(", ");
            name.push_str(words.trim_end_matches('…'));
        }
        name
    }
}

/// Puts the three sources into one list. No two of its rows have one key.
///
/// What the gateway told keeps its order. A message that is not in the history
/// yet stands before the run that answers it; all others come last, in the
/// order in which they were written.
#[must_use]
pub fn assemble(told: &[Told], outbox: &[OutboxEntry]) -> Vec<Row> {
    let mut there = Keys::default();
    for item in told {
        if let Told::Row(row) = item
            && let Some(key) = &row.key
        {
            there.insert(entry_row_key(key));
        }
    }
    let mut waiting: Vec<&OutboxEntry> = outbox
        .iter()
        // One that goes from this tab to the one that sends is in both for a moment.
        .filter(|entry| there.insert(entry_row_key(&entry.key)))
        .collect();
    let mut taken = Keys::default();
    let mut rows = Vec::with_capacity(told.len() + waiting.len());
    for item in told {
        let run = match item {
            Told::Row(row) => {
                rows.push(of_history(row, &mut taken));
                continue;
            }
            Told::Run(run) => run,
        };
        if let Some(at) = waiting.iter().position(|entry| entry.key == run.run_id) {
            rows.push(of_entry(waiting.remove(at)));
        }
        // One that has not said anything is no line yet.
        let is_seen = run.message.is_some()
            || run.retrying.is_some()
            || matches!(run.end, Some(LiveEnd::Failed(_)));
        if is_seen {
            rows.push(of_run(run, &mut taken));
        }
    }
    rows.extend(waiting.into_iter().map(of_entry));
    rows
}

/// The keys that are taken, sorted: a hash set weighs more than all of this file.
#[derive(Default)]
struct Keys(Vec<String>);

impl Keys {
    /// False when it is there already.
    fn insert(&mut self, key: String) -> bool {
        match self.0.binary_search(&key) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, key);
                true
            }
        }
    }
}

fn of_history(row: &HistoryRow, taken: &mut Keys) -> Row {
    let wanted = match (&row.key, &row.run) {
        (Some(key), _) => entry_row_key(key),
        (None, Some(run)) => run_row_key(run),
        (None, None) => format!("row:{}", row.id),
    };
    let key = if taken.insert(wanted.clone()) {
        wanted
    } else {
        format!("row:{}", row.id)
    };
    Row {
        key,
        who: row.who,
        state: State::Confirmed,
        message: Arc::clone(&row.message),
        live: false,
        entry: None,
        reason: row.message.error_message().map(str::to_owned),
        note: None,
        stopped: row.stopped || row.message.was_stopped(),
    }
}

fn of_run(run: &LiveRun, taken: &mut Keys) -> Row {
    let wanted = run_row_key(&run.run_id);
    let key = if taken.insert(wanted.clone()) {
        wanted
    } else {
        format!("live:{}", run.run_id)
    };
    let reason = match &run.end {
        Some(LiveEnd::Failed(reason)) => Some(reason.clone()),
        _ => None,
    };
    Row {
        key,
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

fn entry_row_key(key: &str) -> String {
    format!("key:{key}")
}

/// The row that a run becomes keeps the element of its live text.
fn run_row_key(run: &str) -> String {
    format!("run:{run}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Arc<Message> {
        Arc::new(Message::from_text(text))
    }

    fn history(id: &str, who: Who, key: Option<&str>) -> HistoryRow {
        HistoryRow {
            id: id.into(),
            who,
            key: key.map(str::to_owned),
            run: None,
            message: said(id),
            stopped: false,
        }
    }

    fn assemble(history: &[HistoryRow], live: &[LiveRun], outbox: &[OutboxEntry]) -> Vec<Row> {
        let rows = history.iter().cloned().map(Told::Row);
        let told: Vec<Told> = rows.chain(live.iter().cloned().map(Told::Run)).collect();
        super::assemble(&told, outbox)
    }

    fn entry(key: &str, state: State) -> OutboxEntry {
        OutboxEntry {
            key: key.into(),
            message: said(key),
            state,
            reason: None,
        }
    }

    fn run(id: &str) -> LiveRun {
        LiveRun {
            run_id: id.into(),
            message: Some(said("…")),
            retrying: None,
            end: None,
        }
    }

    fn keys(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.key.as_str()).collect()
    }

    #[test]
    fn a_message_is_drawn_once_and_keeps_its_place_when_the_gateway_shows_it() {
        let before = assemble(&[], &[], &[entry("a", State::Accepted)]);
        let after = assemble(
            &[history("1", Who::You, Some("a"))],
            &[],
            &[entry("a", State::Accepted)],
        );
        assert_eq!(keys(&before), keys(&after));
        assert_eq!(after.first().map(|row| row.state), Some(State::Confirmed));
    }

    #[test]
    fn a_message_that_two_tabs_tell_of_is_drawn_once() {
        let rows = assemble(
            &[],
            &[],
            &[
                entry("a", State::Queued),
                entry("b", State::Queued),
                entry("a", State::Queued),
            ],
        );
        assert_eq!(keys(&rows), ["key:a", "key:b"]);
    }

    #[test]
    fn a_question_stands_before_its_answer_and_later_ones_after_it() {
        let rows = assemble(
            &[history("1", Who::Assistant, None)],
            &[run("a")],
            &[
                entry("b", State::Queued),
                entry("a", State::Accepted),
                entry("c", State::Queued),
            ],
        );
        assert_eq!(keys(&rows), ["row:1", "key:a", "run:a", "key:b", "key:c"]);
    }

    #[test]
    fn names_begin_with_the_speaker_and_say_what_waits() {
        let rows = assemble(
            &[history("1", Who::Assistant, None)],
            &[run("a")],
            &[entry("b", State::Queued)],
        );
        let names: Vec<_> = rows
            .iter()
            .map(|row| row.accessible_name(Some("12:31")))
            .collect();
        assert_eq!(
            names,
            [
                "Assistant, 12:31",
                "Assistant, 12:31, writing",
                "You, 12:31, Waiting to be sent"
            ]
        );
    }

    #[test]
    fn a_reply_keeps_its_element_when_the_history_shows_it() {
        let before = assemble(&[], &[run("a")], &[]);
        let mut row = history("9", Who::Assistant, None);
        row.run = Some("a".into());
        let after = assemble(&[row, history("10", Who::Assistant, None)], &[], &[]);
        assert_eq!(keys(&before), ["run:a"]);
        assert_eq!(keys(&after), ["run:a", "row:10"]);
    }

    #[test]
    fn a_run_that_ended_without_a_row_keeps_its_place() {
        let mut failed = run("a");
        failed.end = Some(LiveEnd::Failed("No model.".into()));
        let told = [
            Told::Row(history("1", Who::You, Some("a"))),
            Told::Run(failed),
            Told::Row(history("2", Who::You, Some("b"))),
        ];
        let rows = super::assemble(&told, &[entry("b", State::Accepted)]);
        assert_eq!(keys(&rows), ["key:a", "run:a", "key:b"]);
    }

    #[test]
    fn a_run_that_is_tried_again_is_a_line_that_says_so() {
        let mut silent = run("a");
        silent.message = None;
        silent.retrying = Some("Trying again (2 of 8).".into());
        let rows = assemble(&[], &[silent], &[]);
        assert_eq!(keys(&rows), ["run:a"]);
        let row = &rows[0];
        assert_eq!(row.note.as_deref(), Some("Trying again (2 of 8)."));
        assert!(row.live && row.reason.is_none());
    }

    #[test]
    fn a_row_that_another_one_calls_stopped_is_stopped() {
        let mut row = history("1", Who::Assistant, None);
        row.stopped = true;
        assert!(assemble(&[row], &[], &[])[0].stopped);
    }

    #[test]
    fn a_run_that_has_not_said_anything_is_no_line() {
        let mut silent = run("a");
        silent.message = None;
        assert_eq!(
            keys(&assemble(
                &[],
                &[silent.clone()],
                &[entry("a", State::Accepted)]
            )),
            ["key:a"]
        );
        silent.end = Some(LiveEnd::Stopped);
        assert!(assemble(&[], &[silent], &[]).is_empty());
    }

    #[test]
    fn a_failed_run_says_why_and_no_longer_writes() {
        let mut failed = run("a");
        failed.end = Some(LiveEnd::Failed("No model.".into()));
        let rows = assemble(&[], &[failed], &[]);
        assert!(
            rows.iter()
                .all(|row| !row.live && row.reason.as_deref() == Some("No model."))
        );
    }
}
