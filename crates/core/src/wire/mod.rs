//! What is on the wire, as facts: the few members that the engine and the chat
//! fold decide by. Payloads stay with the host.
//!
//! Reading is lenient (the live gateway breaks its own published schema),
//! writing is strict (it refuses unknown members).

mod answer;
mod approval;
mod error;
mod event;
pub mod extensions;
mod hello;
mod history;
#[cfg(any(feature = "json", test))]
mod json;
pub mod methods;
mod object;
#[cfg(any(feature = "json", test))]
pub mod text;
mod time;
mod words;
mod writer;

pub use answer::{Answer, Read, read_answer};
pub use error::GatewayError;
pub use event::{EventFacts, EventKind, RunState, read_event};
pub use hello::{Hello, Policy, StateVersions};
pub use history::{History, PendingInput, read_history, row_time};
pub(crate) use history::{older_page, row_key, user_key};
pub use methods::{KEYED, takes_key};
pub use object::{Object, Value};
pub use words::{Block, read_content, visible, words};
pub use writer::{Writer, request};
