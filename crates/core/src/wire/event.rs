//! Events: their names as numbers, and the facts of those the engine reads.

use std::time::Duration;

use super::{Object, StateVersions};

/// An event's name, interned: hot frames cross the wasm boundary as numbers.
///
/// The names below have fixed numbers; a host numbers all others from
/// [`EventKind::FIRST_FREE`] on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKind(pub u16);

impl EventKind {
    /// `connect.challenge`
    pub const CHALLENGE: Self = Self(0);
    /// `tick`
    pub const TICK: Self = Self(1);
    /// `shutdown`
    pub const SHUTDOWN: Self = Self(2);
    /// `chat`
    pub const CHAT: Self = Self(3);
    /// `session.message`
    pub const SESSION_MESSAGE: Self = Self(4);
    /// `presence`
    pub const PRESENCE: Self = Self(5);
    /// `health`
    pub const HEALTH: Self = Self(6);
    /// `agent`
    pub const AGENT: Self = Self(7);
    /// `sessions.changed`
    pub const SESSIONS_CHANGED: Self = Self(8);
    /// `chat.side_result`
    pub const SIDE_RESULT: Self = Self(9);
    /// The first number that a host gives to a name of its own.
    pub const FIRST_FREE: u16 = 10;

    /// Those of which the engine reads each one. It reads others at times.
    pub const ALWAYS_READ: [Self; 4] = [
        Self::CHALLENGE,
        Self::SHUTDOWN,
        Self::PRESENCE,
        Self::HEALTH,
    ];

    /// The names with fixed numbers, in the order of these.
    pub const NAMES: [&'static str; Self::FIRST_FREE as usize] = [
        "connect.challenge",
        "tick",
        "shutdown",
        "chat",
        "session.message",
        "presence",
        "health",
        "agent",
        "sessions.changed",
        "chat.side_result",
    ];

    /// The fixed number of a name, if it has one.
    #[must_use]
    pub fn fixed(name: &str) -> Option<Self> {
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        u16::try_from(index).ok().map(Self)
    }
}

/// How a run stands, from a `chat` event's `state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Preparing; nothing of the answer yet.
    Status,
    /// A piece of the answer.
    Delta,
    /// The run has ended well.
    Final,
    /// Somebody stopped it.
    Aborted,
    /// It failed.
    Error,
}

impl RunState {
    /// Reads the wire word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "status" => Self::Status,
            "delta" => Self::Delta,
            "final" => Self::Final,
            "aborted" => Self::Aborted,
            "error" => Self::Error,
            _ => return None,
        })
    }

    /// No further state follows for this run.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Final | Self::Aborted | Self::Error)
    }
}

/// The facts of an event that the engine asked to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventFacts {
    /// `connect.challenge`
    Challenge {
        /// To be signed; `None` when the frame lacks it.
        nonce: Option<String>,
        /// The gateway's clock, Unix milliseconds; `None` when absent.
        ts: Option<u64>,
    },
    /// `shutdown`
    Shutdown {
        /// How long the gateway expects to be away, when it said so.
        restart_in: Option<Duration>,
    },
    /// `chat`, and `chat.side_result`
    Chat {
        /// Canonical session key.
        session: String,
        /// The run: for a message of ours, its idempotency key.
        run: String,
        /// How it stands.
        state: RunState,
        /// The frame carries a message. Without one even `final` proves nothing.
        has_message: bool,
    },
    /// `session.message`
    Message {
        /// The row's idempotency key as it stands in history, `<key>:user`.
        key: Option<String>,
    },
    /// `presence` and `health`
    State(StateVersions),
    /// Nothing that the engine needs, or not readable.
    Other,
}

/// Reads the facts of an event frame's `payload` (and `stateVersion`).
pub fn read_event<O: Object>(kind: EventKind, frame: &O) -> EventFacts {
    let Some(payload) = frame.child("payload") else {
        return if kind == EventKind::CHALLENGE {
            EventFacts::Challenge {
                nonce: None,
                ts: None,
            }
        } else {
            EventFacts::Other
        };
    };
    match kind {
        EventKind::CHALLENGE => EventFacts::Challenge {
            nonce: payload.text("nonce").filter(|nonce| !nonce.is_empty()),
            ts: payload.whole("ts"),
        },
        EventKind::SHUTDOWN => EventFacts::Shutdown {
            restart_in: payload
                .whole("restartExpectedMs")
                .map(Duration::from_millis),
        },
        EventKind::CHAT => read_chat(&payload).unwrap_or(EventFacts::Other),
        EventKind::SIDE_RESULT => read_side_result(&payload).unwrap_or(EventFacts::Other),
        EventKind::SESSION_MESSAGE => EventFacts::Message {
            key: payload
                .child("message")
                .and_then(|row| super::row_key(&row)),
        },
        EventKind::PRESENCE | EventKind::HEALTH => frame
            .child("stateVersion")
            .and_then(|versions| StateVersions::read(&versions))
            .map_or(EventFacts::Other, EventFacts::State),
        _ => EventFacts::Other,
    }
}

/// The answer to a side question: neither of them ever has a row.
fn read_side_result<O: Object>(payload: &O) -> Option<EventFacts> {
    Some(EventFacts::Chat {
        session: payload.text("sessionKey")?,
        run: payload.text("runId")?,
        state: RunState::Final,
        has_message: true,
    })
}

fn read_chat<O: Object>(payload: &O) -> Option<EventFacts> {
    Some(EventFacts::Chat {
        session: payload.text("sessionKey")?,
        run: payload.text("runId")?,
        state: RunState::parse(&payload.text("state")?)?,
        has_message: payload.child("message").is_some(),
    })
}
