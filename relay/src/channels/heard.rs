//! What there is to hear on channels: messages that came in, and what agents
//! answered to them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::account::Account;
use crate::bus::{ChannelMessage, Event};
use crate::store::{Entry, Origin, TranscriptRow};

/// Follows the bus. One that lost events starts anew.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Where the questions that have no answer yet came from, by their run.
    asked: HashMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    channel: String,
    account: Account,
    conversation: String,
}

/// Something to hear.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    /// Somebody wrote.
    Received(Arc<ChannelMessage>),
    /// An agent answered. Its metadata names the message in `reply_to`.
    Answered(Arc<ChannelMessage>),
}

impl Heard {
    /// What an event says to people.
    pub(crate) fn hear(&mut self, event: &Event) -> Option<Word> {
        match event {
            Event::ChannelReceived(message) => Some(Word::Received(Arc::clone(message))),
            Event::MessageStored { session, row } => self.read(&session.session.key, row),
            Event::RunEnded { run, .. } => {
                self.asked.remove(&run.id);
                None
            }
            Event::SessionChanged { .. }
            | Event::SessionDeleted { .. }
            | Event::RunStarted(_)
            | Event::RunSaid { .. }
            | Event::ChannelSent(_)
            | Event::ChannelProgress(_)
            | Event::RowProgress(_)
            | Event::ChannelTyping(_)
            | Event::ChannelStatus { .. } => None,
        }
    }

    fn read(&mut self, session_key: &str, row: &TranscriptRow) -> Option<Word> {
        match &row.entry {
            // What the owner sends has a run of its own, and no answer.
            Entry::Message { origin, .. } if row.run_id.is_none() => {
                let run = row.key.as_deref()?.strip_suffix(":user")?;
                let place = place(origin, session_key);
                self.asked.insert(run.to_owned(), place);
                None
            }
            Entry::Answer { text, agent, .. } => {
                let run = row.run_id.as_ref()?;
                let place = self.asked.get(run)?;
                Some(Word::Answered(Arc::new(ChannelMessage {
                    channel: place.channel.clone(),
                    account: place.account.clone(),
                    sender: agent.clone(),
                    content: text.clone(),
                    message_id: row.id.clone(),
                    conversation_id: place.conversation.clone(),
                    metadata: ChannelMessage::answer_to(Some(run)),
                })))
            }
            Entry::Message { .. }
            | Entry::Stopped { .. }
            | Entry::Failed { .. }
            | Entry::Delivery { .. } => None,
        }
    }
}

fn place(origin: &Origin, session_key: &str) -> Place {
    let conversation = origin.conversation.as_deref().unwrap_or(session_key);
    Place {
        channel: origin.channel.clone(),
        account: origin.account.clone(),
        conversation: conversation.to_owned(),
    }
}
