//! Proofs: that a device holds its key, and that somebody gave it a token.

use std::time::{Duration, Instant};

use clawline_core::Secret;
use clawline_core::device::Proof;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Gateway;
use super::connections::Client;
use super::frames::Failure;
use crate::access::{self, Caller, Permit, holds};
use crate::ids;
use crate::limits::SIGNATURE_SKEW_MS;
use crate::store::{DeviceToken, StoreError};

/// `params` of `connect`; checked against the published schema before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectParams {
    pub(crate) min_protocol: u64,
    pub(crate) max_protocol: u64,
    pub(crate) client: Client,
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) caps: Vec<String>,
    #[serde(default)]
    pub(crate) auth: ConnectAuth,
    pub(crate) device: Option<ConnectDevice>,
}

/// Secrets of a client. No `Debug`: it must not end up in a log.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectAuth {
    token: Option<String>,
    device_token: Option<String>,
    bootstrap_token: Option<String>,
    password: Option<String>,
}

impl std::fmt::Debug for ConnectAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConnectAuth(…)")
    }
}

impl ConnectAuth {
    fn given(secret: &Option<String>) -> Option<&str> {
        secret.as_deref().filter(|text| !text.is_empty())
    }

    /// The secret that a device signs along.
    fn signed(&self) -> &str {
        [&self.token, &self.device_token, &self.bootstrap_token]
            .into_iter()
            .find_map(|secret| secret.as_deref())
            .unwrap_or("")
    }

    /// The secrets in params that nobody looked at yet; none where they are no
    /// secrets.
    pub(crate) fn of(params: &Value) -> Self {
        params
            .get("auth")
            .and_then(|auth| Self::deserialize(auth).ok())
            .unwrap_or_default()
    }

    /// Whether nothing was given at all.
    fn is_empty(&self) -> bool {
        [
            &self.token,
            &self.device_token,
            &self.bootstrap_token,
            &self.password,
        ]
        .into_iter()
        .all(|secret| Self::given(secret).is_none())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectDevice {
    pub(crate) id: String,
    pub(crate) public_key: String,
    signature: String,
    signed_at: u64,
    nonce: String,
}

/// What a client's secrets are worth.
#[derive(Debug)]
pub(crate) enum Grant {
    /// No token is configured: this machine is trusted.
    Open,
    /// The shared token.
    Shared(Permit),
    /// A token of this device, with its text (which the client already has).
    Device(DeviceToken, Secret),
}

impl Grant {
    /// `auth.method` of `hello-ok`.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Open => "none",
            Self::Shared(_) => "token",
            Self::Device(..) => "device-token",
        }
    }
}

/// Why secrets were refused.
#[derive(Debug)]
pub(crate) struct Denied {
    pub(crate) failure: Failure,
    /// How long the answer is held back.
    pub(crate) delay: Duration,
}

/// Checks that the device signed this socket's challenge with its key.
///
/// # Errors
/// The refusal as the wire has it.
pub(crate) fn check_device(
    params: &ConnectParams,
    role: &str,
    device: &ConnectDevice,
    nonce: &str,
    now_ms: i64,
) -> Result<(), Failure> {
    let invalid = |code: &str, reason: &str, message: &str| {
        Failure::invalid(message).with(json!({ "code": code, "reason": reason }))
    };
    let key: Option<[u8; 32]> =
        ids::from_base64url(&device.public_key).and_then(|bytes| bytes.try_into().ok());
    let key = key.and_then(|bytes| Some((bytes, VerifyingKey::from_bytes(&bytes).ok()?)));
    let Some((bytes, key)) = key else {
        return Err(invalid(
            "DEVICE_AUTH_PUBLIC_KEY_INVALID",
            "device-public-key",
            "device public key invalid: send the 32 raw Ed25519 bytes as base64url without padding",
        ));
    };
    if ids::hex(&ids::sha256(&bytes)) != device.id {
        return Err(invalid(
            "DEVICE_AUTH_DEVICE_ID_MISMATCH",
            "device-id-mismatch",
            "device identity mismatch: the id must be the hex SHA-256 of the raw public key",
        ));
    }
    let signed_at = i64::try_from(device.signed_at).unwrap_or(i64::MAX);
    if now_ms.abs_diff(signed_at) > SIGNATURE_SKEW_MS.unsigned_abs() {
        return Err(invalid(
            "DEVICE_AUTH_SIGNATURE_EXPIRED",
            "device-signature-stale",
            "device signature expired: sign with the time of the challenge",
        ));
    }
    if device.nonce != nonce {
        return Err(invalid(
            "DEVICE_AUTH_NONCE_MISMATCH",
            "device-nonce-mismatch",
            "device nonce mismatch: sign the nonce of this socket's challenge",
        ));
    }
    let proof = Proof {
        device_id: &device.id,
        client_id: &params.client.id,
        client_mode: &params.client.mode,
        role,
        scopes: &params.scopes,
        signed_at_ms: device.signed_at,
        token: params.auth.signed(),
        nonce: &device.nonce,
        platform: &params.client.platform,
        device_family: params.client.device_family.as_deref().unwrap_or(""),
    };
    let signature: Option<[u8; 64]> =
        ids::from_base64url(&device.signature).and_then(|bytes| bytes.try_into().ok());
    let text = proof.text();
    let signed = signature.is_some_and(|signature| {
        let signature = Signature::from_bytes(&signature);
        [text.clone(), version_2(&text)]
            .iter()
            .any(|text| key.verify_strict(text.as_bytes(), &signature).is_ok())
    });
    if signed {
        Ok(())
    } else {
        Err(invalid(
            "DEVICE_AUTH_SIGNATURE_INVALID",
            "device-signature",
            "device signature invalid",
        ))
    }
}

/// The older text that devices may sign: without platform and family.
fn version_2(text: &str) -> String {
    let fields: Vec<&str> = text.split('|').collect();
    let kept = fields.len().saturating_sub(2);
    let mut older = fields[..kept].join("|");
    older.replace_range(..2, "v2");
    older
}

impl Gateway {
    /// Weighs a client's secrets, before anything else that it says is looked
    /// at. `device_id` is the device that it says to be.
    ///
    /// # Errors
    /// SQLite refuses; inside, the refusal as the wire has it.
    pub(crate) async fn weigh(
        &self,
        auth: &ConnectAuth,
        device_id: Option<&str>,
        caller: &Caller,
    ) -> Result<Result<Grant, Denied>, StoreError> {
        if !self.access.needs_token() {
            return Ok(Ok(Grant::Open));
        }
        let token = ConnectAuth::given(&auth.token);
        let device_token = ConnectAuth::given(&auth.device_token);
        let permit = || token.and_then(|token| self.access.token(token));
        if let Some(device_id) = device_id {
            for candidate in [device_token, token].into_iter().flatten() {
                let hash = ids::sha256(candidate.as_bytes());
                if let Some(known) = self.store.token(device_id, &hash).await? {
                    // Who has this made no guess.
                    let own = Grant::Device(known, Secret::new(candidate));
                    return Ok(Ok(permit().map_or(own, Grant::Shared)));
                }
            }
        }
        if auth.is_empty() {
            return Ok(Err(missing(device_id.is_some())));
        }
        match self.access.attempt(caller, token, Instant::now()) {
            Ok(permit) => Ok(Ok(Grant::Shared(permit))),
            Err(access::Denied::Locked { left }) => Ok(Err(rate_limited(left))),
            Err(access::Denied::Wrong { delay }) => {
                let mut denied = self.wrong(auth, device_id).await?;
                denied.delay = delay;
                Ok(Err(denied))
            }
            Err(_) => self.wrong(auth, device_id).await.map(Err),
        }
    }

    /// The words for secrets that are not ours.
    async fn wrong(
        &self,
        auth: &ConnectAuth,
        device_id: Option<&str>,
    ) -> Result<Denied, StoreError> {
        let token = ConnectAuth::given(&auth.token);
        let device_token = ConnectAuth::given(&auth.device_token);
        Ok(
            if device_token.is_some() && (token.is_none() || token == device_token) {
                denied(
                    "AUTH_DEVICE_TOKEN_MISMATCH",
                    "device_token_mismatch",
                    "device token mismatch (sign in with the shared token again)",
                    "update_auth_credentials",
                )
            } else if token.is_some() {
                let could_retry = match device_id {
                    Some(id) if device_token.is_none() => {
                        self.store.newest_token(id).await?.is_some()
                    }
                    _ => false,
                };
                token_mismatch(could_retry)
            } else if ConnectAuth::given(&auth.password).is_some() {
                denied(
                    "AUTH_PASSWORD_NOT_CONFIGURED",
                    "password_missing_config",
                    "this gateway takes a token, not a password (the one that clawline-relay was started with)",
                    "update_auth_credentials",
                )
            } else {
                denied(
                    "AUTH_BOOTSTRAP_TOKEN_INVALID",
                    "bootstrap_token_invalid",
                    "bootstrap token invalid (this gateway gives none)",
                    "update_auth_credentials",
                )
            },
        )
    }
}

impl Grant {
    /// Whether it covers what a client wants to be.
    ///
    /// # Errors
    /// The refusal as the wire has it.
    pub(crate) fn covers(&self, role: &str, scopes: &[String]) -> Result<(), Failure> {
        let (covered, words) = match self {
            Self::Open => return Ok(()),
            Self::Shared(permit) => (
                scopes.iter().all(|scope| permit.may(scope)),
                "the token does not allow that much (ask for fewer scopes, or sign in with another one)",
            ),
            Self::Device(known, _) => (
                known.role == role && scopes.iter().all(|scope| holds(&known.scopes, scope)),
                "device token scope mismatch (ask for fewer scopes, or sign in with the shared token to ask for more)",
            ),
        };
        if covered {
            return Ok(());
        }
        let refusal = denied(
            "AUTH_SCOPE_MISMATCH",
            "scope_mismatch",
            words,
            "review_auth_configuration",
        );
        Err(refusal.failure)
    }
}

fn missing(has_device: bool) -> Denied {
    if has_device {
        return denied(
            "AUTH_TOKEN_MISSING",
            "token_missing",
            "gateway token missing (give the one that clawline-relay was started with)",
            "update_auth_configuration",
        );
    }
    Denied {
        failure: no_device(),
        delay: Duration::ZERO,
    }
}

/// The refusal of whoever needs a device and has none.
pub(crate) fn no_device() -> Failure {
    Failure::new("NOT_PAIRED", "device identity required")
        .with(json!({ "code": "DEVICE_IDENTITY_REQUIRED" }))
}

fn rate_limited(left: Duration) -> Denied {
    let mut denied = denied(
        "AUTH_RATE_LIMITED",
        "rate_limited",
        "too many failed authentication attempts (retry later)",
        "wait_then_retry",
    );
    let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    denied.failure.retry_after_ms = Some(left.max(1));
    denied
}

fn token_mismatch(could_retry: bool) -> Denied {
    let next = if could_retry {
        "retry_with_device_token"
    } else {
        "update_auth_credentials"
    };
    let mut refusal = denied(
        "AUTH_TOKEN_MISMATCH",
        "token_mismatch",
        "gateway token mismatch (give the one that clawline-relay was started with)",
        next,
    );
    if let Some(details) = &mut refusal.failure.details {
        details["canRetryWithDeviceToken"] = json!(could_retry);
    }
    refusal
}

/// A refusal of sign-in, in the shape that was recorded.
fn denied(code: &str, reason: &str, message: &str, next: &str) -> Denied {
    let details = json!({
        "code": code,
        "authReason": reason,
        "canRetryWithDeviceToken": false,
        "recommendedNextStep": next,
    });
    Denied {
        failure: Failure::invalid(format!("unauthorized: {message}")).with(details),
        delay: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_text_is_the_newer_without_its_last_two_fields() {
        assert_eq!(
            version_2("v3|id|webchat-ui|webchat|operator|a,b|1|tok|n|web|"),
            "v2|id|webchat-ui|webchat|operator|a,b|1|tok|n"
        );
    }

    #[test]
    fn a_secret_is_in_no_log_line_whatever_is_formatted() {
        const SECRET: &str = "do-not-show-me";
        let auth = json!({
            "token": SECRET,
            "deviceToken": SECRET,
            "bootstrapToken": SECRET,
            "password": SECRET,
        });
        let params: ConnectParams = serde_json::from_value(json!({
            "minProtocol": 4,
            "maxProtocol": 4,
            "client": { "id": "cli", "mode": "cli", "version": "1", "platform": "linux" },
            "auth": auth,
        }))
        .unwrap();
        let token = DeviceToken {
            role: "operator".to_owned(),
            scopes: Vec::new(),
            issued_at: 0,
        };
        let settings = super::super::GatewaySettings {
            tokens: vec![access::AccessToken::everything(Secret::new(SECRET))],
            ..Default::default()
        };
        let standing = super::super::pairing::Standing::Approved {
            token: Some(Secret::new(SECRET)),
            issued_at: 0,
        };
        let hello = crate::dialects::queue::Outgoing::Text(SECRET.to_owned());
        for shown in [
            format!("{params:?}"),
            format!("{:?}", Grant::Device(token, Secret::new(SECRET))),
            format!("{settings:?}"),
            format!("{standing:?}"),
            format!("{hello:?}"),
            format!("{:?}", token_mismatch(true)),
        ] {
            assert!(!shown.contains(SECRET), "{shown}");
        }
    }
}
