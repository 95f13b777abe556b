//! What clawline's tests stand on: the real OpenClaw gateway, a model provider
//! that does as the user's text says, a proxy that breaks connections on
//! demand, and a recorder of WebSocket traffic.
//!
//! Everything listens on 127.0.0.1 and lives only as long as its value: when a
//! [`RealGateway`], [`Relay`], [`StubProvider`], [`FaultProxy`] or [`Recorder`]
//! is dropped, no process, listener or temporary folder stays behind. Unix
//! only, because processes are supervised by process groups.
//!
//! The binary of the same name offers all of it to other languages: see
//! `README.md` for its commands.

mod cache;
mod error;
mod gateway;
mod http;
mod openclaw;
mod port;
mod process;
mod proxy;
mod recorder;
mod relay;
mod service;
mod stub;
mod world;

pub use cache::cache_folder;
pub use error::{Error, Result};
pub use gateway::{GatewayAuth, GatewayOptions, RealGateway};
pub use http::{HttpAnswer, get};
pub use openclaw::OpenClaw;
pub use port::restartable_port;
pub use process::{Launch, Process};
pub use proxy::{Counters, FaultProxy, Faults, Mode, ProxyOptions, Socket};
pub use recorder::Recorder;
pub use relay::Relay;
pub use service::Service;
pub use stub::{Call, CallState, DIRECTIVES, StubProvider};
pub use world::World;
