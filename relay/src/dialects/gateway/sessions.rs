//! Sessions as the wire has them.

use serde_json::{Map, Value, json};

use super::frames::Failure;
use super::linked::wire_name;
use crate::agents::Agent;
use crate::bus::{ChangeReason, SessionState};
use crate::channels::whatsapp::{self, Whatsapp};
use crate::clock::now_ms;
use crate::inbox::session_key;
use crate::store::{InputState, Session};

/// The session of whoever names none.
pub(crate) use crate::inbox::session_key::MAIN as MAIN_SESSION;

/// The provider that rows name; the model is the name of an agent.
pub(crate) const PROVIDER: &str = "clawline";

/// The canonical form of a session key.
pub(crate) fn canonical(key: &str, agent_id: Option<&str>) -> Result<String, Failure> {
    session_key::canonical(key, agent_id).map_err(|error| Failure::invalid(error.to_string()))
}

/// What a client that names no session writes and reads with.
pub(crate) fn defaults(agent: &dyn Agent) -> Value {
    json!({
        "modelProvider": PROVIDER,
        "model": agent.name(),
        "contextTokens": 128_000,
        "agentRuntime": { "id": "auto", "source": "implicit" },
        "modelSelectionTarget": "session",
    })
}

/// A session as `sessions.list`, history and events have it.
pub(crate) fn session_row(state: &SessionState) -> Value {
    let SessionState {
        session,
        active_run: active,
        agent,
    } = state;
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
    row.insert("archived".into(), json!(session.archived_at.is_some()));
    row.insert("pinned".into(), json!(session.pinned_at.is_some()));
    row.insert("unread".into(), json!(session.is_unread()));
    row.insert("createdAt".into(), json!(session.created_at));
    row.insert("updatedAt".into(), json!(session.updated_at));
    row.insert("lastInteractionAt".into(), json!(session.updated_at));
    row.insert("snapshotAt".into(), json!(now_ms()));
    row.insert("modelProvider".into(), json!(PROVIDER));
    row.insert("model".into(), json!(agent));
    row.insert("contextTokens".into(), json!(128_000));
    row.insert("effectiveQueueMode".into(), json!("followup"));
    if let Some((account, to)) = Whatsapp::conversation(&session.key) {
        let channel = wire_name(whatsapp::NAME);
        let context = json!({ "channel": channel, "to": to, "accountId": account });
        row.insert("deliveryContext".into(), context);
    }
    let name = session.label.as_ref().or(session.title.as_ref());
    for (field, value) in [
        ("label", session.label.as_ref()),
        ("displayName", name),
        ("derivedTitle", name),
        ("lastMessagePreview", session.preview.as_ref()),
        ("lastRunId", session.last_run_id.as_ref()),
        ("channel", session.channel.as_ref()),
    ] {
        if let Some(value) = value {
            row.insert(field.into(), json!(value));
        }
    }
    for (field, value) in [
        ("startedAt", session.started_at),
        ("endedAt", session.ended_at),
        ("archivedAt", session.archived_at),
        ("pinnedAt", session.pinned_at),
        ("lastActivityAt", session.heard_at),
        ("lastReadAt", session.read_at),
        ("markedUnreadAt", session.marked_unread_at),
    ] {
        if let Some(value) = value {
            row.insert(field.into(), json!(value));
        }
    }
    if let (Some(start), Some(end)) = (session.started_at, session.ended_at) {
        row.insert("runtimeMs".into(), json!((end - start).max(0)));
    }
    let status = match active {
        Some(_) => Some("running"),
        None => session.status.map(status),
    };
    if let Some(status) = status {
        row.insert("status".into(), json!(status));
    }
    row.insert("hasActiveRun".into(), json!(active.is_some()));
    let ids: Vec<&String> = active.iter().collect();
    row.insert("activeRunIds".into(), json!(ids));
    Value::Object(row)
}

/// How the last run of a session stands.
fn status(state: InputState) -> &'static str {
    match state {
        InputState::Queued | InputState::Running => "running",
        InputState::Done => "done",
        InputState::Failed => "failed",
        InputState::Stopped => "killed",
    }
}

/// The payload of `sessions.changed`.
pub(crate) fn changed(state: &SessionState, reason: ChangeReason) -> Value {
    let row = session_row(state);
    let reason = match reason {
        ChangeReason::Created => "create",
        ChangeReason::Sent => "send",
        ChangeReason::Settled => "agent.input.settled",
        ChangeReason::Patched => "patch",
        ChangeReason::Reset => "reset",
    };
    let mut payload = row.as_object().cloned().unwrap_or_default();
    payload.remove("key");
    // What is no longer so is said, for whoever puts it over what was before.
    for field in ["label", "archivedAt", "pinnedAt", "markedUnreadAt"] {
        payload.entry(field).or_insert(Value::Null);
    }
    payload.insert("sessionKey".into(), json!(state.session.key));
    payload.insert("reason".into(), json!(reason));
    payload.insert("ts".into(), json!(now_ms()));
    payload.insert("session".into(), row);
    Value::Object(payload)
}

/// The payload of `sessions.changed` where there is no session any more.
pub(crate) fn deleted(session_key: &str, session_id: &str) -> Value {
    json!({
        "sessionKey": session_key,
        "sessionId": session_id,
        "agentId": "main",
        "reason": "delete",
        "ts": now_ms(),
    })
}

/// A session as what was done to it is answered.
pub(crate) fn entry(session: &Session) -> Value {
    let mut entry = json!({
        "sessionId": session.session_id,
        "updatedAt": session.updated_at,
        "createdAt": session.created_at,
        "createdVia": "operator",
    });
    if let Some(label) = &session.label {
        entry["label"] = json!(label);
    }
    for (field, value) in [
        ("archivedAt", session.archived_at),
        ("pinnedAt", session.pinned_at),
        ("lastReadAt", session.read_at),
        ("markedUnreadAt", session.marked_unread_at),
    ] {
        if let Some(value) = value {
            entry[field] = json!(value);
        }
    }
    entry
}
