//! Responses: the facts of those the engine asked to read.

use super::{GatewayError, Hello, History, Object, read_history};

/// Which facts of a response the engine needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// The error, or `status` and whether there is a run.
    Outcome,
    /// The error, or a `hello-ok`.
    Hello,
    /// The error, or what a page of history proves.
    History,
}

/// The facts of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `ok: false`
    Refused(GatewayError),
    /// `ok: true`, with `payload.status` when it has one.
    Done {
        /// Such as `started`, `accepted`, `in_flight` or `ok`.
        status: Option<String>,
        /// It names a run (`payload.runId`). What was done without one, such as
        /// `stop`, never stands in a transcript.
        has_run: bool,
    },
    /// A `hello-ok`.
    Hello(Box<Hello>),
    /// A page of history.
    History(History),
    /// `ok: true`, but not what was asked for.
    Unreadable,
}

/// Reads a response frame.
pub fn read_answer<O: Object>(read: Read, frame: &O) -> Answer {
    if frame.flag("ok") != Some(true) {
        let error = frame.child("error");
        return Answer::Refused(
            error
                .map(|error| GatewayError::read(&error))
                .unwrap_or_default(),
        );
    }
    let payload = frame.child("payload");
    match read {
        Read::Outcome => {
            let text = |name| payload.as_ref().and_then(|payload| payload.text(name));
            Answer::Done {
                status: text("status"),
                has_run: text("runId").is_some(),
            }
        }
        Read::Hello => payload
            .and_then(|payload| Hello::read(&payload))
            .map_or(Answer::Unreadable, |hello| Answer::Hello(Box::new(hello))),
        Read::History => payload.map_or(Answer::Unreadable, |payload| {
            Answer::History(read_history(&payload))
        }),
    }
}
