//! Who answers: one trait, and the names under which configurations choose.

pub mod echo;
mod none;
pub mod openai;
mod replier;
mod settings;
mod speakers;
mod upstream;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};

pub use self::echo::Echo;
pub use self::none::Nobody;
pub use self::openai::OpenAi;
pub use self::replier::Replier;
pub use self::settings::{AgentSettings, BadAgents};
pub use self::upstream::{NoAgent, UpstreamAgent, is_own_session};
use crate::account::Via;
use crate::store::{Origin, Store, StoreError, TranscriptRow, Usage};

/// Something that answers.
pub trait Agent: Debug + Send + Sync {
    /// The name under which a configuration chooses it.
    fn name(&self) -> &str;

    /// What people are shown: the name of its model, where it has one.
    fn label(&self) -> &str {
        self.name()
    }

    /// Whether it looks at images.
    fn takes_images(&self) -> bool {
        false
    }

    /// Answers one question, piece by piece. When somebody stops the run the
    /// agent should end soon; one that does not is dropped.
    fn answer<'a>(&'a self, question: &'a Question, reply: Reply) -> BoxFuture<'a, End>;
}

/// How an answer ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All is said. Nothing said means that there is no answer.
    Answered(Usage),
    /// It did not work, in words for people that hold no secret.
    Failed(String),
    /// Somebody stopped it.
    Stopped,
}

/// What an agent is asked.
#[derive(Debug)]
pub struct Question {
    /// The idempotency key, which is also the id of the run: the same after a
    /// crash, so that an agent elsewhere can tell a repeat.
    pub key: String,
    /// The session that it is asked in.
    pub session_key: String,
    /// The words.
    pub text: String,
    /// Who asks, where, and with what attached.
    pub origin: Origin,
    /// What was said before.
    pub history: History,
}

/// What was said in a session before a question.
#[derive(Debug)]
pub struct History {
    pub(crate) store: Store,
    pub(crate) session_key: String,
    /// Place of the question's own row.
    pub(crate) before: i64,
}

impl History {
    /// The last rows before the question, oldest first: at most `rows`, and no
    /// more than about `bytes` of them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn last(&self, rows: i64, bytes: usize) -> Result<Vec<TranscriptRow>, StoreError> {
        let up_to = self.before - 1;
        self.store
            .rows_before(&self.session_key, up_to, rows, bytes)
            .await
    }
}

/// Where an agent says its answer.
#[derive(Debug)]
pub struct Reply {
    pieces: mpsc::Sender<String>,
    stop: watch::Receiver<bool>,
}

/// Pieces that wait to be shown; an agent that is faster waits.
const PIECES: usize = 16;

impl Reply {
    /// A reply, and where its pieces come out. `stop` says that somebody wants
    /// the end.
    #[must_use]
    pub fn new(stop: watch::Receiver<bool>) -> (Self, mpsc::Receiver<String>) {
        let (pieces, said) = mpsc::channel(PIECES);
        (Self { pieces, stop }, said)
    }

    /// Says a piece; waits while nobody keeps up.
    pub async fn say(&mut self, piece: impl Into<String>) {
        // A run that is over hears no more.
        let _ = self.pieces.send(piece.into()).await;
    }

    /// Whether somebody wants the end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Completes when somebody wants the end.
    pub async fn stopped(&mut self) {
        // Who could have stopped it is gone: then so is the run.
        let _ = self.stop.wait_for(|stop| *stop).await;
    }
}

/// A configuration names an agent that is not here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no agent {name:?}: choose one of {}", known.join(", "))]
pub struct UnknownAgent {
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub known: Vec<String>,
}

/// The agents by name, and which of them answers where.
#[derive(Debug, Clone)]
pub struct Agents {
    known: BTreeMap<String, Arc<dyn Agent>>,
    everywhere: Arc<dyn Agent>,
    by_channel: HashMap<String, Arc<dyn Agent>>,
    by_account: HashMap<Via, Arc<dyn Agent>>,
}

impl Default for Agents {
    /// `echo` and `none`; `echo` answers everywhere.
    fn default() -> Self {
        let echo: Arc<dyn Agent> = Arc::new(Echo);
        let mut agents = Self {
            known: BTreeMap::new(),
            everywhere: Arc::clone(&echo),
            by_channel: HashMap::new(),
            by_account: HashMap::new(),
        };
        agents.add(echo);
        agents.add(Arc::new(Nobody));
        agents
    }
}

impl Agents {
    /// Makes an agent known by its name.
    pub fn add(&mut self, agent: Arc<dyn Agent>) {
        self.known.insert(agent.name().to_owned(), agent);
    }

    /// Says who answers: in one channel, or everywhere else.
    ///
    /// # Errors
    /// No agent has that name.
    pub fn choose(&mut self, channel: Option<&str>, name: &str) -> Result<(), UnknownAgent> {
        let agent = self.named(name)?;
        match channel {
            Some(channel) => {
                self.by_channel.insert(channel.to_owned(), agent);
            }
            None => self.everywhere = agent,
        }
        Ok(())
    }

    /// Says who answers on one account of a channel.
    ///
    /// # Errors
    /// No agent has that name.
    pub fn choose_for(&mut self, via: Via, name: &str) -> Result<(), UnknownAgent> {
        let agent = self.named(name)?;
        self.by_account.insert(via, agent);
        Ok(())
    }

    fn named(&self, name: &str) -> Result<Arc<dyn Agent>, UnknownAgent> {
        let unknown = || UnknownAgent {
            name: name.to_owned(),
            known: self.known.keys().cloned().collect(),
        };
        self.known.get(name).cloned().ok_or_else(unknown)
    }

    fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// Who answers in a channel.
    #[must_use]
    pub fn of(&self, channel: &str) -> Arc<dyn Agent> {
        Arc::clone(self.by_channel.get(channel).unwrap_or(&self.everywhere))
    }

    /// Who answers what comes from somewhere.
    #[must_use]
    pub fn for_origin(&self, origin: &Origin) -> Arc<dyn Agent> {
        let via = Via::new(&origin.channel, &origin.account);
        match self.by_account.get(&via) {
            Some(agent) => Arc::clone(agent),
            None => self.of(&origin.channel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_has_is_refused_with_those_that_there_are() {
        let mut agents = Agents::default();
        let error = agents.choose(None, "ecko").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no agent \"ecko\": choose one of echo, none"
        );
        assert_eq!(agents.of("webchat").name(), "echo", "nothing changed");
    }

    #[test]
    fn a_channel_has_its_own_agent_or_the_one_of_all() {
        let mut agents = Agents::default();
        agents.choose(Some("whatsapp_baileys"), "none").unwrap();
        assert_eq!(agents.of("whatsapp_baileys").name(), "none");
        assert_eq!(agents.of("webchat").name(), "echo");
        agents.choose(None, "none").unwrap();
        assert_eq!(agents.of("webchat").name(), "none");
    }
}
