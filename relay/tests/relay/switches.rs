//! What the owner turned off is not there.

use clawline_relay::config::{Dialect, Setup};
use clawline_relay::serve::Server;
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::common::{Client, Relay, Wish, config};
use crate::http::{get, post};

async fn relay(change: impl FnOnce(&mut Setup)) -> Relay {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = config(folder.path(), Default::default());
    change(&mut setup);
    let server = Server::start(setup).await.unwrap();
    Relay { server, folder }
}

#[tokio::test]
async fn without_channels_rest_says_not_configured_everywhere() {
    let relay = relay(|setup| setup.has_channels = false).await;
    let address = relay.address();
    let words = "Channel bridge not configured";
    let list = get(address, "/v1/channels").await;
    assert_eq!(
        (list.status, list.json()),
        (200, json!({ "channels": [], "message": words }))
    );
    let status = get(address, "/v1/channels/status").await;
    assert_eq!(
        (status.status, status.json()),
        (200, json!({ "status": "not_configured" }))
    );
    let detail = get(address, "/v1/channels/status?detail=1").await.json();
    assert_eq!(
        detail,
        json!({ "status": "not_configured", "channels": [] })
    );
    for body in ["not json", r#"{"channel":"webchat","content":"x"}"#] {
        let sent = post(address, "/v1/channels/send", body).await;
        assert_eq!(sent.status, 503, "checked before the body");
        assert_eq!(sent.json()["detail"], words);
    }
}

#[tokio::test]
async fn a_dialect_that_is_off_serves_nobody_and_has_no_channel() {
    let relay = relay(|setup| setup.dialects = vec![Dialect::Gateway]).await;
    let address = relay.address();
    let wish = Wish {
        path: "/ws",
        origin: None,
        ..Wish::default()
    };
    match Client::open_silent(address, &wish).await.err() {
        Some(Error::Http(answer)) => assert_eq!(answer.status(), 404),
        other => panic!("{other:?}"),
    }
    let body = r#"{"channel":"bridge","content":"x"}"#;
    assert_eq!(post(address, "/send", body).await.status, 405);
    assert_eq!(get(address, "/channels").await.status, 404);
    let list = get(address, "/v1/channels").await.json();
    assert_eq!(list["channels"], json!(["webchat"]));
    let wish = Wish { path: "/", ..wish };
    let mut client = Client::open(address, &wish).await;
    let beat = json!({ "jsonrpc": "2.0", "id": 1, "method": "sessions_send",
        "params": { "message": { "message_type": "heartbeat" } } });
    client.send(&beat).await;
    assert_eq!(client.closed().await.reason, "invalid request frame");
}
