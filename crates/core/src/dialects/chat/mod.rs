//! The wire of the openclaw-websocket plugin: one `chat.send` from the client;
//! a welcome, `chat.typing`, `chat.stream`, `chat.response` and `chat.error`
//! from the server.

mod client;
mod end;
mod media;
mod query;
mod refusal;
mod server;
mod split;
mod stream;

pub use client::{ClientFrame, Message, Room, Untrusted};
pub use end::End;
pub use media::{MOST_MEDIA, Media};
pub use query::Query;
pub use refusal::{Refusal, Refused, allow_sender};
pub use server::{ServerFrame, WELCOME};
pub use split::{MOST_CHARACTERS, split};
pub use stream::{Cumulative, MOST_STREAMED};
