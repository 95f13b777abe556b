//! Who asks too much waits, and nobody else does.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use clawline_relay::config::Setup;
use clawline_relay::dialects::gateway::GatewaySettings;
use clawline_relay::passage::PassageSettings;
use clawline_relay::serve::Server;
use clawline_relay::upstream::Trust;
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Error;

use crate::common::{Client, Relay, TOKEN, Wish, config, patiently, with_token};
use crate::http;

/// Behind a proxy of this machine.
fn behind_a_proxy() -> GatewaySettings {
    let proxies = vec![IpAddr::from([127, 0, 0, 1])];
    GatewaySettings {
        proxies,
        ..with_token()
    }
}

async fn relay() -> Relay {
    Relay::start(behind_a_proxy()).await
}

/// A program that comes through the proxy from this address.
fn from(address: &'static str) -> Wish {
    let bearer = format!("Bearer {TOKEN}").leak();
    Wish {
        path: "/",
        origin: None,
        headers: vec![("x-forwarded-for", address), ("authorization", bearer)],
        ..Wish::default()
    }
}

fn beat(id: u32) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "sessions_send",
        "params": { "message": { "message_type": "heartbeat" } } })
}

#[tokio::test]
async fn frames_that_come_too_fast_wait_and_are_all_answered() {
    let relay = relay().await;
    let mut client = Client::open(relay.address(), &from("203.0.113.7")).await;
    let started = Instant::now();
    for id in 0..1_200 {
        client.send(&beat(id)).await;
    }
    for id in 0..1_200 {
        let answer = client.read().await.unwrap();
        assert_eq!(answer["id"], id, "{answer}");
    }
    // Of the thousand the upgrade was one; each of the others had its time.
    assert!(started.elapsed() > Duration::from_millis(1_900));
}

#[tokio::test]
async fn frames_for_a_gateway_elsewhere_wait_too_and_all_arrive() {
    let gateway = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let passage = PassageSettings {
        name: "home".to_owned(),
        url: format!("ws://{}", gateway.local_addr().unwrap()),
        trust: Trust::System,
    };
    let folder = tempfile::tempdir().unwrap();
    let setup = config(folder.path(), behind_a_proxy());
    let passages = vec![passage];
    let server = Server::start(Setup { passages, ..setup }).await.unwrap();
    let wish = Wish {
        path: "/upstream/home",
        ..from("203.0.113.7")
    };
    let accepted = async { accept_async(gateway.accept().await.unwrap().0).await };
    let opened = Client::open_silent(server.address(), &wish);
    let (accepted, opened) = patiently(async { tokio::join!(accepted, opened) }).await;
    let (mut gateway, mut client) = (accepted.unwrap(), opened.unwrap());
    let started = Instant::now();
    for id in 0..1_200 {
        client.send(&beat(id)).await;
    }
    for id in 0..1_200 {
        let frame = patiently(gateway.next()).await.unwrap().unwrap();
        assert_eq!(frame.into_text().unwrap().as_str(), beat(id).to_string());
    }
    assert!(started.elapsed() > Duration::from_millis(1_900));
}

#[tokio::test]
async fn what_one_network_sends_too_fast_it_pays_at_every_door_and_others_do_not() {
    let relay = relay().await;
    let (flood, other) = ("203.0.113.5", "203.0.113.6");
    let mut client = Client::open(relay.address(), &from(flood)).await;
    for id in 0..2_000 {
        client.send(&beat(id)).await;
    }
    let ask = async |address: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("x-forwarded-for", address),
            ("authorization", bearer.as_str()),
        ];
        http::ask(relay.address(), Method::GET, "/v1/channels", &headers, "").await
    };
    patiently(async {
        loop {
            match Client::open_silent(relay.address(), &from(flood)).await {
                Err(Error::Http(answer)) if answer.status() == 429 => break,
                Err(error) => panic!("{error}"),
                Ok(_) => {}
            }
        }
        while ask(flood, TOKEN).await.status != 429 {}
    })
    .await;
    assert_eq!(ask(other, TOKEN).await.status, 200);
    Client::open(relay.address(), &from(other)).await;
}
