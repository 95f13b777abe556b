//! New sessions of a gateway.

use clawline::RequestOptions;
use clawline::core::engine::Status;
use js_sys::{Object, Reflect};
use webchat_model::conversation::agent_of;
use webchat_model::words::Words;

use super::{Link, refusals};

/// Makes a session; anybody may who may write.
const SESSIONS_CREATE: &str = "sessions.create";

impl Link {
    pub(crate) fn is_ready(&self) -> bool {
        self.0.client.status() == Status::Ready
    }

    /// The canonical key of the gateway's main session, once it is known.
    pub(crate) fn main_session(&self) -> Option<String> {
        self.0.client.main_session()
    }

    /// The key of a session that is made now, with the agent of the main one.
    pub(crate) async fn new_session(&self) -> Result<String, Words> {
        let params = Object::new();
        let main = self.main_session();
        if let Some(agent) = main.as_deref().and_then(agent_of) {
            // A fresh object takes any member.
            let _ = Reflect::set(&params, &"agentId".into(), &agent.into());
        }
        let options = RequestOptions::default();
        let made = self.0.client.request(SESSIONS_CREATE, &params, options);
        let made = made.await.map_err(|error| refusals::of_request(&error))?;
        let key = Reflect::get(&made, &"key".into()).ok();
        let key = key.and_then(|key| key.as_string());
        key.ok_or(Words::of("answer-unreadable"))
    }
}
