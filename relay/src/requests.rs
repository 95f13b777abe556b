//! Requests that do something: they come in time, and are done to their end.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use futures_util::{StreamExt as _, stream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::page;
use crate::tasks::Tasks;

/// How long the next piece of a body may take.
const PIECE: Duration = Duration::from_secs(30);

/// Does what was asked to its end, though whoever asked may hang up: nothing is
/// left half done. Who falls silent before all was said asked nothing.
pub(crate) async fn work(
    State(tasks): State<Tasks>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (tell, told) = oneshot::channel();
    tasks.spawn(async move {
        let _ = tell.send(next.run(request.map(in_time)).await);
    });
    let words = "The gateway has stopped.\n";
    let ended = |_| page::text(StatusCode::SERVICE_UNAVAILABLE, words);
    told.await.unwrap_or_else(ended)
}

/// A body that fails where its sender falls silent.
fn in_time(body: Body) -> Body {
    let pieces = stream::try_unfold(body.into_data_stream(), |mut pieces| async {
        match timeout(PIECE, pieces.next()).await {
            Ok(Some(piece)) => Ok(Some((piece?, pieces))),
            Ok(None) => Ok(None),
            Err(_) => Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut))),
        }
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::body::{Bytes, to_bytes};
    use axum::routing::post;
    use axum::{Router, middleware};
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn what_was_begun_is_done_though_whoever_asked_hangs_up() {
        let (begun, go, tasks) = (
            Arc::new(Notify::new()),
            Arc::new(Notify::new()),
            Tasks::new(),
        );
        let (tell, told) = oneshot::channel();
        let tell = Arc::new(Mutex::new(Some(tell)));
        let task = {
            let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
            async move || {
                let tell = tell.lock().unwrap().take().unwrap();
                begun.notify_one();
                go.notified().await;
                tell.send("done").unwrap();
            }
        };
        let router = Router::new()
            .route("/", post(task))
            .layer(middleware::from_fn_with_state(tasks.clone(), work));
        let request = Request::post("/").body(Body::empty()).unwrap();
        let asked = tokio::spawn(TowerToHyperService::new(router).call(request));
        begun.notified().await;
        asked.abort();
        assert!(asked.await.is_err());
        go.notify_one();
        assert_eq!(told.await, Ok("done"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_whose_sender_falls_silent_is_not_waited_for() {
        type Piece = io::Result<Bytes>;
        let piece = |text: &'static str| -> Piece { Ok(Bytes::from(text)) };
        let whole = stream::iter([piece("a"), piece("b")]);
        let whole = in_time(Body::from_stream(whole));
        assert_eq!(to_bytes(whole, 10).await.unwrap(), "ab");
        let cut = stream::iter([piece("a")]).chain(stream::pending());
        let cut = in_time(Body::from_stream(cut));
        assert!(to_bytes(cut, 10).await.is_err());
    }
}
