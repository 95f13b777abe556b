//! From the first frame of a socket to a connection, or to the refusal that the
//! real gateway gives (facts/gateway.md §2.3 to §2.6).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Gateway;
use super::auth::{self, ConnectParams, Denied, Grant, check_device};
use super::connections::{Client, Identity};
use super::device_json;
use super::frames::{self, Failure};
use super::pairing::Standing;
use super::{incoming, limits, schema};
use crate::clock::now_ms;
use crate::owner_command::OwnerCommand;

/// The protocol version that we speak.
pub(crate) const PROTOCOL: u64 = 4;

/// Where a socket comes from.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) remote: SocketAddr,
    /// From this machine, by a loopback name, and not through a proxy.
    pub(crate) is_local: bool,
    pub(crate) origin: Option<String>,
    pub(crate) host: String,
}

/// A client that may come in.
pub(crate) struct Admitted {
    /// Id of the connect request, for the answer.
    pub(crate) request_id: String,
    pub(crate) identity: Identity,
    /// `auth` of `hello-ok`.
    pub(crate) auth: Value,
}

/// How a socket is turned away.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The frame before the close, if there is one.
    pub(crate) answer: Option<String>,
    pub(crate) code: u16,
    pub(crate) reason: String,
    /// How long the answer is held back.
    pub(crate) delay: Duration,
}

impl Refusal {
    pub(crate) fn close(code: u16, reason: &str) -> Self {
        Self {
            answer: None,
            code,
            reason: reason.to_owned(),
            delay: Duration::ZERO,
        }
    }

    /// An error answer, then a close with the same words.
    fn answer(id: &str, failure: &Failure) -> Self {
        Self {
            answer: Some(frames::refusal(id, failure)),
            ..Self::close(1008, &failure.message)
        }
    }

    fn with_reason(mut self, code: u16, reason: &str) -> Self {
        self.code = code;
        reason.clone_into(&mut self.reason);
        self
    }
}

/// Reads a first frame: the id of the request and its params.
fn connect_request(text: &str) -> Result<(String, Value), Refusal> {
    let Some(frame) = incoming::read(text) else {
        return Err(Refusal::close(1000, ""));
    };
    if schema::check("RequestFrame", &frame).is_err() {
        return Err(Refusal::close(1008, "invalid request frame"));
    }
    let id = frame["id"].as_str().unwrap_or_default().to_owned();
    if frame["method"] != "connect" {
        let words = "invalid handshake: first request must be connect";
        return Err(Refusal::answer(&id, &Failure::invalid(words)));
    }
    let params = frame.get("params").cloned().unwrap_or(json!({}));
    if let Err(wrong) = schema::check("ConnectParams", &params) {
        let words = format!("invalid connect params: {wrong}");
        return Err(Refusal::answer(&id, &Failure::invalid(words)));
    }
    Ok((id, params))
}

impl Gateway {
    /// Decides about the first frame of a socket whose challenge had `nonce`.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        caller: &Caller,
        nonce: &str,
        text: &str,
    ) -> Result<Admitted, Refusal> {
        let (id, params) = connect_request(text)?;
        let params: ConnectParams = serde_json::from_value(params).map_err(|error| {
            let words = format!("invalid connect params: {error}");
            Refusal::answer(&id, &Failure::invalid(words))
        })?;
        if params.min_protocol > PROTOCOL || params.max_protocol < PROTOCOL {
            let failure = Failure::invalid("protocol mismatch").with(json!({
                "code": "PROTOCOL_MISMATCH",
                "clientMinProtocol": params.min_protocol,
                "clientMaxProtocol": params.max_protocol,
                "expectedProtocol": PROTOCOL,
            }));
            let refusal = Refusal::answer(&id, &failure);
            return Err(refusal.with_reason(1002, "protocol mismatch"));
        }
        let role = params.role.clone().unwrap_or_else(|| "operator".to_owned());
        if role != "operator" {
            let words = format!("invalid role {role:?}: this gateway knows operators only");
            return Err(Refusal::answer(&id, &Failure::invalid(words)));
        }
        let scopes = &params.scopes;
        let is_long = |scope: &String| scope.len() > limits::MAX_SCOPE;
        if scopes.len() > limits::MAX_SCOPES || scopes.iter().any(is_long) {
            let words = "invalid connect params: at /scopes: too many or too long";
            return Err(Refusal::answer(&id, &Failure::invalid(words)));
        }
        self.check_origin(&id, &params, caller)?;
        let granted = match self.check_secrets(&id, &params, &role, nonce, caller).await {
            Ok(granted) => granted,
            Err(refusal) => return Err(*refusal),
        };
        let method = granted.method();
        let Some(device) = &params.device else {
            let scopes = scopes_without_device(&params, caller);
            let auth = json!({ "method": method, "role": role, "scopes": scopes });
            return Ok(admitted(id, params, role, scopes, auth));
        };
        let standing = self.stand(&params, &role, device, &granted, caller).await;
        let standing = standing.map_err(|error| Refusal::answer(&id, &error.into()))?;
        match standing {
            Standing::Approved { token, issued_at } => {
                let auth = json!({
                    "method": method,
                    "role": role,
                    "scopes": params.scopes,
                    "deviceToken": token.expose(),
                    "issuedAtMs": issued_at,
                });
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
                Err(Refusal::answer(&id, &failure).with_reason(1008, &reason))
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
        let origin = caller.origin.as_deref();
        self.settings
            .welcome
            .check_origin(origin, is_page, &caller.host, caller.is_local)
            .map_err(|why| {
                let words = format!(
                    "{} (start clawline-relay with --origin to let this page in)",
                    why.as_str()
                );
                let failure = Failure::invalid(words).with(json!({
                    "code": "CONTROL_UI_ORIGIN_NOT_ALLOWED",
                    "reason": why.as_str(),
                }));
                Refusal::answer(id, &failure)
            })
    }

    /// Device proof and secrets, with the limit on failures.
    async fn check_secrets(
        &self,
        id: &str,
        params: &ConnectParams,
        role: &str,
        nonce: &str,
        caller: &Caller,
    ) -> Result<Grant, Box<Refusal>> {
        let origin = caller.origin.as_deref();
        if let Some(origin) = origin {
            let ip = caller.remote.ip();
            let left = self.failures.locked_for(origin, ip, Instant::now());
            if let Some(left) = left {
                return Err(Box::new(Refusal::answer(id, &rate_limited(left))));
            }
        }
        if let Some(device) = &params.device {
            check_device(params, role, device, nonce, now_ms())
                .map_err(|failure| Refusal::answer(id, &failure))?;
        } else if self.settings.token.is_none() || params.auth.is_empty() {
            let failure = Failure::new("NOT_PAIRED", "device identity required")
                .with(json!({ "code": "DEVICE_IDENTITY_REQUIRED" }));
            return Err(Box::new(Refusal::answer(id, &failure)));
        }
        let device_id = params.device.as_ref().map(|device| device.id.as_str());
        let weighed = self
            .weigh(&params.auth, device_id, role, &params.scopes)
            .await
            .map_err(|error| Refusal::answer(id, &error.into()))?;
        let grant = weighed.map_err(|denied| Box::new(self.deny(id, &denied, caller)))?;
        if params.device.is_none() && params.client.id == "openclaw-control-ui" {
            let failure = Failure::invalid("control ui requires a device identity")
                .with(json!({ "code": "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" }));
            return Err(Box::new(Refusal::answer(id, &failure)));
        }
        Ok(grant)
    }

    fn deny(&self, id: &str, denied: &Denied, caller: &Caller) -> Refusal {
        let mut refusal = Refusal::answer(id, &denied.failure);
        if denied.counts {
            let now = Instant::now();
            match &caller.origin {
                Some(origin) => self.failures.failed(origin, caller.remote.ip(), now),
                None => refusal.delay = self.failures.delay_without_origin(now),
            }
        }
        refusal
    }
}

fn rate_limited(left: Duration) -> Failure {
    let mut failure = auth::denied(
        "AUTH_RATE_LIMITED",
        "rate_limited",
        "too many failed authentication attempts (retry later)",
        "wait_then_retry",
    )
    .failure;
    failure.retry_after_ms = Some(u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
    failure
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
                id: params.client.id,
                mode: params.client.mode,
                version: clipped(params.client.version),
                platform: clipped(params.client.platform),
                display_name: params.client.display_name.map(clipped),
                device_family: params.client.device_family.map(clipped),
                instance_id: params.client.instance_id.map(clipped),
            },
            role,
            scopes,
            caps: params.caps,
            device_id: params.device.map(|device| device.id),
        },
        auth,
    }
}
