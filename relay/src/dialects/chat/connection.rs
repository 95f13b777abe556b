//! One connection: what it says, and what waits for it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clawline_core::dialects::chat::{self, ClientFrame, Message, ServerFrame, allow_sender};
use clawline_core::dialects::parse;
use serde_json::Value;

use super::answer::{answer, respond_in_parts, tell};
use super::door::Who;
use super::letter::Letter;
use super::{CHANNEL, Chat};
use crate::clock::now_ms;
use crate::dialects::attend::Attended;
use crate::dialects::queue::Queue;
use crate::dialects::socket::Conversation;
use crate::ids;
use crate::inbox::{Admission, Reception, Refused};
use crate::store::{Kept, Sender};

/// Largest frame of a client, in bytes. Files do not travel on this wire.
const MAX_FRAME: usize = 1024 * 1024;
/// Most senders, and most sessions, of one connection.
const MAX_NAMES: usize = 64;

/// Who is at the other end, for everybody who has something to say to it.
#[derive(Debug)]
pub(super) struct Person {
    who: Who,
    /// The sender of frames that name none.
    sender: String,
    queue: Queue,
    attended: Attended,
    names: Mutex<Names>,
}

/// What a connection has named so far.
#[derive(Debug, Default)]
struct Names {
    senders: BTreeSet<String>,
    sessions: BTreeSet<String>,
}

impl Person {
    pub(super) fn say(&self, frame: &ServerFrame) {
        self.queue.send(frame.encode());
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody can come back as a sender that was never named.
    fn can_return_as(&self, sender: &str) -> bool {
        self.who.sender.is_some() || sender != self.sender
    }
}

/// One connection in the dialect.
#[derive(Debug)]
pub(super) struct Connection {
    chat: Arc<Chat>,
    person: Arc<Person>,
}

impl Connection {
    pub(super) fn new(chat: Arc<Chat>, who: Who, queue: Queue) -> Self {
        let person = Person {
            sender: who.sender.clone().unwrap_or_else(ids::uuid),
            who,
            queue,
            attended: Attended::default(),
            names: Mutex::default(),
        };
        Self {
            chat,
            person: Arc::new(person),
        }
    }

    /// Welcomes; then tells what waits for this sender; then does what its first
    /// frame asks, if that was read already.
    pub(super) async fn begin(&self, first: Option<String>) {
        self.person.say(&ServerFrame::Welcome);
        if let Some(sender) = &self.person.who.sender {
            self.speak_as(sender).await;
        }
        if let Some(first) = first {
            self.receive(&first).await;
        }
    }

    /// What this connection still waits for is kept for its senders.
    pub(super) async fn leave(&self) {
        let senders = std::mem::take(&mut self.person.names().senders);
        self.chat.senders.remove(&senders, &self.person);
        if let Err(error) = self.person.attended.keep(&self.chat.rooms.store).await {
            tracing::error!(%error, "answers for a sender that has gone could not be kept");
        }
    }

    /// From now on this connection is one of the sender's: it hears what waits
    /// for it, and what is sent to it.
    async fn speak_as(&self, sender: &str) {
        if !self.person.names().senders.insert(sender.to_owned()) {
            return;
        }
        self.chat.senders.add(sender, &self.person);
        match self.chat.rooms.store.take_kept(CHANNEL, sender).await {
            Ok(all) => {
                for kept in all {
                    self.hand_over(kept).await;
                }
            }
            Err(error) => tracing::error!(%error, "what is kept for a sender cannot be read"),
        }
    }

    async fn hand_over(&self, kept: Kept) {
        let (key, message_id) = (kept.key.clone(), kept.message_id.clone());
        // Where nobody can tell its session it waits for nobody.
        let input = self.chat.rooms.store.input(&key).await.ok().flatten();
        let session = input.map_or_else(|| key.clone(), |input| input.session_key);
        self.attend(&session, &key, message_id, Some(kept));
    }

    fn attend(&self, session: &str, key: &str, message_id: String, kept: Option<Kept>) {
        let followed = self.chat.follow.run(key);
        let answer = answer(followed, Arc::clone(&self.person), message_id);
        self.person.attended.attend(session, key, kept, answer);
    }

    /// Takes a message in, and says what becomes of it.
    async fn take(&self, message: Message<Value>) -> Result<(), ServerFrame> {
        let message_id = message.message_id.clone();
        let refused = |why| chat::Refused {
            message_id: message_id.clone(),
            why,
        };
        let bound = self.person.who.bound.as_deref();
        let sender = allow_sender(message.sender_id.as_deref(), bound)
            .map_err(|why| refused(why).frame())?
            .unwrap_or(&self.person.sender)
            .to_owned();
        let name = self.person.who.name.as_deref();
        let letter = Letter::read(message, sender, name);
        let message_id = letter.message_id.clone();
        let failed = |why: &str| ServerFrame::not_processed(&message_id, why);
        if !self.may_name(&letter) {
            return Err(failed(
                "too many senders and groups on one connection; open another one",
            ));
        }
        if self.person.attended.is_full() {
            return Err(failed(
                "too many messages of this connection wait for an answer; send again when some were answered",
            ));
        }
        if self.person.can_return_as(&letter.sender) {
            self.speak_as(&letter.sender).await;
        }
        self.admit(letter).await.map_err(|why| failed(&why))
    }

    /// Whether the sender and the session of a letter are among the few that one
    /// connection may name.
    fn may_name(&self, letter: &Letter) -> bool {
        let mut names = self.person.names();
        let is_new = !names.sessions.contains(letter.session_key());
        let is_new_sender = !names.senders.contains(&letter.sender);
        if (is_new && names.sessions.len() >= MAX_NAMES)
            || (is_new_sender && names.senders.len() >= MAX_NAMES)
        {
            return false;
        }
        names.sessions.insert(letter.session_key().to_owned());
        true
    }

    /// What a sender is told whom the owner does not know; `None` for one who is
    /// answered.
    ///
    /// # Errors
    /// There is nothing to be told but that.
    async fn turned_away(&self, letter: &Letter) -> Result<Option<String>, String> {
        let visitors = self.chat.rooms.inbox.visitors();
        let is_owner = self.person.who.is_owner && letter.sender == Sender::OWNER;
        if is_owner || !visitors.guard(&CHANNEL.into()) {
            return Ok(None);
        }
        let met = visitors
            .meet(&CHANNEL.into(), &letter.visitor(), now_ms())
            .await;
        match met.map_err(|error| error.to_string())? {
            Reception::Answer => Ok(None),
            Reception::Say(words) => Ok(Some(words)),
            // Who hears nothing waits for ever.
            Reception::Silence => Err(Refused::Stranger.to_string()),
        }
    }

    async fn admit(&self, letter: Letter) -> Result<(), String> {
        let chat = &self.chat;
        let (person, message_id) = (&self.person, letter.message_id.clone());
        let kept = person.can_return_as(&letter.sender).then(|| letter.kept());
        if let Some(words) = self.turned_away(&letter).await? {
            respond_in_parts(person, &message_id, &words);
            return Ok(());
        }
        let message = letter.into_message(&chat.rooms).await?;
        let (key, session) = (message.key.clone(), message.session_key.clone());
        if person.attended.has(&key) {
            // It is on its way to this connection: once is enough.
            person.say(&ServerFrame::Typing);
            return Ok(());
        }
        let at_it = |_: &_| person.say(&ServerFrame::Typing);
        let admission = chat.rooms.inbox.admit(message, at_it).await;
        match admission.map_err(|refused| refused.to_string())? {
            Admission::New(_) => {}
            Admission::Known {
                outcome: Some(outcome),
                ..
            } => {
                tell(person, &message_id, &outcome);
                return Ok(());
            }
            Admission::Known { .. } => person.say(&ServerFrame::Typing),
            Admission::Conflict => {
                return Err(
                    "this messageId was used for other words; send them with another one"
                        .to_owned(),
                );
            }
        }
        self.attend(&session, &key, message_id, kept);
        Ok(())
    }
}

impl Conversation for Connection {
    fn queue(&self) -> &Queue {
        &self.person.queue
    }

    async fn receive(&self, text: &str) {
        if text.len() > MAX_FRAME {
            self.person.say(&ServerFrame::Error {
                message_id: None,
                error: format!("The frame is longer than {MAX_FRAME} bytes"),
            });
            return;
        }
        let said = match ClientFrame::read(parse(text.as_bytes())) {
            Ok(ClientFrame::Send(message)) => self.take(message).await,
            // Whoever is here was let in already.
            Ok(ClientFrame::Auth(_)) => Ok(()),
            Err(refused) => Err(refused.frame()),
        };
        if let Err(frame) = said {
            self.person.say(&frame);
        }
    }
}
