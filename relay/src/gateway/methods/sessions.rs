//! `sessions.*`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::clock::now_ms;
use crate::gateway::frames::Failure;
use crate::gateway::sessions::{MODEL, PROVIDER, canonical, defaults};
use crate::ids;
use crate::store::{Acceptance, InputMethod, NewInput, Session, SessionFilter};

const LIST_BY_DEFAULT: i64 = 100;
const LIST_AT_MOST: i64 = 1_000;

#[derive(Deserialize)]
struct ListParams {
    limit: Option<i64>,
    offset: Option<i64>,
    search: Option<String>,
    label: Option<String>,
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
        offset,
        limit,
    };
    let (sessions, total) = call.gateway.store.sessions(&filter).await?;
    let rows: Vec<Value> = sessions
        .iter()
        .map(|session| call.gateway.session_row(session))
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
        "defaults": defaults(),
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
    let store = &call.gateway.store;
    let now = now_ms();
    let Some(once) = params.idempotency_key else {
        let made = store.create_session(&key, label.as_deref(), now).await?;
        let session = match made {
            Some(session) => session,
            None => store.ensure_session(&key, now).await?,
        };
        call.gateway.tell_session_changed(&key, "create").await?;
        return Ok(Some(created(&session)));
    };
    super::chat::check_key(&once)?;
    let same = json!([params.key, params.agent_id, label]).to_string();
    let new = NewInput {
        key: once,
        method: InputMethod::CreateSession,
        digest: ids::sha256(same.as_bytes()),
        session_key: key,
        text: String::new(),
        extra: json!({}),
        accepted_at: now,
    };
    let input = match store.accept_session(&new, label.as_deref()).await? {
        Acceptance::New(input) => {
            let key = &input.session_key;
            call.gateway.tell_session_changed(key, "create").await?;
            input
        }
        Acceptance::Known(input) => input,
        Acceptance::Conflict => return Err(super::chat::conflict()),
    };
    let session = store.ensure_session(&input.session_key, now).await?;
    Ok(Some(created(&session)))
}

fn created(session: &Session) -> Value {
    let mut entry = json!({
        "sessionId": session.session_id,
        "updatedAt": session.updated_at,
        "createdAt": session.created_at,
        "createdVia": "operator",
    });
    if let Some(label) = &session.label {
        entry["label"] = json!(label);
    }
    json!({
        "ok": true,
        "key": session.key,
        "sessionId": session.session_id,
        "entry": entry,
        "runStarted": false,
        "resolved": { "modelProvider": PROVIDER, "model": MODEL },
    })
}

pub(super) fn subscribe(call: &Call) -> Value {
    call.connection.subscribe_sessions();
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
    if !call.connection.subscribe_messages(key.clone()) {
        return Err(Failure::invalid(
            "this connection follows too many sessions; unsubscribe from some",
        ));
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
    call.connection.unsubscribe_messages(&key);
    Ok(Some(json!({ "subscribed": false, "key": key })))
}
