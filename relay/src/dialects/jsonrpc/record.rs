//! What is kept of a message about a call, in words for people.

use std::fmt::Write as _;

use clawline_core::dialects::jsonrpc::Event;
use serde_json::Value;

/// Whose an error is that names no call.
const NO_CALL: &str = "main";
/// Who tells what nobody said.
const SYSTEM: &str = "system";

/// One row of a call's session.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) call_id: String,
    /// Who said it.
    pub(super) speaker: String,
    pub(super) text: String,
    /// Words of the caller that will not change any more.
    pub(super) is_question: bool,
}

impl Record {
    /// `None`: nothing to keep.
    pub(super) fn of(event: &Event<Value>) -> Option<Self> {
        if let Event::Transcript {
            speaker,
            text,
            is_final,
            ..
        } = event
        {
            let speaker = if speaker.is_empty() { "user" } else { speaker };
            let text = match (text.is_empty(), is_final) {
                (true, _) => return None,
                (false, true) => text.clone(),
                (false, false) => format!("{speaker}, not final: {text}"),
            };
            return Some(Self {
                call_id: call_id(event),
                speaker: speaker.to_owned(),
                text,
                is_question: *is_final && speaker != "assistant",
            });
        }
        Some(Self {
            call_id: call_id(event),
            speaker: SYSTEM.to_owned(),
            text: words(event)?,
            is_question: false,
        })
    }
}

fn call_id(event: &Event<Value>) -> String {
    event.call_id().unwrap_or(NO_CALL).to_owned()
}

fn words(event: &Event<Value>) -> Option<String> {
    let mut text = String::new();
    match event {
        Event::CallStarted {
            to_number,
            prompt,
            metadata,
            ..
        } => {
            text.push_str("Call started");
            if !to_number.is_empty() {
                let _ = write!(text, ": {to_number}");
            }
            line(&mut text, "Prompt", prompt);
            object(&mut text, "Metadata", metadata.as_ref());
        }
        Event::StructuredData {
            intent,
            entities,
            summary,
            confidence,
            ..
        } => {
            let _ = write!(text, "Understood: {intent} (confidence {confidence})");
            line(&mut text, "Summary", summary);
            object(&mut text, "Entities", entities.as_ref());
        }
        Event::Action {
            action_type,
            parameters,
            ..
        } => {
            let _ = write!(text, "Action: {action_type}");
            object(&mut text, "Parameters", parameters.as_ref());
        }
        Event::CallEnded {
            duration,
            outcome,
            full_transcript,
            summary,
            ..
        } => {
            let _ = write!(text, "Call ended: {outcome} after {duration} s");
            line(&mut text, "Summary", summary);
            line(&mut text, "Transcript", full_transcript);
        }
        Event::Error {
            error_code,
            error_message,
            ..
        } => {
            let _ = write!(text, "Error {error_code}: {error_message}");
        }
        Event::Heartbeat | Event::Transcript { .. } => return None,
    }
    Some(text)
}

fn line(text: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let between = if value.contains('\n') { '\n' } else { ' ' };
        let _ = write!(text, "\n{name}:{between}{value}");
    }
}

fn object(text: &mut String, name: &str, value: Option<&Value>) {
    let members = value.and_then(Value::as_object);
    if let Some(members) = members.filter(|members| !members.is_empty()) {
        let _ = write!(text, "\n{name}: {}", Value::Object(members.clone()));
    }
}
