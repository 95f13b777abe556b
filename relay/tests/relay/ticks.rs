//! How far messages have come through a channel, and who types there, over
//! protocol 4.

use std::sync::Arc;

use clawline_relay::account::Account;
use clawline_relay::bus::{Event, RowProgress, Typing};
use clawline_relay::dialects::gateway::GatewaySettings;
use clawline_relay::store::{NewSending, SendState, Sender, Store, shown_sending};
use serde_json::json;

use crate::common::{Client, Device, Relay, Wish};

const SESSION: &str = "agent:main:whatsapp_baileys:ann";

/// Keeps parts of a message that is to go out, under their ids.
async fn queued(store: &Store, key: &str, ids: &[&str]) {
    let part = |id: &&str| NewSending {
        message_id: (*id).to_owned(),
        chat: "ann".to_owned(),
        session: SESSION.to_owned(),
        answers: None,
        is_cold: false,
        content: String::new(),
    };
    let parts: Vec<NewSending> = ids.iter().map(part).collect();
    let whatsapp = store.whatsapp(&Account::default());
    let kept = whatsapp.queue_sendings(key, [0; 32], &parts, 1);
    kept.await.unwrap();
}

#[tokio::test]
async fn a_row_says_how_far_the_last_of_its_parts_has_come() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let store = Store::open(&relay.folder.path().join("data"))
        .await
        .unwrap();
    let whatsapp = store.whatsapp(&Account::default());
    let mut client = relay.connect().await;
    queued(&store, "k1", &["ONE", "TWO"]).await;
    let key = shown_sending("ONE");
    let sent = json!({ "to": SESSION, "message": "long", "idempotencyKey": key });
    client.request("send", sent).await;
    let own = json!({ "to": SESSION, "message": "no", "idempotencyKey": "k9" });
    client.request("send", own).await;
    for (id, state, error, shown) in [
        ("ONE", SendState::Read, None, json!({ "state": "queued" })),
        ("TWO", SendState::Sent, None, json!({ "state": "sent" })),
        ("TWO", SendState::Read, None, json!({ "state": "read" })),
    ] {
        whatsapp.advance_sending(id, state, error, 2).await.unwrap();
        let history = client.history(SESSION).await;
        assert_eq!(history["messages"][0]["clawlineProgress"], shown);
        assert_eq!(history["messages"][1]["clawlineProgress"], json!(null));
        let id = &history["messages"][0]["__openclaw"]["id"];
        let params = json!({ "sessionKey": SESSION, "messageId": id });
        let whole = client.request("chat.message.get", params).await;
        assert_eq!(whole["message"]["clawlineProgress"], shown);
    }
    // One that failed, or of which nobody knows, is what a person has to hear of.
    queued(&store, "k2", &["THREE", "FOUR", "FIVE"]).await;
    let key = shown_sending("THREE");
    let sent = json!({ "to": SESSION, "message": "longer", "idempotencyKey": key });
    client.request("send", sent).await;
    for (id, state, why, shown) in [
        ("FOUR", SendState::Unknown, "who knows", "unknown"),
        ("FIVE", SendState::Failed, "no", "failed"),
    ] {
        whatsapp
            .advance_sending(id, state, Some(why), 2)
            .await
            .unwrap();
        let history = client.history(SESSION).await;
        let wanted = json!({ "state": shown, "error": why });
        assert_eq!(history["messages"][2]["clawlineProgress"], wanted);
    }
}

#[tokio::test]
async fn ticks_and_typing_are_told_to_those_who_follow_the_session_and_to_nobody_else() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let wish = |scope| Wish::default().scopes(&[scope]);
    let address = relay.address();
    let mut reader = Client::connect(address, &Device::new(1), &wish("operator.read")).await;
    let mut other = Client::connect(address, &Device::new(2), &wish("operator.read")).await;
    let mut pairs = Client::connect(address, &Device::new(3), &wish("operator.pairing")).await;
    for name in ["clawline.channels.progress", "clawline.channels.typing"] {
        let events = reader.hello["features"]["events"].as_array().unwrap();
        assert!(events.contains(&json!(name)), "{name}");
    }
    let follow = |key| json!({ "key": key });
    let subscribe = "sessions.messages.subscribe";
    reader.request(subscribe, follow(SESSION)).await;
    other.request(subscribe, follow("main")).await;
    pairs.refused(subscribe, follow(SESSION)).await;
    let channel = "whatsapp_baileys".to_owned();
    let bus = relay.server.bus();
    bus.publish(&Event::RowProgress(Arc::new(RowProgress {
        channel: channel.clone(),
        session_key: SESSION.to_owned(),
        run_id: "run".to_owned(),
        state: "failed",
        error: Some("no".to_owned()),
    })));
    bus.publish(&Event::ChannelTyping(Arc::new(Typing {
        channel,
        session_key: SESSION.to_owned(),
        typists: vec![Sender {
            id: "4911@s.whatsapp.net".to_owned(),
            name: Some("Ann".to_owned()),
        }],
    })));
    let named = |name: &'static str| move |event: &serde_json::Value| event["event"] == name;
    let progress = reader.event(named("clawline.channels.progress")).await;
    let wanted = json!({
        "channel": "whatsapp", "sessionKey": SESSION, "runId": "run", "state": "failed", "error": "no",
    });
    assert_eq!(progress["payload"], wanted);
    let typing = reader.event(named("clawline.channels.typing")).await;
    let wanted = json!({
        "channel": "whatsapp", "sessionKey": SESSION,
        "typing": [{ "senderId": "4911@s.whatsapp.net", "senderName": "Ann" }],
    });
    assert_eq!(typing["payload"], wanted);
    for mut client in [other, pairs] {
        let asked = client.ask("health", json!({})).await;
        loop {
            let frame = client.read().await.unwrap();
            let name = frame["event"].as_str().unwrap_or_default();
            assert!(!name.starts_with("clawline."), "{frame}");
            if frame["id"] == asked.as_str() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_conversation_of_whatsapp_says_whom_it_leads_to_and_no_other_one_does() {
    let relay = Relay::start(GatewaySettings::default()).await;
    let mut client = relay.connect().await;
    let ann = "agent:main:whatsapp_baileys:4911@s.whatsapp.net";
    let others = ["agent:main:notes", SESSION, "agent:main:whatsapp_baileys"];
    for key in [&[ann][..], &others].concat() {
        client
            .request("sessions.create", json!({ "key": key }))
            .await;
    }
    let context =
        json!({ "channel": "whatsapp", "to": "4911@s.whatsapp.net", "accountId": "default" });
    let list = client.request("sessions.list", json!({})).await;
    for row in list["sessions"].as_array().unwrap() {
        let is_hers = row["key"] == ann;
        let wanted = if is_hers { &context } else { &json!(null) };
        assert_eq!(&row["deliveryContext"], wanted, "{row}");
    }
    assert_eq!(list["count"], 4);
    let history = client.history(ann).await;
    assert_eq!(history["sessionInfo"]["deliveryContext"], context);
    // Where there is no WhatsApp nothing is sent by it, under neither of its names.
    for channel in ["whatsapp", "whatsapp_baileys"] {
        let sent =
            json!({ "to": "+4911", "channel": channel, "message": "x", "idempotencyKey": "k" });
        client.refused("send", sent).await;
    }
}
