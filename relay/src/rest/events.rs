//! What happens on channels, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Rest;
use super::feed::Next;
use crate::listener::Peer;
use crate::problem::Problem;

/// Events from now on, or from where a follower was: it repeats the id of the
/// last event that it heard in `Last-Event-ID`. `received` and `sent` have a
/// message, `status` an account, `lagged` how many events were missed (`null`:
/// nobody knows, as the relay was started anew).
#[utoipa::path(get, path = "/v1/channels/events", tag = "channels",
    params(("Last-Event-ID" = Option<String>, Header, description = "Where to go on")),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 401, body = super::docs::ProblemDetails),
        (status = 503, body = super::docs::ProblemDetails)))]
pub(super) async fn events(
    State(rest): State<Arc<Rest>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // It is no stranger, whose place another one may get.
    let is_in = peer.place.let_in();
    let followers = Arc::clone(&rest.followers);
    let place = followers.try_acquire_owned().ok().filter(|_| is_in);
    let place = place.ok_or_else(|| {
        let words = "too many follow the events; try again when one of them has left";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, words)
    })?;
    let last = headers.get("last-event-id");
    let (after, first) = match last.map(|id| rest.feed.resume(id.to_str().unwrap_or_default())) {
        // Who is cut off before anything happened comes back to here.
        None => (rest.feed.now(), First::Place),
        Some(Ok(after)) => (after, First::Nothing),
        Some(Err(oldest)) => (oldest, First::Lagged),
    };
    let follower = Follower {
        news: rest.feed.news(),
        rest,
        after,
        first,
        _place: place,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// What a follower is told before anything else.
#[derive(Clone, Copy)]
enum First {
    Nothing,
    /// Where it is: an id, and no event.
    Place,
    /// That its id is of an earlier run.
    Lagged,
}

struct Follower {
    rest: Arc<Rest>,
    news: watch::Receiver<u64>,
    after: u64,
    first: First,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// `None`: the relay stops.
    async fn next(&mut self) -> Option<Event> {
        match std::mem::replace(&mut self.first, First::Nothing) {
            First::Nothing => {}
            First::Place => return Some(Event::default().id(self.rest.feed.id(self.after))),
            First::Lagged => return Some(self.lagged(None)),
        }
        loop {
            self.news.borrow_and_update();
            match self.rest.feed.after(self.after) {
                Next::Item(item) => {
                    self.after = item.number;
                    let id = self.rest.feed.id(item.number);
                    return Some(Event::default().id(id).event(item.kind).data(item.data));
                }
                Next::Missed { count, after } => {
                    self.after = after;
                    return Some(self.lagged(Some(count)));
                }
                Next::Nothing => {
                    tokio::select! {
                        changed = self.news.changed() => changed.ok()?,
                        () = self.rest.tasks.stopped() => return None,
                    }
                }
            }
        }
    }

    fn lagged(&self, missed: Option<u64>) -> Event {
        let data = json!({ "missed": missed }).to_string();
        let id = self.rest.feed.id(self.after);
        Event::default().id(id).event("lagged").data(data)
    }
}
