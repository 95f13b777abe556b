//! `chat.history`: the facts by which the outbox decides.

use super::Object;
use super::time::time;

/// What a page of history proves about our own messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Idempotency keys of user rows, without their `:user` ending.
    pub keys: Vec<String>,
    /// Inputs that were acknowledged and have no row yet.
    pub pending: Vec<PendingInput>,
    /// The run in flight, when there is one.
    pub in_flight: Option<String>,
    /// The gateway's time of the oldest row, Unix milliseconds.
    pub oldest: Option<u64>,
    /// Where the next older page begins; `None` when there is none. The gateway
    /// counts records, and one record may be several rows.
    pub older: Option<u64>,
}

/// One of `pendingInputs.items`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingInput {
    /// The idempotency key with which it was sent.
    pub key: String,
    /// It was waiting when the gateway died: it never runs, its key is dead.
    pub interrupted: bool,
}

/// Reads the payload of a `chat.history` response.
pub fn read_history<O: Object>(payload: &O) -> History {
    let mut history = History {
        in_flight: payload
            .child("inFlightRun")
            .and_then(|run| run.text("runId")),
        older: older_page(payload),
        ..History::default()
    };
    payload.each("messages", &mut |row| {
        if let Some(key) = row_key(&row).and_then(|key| user_key(&key).map(str::to_owned)) {
            history.keys.push(key);
        }
        if let Some(at) = row_time(&row) {
            history.oldest = Some(history.oldest.map_or(at, |oldest| oldest.min(at)));
        }
    });
    if let Some(inputs) = payload.child("pendingInputs") {
        inputs.each("items", &mut |item| {
            if let Some(key) = item.text("runId") {
                let interrupted = item.text("state").as_deref() == Some("interrupted");
                history.pending.push(PendingInput { key, interrupted });
            }
        });
    }
    history
}

/// The offset of the next older page, when there is one.
pub(crate) fn older_page<O: Object>(payload: &O) -> Option<u64> {
    let ends_here = payload.flag("hasMore") == Some(false);
    payload.whole("nextOffset").filter(|_| !ends_here)
}

/// A row's idempotency key, as it stands.
pub(crate) fn row_key<O: Object>(row: &O) -> Option<String> {
    row.text("idempotencyKey")
        .or_else(|| row.child("__openclaw")?.text("idempotencyKey"))
}

/// The key with which a user row was sent.
pub(crate) fn user_key(row_key: &str) -> Option<&str> {
    row_key.strip_suffix(":user")
}

/// When the gateway recorded a row, Unix milliseconds.
pub fn row_time<O: Object>(row: &O) -> Option<u64> {
    row.child("__openclaw")
        .and_then(|meta| time(&meta.value("recordTimestampMs")))
        .or_else(|| time(&row.value("timestamp")))
}
