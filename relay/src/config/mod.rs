//! Settings: which keys there are, where they are read from, and what they come
//! to.
//!
//! `keys` says what there is; `schema` reads that into a tree; `file` and `load`
//! check each source against the tree and lay one above the other; `table` makes
//! docs/CONFIG.md of it. [`Setup`] is what a server starts from.

mod access;
mod agents;
mod channels;
mod file;
mod finding;
mod folders;
mod form;
mod home_path;
mod keys;
mod layer;
mod load;
mod nearest;
mod retention;
mod schema;
pub mod secret;
mod setup;
mod table;
mod upstreams;
mod webhooks;
mod whatsapp;

pub use agents::OpenAi;
pub use channels::{Channel, Chat, Policy, Webchat};
pub use finding::{Finding, Place, Problems};
pub use folders::{usual_config_file, usual_data_dir};
pub use home_path::{HomePath, HomePathError};
pub use keys::{Config, Dialect, Pair};
pub use load::{ConfigFile, FILE_VARIABLE, Flags, Loaded};
pub use setup::{NamedGateway, NamedGatewayError, ServeError, Setup};
pub use table::table;
pub use upstreams::Upstream;
pub use webhooks::Webhook;
pub use whatsapp::WhatsappBaileys;

#[cfg(test)]
mod tests;
