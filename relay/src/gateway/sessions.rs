//! Session keys, and sessions as the wire has them.

use serde_json::{Map, Value, json};

use super::Gateway;
use super::connections::Audience;
use super::frames::{Event, Failure};
use crate::clock::now_ms;
use crate::store::{Session, StoreError};

/// The session of whoever names none.
pub(crate) const MAIN_SESSION: &str = "agent:main:main";
/// The provider and model that rows name.
pub(crate) const PROVIDER: &str = "clawline";
/// See [`PROVIDER`].
pub(crate) const MODEL: &str = "echo";

const MAX_KEY: usize = 512;

/// The canonical form of a session key: `main` and `notes` are short for
/// `agent:main:main` and `agent:main:notes`.
pub(crate) fn canonical(key: &str, agent_id: Option<&str>) -> Result<String, Failure> {
    let key = key.trim().to_lowercase();
    if let Some(agent_id) = agent_id.filter(|id| *id != "main") {
        return Err(unknown_agent(agent_id));
    }
    let name = match key.strip_prefix("agent:") {
        Some(rest) => match rest.split_once(':') {
            Some(("main", name)) => name,
            Some((agent_id, _)) => return Err(unknown_agent(agent_id)),
            None => "",
        },
        None => &key,
    };
    if name.is_empty() || name.chars().any(char::is_control) || name.len() > MAX_KEY {
        return Err(Failure::invalid(
            "invalid session key: give one like agent:main:NAME",
        ));
    }
    Ok(format!("agent:main:{name}"))
}

fn unknown_agent(agent_id: &str) -> Failure {
    Failure::invalid(format!(
        "unknown agent id {agent_id:?}: this gateway has the agent \"main\""
    ))
}

/// What a client that names no session writes and reads with.
pub(crate) fn defaults() -> Value {
    json!({
        "modelProvider": PROVIDER,
        "model": MODEL,
        "contextTokens": 128_000,
        "agentRuntime": { "id": "auto", "source": "implicit" },
        "modelSelectionTarget": "session",
    })
}

impl Gateway {
    /// A session as `sessions.list`, history and events have it.
    pub(crate) fn session_row(&self, session: &Session) -> Value {
        let active = self.runs.active(&session.key);
        let is_main = session.key == MAIN_SESSION;
        let mut row = Map::new();
        row.insert("key".into(), json!(session.key));
        row.insert("sessionId".into(), json!(session.session_id));
        row.insert("agentId".into(), json!("main"));
        row.insert("kind".into(), json!("direct"));
        row.insert(
            "classification".into(),
            json!(if is_main { "main" } else { "direct" }),
        );
        row.insert("chatType".into(), json!("direct"));
        row.insert("isMain".into(), json!(is_main));
        row.insert("isBackground".into(), json!(false));
        row.insert("visibility".into(), json!("shared"));
        row.insert("sharingRole".into(), json!("owner"));
        row.insert("createdVia".into(), json!("operator"));
        row.insert("archived".into(), json!(false));
        row.insert("pinned".into(), json!(false));
        row.insert("unread".into(), json!(false));
        row.insert("createdAt".into(), json!(session.created_at));
        row.insert("updatedAt".into(), json!(session.updated_at));
        row.insert("lastInteractionAt".into(), json!(session.updated_at));
        row.insert("snapshotAt".into(), json!(now_ms()));
        row.insert("modelProvider".into(), json!(PROVIDER));
        row.insert("model".into(), json!(MODEL));
        row.insert("contextTokens".into(), json!(128_000));
        row.insert("effectiveQueueMode".into(), json!("followup"));
        let name = session.label.as_ref().or(session.title.as_ref());
        for (field, value) in [
            ("label", session.label.as_ref()),
            ("displayName", name),
            ("derivedTitle", name),
            ("lastMessagePreview", session.preview.as_ref()),
            ("lastRunId", session.last_run_id.as_ref()),
        ] {
            if let Some(value) = value {
                row.insert(field.into(), json!(value));
            }
        }
        for (field, value) in [
            ("startedAt", session.started_at),
            ("endedAt", session.ended_at),
        ] {
            if let Some(value) = value {
                row.insert(field.into(), json!(value));
            }
        }
        if let (Some(start), Some(end)) = (session.started_at, session.ended_at) {
            row.insert("runtimeMs".into(), json!((end - start).max(0)));
        }
        let status = if active.is_some() {
            Some("running")
        } else {
            session.status.as_deref()
        };
        if let Some(status) = status {
            row.insert("status".into(), json!(status));
        }
        row.insert("hasActiveRun".into(), json!(active.is_some()));
        let ids: Vec<String> = active.into_iter().map(|run| run.run_id.clone()).collect();
        row.insert("activeRunIds".into(), json!(ids));
        Value::Object(row)
    }

    /// Tells whoever follows the list that a session changed.
    ///
    /// # Errors
    /// SQLite refuses.
    pub(crate) async fn tell_session_changed(
        &self,
        key: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        let Some(session) = self.store.session(key).await? else {
            return Ok(());
        };
        let row = self.session_row(&session);
        let mut payload = row.as_object().cloned().unwrap_or_default();
        payload.remove("key");
        payload.insert("sessionKey".into(), json!(key));
        payload.insert("reason".into(), json!(reason));
        payload.insert("ts".into(), json!(now_ms()));
        payload.insert("session".into(), row);
        let event = Event::new("sessions.changed", &Value::Object(payload));
        self.connections.emit(Audience::Sessions, &event);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_and_full_keys_mean_the_same_session() {
        for key in ["main", "agent:main:main", " Main ", "AGENT:MAIN:MAIN"] {
            assert_eq!(canonical(key, None), Ok(MAIN_SESSION.to_owned()), "{key}");
        }
        assert_eq!(
            canonical("notes", Some("main")),
            Ok("agent:main:notes".to_owned())
        );
        assert_eq!(
            canonical("agent:main:a:b", None),
            Ok("agent:main:a:b".to_owned())
        );
    }

    #[test]
    fn a_session_of_an_agent_that_is_not_here_is_refused() {
        assert!(canonical("agent:other:x", None).is_err());
        assert!(canonical("x", Some("other")).is_err());
        assert!(canonical("agent:main:", None).is_err());
        assert!(canonical("", None).is_err());
    }
}
