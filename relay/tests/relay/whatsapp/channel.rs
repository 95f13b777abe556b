//! A whole relay with the real bridge: what a person writes is answered, once.

use std::collections::HashMap;
use std::time::Duration;

use clawline_relay::account::Account;
use clawline_relay::bus::{ChannelState, Event};
use clawline_relay::channels::whatsapp::bridge::TestBridge;
use clawline_relay::channels::whatsapp::{NAME, Rules, WhatsappSettings};
use clawline_relay::config::Setup;
use clawline_relay::inbox::policy::{Policy, Rule};
use clawline_relay::serve::Server;
use serde_json::json;
use tokio::time::timeout;

use super::stand::{PATIENCE, Stand};
use crate::common::{config, with_token};

const ALICE: &str = "15551112222@s.whatsapp.net";

#[tokio::test]
async fn what_a_person_writes_is_answered_once_also_when_the_relay_dies_in_between() {
    let home = tempfile::tempdir().unwrap();
    let mut stand = Stand::start().await;
    let folder = home.path().join("auth");
    stand.order("login", json!({ "folder": folder })).await;
    let setup = || Setup {
        whatsapp: vec![WhatsappSettings {
            account: Account::default(),
            // What the program writes is as old as its recording.
            rules: Rules {
                oldest: Duration::MAX,
                ..Rules::default()
            },
            auth_dir: folder.clone(),
            bridge: home.path().join("bridge"),
            proxy: None,
            test: Some(TestBridge {
                main: stand.main.clone(),
                server: stand.url.clone(),
                locks: home.path().join("locks"),
            }),
        }],
        policies: HashMap::from([(
            NAME.into(),
            Policy {
                people: Rule::Allowlist,
                allow_from: vec!["+1 555 111 2222".to_owned()],
                ..Policy::default()
            },
        )]),
        ..config(home.path(), with_token())
    };
    let again = setup();
    let server = Server::start(setup()).await.unwrap();
    let mut events = server.bus().subscribe();
    let is_connected = || {
        let channel = server.channels().get(NAME).unwrap();
        channel.state() == ChannelState::Connected
    };
    while !is_connected() {
        timeout(PATIENCE, events.next()).await.unwrap().unwrap();
    }
    let write = json!({ "id": "ALICE0000001", "text": "hello [chunks:1:0]" });
    stand.order("write", write).await;
    let mut received = 0;
    let message_id = loop {
        match timeout(PATIENCE, events.next()).await.unwrap().unwrap() {
            Event::ChannelReceived(message) => {
                assert_eq!(
                    (&*message.sender, &*message.conversation_id),
                    (ALICE, ALICE)
                );
                assert_eq!(message.content, "hello [chunks:1:0]");
                received += 1;
            }
            Event::ChannelProgress(progress) => {
                assert_eq!(progress.conversation_id, ALICE);
                match progress.state {
                    "asked" | "sent" => {}
                    "accepted" => break progress.message_id.clone(),
                    _ => panic!("{progress:?}"),
                }
            }
            _ => {}
        }
    };
    assert_eq!(received, 1);
    assert!(message_id.starts_with("3EB0"), "{message_id}");
    server.crash().await;
    let server = Server::start(again).await.unwrap();
    let mut events = server.bus().subscribe();
    let channel = server.channels().get(NAME).unwrap();
    while channel.state() != ChannelState::Connected {
        match timeout(PATIENCE, events.next()).await.unwrap().unwrap() {
            Event::ChannelReceived(message) => panic!("it came twice: {message:?}"),
            Event::RunStarted(run) => panic!("it is answered twice: {run:?}"),
            _ => {}
        }
    }
    server.stop().await;
}
