//! Replays recordings of real traffic through the decoder and the engine
//! (feature `json`): for `cargo xtask replay` and for tests.
//!
//! A recording has one JSON object a line, with the milliseconds since its
//! start (`ms`), the name of the connection (`c`) and its kind (`dir`): `in` and
//! `out` carry a `frame`, `close` a `code` and a `reason`, `http` the `status`
//! of the upgrade; `note` is for people.

mod connection;
mod facts;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::time::Instant;
use connection::Replayed;

pub use facts::facts;

/// Why a recording cannot be replayed at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecording {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for BadRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for BadRecording {}

/// What a replay saw. `Display` gives it in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Connections, the failed ones among them.
    pub connections: usize,
    /// Frames of the gateway.
    pub frames_in: usize,
    /// Frames of the recorded client.
    pub frames_out: usize,
    /// Requests that were answered, by the engine's account.
    pub answered: usize,
    /// First answers of requests with two.
    pub accepted: usize,
    /// Messages that went through the outbox.
    pub messages: usize,
    /// Those of them that were confirmed by a proof.
    pub confirmed: usize,
    /// Gaps in the frame `seq`.
    pub gaps: usize,
    /// Events that the hello did not announce, by name.
    pub unknown_events: BTreeMap<String, usize>,
    /// Refusals, by their most telling code.
    pub errors: BTreeMap<String, usize>,
    /// Frames of the gateway that cannot be read: the line and what is wrong.
    pub undecodable: Vec<BadRecording>,
    /// In what state the engines were at the end, by its name.
    pub ends: BTreeMap<String, usize>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} connections, {} frames in, {} out, {} answered, {} accepted, \
             {} messages ({} confirmed), {} gaps",
            self.connections,
            self.frames_in,
            self.frames_out,
            self.answered,
            self.accepted,
            self.messages,
            self.confirmed,
            self.gaps,
        )?;
        for (title, counts) in [
            ("unknown events", &self.unknown_events),
            ("errors", &self.errors),
            ("ends", &self.ends),
        ] {
            let counts: Vec<String> = counts
                .iter()
                .map(|(name, count)| format!("{name} ×{count}"))
                .collect();
            let counts = if counts.is_empty() {
                "none".to_owned()
            } else {
                counts.join(", ")
            };
            write!(f, "; {title}: {counts}")?;
        }
        for bad in &self.undecodable {
            write!(f, "; undecodable {bad}")?;
        }
        Ok(())
    }
}

/// One line of a recording.
struct Line {
    number: usize,
    at: Instant,
    connection: String,
    kind: Kind,
}

enum Kind {
    Upgraded(bool),
    In(Value),
    Out(Value),
    Closed { code: u16, reason: String },
}

/// Replays a recording: one engine for each connection.
///
/// # Errors
/// When the text is not a recording.
pub fn replay(recording: &str) -> Result<Report, BadRecording> {
    let mut lines = Vec::new();
    for (index, text) in recording.lines().enumerate() {
        if !text.trim().is_empty() {
            lines.extend(read_line(index + 1, text)?);
        }
    }
    let mut report = Report::default();
    let mut connections: BTreeMap<String, Replayed> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let connection = connections
            .entry(line.connection.clone())
            .or_insert_with(|| {
                let connect = lines.iter().skip(index).find_map(|later| {
                    let is_it = later.connection == line.connection;
                    match &later.kind {
                        Kind::Out(frame) if is_it => Some(frame),
                        _ => None,
                    }
                });
                Replayed::new(line.at, connect)
            });
        connection.take(&mut report, line);
    }
    report.connections = connections.len();
    for connection in connections.into_values() {
        *report.ends.entry(connection.end()).or_default() += 1;
    }
    Ok(report)
}

fn read_line(number: usize, text: &str) -> Result<Option<Line>, BadRecording> {
    let bad = |what: String| BadRecording { line: number, what };
    let mut line: Value =
        serde_json::from_str(text).map_err(|error| bad(format!("not JSON: {error}")))?;
    let text = |name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
    let whole = |name: &str| line.get(name).and_then(Value::as_u64);
    let dir = text("dir").ok_or_else(|| bad("no `dir`".to_owned()))?;
    let at = Instant::from_millis(whole("ms").unwrap_or(0));
    let connection = text("c");
    let kind = match dir.as_str() {
        "http" => Kind::Upgraded(whole("status") == Some(101)),
        "close" => Kind::Closed {
            code: whole("code")
                .and_then(|code| u16::try_from(code).ok())
                .unwrap_or(1006),
            reason: text("reason").unwrap_or_default(),
        },
        "in" => Kind::In(take(&mut line, "frame")),
        "out" => Kind::Out(take(&mut line, "frame")),
        "note" => return Ok(None),
        other => return Err(bad(format!("unknown `dir` {other:?}"))),
    };
    Ok(Some(Line {
        number,
        at,
        connection: connection.ok_or_else(|| bad("no `c`".to_owned()))?,
        kind,
    }))
}

fn take(line: &mut Value, name: &str) -> Value {
    line.get_mut(name).map_or(Value::Null, Value::take)
}
