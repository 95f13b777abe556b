//! A model server over HTTP: one question, and the pieces of its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::SystemTime;

use axum::body::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use serde_json::Value;
use sse_stream::SseByteStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::chunk::{Chunk, Finish};
use super::failure::{Failure, retry_after};
use super::readable::Readable;
use super::settings::{BadOpenAi, OpenAiSettings, Patience, endpoint};
use crate::limits::MAX_ANSWER;

/// Most bytes of one event, and of an answer that explains a refusal.
const LARGEST_EVENT: usize = 4 * 1024 * 1024;
const LARGEST_REFUSAL: usize = 64 * 1024;
/// Most bytes of all events, with what stands around the words.
const LARGEST_STREAM: usize = 256 * 1024 * 1024;

/// Where questions go.
#[derive(Debug)]
pub(super) struct Endpoint {
    client: Client,
    url: Url,
    patience: Patience,
}

impl Endpoint {
    /// # Errors
    /// The settings are not those of a model server.
    pub(super) fn new(settings: &OpenAiSettings) -> Result<Self, BadOpenAi> {
        let url = endpoint(&settings.base_url)?;
        let mut headers = HeaderMap::new();
        if let Some(key) = &settings.key {
            let bearer = format!("Bearer {}", key.expose());
            let mut value = HeaderValue::try_from(bearer).map_err(|_| BadOpenAi::Key)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls(url.scheme() == "https")?)
            .connect_timeout(settings.patience.connect)
            // The key goes where the owner said, and nowhere else.
            .redirect(redirect::Policy::none())
            .referer(false)
            .default_headers(headers);
        if is_here(&url) {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| BadOpenAi::Tls(error.without_url().to_string()))?;
        Ok(Self {
            client,
            url,
            patience: settings.patience,
        })
    }

    /// Asks. Dropping what comes back ends the request.
    pub(super) async fn ask(&self, question: &Value) -> Result<Answering, Failure> {
        let until = Instant::now() + self.patience.first;
        let request = self
            .client
            .post(self.url.clone())
            .header(ACCEPT, "text/event-stream, application/json")
            .json(question);
        let response = timeout_at(until, request.send())
            .await
            .map_err(|_| Failure::Slow)?
            .map_err(|error| failed(&error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (is_json, is_events) = (kind.contains("json"), kind.contains("event-stream"));
        let pieces = if is_json {
            let whole = async move {
                let body = text(response, MAX_ANSWER).await?;
                let chunk = Chunk::read(&body)?;
                let finish = chunk.finish.or(Some(Finish::Whole));
                let is_last = true;
                Ok(Chunk {
                    finish,
                    is_last,
                    ..chunk
                })
            };
            stream::once(whole).boxed()
        } else {
            events(response, is_events)
        };
        Ok(Answering {
            pieces,
            until,
            is_finished: false,
            patience: self.patience,
        })
    }

    async fn refusal(&self, response: Response) -> Failure {
        let status = response.status().as_u16();
        let wait = response.headers().get(RETRY_AFTER);
        let wait = wait.and_then(|wait| retry_after(wait.to_str().ok()?, SystemTime::now()));
        let body = timeout(self.patience.connect, text(response, LARGEST_REFUSAL)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        let said = match Chunk::read(&body) {
            Err(Failure::Told(said)) => Some(said),
            Err(Failure::Status { said, .. }) => said,
            _ => None,
        };
        Failure::Status {
            status,
            said,
            retry_after: wait,
        }
    }
}

/// An answer that comes.
pub(super) struct Answering {
    pieces: BoxStream<'static, Result<Chunk, Failure>>,
    until: Instant,
    /// All was said, and what it cost may follow.
    is_finished: bool,
    patience: Patience,
}

impl Answering {
    /// The next piece; `None` after the last. Only what says something buys time
    /// for more, and nothing does after the end.
    pub(super) async fn next(&mut self) -> Option<Result<Chunk, Failure>> {
        let next = timeout_at(self.until, self.pieces.next()).await;
        let next = next.unwrap_or(Some(Err(Failure::Slow)));
        if let Some(Ok(chunk)) = &next
            && chunk.is_news
            && !self.is_finished
        {
            self.until = Instant::now() + self.patience.between;
            self.is_finished = chunk.finish.is_some();
        }
        next
    }
}

/// The events of a body. Where it says that it is something else, and has none, it
/// is no answer.
fn events(response: Response, is_events: bool) -> BoxStream<'static, Result<Chunk, Failure>> {
    let has_some = Arc::new(AtomicBool::new(is_events));
    let has_any = Arc::clone(&has_some);
    let none = stream::once(async move {
        let is_answer = has_any.load(Ordering::Relaxed);
        (!is_answer).then_some(Err(Failure::Unreadable))
    });
    // The parser keeps an event until it is whole: what it may keep is counted.
    let unread = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&unread);
    let mut all = 0_usize;
    let mut readable = Readable::default();
    let bytes = response.bytes_stream().map(move |part| {
        let part = part.map_err(|error| failed(&error))?;
        let kept = counted.fetch_add(part.len(), Ordering::Relaxed) + part.len();
        all += part.len();
        if kept > LARGEST_EVENT || all > LARGEST_STREAM {
            return Err(Failure::Flood);
        }
        Ok(readable.read(&part))
    });
    // The last event may lack the line that ends it.
    let end = stream::once(std::future::ready(Ok(Bytes::from_static(b"\n\n"))));
    SseByteStream::new(bytes.chain(end))
        .map_err(|error| match error {
            sse_stream::Error::Body(inner) => match inner.downcast::<Failure>() {
                Ok(failure) => *failure,
                Err(_) => Failure::Unreadable,
            },
            _ => Failure::Unreadable,
        })
        .try_filter_map(move |event| {
            unread.store(0, Ordering::Relaxed);
            has_some.store(true, Ordering::Relaxed);
            std::future::ready(Ok(event.data))
        })
        .try_filter(|data| std::future::ready(!data.trim().is_empty()))
        .and_then(|data| std::future::ready(Chunk::read(&data)))
        .chain(none.filter_map(std::future::ready))
        .boxed()
}

async fn text(mut response: Response, most: usize) -> Result<String, Failure> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| failed(&error))? {
        if body.len() + part.len() > most {
            return Err(Failure::Flood);
        }
        body.extend_from_slice(&part);
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// The words of the library name the address; they are for the owner's log only.
fn failed(error: &reqwest::Error) -> Failure {
    tracing::warn!(%error, "the model server did not answer");
    if error.is_connect() {
        Failure::Unreachable
    } else {
        Failure::Cut
    }
}

fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse();
    host == "localhost" || ip.is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Trusts what this system trusts.
fn tls(is_needed: bool) -> Result<rustls::ClientConfig, BadOpenAi> {
    let mut roots = rustls::RootCertStore::empty();
    if is_needed {
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let words = "this system has no list of certificates that it trusts";
            return Err(BadOpenAi::Tls(words.to_owned()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BadOpenAi::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
