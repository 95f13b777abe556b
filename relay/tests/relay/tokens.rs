//! Tokens with scopes, at every door.

use clawline_core::Secret;
use clawline_relay::access::AccessToken;
use clawline_relay::dialects::gateway::GatewaySettings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{Client, Closed, Device, Relay, Wish, patiently, with_token};
use crate::http;

/// Beside the owner's: each is called as the scope that it has.
const SCOPES: [&str; 4] = [
    "operator.read",
    "operator.write",
    "operator.pairing",
    "senders",
];

async fn relay() -> Relay {
    let mut settings = with_token();
    let named = SCOPES.map(|scope| {
        let token = AccessToken::of(Secret::new(scope), vec![scope.to_owned()]);
        token.named(format!("holder of {scope}"))
    });
    settings.tokens.extend(named);
    Relay::start(settings).await
}

fn at(path: String) -> Wish {
    Wish {
        path: path.leak(),
        origin: None,
        ..Wish::default()
    }
}

fn bearing(path: &str, token: &str) -> Wish {
    let bearer = format!("Bearer {token}").leak();
    Wish {
        headers: vec![("authorization", bearer)],
        ..at(path.to_owned())
    }
}

/// Says something, and gives what the relay answers, or how it hangs up.
async fn say(relay: &Relay, wish: &Wish, frame: &Value) -> Result<Value, Closed> {
    let mut client = Client::open_silent(relay.address(), wish).await.unwrap();
    client.send(frame).await;
    answered(client).await
}

/// The first frame that is neither greeting nor error.
async fn answered(mut client: Client) -> Result<Value, Closed> {
    loop {
        let frame = patiently(client.read_or_close()).await?;
        let kind = frame["type"].as_str().unwrap_or_default();
        if frame["event"] != "connect.challenge" && !matches!(kind, "error" | "chat.error") {
            return Ok(frame);
        }
    }
}

#[tokio::test]
async fn at_the_gateway_a_token_is_good_for_its_scopes() {
    let relay = relay().await;
    let wish = |token: &str, scopes: &[&str]| {
        let wish = Wish::default().auth(json!({ "token": token }));
        wish.scopes(scopes)
    };
    let read = wish("operator.read", &["operator.read"]);
    let mut reader = Client::connect(relay.address(), &Device::new(2), &read).await;
    reader.request("sessions.list", json!({})).await;
    let params = json!({ "sessionKey": "main", "message": "hi", "idempotencyKey": "k" });
    let error = reader.refused("chat.send", params.clone()).await;
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("operator.write"),
        "{error}"
    );
    let write = wish("operator.write", &["operator.read", "operator.write"]);
    let mut writer = Client::connect(relay.address(), &Device::new(3), &write).await;
    writer.request("chat.send", params).await;
    for (token, scopes) in [
        ("operator.read", &["operator.read", "operator.write"][..]),
        ("operator.write", &["operator.admin"]),
        ("operator.pairing", &["operator.read"]),
        ("senders", &["operator.write"]),
    ] {
        let asked = wish(token, scopes);
        let refused = Client::try_connect(relay.address(), &Device::new(4), &asked).await;
        let (error, _) = refused.err().unwrap();
        assert_eq!(
            error["details"]["code"], "AUTH_SCOPE_MISMATCH",
            "{token}: {error}"
        );
    }
    let guess = wish("operator.rea", &["operator.read"]);
    let refused = Client::try_connect(relay.address(), &Device::new(5), &guess).await;
    let (error, _) = refused.err().unwrap();
    assert_eq!(error["details"]["code"], "AUTH_TOKEN_MISMATCH", "{error}");
}

#[tokio::test]
async fn the_chat_dialect_wants_a_token_that_sends() {
    let relay = relay().await;
    let frame = json!({ "type": "chat.send", "messageId": "1", "content": "hi" });
    let ask = async |token: &str| {
        let wish = at(format!("/ws?senderId=&token={token}"));
        say(&relay, &wish, &frame).await
    };
    for token in ["operator.write", "senders"] {
        ask(token).await.unwrap();
    }
    for token in ["operator.read", "operator.pairing", "wrong"] {
        assert_eq!(ask(token).await.unwrap_err().code, 4401, "{token}");
    }
}

#[tokio::test]
async fn the_bridge_tells_who_may_read_and_hears_who_may_write() {
    let relay = relay().await;
    let frame = json!({ "channel": "openclaw", "content": "hi" });
    let ask = async |token: &str| say(&relay, &bearing("/ws", token), &frame).await;
    assert_eq!(ask("operator.write").await.unwrap()["sender"], "echo");
    for (token, words) in [
        ("operator.read", "lacks operator.write"),
        ("operator.pairing", "lacks operator.read"),
        ("senders", "lacks operator.read"),
        ("wrong", "does not match"),
    ] {
        let closed = ask(token).await.unwrap_err();
        assert_eq!(closed.code, 1008, "{token}");
        assert!(closed.reason.contains(words), "{token}: {}", closed.reason);
    }
    let wish = bearing("/ws", "operator.read");
    let mut reader = Client::open_silent(relay.address(), &wish).await.unwrap();
    let mut page = relay.connect().await;
    // Until it is known to listen.
    for n in 0.. {
        page.say("main", &format!("{n}"), &format!("k{n}")).await;
        page.terminal(&format!("k{n}")).await;
        let list = http::ask(
            relay.address(),
            Method::GET,
            "/v1/channels/status?detail=1",
            &[("authorization", "Bearer operator.read")],
            "",
        );
        if list
            .await
            .text
            .contains("\"name\":\"bridge\",\"status\":\"connected\"")
        {
            break;
        }
    }
    page.say("main", "heard", "heard").await;
    while reader.read().await.unwrap()["content"] != "heard" {}
}

#[tokio::test]
async fn calls_are_told_with_a_token_that_writes() {
    let relay = relay().await;
    let beat = json!({ "jsonrpc": "2.0", "id": 1, "method": "sessions_send",
        "params": { "message": { "message_type": "heartbeat" } } });
    let ask = async |token: &str| say(&relay, &bearing("/", token), &beat).await;
    assert_eq!(
        ask("operator.write").await.unwrap()["result"]["status"],
        "ok"
    );
    for token in ["operator.read", "operator.pairing", "senders", "wrong"] {
        assert_eq!(ask(token).await.unwrap_err().code, 1008, "{token}");
    }
}

#[tokio::test]
async fn at_the_hub_pages_write_and_plugins_read_too() {
    let relay = relay().await;
    let frame = json!({ "type": "chat", "content": "hi" });
    for (path, token, is_in) in [
        ("/hub", "operator.write", true),
        ("/hub", "operator.read", false),
        ("/hub", "senders", false),
        ("/hub", "wrong", false),
        ("/openclaw", "operator.write", true),
        ("/openclaw", "operator.read", false),
        ("/openclaw", "operator.pairing", false),
        ("/openclaw", "wrong", false),
    ] {
        let wish = at(format!("{path}?token={token}"));
        let mut client = Client::open_silent(relay.address(), &wish).await.unwrap();
        if is_in && path == "/openclaw" {
            // A plugin hears what a page says.
            let page = at("/hub?token=operator.write".to_owned());
            let mut page = Client::open_silent(relay.address(), &page).await.unwrap();
            loop {
                page.send(&frame).await;
                if client.read().await.unwrap()["type"] == "from_frontend" {
                    break;
                }
            }
            continue;
        }
        client.send(&frame).await;
        let answer = answered(client).await;
        match answer {
            Ok(frame) => assert!(is_in, "{path} {token}: {frame}"),
            Err(closed) => assert!(!is_in && closed.code == 1008, "{path} {token}: {closed:?}"),
        }
    }
}

#[tokio::test]
async fn over_http_looking_and_doing_want_different_scopes() {
    let relay = relay().await;
    let body = r#"{"channel":"webchat","content":"x"}"#;
    for (token, look, act) in [
        ("operator.read", 200, 403),
        ("operator.write", 200, 200),
        ("operator.pairing", 403, 403),
        ("senders", 403, 403),
        ("wrong", 401, 401),
    ] {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        for (method, path, status) in [
            (Method::GET, "/v1/channels", look),
            (Method::GET, "/metrics", look),
            (Method::GET, "/channels", look),
            (Method::POST, "/v1/channels/send", act),
            (Method::POST, "/send", act),
        ] {
            let answer = http::ask(relay.address(), method, path, &headers, body).await;
            assert_eq!(answer.status, status, "{token} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_token_of_any_kind_is_enough_to_be_open_to_others() {
    let named = AccessToken::of(Secret::new("reads"), vec!["operator.read".to_owned()]);
    let settings = GatewaySettings {
        tokens: vec![named],
        ..GatewaySettings::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let mut setup = crate::common::config(folder.path(), settings);
    setup.listen = vec!["0.0.0.0:0".parse().unwrap()];
    let server = clawline_relay::serve::Server::start(setup).await.unwrap();
    let answer = http::get(
        ([127, 0, 0, 1], server.address().port()).into(),
        "/v1/channels",
    );
    assert_eq!(answer.await.status, 401, "and needed by everybody");
}
