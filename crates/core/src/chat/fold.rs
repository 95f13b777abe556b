//! How a chat changes.

use super::{Change, Chat, Page, Place, Row, Run, RunEnd};
use crate::wire::RunState;

/// Ended runs that are remembered.
const ENDED: usize = 256;

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
    if is_other || !touches {
        chat.rows.clear();
        chat.older = page.older;
    } else if let Some(first) = first {
        let kept_older = chat.rows.keys().next().is_some_and(|(seq, _)| *seq < first);
        chat.rows.split_off(&(first, 0));
        if !kept_older {
            chat.older = page.older;
        }
    }
    chat.session_id = page.session_id;
    insert_page(chat, page.rows);
    chat.stale = false;
    let asked = page.asked;
    let in_flight = page.in_flight;
    chat.runs.retain(|run| {
        run.touched > asked || in_flight.as_ref().is_some_and(|(id, _)| *id == run.id)
    });
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
    for row in rows {
        let place = match (&last, row.facts.seq) {
            (Some((record, (seq, index))), _) if *record == row.facts.record => (*seq, index + 1),
            (_, Some(seq)) => (seq, 0),
            (Some((_, (seq, index))), None) => (*seq, index + 1),
            (None, None) => next_place(chat),
        };
        last = Some((row.facts.record.clone(), place));
        chat.rows.insert(place, row);
    }
}

fn next_place<P>(chat: &Chat<P>) -> Place {
    chat.rows
        .keys()
        .next_back()
        .map_or((1, 0), |(seq, _)| (seq + 1, 0))
}

fn arrived<P>(chat: &mut Chat<P>, row: Row<P>) {
    let known = chat
        .rows
        .iter()
        .rev()
        .find(|(_, old)| old.facts.record == row.facts.record);
    let place = match (known, row.facts.seq) {
        (Some((place, _)), _) => *place,
        (None, Some(seq)) => (seq, 0),
        (None, None) => next_place(chat),
    };
    // Some rows (tool results) are never announced: history has them.
    let last = chat.rows.keys().next_back().map_or(0, |(seq, _)| *seq);
    if place.0 > last + 1 {
        chat.stale = true;
    }
    if row.facts.ends_run
        && let Some(id) = row.facts.run.as_deref()
        && let Some(run) = chat.runs.iter_mut().find(|run| run.id == id)
    {
        run.covered = true;
    }
    chat.rows.insert(place, row);
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
    let has_message = message.is_some();
    let known = chat.runs.iter().position(|run| run.id == id);
    let index = known.unwrap_or_else(|| {
        let run = Run {
            id: id.clone(),
            live: None,
            end: None,
            covered: false,
            touched: version,
        };
        chat.runs.push(run);
        chat.runs.len() - 1
    });
    let Some(run) = chat.runs.get_mut(index) else {
        return;
    };
    run.touched = version;
    if let Some(message) = message {
        run.live = Some(message);
    }
    if !state.is_terminal() {
        return;
    }
    run.end = Some(RunEnd { state, error });
    chat.ended.push_back(id);
    if chat.ended.len() > ENDED {
        chat.ended.pop_front();
    }
    // Ended without words: a steered or queued message, a slash command, or an
    // answer whose rows say more. History knows.
    if state != RunState::Error && !has_message {
        run.covered = true;
        chat.stale = true;
    }
    settle(chat);
}

/// Runs that ended and whose rows are there need nothing more.
fn settle<P>(chat: &mut Chat<P>) {
    chat.runs.retain(|run| run.end.is_none() || !run.covered);
}
