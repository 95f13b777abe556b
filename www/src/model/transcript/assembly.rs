//! What the gateway told and what waits to be sent, as one list of lines.

use std::sync::Arc;

use clawline_core::Table;

use super::{
    HistoryRow, LiveRun, OutboxEntry, Row, State, Told, entry_row_key, of_entry, run_row_key,
};
use crate::channel::Tick;
use crate::words::Words;

/// The lines of one conversation. It remembers the rows of the history: of ten
/// thousand that are told again, mostly one is new.
#[derive(Debug, Default)]
pub struct Transcript {
    /// The rows of the history, in order.
    known: Vec<Known>,
    /// The keys of messages and runs that a row of the history has.
    taken: Table<Arc<str>, ()>,
}

/// A row of the history, and what it was made of.
#[derive(Debug)]
struct Known {
    place: (u64, u32),
    run: Option<Box<str>>,
    stopped: bool,
    tick: Option<Tick>,
    row: Row,
}

impl Known {
    /// Whether the gateway tells the same again. Messages are never changed in
    /// place, and what else a row has comes with its message.
    fn is_still(&self, row: &HistoryRow<'_>) -> bool {
        self.place == row.place
            && Arc::ptr_eq(&self.row.message, &row.message)
            && self.run.as_deref() == row.run
            && self.stopped == row.stopped
            && self.tick == row.tick
    }
}

impl Transcript {
    /// Puts the three sources into one list. No two of its rows have one key.
    ///
    /// What the gateway told keeps its order. A message that is not in the history
    /// yet stands before the run that answers it; all others come last, in the
    /// order in which they were written.
    #[must_use]
    pub fn assemble(&mut self, told: &[Told<'_>], outbox: &[OutboxEntry]) -> Vec<Row> {
        self.take(told);
        let mut waiting: Vec<&OutboxEntry> = Vec::new();
        for entry in outbox {
            // One that goes from this tab to the one that sends is in both for a moment.
            let is_there = waiting.iter().any(|other| other.key == entry.key);
            if !is_there && !self.has(&entry.key) {
                waiting.push(entry);
            }
        }
        let mut rows = Vec::with_capacity(told.len() + waiting.len());
        let mut known = self.known.iter();
        for item in told {
            let Told::Run(run) = item else {
                rows.extend(known.next().map(|known| known.row.clone()));
                continue;
            };
            if let Some(at) = waiting.iter().position(|entry| entry.key == run.run_id) {
                rows.push(of_entry(waiting.remove(at)));
            }
            rows.extend(self.line_of(run));
        }
        rows.extend(waiting.into_iter().map(of_entry));
        rows
    }

    /// Whether the history has a message with this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.taken.get(&entry_row_key(key)).is_some()
    }

    /// Takes the rows of the history as they are now.
    fn take(&mut self, told: &[Told<'_>]) {
        let rows = told.iter().filter_map(|item| match item {
            Told::Row(row) => Some(row),
            Told::Run(_) => None,
        });
        // First what stays: what is gone frees its key for what is new.
        let mut before = std::mem::take(&mut self.known).into_iter().peekable();
        let mut kept = Vec::with_capacity(told.len());
        for row in rows {
            while let Some(gone) = before.next_if(|known| known.place < row.place) {
                self.taken.remove(&gone.row.key);
            }
            let known = before.next_if(|known| known.place == row.place);
            if let Some(other) = known.as_ref().filter(|known| !known.is_still(row)) {
                self.taken.remove(&other.row.key);
            }
            kept.push((row, known.filter(|known| known.is_still(row))));
        }
        for gone in before {
            self.taken.remove(&gone.row.key);
        }
        self.known = kept
            .into_iter()
            .map(|(row, known)| known.unwrap_or_else(|| self.line(row)))
            .collect();
    }

    fn line(&mut self, row: &HistoryRow<'_>) -> Known {
        let wanted = match (row.key, row.run) {
            (Some(key), _) => Some(entry_row_key(key)),
            (None, run) => run.map(run_row_key),
        };
        let key = wanted.filter(|key| self.taken.insert(Arc::clone(key), ()).is_none());
        // What was told since it was read counts.
        let tick = row.tick.as_ref().or(row.message.tick.as_ref());
        let reason = tick.and_then(|tick| tick.reason.as_deref());
        let (number, piece) = row.place;
        let key = key.unwrap_or_else(|| format!("row:{number}.{piece}").into());
        Known {
            place: row.place,
            run: row.run.map(Box::from),
            stopped: row.stopped,
            tick: row.tick.clone(),
            row: Row {
                key,
                seq: Some(number),
                who: row.who,
                state: tick.map_or(State::Confirmed, |tick| tick.state),
                message: Arc::clone(&row.message),
                live: false,
                entry: None,
                reason: row.message.error_message().or(reason).map(Words::said),
                note: None,
                stopped: row.stopped || row.message.was_stopped(),
            },
        }
    }

    /// One that has not said anything is no line yet.
    fn line_of(&self, run: &LiveRun) -> Option<Row> {
        let mut row = run.row()?;
        if self.taken.get(&row.key).is_some() {
            row.key = ["live:", &run.run_id].concat().into();
        }
        Some(row)
    }
}
