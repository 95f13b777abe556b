//! How a person links an account over protocol 4: a scripted channel stands
//! where WhatsApp does.

mod rest;
mod script;

use std::sync::Arc;

use clawline_relay::channels::NewChannel;
use clawline_relay::channels::whatsapp::{Installing, LinkState, Mode, PairCode};
use clawline_relay::clock::now_ms;
use clawline_relay::config::Setup;
use clawline_relay::serve::Server;
use serde_json::{Value, json};

use self::script::{Script, Scripted, ann, code};
use crate::common::{Client, Device, Relay, Wish, config, with_token};
use crate::published_schema::Published;

async fn relay(script: &Arc<Script>) -> Relay {
    let folder = tempfile::tempdir().unwrap();
    let script = Arc::clone(script);
    let channel = NewChannel::new(move |_| Arc::new(Scripted(Arc::clone(&script))));
    let setup = Setup {
        channels: vec![channel],
        ..config(folder.path(), with_token())
    };
    let server = Server::start(setup).await.unwrap();
    Relay { server, folder }
}

async fn owner(relay: &Relay) -> Client {
    let wish = Wish::default().scopes(&["operator.admin"]);
    Client::connect(relay.address(), &Device::new(1), &wish).await
}

async fn reader(relay: &Relay) -> Client {
    let wish = Wish::default().scopes(&["operator.read"]);
    Client::connect(relay.address(), &Device::new(2), &wish).await
}

async fn asked(client: &mut Client, id: &str) -> Value {
    let answer = client.answer(id).await;
    assert_eq!(answer["ok"], true, "{answer}");
    answer["payload"].clone()
}

#[tokio::test]
async fn a_phone_is_linked_by_a_code_that_it_scans() {
    let script = Script::new(&["default"]);
    let relay = relay(&script).await;
    let mut client = owner(&relay).await;
    let start = client
        .ask("web.login.start", json!({ "channel": "whatsapp" }))
        .await;
    assert_eq!(script.begun(1).await, Mode::Qr);
    script.shows("first");
    let begun = asked(&mut client, &start).await;
    let first = begun["qrDataUrl"].as_str().unwrap().to_owned();
    assert!(first.starts_with("data:image/png;base64,"), "{first}");
    assert!(begun["expiresInMs"].as_i64().unwrap() <= 20_000);

    // A second window gets the same one, and nothing begins anew.
    let again = client
        .request("web.login.start", json!({ "timeoutMs": 30_000 }))
        .await;
    assert_eq!(again["qrDataUrl"], first.as_str());
    assert_eq!(script.begun.lock().unwrap().len(), 1);

    let wait = json!({ "timeoutMs": 30_000, "currentQrDataUrl": first });
    let waits = client.ask("web.login.wait", wait).await;
    script.shows("second");
    let turned = asked(&mut client, &waits).await;
    assert_eq!(turned["connected"], false);
    let second = turned["qrDataUrl"].as_str().unwrap().to_owned();
    assert_ne!(first, second);

    let wait = json!({ "timeoutMs": 1_000, "currentQrDataUrl": second });
    let still = client.request("web.login.wait", wait).await;
    assert_eq!(
        (&still["connected"], &still["qrDataUrl"]),
        (&json!(false), &Value::Null)
    );

    let wait = json!({ "currentQrDataUrl": second });
    let waits = client.ask("web.login.wait", wait).await;
    script.becomes(LinkState::Linking, |_| {});
    script.opens();
    assert_eq!(asked(&mut client, &waits).await["connected"], true);

    let status = client
        .request("channels.status", json!({ "channel": "whatsapp" }))
        .await;
    let (summary, row) = (
        &status["channels"]["whatsapp"],
        &status["channelAccounts"]["whatsapp"][0],
    );
    for standing in [summary, row] {
        assert_eq!(
            (&standing["linked"], &standing["connected"]),
            (&json!(true), &json!(true))
        );
    }
    assert_eq!(summary["self"]["e164"], "+15550001111");
    if let Some(mut published) = Published::load() {
        published.check("ChannelsStatusResult", &status);
        assert!(published.wrong.is_empty(), "{:?}", published.wrong);
    }
    assert_eq!(
        (&row["accountId"], &row["link"]["state"]),
        (&json!("default"), &json!("open"))
    );

    let linked = client.request("web.login.start", json!({})).await;
    assert!(
        linked["message"]
            .as_str()
            .unwrap()
            .contains("already linked (+15550001111)")
    );
    assert_eq!(linked["qrDataUrl"], Value::Null);

    let gone = client
        .request("channels.logout", json!({ "channel": "whatsapp" }))
        .await;
    for said in ["cleared", "loggedOut", "toldWhatsapp"] {
        assert_eq!(gone[said], true, "{gone}");
    }
    let status = client.request("channels.status", json!({})).await;
    assert_eq!(status["channels"]["whatsapp"]["statusState"], "not-linked");
}

#[tokio::test]
async fn a_linked_phone_is_linked_anew_only_by_force() {
    let script = Script::new(&["default"]);
    let relay = relay(&script).await;
    let mut client = owner(&relay).await;
    script.opens();
    let start = client
        .ask("web.login.start", json!({ "force": true }))
        .await;
    assert_eq!(script.begun(1).await, Mode::Qr);
    script.shows("anew");
    assert!(asked(&mut client, &start).await["qrDataUrl"].is_string());
}

#[tokio::test]
async fn a_login_that_comes_to_nothing_says_why() {
    let script = Script::new(&["default"]);
    let relay = relay(&script).await;
    let mut client = owner(&relay).await;
    let none = client
        .request("web.login.wait", json!({ "timeoutMs": 60_000 }))
        .await;
    assert_eq!(
        (&none["connected"], &none["message"]),
        (
            &json!(false),
            &json!("No active WhatsApp login in progress.")
        )
    );

    let start = client.ask("web.login.start", json!({})).await;
    script.begun(1).await;
    script.becomes(
        LinkState::Installing {
            step: Installing::Fetching,
        },
        |_| {},
    );
    script.becomes(LinkState::Failed, |link| {
        link.reason = Some("Node.js is not installed.".to_owned());
        link.next_step = Some("Install Node 20 or newer.".to_owned());
    });
    let failed = asked(&mut client, &start).await;
    assert_eq!(
        failed["message"],
        "Node.js is not installed. Install Node 20 or newer."
    );
    let status = client.request("channels.status", json!({})).await;
    let link = &status["channelAccounts"]["whatsapp"][0]["link"];
    assert_eq!(
        (&link["state"], &link["nextStep"]),
        (&json!("failed"), &json!("Install Node 20 or newer."))
    );

    // A code that nobody used in time.
    let start = client.ask("web.login.start", json!({})).await;
    script.begun(2).await;
    script.shows("late");
    let current = asked(&mut client, &start).await["qrDataUrl"].clone();
    let waits = client
        .ask("web.login.wait", json!({ "currentQrDataUrl": current }))
        .await;
    script.becomes(LinkState::Expired, |link| {
        link.reason = Some("The code expired.".to_owned());
    });
    let over = asked(&mut client, &waits).await;
    assert_eq!(
        (&over["connected"], &over["message"]),
        (&json!(false), &json!("The code expired."))
    );

    client
        .request("channels.start", json!({ "channel": "whatsapp" }))
        .await;
    assert_eq!(script.begun(3).await, Mode::Resume);
}

#[tokio::test]
async fn a_phone_is_linked_by_a_code_that_is_typed_on_it() {
    let script = Script::new(&["default"]);
    let relay = relay(&script).await;
    let mut client = owner(&relay).await;
    let typed = |phone: &str| json!({ "channel": "whatsapp", "phone": phone });
    let refused = client
        .refused("clawline.channels.pair", typed("49170"))
        .await;
    assert_eq!(refused["code"], "INVALID_REQUEST");
    let pair = client
        .ask("clawline.channels.pair", typed("15550001111"))
        .await;
    let phone = "+15550001111".to_owned();
    assert_eq!(
        script.begun(1).await,
        Mode::Code {
            phone: phone.clone()
        }
    );
    let shown = |phone: &str, code: &str| {
        let (phone, code) = (phone.to_owned(), code.to_owned());
        script.becomes(LinkState::Pairing, |link| {
            link.code = Some(PairCode { phone, code });
        });
    };
    // That of another number is none of its business.
    shown("+4", "OTHERONE");
    shown(&phone, "ABCD1234");
    assert_eq!(asked(&mut client, &pair).await["code"], "ABCD1234");
    let waits = client.ask("web.login.wait", json!({})).await;
    script.opens();
    assert_eq!(asked(&mut client, &waits).await["connected"], true);
}

#[tokio::test]
async fn who_may_read_hears_how_it_stands_and_never_a_code() {
    let script = Script::new(&["default", "work"]);
    let relay = relay(&script).await;
    let mut reader = reader(&relay).await;
    let features = &reader.hello["features"];
    let named = |list: &str, name: &str| features[list].as_array().unwrap().contains(&json!(name));
    assert!(
        named("methods", "clawline.channels.pair") && named("events", "clawline.channels.link")
    );
    for method in [
        "web.login.start",
        "web.login.wait",
        "channels.logout",
        "channels.start",
        "clawline.channels.pair",
    ] {
        let error = reader
            .refused(method, json!({ "channel": "whatsapp" }))
            .await;
        assert_eq!(
            error["details"]["missingScope"], "operator.admin",
            "{method}"
        );
    }
    script.shows("2@secret-of-the-code");
    script.becomes(LinkState::Pairing, |link| {
        link.qr = Some(code("2@another-secret"));
        link.code = Some(PairCode {
            phone: "+1".to_owned(),
            code: "SECRET99".to_owned(),
        });
    });
    script.becomes(
        LinkState::Waiting {
            until_ms: now_ms() + 5_000,
        },
        |link| {
            link.me = Some(ann());
            link.reason = Some("closed (428)".to_owned());
        },
    );
    let is = |state: &'static str| {
        move |event: &Value| {
            event["event"] == "clawline.channels.link" && event["payload"]["state"] == state
        }
    };
    let told = reader.event(is("waiting")).await["payload"].clone();
    assert_eq!(
        (&told["channel"], &told["accountId"]),
        (&json!("whatsapp"), &json!("default"))
    );
    assert_eq!(
        (&told["linked"], &told["reason"]),
        (&json!(true), &json!("closed (428)"))
    );
    assert!(
        (1..=5_000).contains(&told["retryInMs"].as_i64().unwrap()),
        "{told}"
    );
    let status = reader.request("channels.status", json!({})).await;
    let ids: Vec<&Value> = status["channelAccounts"]["whatsapp"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["accountId"])
        .collect();
    assert_eq!(ids, [&json!("default"), &json!("work")]);
    let heard: String = reader.heard.iter().map(Value::to_string).collect();
    assert!(!heard.to_lowercase().contains("secret"), "{heard}");
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let script = Script::new(&["default"]);
    let with = relay(&script).await;
    let mut client = owner(&with).await;
    let error = client
        .refused("web.login.start", json!({ "accountId": "third" }))
        .await;
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("this channel has default"),
        "{error}"
    );
    let error = client
        .refused("web.login.start", json!({ "channel": "telegram" }))
        .await;
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("web login provider is not available"),
        "{error}"
    );
    for odd in [
        json!({ "timeoutMs": -1 }),
        json!({ "currentQrDataUrl": "https://elsewhere" }),
        json!({ "x": 1 }),
    ] {
        assert_eq!(
            client.refused("web.login.wait", odd).await["code"],
            "INVALID_REQUEST"
        );
    }
    let status = client
        .request("channels.status", json!({ "channel": "telegram" }))
        .await;
    assert_eq!(status["channels"], json!({}));

    let without = Relay::start(with_token()).await;
    let mut client = owner(&without).await;
    let error = client.refused("web.login.start", json!({})).await;
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("web login provider is not available"),
        "{error}"
    );
}
