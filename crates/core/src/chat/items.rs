//! What a chat shows, in order.

use super::{Chat, Place, Role, Row, Run};
use crate::wire::RunState;

/// One thing to show.
#[derive(Debug)]
pub enum Item<'a, P> {
    /// A row of the transcript.
    Row(Shown<'a, P>),
    /// What a run has said and no row holds yet.
    Live(&'a Run<P>),
}

/// A row as it is shown.
#[derive(Debug)]
pub struct Shown<'a, P> {
    /// Where it stands.
    pub place: Place,
    /// The row.
    pub row: &'a Row<P>,
    /// The run whose item this row takes over: it is the same thing to see.
    pub stands_for: Option<&'a str>,
    /// A row that is not shown says that these words were broken off.
    pub stopped: bool,
}

impl<P> Chat<P> {
    /// What to show: rows in the gateway's order, runs that ended without one
    /// where they ended, and the live text behind all of them.
    pub fn items(&self) -> impl Iterator<Item = Item<'_, P>> {
        let runs = self.runs.as_slice();
        let mut ended: Vec<&Run<P>> = runs.iter().filter(|run| run.end.is_some()).collect();
        ended.sort_by_key(|run| run.place());
        let mut ended = ended.into_iter().peekable();
        let mut items = Vec::new();
        for (place, held) in self.rows.iter() {
            let row = &held.row;
            let says_nothing = row.facts.bare_end == Some(RunState::Final);
            if row.facts.hidden || says_nothing || self.is_said_live(row) {
                continue;
            }
            while let Some(run) = ended.next_if(|run| run.place() < Some(place)) {
                items.push(Item::Live(run));
            }
            let takes_over = |run: &&str| runs.iter().all(|known| known.id != **run);
            let run = row.facts.run.as_deref().filter(|_| held.is_last_of_run);
            let shown = Shown {
                place,
                row,
                stands_for: run.filter(takes_over),
                stopped: false,
            };
            push(&mut items, shown);
        }
        items.extend(ended.map(Item::Live));
        let active = runs.iter().filter(|run| run.end.is_none());
        items.into_iter().chain(active.map(Item::Live))
    }

    /// The pieces of a run are shown as its live text until it has ended and
    /// its last row is there: that text holds them all.
    fn is_said_live(&self, row: &Row<P>) -> bool {
        let is_its_run = |run: &Run<P>| row.facts.run.as_deref() == Some(&run.id);
        row.facts.role == Role::Assistant
            && self
                .runs
                .as_slice()
                .iter()
                .any(|run| run.live.is_some() && is_its_run(run))
    }
}

/// Some gateways write down that an answer was broken off in a row of its own,
/// beside the one with its words: both are one thing to see.
fn push<'a, P>(items: &mut Vec<Item<'a, P>>, mut shown: Shown<'a, P>) {
    if let Some(Item::Row(before)) = items.last_mut()
        && is_one_answer(before, &shown)
    {
        if is_stop(&shown) {
            before.stopped = true;
            before.stands_for = before.stands_for.or(shown.stands_for);
            return;
        }
        if is_stop(before) {
            shown.stopped = true;
            shown.stands_for = shown.stands_for.or(before.stands_for);
            *before = shown;
            return;
        }
    }
    items.push(Item::Row(shown));
}

fn is_stop<P>(shown: &Shown<'_, P>) -> bool {
    shown.row.facts.bare_end == Some(RunState::Aborted)
}

fn is_one_answer<P>(one: &Shown<'_, P>, other: &Shown<'_, P>) -> bool {
    let (one, other) = (&one.row.facts, &other.row.facts);
    let is_same_run = match (&one.run, &other.run) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    one.role == Role::Assistant && other.role == Role::Assistant && is_same_run
}
