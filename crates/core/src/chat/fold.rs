//! How a chat changes.

use super::{Change, Chat, Held, Page, Place, Row, RowFacts, Run, RunEnd};
use crate::wire::RunState;

/// Ended runs that are remembered.
const ENDED: usize = 256;
/// Runs that are shown at once. A gateway runs one a session, and queues.
const RUNS: usize = 64;

/// Applies one change.
pub fn fold<P>(chat: &mut Chat<P>, change: Change<P>) {
    chat.version += 1;
    match change {
        Change::Newest(page) => newest(chat, page),
        Change::Older(page) => {
            if page.session_id == chat.session_id {
                chat.older = page.older;
                insert_page(chat, page.rows);
            }
        }
        Change::Row(row) => arrived(chat, row),
        Change::Restarted => chat.restarted = chat.version,
        Change::Run {
            id,
            state,
            message,
            error,
        } => run(chat, id, state, message, error),
    }
}

fn newest<P>(chat: &mut Chat<P>, page: Page<P>) {
    let is_other = chat.session_id.is_some() && chat.session_id != page.session_id;
    let first = page.rows.iter().find_map(|row| row.facts.seq);
    let last_known = chat.rows.keys().next_back().map(|(seq, _)| *seq);
    // Rows older than the page stay if they reach up to it: the reader may
    // have paged back. With a hole between, they are asked for again.
    let touches = match (first, last_known) {
        (Some(first), Some(last)) => last >= first.saturating_sub(1),
        _ => false,
    };
    let kept_older =
        touches && first.is_some_and(|first| chat.rows.keys().any(|(seq, _)| *seq < first));
    let mut outdated = match first {
        Some(first) if touches && !is_other => chat.rows.split_off(&(first, 0)),
        _ => std::mem::take(&mut chat.rows),
    };
    if is_other || !kept_older {
        chat.older = page.older;
    }
    chat.session_id = page.session_id;
    insert_page(chat, page.rows);
    if !is_other {
        // What came while the page was on its way is newer than the page.
        let end = next_place(chat);
        outdated.retain(|place, held| held.since > page.asked && *place >= end);
        chat.rows.append(&mut outdated);
    }
    let asked = page.asked;
    chat.stale = chat.stale.filter(|since| *since > asked);
    let in_flight = page.in_flight;
    let restarted = chat.restarted;
    chat.runs.retain(|run| {
        run.touched > asked
            || in_flight.as_ref().is_some_and(|(id, _)| *id == run.id)
            || (page.waits && run.end.is_none() && run.touched > restarted)
    });
    settle(chat);
    if let Some((id, live)) = in_flight
        && !chat.ended.contains(&id)
    {
        let version = chat.version;
        match chat.runs.iter_mut().find(|run| run.id == id) {
            // A delta that came meanwhile is newer than the page.
            Some(run) if run.touched > asked => {}
            Some(run) => run.live = live.or(run.live.take()),
            None => chat.runs.push(Run {
                id,
                live,
                end: None,
                covered: false,
                touched: version,
            }),
        }
    }
}

fn insert_page<P>(chat: &mut Chat<P>, rows: Vec<Row<P>>) {
    let mut last: Option<(String, Place)> = None;
    let since = chat.version;
    for row in rows {
        let facts = &row.facts;
        let place = match (&last, facts.seq) {
            (Some((record, (seq, index))), _) if is_of(facts, record) => (*seq, index + 1),
            (_, Some(seq)) => (seq, 0),
            (Some((_, (seq, index))), None) => (*seq, index + 1),
            (None, None) => next_place(chat),
        };
        last = Some((facts.record.clone(), place));
        cover(&mut chat.runs, facts);
        chat.rows.insert(place, Held { row, since });
    }
}

fn next_place<P>(chat: &Chat<P>) -> Place {
    let last = chat.rows.keys().next_back();
    last.map_or((1, 0), |(seq, _)| (seq.saturating_add(1), 0))
}

/// The row may hold the last words of a run.
fn cover<P>(runs: &mut [Run<P>], facts: &RowFacts) {
    let run = facts.run.as_deref().filter(|_| facts.ends_run);
    if let Some(run) = runs.iter_mut().find(|known| Some(&*known.id) == run) {
        run.covered = true;
    }
}

fn is_of(facts: &RowFacts, record: &str) -> bool {
    !record.is_empty() && facts.record == record
}

fn arrived<P>(chat: &mut Chat<P>, row: Row<P>) {
    let mut known = chat
        .rows
        .iter()
        .rev()
        .filter(|(_, old)| is_of(&old.row.facts, &row.facts.record))
        .map(|(place, _)| *place);
    let (last_piece, other_piece) = (known.next(), known.next());
    let place = match (last_piece, row.facts.seq) {
        (Some(place), _) => place,
        (None, Some(seq)) => (seq, 0),
        (None, None) => next_place(chat),
    };
    // Some rows (tool results) are never announced: history has them.
    if place > next_place(chat) {
        chat.stale = Some(chat.version);
    }
    cover(&mut chat.runs, &row.facts);
    // History splits a record into pieces, an event carries one row, whole or
    // in part: once the pieces are there, it would repeat one of them.
    if other_piece.is_none() {
        let since = chat.version;
        chat.rows.insert(place, Held { row, since });
    }
    settle(chat);
}

fn run<P>(
    chat: &mut Chat<P>,
    id: String,
    state: RunState,
    message: Option<P>,
    error: Option<String>,
) {
    if chat.ended.contains(&id) {
        return;
    }
    let version = chat.version;
    let known = chat.runs.iter().position(|run| run.id == id);
    let index = known.unwrap_or_else(|| {
        let run = Run {
            id: id.clone(),
            live: None,
            end: None,
            covered: false,
            touched: version,
        };
        if chat.runs.len() >= RUNS {
            chat.runs.remove(0);
        }
        chat.runs.push(run);
        chat.runs.len() - 1
    });
    let Some(run) = chat.runs.get_mut(index) else {
        return;
    };
    run.touched = version;
    let has_message = message.is_some();
    if has_message && !state.is_terminal() {
        // A message was steered into it: its last row was not the last.
        run.covered = false;
    }
    run.live = message.or(run.live.take());
    if !state.is_terminal() {
        return;
    }
    run.end = Some(RunEnd { state, error });
    chat.ended.push_back(id);
    if chat.ended.len() > ENDED {
        chat.ended.pop_front();
    }
    // Ended without words (a steered or queued message), or before its row
    // came: only history knows what stands in the transcript.
    if !has_message || !run.covered {
        chat.stale = Some(version);
    }
    run.covered |= run.live.is_none() && state != RunState::Error;
    settle(chat);
}

/// Runs that ended and whose rows are there need nothing more.
fn settle<P>(chat: &mut Chat<P>) {
    chat.runs.retain(|run| run.end.is_none() || !run.covered);
}
