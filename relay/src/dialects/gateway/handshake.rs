//! From the first frame of a socket to a connection, or to the refusal that the
//! real gateway gives (facts/gateway.md §2.3 to §2.6).

use std::sync::Arc;

use clawline_core::wire::text::{self, Unreadable};
use serde_json::{Value, json};

use super::Gateway;
use super::auth::{self, ConnectAuth, ConnectParams, Grant, check_device};
use super::connections::{Client, Identity};
use super::device_json;
use super::frames::{self, Failure};
use super::pairing::Standing;
use super::schema;
use crate::access::Caller;
use crate::clock::now_ms;
use crate::dialects::socket::Refusal;
use crate::limits;
use crate::owner_command::OwnerCommand;

/// The protocol version that we speak.
pub(crate) const PROTOCOL: u64 = 4;

/// A client that may come in.
pub(crate) struct Admitted {
    /// Id of the connect request, for the answer.
    pub(crate) request_id: String,
    pub(crate) identity: Identity,
    /// `auth` of `hello-ok`.
    pub(crate) auth: Value,
}

/// An error answer, then a close with the same words.
fn refused(id: &str, failure: &Failure) -> Refusal {
    Refusal {
        answer: Some(frames::refusal(id, failure)),
        ..Refusal::close(1008, &failure.message)
    }
}

/// As [`refused`], with another close.
fn refused_with(id: &str, failure: &Failure, code: u16, reason: &str) -> Refusal {
    Refusal {
        code,
        reason: reason.to_owned(),
        ..refused(id, failure)
    }
}

/// There are too many already.
pub(crate) fn full(id: &str) -> Refusal {
    let failure = Failure::unavailable("too many connections", 5_000);
    Refusal {
        answer: Some(frames::refusal(id, &failure)),
        ..Refusal::full()
    }
}

/// Reads a first frame: the id of the request and its params.
fn connect_request(first: &str) -> Result<(String, Value), Refusal> {
    let frame = match text::read(first, limits::MAX_FIRST_VALUES) {
        Ok(frame) => frame,
        Err(Unreadable::NoJson) => return Err(Refusal::close(1000, "")),
        Err(Unreadable::TooMuch) => return Err(Refusal::close(1008, "invalid request frame")),
    };
    if schema::check("RequestFrame", &frame).is_err() {
        return Err(Refusal::close(1008, "invalid request frame"));
    }
    let id = frame["id"].as_str().unwrap_or_default().to_owned();
    if frame["method"] != "connect" {
        let words = "invalid handshake: first request must be connect";
        return Err(refused(&id, &Failure::invalid(words)));
    }
    let params = frame.get("params").cloned().unwrap_or(json!({}));
    Ok((id, params))
}

/// Reads the params of somebody whose secrets are good.
fn connect_params(params: Value) -> Result<ConnectParams, Failure> {
    let invalid = |wrong: String| Failure::invalid(format!("invalid connect params: {wrong}"));
    schema::check("ConnectParams", &params).map_err(invalid)?;
    serde_json::from_value(params).map_err(|error| invalid(error.to_string()))
}

impl Gateway {
    /// Decides about the first frame of a socket whose challenge had `nonce`.
    /// Without room nobody gets further than to be known by his secrets.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        caller: &Caller,
        nonce: &str,
        text: &str,
        has_room: bool,
    ) -> Result<Admitted, Refusal> {
        let (id, params) = connect_request(text)?;
        let granted = self.check_secrets(&id, &params, caller).await?;
        let params = connect_params(params).map_err(|wrong| refused(&id, &wrong))?;
        if params.min_protocol > PROTOCOL || params.max_protocol < PROTOCOL {
            let failure = Failure::invalid("protocol mismatch").with(json!({
                "code": "PROTOCOL_MISMATCH",
                "clientMinProtocol": params.min_protocol,
                "clientMaxProtocol": params.max_protocol,
                "expectedProtocol": PROTOCOL,
            }));
            return Err(refused_with(&id, &failure, 1002, "protocol mismatch"));
        }
        let role = params.role.clone().unwrap_or_else(|| "operator".to_owned());
        if role != "operator" {
            let words = format!("invalid role {role:?}: this gateway knows operators only");
            return Err(refused(&id, &Failure::invalid(words)));
        }
        check_scopes(&params.scopes).map_err(|failure| refused(&id, &failure))?;
        self.check_origin(&id, &params, caller)?;
        self.check_proof(&params, &role, nonce, &granted)
            .map_err(|failure| refused(&id, &failure))?;
        if !has_room {
            return Err(full(&id));
        }
        let method = granted.method();
        let Some(device) = &params.device else {
            let scopes = scopes_without_device(&params, caller);
            let auth = json!({ "method": method, "role": role, "scopes": scopes });
            return Ok(admitted(id, params, role, scopes, auth));
        };
        let standing = self.stand(&params, &role, device, &granted, caller).await;
        let standing = standing.map_err(|error| refused(&id, &error.into()))?;
        match standing {
            Standing::Approved { token, issued_at } => {
                let mut auth = json!({
                    "method": method,
                    "role": role,
                    "scopes": params.scopes,
                });
                if let Some(token) = token {
                    auth["deviceToken"] = json!(token.expose());
                    auth["issuedAtMs"] = json!(issued_at);
                }
                let scopes = params.scopes.clone();
                Ok(admitted(id, params, role, scopes, auth))
            }
            Standing::Waits(waiting) => {
                let (asked, known) = *waiting;
                let elsewhere = OwnerCommand::default();
                let command = if caller.is_local {
                    &self.owner_command
                } else {
                    // The paths of this machine are private to it.
                    &elsewhere
                };
                let (failure, reason) = device_json::refusal(&asked, known.as_ref(), command);
                Err(refused_with(&id, &failure, 1008, &reason))
            }
        }
    }

    fn check_origin(
        &self,
        id: &str,
        params: &ConnectParams,
        caller: &Caller,
    ) -> Result<(), Refusal> {
        let client = &params.client;
        let is_page = client.mode == "webchat"
            || matches!(
                client.id.as_str(),
                "webchat-ui" | "webchat" | "openclaw-control-ui"
            );
        self.access.check_origin(caller, is_page).map_err(|why| {
            let words = format!(
                "{} (start clawline-relay with --origin to let this page in)",
                why.as_str()
            );
            let failure = Failure::invalid(words).with(json!({
                "code": "CONTROL_UI_ORIGIN_NOT_ALLOWED",
                "reason": why.as_str(),
            }));
            refused(id, &failure)
        })
    }

    /// The secrets in params that are not checked yet.
    async fn check_secrets(
        &self,
        id: &str,
        params: &Value,
        caller: &Caller,
    ) -> Result<Grant, Refusal> {
        let auth = ConnectAuth::of(params);
        let device_id = params.pointer("/device/id").and_then(Value::as_str);
        let weighed = self.weigh(&auth, device_id, caller).await;
        let weighed = weighed.map_err(|error| refused(id, &error.into()))?;
        weighed.map_err(|denied| Refusal {
            delay: denied.delay,
            ..refused(id, &denied.failure)
        })
    }

    /// Whether a client is the device that it says to be, and its secrets are
    /// enough for what it wants.
    fn check_proof(
        &self,
        params: &ConnectParams,
        role: &str,
        nonce: &str,
        granted: &Grant,
    ) -> Result<(), Failure> {
        match &params.device {
            Some(device) => check_device(params, role, device, nonce, now_ms())?,
            None if !self.access.needs_token() => return Err(auth::no_device()),
            None if params.client.id == "openclaw-control-ui" => {
                let words = "control ui requires a device identity";
                let details = json!({ "code": "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" });
                return Err(Failure::invalid(words).with(details));
            }
            None => {}
        }
        granted.covers(role, &params.scopes)
    }
}

/// Whether scopes are such that somebody can be asked for them.
fn check_scopes(scopes: &[String]) -> Result<(), Failure> {
    if scopes.len() > limits::MAX_SCOPES {
        let words = format!(
            "invalid connect params: at /scopes: must not have more than {} items",
            limits::MAX_SCOPES
        );
        return Err(Failure::invalid(words));
    }
    let known = |scope: &&String| limits::SCOPES.contains(&scope.as_str());
    match scopes.iter().find(|scope| !known(scope)) {
        None => Ok(()),
        Some(unknown) => {
            let unknown: String = unknown.chars().take(100).collect();
            let words = format!(
                "invalid connect params: at /scopes: unknown scope {unknown:?}, there are {}",
                limits::SCOPES.join(", ")
            );
            Err(Failure::invalid(words))
        }
    }
}

/// Without a device only a program of this machine keeps its scopes; a page
/// looks connected, and every call is refused (measured).
fn scopes_without_device(params: &ConnectParams, caller: &Caller) -> Vec<String> {
    let is_program = caller.origin.is_none() && params.client.mode != "webchat";
    if is_program && caller.is_local {
        params.scopes.clone()
    } else {
        Vec::new()
    }
}

/// A name that is short enough to be shown to others.
pub(crate) fn clipped(mut name: String) -> String {
    if let Some((end, _)) = name.char_indices().nth(limits::MAX_NAME) {
        name.truncate(end);
    }
    name
}

fn admitted(
    request_id: String,
    params: ConnectParams,
    role: String,
    scopes: Vec<String>,
    auth: Value,
) -> Admitted {
    Admitted {
        request_id,
        identity: Identity {
            client: Client {
                version: clipped(params.client.version),
                platform: clipped(params.client.platform),
                display_name: params.client.display_name.map(clipped),
                device_family: params.client.device_family.map(clipped),
                instance_id: params.client.instance_id.map(clipped),
                ..params.client
            },
            role,
            scopes,
            caps: params.caps,
            device_id: params.device.map(|device| device.id),
        },
        auth,
    }
}
