//! One attempt: a signed request, and what came of it.
//!
//! The signature is that of Standard Webhooks: libraries for most languages
//! check it.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url, redirect};
use sha2::Sha256;

use super::gate::Gate;
use super::settings::{BadWebhook, WebhookSettings};
use crate::store::Delivery;
use crate::upstream::{Trust, client_config};

/// A secret in this form is base64; any other is taken as it is.
const PREFIX: &str = "whsec_";
/// Shortest secret, in bytes.
const SHORTEST: usize = 16;

/// Takes deliveries to one webhook.
pub(super) struct Postman {
    client: Client,
    url: Url,
    key: Vec<u8>,
}

impl std::fmt::Debug for Postman {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The path of an address may be a secret.
        f.debug_struct("Postman").finish_non_exhaustive()
    }
}

/// Why a delivery was not taken, in words for the owner that hold no secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) words: String,
    /// The receiver is gone for good.
    pub(super) is_final: bool,
    /// How long it asks us to wait, in milliseconds.
    pub(super) wait_ms: Option<u64>,
}

impl Postman {
    pub(super) fn new(settings: &WebhookSettings) -> Result<Self, BadWebhook> {
        let url = settings.address()?;
        let gate = Gate::new(&settings.private_addresses);
        // Numbers are not looked up, so the gate is not asked again.
        if let Some(address) = number(&url).filter(|address| !gate.lets(*address)) {
            let name = settings.name.clone();
            return Err(BadWebhook::Private { name, address });
        }
        let bad_tls = |why: String| BadWebhook::Tls {
            name: settings.name.clone(),
            why,
        };
        let client = Client::builder()
            .tls_backend_preconfigured(tls(&url).map_err(bad_tls)?)
            .dns_resolver(Arc::new(gate))
            // A proxy or another place would not have been asked about.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("clawline-relay/", env!("CARGO_PKG_VERSION")))
            .timeout(settings.patience.answer)
            .build()
            .map_err(|error| bad_tls(error.without_url().to_string()))?;
        let key = key(settings.secret.expose());
        let key = key.ok_or_else(|| BadWebhook::Secret(settings.name.clone()))?;
        Ok(Self { client, url, key })
    }

    /// Scheme, host and port: what may be shown.
    pub(super) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Tries once.
    pub(super) async fn deliver(&self, one: &Delivery, seconds: i64) -> Result<(), Refused> {
        let new = &one.new;
        let signature = sign(&self.key, &new.id, seconds, &new.body);
        let parent = &crate::ids::hex(&crate::ids::sha256(signature.as_bytes()))[..16];
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &new.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .header("traceparent", format!("00-{}-{parent}-01", new.trace))
            .body(new.body.clone());
        let answer = request.send().await.map_err(|error| Refused {
            words: root(&error.without_url()),
            is_final: false,
            wait_ms: None,
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let wait = answer.headers().get(RETRY_AFTER);
        let wait = wait.and_then(|wait| wait.to_str().ok()?.parse::<u64>().ok());
        let words = match status.is_redirection() {
            true => format!("it answered {status}; redirects are not followed"),
            false => format!("it answered {status}"),
        };
        Err(Refused {
            words,
            is_final: status == StatusCode::GONE,
            wait_ms: wait.map(|seconds| seconds.saturating_mul(1_000)),
        })
    }
}

/// The innermost cause: those around it say only that a request failed.
fn root(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn number(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse().ok()
}

fn tls(url: &Url) -> Result<rustls::ClientConfig, String> {
    if url.scheme() == "https" {
        let config = client_config(&Trust::System).map_err(|error| error.to_string())?;
        return Ok(Arc::unwrap_or_clone(config));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    // Nobody is trusted: nothing of this is over TLS.
    let nobody = rustls::RootCertStore::empty();
    Ok(builder.with_root_certificates(nobody).with_no_client_auth())
}

fn key(secret: &str) -> Option<Vec<u8>> {
    let key = match secret.strip_prefix(PREFIX) {
        Some(text) => STANDARD.decode(text).ok()?,
        None => secret.as_bytes().to_vec(),
    };
    (key.len() >= SHORTEST).then_some(key)
}

fn sign(key: &[u8], id: &str, seconds: i64, body: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_standard_webhooks() {
        // The example of its specification.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        assert_eq!(
            sign(&key, id, 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_secret_that_is_easy_to_guess_is_none() {
        for bad in [
            "",
            "short",
            "whsec_",
            "whsec_****************",
            "whsec_YWJj",
        ] {
            assert_eq!(key(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_is_seen_through_all_its_disguises() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://127.0.0.1./",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            let url = Url::parse(url).unwrap();
            let address = number(&url).unwrap();
            assert!(!Gate::new(&[]).lets(address), "{url}");
        }
        assert_eq!(number(&Url::parse("http://localhost/").unwrap()), None);
    }
}
