//! The routes about channels. Shapes and words are those of OpenJarvis; what is
//! ours stands beside them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, Uri};
use clawline_core::wire;
use serde::Serialize;
use serde_json::{Value, json};
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::Rest;
use crate::account::{Account as AccountName, BadAccount};
use crate::bus::AccountStatus;
use crate::channels::{Channel, ChannelState, Outbound};
use crate::idempotency;
use crate::limits::MAX_VALUES;
use crate::problem::Problem;
use crate::trace;

const NOT_CONFIGURED: &str = "Channel bridge not configured";
/// Keys of this door are its own: another door's never collide with them.
const PREFIX: &str = "rest:";

/// The channels that there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelList {
    /// Registry names.
    channels: Vec<String>,
    /// How they stand as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

/// How the channels stand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// `connected`, `disconnected`, `connecting`, `error` or `not_configured`:
    /// connected when one channel is.
    status: &'static str,
    /// Each channel, with `?detail=1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<Vec<ChannelStatus>>,
}

/// How one channel stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelStatus {
    /// Registry name.
    name: String,
    /// As of the whole.
    status: &'static str,
    /// Its accounts; at least one.
    accounts: Vec<Account>,
}

/// How one account stands. Times are Unix milliseconds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// `default` where there is one only.
    id: String,
    status: &'static str,
    enabled: bool,
    configured: bool,
    running: bool,
    connected: bool,
    /// Where it connects to.
    url: Option<String>,
    last_start_at: Option<i64>,
    last_stop_at: Option<i64>,
    last_error: Option<String>,
    /// Attempts since it was last connected.
    reconnect_attempts: u32,
    next_retry_at: Option<i64>,
    /// Such as `websocket`.
    transport: Option<String>,
}

impl From<&AccountStatus> for Account {
    fn from(account: &AccountStatus) -> Self {
        Self {
            id: account.id.to_string(),
            status: account.state.as_str(),
            enabled: account.enabled,
            configured: account.configured,
            running: account.running,
            connected: account.connected(),
            url: account.url.clone(),
            last_start_at: account.last_start_at,
            last_stop_at: account.last_stop_at,
            last_error: account.last_error.clone(),
            reconnect_attempts: account.reconnect_attempts,
            next_retry_at: account.next_retry_at,
            transport: account.transport.clone(),
        }
    }
}

/// A message to somebody.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read member by member, and described here")]
pub(super) struct Send {
    /// A registry name, or an address like `webchat:agent:main:main`.
    channel: String,
    /// The words.
    content: String,
    /// Whom to reach in the channel, where `channel` is a bare name.
    conversation_id: Option<String>,
    /// The account that it leaves by, where the channel has several; the usual one if
    /// none is named.
    account: Option<String>,
}

/// A message that went out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sent {
    /// `sent`.
    status: &'static str,
    /// The channel as it was named.
    channel: String,
    /// Its id in the channel.
    message_id: String,
    /// Whether an earlier request with the same key sent it.
    repeated: bool,
}

impl Rest {
    fn configured(&self) -> bool {
        self.is_enabled && self.channels.configured().next().is_some()
    }

    /// Connected when one channel is, else as the first that is not just off.
    fn state(&self) -> ChannelState {
        if !self.configured() {
            return ChannelState::NotConfigured;
        }
        let states = || self.channels.list().map(|channel| channel.state());
        let worst_first = [
            ChannelState::Connected,
            ChannelState::Connecting,
            ChannelState::Error,
            ChannelState::Disconnected,
        ];
        let mut order = worst_first.into_iter();
        let found = order.find(|state| states().any(|one| one == *state));
        found.unwrap_or(ChannelState::NotConfigured)
    }
}

/// The channels.
#[utoipa::path(get, path = "/v1/channels", tag = "channels",
    responses((status = 200, body = ChannelList), (status = 401, body = super::docs::ProblemDetails)))]
pub(super) async fn list(State(rest): State<Arc<Rest>>) -> Json<ChannelList> {
    if !rest.configured() {
        return Json(ChannelList {
            channels: Vec::new(),
            status: None,
            message: Some(NOT_CONFIGURED),
        });
    }
    let names = rest.channels.configured().map(|one| one.name().to_owned());
    Json(ChannelList {
        channels: names.collect(),
        status: Some(rest.state().as_str()),
        message: None,
    })
}

/// How the channels stand.
#[utoipa::path(get, path = "/v1/channels/status", tag = "channels",
    params(("detail" = Option<u8>, Query, description = "1 for each channel and account")),
    responses((status = 200, body = Status), (status = 401, body = super::docs::ProblemDetails)))]
pub(super) async fn status(State(rest): State<Arc<Rest>>, uri: Uri) -> Json<Status> {
    let query = uri.query().unwrap_or_default();
    let wants_detail = query.split('&').any(|part| part == "detail=1");
    let known = rest.channels.list().filter(|_| rest.is_enabled);
    let channels = wants_detail.then(|| known.map(|one| channel_status(&**one)).collect());
    Json(Status {
        status: rest.state().as_str(),
        channels,
    })
}

fn channel_status(channel: &dyn Channel) -> ChannelStatus {
    ChannelStatus {
        name: channel.name().to_owned(),
        status: channel.state().as_str(),
        accounts: channel.accounts().iter().map(Account::from).collect(),
    }
}

/// Sends a message. With an `Idempotency-Key` a repeat sends nothing and has the
/// same answer.
#[utoipa::path(post, path = "/v1/channels/send", tag = "channels", request_body = Send,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same for every repeat")),
    responses(
        (status = 200, body = Sent),
        (status = 400, description = "The body is none, or names nobody", body = super::docs::ProblemDetails),
        (status = 401, body = super::docs::ProblemDetails),
        (status = 422, description = "The key was used for something else", body = super::docs::ProblemDetails),
        (status = 502, description = "It did not go out", body = super::docs::ProblemDetails),
        (status = 503, description = "No channel is configured", body = super::docs::ProblemDetails)))]
pub(super) async fn send(
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Sent>, Problem> {
    let asked = Asked::read(&rest, body)?;
    let content = asked.text("content")?;
    if asked.channel()?.trim().is_empty() || content.is_empty() {
        return Err(Problem::bad_request("'channel' and 'content' are required"));
    }
    asked.send(&rest, &headers, content, Vec::new()).await
}

/// What a body says that asks for something to go out.
pub(super) struct Asked(Value);

impl Asked {
    /// # Errors
    /// No channel is configured, or the body is none.
    pub(super) fn read(rest: &Rest, body: Result<Bytes, BytesRejection>) -> Result<Self, Problem> {
        if !rest.configured() {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                NOT_CONFIGURED,
            ));
        }
        let body = Problem::body(body)?;
        let json = std::str::from_utf8(&body)
            .ok()
            .and_then(|text| wire::text::read(text, MAX_VALUES).ok())
            .filter(Value::is_object);
        json.map(Self)
            .ok_or_else(|| Problem::bad_request("The body must be a JSON object"))
    }

    /// A member that is text, empty where there is none.
    pub(super) fn text(&self, name: &str) -> Result<&str, Problem> {
        match &self.0[name] {
            Value::Null => Ok(""),
            Value::String(text) => Ok(text),
            _ => Err(Problem::bad_request(format!("'{name}' must be a string"))),
        }
    }

    pub(super) fn channel(&self) -> Result<&str, Problem> {
        self.text("channel")
    }

    /// The account that it is to leave by; `None` where none is named.
    fn account(&self) -> Result<Option<AccountName>, Problem> {
        let name = self.text("account")?.trim();
        if name.is_empty() {
            return Ok(None);
        }
        let account = AccountName::read(name);
        let bad = |error: BadAccount| Problem::bad_request(error.to_string());
        account.map(Some).map_err(bad)
    }

    /// Sends it to whom it names.
    pub(super) async fn send(
        &self,
        rest: &Rest,
        headers: &HeaderMap,
        text: &str,
        metadata: Vec<(String, String)>,
    ) -> Result<Json<Sent>, Problem> {
        let channel = self.channel()?;
        let place = rest
            .channels
            .place(channel, self.text("conversation_id")?)?;
        let message = Outbound {
            key: idempotency::key(headers, PREFIX)?,
            account: self.account()?,
            text: text.to_owned(),
            attachments: Vec::new(),
            metadata,
            reply_to: None,
        };
        let sent = rest.channels.send(&place, &message);
        let receipt = sent.instrument(trace::of_wire("rest")).await?;
        Ok(Json(Sent {
            status: "sent",
            channel: channel.to_owned(),
            message_id: receipt.message_id,
            repeated: receipt.was_known,
        }))
    }
}

/// An account for the feed.
pub(super) fn account_json(account: &AccountStatus) -> Value {
    json!(Account::from(account))
}
