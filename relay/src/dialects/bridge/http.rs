//! The bridge over HTTP: what its clients fall back to.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use clawline_core::dialects::bridge::{self, ClientFrame};
use clawline_core::dialects::parse;
use tracing::Instrument as _;

use super::Bridge;
use super::post::OVER_HTTP;
use crate::dialects::accept::Dialect as _;
use crate::http_access;
use crate::idempotency;
use crate::problem::Problem;
use crate::trace;

/// The two routes.
pub(crate) fn routes(bridge: &Arc<Bridge>) -> Router {
    let routes = Router::new()
        .route("/send", post(send))
        .route("/channels", get(channels))
        .with_state(Arc::clone(bridge));
    http_access::guarded(routes, &bridge.rooms.access)
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

/// With an `Idempotency-Key` a repeat sends nothing and has the same answer.
async fn send(
    State(bridge): State<Arc<Bridge>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, Problem> {
    let body = Problem::body(body)?;
    let frame = ClientFrame::read(parse(&body));
    let frame = frame.map_err(|refusal| Problem::bad_request(refusal.to_string()))?;
    let key = idempotency::key(&headers, OVER_HTTP)?;
    let wire = trace::of_wire(bridge.name());
    bridge.post(&frame, key).instrument(wire).await?;
    Ok((JSON, bridge::sent(&frame.channel)))
}

async fn channels(State(bridge): State<Arc<Bridge>>) -> impl IntoResponse {
    let all = bridge.channels.configured();
    let names: Vec<String> = all.map(|channel| channel.name().to_owned()).collect();
    (JSON, bridge::channels(&names))
}
