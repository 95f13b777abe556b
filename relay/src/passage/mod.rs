//! Passages: gateways elsewhere that are reached through here, at
//! `/upstream/NAME`, one socket there for each here.
//!
//! The relay decides who may come through, by page, token and number, before the
//! gateway hears anything. What is said then is not looked at: the gateway has
//! its own sign-in, and is told whom it comes from.

mod carry;
mod forward;
mod tickets;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clawline_core::engine::Close;
use serde_json::{Value, json};
use tokio::time::timeout;

use self::forward::Forwarded;
use self::tickets::Tickets;
use crate::access::{Access, Caller, Denied, WRITE};
use crate::dialects::rooms::Rooms;
use crate::dialects::seats::Seats;
use crate::http_access;
use crate::limits;
use crate::listener::Peer;
use crate::problem::Problem;
use crate::tasks::Tasks;
use crate::upstream::{ConnectError, Destination, GatewaySocket, Trust, upgrade};

/// How long a gateway may take to open a socket.
const PATIENCE: Duration = Duration::from_secs(10);

/// A gateway that is to be passed on.
#[derive(Debug, Clone)]
pub struct PassageSettings {
    /// Its name in the path.
    pub name: String,
    /// Its address, `ws://…` or `wss://…`.
    pub url: String,
    /// Whom a `wss` address is taken for.
    pub trust: Trust,
}

/// A gateway that cannot be passed on.
#[derive(Debug, thiserror::Error)]
#[error("upstream.{name}: {why}")]
pub struct BadPassage {
    name: String,
    why: Box<ConnectError>,
}

/// All passages.
pub(crate) struct Passages {
    destinations: HashMap<String, Destination>,
    access: Arc<Access>,
    tickets: Tickets,
    seats: Seats,
    tasks: Tasks,
}

impl fmt::Debug for Passages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.destinations.keys()).finish()
    }
}

impl Passages {
    /// Reads certificates: a file that is missing is found at the start.
    ///
    /// # Errors
    /// A gateway cannot be passed on.
    pub(crate) fn new(settings: Vec<PassageSettings>, rooms: &Rooms) -> Result<Self, BadPassage> {
        let each = settings.into_iter().map(|one| {
            let destination = Destination::new(&one.url, &one.trust);
            let name = one.name.clone();
            let bad = |why| BadPassage {
                name,
                why: Box::new(why),
            };
            Ok((one.name, destination.map_err(bad)?))
        });
        Ok(Self {
            destinations: each.collect::<Result<_, _>>()?,
            access: Arc::clone(&rooms.access),
            tickets: Tickets::default(),
            seats: rooms.seats.clone(),
            tasks: rooms.tasks.clone(),
        })
    }

    /// Whether a page comes with a ticket that it was given.
    fn check_ticket(&self, caller: &Caller, ticket: &str) -> Result<(), Denied> {
        let now = Instant::now();
        self.access.check_pace(caller, now)?;
        let origin = self.access.check_origin(caller, false);
        origin.map_err(Denied::Origin)?;
        if self.tickets.take(ticket, now) {
            Ok(())
        } else {
            Err(Denied::Ticket)
        }
    }

    async fn pass(
        &self,
        peer: Peer,
        name: &str,
        ticket: Option<&str>,
        asked: &HeaderMap,
        upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    ) -> Result<Response, Problem> {
        let caller = self.access.caller(&peer, asked).await;
        match ticket {
            Some(ticket) => self.check_ticket(&caller, ticket)?,
            None => http_access::check(&self.access, &caller, WRITE).await?,
        }
        let destination = self.destinations.get(name).ok_or_else(|| {
            let words = "no gateway has this name here: give it a section [upstream.NAME]";
            Problem::new(StatusCode::NOT_FOUND, words)
        })?;
        let upgrade = match upgrade {
            Ok(upgrade) => upgrade,
            Err(rejection) => return Ok(rejection.into_response()),
        };
        let busy = |words| Problem::new(StatusCode::SERVICE_UNAVAILABLE, words);
        if self.tasks.is_stopping() {
            return Err(busy("the relay is stopping"));
        }
        let seat = self.seats.take().filter(|_| peer.place.let_in());
        let seat = seat.ok_or_else(|| busy("too many connections"))?;
        let forwarded = Forwarded::of(&caller, asked);
        let gateway = match timeout(PATIENCE, open(destination, &forwarded)).await {
            Ok(opened) => opened.map_err(|close| nobody(destination, &close))?,
            Err(_) => {
                let words = "the gateway does not answer";
                return Err(Problem::new(StatusCode::GATEWAY_TIMEOUT, words));
            }
        };
        peer.budget.linger();
        let (pacer, tasks) = (self.access.pacer(&caller), self.tasks.clone());
        let upgraded = upgrade
            .max_message_size(limits::MAX_PAYLOAD)
            .max_frame_size(limits::MAX_PAYLOAD)
            .on_upgrade(move |browser| async move {
                let stopped = tasks.clone();
                tasks.spawn(async move {
                    carry::carry(browser, gateway, &pacer, &stopped).await;
                    drop((peer, seat));
                });
            });
        Ok(upgraded)
    }
}

/// Opens a socket at the gateway, which hears whom it comes from.
async fn open(destination: &Destination, forwarded: &Forwarded) -> Result<GatewaySocket, Close> {
    let request = forwarded.request(destination.uri());
    let request = request.map_err(|error| Close::Address(error.to_string()))?;
    let (socket, _) = upgrade(destination, request).await?;
    Ok(socket)
}

/// Why is for the owner: addresses and certificates are private to him.
fn nobody(destination: &Destination, close: &Close) -> Problem {
    let gateway = destination.gateway();
    let words = match close {
        Close::Untrusted(why) => {
            tracing::warn!(%gateway, why, "a gateway that is passed on is not trusted: nothing was sent to it; see ca_file and fingerprint of its section");
            "the gateway is not who it should be: its owner finds out more in the relay's log"
        }
        Close::Socket { reason, .. } | Close::Address(reason) | Close::Credentials(reason) => {
            tracing::warn!(%gateway, reason, "a gateway that is passed on cannot be reached");
            "the gateway cannot be reached"
        }
    };
    Problem::new(StatusCode::BAD_GATEWAY, words)
}

/// The way in, and where tickets for it are had.
pub(crate) fn routes(passages: Passages) -> Router {
    let passages = Arc::new(passages);
    let tickets = Router::new()
        .route("/upstream/{name}/ticket", post(ticket))
        .with_state(Arc::clone(&passages));
    let tickets = http_access::guarded(tickets, &passages.access);
    Router::new()
        .route("/upstream/{name}", get(pass))
        .with_state(passages)
        .merge(tickets)
}

async fn ticket(State(passages): State<Arc<Passages>>) -> Json<Value> {
    let ticket = passages.tickets.issue(Instant::now());
    let good_for = tickets::GOOD_FOR.as_secs() * 1_000;
    Json(json!({ "ticket": ticket, "expiresInMs": good_for }))
}

async fn pass(
    State(passages): State<Arc<Passages>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Path(name): Path<String>,
    uri: Uri,
    asked: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let ticket = uri.query().and_then(|query| query.strip_prefix("ticket="));
    let passed = passages.pass(peer, &name, ticket, &asked, upgrade).await;
    passed.unwrap_or_else(IntoResponse::into_response)
}
