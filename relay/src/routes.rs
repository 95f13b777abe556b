//! What is answered over HTTP: the page, what pages ask about it, upgrades.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Json, Router};
use clawline_core::GatewayId;
use serde_json::{Value, json};

use crate::config::NamedGateway;
use crate::gateway::handshake::Caller;
use crate::gateway::{Gateway, limits, socket};
use crate::headers;
use crate::listener::Peer;
use crate::origin;
use crate::page::{self, Page};

/// The paths at which the embedded gateway answers an upgrade.
pub const GATEWAY_PATH: &str = "/gateway";

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) page: Page,
    pub(crate) gateways: Arc<[NamedGateway]>,
    pub(crate) started: Instant,
}

/// The paths that are no files of the page.
const OURS: [&str; 5] = ["/", GATEWAY_PATH, "/healthz", "/readyz", "/config.json"];

/// All routes, behind the guard.
pub(crate) fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/", get(root))
        .route(GATEWAY_PATH, get(gateway))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/config.json", get(config))
        .fallback(get(file))
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app);
    // Around all of it: routes are chosen before a layer of their own runs.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn(plain_path))
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
    let ours = OURS
        .iter()
        .find(|ours| ours.trim_end_matches('/') == path)?;
    let query = uri.query().map(|query| format!("?{query}"));
    format!("{ours}{}", query.unwrap_or_default()).parse().ok()
}

/// Turns away whoever calls us by a foreign name, and hardens every answer.
async fn guard(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let host = host_of(request.headers());
    let welcome = &app.gateway.settings.welcome;
    if !welcome.knows_host(&host, peer.local) {
        let words = "This server does not answer to that name. If the name is yours, start clawline-relay with --host NAME.\n";
        let mut response = page::text(StatusCode::MISDIRECTED_REQUEST, words);
        headers::harden(response.headers_mut());
        return response;
    }
    let mut response = next.run(request).await;
    headers::harden(response.headers_mut());
    let origins: Vec<String> = app.gateways.iter().map(|one| one.origin.clone()).collect();
    let policy = headers::content_security_policy(&host, &origins);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let name = header::CONTENT_SECURITY_POLICY;
        response.headers_mut().insert(name, policy);
    }
    response
}

fn host_of(headers: &HeaderMap) -> String {
    let mut values = headers.get_all(header::HOST).iter();
    let first = values.next().and_then(|value| value.to_str().ok());
    match (first, values.next()) {
        (Some(host), None) => host.to_ascii_lowercase(),
        // None or several: whoever asks so is no browser of ours.
        _ => String::new(),
    }
}

/// The page that sends a request. Several, or one that is no text, match nothing.
fn origin_of(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    let first = values.next()?.to_str().ok();
    let only = first.filter(|_| values.next().is_none());
    Some(only.unwrap_or("unreadable").to_owned())
}

/// Whether a request comes from this machine itself. Behind a proxy everybody
/// comes from 127.0.0.1, and not every proxy says that it is one.
fn is_local(peer: &Peer, headers: &HeaderMap) -> bool {
    const PASSED_ON: [&str; 6] = [
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    ];
    let passed_on = headers.keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded") || PASSED_ON.contains(&name)
    });
    origin::is_loopback(peer.remote.ip())
        && !passed_on
        && origin::names_this_machine(&host_of(headers), origin_of(headers).as_deref())
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

async fn root(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    asked: HeaderMap,
    uri: Uri,
    upgrade: Upgrade,
) -> Response<Body> {
    if asked.contains_key(header::UPGRADE) {
        return connect(&app, peer, &asked, upgrade);
    }
    app.page.serve(uri.path(), &asked).await
}

async fn gateway(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    asked: HeaderMap,
    upgrade: Upgrade,
) -> Response<Body> {
    connect(&app, peer, &asked, upgrade)
}

fn connect(app: &App, peer: Peer, asked: &HeaderMap, upgrade: Upgrade) -> Response<Body> {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let gateway = Arc::clone(&app.gateway);
    if gateway.is_stopping() {
        let words = "The gateway is stopping.\n";
        return page::text(StatusCode::SERVICE_UNAVAILABLE, words);
    }
    let Ok(place) = Arc::clone(&gateway.strangers).try_acquire_owned() else {
        let words = "Too many connections that have not signed in. Try again in a moment.\n";
        return page::text(StatusCode::SERVICE_UNAVAILABLE, words);
    };
    let caller = Caller {
        remote: peer.remote,
        is_local: is_local(&peer, asked),
        origin: origin_of(asked),
        host: host_of(asked),
    };
    peer.budget.limit(socket::HANDSHAKE_BYTES);
    upgrade
        .max_message_size(limits::MAX_PAYLOAD)
        .max_frame_size(limits::MAX_PAYLOAD)
        .on_upgrade(move |socket| async move {
            let owner = Arc::clone(&gateway);
            owner.spawn(socket::serve(gateway, socket, caller, peer.budget, place));
        })
}

async fn healthz() -> Json<Value> {
    Json(json!({ "ok": true, "status": "live" }))
}

async fn readyz(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let uptime = u64::try_from(app.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let database = app.gateway.store.foreign_writes().await.is_ok();
    let mut failing = Vec::new();
    if !database {
        failing.push("database");
    }
    if app.gateway.is_stopping() {
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
    let needs_token = app.gateway.settings.token.is_some();
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
    app.page.serve(uri.path(), &asked).await
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
        ] {
            assert_eq!(plain(&file.parse().unwrap()), None, "{file}");
        }
    }
}
