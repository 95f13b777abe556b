//! Entries of the outbox, as the app sees them.

use std::fmt;
use std::time::Duration;

use crate::answers::Answers;

/// An idempotency key: minted once by the host, globally unique (a UUID), and
/// the run id of the turn that it starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Wraps the text of a key.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which a message goes out again when this one is dead:
    /// `k`, `k.2`, `k.3`, …
    pub(super) fn renewed(&self) -> Self {
        let (base, count) = self
            .0
            .rsplit_once('.')
            .and_then(|(base, count)| Some((base, count.parse::<u32>().ok()?.checked_add(1)?)))
            .unwrap_or((&self.0, 2));
        Self(format!("{base}.{count}"))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an entry goes, and with which others it keeps its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// A chat message for this session; `None` waits until a hello names the
    /// main one. It is confirmed by the session's transcript.
    Chat(Option<String>),
    /// A request. It is confirmed by its answer.
    Method {
        /// Its method.
        name: String,
        /// The session that it names: with requests of others it keeps no order.
        session: Option<String>,
    },
}

impl Route {
    /// The session that it belongs to, once it is known.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::Chat(session) | Self::Method { session, .. } => session.as_deref(),
        }
    }

    /// The session whose transcript confirms it, once it is known.
    #[must_use]
    pub fn transcript(&self) -> Option<&str> {
        self.session().filter(|_| self.method().is_none())
    }

    /// The method of a request that is no chat message.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        match self {
            Self::Chat(_) => None,
            Self::Method { name, .. } => Some(name),
        }
    }
}

/// An entry for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Its idempotency key: globally unique, minted by the host.
    pub key: Key,
    /// Where it goes.
    pub route: Route,
    /// How many answers end it: [`Answers::Final`] for `agent`.
    pub answers: Answers,
    /// The size of its payload as it goes over the wire, in bytes.
    pub bytes: u64,
    /// How long it may wait before it leaves; `None` waits for ever.
    pub ttl: Option<Duration>,
    /// The host's wall clock, Unix milliseconds: by it `ttl` counts over
    /// restarts.
    pub written_ms: u64,
    /// The host is still reading its files: it is neither stored nor sent before
    /// [`Input::PayloadRead`](crate::engine::Input::PayloadRead).
    pub is_being_read: bool,
}

impl NewEntry {
    /// A chat message.
    #[must_use]
    pub const fn chat(key: Key, session: Option<String>, bytes: u64, written_ms: u64) -> Self {
        Self {
            key,
            route: Route::Chat(session),
            answers: Answers::First,
            bytes,
            ttl: None,
            written_ms,
            is_being_read: false,
        }
    }
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    /// It waits for its turn or for a connection.
    Queued,
    /// It is marked, and its bytes leave or have left; the gateway has not
    /// answered.
    Sending,
    /// The gateway answered. Not yet a proof: it may still lose it in a crash.
    Accepted,
    /// It stands in the gateway's transcript. The entry is done.
    Confirmed,
    /// The gateway refused it, or its time ran out: a person decides.
    Parked,
    /// It may or may not have run, and repeating it is not safe: a person
    /// decides.
    Unconfirmed,
}

impl EntryState {
    /// The word for it, as the page and the npm package show it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Confirmed => "confirmed",
            Self::Parked => "parked",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// The state that goes by this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let states = [
            Self::Queued,
            Self::Sending,
            Self::Accepted,
            Self::Confirmed,
            Self::Parked,
            Self::Unconfirmed,
        ];
        states.into_iter().find(|state| state.as_str() == word)
    }
}

/// One message on its way, without its payload: that stays with the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Key,
    /// Its session; `None` until a hello names the main one, and for a request that
    /// names none.
    pub session: Option<String>,
    /// Its method, when it is no chat message.
    pub method: Option<String>,
    /// When it was written, by the host's wall clock, Unix milliseconds.
    pub written_ms: u64,
    /// How far it has come.
    pub state: EntryState,
    /// How often its bytes have left.
    pub attempts: u32,
    /// Why it is parked or unconfirmed: one of [`reasons`](super::reasons), or
    /// the gateway's words.
    pub reason: Option<String>,
    /// The dead key that this one replaces.
    pub replaces: Option<Key>,
}

/// What changed in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// An entry is new or moved on.
    Changed(Entry),
    /// An entry was taken out before it was sent, or is followed no longer.
    Removed(Key),
    /// The store has an entry, or cannot keep it.
    Stored {
        /// Its key.
        key: Key,
        /// The store has it. Otherwise it lives as long as this page.
        is_kept: bool,
    },
    /// An entry goes on under another key; the host keeps its payload by that.
    Renewed {
        /// The dead key.
        from: Key,
        /// The key that counts from now on.
        to: Key,
    },
    /// The outbox was read from the store, or is another gateway's now: what
    /// was known of it is void.
    Restored,
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnqueueError {
    /// The outbox holds as many entries as it may.
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// The outbox holds as many bytes as it may.
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
    },
    /// The key is in the outbox already.
    KeyInUse,
}

/// How much the outbox may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Entries.
    pub entries: usize,
    /// Bytes of their payloads, as the host counts them.
    pub bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            entries: 10_000,
            bytes: 32 * 1024 * 1024,
        }
    }
}
