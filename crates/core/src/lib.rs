//! The sans-IO core of clawline: a client of the OpenClaw gateway (protocol 4)
//! as a state machine, without IO, clock, randomness or async.
//!
//! * [`Engine`] holds the connection, its requests and its outbox. A host feeds
//!   it and performs what it says; see the [`engine`] module for the loop.
//! * [`wire`] reads the few members of frames by which the engine decides,
//!   through one small trait, from whatever the host parsed them into.
//! * [`chat`] folds history and events into what a chat page shows.
//! * [`verdict`] is the one table from close codes and connect errors to what
//!   happens next, with words for the person.
//! * [`device`] knows the text that a device signs.
//!
//! Time, seeds, keys and ids come in as arguments: the same inputs give the
//! same outputs on every platform.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

mod answers;
mod backoff;
pub mod chat;
pub mod device;
pub mod engine;
mod gateway_id;
mod handshake;
mod metrics;
mod outbox;
mod pace;
#[cfg(feature = "json")]
pub mod replay;
mod requests;
mod rng;
mod secret;
mod table;
mod time;
pub mod verdict;
mod watchdog;
pub mod wire;

pub use answers::Answers;
pub use backoff::Backoff;
pub use engine::Engine;
pub use gateway_id::GatewayId;
pub use handshake::{ClientInfo, Credentials, DeviceKey, DeviceToken, Profile};
pub use metrics::{Metrics, Phases};
pub use outbox::{
    Batch, Bounds, Change, Decision, EnqueueError, Entry, EntryState, Evidence, KEY_LIFETIME,
    KEYS_REMEMBERED, Key, Mark, NewEntry, Route, Saved, StoreError, Update, Waiting, decide,
    reasons,
};
pub use pace::Pace;
pub use requests::{Progress, RequestError, RequestId};
pub use secret::Secret;
pub use table::Table;
pub use time::Instant;
