//! `device.pair.*` and `device.token.revoke`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::clock::now_ms;
use crate::dialects::gateway::device_json::{asked_json, device_json};
use crate::dialects::gateway::frames::Failure;
use crate::store::Approval;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestParams {
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeviceParams {
    device_id: String,
    role: Option<String>,
}

fn no_request() -> Failure {
    Failure::invalid("unknown requestId: no device waits under it")
}

fn no_device() -> Failure {
    Failure::invalid("unknown deviceId: no such device is paired")
}

pub(super) async fn list(call: Call) -> Answer {
    let gateway = &call.gateway;
    let pending: Vec<Value> = gateway
        .store
        .pairings()
        .await?
        .iter()
        .map(asked_json)
        .collect();
    let mut paired = Vec::new();
    for device in gateway.store.devices().await? {
        let token = gateway.store.newest_token(&device.device_id).await?;
        let connected = gateway.connections.is_connected(&device.device_id);
        paired.push(device_json(&device, token.as_ref(), connected));
    }
    Ok(Some(json!({ "pending": pending, "paired": paired })))
}

pub(super) async fn approve(call: Call) -> Answer {
    let params: RequestParams = call.params()?;
    let gateway = &call.gateway;
    // Nobody gives away what he does not hold.
    let holds = |scope: &str| call.connection.may(scope);
    let approval = gateway
        .store
        .approve_pairing(&params.request_id, now_ms(), holds)
        .await?;
    let device = match approval {
        Approval::Approved(device) => device,
        Approval::NothingWaits => return Err(no_request()),
        Approval::Withheld { scope } => return Err(Failure::missing_scope(&scope)),
    };
    gateway.tell_resolved(&params.request_id, &device.device_id, "approved");
    Ok(Some(json!({
        "requestId": params.request_id,
        "device": device_json(&device, None, false),
    })))
}

pub(super) async fn reject(call: Call) -> Answer {
    let params: RequestParams = call.params()?;
    let rejected = call
        .gateway
        .store
        .reject_pairing(&params.request_id)
        .await?;
    let Some(asked) = rejected else {
        return Err(no_request());
    };
    call.gateway
        .tell_resolved(&params.request_id, &asked.device_id, "rejected");
    Ok(Some(json!({
        "requestId": params.request_id,
        "deviceId": asked.device_id,
    })))
}

pub(super) async fn remove(call: Call) -> Answer {
    let params: DeviceParams = call.params()?;
    if !call.gateway.store.remove_device(&params.device_id).await? {
        return Err(no_device());
    }
    // The answer first: the caller may be the one who has to go.
    call.answer(&json!({ "deviceId": params.device_id }));
    call.gateway.expel(&params.device_id);
    Ok(None)
}

pub(super) async fn revoke(call: Call) -> Answer {
    let params: DeviceParams = call.params()?;
    let now = now_ms();
    if !call
        .gateway
        .store
        .revoke_device(&params.device_id, now)
        .await?
    {
        return Err(no_device());
    }
    call.answer(&json!({
        "deviceId": params.device_id,
        "role": params.role,
        "revokedAtMs": now,
    }));
    call.gateway.expel(&params.device_id);
    Ok(None)
}
