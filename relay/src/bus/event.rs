//! What happens in the domain, for whoever wants to know.

use std::sync::{Arc, Mutex, PoisonError};

use crate::account::Account;
use crate::store::{Entry, InputKind, Origin, Sender, Session, TranscriptRow, Usage};

/// One thing that happened. Cheap to clone; what is large is shared.
#[derive(Debug, Clone)]
pub enum Event {
    /// A session has a new row.
    MessageStored {
        /// The session as it was then.
        session: Arc<SessionState>,
        /// The row.
        row: Arc<TranscriptRow>,
    },
    /// Something about a session changed.
    SessionChanged {
        /// The session as it was then.
        session: Arc<SessionState>,
        /// Why.
        reason: ChangeReason,
    },
    /// A session was deleted, with all that was said in it.
    SessionDeleted {
        /// Its key.
        session_key: String,
        /// Identity of the transcript that it had.
        session_id: String,
    },
    /// An agent was asked.
    RunStarted(Arc<Run>),
    /// An agent said more.
    RunSaid {
        /// The run.
        run: Arc<Run>,
        /// Bytes of [`Run::said`] that were told before.
        from: usize,
        /// Bytes of [`Run::said`] that are told now; more may be there already.
        to: usize,
    },
    /// A run is over, and its end is stored.
    RunEnded {
        /// The run.
        run: Arc<Run>,
        /// How.
        ending: Ending,
        /// When, Unix milliseconds.
        at: i64,
    },
    /// A message came in through a channel and is stored.
    ChannelReceived(Arc<ChannelMessage>),
    /// A message went out through a channel.
    ChannelSent(Arc<ChannelMessage>),
    /// A message that went out through a channel has come further, or did not.
    ChannelProgress(Arc<SendProgress>),
    /// What a row shows has come further on its way through a channel, or did not.
    RowProgress(Arc<RowProgress>),
    /// Others type in a conversation of a channel than before.
    ChannelTyping(Arc<Typing>),
    /// A channel or an account of it is in another state.
    ChannelStatus {
        /// Registry name of the channel.
        channel: String,
        /// Its account.
        account: Arc<AccountStatus>,
    },
}

/// A session at one moment.
#[derive(Debug, Clone)]
pub struct SessionState {
    /// What is stored of it.
    pub session: Session,
    /// The run that goes on in it.
    pub active_run: Option<String>,
    /// Name of the agent that answers the owner.
    pub agent: String,
}

/// Why a session changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeReason {
    /// Somebody made it.
    Created,
    /// A message was put into it.
    Sent,
    /// A run in it ended.
    Settled,
    /// Its name or its marks are others.
    Patched,
    /// It began anew.
    Reset,
}

/// One run of an agent.
#[derive(Debug)]
pub struct Run {
    /// Its id: the idempotency key of what was asked.
    pub id: String,
    /// The session that it is for.
    pub session_key: String,
    /// Identity of that session's transcript; empty when the run never began.
    pub session_id: String,
    /// Whether a person or a program asked.
    pub kind: InputKind,
    /// Name of the agent.
    pub agent: String,
    /// When it began, Unix milliseconds.
    pub started_at: i64,
    /// What was said so far.
    pub said: Said,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With an answer; an empty one has no row.
    Answered(Usage),
    /// With a failure, in words for people.
    Failed(String),
    /// Somebody stopped it; what was said until then is kept.
    Stopped,
    /// Somebody took the question back before the run began.
    Withdrawn,
    /// The end could not be stored, in words for people: the run is repeated
    /// when the relay starts again.
    Lost(String),
}

/// A text that only grows, shared between the run that writes it and its readers.
#[derive(Debug, Clone, Default)]
pub struct Said(Arc<Mutex<String>>);

impl Said {
    /// Adds a piece.
    pub fn push(&self, piece: &str) {
        self.read_mut(|text| text.push_str(piece));
    }

    /// Looks at the text without copying it.
    pub fn read<T>(&self, look: impl FnOnce(&str) -> T) -> T {
        self.read_mut(|text| look(text))
    }

    /// A copy of the whole text.
    #[must_use]
    pub fn text(&self) -> String {
        self.read(str::to_owned)
    }

    fn read_mut<T>(&self, work: impl FnOnce(&mut String) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Name of the metadata that holds the id of the message that one answers.
const REPLY_TO: &str = "reply_to";

/// A message as channels pass it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelMessage {
    /// Registry name of the channel.
    pub channel: String,
    /// The account of the channel.
    pub account: Account,
    /// Who wrote it.
    pub sender: String,
    /// The words.
    pub content: String,
    /// Its identity within the channel.
    pub message_id: String,
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// What else the channel knows of it.
    pub metadata: Vec<(String, String)>,
}

impl ChannelMessage {
    /// One that came in, with its id and its words, for a session.
    #[must_use]
    pub fn received(origin: &Origin, id: &str, session_key: &str, content: &str) -> Self {
        let conversation = origin.conversation.as_deref();
        Self {
            channel: origin.channel.clone(),
            account: origin.account.clone(),
            sender: origin.sender.id.clone(),
            content: content.to_owned(),
            message_id: id.to_owned(),
            conversation_id: conversation.unwrap_or(session_key).to_owned(),
            metadata: origin.metadata.clone(),
        }
    }

    /// The metadata of one that answers the message with this id, if it answers
    /// one.
    #[must_use]
    pub fn answer_to(id: Option<&str>) -> Vec<(String, String)> {
        let id = id.into_iter();
        id.map(|id| (REPLY_TO.to_owned(), id.to_owned())).collect()
    }

    /// The message that one which went out answers, by its id.
    #[must_use]
    pub fn answers(&self) -> Option<&str> {
        let mut metadata = self.metadata.iter();
        let (_, id) = metadata.find(|(name, _)| name == REPLY_TO)?;
        Some(id)
    }
}

/// How far a message has come that went out through a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendProgress {
    /// Registry name of the channel.
    pub channel: String,
    /// The account that it leaves by.
    pub account: Account,
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// Its identity within the channel.
    pub message_id: String,
    /// How far, in a word of the channel, like `delivered`.
    pub state: &'static str,
    /// Why it came no further, in words for people.
    pub error: Option<String>,
}

/// How far all has come that a row of a session stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProgress {
    /// Registry name of the channel.
    pub channel: String,
    /// The session.
    pub session_key: String,
    /// The run of the row.
    pub run_id: String,
    /// As [`SendProgress::state`].
    pub state: &'static str,
    /// As [`SendProgress::error`].
    pub error: Option<String>,
}

/// Who types in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    /// Registry name of the channel.
    pub channel: String,
    /// The session of the conversation.
    pub session_key: String,
    /// All of them, each with a name.
    pub typists: Vec<Sender>,
}

/// How a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    /// Messages come and go.
    Connected,
    /// Nobody asked it to connect, or somebody asked it not to.
    Disconnected,
    /// It tries.
    Connecting,
    /// It failed, and says why.
    Error,
    /// Nobody configured it, or somebody switched it off.
    NotConfigured,
}

impl ChannelState {
    /// Its word in every report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Error => "error",
            Self::NotConfigured => "not_configured",
        }
    }
}

/// How one account of a channel stands. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatus {
    /// `default` where a channel has one only.
    pub id: Account,
    /// How it stands.
    pub state: ChannelState,
    /// Whether the owner wants it.
    pub enabled: bool,
    /// Whether all that it needs is there.
    pub configured: bool,
    /// Whether something works on it now.
    pub running: bool,
    /// Where it connects to, without secrets.
    pub url: Option<String>,
    /// When it was last started.
    pub last_start_at: Option<i64>,
    /// When it last stopped.
    pub last_stop_at: Option<i64>,
    /// What last went wrong, in words for people.
    pub last_error: Option<String>,
    /// Attempts to connect since it was last connected.
    pub reconnect_attempts: u32,
    /// When it tries again.
    pub next_retry_at: Option<i64>,
    /// What it is reached over, like `websocket`.
    pub transport: Option<String>,
}

impl AccountStatus {
    /// The one account of a channel that needs nothing from outside.
    #[must_use]
    pub fn of_relay(state: ChannelState, since: i64) -> Self {
        Self {
            id: Account::default(),
            state,
            enabled: true,
            configured: true,
            running: true,
            url: None,
            last_start_at: Some(since),
            last_stop_at: None,
            last_error: None,
            reconnect_attempts: 0,
            next_retry_at: None,
            transport: None,
        }
    }

    /// Whether messages come and go.
    #[must_use]
    pub fn connected(&self) -> bool {
        self.state == ChannelState::Connected
    }
}

impl Event {
    /// About how many bytes stay alive for this event alone.
    pub(super) fn weight(&self) -> usize {
        const FIXED: usize = 512;
        let large = match self {
            Self::MessageStored { row, .. } => match &row.entry {
                Entry::Message { text, origin, .. } => text.len() + weight_of(&origin.metadata),
                entry => entry.text().len(),
            },
            Self::ChannelReceived(message) | Self::ChannelSent(message) => {
                message.content.len() + weight_of(&message.metadata)
            }
            Self::SessionChanged { .. }
            | Self::SessionDeleted { .. }
            | Self::RunStarted(_)
            | Self::RunSaid { .. }
            | Self::RunEnded { .. }
            | Self::ChannelProgress(_)
            | Self::RowProgress(_)
            | Self::ChannelTyping(_)
            | Self::ChannelStatus { .. } => 0,
        };
        FIXED + large
    }
}

fn weight_of(metadata: &[(String, String)]) -> usize {
    let all = metadata.iter();
    all.map(|(name, value)| name.len() + value.len()).sum()
}
