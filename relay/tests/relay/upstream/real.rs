//! The same with the real OpenClaw gateway.

use std::time::Duration;

use clawline_core::{Key, Secret};
use clawline_relay::serve::Server;
use clawline_relay::upstream::{Message, Request, Said, Source, Upstream};
use clawline_testkit::{GatewayAuth, GatewayOptions, OpenClaw, RealGateway, StubProvider};
use serde_json::json;
use tempfile::TempDir;

use super::{SESSION, config, connect, ready};
use crate::common::{Relay, rows};
use crate::openclaw;

const PATIENCE: Duration = Duration::from_secs(180);

struct Real {
    gateway: RealGateway,
    upstream: Upstream,
    _stub: StubProvider,
    _folder: TempDir,
}

/// A real gateway that has let this program in.
async fn real() -> Real {
    let stub = StubProvider::start().await.unwrap();
    let options = GatewayOptions::default();
    let openclaw = OpenClaw::installed().await.unwrap();
    let mut gateway = RealGateway::start(&openclaw, &stub.base_url(), &options).unwrap();
    gateway.ready(PATIENCE).await.unwrap();
    let GatewayAuth::Token(token) = gateway.auth().clone() else {
        panic!("the kit's gateway has a token");
    };
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&gateway.url(), folder.path());
    config.token = Some(Source::Text(Secret::new(token)));
    let upstream = connect(config).await;
    ready(&upstream).await;
    Real {
        gateway,
        upstream,
        _stub: stub,
        _folder: folder,
    }
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn an_agent_of_the_real_gateway_answers_once_also_when_it_is_killed_in_the_middle() {
    let mut real = real().await;
    let ask = |text: &'static str| real.upstream.ask(Message::new(SESSION, text));
    let answer = ask("hi there [chunks:6:20]").await.unwrap().answer();
    assert_eq!(answer.await.unwrap(), "w1 w2 w3 w4 w5 w6");

    let key = Key::new("asked-before-the-kill");
    let message = || Message {
        key: Some(key.clone()),
        ..Message::new(SESSION, "count [chunks:60:100]")
    };
    let mut asking = real.upstream.ask(message()).await.unwrap();
    assert!(matches!(asking.next().await, Ok(Said::SoFar(_))));
    real.gateway.kill().await.unwrap();
    real.gateway.restart().await.unwrap();
    real.gateway.ready(PATIENCE).await.unwrap();
    let answer = asking.answer().await.unwrap();
    assert!(!answer.is_empty());
    let again = real.upstream.ask_again(message()).await.unwrap();
    assert!(again.sent().is_none(), "it is not sent twice");
    assert_eq!(again.answer().await.unwrap(), answer);
    real.upstream.close().await;
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn the_real_gateway_lets_this_program_in_and_answers_each_message_once_over_a_kill() {
    let Real {
        mut gateway,
        upstream,
        _stub,
        _folder,
    } = real().await;

    let first = upstream
        .send(Message::new(SESSION, "before the kill"))
        .await
        .unwrap();
    first.confirmed().await.unwrap();
    gateway.kill().await.unwrap();
    let second = upstream
        .send(Message::new(SESSION, "while it is away"))
        .await
        .unwrap();
    second.stored().await.unwrap();
    gateway.restart().await.unwrap();
    gateway.ready(PATIENCE).await.unwrap();
    second.confirmed().await.unwrap();

    let history = Request::reading("chat.history", json!({ "sessionKey": SESSION }));
    let history = upstream.request(history).await.unwrap();
    let said = rows(&history);
    for words in ["before the kill", "while it is away"] {
        let times = said
            .iter()
            .filter(|(role, text)| role == "user" && text == words);
        assert_eq!(times.count(), 1, "{said:?}");
    }
    upstream.close().await;
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn a_message_here_is_answered_once_by_the_real_gateways_agent_that_is_killed_in_the_middle() {
    let mut real = real().await;
    let folder = tempfile::tempdir().unwrap();
    let mut setup = openclaw::setup(folder.path(), &real.gateway.url(), "simple");
    let GatewayAuth::Token(token) = real.gateway.auth().clone() else {
        panic!("the kit's gateway has a token");
    };
    if let Some(config) = &mut setup.openclaw {
        config.token = Some(Source::Text(Secret::new(token)));
    }
    let server = Server::start(setup).await.unwrap();
    let relay = Relay { server, folder };
    let mut client = relay.connect().await;
    client.say(SESSION, "hi there [chunks:6:20]", "first").await;
    client.terminal("first").await;
    client.say(SESSION, "count [chunks:60:100]", "second").await;
    client
        .event(|e| e["payload"]["runId"] == "second" && e["payload"]["state"] == "delta")
        .await;
    real.gateway.kill().await.unwrap();
    real.gateway.restart().await.unwrap();
    real.gateway.ready(PATIENCE).await.unwrap();
    // Nobody read what came to the first one meanwhile.
    let mut client = relay.connect().await;
    let said = tokio::time::timeout(PATIENCE, async {
        loop {
            let said = rows(&client.history(SESSION).await);
            if said.len() == 4 {
                return said;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let said = said.await.expect("the second answer");
    assert_eq!(said[1].1, "w1 w2 w3 w4 w5 w6");
    assert_eq!(said[3].0, "assistant", "{said:?}");
    let there = json!({ "sessionKey": "agent:main:clawline:main" });
    let history = Request::reading("chat.history", there);
    let there = rows(&real.upstream.request(history).await.unwrap());
    let asked = there
        .iter()
        .filter(|(role, text)| role == "user" && text.contains("count ["));
    assert_eq!(asked.count(), 1, "{there:?}");
    relay.server.stop().await;
    real.upstream.close().await;
}
