//! `sessions.patch`, `sessions.reset`, `sessions.delete`, `commands.list`: what a
//! list of sessions is arranged with. Scopes and refusals are as measured.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Call, present};
use crate::dialects::gateway::frames::Failure;
use crate::dialects::gateway::sessions::{MAIN_SESSION, PROVIDER, canonical, entry};
use crate::store::{Deletion, DeletionOf, FILE_NAME, Patched, Session, SessionPatch};

/// Parts of a patch that whoever writes may change, and what goes along with them.
const PATCHED_BY_WRITERS: &[&str] = &[
    "key",
    "agentId",
    "expectedSessionId",
    "expectedLifecycleRevision",
    "expectedPermissionMode",
    "expectedMarkedUnreadAt",
    "label",
    "icon",
    "color",
    "category",
    "boardFace",
    "pinned",
    "archived",
    "unread",
    "model",
    "thinkingLevel",
    "fastMode",
    "permissionMode",
];
/// The parts that there are here.
const PATCHED_HERE: &[&str] = &[
    "key",
    "agentId",
    "expectedSessionId",
    "expectedMarkedUnreadAt",
    "label",
    "pinned",
    "archived",
    "unread",
];
/// Whoever writes may delete what is put away, so told.
const DELETED_BY_WRITERS: &[&str] = &[
    "key",
    "agentId",
    "deleteTranscript",
    "expectedSessionId",
    "archivedOnly",
];

fn has_only(params: &Value, known: &[&str]) -> bool {
    let params = params.as_object();
    params.is_none_or(|params| params.keys().all(|name| known.contains(&name.as_str())))
}

pub(super) fn scope_of_patch(params: &Value) -> &'static str {
    if has_only(params, PATCHED_BY_WRITERS) && params["permissionMode"] != "full" {
        "operator.write"
    } else {
        "operator.admin"
    }
}

pub(super) fn scope_of_delete(params: &Value) -> &'static str {
    if params["archivedOnly"] == true && has_only(params, DELETED_BY_WRITERS) {
        "operator.write"
    } else {
        "operator.admin"
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PatchParams {
    key: String,
    agent_id: Option<String>,
    expected_session_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    expected_marked_unread_at: Option<Option<f64>>,
    #[serde(default, deserialize_with = "present")]
    label: Option<Option<String>>,
    pinned: Option<bool>,
    archived: Option<bool>,
    unread: Option<bool>,
}

/// Names a session, pins it, puts it away, marks it as read or unread.
pub(super) async fn patch(call: Call) -> Answer {
    if !has_only(&call.params, PATCHED_HERE) {
        return Err(Failure::invalid(
            "this gateway keeps label, pinned, archived and unread of a session; leave out the rest",
        ));
    }
    let params: PatchParams = call.params()?;
    let key = canonical(&params.key, params.agent_id.as_deref())?;
    if params.archived.is_some() {
        if key == MAIN_SESSION {
            return Err(Failure::invalid("Cannot archive an agent's main session."));
        }
        if params.expected_session_id.is_none() {
            return Err(Failure::invalid(format!(
                "expectedSessionId required for session lifecycle patch: {key}"
            )));
        }
    }
    let changes_more = params.label.is_some() || params.pinned.or(params.archived).is_some();
    if params.expected_marked_unread_at.is_some() && (changes_more || params.unread != Some(false))
    {
        return Err(Failure::invalid(
            "expectedMarkedUnreadAt requires unread=false as the only mutation.",
        ));
    }
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a whole number of ours, or no mark"
    )]
    let marked = params
        .expected_marked_unread_at
        .map(|at| at.map(|at| at as i64));
    let patch = SessionPatch {
        of: params.expected_session_id,
        label: params.label.map(named).transpose()?,
        pinned: params.pinned,
        archived: params.archived,
        unread: params.unread,
        marked,
    };
    match call.gateway.inbox.patch_session(&key, &patch).await? {
        Patched::Done(session) | Patched::Kept(session) => {
            let mut payload = done(&call, &session);
            payload["path"] = json!(FILE_NAME);
            Ok(Some(payload))
        }
        Patched::Missing => Err(Failure::invalid(format!("session not found: {key}"))),
        Patched::Moved => Err(moved(&key, "patch")),
        Patched::Taken => {
            let label = patch.label.flatten().unwrap_or_default();
            Err(Failure::invalid(format!("label already in use: {label}")))
        }
        Patched::PutAway => Err(Failure::invalid(
            "cannot pin an archived session; restore it first",
        )),
    }
}

/// A name that has something in it.
fn named(label: Option<String>) -> Result<Option<String>, Failure> {
    let Some(label) = label else { return Ok(None) };
    match label.trim() {
        "" => Err(Failure::invalid("invalid label: empty")),
        label => Ok(Some(label.to_owned())),
    }
}

fn moved(key: &str, before: &str) -> Failure {
    Failure::invalid(format!("Session {key} changed before {before}. Retry."))
        .with(json!({ "reason": "session-changed" }))
}

fn done(call: &Call, session: &Session) -> Value {
    json!({
        "ok": true,
        "key": session.key,
        "entry": entry(session),
        "resolved": { "modelProvider": PROVIDER, "model": call.gateway.agent().name() },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResetParams {
    key: String,
    agent_id: Option<String>,
}

/// Begins a session anew. Unlike there its `sessionId` is another one then: a
/// `deltaCursor` of what was before is a `reset`.
pub(super) async fn reset(call: Call) -> Answer {
    let params: ResetParams = call.params()?;
    let key = canonical(&params.key, params.agent_id.as_deref())?;
    let (session, files) = call.gateway.inbox.reset_session(&key).await?;
    call.gateway.media.drop_forgotten(&files).await?;
    Ok(Some(done(&call, &session)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeleteParams {
    key: String,
    agent_id: Option<String>,
    expected_session_id: Option<String>,
    expected_lifecycle_revision: Option<String>,
    expected_session_updated_at: Option<f64>,
    archived_only: Option<bool>,
    delete_transcript: Option<bool>,
}

/// Deletes a session and all that was said in it.
pub(super) async fn delete(call: Call) -> Answer {
    let params: DeleteParams = call.params()?;
    let key = canonical(&params.key, params.agent_id.as_deref())?;
    if key == MAIN_SESSION {
        return Err(Failure::invalid(format!(
            "Cannot delete the main session ({key})."
        )));
    }
    if params.delete_transcript == Some(false) || params.expected_lifecycle_revision.is_some() {
        return Err(Failure::invalid(
            "this gateway deletes a session with its transcript, and has no lifecycle revisions: \
             leave out deleteTranscript and expectedLifecycleRevision",
        ));
    }
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a whole number of ours, or no time"
    )]
    let updated_at = params.expected_session_updated_at.map(|at| at as i64);
    let of = DeletionOf {
        session_id: params.expected_session_id,
        updated_at,
        archived_only: params.archived_only == Some(true),
    };
    let was_there = match call.gateway.inbox.delete_session(&key, &of).await? {
        Deletion::Done { files, .. } => {
            call.gateway.media.drop_forgotten(&files).await?;
            true
        }
        Deletion::Missing => false,
        Deletion::Moved => return Err(moved(&key, "deletion")),
        Deletion::NotArchived => {
            return Err(Failure::invalid(format!(
                "Session {key} is not archived. Archive it first, then delete it."
            )));
        }
    };
    // There is no file of it that stays.
    Ok(Some(
        json!({ "ok": true, "key": key, "deleted": was_there, "archived": [] }),
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommandsParams {
    session_key: Option<String>,
    agent_id: Option<String>,
}

/// The commands that one may write: words go to the agent as they are, so there
/// are none.
pub(super) fn commands(call: &Call) -> Answer {
    let params: CommandsParams = call.params()?;
    let session = params.session_key.as_deref().unwrap_or(MAIN_SESSION);
    canonical(session, params.agent_id.as_deref())?;
    Ok(Some(json!({ "commands": [] })))
}
