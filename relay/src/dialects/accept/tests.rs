//! Dialects that only tell what they were given, behind a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::*;
use crate::access::Access;
use crate::http;
use crate::listener::Peer;
use crate::places::{Places, Room};

/// Greets at `/` and takes what nobody else wants there.
#[derive(Debug)]
struct Greeter;

/// Takes first frames with its word in them, and all of `/hub?mine`.
#[derive(Debug)]
struct Word(&'static str);

impl Dialect for Greeter {
    fn name(&self) -> &'static str {
        "greeter"
    }

    fn claims(&self, opening: &Opening<'_>) -> Claim {
        match (opening.door, opening.first) {
            (Door::Root, None) => Claim::Maybe,
            (Door::Root, Some(_)) => Claim::Yes,
            _ => Claim::No,
        }
    }

    fn greeting(&self, door: Door) -> Option<Greeting> {
        (door == Door::Root).then(|| Greeting {
            frame: "welcome n1".into(),
            nonce: "n1".into(),
        })
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(tell(self.name(), accepted))
    }
}

impl Dialect for Word {
    fn name(&self) -> &'static str {
        self.0
    }

    fn claims(&self, opening: &Opening<'_>) -> Claim {
        match (opening.door, opening.query, opening.first) {
            (Door::Gateway | Door::Openclaw, _, _) => Claim::No,
            (Door::Hub, "mine", _) => Claim::Yes,
            (_, _, None) => Claim::Maybe,
            (_, _, Some(first)) if first.contains(self.0) => Claim::Yes,
            _ => Claim::No,
        }
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(tell(self.name(), accepted))
    }
}

async fn tell(name: &str, mut accepted: Accepted) {
    let text = format!("{name} {:?} {:?}", accepted.first, accepted.greeted);
    let _ = accepted.socket.send(text).await;
    let mut refusal = Refusal::close(1000, "");
    if accepted.first.is_some_and(|first| first.contains("slowly")) {
        refusal.delay = Duration::from_secs(3_600);
    }
    accepted.socket.turn_away(refusal).await;
}

async fn door(
    State(accept): State<Arc<Accept>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: WebSocketUpgrade,
) -> Response {
    let door = Door::ALL.into_iter().find(|door| door.path() == uri.path());
    let query = uri.query().unwrap_or_default().to_owned();
    let access = Access::default();
    let caller = access.caller(&peer, &headers).await;
    let pacer = access.pacer(&caller);
    upgrade.on_upgrade(async move |socket| {
        let socket = Socket::new(socket, peer, pacer);
        accept.serve(socket, caller, door.unwrap(), query).await;
    })
}

/// Places of the server.
const STRANGERS: usize = 8;

async fn start() -> SocketAddr {
    let dialects: Vec<Arc<dyn Dialect>> = vec![
        Arc::new(Word("alpha")),
        Arc::new(Word("beta")),
        Arc::new(Greeter),
    ];
    let accept = Accept::new(dialects, Tasks::new());
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let router = Router::new().fallback(get(door)).with_state(accept);
    tokio::spawn(async move {
        let stop = watch::Sender::new(false);
        let (strangers, known) = (STRANGERS, 8);
        let places = Places::new(Room { strangers, known });
        http::serve(tcp, router, places, stop.subscribe()).await;
    });
    address
}

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(address: SocketAddr, path: &str) -> Client {
    let url = format!("ws://{address}{path}");
    tokio_tungstenite::connect_async(url).await.unwrap().0
}

/// The next frame: a text, or the code and reason of the end.
async fn next(client: &mut Client) -> String {
    let patience = Duration::from_secs(60);
    let frame = tokio::time::timeout(patience, client.next()).await.unwrap();
    match frame {
        Some(Ok(Message::Text(text))) => text.to_string(),
        Some(Ok(Message::Close(Some(close)))) => {
            format!("closed {} {}", u16::from(close.code), close.reason)
        }
        other => format!("{other:?}"),
    }
}

async fn say(client: &mut Client, text: &str) {
    client.send(Message::Text(text.into())).await.unwrap();
}

#[tokio::test]
async fn the_first_frame_chooses_and_goes_along_with_the_socket() {
    let address = start().await;
    for (word, told) in [
        ("say beta", "beta Some(\"say beta\") None"),
        ("alpha", "alpha Some(\"alpha\") None"),
    ] {
        let mut client = open(address, "/ws").await;
        say(&mut client, word).await;
        assert_eq!(next(&mut client).await, told, "the first that is told");
    }
}

#[tokio::test]
async fn at_the_root_the_greeting_leaves_at_once_and_another_dialect_may_still_answer() {
    let address = start().await;
    for (word, told) in [
        ("alpha", "alpha Some(\"alpha\") None"),
        ("anything", "greeter Some(\"anything\") Some(\"n1\")"),
    ] {
        let mut client = open(address, "/").await;
        assert_eq!(next(&mut client).await, "welcome n1");
        say(&mut client, word).await;
        assert_eq!(next(&mut client).await, told);
    }
}

#[tokio::test]
async fn a_dialect_that_knows_by_the_query_need_not_wait() {
    let address = start().await;
    let mut client = open(address, "/hub?mine").await;
    assert_eq!(next(&mut client).await, "alpha None None");
}

#[tokio::test]
async fn a_first_frame_that_nobody_reads_is_refused_with_a_reason() {
    let address = start().await;
    let mut client = open(address, "/ws").await;
    say(&mut client, "gamma").await;
    assert_eq!(
        next(&mut client).await,
        "closed 1008 no dialect of this relay reads such a first frame"
    );
}

#[tokio::test]
async fn who_said_his_first_word_is_not_sent_away_before_those_who_say_none() {
    let address = start().await;
    let mut all = Vec::new();
    for _ in 0..STRANGERS {
        all.push(open(address, "/ws").await);
    }
    say(&mut all[0], "alpha, slowly").await;
    let told = "alpha Some(\"alpha, slowly\") None";
    assert_eq!(next(&mut all[0]).await, told);
    let _newcomer = open(address, "/ws").await;
    assert_eq!(next(&mut all[1]).await, "closed 1013 too many connections");
}

#[test]
fn a_door_opens_when_somebody_may_serve_there() {
    let accept = Accept::new(vec![Arc::new(Word("alpha")) as _], Tasks::new());
    assert!(accept.opens(Door::Ws, ""));
    assert!(!accept.opens(Door::Openclaw, ""));
}
