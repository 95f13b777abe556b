//! Every fact that the core can read from a frame, as text: two ways of parsing
//! one frame must give the same lines.

use std::fmt::Write as _;

use crate::chat::{Change, Page, Question, read_change, read_page};
use crate::wire::{EventKind, Object, Read, read_answer, read_event};

/// The facts of a frame of the gateway, one a line; empty when it is neither
/// an event nor a response. Each kind of reading is tried on each response: a
/// frame alone does not tell what was asked.
#[must_use]
pub fn facts<O: Object>(frame: &O) -> String {
    let mut lines = String::new();
    let mut tell = |what: &str, fact: &dyn std::fmt::Debug| {
        // Writing into a String cannot fail.
        let _ = writeln!(lines, "{what} {fact:?}");
    };
    match frame.text("type").as_deref() {
        Some("event") => {
            let name = frame.text("event");
            tell("name", &name);
            tell("seq", &frame.whole("seq"));
            let Some(kind) = name.as_deref().and_then(EventKind::fixed) else {
                return lines;
            };
            tell("event", &read_event(kind, frame));
            if let Some(payload) = frame.child("payload") {
                let change = read_change(kind, &payload, &mut |words| words.text("role"));
                tell("change", &change);
            }
        }
        Some("res") => {
            tell("id", &frame.text("id"));
            for read in [Read::Outcome, Read::Hello, Read::History] {
                tell("answer", &read_answer(read, frame));
            }
            if let Some(payload) = frame.child("payload") {
                let question = Question {
                    asked: 0,
                    offset: 0,
                    limit: 1_000,
                };
                let page: Page<Option<String>> = read_page(
                    &payload,
                    &question,
                    &mut |row| row.text("role"),
                    &mut |run| Some(run.text("text")),
                );
                tell("page", &Change::Newest(page));
            }
        }
        _ => {}
    }
    lines
}
