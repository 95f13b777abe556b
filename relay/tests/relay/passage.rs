//! A gateway elsewhere that is reached through the relay. Its other side is a
//! relay too, or a socket that a test holds.

use std::time::Duration;

use clawline_core::Secret;
use clawline_relay::access::AccessToken;
use clawline_relay::config::Setup;
use clawline_relay::passage::PassageSettings;
use clawline_relay::serve::Server;
use clawline_relay::upstream::{Fingerprint, Trust};
use clawline_testkit::{GatewayAuth, GatewayOptions, OpenClaw, RealGateway, StubProvider};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderMap;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_hdr_async};

use crate::common::{
    Client, Device, NAMED_PAGE, Relay, TOKEN, Wish, config, patiently, with_token,
};
use crate::http;
use crate::upstream::line::Line;
use crate::upstream::trust::Authority;

type Browser = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A relay through which the gateway at this address is reached as `home`.
async fn through(url: String, trust: Trust) -> Relay {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = with_token();
    let reader = AccessToken::of(Secret::new("reads"), vec!["operator.read".to_owned()]);
    settings.tokens.push(reader);
    let passages = vec![PassageSettings {
        name: "home".to_owned(),
        url,
        trust,
    }];
    let setup = config(folder.path(), settings);
    let server = Server::start(Setup { passages, ..setup }).await.unwrap();
    Relay { server, folder }
}

fn bearing(token: &str, path: &'static str) -> Wish {
    Wish {
        path,
        origin: Some(NAMED_PAGE),
        headers: vec![("authorization", format!("Bearer {token}").leak())],
        ..Wish::default()
    }
}

/// How an upgrade is refused.
async fn refused(relay: &Relay, wish: &Wish) -> u16 {
    match Client::open_silent(relay.address(), wish).await.err() {
        Some(Error::Http(answer)) => answer.status().as_u16(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_comes_through_is_served_and_never_looks_local() {
    let gateway = Relay::start(with_token()).await;
    let relay = through(format!("ws://{}", gateway.address()), Trust::System).await;
    let (device, wish) = (Device::new(1), bearing(TOKEN, "/upstream/home"));
    let waits = Client::try_connect(relay.address(), &device, &wish).await;
    let (error, close) = waits.err().expect("it is not of the gateway's machine");
    assert_eq!(error["details"]["code"], "PAIRING_REQUIRED", "{error}");
    assert_eq!(close.code, 1008, "{close:?}");
    let admin = Wish::default().scopes(&["operator.admin"]);
    let mut owner = Client::connect(gateway.address(), &Device::new(2), &admin).await;
    let id = json!({ "requestId": error["details"]["requestId"] });
    owner.request("device.pair.approve", id).await;
    let mut client = Client::connect(relay.address(), &device, &wish).await;
    client.say("main", "through and through", "k").await;
    let end = client.terminal("k").await;
    assert!(end.to_string().contains("through and through"), "{end}");
    let seen = owner.history("main").await.to_string();
    assert!(seen.contains("through and through"), "{seen}");
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn the_real_gateway_takes_nobody_who_comes_through_for_a_neighbour() {
    let stub = StubProvider::start().await.unwrap();
    let options = GatewayOptions {
        trusted_proxies: vec!["127.0.0.1".to_owned()],
        allowed_origins: vec![NAMED_PAGE.to_owned()],
        ..GatewayOptions::default()
    };
    let openclaw = OpenClaw::installed().await.unwrap();
    let mut gateway = RealGateway::start(&openclaw, &stub.base_url(), &options).unwrap();
    gateway.ready(Duration::from_secs(180)).await.unwrap();
    let GatewayAuth::Token(token) = gateway.auth().clone() else {
        panic!("the kit's gateway has a token");
    };
    let relay = through(gateway.url(), Trust::System).await;
    let wish = bearing(TOKEN, "/upstream/home").auth(json!({ "token": token }));
    let device = Device::new(1);
    let waits = Client::try_connect(relay.address(), &device, &wish).await;
    let (error, _) = waits.err().expect("it is not of the gateway's machine");
    assert_eq!(error["details"]["code"], "PAIRING_REQUIRED", "{error}");
    let id = error["details"]["requestId"].as_str().unwrap();
    gateway.devices_approve(id).await.unwrap();
    Client::connect(relay.address(), &device, &wish).await;
}

#[tokio::test]
async fn nobody_reaches_the_gateway_whom_the_relay_would_not_let_in() {
    let gateway = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", gateway.local_addr().unwrap());
    let relay = through(url, Trust::System).await;
    let path = "/upstream/home";
    let stranger = Wish {
        path,
        origin: None,
        ..Wish::default()
    };
    let foreign = Wish {
        origin: Some("https://evil.example"),
        ..bearing(TOKEN, path)
    };
    for (wish, status) in [
        (stranger, 401),
        (bearing("reads", path), 403),
        (foreign, 403),
        (bearing(TOKEN, "/upstream/away"), 404),
        (bearing("wrong", path), 401),
    ] {
        let answered = refused(&relay, &wish).await;
        assert_eq!(answered, status, "{:?}", wish.headers);
    }
    // Who guesses waits, also with the next name.
    let again = refused(&relay, &bearing("wrong", "/upstream/away")).await;
    assert!(matches!(again, 401 | 429), "{again}");
    let head = [("authorization", "Bearer test-token-0123456789")];
    let plain = http::ask(relay.address(), reqwest::Method::GET, path, &head, "");
    assert_eq!(plain.await.status, 400, "no upgrade is asked for");
    assert!(
        gateway.accept().now_or_never().is_none(),
        "nobody called it"
    );
}

#[tokio::test]
async fn a_gateway_that_is_not_there_or_somebody_else_is_a_bad_one() {
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", nowhere.local_addr().unwrap());
    drop(nowhere);
    let relay = through(url, Trust::System).await;
    let wish = bearing(TOKEN, "/upstream/home");
    assert_eq!(refused(&relay, &wish).await, 502);

    let (authority, other) = (Authority::new(), Authority::new());
    let gateway = Relay::start(with_token()).await;
    let line = Line::with_tls(gateway.address(), authority.tls.clone()).await;
    let url = format!("wss://{}", line.address);
    let pin = |one: &Authority| Trust::Pinned(Fingerprint::of(&one.certificate));
    let relay = through(url.clone(), pin(&other)).await;
    assert_eq!(refused(&relay, &wish).await, 502);
    patiently(line.ended(1)).await;
    assert_eq!(
        line.heard(),
        0,
        "nothing leaves before it is known who is there"
    );
    let relay = through(url, pin(&authority)).await;
    Client::open(relay.address(), &wish).await;
}

#[tokio::test]
async fn a_page_comes_through_with_a_ticket_once() {
    let gateway = Relay::start(with_token()).await;
    let relay = through(format!("ws://{}", gateway.address()), Trust::System).await;
    let ask = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let head = [("authorization", bearer.as_str())];
        let path = "/upstream/home/ticket";
        http::ask(relay.address(), reqwest::Method::POST, path, &head, "").await
    };
    assert_eq!(ask("reads").await.status, 403);
    let answer = ask(TOKEN).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let ticket = answer.json()["ticket"].as_str().unwrap().to_owned();
    let page = |origin: &'static str| Wish {
        path: format!("/upstream/home?ticket={ticket}").leak(),
        origin: Some(origin),
        ..Wish::default()
    };
    assert_eq!(refused(&relay, &page("https://evil.example")).await, 403);
    Client::open(relay.address(), &page(NAMED_PAGE)).await;
    assert_eq!(refused(&relay, &page(NAMED_PAGE)).await, 401, "used up");
}

/// Both ends of a passage, and what the gateway was told of the browser.
struct Ends {
    browser: Browser,
    gateway: WebSocketStream<TcpStream>,
    told: HeaderMap,
    relay: Relay,
}

async fn ends() -> Ends {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/path", listener.local_addr().unwrap());
    let relay = through(url, Trust::System).await;
    let url = format!("ws://{}/upstream/home/?secret=1", relay.address());
    let mut request = url.into_client_request().unwrap();
    let bearer = format!("Bearer {TOKEN}");
    for (name, value) in [
        ("authorization", bearer.as_str()),
        ("origin", NAMED_PAGE),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let mut told = HeaderMap::new();
    let heard = async {
        let (tcp, _) = listener.accept().await.unwrap();
        #[expect(clippy::result_large_err)] // The library's own signature.
        let listen = |request: &Request, response: Response| {
            assert_eq!(request.uri(), "/path", "the query is the relay's");
            told = request.headers().clone();
            Ok(response)
        };
        accept_hdr_async(tcp, listen).await.unwrap()
    };
    let opened = tokio_tungstenite::connect_async(request);
    let (gateway, browser) = patiently(async { tokio::join!(heard, opened) }).await;
    Ends {
        browser: browser.unwrap().0,
        gateway,
        told,
        relay,
    }
}

fn closing(code: u16, reason: &str) -> Message {
    Message::Close(Some(CloseFrame {
        code: code.into(),
        reason: reason.to_owned().into(),
    }))
}

/// Code and reason, once the other end has closed.
async fn end<S>(socket: &mut WebSocketStream<S>) -> Option<(u16, String)>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    patiently(async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(close))) => {
                    return close.map(|close| (close.code.into(), close.reason.to_string()));
                }
                Some(Ok(_)) => {}
                other => panic!("it ended without a close: {other:?}"),
            }
        }
    })
    .await
}

#[tokio::test]
async fn the_gateway_is_told_who_comes_and_nothing_that_is_the_relays() {
    let ends = ends().await;
    let told = |name: &str| {
        let all = ends.told.get_all(name).iter();
        all.map(|value| value.to_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told("x-forwarded-for"), ["192.0.0.8"]);
    assert_eq!(told("x-forwarded-host"), [ends.relay.address().to_string()]);
    assert_eq!(told("x-forwarded-proto"), ["http"]);
    assert_eq!(told("origin"), [NAMED_PAGE]);
    assert!(told("authorization").is_empty() && told("x-real-ip").is_empty());
}

#[tokio::test]
async fn frames_go_both_ways_unharmed_and_one_that_is_too_large_ends_it() {
    let Ends {
        mut browser,
        mut gateway,
        ..
    } = ends().await;
    for frame in [
        Message::text("grüße"),
        Message::text("x".repeat(3_000_000)),
        Message::binary(vec![0, 255, 7]),
    ] {
        browser.send(frame.clone()).await.unwrap();
        assert_eq!(patiently(gateway.next()).await.unwrap().unwrap(), frame);
        gateway.send(frame.clone()).await.unwrap();
        assert_eq!(patiently(browser.next()).await.unwrap().unwrap(), frame);
    }
    let huge = Message::text("x".repeat(26_214_401));
    let sent = tokio::spawn(async move {
        let _ = browser.send(huge).await;
        end(&mut browser).await
    });
    assert_eq!(end(&mut gateway).await, Some((1001, String::new())));
    assert_eq!(sent.await.unwrap(), Some((1009, String::new())));
}

#[tokio::test]
async fn how_one_side_closes_the_other_hears() {
    for close in [Some((4001, "device removed")), Some((1012, "")), None] {
        let heard = close.map(|(code, reason)| (code, reason.to_owned()));
        let message = || match close {
            Some((code, reason)) => closing(code, reason),
            None => Message::Close(None),
        };
        let mut ends = ends().await;
        ends.gateway
            .send(Message::text("last words"))
            .await
            .unwrap();
        ends.gateway.send(message()).await.unwrap();
        let last = patiently(ends.browser.next()).await.unwrap().unwrap();
        assert_eq!(last, Message::text("last words"));
        assert_eq!(end(&mut ends.browser).await, heard);
        let mut ends = self::ends().await;
        ends.browser.send(message()).await.unwrap();
        assert_eq!(end(&mut ends.gateway).await, heard);
    }
}

#[tokio::test]
async fn a_side_that_breaks_off_and_a_relay_that_stops_are_told() {
    let mut broken = ends().await;
    drop(broken.gateway);
    let (code, reason) = end(&mut broken.browser).await.unwrap();
    assert_eq!((code, reason.contains("try again")), (1013, true));
    let mut broken = ends().await;
    drop(broken.browser);
    assert_eq!(end(&mut broken.gateway).await.unwrap().0, 1001);
    let stopped = ends().await;
    let (mut browser, mut gateway) = (stopped.browser, stopped.gateway);
    let stop = tokio::spawn(stopped.relay.server.stop());
    assert_eq!(end(&mut browser).await.unwrap().0, 1012);
    assert_eq!(end(&mut gateway).await.unwrap().0, 1001);
    patiently(stop).await.unwrap();
}
