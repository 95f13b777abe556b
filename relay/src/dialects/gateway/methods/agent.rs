//! `agent`, which answers twice, and `agent.wait`.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::chat::{conflict, message};
use super::{Answer, Call};
use crate::dialects::gateway::Gateway;
use crate::dialects::gateway::frames::Failure;
use crate::dialects::gateway::sessions::{MAIN_SESSION, PROVIDER, canonical};
use crate::inbox::{self, Admission, Outcome};
use crate::store::{Input, InputKind, InputState};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentParams {
    message: String,
    session_key: Option<String>,
    agent_id: Option<String>,
    #[serde(default)]
    attachments: Vec<Value>,
    idempotency_key: String,
}

pub(super) async fn agent(call: Call) -> Answer {
    let params: AgentParams = call.params()?;
    let wanted = params.session_key.as_deref().filter(|key| !key.is_empty());
    let message = message(
        &call,
        InputKind::Task,
        params.idempotency_key,
        canonical(wanted.unwrap_or(MAIN_SESSION), params.agent_id.as_deref())?,
        params.message,
        &params.attachments,
    )
    .await?;
    let accepted = |input: &Input| {
        call.answer(&json!({
            "runId": input.key,
            "sessionKey": input.session_key,
            "agentId": "main",
            "status": "accepted",
            "acceptedAt": input.accepted_at,
        }));
    };
    match call.gateway.inbox.admit(message, accepted).await? {
        Admission::New(turn) => {
            let gateway = Arc::clone(&call.gateway);
            call.later(async move {
                match turn.outcome().await {
                    Some(outcome) => result(&gateway, turn.input(), &outcome).await,
                    None => Err(Failure::unavailable("the turn was lost; send again", 1_000)),
                }
            })
        }
        // Measured: one answer while it runs, and the result at once afterwards.
        Admission::Known { input, outcome } => match outcome {
            Some(outcome) => result(&call.gateway, &input, &outcome).await.map(Some),
            None => Ok(Some(json!({
                "runId": input.key,
                "status": "in_flight",
                "sessionKey": input.session_key,
                "agentId": "main",
            }))),
        },
        Admission::Conflict => Err(conflict()),
    }
}

/// The second answer.
async fn result(gateway: &Gateway, input: &Input, outcome: &Outcome) -> Result<Value, Failure> {
    match outcome.state {
        InputState::Failed => {
            let words = outcome.error.as_deref().unwrap_or("the run failed");
            Err(Failure::new("UNAVAILABLE", words)
                .with(json!({ "runId": input.key, "status": "error" })))
        }
        InputState::Stopped => Ok(json!({
            "runId": input.key,
            "status": "timeout",
            "summary": "aborted",
            "stopReason": "rpc",
            "endedAt": outcome.ended_at,
        })),
        InputState::Queued | InputState::Running | InputState::Done => {
            let session = gateway.store.session(&input.session_key).await?;
            let session_id = session.map(|session| session.session_id);
            let usual = gateway.agent();
            Ok(json!({
                "runId": input.key,
                "status": "ok",
                "summary": "completed",
                "result": {
                    "payloads": [{ "text": outcome.text.trim_end(), "mediaUrl": null }],
                    "meta": {
                        "durationMs": (outcome.ended_at - outcome.started_at).max(0),
                        "aborted": false,
                        "agentMeta": {
                            "sessionId": session_id,
                            "provider": PROVIDER,
                            "model": outcome.agent.as_deref().unwrap_or(usual.name()),
                        },
                    },
                },
            }))
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WaitParams {
    run_id: String,
    timeout_ms: Option<u64>,
}

const WAIT_BY_DEFAULT: Duration = Duration::from_secs(30);
const WAIT_AT_MOST: Duration = Duration::from_secs(600);

/// Waits for the end of a run. One that nobody knows is waited for as well, as
/// measured: it may be on its way.
pub(super) async fn wait(call: Call) -> Answer {
    let params: WaitParams = call.params()?;
    inbox::check_key(&params.run_id)?;
    let patience = params
        .timeout_ms
        .map_or(WAIT_BY_DEFAULT, Duration::from_millis);
    let deadline = Instant::now() + patience.min(WAIT_AT_MOST);
    let gateway = Arc::clone(&call.gateway);
    call.later(async move {
        let run_id = params.run_id;
        let outcome = match timeout_at(deadline, gateway.inbox.outcome(&run_id)).await {
            Ok(outcome) => outcome?,
            Err(_) => return Ok(json!({ "runId": run_id, "status": "timeout" })),
        };
        let mut payload = Map::new();
        payload.insert("runId".into(), json!(run_id));
        let status = match outcome.state {
            InputState::Failed => "error",
            InputState::Stopped => "timeout",
            InputState::Queued | InputState::Running | InputState::Done => "ok",
        };
        payload.insert("status".into(), json!(status));
        payload.insert("startedAt".into(), json!(outcome.started_at));
        payload.insert("endedAt".into(), json!(outcome.ended_at));
        if let Some(error) = &outcome.error {
            payload.insert("error".into(), json!(error));
        }
        if outcome.state == InputState::Stopped {
            payload.insert("stopReason".into(), json!("rpc"));
        } else {
            let reply = json!({ "disposition": "visible", "text": outcome.text.trim_end() });
            payload.insert("terminalReply".into(), reply);
        }
        Ok(Value::Object(payload))
    })
}
