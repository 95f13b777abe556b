//! `sessions.*`.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::clock::now_ms;
use crate::dialects::gateway::frames::Failure;
use crate::dialects::gateway::sessions::{PROVIDER, canonical, defaults, entry, session_row};
use crate::ids;
use crate::store::{Session, SessionFilter};

const LIST_BY_DEFAULT: i64 = 100;
const LIST_AT_MOST: i64 = 1_000;

#[derive(Deserialize)]
struct ListParams {
    limit: Option<i64>,
    offset: Option<i64>,
    search: Option<String>,
    label: Option<String>,
    #[serde(default)]
    archived: Archived,
}

/// Without a word those that are put away are left out.
#[derive(Deserialize)]
#[serde(untagged)]
enum Archived {
    Only(bool),
    /// The schema knows one word.
    All(IgnoredAny),
}

impl Default for Archived {
    fn default() -> Self {
        Self::Only(false)
    }
}

pub(super) async fn list(call: Call) -> Answer {
    let params: ListParams = call.params()?;
    let limit = params
        .limit
        .unwrap_or(LIST_BY_DEFAULT)
        .clamp(1, LIST_AT_MOST);
    let offset = params.offset.unwrap_or(0);
    let filter = SessionFilter {
        search: params.search.filter(|text| !text.is_empty()),
        label: params.label,
        archived: match params.archived {
            Archived::Only(archived) => Some(archived),
            Archived::All(_) => None,
        },
        pinned_first: true,
        offset,
        limit,
    };
    let (sessions, total) = call.gateway.store.sessions(&filter).await?;
    let rows: Vec<Value> = sessions
        .into_iter()
        .map(|session| session_row(&call.gateway.inbox.state_of(session)))
        .collect();
    let end = offset + i64::try_from(rows.len()).unwrap_or(0);
    let more = end < total;
    Ok(Some(json!({
        "ts": now_ms(),
        "path": crate::store::FILE_NAME,
        "count": rows.len(),
        "totalCount": total,
        "limitApplied": limit,
        "nextOffset": more.then_some(end),
        "hasMore": more,
        "owners": [],
        "defaults": defaults(&*call.gateway.agent()),
        "sessions": rows,
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateParams {
    key: Option<String>,
    idempotency_key: Option<String>,
    agent_id: Option<String>,
    label: Option<String>,
    display_name: Option<String>,
    message: Option<String>,
    task: Option<String>,
}

/// Makes a session. A first message is refused rather than dropped: it would
/// have no idempotency key, so nobody could know whether it ran.
pub(super) async fn create(call: Call) -> Answer {
    let params: CreateParams = call.params()?;
    if params.message.or(params.task).is_some() {
        return Err(Failure::invalid(
            "this gateway starts no run with sessions.create: create the session, then chat.send",
        ));
    }
    let agent_id = params.agent_id.as_deref();
    let key = match &params.key {
        Some(key) => canonical(key, agent_id)?,
        None => canonical(&format!("dashboard:{}", ids::uuid()), agent_id)?,
    };
    let label = params.label.or(params.display_name);
    let same = json!([params.key, params.agent_id, label]).to_string();
    let once = params.idempotency_key.map(|once| (once, same));
    let inbox = &call.gateway.inbox;
    let session = inbox.create_session(&key, label.as_deref(), once).await?;
    match session {
        Some(session) => Ok(Some(created(&session, call.gateway.agent().name()))),
        None => Err(super::chat::conflict()),
    }
}

fn created(session: &Session, model: &str) -> Value {
    json!({
        "ok": true,
        "key": session.key,
        "sessionId": session.session_id,
        "entry": entry(session),
        "runStarted": false,
        "resolved": { "modelProvider": PROVIDER, "model": model },
    })
}

pub(super) fn subscribe(call: &Call) -> Value {
    let connections = &call.gateway.connections;
    connections.subscribe_sessions(&call.connection);
    json!({ "subscribed": true })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessagesParams {
    key: String,
    agent_id: Option<String>,
    include_approvals: Option<bool>,
}

pub(super) fn subscribe_messages(call: Call) -> Answer {
    let params: MessagesParams = call.params()?;
    let key = canonical(&params.key, params.agent_id.as_deref())?;
    let connections = &call.gateway.connections;
    if !connections.subscribe_messages(&call.connection, &key) {
        return Err(Failure::invalid(
            "this connection follows too many sessions; unsubscribe from some",
        ));
    }
    for channel in call.gateway.channels.list() {
        channel.followed(&key);
    }
    let mut payload = json!({ "subscribed": true, "key": key });
    if params.include_approvals == Some(true) {
        // There is nothing to approve here, and the client wants to hear so.
        payload["approvalReplay"] = json!({
            "sessionKey": key,
            "updatedAtMs": now_ms(),
            "approvals": [],
            "truncated": false,
        });
    }
    Ok(Some(payload))
}

pub(super) fn unsubscribe_messages(call: Call) -> Answer {
    let params: MessagesParams = call.params()?;
    let key = canonical(&params.key, params.agent_id.as_deref())?;
    let connections = &call.gateway.connections;
    connections.unsubscribe_messages(&call.connection, &key);
    Ok(Some(json!({ "subscribed": false, "key": key })))
}
