//! A model provider that does as the user's text says and counts its calls.

mod decoration;
mod directives;
mod reply;
mod request;
mod script;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

pub use self::directives::DIRECTIVES;
use self::{directives::Odd, request::CompletionRequest, script::Script};
use crate::{Error, Result};

/// Images come inside the request.
const MAX_REQUEST: usize = 128 << 20;

/// An OpenAI-compatible model provider on 127.0.0.1 with the model `stub-1`.
///
/// It answers `/v1/chat/completions` (streaming or whole) and `/v1/models`.
/// What it answers is told by [`DIRECTIVES`] in the last message of the user;
/// without any it repeats the user's words in a friendly sentence.
#[derive(Debug)]
pub struct StubProvider {
    address: SocketAddr,
    ledger: Arc<Ledger>,
    server: AbortHandle,
}

/// One call of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Its number, from 1.
    pub number: u64,
    /// When it came, in Unix milliseconds.
    pub at_ms: u64,
    /// The model that was asked for.
    pub model: String,
    /// The text of the last message of the user, without what the real gateway
    /// adds to it.
    pub user_text: String,
    /// How many results of tools came after that message.
    pub tool_results: usize,
    /// How many images came with it.
    pub images: usize,
    /// What became of it.
    pub state: CallState,
}

/// What became of a [`Call`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CallState {
    /// It is being answered.
    Running,
    /// The stub sent all that it was told to, errors and cuts included.
    Answered,
    /// The caller went away first.
    Abandoned,
}

/// All calls so far.
#[derive(Debug, Default)]
struct Ledger {
    calls: Mutex<Vec<Call>>,
    count: AtomicU64,
}

/// Marks its call as abandoned unless it is told otherwise.
#[derive(Debug)]
struct CallMark {
    ledger: Arc<Ledger>,
    number: u64,
    /// How often the same text came already.
    before: usize,
}

impl StubProvider {
    /// Starts a provider on a free port.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn start() -> Result<Self> {
        let doing = "listen for the stub provider";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(Error::io(doing))?;
        let address = listener.local_addr().map_err(Error::io(doing))?;
        let ledger = Arc::<Ledger>::default();
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .layer(DefaultBodyLimit::max(MAX_REQUEST))
            .with_state(Arc::clone(&ledger));
        let served = async move { axum::serve(listener, router).await };
        let server = tokio::spawn(served).abort_handle();
        Ok(Self {
            address,
            ledger,
            server,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL to configure, `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// All calls since the start or the last [`StubProvider::forget_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.ledger.calls().clone()
    }

    /// The calls whose last message of the user contains `text`. Calls that
    /// only bring a tool's result are left out: one run of an agent is one.
    #[must_use]
    pub fn calls_with(&self, text: &str) -> Vec<Call> {
        let all = self.ledger.calls();
        all.iter()
            .filter(|c| c.tool_results == 0 && c.user_text.contains(text))
            .cloned()
            .collect()
    }

    /// Forgets the calls so far; the numbers go on.
    pub fn forget_calls(&self) {
        self.ledger.calls().clear();
    }
}

impl Drop for StubProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Ledger {
    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: &Arc<Self>, request: &CompletionRequest, prompt: &request::Prompt) -> CallMark {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let mut calls = self.calls();
        let same = calls
            .iter()
            .filter(|call| call.user_text == prompt.user_text);
        let before = same.count();
        calls.push(Call {
            number,
            at_ms: unix_ms(),
            model: request.model.clone(),
            user_text: prompt.user_text.clone(),
            tool_results: prompt.tool_results.len(),
            images: prompt.images,
            state: CallState::Running,
        });
        CallMark {
            ledger: Arc::clone(self),
            number,
            before,
        }
    }
}

impl CallMark {
    fn answered(&self) {
        self.set(CallState::Answered);
    }

    fn set(&self, state: CallState) {
        let mut calls = self.ledger.calls();
        let call = calls.iter_mut().find(|call| call.number == self.number);
        if let Some(call) = call.filter(|call| call.state == CallState::Running) {
            call.state = state;
        }
    }
}

impl Drop for CallMark {
    fn drop(&mut self) {
        self.set(CallState::Abandoned);
    }
}

async fn complete(
    State(ledger): State<Arc<Ledger>>,
    Json(request): Json<CompletionRequest>,
) -> Response {
    let prompt = request.prompt();
    let mark = ledger.enter(&request, &prompt);
    match Script::of(&prompt, mark.before) {
        Err(refusal) => {
            mark.answered();
            reply::error(refusal)
        }
        Ok(script) if request.stream && script.odd != Some(Odd::Whole) => {
            reply::streamed(&request, script, mark)
        }
        Ok(script) => reply::whole(&request, script, mark).await,
    }
}

async fn models() -> Response {
    let model: Value =
        json!({ "id": "stub-1", "object": "model", "created": 0, "owned_by": "testkit" });
    Json(json!({ "object": "list", "data": [model] })).into_response()
}

/// The present in Unix milliseconds.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
