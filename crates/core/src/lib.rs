//! The sans-IO core of clawline: a client of the OpenClaw gateway (protocol 4)
//! as a state machine, without IO, clock, randomness or async.
//!
//! * [`Engine`] holds the connection, its requests and its outbox. A host feeds
//!   it what happened and performs what it says.
//! * [`wire`] reads the few members of frames by which the engine decides,
//!   through one small trait, from whatever the host parsed them into.
//! * [`chat`] folds history and events into what a chat page shows.
//! * [`verdict`] is the one table from close codes and connect errors to what
//!   happens next, with words for the person.
//! * [`device`] knows the text that a device signs.
//! * `dialects` (a feature) has the codecs of the four older wires.
//!
//! Time, seeds, keys and ids come in as arguments: the same inputs give the
//! same outputs on every platform.
//!
//! # A host, whole
//!
//! Drain the outputs, perform them, feed one thing that happened, and again. This
//! host lives in a world of its own, with a gateway of one function and a clock
//! that jumps; a real one waits at the place marked below, for its socket, its
//! timer and its jobs.
//!
//! ```
//! use std::collections::VecDeque;
//! use std::iter::from_fn;
//!
//! use clawline_core::engine::{Config, Event, Input, Introduction, Outgoing, Output, Verdict};
//! use clawline_core::{DeviceKey, Engine, EntryState, Instant, Key, NewEntry, Profile, Update, wire};
//! use serde_json::{Value, json};
//!
//! /// What a gateway says to a request: an answer, and an event when it wrote a
//! /// message into its transcript.
//! fn gateway(request: &Value) -> Vec<Value> {
//!     let payload = match request["method"].as_str() {
//!         Some("connect") => json!({
//!             "type": "hello-ok",
//!             "server": {"bootId": "b1"},
//!             "auth": {"role": "operator", "scopes": ["operator.read", "operator.write"]},
//!         }),
//!         _ => json!({"status": "started", "runId": request["params"]["idempotencyKey"]}),
//!     };
//!     let answer = json!({"type": "res", "id": request["id"], "ok": true, "payload": payload});
//!     let Some(key) = request["params"]["idempotencyKey"].as_str() else {
//!         return vec![answer];
//!     };
//!     let row = json!({"role": "user", "idempotencyKey": format!("{key}:user")});
//!     let event = json!({"type": "event", "event": "session.message", "seq": 1, "payload": {"message": row}});
//!     vec![answer, event]
//! }
//!
//! let mut engine = Engine::new(Config::new(Profile::program("1.0.0")), 42);
//! let mut now = Instant::from_millis(0);
//! let mut inputs = VecDeque::new();
//! let mut frames = VecDeque::new();
//!
//! // What the app wants: a connection, and a message that arrives once.
//! engine.connect(now);
//! let session = Some("agent:main:main".to_owned());
//! engine.enqueue(now, NewEntry::chat(Key::new("a-uuid"), session, 5, 0)).unwrap();
//! // What the store kept of earlier days: nothing leaves before it was read.
//! let store = "this gateway and this device".to_owned();
//! inputs.push_back(Input::Restored { store, wall_ms: 0, entries: Vec::new() });
//!
//! let mut told = Vec::new();
//! while !told.contains(&EntryState::Confirmed) {
//!     // All outputs first: nothing is fed in between.
//!     let outputs: Vec<Output> = from_fn(|| engine.poll_output()).collect();
//!     for output in outputs {
//!         match output {
//!             Output::Connect(generation) => {
//!                 let device = Some(DeviceKey { id: "d1".into(), public_key: "AAAA".into() });
//!                 let introduction = Introduction { device, ..Introduction::default() };
//!                 inputs.push_back(Input::Opened(generation, introduction));
//!                 let nonce = json!({"nonce": "n1", "ts": 1});
//!                 let event = json!({"type": "event", "event": "connect.challenge", "payload": nonce});
//!                 frames.push_back((generation, event));
//!             }
//!             Output::Sign(generation, text) => {
//!                 let signature = format!("the key's signature of {}", text.expose());
//!                 inputs.push_back(Input::Signed(generation, Ok(signature)));
//!             }
//!             Output::Transmit(generation, outgoing) => {
//!                 let text = match outgoing {
//!                     Outgoing::Frame(text) => text.expose().to_owned(),
//!                     // The host keeps what it asks and what people wrote.
//!                     Outgoing::Request(id) => wire::request(id.0, "health", "{}"),
//!                     Outgoing::Entry { id, key, route } => {
//!                         let (session, key) = (route.session(), key.as_str());
//!                         let params = json!({"sessionKey": session, "message": "hello", "idempotencyKey": key});
//!                         wire::request(id.0, "chat.send", &params.to_string())
//!                     }
//!                 };
//!                 let said = gateway(&serde_json::from_str(&text).unwrap());
//!                 frames.extend(said.into_iter().map(|frame| (generation, frame)));
//!             }
//!             Output::Disconnect(..) => frames.clear(),
//!             // On disk before the answer: it survives a crash.
//!             Output::Store(batch) => {
//!                 inputs.push_back(Input::Stored { batch: batch.id, result: Ok(()), wall_ms: 0 });
//!             }
//!             Output::Event(Event::Outbox(Update::Changed(entry))) => told.push(entry.state),
//!             // Status, failed requests, gaps; tokens to keep.
//!             _ => {}
//!         }
//!     }
//!     // Here a real host waits; then one thing that happened, and the outputs again.
//!     if let Some(input) = inputs.pop_front() {
//!         engine.handle_input(now, input);
//!     } else if let Some((generation, frame)) = frames.pop_front() {
//!         match engine.take_frame(now, generation, &frame) {
//!             Verdict::Deliver => {}       // an event, for those who listen
//!             Verdict::Settled(_id) => {}  // the answer to a request of the app
//!             _ => {}
//!         }
//!     } else if let Some((due, _why)) = engine.deadline() {
//!         now = due;
//!         engine.handle_input(now, Input::Woke { wall_ms: now.as_millis() });
//!     }
//! }
//! use EntryState::{Accepted, Confirmed, Queued, Sending};
//! assert_eq!(told, [Queued, Sending, Accepted, Confirmed]);
//! ```
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
#[cfg(feature = "dialects")]
pub mod dialects;
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
mod sorted;
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
pub use sorted::sorted;
pub use table::Table;
pub use time::Instant;
