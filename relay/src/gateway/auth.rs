//! Proofs: that a device holds its key, and that somebody gave it a token.

use clawline_core::Secret;
use clawline_core::device::Proof;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::Gateway;
use super::frames::Failure;
use super::limits::SIGNATURE_SKEW_MS;
use crate::ids;
use crate::store::{DeviceToken, StoreError};

/// `params` of `connect`; checked against the published schema before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectParams {
    pub(crate) min_protocol: u64,
    pub(crate) max_protocol: u64,
    pub(crate) client: ConnectClient,
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) caps: Vec<String>,
    #[serde(default)]
    pub(crate) auth: ConnectAuth,
    pub(crate) device: Option<ConnectDevice>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectClient {
    pub(crate) id: String,
    pub(crate) mode: String,
    pub(crate) version: String,
    pub(crate) platform: String,
    pub(crate) display_name: Option<String>,
    pub(crate) device_family: Option<String>,
    pub(crate) instance_id: Option<String>,
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

    /// Whether nothing was given at all.
    pub(crate) fn is_empty(&self) -> bool {
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
    Shared,
    /// A token of this device, with its text (which the client already has).
    Device(DeviceToken, Secret),
}

impl Grant {
    /// `auth.method` of `hello-ok`.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Open => "none",
            Self::Shared => "token",
            Self::Device(..) => "device-token",
        }
    }
}

/// Why secrets were refused.
#[derive(Debug)]
pub(crate) struct Denied {
    pub(crate) failure: Failure,
    /// Whether it was a guess: those are counted.
    pub(crate) counts: bool,
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
    /// Weighs a client's secrets. `device_id` is a device whose proof was good.
    ///
    /// # Errors
    /// SQLite refuses; inside, the refusal as the wire has it.
    pub(crate) async fn weigh(
        &self,
        auth: &ConnectAuth,
        device_id: Option<&str>,
        role: &str,
        scopes: &[String],
    ) -> Result<Result<Grant, Denied>, StoreError> {
        let Some(shared) = &self.settings.token else {
            return Ok(Ok(Grant::Open));
        };
        let token = ConnectAuth::given(&auth.token);
        let device_token = ConnectAuth::given(&auth.device_token);
        if token.is_some_and(|token| same(token, shared.expose())) {
            return Ok(Ok(Grant::Shared));
        }
        if let Some(device_id) = device_id {
            for candidate in [device_token, token].into_iter().flatten() {
                let hash = ids::sha256(candidate.as_bytes());
                let Some(known) = self.store.token(device_id, &hash).await? else {
                    continue;
                };
                let covered = known.role == role
                    && scopes
                        .iter()
                        .all(|scope| super::connections::holds(&known.scopes, scope));
                if !covered {
                    return Ok(Err(denied(
                        "AUTH_SCOPE_MISMATCH",
                        "scope_mismatch",
                        "device token scope mismatch (ask for fewer scopes, or sign in with the shared token to ask for more)",
                        "review_auth_configuration",
                    )
                    .uncounted()));
                }
                return Ok(Ok(Grant::Device(known, Secret::new(candidate))));
            }
        }
        let refusal = if device_token.is_some() && (token.is_none() || token == device_token) {
            denied(
                "AUTH_DEVICE_TOKEN_MISMATCH",
                "device_token_mismatch",
                "device token mismatch (sign in with the shared token again)",
                "update_auth_credentials",
            )
        } else if token.is_some() {
            let could_retry = match device_id {
                Some(id) if device_token.is_none() => self.store.newest_token(id).await?.is_some(),
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
        } else if ConnectAuth::given(&auth.bootstrap_token).is_some() {
            denied(
                "AUTH_BOOTSTRAP_TOKEN_INVALID",
                "bootstrap_token_invalid",
                "bootstrap token invalid (this gateway gives none)",
                "update_auth_credentials",
            )
        } else {
            denied(
                "AUTH_TOKEN_MISSING",
                "token_missing",
                "gateway token missing (give the one that clawline-relay was started with)",
                "update_auth_configuration",
            )
            .uncounted()
        };
        Ok(Err(refusal))
    }
}

/// Compares without telling by its duration how much was right.
fn same(given: &str, wanted: &str) -> bool {
    // Digests, so that not even the length shows.
    let given = ids::sha256(given.as_bytes());
    let wanted = ids::sha256(wanted.as_bytes());
    given.ct_eq(&wanted).into()
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
pub(crate) fn denied(code: &str, reason: &str, message: &str, next: &str) -> Denied {
    let details = json!({
        "code": code,
        "authReason": reason,
        "canRetryWithDeviceToken": false,
        "recommendedNextStep": next,
    });
    Denied {
        failure: Failure::invalid(format!("unauthorized: {message}")).with(details),
        counts: true,
    }
}

impl Denied {
    fn uncounted(self) -> Self {
        Self {
            counts: false,
            ..self
        }
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
            token: Some(Secret::new(SECRET)),
            ..Default::default()
        };
        let standing = super::super::pairing::Standing::Approved {
            token: Secret::new(SECRET),
            issued_at: 0,
        };
        let hello = super::super::connections::Outgoing::Text(SECRET.to_owned());
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

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("ab", "abc"));
        assert!(!same("", "abc"));
    }
}
