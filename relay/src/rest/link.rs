//! How a person links an account of a channel: the routes behind
//! `clawline-relay whatsapp`. They show codes, so they are for the owner.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use clawline_core::wire;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Rest;
use crate::account::Account;
use crate::channels::whatsapp::{LinkingError, Mode};
use crate::channels::{Channel, Linking};
use crate::limits::MAX_VALUES;
use crate::problem::Problem;

const ONE: &str = "/v1/channels/{channel}/accounts/{account}/link";

/// How an account is to be connected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub(super) enum Begin {
    /// As it is linked; no code is shown.
    Resume,
    /// By a code to scan, where it is not linked.
    Qr,
    /// By a code to type, where it is not linked.
    Code {
        /// Number of the phone, like `+15551234567`.
        phone: String,
    },
}

impl From<Begin> for Mode {
    fn from(begin: Begin) -> Self {
        match begin {
            Begin::Resume => Self::Resume,
            Begin::Qr => Self::Qr,
            Begin::Code { phone } => Self::Code { phone },
        }
    }
}

/// The routes; the guard of the owner belongs in front of them.
pub(super) fn routes(rest: &Arc<Rest>) -> Router {
    let one = get(link).post(begin).delete(unlink);
    Router::new().route(ONE, one).with_state(Arc::clone(rest))
}

/// How an account stands, with the code that is shown now.
#[utoipa::path(get, path = ONE, tag = "channels",
    params(("channel" = String, Path, description = "Registry name"), ("account" = String, Path)),
    responses((status = 200, body = Value),
        (status = 401, body = super::docs::ProblemDetails),
        (status = 404, description = "There is no such account", body = super::docs::ProblemDetails)))]
pub(super) async fn link(
    State(rest): State<Arc<Rest>>,
    Path((channel, account)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let channel = known(&rest, &channel)?;
    let linking = linking(&**channel)?;
    now(linking, &named(linking, &account)?)
}

/// Begins to connect an account; the answer says how it stood then.
#[utoipa::path(post, path = ONE, tag = "channels", request_body = Begin,
    params(("channel" = String, Path, description = "Registry name"), ("account" = String, Path)),
    responses((status = 200, body = Value),
        (status = 400, description = "The body is none", body = super::docs::ProblemDetails),
        (status = 401, body = super::docs::ProblemDetails),
        (status = 404, description = "There is no such account", body = super::docs::ProblemDetails)))]
pub(super) async fn begin(
    State(rest): State<Arc<Rest>>,
    Path((channel, account)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let body = Problem::body(body)?;
    let begin = std::str::from_utf8(&body)
        .ok()
        .and_then(|text| wire::text::read(text, MAX_VALUES).ok())
        .and_then(|body| Begin::deserialize(body).ok())
        .ok_or_else(|| {
            Problem::bad_request("The body must be {\"mode\"}: resume, qr, or code with a phone")
        })?;
    let channel = known(&rest, &channel)?;
    let linking = linking(&**channel)?;
    let account = named(linking, &account)?;
    linking.begin(&account, begin.into())?;
    now(linking, &account)
}

/// Unlinks an account.
#[utoipa::path(delete, path = ONE, tag = "channels",
    params(("channel" = String, Path, description = "Registry name"), ("account" = String, Path)),
    responses((status = 200, description = "It is unlinked here; `toldWhatsapp` says whether WhatsApp knows", body = Value),
        (status = 401, body = super::docs::ProblemDetails),
        (status = 404, description = "There is no such account", body = super::docs::ProblemDetails),
        (status = 502, description = "It did not work", body = super::docs::ProblemDetails)))]
pub(super) async fn unlink(
    State(rest): State<Arc<Rest>>,
    Path((channel, account)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let channel = known(&rest, &channel)?;
    let linking = linking(&**channel)?;
    let account = named(linking, &account)?;
    let unlinked = linking.unlink(&account).await?;
    Ok(Json(json!(unlinked)))
}

fn known<'a>(rest: &'a Rest, name: &str) -> Result<&'a Arc<dyn Channel>, Problem> {
    let found = rest.channels.get(name);
    found.map_err(|error| Problem::new(StatusCode::NOT_FOUND, error.to_string()))
}

fn linking(channel: &dyn Channel) -> Result<&dyn Linking, Problem> {
    channel.linking().ok_or_else(|| {
        let words = format!("{} has no accounts to link", channel.name());
        Problem::new(StatusCode::NOT_FOUND, words)
    })
}

/// The account of a name that somebody wrote.
fn named(linking: &dyn Linking, name: &str) -> Result<Account, LinkingError> {
    let account = Account::read(name).ok();
    let account = account.filter(|account| linking.accounts().contains(account));
    account.ok_or_else(|| LinkingError::unknown(name, &linking.accounts()))
}

fn now(linking: &dyn Linking, account: &Account) -> Result<Json<Value>, Problem> {
    let link = linking
        .link(account)
        .ok_or_else(|| LinkingError::unknown(account.as_str(), &linking.accounts()))?;
    Ok(Json(json!(*link.borrow())))
}

impl From<LinkingError> for Problem {
    fn from(error: LinkingError) -> Self {
        let status = match error {
            LinkingError::Account { .. } => StatusCode::NOT_FOUND,
            LinkingError::Phone(_) => StatusCode::BAD_REQUEST,
            LinkingError::Failed(_) => StatusCode::BAD_GATEWAY,
        };
        Self::new(status, error.to_string())
    }
}
