//! What becomes of a message, as its sender is told.

use std::sync::Arc;

use clawline_core::dialects::chat::{Cumulative, ServerFrame, split};

use super::connection::Person;
use crate::dialects::follow::{Followed, Told};
use crate::inbox::Outcome;
use crate::store::InputState;

/// Tells of a run until it is over.
pub(super) async fn answer(mut followed: Followed, person: Arc<Person>, message_id: String) {
    let mut so_far = Cumulative::default();
    loop {
        match followed.next().await {
            Ok(Told::Started) => person.say(&ServerFrame::Typing),
            Ok(Told::Said(piece)) => {
                if let Some(content) = so_far.push(&piece) {
                    person.say(&ServerFrame::Stream {
                        message_id: message_id.clone(),
                        content: content.to_owned(),
                    });
                }
            }
            Ok(Told::Ended(outcome)) => return tell(&person, &message_id, &outcome),
            Err(error) => {
                tracing::error!(%error, "the end of a run cannot be read");
                let why = "the database did not answer; ask again with the same messageId";
                return person.say(&ServerFrame::not_processed(&message_id, why));
            }
        }
    }
}

/// Tells how a run ended.
pub(super) fn tell(person: &Person, message_id: &str, outcome: &Outcome) {
    let is_silent = outcome.text.trim().is_empty();
    match outcome.state {
        InputState::Failed => {
            let why = outcome.error.as_deref().unwrap_or("the agent failed");
            person.say(&ServerFrame::agent_failed(message_id, why));
        }
        InputState::Stopped if is_silent => {
            let why = "somebody stopped it before there was an answer";
            person.say(&ServerFrame::agent_failed(message_id, why));
        }
        // The original says nothing then, and its client waits for ever.
        _ if is_silent => respond(person, message_id, ""),
        _ => respond_in_parts(person, message_id, &outcome.text),
    }
}

/// A text in as many responses as it needs.
pub(super) fn respond_in_parts(person: &Person, message_id: &str, text: &str) {
    split(text).for_each(|part| respond(person, message_id, part));
}

fn respond(person: &Person, message_id: &str, content: &str) {
    person.say(&ServerFrame::Response {
        message_id: message_id.to_owned(),
        content: content.to_owned(),
    });
}
