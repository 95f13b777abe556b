//! One question and its answer: joined, once, also over reconnects.

mod answer;

use std::sync::Arc;
use std::time::Duration;

pub use answer::words;
use answer::{Told, answer_in, place_of};
use clawline_core::Key;
use clawline_core::chat::{Change, Page, Question, read_change, read_page};
use clawline_core::wire::methods::CHAT_HISTORY;
use clawline_core::wire::{EventKind, Object as _, RunState, read_history};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Event, Events, Message, Request, RequestFailed, SendFailed, SendRefused, Sent, Stage,
    Subscription, Upstream,
};

/// Rows that a look reads, and characters of each.
const ROWS: u64 = 200;
const MOST_ROWS: u64 = 1_000;
const CHARACTERS: u64 = 500_000;
/// A look that decided nothing is repeated after this, so often that a gateway
/// that takes up an interrupted run by itself has done so.
const AGAIN: Duration = Duration::from_secs(10);
const LOOKS: u32 = 6;

/// What an agent says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Everything it has said so far: it takes the place of what came before.
    SoFar(String),
    /// The whole answer. Nothing follows.
    Answer(String),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AskFailed {
    /// The message does not go on by itself.
    #[error(transparent)]
    Send(#[from] SendFailed),
    /// The agent failed, in the gateway's words.
    #[error("the agent failed: {0}")]
    Failed(String),
    /// Somebody stopped it.
    #[error("the answer was stopped")]
    Stopped {
        /// What it had said.
        so_far: String,
    },
    /// The message arrived, and nothing was said to it.
    #[error("the agent said nothing")]
    NoAnswer,
    /// The client was closed. The answer may still come: ask again later.
    #[error("the client was closed before the answer came")]
    Closed,
}

/// A message and the answer that it waits for. Dropping it stops neither.
#[derive(Debug)]
pub struct Asking {
    upstream: Upstream,
    session: String,
    /// `None` for one that was sent in an earlier life.
    sent: Option<Sent>,
    key: Key,
    events: Events,
    so_far: String,
    /// Something was missed that only history tells.
    is_stale: bool,
    /// Its run has ended without words: others may hold them.
    is_elsewhere: bool,
    looks: u32,
    _subscription: Subscription,
}

impl Upstream {
    /// Sends a message and waits for the answer of the agent: see
    /// [`Asking::next`]. Its session must be named, canonically, such as
    /// `agent:main:main`; without one it is for the gateway's main session.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn ask(&self, message: Message) -> Result<Asking, SendRefused> {
        let session = self.session_of(&message);
        let (subscription, events) = (self.subscribe(session.as_str()), self.events());
        let sent = self.send(message).await?;
        let key = sent.key();
        Ok(self.asking(session, Some(sent), key, subscription, events))
    }

    /// As [`Upstream::ask`], for a message whose key may have been used before a
    /// restart: it is sent only when neither the outbox nor the last 1,000 rows
    /// of the session have it. Needs a connection.
    ///
    /// # Errors
    /// It was not taken, or whether it was sent before could not be found out.
    pub async fn ask_again(&self, mut message: Message) -> Result<Asking, AskAgainFailed> {
        let Some(mut key) = message.key.clone() else {
            return Ok(self.ask(message).await?);
        };
        let session = self.session_of(&message);
        let (subscription, events) = (self.subscribe(session.as_str()), self.events());
        let mut sent = self.find(&key).await;
        if sent.is_none() {
            let history = read_history(&self.history(&session, MOST_ROWS).await?);
            let pending = |key: &Key| history.pending.iter().find(|one| one.key == key.as_str());
            // An input that a crash interrupted never runs, and its key is dead.
            while pending(&key).is_some_and(|one| one.interrupted) {
                key = Key::new(format!("{key}.again"));
            }
            let is_there = pending(&key).is_some()
                || history.in_flight.as_deref() == Some(key.as_str())
                || history.keys.iter().any(|known| known == key.as_str());
            if !is_there {
                message.key = Some(key.clone());
                sent = Some(self.send(message).await?);
            }
        }
        let mut asking = self.asking(session, sent, key, subscription, events);
        asking.is_stale = true;
        Ok(asking)
    }

    fn asking(
        &self,
        session: String,
        sent: Option<Sent>,
        key: Key,
        subscription: Subscription,
        events: Events,
    ) -> Asking {
        Asking {
            upstream: self.clone(),
            session,
            sent,
            key,
            events,
            so_far: String::new(),
            is_stale: false,
            is_elsewhere: false,
            looks: 0,
            _subscription: subscription,
        }
    }

    fn session_of(&self, message: &Message) -> String {
        let named = message.session.clone();
        named.unwrap_or_else(|| match &*self.status.borrow() {
            super::Status::Ready { hello } => hello
                .pointer("/snapshot/sessionDefaults/mainSessionKey")
                .and_then(Value::as_str)
                .unwrap_or("main")
                .to_owned(),
            _ => "main".to_owned(),
        })
    }

    async fn history(&self, session: &str, rows: u64) -> Result<Value, RequestFailed> {
        let params = json!({ "sessionKey": session, "limit": rows, "maxChars": CHARACTERS });
        self.request(Request::reading(CHAT_HISTORY, params)).await
    }

    async fn look(&self, session: &str) -> Result<Page<Told>, RequestFailed> {
        let payload = self.history(session, ROWS).await?;
        let question = Question {
            asked: 0,
            offset: 0,
            limit: ROWS,
        };
        let mut live = |run: &Value| {
            let words = run.text("text")?;
            Some(Told::live(words))
        };
        Ok(read_page(&payload, &question, &mut Told::read, &mut live))
    }
}

/// Why a message was not asked again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AskAgainFailed {
    /// It was not taken.
    #[error(transparent)]
    Refused(#[from] SendRefused),
    /// Whether it was sent before could not be found out.
    #[error("whether the message was sent before cannot be found out: {0}")]
    Unknown(#[from] RequestFailed),
}

impl Asking {
    /// The message on its way; `None` for one that had arrived before.
    #[must_use]
    pub const fn sent(&self) -> Option<&Sent> {
        self.sent.as_ref()
    }

    /// The whole answer.
    ///
    /// # Errors
    /// There is none.
    pub async fn answer(mut self) -> Result<String, AskFailed> {
        loop {
            if let Said::Answer(answer) = self.next().await? {
                return Ok(answer);
            }
        }
    }

    /// What the agent says next: everything so far, at last the whole answer.
    /// Nothing is lost when this is dropped while it waits.
    ///
    /// # Errors
    /// There is no answer, and none will come by this.
    pub async fn next(&mut self) -> Result<Said, AskFailed> {
        loop {
            if self.is_stale {
                match self.upstream.look(&self.session).await {
                    Ok(page) => {
                        self.is_stale = false;
                        if let Some(said) = self.judge(page)? {
                            return Ok(said);
                        }
                    }
                    Err(RequestFailed::Closed) => return Err(AskFailed::Closed),
                    // The next connection asks for another look.
                    Err(_) => self.is_stale = false,
                }
            }
            let waits = self.is_elsewhere || self.looks > 0;
            tokio::select! {
                event = self.events.next() => {
                    let said = match event {
                        None => return Err(AskFailed::Closed),
                        Some(Err(_lagged)) => {
                            self.is_stale = true;
                            None
                        }
                        Some(Ok(event)) => self.hear(&event)?,
                    };
                    if let Some(said) = said {
                        return Ok(said);
                    }
                }
                stuck = stuck(self.sent.as_mut()) => return Err(stuck.into()),
                () = sleep(AGAIN), if waits => self.is_stale = true,
            }
        }
    }

    /// The key under which the message goes, which is the id of its run.
    #[must_use]
    pub fn key(&self) -> Key {
        self.sent
            .as_ref()
            .map_or_else(|| self.key.clone(), Sent::key)
    }

    fn hear(&mut self, event: &Arc<Event>) -> Result<Option<Said>, AskFailed> {
        let (name, payload) = match &**event {
            Event::Gateway { name, payload } => (name, payload),
            Event::Connected | Event::Gap => {
                self.is_stale = true;
                return Ok(None);
            }
            Event::Lost => return Ok(None),
        };
        let Some(kind) = EventKind::fixed(name) else {
            return Ok(None);
        };
        let change = read_change(kind, payload, &mut |message| words(message));
        let Some((session, change)) = change else {
            return Ok(None);
        };
        if session.is_some_and(|session| session != self.session) {
            return Ok(None);
        }
        match change {
            Change::Run {
                id,
                state,
                message,
                error,
            } => self.hear_run(&id, state, message, error),
            Change::Missed => {
                self.is_stale = true;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn hear_run(
        &mut self,
        id: &str,
        state: RunState,
        message: Option<String>,
        error: Option<String>,
    ) -> Result<Option<Said>, AskFailed> {
        if id != self.key().as_str() {
            // Where messages are steered into another run, or follow it, the
            // words are that one's.
            self.is_stale |= self.is_elsewhere && state.is_terminal();
            return Ok(None);
        }
        let message = message.filter(|words| !words.is_empty());
        match (state, message) {
            (RunState::Delta, Some(words)) => Ok(self.goes_on(words)),
            (RunState::Final, Some(words)) => Ok(Some(Said::Answer(words))),
            (RunState::Final, None) => {
                self.is_elsewhere = true;
                self.is_stale = true;
                Ok(None)
            }
            (RunState::Aborted, words) => Err(AskFailed::Stopped {
                so_far: words.unwrap_or_else(|| std::mem::take(&mut self.so_far)),
            }),
            (RunState::Error, _) => Err(AskFailed::Failed(error.unwrap_or_default())),
            (RunState::Status | RunState::Delta, _) => Ok(None),
        }
    }

    fn goes_on(&mut self, words: String) -> Option<Said> {
        let is_new = words != self.so_far;
        self.so_far.clone_from(&words);
        is_new.then_some(Said::SoFar(words))
    }

    /// What a page of history says of the answer.
    fn judge(&mut self, page: Page<Told>) -> Result<Option<Said>, AskFailed> {
        let key = self.key();
        let Some(place) = place_of(&page, &key) else {
            // It has not arrived yet, or stands in no transcript.
            let is_over = self
                .sent
                .as_ref()
                .is_none_or(|sent| self.is_elsewhere && sent.delivery().stage == Stage::Confirmed);
            return if is_over {
                self.decided_nothing()
            } else {
                Ok(None)
            };
        };
        let (answer, is_whole) = answer_in(&page.rows[place + 1..])?;
        if is_whole {
            return Ok(Some(Said::Answer(answer)));
        }
        if let Some((run, words)) = page.in_flight {
            self.looks = 1;
            let is_own = run == key.as_str();
            self.is_elsewhere |= !is_own;
            let words = words.filter(|_| is_own).map(Told::into_words);
            let words = words.filter(|words| !words.is_empty());
            return Ok(words.and_then(|words| self.goes_on(words)));
        }
        if page.waits {
            self.looks = 1;
            return Ok(None);
        }
        if self.looks >= LOOKS && !answer.is_empty() {
            return Ok(Some(Said::Answer(answer)));
        }
        self.decided_nothing()
    }

    fn decided_nothing(&mut self) -> Result<Option<Said>, AskFailed> {
        self.looks += 1;
        if self.looks > LOOKS {
            return Err(AskFailed::NoAnswer);
        }
        Ok(None)
    }
}

/// Waits until the message does not go on by itself.
async fn stuck(sent: Option<&mut Sent>) -> SendFailed {
    let failed = match sent {
        // What has arrived, or was let go of in good order, is not stuck.
        Some(sent) => match sent.confirmed().await {
            Ok(()) | Err(SendFailed::Closed) => None,
            Err(failed) => Some(failed),
        },
        None => None,
    };
    match failed {
        Some(failed) => failed,
        None => std::future::pending().await,
    }
}
