//! A browser client for the OpenClaw gateway that never loses a message, never
//! sends one twice, and comes back by itself.
//!
//! This crate is the browser shell of [`clawline_core`]: it owns the WebSocket,
//! the timer, the device's key and the payloads, and performs what the engine
//! says. Rust programs (Leptos, Yew, …) use [`Client`] and [`Chat`] with
//! `default-features = false`; the feature `js` adds the bindings of the npm
//! package.
//!
//! ```no_run
//! use clawline::{Chat, Client, Options, Target};
//!
//! let target = Target { url: "ws://127.0.0.1:18789".into(), ..Target::default() };
//! let client = Client::new(Options::new(target));
//! client.connect();
//! let chat = Chat::open(&client, None, |message| message.clone());
//! chat.send("Hello!").unwrap();
//! ```
#![cfg(target_arch = "wasm32")]

mod address;
mod chat;
mod client;
mod driver;
mod error;
mod frames;
mod host;
mod hub;
mod identity;
#[cfg(feature = "js")]
mod js;
mod letter;
mod lifecycle;
mod listener;
mod object;
mod options;
mod plain;
mod socket;
mod storage;
mod store;
mod tabs;

pub use address::gateway_id;
pub use chat::{Changes, Chat};
pub use clawline_core as core;
pub use client::{Client, REQUEST_DEADLINE, RequestOptions, SendOptions};
pub use error::{RequestError, SendError};
pub use host::uuid;
pub use hub::{Event, Subscription};
pub use identity::{Ed25519, GetEd25519, Notice};
pub use object::JsObject;
pub use options::{Options, SignIn, Source, Target};
