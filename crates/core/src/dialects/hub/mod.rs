//! The wire of the tutorial's hub: pages ask, plugins answer, and the hub wraps
//! what goes from one to the other. Three roles: page, hub, plugin.

mod page;
mod plugin;
mod refusal;

pub use page::{DEFAULT_SOURCE, HubFrame, PageFrame, Question, from_openclaw};
pub use plugin::{Kind, PluginFrame, Relayed, from_frontend};
pub use refusal::{Refusal, error};
