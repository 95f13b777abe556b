//! `chat.send`, `chat.abort`, `send`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Call, present};
use crate::account::Account;
use crate::channels::{Address, ChannelError, Outbound};
use crate::dialects::gateway::frames::Failure;
use crate::dialects::gateway::linked::registry_name;
use crate::dialects::gateway::sessions::{MAIN_SESSION, canonical};
use crate::inbox::{Admission, MAX_KEY, Message, Refused, WEBCHAT};
use crate::limits;
use crate::store::{Input, InputKind, InputState, Program, Sender};

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

pub(super) async fn send(call: Call) -> Answer {
    let params: SendParams = call.params()?;
    let message = Message {
        after: params.expected_leaf_entry_id,
        ..message(
            &call,
            InputKind::Message,
            params.idempotency_key,
            canonical(&params.session_key, params.agent_id.as_deref())?,
            params.message,
            &params.attachments,
        )
        .await?
    };
    let started = |input: &Input| {
        call.answer(&json!({ "runId": input.key, "status": "started" }));
    };
    match call.gateway.inbox.admit(message, started).await? {
        Admission::New(_) => Ok(None),
        Admission::Known { input, .. } => Ok(Some(repeated(&input))),
        Admission::Conflict => Err(conflict()),
    }
}

/// What a client sent, as a message of the domain.
pub(super) async fn message(
    call: &Call,
    kind: InputKind,
    key: String,
    session_key: String,
    text: String,
    given: &[Value],
) -> Result<Message, Failure> {
    check_not_archived(call, &session_key, &key).await?;
    let files = attachments(given)?;
    if text.trim().is_empty() && files.is_empty() {
        return Err(Failure::invalid("message or attachment required"));
    }
    let mut attachments = Vec::with_capacity(files.len());
    for file in files {
        let kept = call
            .gateway
            .media
            .keep(&file.name, &file.declared, file.bytes);
        attachments.push(kept.await?);
    }
    let client = &call.connection.client;
    Ok(Message {
        session_key,
        key,
        kind,
        text,
        attachments,
        sender: Sender::owner(),
        channel: WEBCHAT.to_owned(),
        account: Account::default(),
        conversation: None,
        in_group: false,
        program: Some(Program {
            id: client.id.clone(),
            mode: client.mode.clone(),
        }),
        metadata: Vec::new(),
        answer_to: None,
        after: None,
    })
}

/// Nothing begins in a session that the owner put away; a repeat begins nothing.
async fn check_not_archived(call: &Call, session_key: &str, key: &str) -> Result<(), Failure> {
    let store = &call.gateway.store;
    let session = store.session(session_key).await?;
    let is_archived = session.is_some_and(|session| session.archived_at.is_some());
    if is_archived && store.input(key).await?.is_none() {
        return Err(Failure::invalid(format!(
            "Session {session_key:?} is archived. Restore it before starting new work."
        )));
    }
    Ok(())
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
        InputState::Stopped => json!({
            "runId": run_id,
            "status": "timeout",
            "summary": "aborted",
            "stopReason": "rpc",
            "endedAt": known.ended_at,
        }),
    }
}

/// The refusal of a key that was used for something else.
pub(super) fn conflict() -> Failure {
    Failure::invalid(
        "this idempotency key was used for other input; look into the history, and send with a new key",
    )
    .with(json!({ "reason": "chat-request-conflict" }))
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let words = refused.to_string();
        match refused {
            Refused::Full => Self::unavailable(words, 5_000),
            Refused::Moved => Self::invalid(words).with(json!({ "reason": "active-leaf-changed" })),
            Refused::Key => Self::invalid(format!(
                "idempotencyKey must not have more than {MAX_KEY} bytes"
            )),
            Refused::Stranger | Refused::Deleted => Self::invalid(words),
            Refused::Store(error) => error.into(),
        }
    }
}

impl From<ChannelError> for Failure {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Conflict => conflict(),
            ChannelError::Refused(refused) => refused.into(),
            ChannelError::NotConnected(_) | ChannelError::Failed(_) => {
                Self::unavailable(error.to_string(), 5_000)
            }
            ChannelError::Unknown { .. }
            | ChannelError::Account { .. }
            | ChannelError::Ambiguous(_)
            | ChannelError::Target(_)
            | ChannelError::Cannot { .. }
            | ChannelError::Message(_) => Self::invalid(error.to_string()),
        }
    }
}

/// A file that was sent.
struct Sent {
    name: String,
    /// Its media type, as its sender says.
    declared: String,
    bytes: Vec<u8>,
}

/// Checks attachments as the real gateway does; one without content is passed
/// over (measured).
fn attachments(given: &[Value]) -> Result<Vec<Sent>, Failure> {
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
        checked.push(Sent {
            name,
            declared: mime.to_owned(),
            bytes,
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
/// given. The terminal event goes out before this answer, as on the real gateway.
pub(super) async fn abort(call: Call) -> Answer {
    let params: AbortParams = call.params()?;
    let session_key = canonical(&params.session_key, params.agent_id.as_deref())?;
    let run_id = params.run_id.as_deref();
    let stopped = call.gateway.inbox.stop(&session_key, run_id).await?;
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
    account_id: Option<String>,
    session_key: Option<String>,
    agent_id: Option<String>,
    idempotency_key: String,
}

/// `send`: puts a message in front of whoever reads a channel, `webchat` when
/// none is named, by the account that is named, the usual one when none is.
pub(super) async fn deliver(call: Call) -> Answer {
    let params: DeliverParams = call.params()?;
    let channel = params.channel.unwrap_or_else(|| WEBCHAT.to_owned());
    let name = registry_name(&channel);
    let channels = &call.gateway.channels;
    channels.get(name)?;
    let (session, agent) = (params.session_key.as_deref(), params.agent_id.as_deref());
    let account = params.account_id.filter(|name| !name.is_empty());
    let account = account.as_deref().map(Account::read).transpose();
    let account = account.map_err(|error| Failure::invalid(error.to_string()))?;
    let mut target = params.to;
    if name == WEBCHAT {
        let session = Some(session.unwrap_or(&target)).filter(|session| !session.is_empty());
        target = canonical(session.unwrap_or(MAIN_SESSION), agent)?;
    }
    let message = Outbound {
        key: params.idempotency_key,
        account,
        text: params.message.unwrap_or_default(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    };
    let address = Address {
        channel: Some(name.to_owned()),
        target,
    };
    let receipt = channels.send(&address, &message).await?;
    // Who names the session writes in it by hand.
    if let Some(Ok(session)) = session.map(|session| canonical(session, agent)) {
        channels.get(name)?.owner_wrote(&session).await?;
    }
    Ok(Some(json!({
        "runId": message.key,
        "messageId": receipt.message_id,
        "channel": channel,
    })))
}
