//! One server: the page, what pages ask about it, and the embedded gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::gateway::handshake::Caller;
use crate::gateway::{Gateway, GatewaySettings, limits, socket};
use crate::headers;
use crate::listener::{Listener, Peer};
use crate::origin;
use crate::page::{self, Page};
use crate::store::{Store, StoreError};

/// The paths at which the embedded gateway answers an upgrade.
pub const GATEWAY_PATH: &str = "/gateway";

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen at; port 0 asks the system for one.
    pub listen: SocketAddr,
    /// Real gateways that the page may connect to.
    pub gateways: Vec<NamedGateway>,
    /// The embedded gateway.
    pub gateway: GatewaySettings,
    /// Folder of the database.
    pub data_dir: PathBuf,
    /// Folder of the built page.
    pub page: PathBuf,
}

/// A gateway elsewhere that the page may connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGateway {
    /// Its address, `ws://…` or `wss://…`.
    pub url: String,
    /// Its origin, for the Content-Security-Policy: scheme, host and port.
    pub origin: String,
    /// A short name for people.
    pub name: String,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Everybody could connect.
    #[error(
        "{0} can be reached from other machines, and there is no token: put one into a file and add \
         --token-file FILE (or set OPENCLAW_GATEWAY_TOKEN), or listen at 127.0.0.1 only"
    )]
    OpenToAll(SocketAddr),
    /// The address is taken or not ours.
    #[error("cannot listen at {address}: {source}; give a free address with --listen")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Two servers on one database would both run what is unfinished in it.
    #[error(
        "another clawline-relay serves the data in {0}: stop it, or give this one a folder of its own \
         with --data-dir"
    )]
    AlreadyServed(PathBuf),
    /// The gateway's address is none.
    #[error("--gateway {0:?} is not the address of a gateway: give one like ws://127.0.0.1:18789")]
    Gateway(String),
    /// The database does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NamedGateway {
    /// Reads an address from the command line.
    ///
    /// # Errors
    /// It is no `ws://` or `wss://` address without user, password and query.
    pub fn parse(text: &str) -> Result<Self, ServeError> {
        let wrong = || ServeError::Gateway(text.to_owned());
        let text = text.trim();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().ok_or_else(wrong)?.as_str();
        // What the parser lets through ends up in a header: only plain names.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let secret = uri.query().is_some() || text.contains('#');
        if !matches!(scheme, "ws" | "wss") || secret || !authority.chars().all(plain) {
            return Err(wrong());
        }
        Ok(Self {
            url: text.to_owned(),
            origin: format!("{scheme}://{authority}"),
            name: authority.to_owned(),
        })
    }
}

/// What handlers share.
#[derive(Clone)]
struct App {
    gateway: Arc<Gateway>,
    page: Page,
    gateways: Arc<[NamedGateway]>,
    started: Instant,
}

/// A server that answers until it is told to stop.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    gateway: Arc<Gateway>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    /// Ours as long as it is open; the system takes it back from a dead process.
    _lock: std::fs::File,
}

impl Server {
    /// Starts to serve. When this returns, connections are accepted.
    ///
    /// # Errors
    /// The address would be open to everybody or is not to be had, or the
    /// database does not open.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        let is_open = config.gateway.token.is_none() && !origin::is_loopback(config.listen.ip());
        if is_open {
            return Err(ServeError::OpenToAll(config.listen));
        }
        let no_listener = |source| ServeError::Listen {
            address: config.listen,
            source,
        };
        let tcp = TcpListener::bind(config.listen)
            .await
            .map_err(no_listener)?;
        let address = tcp.local_addr().map_err(no_listener)?;
        let store = Store::open(&config.data_dir).await?;
        let lock = lock(&config.data_dir)?;
        let gateway = Gateway::start(store, config.gateway, config.data_dir).await?;
        let app = App {
            gateway: Arc::clone(&gateway),
            page: Page::new(config.page),
            gateways: config.gateways.into(),
            started: Instant::now(),
        };
        let stop = watch::Sender::new(false);
        let mut stopped = stop.subscribe();
        let service = router(app).into_make_service_with_connect_info::<Peer>();
        let serving = tokio::spawn(async move {
            let until = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let served = axum::serve(Listener(tcp), service)
                .with_graceful_shutdown(until)
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(Self {
            address,
            gateway,
            stop,
            serving,
            _lock: lock,
        })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for people.
    #[must_use]
    pub fn url(&self) -> String {
        let ip = self.address.ip();
        if ip.is_unspecified() {
            // 0.0.0.0 is no place to go to.
            return format!("http://127.0.0.1:{}/", self.address.port());
        }
        format!("http://{}/", self.address)
    }

    /// Says goodbye to everybody and ends. What runs is cut, and runs again at
    /// the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.gateway.stop().await;
        // Connections that are kept alive without a request may stay open.
        let _ = tokio::time::timeout(Duration::from_millis(500), self.serving).await;
    }

    /// Ends at once, with no goodbye: what a crash leaves behind.
    pub async fn crash(self) {
        self.serving.abort();
        let _ = self.serving.await;
        self.gateway.end_tasks();
        self.gateway.store.close().await;
    }
}

/// Takes the place of the one server of a data folder.
fn lock(folder: &Path) -> Result<std::fs::File, ServeError> {
    let refused = || ServeError::AlreadyServed(folder.to_owned());
    let file = std::fs::File::create(folder.join("serve.lock")).map_err(|_| refused())?;
    file.try_lock().map_err(|_| refused())?;
    Ok(file)
}

fn router(app: App) -> Router {
    Router::new()
        .route("/", get(root))
        .route(GATEWAY_PATH, get(gateway))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/config.json", get(config))
        .fallback(get(file))
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app)
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
    let text = |name: &str| {
        let value = asked.get(name)?;
        Some(value.to_str().unwrap_or("unreadable").to_owned())
    };
    // Behind a proxy everybody comes from 127.0.0.1: nobody of them is local.
    let forwarded = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
    ]
    .iter()
    .any(|name| asked.contains_key(*name));
    let caller = Caller {
        remote: peer.remote,
        is_local: origin::is_loopback(peer.remote.ip()) && !forwarded,
        origin: text("origin"),
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
    let body = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "gateways": gateways,
        "embedded": { "path": GATEWAY_PATH, "auth": if needs_token { "token" } else { "none" } },
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
    fn only_plain_websocket_addresses_are_gateways() {
        let named = NamedGateway::parse("ws://127.0.0.1:18789/x").unwrap();
        assert_eq!(named.origin, "ws://127.0.0.1:18789");
        assert_eq!(named.name, "127.0.0.1:18789");
        assert!(NamedGateway::parse("wss://[::1]:5").is_ok());
        for text in [
            "http://a",
            "a:1",
            "ws://",
            "ws://user:pw@a",
            "ws://a/?token=x",
            "ws://a;script-src *",
            "ws://a b",
        ] {
            let error = NamedGateway::parse(text).unwrap_err();
            assert!(error.to_string().contains("ws://127.0.0.1:18789"), "{text}");
        }
    }
}
