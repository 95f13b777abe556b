//! The same over HTTP, for programs of the owner.

use reqwest::Method;
use serde_json::json;

use super::*;
use crate::common::TOKEN;
use crate::http::{Answer, ask};

const LINK: &str = "/v1/channels/whatsapp_baileys/accounts/default/link";

async fn asks(relay: &Relay, method: Method, path: &str, token: &str, body: &str) -> Answer {
    let token = format!("Bearer {token}");
    let headers = [("authorization", token.as_str())];
    ask(relay.address(), method, path, &headers, body).await
}

#[tokio::test]
async fn an_account_is_linked_and_unlinked_over_http_by_the_owner() {
    let script = Script::new(&["default"]);
    let relay = relay(&script).await;
    let begin = r#"{"mode":"code","phone":"+15551234567"}"#;
    let begun = asks(&relay, Method::POST, LINK, TOKEN, begin).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let phone = "+15551234567".to_owned();
    assert_eq!(script.begun(1).await, Mode::Code { phone });
    script.shows("the-code");
    let shown = asks(&relay, Method::GET, LINK, TOKEN, "").await.json();
    assert_eq!(
        (&shown["state"], &shown["qr"]["data"]),
        (&json!("pairing"), &json!("the-code"))
    );
    script.opens();
    let unlinked = asks(&relay, Method::DELETE, LINK, TOKEN, "").await;
    assert_eq!(unlinked.status, 200, "{}", unlinked.text);
    assert!(unlinked.json()["toldWhatsapp"].is_boolean());
    for (method, path, token, body, status) in [
        (Method::POST, LINK, TOKEN, "{\"mode\":\"fax\"}", 400),
        (Method::POST, LINK, TOKEN, "{\"mode\":\"code\"}", 400),
        (Method::POST, LINK, TOKEN, "[]", 400),
        (
            Method::GET,
            "/v1/channels/webchat/accounts/default/link",
            TOKEN,
            "",
            404,
        ),
        (
            Method::GET,
            "/v1/channels/nothing/accounts/default/link",
            TOKEN,
            "",
            404,
        ),
        (
            Method::GET,
            "/v1/channels/whatsapp_baileys/accounts/other/link",
            TOKEN,
            "",
            404,
        ),
        (Method::GET, LINK, "wrong", "", 401),
    ] {
        let answer = asks(&relay, method.clone(), path, token, body).await;
        assert_eq!(
            answer.status, status,
            "{method} {path} {body}: {}",
            answer.text
        );
    }
}
