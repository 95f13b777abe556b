//! A whole relay against a WhatsApp that others made: `@openclaw/crabline`. It links
//! nothing, and hands over readable what people write.

use std::collections::HashMap;

use clawline_relay::account::Account;
use clawline_relay::bus::{ChannelState, Event};
use clawline_relay::channels::whatsapp::bridge::TestBridge;
use clawline_relay::channels::whatsapp::{NAME, Rules, WhatsappSettings};
use clawline_relay::channels::{Address, Outbound};
use clawline_relay::config::Setup;
use clawline_relay::inbox::policy::{Policy, Rule};
use clawline_relay::serve::Server;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::stand::{PATIENCE, Stand};
use crate::common::{Client, Device, Wish, config, rows, with_token};

const ALICE: &str = "15551112222@s.whatsapp.net";

#[tokio::test]
async fn messages_go_both_ways_and_what_only_the_server_vouches_for_is_shown_and_not_answered() {
    let home = tempfile::tempdir().unwrap();
    let mut stand = Stand::playing("crabline.mjs", &[]).await;
    let folder = home.path().join("auth");
    stand.order("login", json!({ "folder": folder })).await;
    let setup = Setup {
        whatsapp: vec![WhatsappSettings {
            account: Account::default(),
            rules: Rules::default(),
            auth_dir: folder,
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
                people: Rule::Open,
                ..Policy::default()
            },
        )]),
        ..config(home.path(), with_token())
    };
    let server = Server::start(setup).await.unwrap();
    let mut events = server.bus().subscribe();
    while server.channels().get(NAME).unwrap().state() != ChannelState::Connected {
        timeout(PATIENCE, events.next()).await.unwrap().unwrap();
    }
    let address = Address {
        channel: Some(NAME.to_owned()),
        target: ALICE.to_owned(),
    };
    let channels = server.channels();
    let send = async |key: &str, text: &str| {
        let message = Outbound {
            key: key.to_owned(),
            account: None,
            text: text.to_owned(),
            attachments: Vec::new(),
            metadata: Vec::new(),
            reply_to: None,
        };
        channels.send(&address, &message).await.unwrap().message_id
    };
    let mut next = async |fits: &dyn Fn(&Event) -> bool| loop {
        let event = timeout(PATIENCE, events.next()).await.unwrap().unwrap();
        assert!(
            !matches!(event, Event::RunStarted(_)),
            "nobody is to answer: {event:?}"
        );
        if fits(&event) {
            break;
        }
    };
    let is_accepted = |id: &str, event: &Event| matches!(event, Event::ChannelProgress(it) if it.message_id == id && it.state == "accepted");
    // It cannot say who has an account, so she is met first.
    let write = json!({ "id": "ALICE0000001", "text": "hello relay" });
    stand.order("write", write).await;
    next(&|event| matches!(event, Event::ChannelReceived(it) if it.content == "hello relay")).await;
    let first = send("first", "hello Alice").await;
    next(&|event| is_accepted(&first, event)).await;
    // What comes after it would come after an answer.
    let second = send("second", "are you there?").await;
    next(&|event| is_accepted(&second, event)).await;
    let told = stand.order("sent", json!({})).await;
    let both = [
        json!({ "id": first, "text": "hello Alice" }),
        json!({ "id": second, "text": "are you there?" }),
    ];
    assert_eq!(told["messages"], Value::from(both.to_vec()));
    let mut client = Client::connect(server.address(), &Device::new(1), &Wish::default()).await;
    let session = format!("agent:main:{NAME}:{ALICE}");
    let shown = rows(&client.history(&session).await);
    let texts: Vec<&str> = shown.iter().map(|(_, text)| &**text).collect();
    assert_eq!(texts, ["hello relay", "hello Alice", "are you there?"]);
    server.stop().await;
}
