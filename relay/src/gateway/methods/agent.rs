//! `agent`, which answers twice, and `agent.wait`.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::chat::{Admission, admit_turn, attachments, check_key, new_input};
use super::{Answer, Call};
use crate::gateway::Gateway;
use crate::gateway::frames::Failure;
use crate::gateway::runs::Outcome;
use crate::gateway::sessions::{MAIN_SESSION, MODEL, PROVIDER, canonical};
use crate::store::{Input, InputMethod, InputState, StoreError};

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
    check_key(&params.idempotency_key)?;
    let wanted = params.session_key.as_deref().filter(|key| !key.is_empty());
    let session_key = canonical(wanted.unwrap_or(MAIN_SESSION), params.agent_id.as_deref())?;
    let attachments = attachments(&params.attachments)?;
    if params.message.trim().is_empty() && attachments.is_empty() {
        return Err(Failure::invalid("message or attachment required"));
    }
    let new = new_input(
        &call,
        InputMethod::Agent,
        params.idempotency_key,
        session_key,
        params.message,
        attachments,
    );
    let accepted = json!({
        "runId": new.key,
        "sessionKey": new.session_key,
        "agentId": "main",
        "status": "accepted",
        "acceptedAt": new.accepted_at,
    });
    match admit_turn(&call, &new, None, &accepted).await? {
        Admission::New(turn) => {
            let gateway = Arc::clone(&call.gateway);
            call.later(async move {
                match turn.outcome().await {
                    Some(outcome) => result(&gateway, &turn.input, &outcome).await,
                    None => Err(Failure::unavailable("the turn was lost; send again", 1_000)),
                }
            })
        }
        // Measured: one answer while it runs, and the result at once afterwards.
        Admission::Known(input) => match ended(&call.gateway, &input).await? {
            Some(outcome) => result(&call.gateway, &input, &outcome).await.map(Some),
            None => Ok(Some(json!({
                "runId": input.key,
                "status": "in_flight",
                "sessionKey": input.session_key,
                "agentId": "main",
            }))),
        },
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
        InputState::Aborted => Ok(json!({
            "runId": input.key,
            "status": "timeout",
            "summary": "aborted",
            "stopReason": "rpc",
            "endedAt": outcome.ended_at,
        })),
        InputState::Queued | InputState::Running | InputState::Done => {
            let session = gateway.store.session(&input.session_key).await?;
            let session_id = session.map(|session| session.session_id);
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
                            "model": MODEL,
                        },
                    },
                },
            }))
        }
    }
}

/// The outcome of an input whose turn is over, from the store.
async fn ended(gateway: &Gateway, input: &Input) -> Result<Option<Outcome>, StoreError> {
    let Some(ended_at) = input.ended_at else {
        return Ok(None);
    };
    let answer = gateway.store.answer_of(&input.key).await?;
    Ok(Some(Outcome {
        state: input.state,
        text: answer.map(|row| row.text()).unwrap_or_default(),
        error: input.result.clone(),
        started_at: input.accepted_at,
        ended_at,
    }))
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
    let patience = params
        .timeout_ms
        .map_or(WAIT_BY_DEFAULT, Duration::from_millis);
    let deadline = Instant::now() + patience.min(WAIT_AT_MOST);
    let gateway = Arc::clone(&call.gateway);
    call.later(async move {
        let run_id = params.run_id;
        let outcome = match timeout_at(deadline, outcome_of(&gateway, &run_id)).await {
            Ok(outcome) => outcome?,
            Err(_) => return Ok(json!({ "runId": run_id, "status": "timeout" })),
        };
        let mut payload = Map::new();
        payload.insert("runId".into(), json!(run_id));
        let status = match outcome.state {
            InputState::Failed => "error",
            InputState::Aborted => "timeout",
            InputState::Queued | InputState::Running | InputState::Done => "ok",
        };
        payload.insert("status".into(), json!(status));
        payload.insert("startedAt".into(), json!(outcome.started_at));
        payload.insert("endedAt".into(), json!(outcome.ended_at));
        if let Some(error) = &outcome.error {
            payload.insert("error".into(), json!(error));
        }
        if outcome.state == InputState::Aborted {
            payload.insert("stopReason".into(), json!("rpc"));
        } else {
            let reply = json!({ "disposition": "visible", "text": outcome.text.trim_end() });
            payload.insert("terminalReply".into(), reply);
        }
        Ok(Value::Object(payload))
    })
}

async fn outcome_of(gateway: &Gateway, run_id: &str) -> Result<Outcome, Failure> {
    const LOOK_EVERY: Duration = Duration::from_millis(250);
    loop {
        if let Some(turn) = gateway.runs.find(run_id)
            && let Some(outcome) = turn.outcome().await
        {
            return Ok(outcome);
        }
        if let Some(input) = gateway.store.input(run_id).await?
            && let Some(outcome) = ended(gateway, &input).await?
        {
            return Ok(outcome);
        }
        sleep_until(Instant::now() + LOOK_EVERY).await;
    }
}
