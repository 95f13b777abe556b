//! How webhooks stand, over HTTP.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Webhook, Webhooks};
use crate::clock::now_ms;
use crate::problem::Problem;
use crate::store::StoreError;

/// Of those that were set aside, how many are shown.
const SHOWN: u32 = 20;

/// `GET /v1/webhooks`, and `POST /v1/webhooks/NAME/retry` for what was set
/// aside. They want a guard around them.
pub(crate) fn routes(webhooks: Arc<Webhooks>) -> Router {
    Router::new()
        .route("/v1/webhooks", get(list))
        .route("/v1/webhooks/{name}/retry", post(retry))
        .with_state(webhooks)
}

async fn list(State(webhooks): State<Arc<Webhooks>>) -> Result<Json<Value>, Problem> {
    let mut all = Vec::new();
    for hook in webhooks.hooks.values() {
        all.push(webhooks.status(hook).await.map_err(no_store)?);
    }
    Ok(Json(json!({ "webhooks": all })))
}

async fn retry(
    State(webhooks): State<Arc<Webhooks>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Some(hook) = webhooks.hooks.get(&name) else {
        let words = "no webhook has this name; GET /v1/webhooks lists them";
        return Err(Problem::new(StatusCode::NOT_FOUND, words));
    };
    let revived = webhooks.store.revive_deliveries(&name, now_ms()).await;
    let count = revived.map_err(no_store)?;
    hook.news.notify_one();
    Ok(Json(json!({ "retried": count })))
}

impl Webhooks {
    async fn status(&self, hook: &Webhook) -> Result<Value, StoreError> {
        let settings = &hook.settings;
        let total = self.store.delivery_total(&settings.name).await?;
        let dead = self.store.dead_deliveries(&settings.name, SHOWN).await?;
        let dead: Vec<Value> = dead
            .iter()
            .map(|one| {
                json!({
                    "id": one.new.id,
                    "event": one.new.event,
                    "trace_id": one.new.trace,
                    "at": one.new.told_at,
                    "attempts": one.attempts,
                    "set_aside_at": one.due_at,
                    "error": one.error,
                })
            })
            .collect();
        let events: Vec<&str> = settings.topics.iter().map(|topic| topic.as_str()).collect();
        let last = hook.last(|last| last.clone());
        Ok(json!({
            "name": settings.name,
            // The rest of the address may be a secret.
            "origin": hook.postman.origin(),
            "events": events,
            "channels": settings.channels,
            "waiting": total.waiting,
            "waiting_bytes": total.waiting_bytes,
            "lost": hook.lost.load(Ordering::Relaxed),
            "last_delivered_at": last.delivered_at,
            "last_failed_at": last.failed_at,
            "last_error": last.error,
            "dead": total.dead,
            "newest_dead": dead,
        }))
    }
}

/// The database does not answer.
fn no_store(error: StoreError) -> Problem {
    tracing::error!(%error, "webhooks cannot be looked up");
    let words = "the database does not answer; try again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, words)
}
