//! How a chat changes.

use super::{Change, Chat, Page, Place, Row, RowFacts};

/// Transcripts of this session that have gone, as far as one remembers them.
const FORMER: usize = 8;

/// Applies one change.
pub fn fold<P>(chat: &mut Chat<P>, change: Change<P>) {
    chat.version += 1;
    let version = chat.version;
    if !is_of_words_alone(chat, &change) {
        chat.items_version = version;
    }
    match change {
        Change::Newest(page) => newest(chat, page),
        Change::Older(page) => older(chat, page),
        Change::Kept(page) => kept(chat, page),
        Change::Row { session_id, row } => arrived(chat, session_id, row),
        Change::Session { id } => {
            if id.is_none() || chat.session_id != id {
                chat.stale = Some(version);
            }
        }
        Change::Restarted => chat.restarted = version,
        Change::Run {
            id,
            state,
            message,
            error,
        } => {
            let runs = &mut chat.runs;
            if runs.change(&chat.rows, version, id, state, message, error) {
                chat.stale = Some(version);
            }
        }
        Change::Retrying { id, retrying } => {
            chat.runs.retry(&chat.rows, version, &id, retrying);
        }
        Change::Missed => chat.stale = Some(version),
    }
}

/// Whether a run that writes only writes more, or nothing is another at once.
fn is_of_words_alone<P>(chat: &Chat<P>, change: &Change<P>) -> bool {
    match change {
        Change::Run {
            id, state, message, ..
        } => !state.is_terminal() && message.is_some() && chat.runs.writes(id),
        Change::Session { .. } | Change::Missed => true,
        _ => false,
    }
}

/// Rows of an earlier visit are older than any change, and come before the first.
fn kept<P>(chat: &mut Chat<P>, page: Page<P>) {
    leave_kept(chat);
    if chat.session_id.is_some() || chat.rows.last().is_some() || page.rows.is_empty() {
        return;
    }
    chat.session_id = page.session_id;
    chat.is_kept = true;
    insert_page(chat, page.rows, 0);
}

/// What was kept has served: the gateway tells what there is.
fn leave_kept<P>(chat: &mut Chat<P>) {
    if std::mem::take(&mut chat.is_kept) {
        for (place, held) in chat.rows.take() {
            if held.since > 0 {
                chat.rows.insert(place, held.row, held.since);
            }
        }
        if chat.rows.last().is_none() {
            chat.session_id = None;
        }
    }
}

fn newest<P>(chat: &mut Chat<P>, page: Page<P>) {
    leave_kept(chat);
    let is_other = match &page.session_id {
        Some(id) => chat.session_id.as_ref().is_some_and(|known| known != id),
        // Nothing is left, and nothing is said of what was.
        None => chat.session_id.is_some() && page.rows.is_empty(),
    };
    let is_outdated = page.asked < chat.begun || is_other && chat.rows.has_since(page.asked);
    if is_outdated {
        // It tells of a transcript that has gone meanwhile.
        chat.stale = Some(chat.version);
        return;
    }
    if is_other
        || page
            .rows
            .iter()
            .any(|row| chat.rows.is_rewritten(&row.facts))
    {
        begin_anew(chat, page.session_id.clone());
    }
    let first = page.rows.iter().find_map(|row| row.facts.seq);
    let last_known = chat.rows.last().map(|(seq, _)| seq);
    // Rows older than the page stay if they reach up to it: the reader may
    // have paged back. With a hole between, they are asked for again; where there
    // is nothing older, they were taken out of the transcript.
    let touches = match (first, last_known) {
        (Some(first), Some(last)) => !page.begins && last >= first.saturating_sub(1),
        _ => false,
    };
    let kept_older =
        touches && first.is_some_and(|first| chat.rows.first().is_some_and(|(seq, _)| seq < first));
    let mut outdated = match first {
        Some(first) if touches => chat.rows.split_off((first, 0)),
        _ => chat.rows.take(),
    };
    if !kept_older {
        chat.older = page.older;
    }
    chat.session_id = page.session_id.clone().or(chat.session_id.take());
    chat.stale = chat.stale.filter(|since| *since > page.asked);
    chat.runs.learn(&page, chat.restarted);
    insert_page(chat, page.rows, chat.version);
    // What came while the page was on its way is newer than the page.
    let end = chat.rows.next();
    outdated.retain(|place, held| held.since > page.asked && *place >= end);
    for (place, held) in outdated {
        chat.rows.insert(place, held.row, held.since);
    }
    chat.runs.place_behind(chat.rows.last());
    if let Some(first) = chat.rows.first().filter(|_| chat.older.is_some()) {
        chat.runs.forget_before(first);
    }
    chat.runs.settle();
    if let Some((id, live)) = page.in_flight {
        let version = chat.version;
        chat.runs.adopt(&chat.rows, version, page.asked, &id, live);
    }
}

fn older<P>(chat: &mut Chat<P>, page: Page<P>) {
    if page.session_id.is_some() && page.session_id != chat.session_id {
        chat.stale = Some(chat.version);
        return;
    }
    chat.older = page.older;
    insert_page(chat, page.rows, chat.version);
    chat.runs.settle();
    if chat.rows.is_full() {
        // So far back one may read here.
        chat.older = None;
    }
}

/// The session has another transcript, or its own was written anew: nothing of
/// the old one belongs here.
fn begin_anew<P>(chat: &mut Chat<P>, id: Option<String>) {
    if id != chat.session_id {
        chat.former.extend(chat.session_id.take());
        if chat.former.len() > FORMER {
            chat.former.remove(0);
        }
        chat.session_id = id;
    }
    chat.begun = chat.version;
    chat.is_kept = false;
    chat.rows.take();
    chat.runs.begin_anew();
    chat.older = None;
}

fn insert_page<P>(chat: &mut Chat<P>, rows: Vec<Row<P>>, since: u64) {
    let mut last: Option<(String, Place)> = None;
    for row in rows {
        let facts = &row.facts;
        let place = match (&last, facts.seq) {
            (Some((record, (seq, index))), _) if facts.is_of(record) => (*seq, index + 1),
            (_, Some(seq)) => (seq, 0),
            (Some((_, (seq, index))), None) => (*seq, index + 1),
            (None, None) => chat.rows.next(),
        };
        last = Some((facts.record.clone(), place));
        insert(chat, place, row, since);
    }
}

fn insert<P>(chat: &mut Chat<P>, place: Place, row: Row<P>, since: u64) {
    chat.runs.see(&row.facts, place);
    chat.rows.insert(place, row, since);
}

fn arrived<P>(chat: &mut Chat<P>, session_id: Option<String>, row: Row<P>) {
    let version = chat.version;
    let session_id = session_id.or_else(|| chat.session_id.clone());
    if session_id
        .as_ref()
        .is_some_and(|id| chat.former.contains(id))
    {
        // Late, or the old transcript was put back.
        chat.stale = Some(version);
        return;
    }
    let is_other = chat.session_id.is_some() && session_id != chat.session_id;
    if is_other || chat.rows.is_rewritten(&row.facts) {
        begin_anew(chat, session_id);
        chat.stale = Some(version);
    } else {
        chat.session_id = session_id;
    }
    let (last_piece, other_piece) = chat.rows.pieces(&row.facts);
    let place = match (last_piece, row.facts.seq) {
        (Some(place), _) => place,
        (None, Some(seq)) => (seq, 0),
        (None, None) => chat.rows.next(),
    };
    // Some rows (tool results) are never announced: history has them.
    if place > chat.rows.next() {
        chat.stale = Some(version);
    }
    // History splits a record into pieces, an event carries one row, whole or
    // in part: once the pieces are there, it would repeat one of them.
    if other_piece.is_some() {
        chat.runs.see(&row.facts, place);
    } else {
        insert(chat, place, row, version);
    }
    if let Some(left) = chat.rows.trim() {
        chat.older = Some(left);
    }
    chat.runs.settle();
}

impl RowFacts {
    /// It is a piece of this record.
    pub(super) fn is_of(&self, record: &str) -> bool {
        !record.is_empty() && self.record == record
    }
}
