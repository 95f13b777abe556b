//! Devices and their requests as the wire has them.

use serde_json::{Map, Value, json};

use super::frames::Failure;
use crate::owner_command::OwnerCommand;
use crate::store::{Device, DeviceToken, Pairing, PairingReason};

/// The refusal that a waiting device gets, and the words of the close frame.
pub(crate) fn refusal(
    pairing: &Pairing,
    known: Option<&Device>,
    command: &OwnerCommand,
) -> (Failure, String) {
    let (requirement, hint) = match pairing.reason {
        PairingReason::NotPaired => ("device is not approved yet", "Approve this device"),
        PairingReason::RoleUpgrade => (
            "device is asking for a higher role than currently approved",
            "Look at the role that it asks for, then",
        ),
        PairingReason::ScopeUpgrade => (
            "device is asking for more scopes than currently approved",
            "Look at the scopes that it asks for, then",
        ),
        PairingReason::MetadataUpgrade => (
            "device identity changed and must be re-approved",
            "Look at what changed, then",
        ),
    };
    let message = format!("pairing required: {requirement}");
    let mut details = Map::new();
    details.insert("code".into(), json!("PAIRING_REQUIRED"));
    details.insert("reason".into(), json!(pairing.reason.as_str()));
    details.insert("requestId".into(), json!(pairing.request_id));
    let hint = format!("{hint}: {}", command.approve_request(&pairing.request_id));
    details.insert("remediationHint".into(), json!(hint));
    details.insert("deviceId".into(), json!(pairing.device_id));
    details.insert("requestedRole".into(), json!(pairing.role));
    details.insert("requestedScopes".into(), json!(pairing.scopes));
    if let Some(known) = known {
        details.insert("approvedRoles".into(), json!([known.role]));
        details.insert("approvedScopes".into(), json!(known.scopes));
    }
    let reason = format!("{message} (requestId: {})", pairing.request_id);
    let failure = Failure::new("NOT_PAIRED", message).with(Value::Object(details));
    (failure, reason)
}

/// A waiting request as `device.pair.list` and `device.pair.requested` have it.
pub(crate) fn asked_json(pairing: &Pairing) -> Value {
    let mut json = Map::new();
    json.insert("requestId".into(), json!(pairing.request_id));
    json.insert("deviceId".into(), json!(pairing.device_id));
    json.insert("publicKey".into(), json!(pairing.public_key));
    optional(&mut json, "displayName", pairing.display_name.as_deref());
    optional(&mut json, "platform", Some(&pairing.platform));
    optional(&mut json, "deviceFamily", Some(&pairing.device_family));
    json.insert("clientId".into(), json!(pairing.client_id));
    json.insert("clientMode".into(), json!(pairing.client_mode));
    json.insert("role".into(), json!(pairing.role));
    json.insert("roles".into(), json!([pairing.role]));
    json.insert("scopes".into(), json!(pairing.scopes));
    optional(&mut json, "remoteIp", pairing.remote_ip.as_deref());
    json.insert("silent".into(), json!(false));
    json.insert("isRepair".into(), json!(pairing.is_repair));
    json.insert("ts".into(), json!(pairing.asked_at));
    Value::Object(json)
}

/// An approved device as `device.pair.list` has it.
pub(crate) fn device_json(device: &Device, token: Option<&DeviceToken>, connected: bool) -> Value {
    let mut json = Map::new();
    json.insert("deviceId".into(), json!(device.device_id));
    json.insert("publicKey".into(), json!(device.public_key));
    optional(&mut json, "displayName", device.display_name.as_deref());
    optional(&mut json, "platform", Some(&device.platform));
    optional(&mut json, "deviceFamily", Some(&device.device_family));
    json.insert("clientId".into(), json!(device.client_id));
    json.insert("clientMode".into(), json!(device.client_mode));
    json.insert("role".into(), json!(device.role));
    json.insert("roles".into(), json!([device.role]));
    json.insert("scopes".into(), json!(device.scopes));
    json.insert("approvedVia".into(), json!(device.approved_via));
    json.insert("createdAtMs".into(), json!(device.created_at));
    json.insert("approvedAtMs".into(), json!(device.approved_at));
    json.insert("lastSeenAtMs".into(), json!(device.last_seen_at));
    if let Some(at) = device.revoked_at {
        json.insert("revokedAtMs".into(), json!(at));
    }
    json.insert("connected".into(), json!(connected));
    let tokens: Vec<Value> = token
        .into_iter()
        .map(|token| {
            json!({ "role": token.role, "scopes": token.scopes, "createdAtMs": token.issued_at })
        })
        .collect();
    json.insert("tokens".into(), json!(tokens));
    Value::Object(json)
}

fn optional(json: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        json.insert(name.into(), json!(value));
    }
}
