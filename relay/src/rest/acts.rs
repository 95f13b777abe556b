//! What is done to messages that are there: reactions, other words, taking back.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use utoipa::ToSchema;

use super::Rest;
use super::channels::{Asked, Sent};
use super::docs::ProblemDetails;
use crate::channels::Act;
use crate::problem::Problem;

/// A reaction to a message.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read member by member, and described here")]
pub(super) struct React {
    /// A registry name, or an address like `whatsapp_baileys:+15551234567`.
    channel: String,
    /// Whom to reach in the channel, where `channel` is a bare name.
    conversation_id: Option<String>,
    /// As where a message is sent.
    account: Option<String>,
    /// The message, by its id in the channel.
    message_id: String,
    /// One emoji; none takes an earlier reaction away.
    emoji: Option<String>,
}

/// Other words for a message of yours.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read member by member, and described here")]
pub(super) struct Edit {
    /// As for a reaction.
    channel: String,
    /// As for a reaction.
    conversation_id: Option<String>,
    /// As for a reaction.
    account: Option<String>,
    /// The message, by its id in the channel.
    message_id: String,
    /// The new words.
    content: String,
}

/// A message of yours that is taken back.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read member by member, and described here")]
pub(super) struct Delete {
    /// As for a reaction.
    channel: String,
    /// As for a reaction.
    conversation_id: Option<String>,
    /// As for a reaction.
    account: Option<String>,
    /// The message, by its id in the channel.
    message_id: String,
}

/// Puts a reaction to a message, or takes it away.
#[utoipa::path(post, path = "/v1/channels/react", tag = "channels", request_body = React,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same for every repeat")),
    responses(
        (status = 200, body = Sent),
        (status = 400, description = "The body is none, or names no message", body = ProblemDetails),
        (status = 401, body = ProblemDetails),
        (status = 422, description = "The channel has no such thing, or the key was used for something else", body = ProblemDetails),
        (status = 502, description = "It did not go out", body = ProblemDetails),
        (status = 503, description = "No channel is configured", body = ProblemDetails)))]
pub(super) async fn react(
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Sent>, Problem> {
    act(&rest, &headers, body, Act::React, "emoji").await
}

/// Gives a message of yours other words.
#[utoipa::path(post, path = "/v1/channels/edit", tag = "channels", request_body = Edit,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same for every repeat")),
    responses(
        (status = 200, body = Sent),
        (status = 400, description = "The body is none, or names no message", body = ProblemDetails),
        (status = 401, body = ProblemDetails),
        (status = 422, description = "The channel has no such thing, or the key was used for something else", body = ProblemDetails),
        (status = 502, description = "It did not go out", body = ProblemDetails),
        (status = 503, description = "No channel is configured", body = ProblemDetails)))]
pub(super) async fn edit(
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Sent>, Problem> {
    act(&rest, &headers, body, Act::Edit, "content").await
}

/// Takes a message of yours back, for everybody.
#[utoipa::path(post, path = "/v1/channels/delete", tag = "channels", request_body = Delete,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same for every repeat")),
    responses(
        (status = 200, body = Sent),
        (status = 400, description = "The body is none, or names no message", body = ProblemDetails),
        (status = 401, body = ProblemDetails),
        (status = 422, description = "The channel has no such thing, or the key was used for something else", body = ProblemDetails),
        (status = 502, description = "It did not go out", body = ProblemDetails),
        (status = 503, description = "No channel is configured", body = ProblemDetails)))]
pub(super) async fn delete(
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Sent>, Problem> {
    act(&rest, &headers, body, Act::Delete, "").await
}

/// Does something to a message; `words` is the member that has the words for it,
/// if it takes any.
async fn act(
    rest: &Rest,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    act: Act,
    words: &str,
) -> Result<Json<Sent>, Problem> {
    let asked = Asked::read(rest, body)?;
    let id = asked.text("message_id")?.trim();
    if asked.channel()?.trim().is_empty() || id.is_empty() {
        let words = "'channel' and 'message_id' are required";
        return Err(Problem::bad_request(words));
    }
    let text = match words {
        "" => "",
        member => asked.text(member)?,
    };
    asked.send(rest, headers, text, act.to(id)).await
}
