//! The engine: one state machine for the connection, its requests and its
//! outbox.
//!
//! The host owns sockets, timers, keys and payloads. It feeds what happened
//! ([`Engine::glance`], [`Engine::handle_frame`], [`Engine::handle_input`]) and
//! what the app wants ([`Engine::connect`], [`Engine::request`],
//! [`Engine::enqueue`], …), then drains [`Engine::poll_output`] to the end and
//! performs what it got, with no borrow held, and arms one timer for
//! [`Engine::deadline`]. One mutation, one drain: nothing else calls in
//! between, and no listener runs inside.
//!
//! Errors mean bad input. Nothing that comes from the network can panic.

mod connection;
mod delivery;
mod ending;
mod following;
mod frames;
mod io;
mod scopes;
mod status;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

pub use io::{
    Close, Event, Facts, Generation, Glance, Input, Introduction, Network, Outgoing, Output,
    Verdict,
};
pub use status::{Pairing, Reason, Status, WakeSource};

use crate::backoff::{Backoff, Outage};
use crate::handshake::{Awaits, Handshake, Profile};
use crate::metrics::{Meter, Metrics};
pub use crate::outbox::NewEntry;
use crate::outbox::{Bounds, Entry, Key, Outbox};
use crate::requests::{RequestId, Requests};
use crate::rng::Rng;
use crate::time::Instant;
use crate::verdict::Cause;
use crate::watchdog::Watchdog;
use crate::wire::{Hello, Policy, StateVersions};

/// A gateway with this capability keeps idempotency keys over restarts: a
/// repeated key never runs twice. Our embedded gateway has it.
pub const DURABLE_KEYS: &str = "durable-idempotency-keys";

/// How the engine behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Who this client is and what it asks to be.
    pub profile: Profile,
    /// Waits between attempts.
    pub backoff: Backoff,
    /// How long to wait for what.
    pub deadlines: Deadlines,
    /// How much the outbox holds.
    pub bounds: Bounds,
}

impl Config {
    /// The defaults for `profile`.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            backoff: Backoff::default(),
            deadlines: Deadlines::default(),
            bounds: Bounds::default(),
        }
    }
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a socket to open at the first attempt; grows with each failed one.
    pub opening: Duration,
    /// The longest that it grows to.
    pub opening_cap: Duration,
    /// For the challenge, once open.
    pub challenge: Duration,
    /// For the hello, once challenged.
    pub hello: Duration,
    /// For the acknowledgement of a message, and for the engine's own requests.
    pub request: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(5),
            opening_cap: Duration::from_secs(15),
            challenge: Duration::from_secs(10),
            hello: Duration::from_secs(15),
            request: Duration::from_secs(30),
        }
    }
}

/// Whose a waiting request is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Owner {
    Host,
    Connect,
    Probe,
    Look(String),
    Entry(Key),
}

#[derive(Debug)]
enum Phase {
    Idle,
    Opening {
        since: Instant,
        until: Instant,
    },
    Shaking {
        until: Instant,
        handshake: Box<Handshake>,
    },
    Ready(Box<Live>),
    Waiting(Wait),
    /// Another tab has the connection.
    Following(Box<Following>),
    Paused(Cause),
    Closed,
}

#[derive(Debug)]
struct Wait {
    until: Instant,
    cause: Cause,
    /// The gateway named the wait: no hint of the network cuts it short.
    firm: bool,
}

/// A connection: a socket after its hello.
#[derive(Debug)]
struct Live {
    /// When it counts as good; `None` once it does.
    stable_at: Option<Instant>,
    watchdog: Watchdog,
    seq: u64,
    state: StateVersions,
    /// `shutdown` said when it will be back.
    restart_in: Option<Duration>,
    policy: Policy,
}

/// What a tab knows of the one that leads.
#[derive(Debug)]
struct Following {
    status: Status,
    policy: Policy,
    /// It has spoken: requests go to it.
    is_led: bool,
    heard: Instant,
    /// When this tab last said that it is there.
    spoke: Instant,
    /// When it was asked for a sign of life that has not come, and how much
    /// longer than others this tab waits for it.
    pinged: Option<Instant>,
    spread: Duration,
    /// It was late itself, and asked once more.
    forgave: bool,
}

/// The state machine. See the [module](self).
#[derive(Debug)]
pub struct Engine {
    config: Config,
    rng: Rng,
    phase: Phase,
    generation: Generation,
    outage: Outage,
    pairing: Option<Pairing>,
    device_token_refused: bool,
    was_ready: bool,
    visible: bool,
    requests: Requests<Owner>,
    outbox: Outbox,
    outputs: VecDeque<Output>,
    meter: Meter,
    published: Status,
    scopes: scopes::Scopes,
    /// Both clocks when the host last told the wall's.
    clocks: Option<(Instant, u64)>,
}

impl Engine {
    /// An engine that waits for [`Engine::connect`]. The seed spreads the
    /// waits: give every instance another one.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            outbox: Outbox::new(config.bounds),
            config,
            rng: Rng::new(seed),
            phase: Phase::Idle,
            generation: Generation::default(),
            outage: Outage::default(),
            pairing: None,
            device_token_refused: false,
            was_ready: false,
            visible: true,
            requests: Requests::new(),
            outputs: VecDeque::new(),
            meter: Meter::default(),
            published: Status::Idle,
            scopes: scopes::Scopes::default(),
            clocks: None,
        }
    }

    /// The next thing to do, until there is none.
    pub fn poll_output(&mut self) -> Option<Output> {
        if let Some(update) = self.outbox.poll_update() {
            return Some(Output::Event(Event::Outbox(update)));
        }
        self.outputs.pop_front()
    }

    /// Nothing is to be done: [`Engine::poll_output`] would answer `None`.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.outputs.is_empty() && self.outbox.has_no_update()
    }

    /// Where the connection stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let attempt = self.outage.attempts();
        let again = self.was_ready;
        match (&self.phase, &self.pairing) {
            (Phase::Idle, _) => Status::Idle,
            (Phase::Closed, _) => Status::Closed,
            (Phase::Paused(cause), _) => Status::Paused(cause.clone()),
            (Phase::Ready(_), _) => Status::Ready,
            (Phase::Following(leader), _) => leader.status.clone(),
            // Polling for approval must not make the page flicker.
            (_, Some(pairing)) => Status::Pairing(pairing.clone()),
            (Phase::Waiting(wait), None) => Status::Waiting {
                attempt,
                until: wait.until,
                cause: wait.cause.clone(),
                again,
            },
            (_, None) => Status::Connecting {
                attempt: attempt + 1,
                again,
            },
        }
    }

    /// The number of the newest socket attempt, or of the line to the tab that
    /// leads.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// The engine waits for this generation's socket: an answer that took the
    /// host a while may be too late.
    #[must_use]
    pub fn is_opening(&self, generation: Generation) -> bool {
        generation == self.generation && matches!(self.phase, Phase::Opening { .. })
    }

    /// What will wake the engine next; `None` in idle, paused and closed.
    #[must_use]
    pub const fn wake_source(&self) -> Option<WakeSource> {
        match &self.phase {
            Phase::Idle | Phase::Paused(_) | Phase::Closed => None,
            Phase::Waiting(_) | Phase::Following(_) => Some(WakeSource::Timer),
            Phase::Shaking { handshake, .. } => Some(match handshake.awaits() {
                Awaits::Signature => WakeSource::Host,
                Awaits::Challenge | Awaits::Hello => WakeSource::Socket,
            }),
            Phase::Opening { .. } | Phase::Ready(_) => Some(WakeSource::Socket),
        }
    }

    /// When to feed [`Input::Woke`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Instant, Reason)> {
        let phase = match &self.phase {
            Phase::Idle | Phase::Paused(_) | Phase::Closed => None,
            Phase::Opening { until, .. } => Some((*until, Reason::Opening)),
            Phase::Shaking { until, handshake } => Some((
                *until,
                match handshake.awaits() {
                    Awaits::Challenge => Reason::Challenge,
                    Awaits::Signature | Awaits::Hello => Reason::Hello,
                },
            )),
            Phase::Waiting(wait) => {
                let why = if self.pairing.is_some() {
                    Reason::Pairing
                } else {
                    Reason::Backoff
                };
                Some((wait.until, why))
            }
            Phase::Following(leader) => Some((leader.deadline(self.visible), Reason::Leader)),
            Phase::Ready(live) => {
                let silence = live.watchdog.deadline(self.requests.oldest_unanswered());
                match live.stable_at {
                    Some(stable) if stable <= silence => Some((stable, Reason::Stable)),
                    _ => Some((silence, Reason::Watchdog)),
                }
            }
        };
        let request = self.requests.deadline(self.may_time_out());
        [
            phase,
            request.map(|at| (at, Reason::Request)),
            self.outbox.deadline().map(|at| (at, Reason::Outbox)),
            self.scopes.due().map(|at| (at, Reason::Scopes)),
        ]
        .into_iter()
        .flatten()
        .min_by_key(|(at, _)| *at)
    }

    /// The messages on their way.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.outbox.entries()
    }

    /// What happened so far, in numbers.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.meter.read(self.outbox.len())
    }

    /// The limits of the gateway; the protocol's defaults before a hello.
    #[must_use]
    pub fn policy(&self) -> Policy {
        match &self.phase {
            Phase::Ready(live) => live.policy.clone(),
            Phase::Following(leader) => leader.policy.clone(),
            _ => Policy::default(),
        }
    }

    fn tell(&mut self, event: Event) {
        if matches!(event, Event::Failed(..)) {
            self.meter.counts.failed += 1;
        }
        self.outputs.push_back(Output::Event(event));
    }

    fn publish(&mut self) {
        let status = self.status();
        if status != self.published {
            self.published = status.clone();
            self.tell(Event::Status(status));
        }
    }
}

/// A request of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewRequest {
    /// How many answers end it.
    pub answers: crate::answers::Answers,
    /// Until when the first answer must have come, from now; `None` waits for
    /// ever.
    pub deadline: Option<Duration>,
    /// Until when the last of two answers must have come, from the first one
    /// on; `None` waits for ever.
    pub final_deadline: Option<Duration>,
    /// It may run twice (it only reads): after a loss of the connection it is
    /// sent again by itself, within its deadline.
    pub idempotent: bool,
}

const _: fn() = || {
    // The native shell moves an engine between threads.
    fn is_send<T: Send>() {}
    is_send::<Engine>();
    is_send::<RequestId>();
    is_send::<Hello>();
};
