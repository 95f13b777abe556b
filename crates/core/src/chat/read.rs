//! From wire objects to changes of a chat.

use super::{Change, Page, Role, Row, RowFacts};
use crate::wire::{EventKind, Object, RunState, older_page, row_key, row_time, user_key};

/// Reads the payload of a `chat.history` response. `row` makes a payload of a
/// row, `live` one of `inFlightRun`.
pub fn read_page<O: Object, P>(
    payload: &O,
    asked: u64,
    row: &mut dyn FnMut(&O) -> P,
    live: &mut dyn FnMut(&O) -> Option<P>,
) -> Page<P> {
    let mut rows = Vec::new();
    payload.each("messages", &mut |message| {
        if let Some(facts) = read_row(&message) {
            rows.push(Row {
                facts,
                payload: row(&message),
            });
        }
    });
    let mut waiting = Vec::new();
    if let Some(inputs) = payload.child("pendingInputs") {
        inputs.each("items", &mut |input| {
            if input.text("state").as_deref() == Some("queued") {
                waiting.extend(input.text("runId"));
            }
        });
    }
    let in_flight = payload
        .child("inFlightRun")
        .and_then(|run| Some((run.text("runId")?, live(&run))))
        .filter(|(id, _)| !waiting.contains(id));
    Page {
        session_id: payload.text("sessionId"),
        rows,
        in_flight,
        waits: !waiting.is_empty(),
        older: older_page(payload),
        asked,
    }
}

/// Reads an event's payload: the session it belongs to and how its chat
/// changes. `None` for events that change no chat.
pub fn read_change<O: Object, P>(
    kind: EventKind,
    payload: &O,
    message: &mut dyn FnMut(&O) -> P,
) -> Option<(String, Change<P>)> {
    let session = payload.text("sessionKey")?;
    let change = match kind {
        EventKind::CHAT => Change::Run {
            id: payload.text("runId")?,
            state: RunState::parse(&payload.text("state")?)?,
            message: payload.child("message").map(|words| message(&words)),
            error: payload.text("errorMessage"),
        },
        EventKind::SESSION_MESSAGE => {
            let row = payload.child("message")?;
            let facts = read_row(&row)?;
            Change::Row(Row {
                facts,
                payload: message(&row),
            })
        }
        _ => return None,
    };
    Some((session, change))
}

fn read_row<O: Object>(row: &O) -> Option<RowFacts> {
    let meta = row.child("__openclaw");
    let meta_text = |name| meta.as_ref().and_then(|meta| meta.text(name));
    let stored_key = row_key(row);
    let role = match row.text("role")?.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "toolResult" => Role::Tool,
        _ => Role::Notice,
    };
    let is_internal = row
        .child("provenance")
        .and_then(|provenance| provenance.text("kind"))
        .is_some_and(|kind| kind == "internal_system");
    let is_dropped_summary = stored_key
        .as_deref()
        .is_some_and(|key| key.starts_with("followup-overflow:"));
    let is_shown = role != Role::Notice || row.flag("display").unwrap_or(false);
    let stop = row.text("stopReason");
    Some(RowFacts {
        record: meta_text("id").unwrap_or_default(),
        seq: meta.as_ref().and_then(|meta| meta.whole("seq")),
        // Not a person's words, but a person must see that words were dropped.
        role: if is_dropped_summary {
            Role::Notice
        } else {
            role
        },
        key: stored_key.as_deref().and_then(user_key).map(str::to_owned),
        run: meta_text("runId"),
        at_ms: row_time(row),
        hidden: is_internal || !is_shown,
        // History splits a record: its first pieces have no reason to stop.
        ends_run: match role {
            Role::Assistant => stop.is_some_and(|stop| stop != "toolUse"),
            Role::Notice => row.text("customType").as_deref() == Some("run-failed-before-reply"),
            Role::User | Role::Tool => false,
        },
    })
}
