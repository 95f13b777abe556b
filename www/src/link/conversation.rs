//! Which session of the gateway the page shows.

use std::rc::Rc;

use clawline::RequestOptions;
use clawline::core::engine::Status;
use js_sys::{Object, Reflect};
use leptos::prelude::Set as _;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use webchat_model::conversation::agent_of;

use super::{Inner, Link};

/// Makes a session; anybody may who may write.
const SESSIONS_CREATE: &str = "sessions.create";

/// The scope with which a gateway resets a session.
const ADMIN: &str = "operator.admin";

impl Link {
    /// Shows the conversation that the page has chosen meanwhile, over the same
    /// connection.
    pub(crate) fn turn(&self) -> Self {
        let old = &self.0;
        old.closed.set(true);
        let next = Self::follow(old.page, old.client.clone(), Rc::clone(&old.is_forbidden));
        next.0.has_taken.set(old.has_taken.get());
        next.0.take_status(&old.client.status());
        next.0.show();
        next
    }

    /// Whether the gateway resets a session for this page.
    pub(crate) fn may_reset(&self) -> bool {
        self.0.has_scope(ADMIN)
    }

    /// Begins another conversation with the same agent, and says `first` in it.
    /// `typed` comes back when that fails.
    pub(crate) fn begin_conversation(&self, typed: &str, first: &str) -> Result<(), String> {
        if self.0.client.status() != Status::Ready {
            return Err("A new conversation can begin when the connection is back.".to_owned());
        }
        let inner = Rc::clone(&self.0);
        let (typed, first) = (typed.to_owned(), first.to_owned());
        spawn_local(async move {
            let begun = inner.new_session().await;
            if inner.closed.get() {
                return;
            }
            let page = inner.page;
            let said = begun.and_then(|session| {
                page.turn_to(Some(session));
                page.announcement
                    .set("A new conversation has begun.".to_owned());
                if first.is_empty() {
                    Ok(())
                } else {
                    page.send_words(&first)
                }
            });
            if let Err(why) = said {
                page.notice
                    .set(Some(format!("No new conversation has begun. {why}")));
                page.handed_back.set(Some(typed));
            }
        });
        Ok(())
    }
}

impl Inner {
    /// The key of a session that is made now.
    async fn new_session(&self) -> Result<String, String> {
        let params = Object::new();
        let main = self.client.main_session();
        if let Some(agent) = main.as_deref().and_then(agent_of) {
            // A fresh object takes any member.
            let _ = Reflect::set(&params, &"agentId".into(), &agent.into());
        }
        let options = RequestOptions::default();
        let made = self.client.request(SESSIONS_CREATE, &params, options);
        let made = made.await.map_err(|error| error.to_string())?;
        let key = Reflect::get(&made, &"key".into()).ok();
        let key = key.and_then(|key| key.as_string());
        key.ok_or_else(|| "The gateway's answer cannot be read.".to_owned())
    }

    fn has_scope(&self, scope: &str) -> bool {
        let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
        let scopes = self
            .client
            .hello()
            .and_then(|hello| member(&member(&hello, "auth")?, "scopes"));
        scopes.is_some_and(|scopes| js_sys::Array::from(&scopes).includes(&scope.into(), 0))
    }
}
