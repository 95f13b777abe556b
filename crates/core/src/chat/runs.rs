//! The runs of a chat that are under way, or have ended and have no row.

use std::collections::VecDeque;

use super::rows::Rows;
use super::{Page, Place, Retrying, Role, RowFacts, Run, RunEnd};
use crate::wire::RunState;

/// Ended runs that are remembered.
const ENDED: usize = 256;
/// Runs that are held at once. A gateway runs one a session, and queues.
const MOST: usize = 64;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Runs<P> {
    held: Vec<Run<P>>,
    /// Runs that ended, so that late frames do not revive them.
    ended: VecDeque<Ended>,
}

#[derive(Debug, Clone)]
struct Ended {
    run: String,
    how: HowEnded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HowEnded {
    /// Words that follow withdraw the error.
    Failed,
    /// Stopped before it said anything. A gateway says so too of an answer that
    /// was empty, and then why.
    Unsaid,
    ForGood,
}

impl<P> Default for Runs<P> {
    fn default() -> Self {
        Self {
            held: Vec::new(),
            ended: VecDeque::new(),
        }
    }
}

impl<P> Run<P> {
    /// Behind which row it stands once it has ended: the message that began it,
    /// or the last one there was.
    pub(super) fn place(&self) -> Option<Place> {
        self.asked.or(self.after)
    }

    /// This row says all that is to be said of it.
    fn is_told_by(&self, row: &RowFacts) -> bool {
        let failed = |end: &RunEnd| end.state == RunState::Error;
        match row.bare_end {
            None => true,
            Some(RunState::Error) => self.live.is_none(),
            Some(_) => self.live.is_none() && !self.end.as_ref().is_some_and(failed),
        }
    }
}

impl<P> Runs<P> {
    pub(super) fn as_slice(&self) -> &[Run<P>] {
        &self.held
    }

    /// This run is under way, and what it says is shown already.
    pub(super) fn writes(&self, id: &str) -> bool {
        let mut runs = self.held.iter();
        runs.any(|run| run.id == id && run.end.is_none() && run.live.is_some())
    }

    /// The session began anew: what runs and has not said anything may belong
    /// to the new one.
    pub(super) fn begin_anew(&mut self) {
        self.held
            .retain(|run| run.end.is_none() && run.live.is_none());
        for run in &mut self.held {
            run.asked = None;
        }
    }

    /// A row came. It may hold the last words of a run, or be the message that
    /// began it.
    pub(super) fn see(&mut self, facts: &RowFacts, place: Place) {
        for run in &mut self.held {
            if facts.key.as_deref() == Some(&run.id) {
                run.asked = Some(place);
            }
            if facts.ends_run && facts.run.as_deref() == Some(&run.id) {
                run.covered |= run.is_told_by(facts);
            }
        }
    }

    /// Runs that ended and whose rows are there need nothing more.
    pub(super) fn settle(&mut self) {
        self.held.retain(|run| run.end.is_none() || !run.covered);
    }

    /// A run goes on or ends. Answers whether only history knows what stands in
    /// the transcript.
    pub(super) fn change(
        &mut self,
        rows: &Rows<P>,
        version: u64,
        id: String,
        state: RunState,
        message: Option<P>,
        error: Option<String>,
    ) -> bool {
        let has_message = message.is_some();
        if let Some(at) = self.ended.iter().position(|ended| ended.run == id) {
            let goes_on = self.ended.get(at).is_some_and(|ended| match ended.how {
                HowEnded::Failed => {
                    has_message && matches!(state, RunState::Delta | RunState::Final)
                }
                HowEnded::Unsaid => state == RunState::Error,
                HowEnded::ForGood => false,
            });
            if !goes_on {
                return false;
            }
            self.ended.remove(at);
        }
        let Some(run) = self.known_or_new(rows, version, &id) else {
            return false;
        };
        run.touched = version;
        run.end = None;
        if has_message || state.is_terminal() {
            run.retrying = None;
        }
        if has_message && !state.is_terminal() {
            // A message was steered into it: its last row was not the last.
            run.covered = false;
        }
        run.live = message.or(run.live.take());
        if !state.is_terminal() {
            return state == RunState::Delta && !has_message;
        }
        // Ended without words (a steered or queued message), or before its row
        // came.
        let is_unclear = !has_message || !run.covered;
        let failed = state == RunState::Error;
        run.after = rows.last();
        run.end = Some(RunEnd { state, error });
        run.covered |= if failed {
            rows.end_of(&id).is_some_and(|row| run.is_told_by(row))
        } else {
            run.live.is_none()
        };
        let how = match state {
            RunState::Error => HowEnded::Failed,
            RunState::Aborted if run.live.is_none() => HowEnded::Unsaid,
            _ => HowEnded::ForGood,
        };
        self.ended.push_back(Ended { run: id, how });
        if self.ended.len() > ENDED {
            self.ended.pop_front();
        }
        self.settle();
        is_unclear
    }

    /// The gateway tries a run again.
    pub(super) fn retry(&mut self, rows: &Rows<P>, version: u64, id: &str, retrying: Retrying) {
        if self.ended.iter().any(|ended| ended.run == id) {
            return;
        }
        if let Some(run) = self.known_or_new(rows, version, id) {
            run.touched = version;
            run.retrying = Some(retrying);
        }
    }

    fn known_or_new(&mut self, rows: &Rows<P>, version: u64, id: &str) -> Option<&mut Run<P>> {
        let known = self.held.iter().position(|run| run.id == id);
        let index = known.unwrap_or_else(|| {
            if self.held.len() >= MOST {
                // One that has ended is the least to lose.
                let oldest = self.held.iter().position(|run| run.end.is_some());
                self.held.remove(oldest.unwrap_or_default());
            }
            self.held.push(Run {
                id: id.to_owned(),
                live: None,
                retrying: None,
                end: None,
                covered: false,
                touched: version,
                asked: rows.near_key(id),
                after: None,
            });
            self.held.len() - 1
        });
        self.held.get_mut(index)
    }

    /// The newest page of history says which runs go on, and what stands in the
    /// transcript of those that do not.
    pub(super) fn learn(&mut self, page: &Page<P>, restarted: u64) {
        let asked = page.asked;
        let in_flight = page.in_flight.as_ref().map(|(id, _)| id.as_str());
        let waits = page.waits;
        let rows = &page.rows;
        let row_of = |run: &Run<P>| {
            let facts = rows.iter().rev().map(|row| &row.facts);
            let mut answers =
                facts.filter(|facts| facts.role == Role::Assistant && facts.bare_end.is_none());
            answers.find(|facts| facts.run.as_deref() == Some(&run.id))
        };
        self.held.retain_mut(|run| {
            if run.touched > asked || in_flight == Some(&run.id) {
                return true;
            }
            let Some(end) = &run.end else {
                // It names one run. Another one may be what streams.
                let may_go_on =
                    || in_flight.is_some() && row_of(run).is_none_or(|row| !row.ends_run);
                return run.touched > restarted && (waits || may_go_on());
            };
            // What it said stands in rows; why it failed may stand nowhere.
            let is_written = row_of(run).is_some();
            if is_written {
                run.live = None;
            }
            !is_written || (end.state == RunState::Error && !run.covered)
        });
    }

    /// The run that history found under way.
    pub(super) fn adopt(
        &mut self,
        rows: &Rows<P>,
        version: u64,
        asked: u64,
        id: &str,
        live: Option<P>,
    ) {
        if self.ended.iter().any(|ended| ended.run == id) {
            return;
        }
        if let Some(run) = self.known_or_new(rows, version, id) {
            // A delta that came meanwhile is newer than the page.
            let is_newer = run.touched > asked && run.touched < version;
            if !is_newer {
                run.live = live.or(run.live.take());
            }
        }
    }

    /// Runs that ended before any row was known stand behind these.
    pub(super) fn place_behind(&mut self, last: Option<Place>) {
        for run in &mut self.held {
            if run.end.is_some() && run.place().is_none() {
                run.after = last;
            }
        }
    }

    /// Ended runs that stand before the first row that is known are where
    /// history has more to tell.
    pub(super) fn forget_before(&mut self, first: Place) {
        self.held
            .retain(|run| run.end.is_none() || run.place() >= Some(first));
    }
}
