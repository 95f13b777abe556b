//! Dialects behind a real socket, for their tests: with tokens and agents of the
//! test's choice.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use futures_util::future::BoxFuture;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::accept::{Accept, Dialect, Door};
use super::rooms::Rooms;
use super::seats::Seats;
use super::socket::Socket;
use crate::access::{Access, AccessToken};
use crate::account::Via;
use crate::agents::{Agent, Agents, End, Question, Reply};
use crate::bus::Bus;
use crate::http;
use crate::inbox::Inbox;
use crate::inbox::policy::Policy;
use crate::listener::Peer;
use crate::media::{Bounds, Media};
use crate::origin::Welcome;
use crate::places::{Places, Room};
use crate::store::{Store, Usage};
use crate::tasks::Tasks;

/// Says back what it was asked; some words have it do something else.
#[derive(Debug)]
struct Parrot;

impl Agent for Parrot {
    fn name(&self) -> &'static str {
        "parrot"
    }

    fn answer<'a>(&'a self, question: &'a Question, mut reply: Reply) -> BoxFuture<'a, End> {
        Box::pin(async move {
            match question.text.as_str() {
                "nothing" => {}
                "blanks" => reply.say(" \n ").await,
                "long" => reply.say("x".repeat(9_000)).await,
                "fail" => return End::Failed("provider down".to_owned()),
                "wait" => {
                    reply.say("so far").await;
                    reply.stopped().await;
                    return End::Stopped;
                }
                "sulk" => {
                    reply.stopped().await;
                    return End::Stopped;
                }
                text => {
                    reply.say("said: ").await;
                    reply.say(text).await;
                }
            }
            End::Answered(Usage::default())
        })
    }
}

/// The rooms of a relay, and what keeps them.
pub(super) struct Rig {
    pub(super) rooms: Rooms,
    pub(super) folder: TempDir,
    address: Option<SocketAddr>,
}

impl Rig {
    /// Rooms in which a parrot answers everywhere, but nobody in the channel
    /// `silent`.
    pub(super) async fn new(tokens: Vec<AccessToken>, silent: &str) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), tokens, silent).await
    }

    pub(super) async fn in_folder(folder: TempDir, tokens: Vec<AccessToken>, silent: &str) -> Self {
        Self::guarded(folder, tokens, silent, HashMap::new()).await
    }

    /// With channels that strangers reach, by registry name.
    pub(super) async fn guarded(
        folder: TempDir,
        tokens: Vec<AccessToken>,
        silent: &str,
        policies: HashMap<Via, Policy>,
    ) -> Self {
        let store = Store::open(folder.path()).await.unwrap();
        let media = Media::open(store.clone(), folder.path(), Bounds::default());
        let (bus, tasks) = (Bus::default(), Tasks::new());
        let mut agents = Agents::default();
        agents.add(Arc::new(Parrot));
        agents.choose(None, "parrot").unwrap();
        agents.choose(Some(silent), "none").unwrap();
        let (kept, told, ending) = (store.clone(), bus.clone(), tasks.clone());
        let inbox = Inbox::guarded(kept, told, agents, ending, policies);
        let rooms = Rooms {
            store,
            bus,
            inbox,
            access: Arc::new(Access::new(tokens, Welcome::default())),
            media: media.await.unwrap(),
            tasks,
            seats: Seats::default(),
        };
        Self {
            rooms,
            folder,
            address: None,
        }
    }

    /// Serves these dialects.
    pub(super) async fn serve(&mut self, dialects: Vec<Arc<dyn Dialect>>) {
        let accept = Accept::new(dialects, self.rooms.tasks.clone());
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.address = Some(tcp.local_addr().unwrap());
        let router = Router::new()
            .fallback(get(door))
            .with_state((accept, Arc::clone(&self.rooms.access)));
        self.rooms.tasks.spawn(async move {
            let stop = watch::Sender::new(false);
            let (strangers, known) = (64, 2_048);
            let places = Places::new(Room { strangers, known });
            http::serve(tcp, router, places, stop.subscribe()).await;
        });
    }

    pub(super) async fn open(&self, path: &str) -> Visitor {
        self.open_from(path, None).await
    }

    pub(super) async fn open_from(&self, path: &str, origin: Option<&str>) -> Visitor {
        let url = format!("ws://{}{path}", self.address.unwrap());
        let mut request = url.into_client_request().unwrap();
        if let Some(origin) = origin {
            let headers = request.headers_mut();
            headers.insert("origin", origin.parse().unwrap());
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Visitor(socket)
    }
}

async fn door(
    State((accept, access)): State<(Arc<Accept>, Arc<Access>)>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: WebSocketUpgrade,
) -> Response {
    let door = Door::ALL.into_iter().find(|door| door.path() == uri.path());
    let query = uri.query().unwrap_or_default().to_owned();
    let caller = access.caller(&peer, &headers).await;
    let pacer = access.pacer(&caller);
    upgrade.on_upgrade(async move |socket| {
        let socket = Socket::new(socket, peer, pacer);
        accept.serve(socket, caller, door.unwrap(), query).await;
    })
}

/// A client that says what it likes.
pub(super) struct Visitor(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Visitor {
    pub(super) async fn send(&mut self, frame: impl ToString) {
        let text = frame.to_string();
        self.0.send(Message::Text(text.into())).await.unwrap();
    }

    pub(super) async fn send_binary(&mut self, text: &str) {
        let bytes = text.as_bytes().to_vec();
        self.0.send(Message::Binary(bytes.into())).await.unwrap();
    }

    /// The next frame; or `["closed", code, reason]`.
    pub(super) async fn next(&mut self) -> Value {
        let patience = Duration::from_secs(150);
        loop {
            let frame = tokio::time::timeout(patience, self.0.next()).await;
            match frame.expect("what is waited for does not come") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(Some(close)))) => {
                    let reason = close.reason.as_str();
                    return serde_json::json!(["closed", u16::from(close.code), reason]);
                }
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next frame that is not of these types.
    pub(super) async fn past(&mut self, types: &[&str]) -> Value {
        loop {
            let frame = self.next().await;
            if !types.iter().any(|kind| frame["type"] == *kind) {
                return frame;
            }
        }
    }

    pub(super) async fn leave(mut self) {
        self.0.close(None).await.unwrap();
        // Until the other side has closed too.
        while let Some(Ok(_)) = self.0.next().await {}
    }
}
