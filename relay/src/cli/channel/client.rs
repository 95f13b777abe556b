//! The REST interface of a relay, from outside.

use std::time::Duration;

use anstream::eprintln;
use anyhow::{Context as _, bail};
use clawline_core::Secret;
use clawline_core::dialects::bridge::http_url;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A relay that is there says something on a stream at least this often.
const SILENCE: Duration = Duration::from_secs(60);

/// A relay at an address.
#[derive(Debug)]
pub(crate) struct RelayClient {
    http: reqwest::Client,
    gateway: String,
    token: Option<Secret>,
}

impl RelayClient {
    /// Whether something listens there. What it is, its answers say.
    pub(crate) async fn is_there(&self) -> bool {
        let probe = self.http.get(&self.gateway).timeout(PATIENCE).send().await;
        !probe.is_err_and(|error| error.is_connect())
    }

    /// # Errors
    /// The address is none.
    pub(super) fn new(gateway: &str, token: Option<Secret>) -> anyhow::Result<Self> {
        // Whoever chose one before us chose well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let gateway = http_url(gateway, "").with_context(|| {
            format!("--gateway {gateway:?}: give one like http://127.0.0.1:18790")
        })?;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .read_timeout(SILENCE)
            .build()?;
        Ok(Self {
            http,
            gateway,
            token,
        })
    }

    /// Tells whose answer it is, beside the answer.
    pub(crate) fn say_who_answered(&self) {
        eprintln!("Using the running relay at {}", self.gateway);
    }

    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(self.url(path)?).timeout(PATIENCE);
        json(self.ask(request).await?).await
    }

    /// Lets something go out, in the word of a route of channels.
    pub(super) async fn send(
        &self,
        what: &str,
        body: &Value,
        key: Option<&str>,
    ) -> anyhow::Result<Value> {
        let mut request = self.http.post(self.url(&format!("/v1/channels/{what}"))?);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.json(body).timeout(PATIENCE);
        json(self.ask(request).await?).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.post(self.url(path)?).json(body);
        json(self.ask(request.timeout(PATIENCE)).await?).await
    }

    /// Takes something away, which may take longer.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.http.delete(self.url(path)?);
        json(self.ask(request.timeout(2 * PATIENCE)).await?).await
    }

    /// The stream of events after one of them, or from now on.
    pub(super) async fn events(&self, last: Option<&str>) -> anyhow::Result<Response> {
        let mut request = self.http.get(self.url("/v1/channels/events")?);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = self.ask(request).await?;
        expect(&response, "text/event-stream")?;
        Ok(response)
    }

    fn url(&self, path: &str) -> anyhow::Result<String> {
        Ok(http_url(&self.gateway, path)?)
    }

    async fn ask(&self, mut request: RequestBuilder) -> anyhow::Result<Response> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose());
        }
        let response = request.send().await.map_err(|error| {
            let error = error.without_url();
            let at = &self.gateway;
            let words = if error.is_connect() {
                format!(
                    "no relay runs at {at}: start one with `clawline-relay serve`, or name another with \
                     --gateway URL"
                )
            } else {
                format!("the relay at {at} does not answer")
            };
            anyhow::Error::new(error).context(words)
        })?;
        if response.status().is_success() {
            return Ok(response);
        }
        bail!(refusal(response).await)
    }
}

async fn refusal(response: Response) -> String {
    let status = response.status();
    let problem: Value = response.json().await.unwrap_or_default();
    let Some(detail) = problem["detail"].as_str() else {
        return format!("what answers there is no clawline-relay (status {status})");
    };
    let mut words = detail.to_owned();
    if let Some(reason) = problem["reason"].as_str() {
        words.push_str(": ");
        words.push_str(reason);
    }
    match status {
        StatusCode::UNAUTHORIZED => {
            words.push_str("; give it with --token-file FILE or in OPENCLAW_GATEWAY_TOKEN");
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            words.push_str("; set enabled = true below [channel] in clawline.toml");
        }
        _ => {}
    }
    words
}

async fn json(response: Response) -> anyhow::Result<Value> {
    expect(&response, "application/json")?;
    response
        .json()
        .await
        .context("the relay's answer is broken")
}

/// # Errors
/// Somebody else answered.
fn expect(response: &Response, kind: &str) -> anyhow::Result<()> {
    let found = response.headers().get("content-type");
    let found = found.and_then(|kind| kind.to_str().ok()).unwrap_or("none");
    if !found.starts_with(kind) {
        bail!("what answers there is no clawline-relay (it sends {found})");
    }
    Ok(())
}
