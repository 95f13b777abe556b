//! What is answered over HTTP: the page, what pages ask about it, upgrades.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use axum::{Json, Router};
use clawline_core::GatewayId;
use serde_json::{Value, json};

use crate::access::{Access, Denied};
use crate::base_path::BasePath;
use crate::config::NamedGateway;
use crate::dialects::accept::{Accept, Door};
use crate::dialects::socket::{self, Socket};
use crate::headers;
use crate::limits;
use crate::listener::Peer;
use crate::page::{self, Page};
use crate::readiness::Readiness;
use crate::requests;
use crate::store::Store;
use crate::tasks::Tasks;

/// The path at which only the embedded gateway is spoken.
pub const GATEWAY_PATH: &str = Door::Gateway.path();

/// Bytes that the WebSocket library keeps at hand for each connection.
const BUFFER: usize = 16 * 1024;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) access: Arc<Access>,
    pub(crate) accept: Arc<Accept>,
    pub(crate) store: Store,
    pub(crate) tasks: Tasks,
    pub(crate) page: Page,
    pub(crate) gateways: Arc<[NamedGateway]>,
    pub(crate) base_path: BasePath,
    pub(crate) started: Instant,
    pub(crate) readiness: Arc<Readiness>,
}

/// The paths that are no files of the page.
const OURS: [&str; 10] = [
    Door::Root.path(),
    Door::Gateway.path(),
    Door::Ws.path(),
    Door::Hub.path(),
    Door::Openclaw.path(),
    "/healthz",
    "/readyz",
    "/config.json",
    // Clients of the bridge make them of `ws://host/`, with two slashes.
    "/send",
    "/channels",
];

/// All routes, behind the guard; `more` are those of other rooms.
pub(crate) fn router(app: App, more: Router) -> Router {
    let base = app.base_path.clone();
    let doors = Door::ALL.into_iter();
    let routes = doors
        .fold(Router::new(), |routes, one| {
            routes.route(one.path(), get(door))
        })
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/config.json", get(config))
        .fallback(get(file))
        .with_state(app.clone())
        .merge(more)
        .layer(middleware::from_fn_with_state(
            app.tasks.clone(),
            requests::work,
        ))
        .layer(middleware::from_fn_with_state(app, guard));
    // Around all of it: routes are chosen before a layer of their own runs.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn(plain_path))
        .layer(middleware::from_fn_with_state(base, below_base))
}

/// Takes the configured base away, where a proxy left it. The base itself has no
/// files beside it: a page goes to its slash.
async fn below_base(
    State(base): State<BasePath>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let uri = request.uri();
    let is_upgrade = request.headers().contains_key(header::UPGRADE);
    let query = uri.query().map(|query| format!("?{query}"));
    let query = query.unwrap_or_default();
    match base.strip(uri.path()).filter(|_| !base.is_root()) {
        Some("") if !is_upgrade => {
            let slash = format!("{}/{query}", base.prefix());
            return Redirect::permanent(&slash).into_response();
        }
        Some(rest) => {
            let rest = if rest.is_empty() { "/" } else { rest };
            if let Ok(plain) = format!("{rest}{query}").parse() {
                *request.uri_mut() = plain;
            }
        }
        None => {}
    }
    next.run(request).await
}

/// The routes of an address that is the hub's alone: plugins at `/openclaw`, pages
/// at every other path, as in the original.
pub(crate) fn hub_router(app: App) -> Router {
    Router::new()
        .fallback(get(hub_door))
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app)
}

async fn hub_door(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    asked: HeaderMap,
    uri: Uri,
    upgrade: Upgrade,
) -> Response<Body> {
    let query = uri.query().unwrap_or_default();
    let is_plain = query.is_empty() || query.starts_with("token=");
    let door = if uri.path() == Door::Openclaw.path() && is_plain {
        Door::Openclaw
    } else {
        Door::Hub
    };
    if !asked.contains_key(header::UPGRADE) || !app.accept.opens(door, query) {
        let words = "Only WebSockets of the hub are served at this address.\n";
        return page::text(StatusCode::NOT_FOUND, words);
    }
    connect(&app, peer, &asked, door, query.to_owned(), upgrade).await
}

/// Lets other spellings of our own paths (`/gateway/`, `//gateway`) mean what
/// they mean to clients: one gateway.
async fn plain_path(mut request: Request, next: Next) -> Response<Body> {
    let is_upgrade = request.headers().contains_key(header::UPGRADE);
    // The files of a page at `//` would be looked for beside it, and not be there.
    let fits = |plain: &Uri| is_upgrade || plain.path() != "/";
    if let Some(plain) = plain(request.uri()).filter(fits) {
        *request.uri_mut() = plain;
    }
    next.run(request).await
}

fn plain(uri: &Uri) -> Option<Uri> {
    let path = uri.path().trim_start_matches('/');
    let id = GatewayId::parse(&format!("ws://here/{path}"))?;
    let path = id.as_str().strip_prefix("ws://here")?;
    let mut ours = OURS.into_iter();
    let ours = ours
        .find(|ours| ours.trim_end_matches('/') == path)
        .or_else(|| is_rest(path).then_some(path))?;
    let query = uri.query().map(|query| format!("?{query}"));
    format!("{ours}{}", query.unwrap_or_default()).parse().ok()
}

/// Whether a path is asked by programs, who make it of an address that may end
/// with a slash. Below the viewer of the description pages have files.
fn is_rest(path: &str) -> bool {
    path == "/metrics"
        || path.starts_with("/upstream/")
        || (path.starts_with("/v1/") && !path.starts_with("/v1/docs"))
}

/// Turns away whoever calls us by a foreign name, and hardens every answer.
async fn guard(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let Some(host) = app.access.host(&peer, request.headers()) else {
        let words = "This server does not answer to that name. If the name is yours, start clawline-relay with --host NAME.\n";
        let mut response = page::text(StatusCode::MISDIRECTED_REQUEST, words);
        headers::harden(response.headers_mut());
        return response;
    };
    let base = app.base_path.of_page(request.headers());
    let mut response = next.run(request).await;
    headers::harden(response.headers_mut());
    let origins: Vec<String> = app.gateways.iter().map(|one| one.origin.clone()).collect();
    let policy = headers::content_security_policy(&host, &origins, &base);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let name = header::CONTENT_SECURITY_POLICY;
        // What is no page of ours may have a policy of its own.
        response.headers_mut().entry(name).or_insert(policy);
    }
    response
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// A path at which sockets come in. Who asks for no upgrade, or for one that no
/// dialect serves, gets what the page has there.
async fn door(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    asked: HeaderMap,
    uri: Uri,
    upgrade: Upgrade,
) -> Response<Body> {
    let door = Door::ALL.into_iter().find(|door| door.path() == uri.path());
    let query = uri.query().unwrap_or_default();
    let wants_page = door != Some(Door::Gateway) && !asked.contains_key(header::UPGRADE);
    match door.filter(|door| !wants_page && app.accept.opens(*door, query)) {
        Some(door) => connect(&app, peer, &asked, door, query.to_owned(), upgrade).await,
        None => {
            let base = app.base_path.of_page(&asked);
            app.page.serve(uri.path(), &asked, &base).await
        }
    }
}

async fn connect(
    app: &App,
    peer: Peer,
    asked: &HeaderMap,
    door: Door,
    query: String,
    upgrade: Upgrade,
) -> Response<Body> {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    if app.tasks.is_stopping() {
        let words = "The gateway is stopping.\n";
        return page::text(StatusCode::SERVICE_UNAVAILABLE, words);
    }
    let caller = app.access.caller(&peer, asked).await;
    if let Err(why) = app.access.check_origin(&caller, false) {
        tracing::debug!(
            origin = caller.origin,
            "a page from elsewhere was turned away"
        );
        let words = format!("{}\n", Denied::Origin(why));
        return page::text(StatusCode::FORBIDDEN, &words);
    }
    if let Err(why) = app.access.check_pace(&caller, Instant::now()) {
        return page::text(StatusCode::TOO_MANY_REQUESTS, &format!("{why}\n"));
    }
    peer.budget.limit(socket::HANDSHAKE_BYTES);
    let pacer = app.access.pacer(&caller);
    let (accept, tasks) = (Arc::clone(&app.accept), app.tasks.clone());
    upgrade
        // What is idle costs little.
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(limits::MAX_PAYLOAD)
        .max_frame_size(limits::MAX_PAYLOAD)
        .on_upgrade(move |socket| async move {
            let socket = Socket::new(socket, peer, pacer);
            tasks.spawn(accept.serve(socket, caller, door, query));
        })
}

async fn healthz() -> Json<Value> {
    Json(json!({ "ok": true, "status": "live" }))
}

async fn readyz(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let uptime = u64::try_from(app.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut failing = app.readiness.failing(&app.store).await;
    if app.tasks.is_stopping() {
        failing.push("stopping");
    }
    let status = if failing.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let ready = failing.is_empty();
    (
        status,
        Json(json!({ "ready": ready, "failing": failing, "uptimeMs": uptime })),
    )
}

/// What the page needs to know before it connects anywhere.
async fn config(State(app): State<App>) -> impl axum::response::IntoResponse {
    let gateways: Vec<Value> = app
        .gateways
        .iter()
        .map(|gateway| json!({ "url": gateway.url, "name": gateway.name }))
        .collect();
    let needs_token = app.access.needs_token();
    let embedded = json!({
        "path": GATEWAY_PATH,
        "auth": if needs_token { "token" } else { "none" },
    });
    let body = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "gateways": gateways,
        "embedded": embedded,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body))
}

async fn file(State(app): State<App>, uri: Uri, asked: HeaderMap) -> Response<Body> {
    let base = app.base_path.of_page(&asked);
    app.page.serve(uri.path(), &asked, &base).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_paths_have_many_spellings_and_files_one() {
        for (asked, plain_path) in [
            ("/gateway", "/gateway"),
            ("/gateway/", "/gateway"),
            ("//gateway", "/gateway"),
            ("/gateway//?x=1", "/gateway?x=1"),
            ("/%67ateway", "/gateway"),
            ("/./x/../gateway", "/gateway"),
            ("/config.json/", "/config.json"),
            ("//", "/"),
            ("/?ticket=1", "/?ticket=1"),
            ("//v1/channels", "/v1/channels"),
            ("/v1/channels/?x=1", "/v1/channels?x=1"),
            ("//v1/media/a_b-1/", "/v1/media/a_b-1"),
            ("//metrics", "/metrics"),
        ] {
            let uri: Uri = asked.parse().unwrap();
            assert_eq!(plain(&uri), plain_path.parse().ok(), "{asked}");
        }
        for file in [
            "/app.js/",
            "/a/gateway",
            "//etc/passwd",
            "/gateway/x",
            "/Gateway",
            "/v1/docs/",
            "/v1/media/%2e%2e%2fx/../../../y",
            "/v1",
        ] {
            assert_eq!(plain(&file.parse().unwrap()), None, "{file}");
        }
    }
}
