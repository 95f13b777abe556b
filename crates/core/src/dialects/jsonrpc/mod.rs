//! The wire of the agenticai gateway client: JSON-RPC 2.0 with one method,
//! `sessions_send`, whose parameter is a message about a telephone call.

mod answer;
mod id;
mod message;
mod refusal;
mod request;

pub use answer::ServerFrame;
pub use id::Id;
pub use message::{Event, Message};
pub use refusal::Refusal;
pub use request::{Caller, ClientFrame, MOST_IN_BATCH, Request, request};

/// The one method.
pub const METHOD: &str = "sessions_send";
