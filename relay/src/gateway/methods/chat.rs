//! `chat.send`, `chat.abort`, `send`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, Call};
use crate::clock::now_ms;
use crate::gateway::frames::Failure;
use crate::gateway::runs::{self, Turn};
use crate::gateway::sessions::{MAIN_SESSION, canonical};
use crate::gateway::{limits, rows};
use crate::ids;
use crate::store::{Acceptance, Input, InputMethod, InputState, NewInput};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendParams {
    session_key: String,
    agent_id: Option<String>,
    message: String,
    #[serde(default)]
    attachments: Vec<Value>,
    /// Outer `None`: the client expects nothing. Inner: it expects an empty session.
    #[serde(default, deserialize_with = "present")]
    expected_leaf_entry_id: Option<Option<String>>,
    idempotency_key: String,
}

fn present<'de, D: serde::Deserializer<'de>>(field: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(field).map(Some)
}

pub(super) async fn send(call: Call) -> Answer {
    let params: SendParams = call.params()?;
    check_key(&params.idempotency_key)?;
    let session_key = canonical(&params.session_key, params.agent_id.as_deref())?;
    let attachments = attachments(&params.attachments)?;
    if params.message.trim().is_empty() && attachments.is_empty() {
        return Err(Failure::invalid("message or attachment required"));
    }
    let new = new_input(
        &call,
        InputMethod::Chat,
        params.idempotency_key,
        session_key,
        params.message,
        attachments,
    );
    let admission = admit(&call, &new, params.expected_leaf_entry_id.as_ref()).await?;
    if let Some(known) = admission {
        return Ok(Some(repeated(&known)));
    }
    Ok(None)
}

/// The answer to a repeated `chat.send` (facts/gateway.md §3.1).
fn repeated(known: &Input) -> Value {
    let run_id = &known.key;
    match known.state {
        InputState::Queued | InputState::Running => {
            json!({ "runId": run_id, "status": "in_flight" })
        }
        InputState::Done => json!({ "runId": run_id, "status": "ok" }),
        InputState::Failed => json!({
            "runId": run_id,
            "status": "error",
            "summary": known.result,
            "endedAt": known.ended_at,
        }),
        InputState::Aborted => json!({
            "runId": run_id,
            "status": "timeout",
            "summary": "aborted",
            "stopReason": "rpc",
            "endedAt": known.ended_at,
        }),
    }
}

/// Keys are kept for ever, so they have a bound.
pub(super) fn check_key(key: &str) -> Result<(), Failure> {
    if key.len() <= limits::MAX_KEY {
        return Ok(());
    }
    Err(Failure::invalid(format!(
        "idempotencyKey must not have more than {} bytes",
        limits::MAX_KEY
    )))
}

/// The refusal of a key that was used for something else.
pub(super) fn conflict() -> Failure {
    Failure::invalid(
        "this idempotency key was used for other input; look into the history, and send with a new key",
    )
    .with(json!({ "reason": "chat-request-conflict" }))
}

/// Puts what a client sent into the form in which it is stored.
pub(super) fn new_input(
    call: &Call,
    method: InputMethod,
    key: String,
    session_key: String,
    text: String,
    attachments: Vec<Attachment>,
) -> NewInput {
    // What makes two requests the same. The session is not part of it: the key
    // is global, and a repeat under another session is a repeat (measured).
    let digests: Vec<&str> = attachments.iter().map(|a| a.digest.as_str()).collect();
    let same = json!([text, digests]).to_string();
    let client = &call.connection.client;
    let mut extra = json!({ "client": { "id": client.id, "mode": client.mode } });
    if !attachments.is_empty() {
        let media: Vec<Value> = attachments.into_iter().map(|a| a.facts).collect();
        extra["media"] = json!(media);
    }
    NewInput {
        key,
        method,
        digest: ids::sha256(same.as_bytes()),
        session_key,
        text,
        extra,
        accepted_at: now_ms(),
    }
}

/// Stores an input, acknowledges it and puts it into its lane. Gives the stored
/// input when the key is known already; then nothing was answered.
async fn admit(
    call: &Call,
    new: &NewInput,
    expected_leaf: Option<&Option<String>>,
) -> Result<Option<Input>, Failure> {
    let started = json!({ "runId": new.key, "status": "started" });
    match admit_turn(call, new, expected_leaf, &started).await? {
        Admission::New(_) => Ok(None),
        Admission::Known(input) => Ok(Some(input)),
    }
}

/// What [`admit_turn`] found.
pub(super) enum Admission {
    /// Stored, acknowledged, on its way.
    New(Arc<Turn>),
    /// A repeat.
    Known(Input),
}

/// As [`admit`], with the acknowledgement of the caller's choice.
pub(super) async fn admit_turn(
    call: &Call,
    new: &NewInput,
    expected_leaf: Option<&Option<String>>,
    acknowledgement: &Value,
) -> Result<Admission, Failure> {
    let gateway = &call.gateway;
    let session_key = &new.session_key;
    let _admission = gateway.runs.admission.lock().await;
    let is_busy = gateway.runs.is_busy(session_key);
    let is_full = gateway.runs.waiting(session_key) >= limits::MAX_QUEUED_INPUTS;
    if is_full && gateway.store.input(&new.key).await?.is_none() {
        return Err(Failure::unavailable(
            "too many messages wait in this session; send again when some were answered",
            5_000,
        ));
    }
    if let Some(expected) = expected_leaf {
        check_leaf(call, session_key, expected.as_deref(), &new.key).await?;
    }
    let user_row = (!is_busy).then(|| rows::user_row(new, now_ms()));
    match gateway.store.accept(new, user_row.as_ref()).await? {
        Acceptance::New(input) => {
            call.answer(acknowledgement);
            Ok(Admission::New(gateway.runs.add(gateway, input)))
        }
        Acceptance::Known(input) => Ok(Admission::Known(input)),
        Acceptance::Conflict => Err(conflict()),
    }
}

/// Whether the transcript still ends where the client thinks. A repeat is let
/// through: its own row is what moved the end.
async fn check_leaf(
    call: &Call,
    session_key: &str,
    expected: Option<&str>,
    key: &str,
) -> Result<(), Failure> {
    let store = &call.gateway.store;
    if store.input(key).await?.is_some() {
        return Ok(());
    }
    let last = store.rows_before(session_key, i64::MAX, 1, 1).await?;
    if last.last().map(|row| row.id.as_str()) == expected {
        return Ok(());
    }
    Err(
        Failure::invalid("the conversation went on meanwhile; look at it and send again")
            .with(json!({ "reason": "active-leaf-changed" })),
    )
}

/// What is kept of an attachment. The echo agent looks at none, so the bytes are
/// checked and counted, not stored.
pub(super) struct Attachment {
    facts: Value,
    digest: String,
}

/// Checks attachments as the real gateway does; one without content is passed
/// over (measured).
pub(super) fn attachments(given: &[Value]) -> Result<Vec<Attachment>, Failure> {
    let mut checked = Vec::new();
    for (number, one) in given.iter().enumerate() {
        let text = |field: &str| one.get(field).and_then(Value::as_str);
        let Some(content) = text("content").filter(|content| !content.is_empty()) else {
            continue;
        };
        let name = text("fileName").map_or_else(|| format!("#{}", number + 1), str::to_owned);
        let encoded = match content.strip_prefix("data:") {
            Some(url) => url.split_once(',').map_or("", |(_, data)| data),
            None => content,
        };
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| Failure::invalid(format!("attachment {name}: invalid base64 content")))?;
        let mime = text("mimeType").unwrap_or("application/octet-stream");
        let is_image = mime.starts_with("image/");
        let (most, words) = if is_image {
            (limits::MAX_IMAGE, "image exceeds size limit")
        } else {
            (limits::MAX_ATTACHMENT, "attachment exceeds size limit")
        };
        if bytes.len() > most {
            return Err(Failure::invalid(format!(
                "attachment {name}: {words} ({} bytes, at most {most})",
                bytes.len()
            )));
        }
        let mut facts = Map::new();
        facts.insert("contentType".into(), json!(mime));
        let kind = if is_image { "image" } else { "document" };
        facts.insert("kind".into(), json!(kind));
        facts.insert("sizeBytes".into(), json!(bytes.len()));
        facts.insert("fileName".into(), json!(name));
        checked.push(Attachment {
            facts: Value::Object(facts),
            digest: ids::hex(&ids::sha256(&bytes)),
        });
    }
    Ok(checked)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AbortParams {
    session_key: String,
    agent_id: Option<String>,
    run_id: Option<String>,
}

/// Stops the running turn, or takes a waiting one back when its run id is
/// given. Without one what waits is left alone: it was acknowledged.
pub(super) async fn abort(call: Call) -> Answer {
    let params: AbortParams = call.params()?;
    let session_key = canonical(&params.session_key, params.agent_id.as_deref())?;
    let gateway = &call.gateway;
    let mut stopped = Vec::new();
    if let Some(run_id) = &params.run_id
        && let Some(turn) = gateway.runs.withdraw(&session_key, run_id)
    {
        runs::end_withdrawn(gateway, &turn).await?;
        stopped.push(run_id.clone());
    } else if let Some(turn) = gateway.runs.active(&session_key)
        && params.run_id.as_ref().is_none_or(|id| *id == turn.run_id)
    {
        turn.stop();
        // The terminal event goes out before this answer, as on the real gateway.
        if let Some(outcome) = turn.outcome().await
            && outcome.state == InputState::Aborted
        {
            stopped.push(turn.run_id.clone());
        }
    }
    Ok(Some(json!({
        "ok": true,
        "aborted": !stopped.is_empty(),
        "runIds": stopped,
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliverParams {
    to: String,
    message: Option<String>,
    channel: Option<String>,
    session_key: Option<String>,
    agent_id: Option<String>,
    idempotency_key: String,
}

/// `send`: puts a message in front of whoever reads a session. The one channel
/// of this gateway is `webchat`, and its addresses are session keys.
pub(super) async fn deliver(call: Call) -> Answer {
    let params: DeliverParams = call.params()?;
    check_key(&params.idempotency_key)?;
    let channel = params.channel.as_deref().unwrap_or("webchat");
    if channel != "webchat" {
        return Err(Failure::invalid(format!(
            "unsupported channel: {channel} (this gateway has webchat)"
        )));
    }
    let text = params.message.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Failure::invalid(
            "send needs a message: webchat takes no other content",
        ));
    }
    let target = params.session_key.as_deref().unwrap_or(&params.to);
    let target = if target.is_empty() {
        MAIN_SESSION
    } else {
        target
    };
    let session_key = canonical(target, params.agent_id.as_deref())?;
    let mut new = new_input(
        &call,
        InputMethod::Send,
        params.idempotency_key,
        session_key.clone(),
        text,
        Vec::new(),
    );
    new.digest = ids::sha256(json!([session_key, new.text]).to_string().as_bytes());
    let row = rows::sent_row(&new.key, &new.text, now_ms());
    let (acceptance, stored) = call.gateway.store.accept_row(&new, &row).await?;
    let input = match acceptance {
        Acceptance::New(input) | Acceptance::Known(input) => input,
        Acceptance::Conflict => return Err(conflict()),
    };
    if let Some(row) = stored {
        call.gateway.tell_message(&session_key, &row).await?;
        call.gateway
            .tell_session_changed(&session_key, "send")
            .await?;
    }
    Ok(Some(json!({
        "runId": input.key,
        "messageId": input.result,
        "channel": "webchat",
    })))
}
