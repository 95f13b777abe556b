//! Accepts TCP connections and answers HTTP on them, until it is told to stop.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::listener::Stream;
use crate::places::Places;

/// How long the head of a request may take, and how long a connection may be
/// idle between two.
const HEAD: Duration = Duration::from_secs(15);
/// Bytes of the head of a request.
const HEAD_BYTES: usize = 64 * 1024;

/// Serves until `stop`, then until the requests that run are answered.
pub(crate) async fn serve(
    mut tcp: TcpListener,
    router: Router,
    places: Places,
    mut stop: watch::Receiver<bool>,
) {
    let mut tasks = JoinSet::new();
    loop {
        let (socket, remote) = tokio::select! {
            accepted = Listener::accept(&mut tcp) => accepted,
            Some(_) = tasks.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let place = tokio::select! {
            place = places.take(remote.ip()) => place,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let stream = Stream::new(socket, remote, place);
        tasks.spawn(converse(stream, router.clone(), stop.clone()));
    }
    drop(tcp);
    while tasks.join_next().await.is_some() {}
}

async fn converse(stream: Stream, router: Router, mut stop: watch::Receiver<bool>) {
    let peer = stream.peer().clone();
    let place = Arc::clone(&peer.place);
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        peer.place.asked();
        request.extensions_mut().insert(ConnectInfo(peer.clone()));
        let answer = service.call(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        // Whoever shuts his side after the question still gets the answer.
        .half_close(true);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended");
            }
            return;
        }
        () = place.lost() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
