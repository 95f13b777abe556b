//! From wire objects to changes of a chat, field by field: one that is strange
//! costs itself and nothing beside it.

use super::{Change, Page, Question, Retrying, Role, Row, RowFacts, Written};
use crate::wire::{
    Block, EventKind, Object, RunState, Value, older_page, read_content, row_key, row_time,
    user_key, words,
};

/// Rows that one record may be.
const MOST_PIECES: usize = 16;

/// Reads the payload of a `chat.history` response. `row` makes a payload of a
/// row, `live` one of `inFlightRun`.
///
/// A gateway that answers more than it was asked for is believed the newest
/// part of it; the rest can be asked for.
pub fn read_page<O: Object, P>(
    payload: &O,
    question: &Question,
    row: &mut dyn FnMut(&O) -> P,
    live: &mut dyn FnMut(&O) -> Option<P>,
) -> Page<P> {
    let mut messages = Vec::new();
    payload.each("messages", &mut |message| messages.push(message));
    let (mut rows, mut records) = (Vec::new(), 0);
    let mut last: Option<RowFacts> = None;
    let mut is_cut = false;
    for message in messages.iter().rev() {
        let facts = read_row(message);
        let is_piece = last.as_ref().is_some_and(|last| facts.is_of(&last.record));
        records += u64::from(!is_piece);
        if records > question.limit || rows.len() as u64 >= question.limit * MOST_PIECES as u64 {
            records -= u64::from(!is_piece);
            is_cut = true;
            break;
        }
        last = Some(facts.clone());
        rows.push(Row {
            facts,
            payload: row(message),
        });
    }
    rows.reverse();
    let older = if is_cut {
        Some(question.offset.saturating_add(records))
    } else {
        older_page(payload)
    };
    let mut waiting = Vec::new();
    if let Some(inputs) = payload.child("pendingInputs") {
        inputs.each("items", &mut |input| {
            if input.text("state").as_deref() == Some("queued") {
                waiting.extend(input.text("runId"));
            }
        });
    }
    let run = payload.child("inFlightRun");
    let is_unnamed = run.as_ref().is_some_and(|run| run.text("runId").is_none());
    let in_flight = run
        .and_then(|run| Some((run.text("runId")?, live(&run))))
        .filter(|(id, _)| !waiting.contains(id));
    Page {
        session_id: payload.text("sessionId"),
        rows,
        in_flight,
        waits: !waiting.is_empty() || is_unnamed,
        // One that leads back would be read for ever.
        older: older.filter(|next| *next > question.offset),
        begins: !is_cut && payload.flag("hasMore") == Some(false),
        asked: question.asked,
    }
}

/// Reads an event's payload: the session it belongs to and how its chat
/// changes. `None` for events that change no chat, no session where it cannot
/// be said whose words they are.
pub fn read_change<O: Object, P>(
    kind: EventKind,
    payload: &O,
    message: &mut dyn FnMut(&O) -> P,
) -> Option<(Option<String>, Change<P>)> {
    let session = payload.text("sessionKey");
    let change = match kind {
        _ if session.is_none() && is_words(kind) => Change::Missed,
        EventKind::CHAT => read_run(payload, message).unwrap_or(Change::Missed),
        EventKind::SESSION_MESSAGE => match payload.child("message") {
            Some(row) => Change::Row {
                session_id: payload.text("sessionId"),
                row: Row {
                    facts: read_announced(payload, &row),
                    payload: message(&row),
                },
            },
            None => Change::Missed,
        },
        EventKind::SIDE_RESULT => Change::Run {
            id: payload.text("runId")?,
            state: RunState::Final,
            message: Some(message(payload)),
            error: None,
        },
        EventKind::AGENT => read_agent(payload)?,
        EventKind::SESSIONS_CHANGED => read_session(payload)?,
        _ => return None,
    };
    if session.is_none() && !is_words(kind) {
        return None;
    }
    Some((session, change))
}

fn is_words(kind: EventKind) -> bool {
    kind == EventKind::CHAT || kind == EventKind::SESSION_MESSAGE
}

fn read_run<O: Object, P>(payload: &O, message: &mut dyn FnMut(&O) -> P) -> Option<Change<P>> {
    Some(Change::Run {
        id: payload.text("runId")?,
        state: RunState::parse(&payload.text("state")?)?,
        message: payload.child("message").map(|words| message(&words)),
        error: words(payload.value("errorMessage")),
    })
}

fn read_agent<O: Object, P>(payload: &O) -> Option<Change<P>> {
    match payload.text("stream")?.as_str() {
        "run_status" => {
            let data = payload.child("data")?;
            let is_retrying = data.text("phase").as_deref() == Some("retrying");
            is_retrying.then_some(Change::Retrying {
                id: payload.text("runId")?,
                retrying: Retrying {
                    attempt: data.whole("retryAttempt"),
                    of: data.whole("maxRetries"),
                    message: words(data.value("message")),
                    delay_ms: data.whole("delayMs"),
                },
            })
        }
        "lifecycle" => Some(Change::Session {
            id: Some(payload.text("sessionId")?),
        }),
        _ => None,
    }
}

/// The transcript may be another one now, or shorter.
fn read_session<O: Object, P>(payload: &O) -> Option<Change<P>> {
    let reason = payload.text("reason").unwrap_or_default();
    let is_rewritten = reason == "new" || REWRITES.iter().any(|word| reason.contains(word));
    let id = payload.text("sessionId").filter(|_| !is_rewritten);
    (is_rewritten || id.is_some()).then_some(Change::Session { id })
}

/// What the reason of a change names when the transcript reads otherwise now.
const REWRITES: [&str; 5] = ["reset", "delete", "compact", "rewind", "restore"];

/// The facts of a row that an event brings: the event itself knows where the
/// row stands as well.
fn read_announced<O: Object>(payload: &O, row: &O) -> RowFacts {
    let mut facts = read_row(row);
    facts.seq = facts.seq.or_else(|| payload.whole("messageSeq"));
    if facts.record.is_empty() {
        facts.record = payload.text("messageId").unwrap_or_default();
    }
    facts
}

fn read_row<O: Object>(row: &O) -> RowFacts {
    let meta = row.child("__openclaw");
    let meta_text = |name| meta.as_ref().and_then(|meta| meta.text(name));
    let stored_key = row_key(row);
    let named = row.text("role");
    let run = meta_text("runId");
    let role = role(row, named.as_deref(), stored_key.as_deref(), run.is_some());
    let is_internal = row
        .child("provenance")
        .and_then(|provenance| provenance.text("kind"))
        .is_some_and(|kind| kind == "internal_system");
    let is_dropped_summary = stored_key
        .as_deref()
        .is_some_and(|key| key.starts_with("followup-overflow:"));
    // Rows of extensions are for people only where they say so.
    let is_shown = named.as_deref() != Some("custom")
        || !matches!(row.value("display"), Value::Nothing | Value::Flag(false));
    let stop = row.text("stopReason");
    let run = run
        .or_else(|| row.child("openclawAbort")?.text("runId"))
        .or_else(|| {
            let key = stored_key.as_deref().filter(|_| role == Role::Assistant)?;
            Some(run_of_key(key).unwrap_or(key).to_owned())
        });
    let position = meta
        .as_ref()
        .and_then(|meta| meta.child("transcriptPosition"));
    RowFacts {
        record: meta_text("id").unwrap_or_default(),
        seq: meta.as_ref().and_then(|meta| meta.whole("seq")),
        written: position.and_then(|position| {
            Some(Written {
                source: position.text("source")?,
                number: position.whole("rawSeq")?,
            })
        }),
        // Not a person's words, but a person must see that words were dropped.
        role: if is_dropped_summary {
            Role::Notice
        } else {
            role
        },
        key: stored_key.as_deref().and_then(user_key).map(str::to_owned),
        run,
        at_ms: row_time(row),
        hidden: is_internal || !is_shown,
        bare_end: bare_end(row, stop.as_deref()).filter(|_| role == Role::Assistant),
        // History splits a record: its first pieces have no reason to stop.
        ends_run: match role {
            Role::Assistant => stop.is_some_and(|stop| stop != "toolUse"),
            Role::Notice => row.text("customType").as_deref() == Some("run-failed-before-reply"),
            Role::User | Role::Tool => false,
        },
    }
}

/// Whose words a row holds: as it says, or else by what only such a row has.
fn role<O: Object>(row: &O, named: Option<&str>, key: Option<&str>, is_of_run: bool) -> Role {
    let has = |name| !matches!(row.value(name), Value::Nothing);
    match named {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("toolResult" | "tool") => Role::Tool,
        Some("custom" | "system") => Role::Notice,
        _ if has("customType") => Role::Notice,
        _ if has("toolCallId") || has("toolName") => Role::Tool,
        _ if key.and_then(user_key).is_some() => Role::User,
        _ if has("stopReason") || has("usage") || has("model") => Role::Assistant,
        _ if key.and_then(run_of_key).is_some() || is_of_run => Role::Assistant,
        _ => Role::Notice,
    }
}

/// The run that wrote a row with this key. The answer to a command has the key
/// of its run as it is.
fn run_of_key(key: &str) -> Option<&str> {
    key.strip_suffix(":assistant")
        .or_else(|| key.strip_suffix(":terminal-error"))
}

fn bare_end<O: Object>(row: &O, stop: Option<&str>) -> Option<RunState> {
    let end = match stop {
        Some("aborted") => RunState::Aborted,
        Some("error") => RunState::Error,
        Some("stop") => RunState::Final,
        _ => return None,
    };
    let mut says_nothing = true;
    if let Some(meta) = row.child("__openclaw") {
        meta.each("media", &mut |_| says_nothing = false);
    }
    read_content(row, &mut |block| {
        says_nothing &= matches!(block, Block::Words(words) if words.trim().is_empty());
    });
    says_nothing.then_some(end)
}
