//! What goes into the engine and what comes out of it.

pub use crate::handshake::Introduction;
use crate::outbox::{Batch, Key, Route, Saved, StoreError, Update};
use crate::requests::{RequestError, RequestId};
use crate::secret::Secret;
use crate::wire::{Answer, EventFacts, EventKind, Policy, Read};

use super::status::Status;

/// The number of a socket attempt. Whatever comes from an older one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(pub u32);

/// What the host tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The socket of this generation is open.
    Opened(Generation, Introduction),
    /// The socket of this generation closed, or could not be opened.
    Closed(Generation, Close),
    /// The device's key signed the proof (base64url, without padding), or the
    /// host says why it could not.
    Signed(Generation, Result<String, String>),
    /// The network or the page's life changed.
    Network(Network),
    /// The time of [`super::Engine::deadline`] has come.
    Woke {
        /// The host's wall clock, Unix milliseconds: one that ran ahead of the
        /// monotonic clock means that the machine slept.
        wall_ms: u64,
    },
    /// A batch is stored, or is not.
    Stored {
        /// The number of the batch.
        batch: u32,
        /// Whether it is.
        result: Result<(), StoreError>,
        /// The host's wall clock, Unix milliseconds: the machine may have slept
        /// since, and a mark that is older than a key lives lets nothing leave.
        wall_ms: u64,
    },
    /// The outbox was read from the store. Nothing of it leaves before.
    Restored {
        /// Which store it is: one for each gateway and device.
        store: String,
        /// The host's wall clock, Unix milliseconds.
        wall_ms: u64,
        /// In order.
        entries: Vec<Saved>,
    },
    /// Another tab wrote these entries into the store.
    Adopted {
        /// The host's wall clock, Unix milliseconds.
        wall_ms: u64,
        /// In order.
        entries: Vec<Saved>,
    },
    /// The host has read the files of a message that was put into the outbox
    /// while it still read them, or says why it cannot: a word of
    /// [`reasons`](crate::reasons).
    PayloadRead(Key, Result<(), String>),
    /// How the connection of the tab that leads stands.
    Led {
        /// Its status.
        status: Status,
        /// The limits of its gateway.
        policy: Policy,
    },
    /// The socket of this generation is still sending what it was given.
    Drained(Generation),
}

/// How a socket ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// It closed, with a code and a reason.
    Socket {
        /// The close code, 1006 when there was none.
        code: u16,
        /// The close reason, at most 123 bytes on the wire.
        reason: String,
    },
    /// It could not even be made: the address is not one for a WebSocket, or
    /// the page's policy forbids it. In the host's words.
    Address(String),
    /// The other side could not prove that it is the gateway: nothing was sent
    /// to it. In the host's words.
    Untrusted(String),
    /// The host could not get the sign-in data. In the host's words.
    Credentials(String),
}

/// Hints about the network and the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The system says that there is a network again.
    Online,
    /// The system says that there is none: a hint, never a gate.
    Offline,
    /// The page can be seen.
    Visible,
    /// The page cannot be seen: its timers may be clamped to one a minute.
    Hidden,
    /// The page was frozen and runs again.
    Resumed,
    /// The page came back from the back/forward cache: its socket is gone,
    /// whether or not it says so.
    Restored,
}

/// What can be seen of an inbound frame without reading its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glance {
    /// An event.
    Event {
        /// Its interned name.
        kind: EventKind,
        /// Its frame `seq`, contiguous from 1 within a connection.
        seq: Option<u64>,
    },
    /// A response.
    Response {
        /// Its id.
        id: RequestId,
    },
    /// What is no JSON object: something between here and the gateway changes
    /// the frames, or it is no gateway. It is still a sign of life.
    Unreadable,
    /// Anything else. It is still a sign of life.
    Other,
}

/// What to do with an inbound frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: it is of an older generation, a repetition, or ours alone.
    Drop,
    /// Hand it to those who listen.
    Deliver,
    /// Read the facts of this event and hand them to
    /// [`super::Engine::handle_frame`], which says what to do.
    ReadEvent,
    /// The same for a response.
    ReadAnswer(Read),
    /// It is the greeting: keep its payload as the hello.
    Hello,
    /// It is the first of two answers.
    Accepted(RequestId),
    /// It is the answer that ends this request.
    Settled(RequestId),
}

/// The facts that the host read because a [`Verdict`] asked for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// Of an event.
    Event(EventFacts),
    /// Of a response.
    Answer(RequestId, Answer),
}

/// What the host must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Open a socket; answer with [`Input::Opened`] or [`Input::Closed`].
    Connect(Generation),
    /// Sign this text with the device's key; answer with [`Input::Signed`].
    Sign(Generation, Secret),
    /// Send a frame.
    Transmit(Generation, Outgoing),
    /// Close the socket with this code, and expect nothing more of it.
    Disconnect(Generation, u16),
    /// The gateway issued a token for this device: keep it for this gateway
    /// and role.
    KeepDeviceToken {
        /// The role it is for.
        role: String,
        /// The token.
        token: Secret,
        /// The scopes it was issued for.
        scopes: Vec<String>,
    },
    /// The gateway refused the kept token: forget it.
    ForgetDeviceToken,
    /// Make these changes in the store, all or none; answer with
    /// [`Input::Stored`]. At most one batch is out at a time.
    Store(Batch),
    /// Ask the tab that leads for a sign of life.
    Ping(Generation),
    /// The tab that leads is silent: take its place.
    Depose,
    /// Tell the app.
    Event(Event),
}

/// A frame to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// The engine made it: the whole text.
    Frame(Secret),
    /// A request of the host, which composes it from what it keeps.
    Request(RequestId),
    /// A message of the outbox, which the host keeps by its key. Its mark is
    /// stored.
    Entry {
        /// The id that goes on the wire.
        id: RequestId,
        /// The message.
        key: Key,
        /// Where it goes.
        route: Route,
    },
}

/// What the engine tells the app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The connection's state changed.
    Status(Status),
    /// A request of the host ended without an answer.
    Failed(RequestId, RequestError),
    /// The outbox changed.
    Outbox(Update),
    /// Events were lost on the way: what is derived from them is stale.
    Gap {
        /// The `seq` that was due.
        expected: u64,
        /// The `seq` that came.
        received: u64,
    },
}
