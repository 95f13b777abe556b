//! The relay over plain HTTP: channels to list, to send to and to follow, files,
//! what is counted, and a description of the channels' routes.

mod acts;
mod channels;
mod docs;
mod events;
mod feed;
mod link;
mod media;
mod metrics;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use self::feed::Feed;
use self::metrics::Metrics;
use crate::access::Access;
use crate::base_path::BasePath;
use crate::bus::{Bus, Subscription};
use crate::channels::Channels;
use crate::channels::heard::Heard;
use crate::http_access;
use crate::media::Media;
use crate::tasks::Tasks;

/// Most requests that follow the events at once.
const MAX_FOLLOWERS: usize = 64;

/// What the routes share.
#[derive(Debug)]
pub(crate) struct Rest {
    access: Arc<Access>,
    channels: Arc<Channels>,
    /// Whether the owner wants channels to be reached so.
    is_enabled: bool,
    feed: Feed,
    metrics: Metrics,
    followers: Arc<Semaphore>,
    tasks: Tasks,
}

impl Rest {
    /// Starts to follow the bus. Without `is_enabled` every route of channels
    /// says that nothing is configured.
    pub(crate) fn start(
        access: Arc<Access>,
        channels: Arc<Channels>,
        is_enabled: bool,
        bus: &Bus,
        tasks: Tasks,
    ) -> Arc<Self> {
        let rest = Arc::new(Self {
            access,
            channels,
            is_enabled,
            feed: Feed::new(),
            metrics: Metrics::new(),
            followers: Arc::new(Semaphore::new(MAX_FOLLOWERS)),
            tasks,
        });
        rest.tasks.spawn(follow(Arc::clone(&rest), bus.subscribe()));
        rest
    }
}

/// Counts what happens and keeps it for whoever follows.
async fn follow(rest: Arc<Rest>, mut events: Subscription) {
    let mut heard = Heard::default();
    loop {
        match events.next().await {
            Ok(event) => {
                rest.metrics.count(&event);
                rest.feed.hear(&mut heard, &event);
            }
            Err(lagged) => {
                tracing::warn!("{lagged}: followers are told so");
                rest.feed.lose(lagged.0);
                rest.metrics.lose(lagged.0);
                heard = Heard::default();
            }
        }
    }
}

/// All routes: those behind the guard, and the description for everybody.
pub(crate) fn routes(rest: &Arc<Rest>, media: Media, base: BasePath) -> Router {
    let routes = Router::new()
        .route("/v1/channels", get(channels::list))
        .route("/v1/channels/send", post(channels::send))
        .route("/v1/channels/react", post(acts::react))
        .route("/v1/channels/edit", post(acts::edit))
        .route("/v1/channels/delete", post(acts::delete))
        .route("/v1/channels/status", get(channels::status))
        .route("/v1/channels/events", get(events::events))
        .route("/metrics", get(metrics::metrics))
        .with_state(Arc::clone(rest))
        .merge(media::routes(media, base));
    let links = http_access::for_owner(link::routes(rest), &rest.access);
    http_access::guarded(routes, &rest.access)
        .merge(links)
        .merge(docs::routes())
}
