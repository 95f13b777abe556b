//! The relay over HTTP: channels, events, what is counted, the description.

use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{Client, Relay, TOKEN, Wish, rows, with_token};
use crate::http::{Stream, ask, get, post};

const SEND: &str = "/v1/channels/send";

async fn open_relay() -> Relay {
    Relay::start(Default::default()).await
}

async fn bridge(relay: &Relay) -> Client {
    let wish = Wish {
        path: "/ws",
        origin: None,
        ..Wish::default()
    };
    Client::open_silent(relay.address(), &wish).await.unwrap()
}

#[tokio::test]
async fn channels_and_their_state_have_the_documented_shapes() {
    let relay = open_relay().await;
    let list = get(relay.address(), "/v1/channels").await;
    assert_eq!((list.status, list.kind.as_str()), (200, "application/json"));
    assert_eq!(
        list.json(),
        json!({ "channels": ["bridge", "calls", "chat", "hub", "webchat"], "status": "connected" })
    );
    let status = get(relay.address(), "/v1/channels/status").await;
    assert_eq!(status.json(), json!({ "status": "connected" }));
    assert_eq!(status.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_detail_has_every_account_with_every_field() {
    let relay = open_relay().await;
    let status = get(relay.address(), "/v1/channels/status?detail=1")
        .await
        .json();
    let channels = status["channels"].as_array().unwrap();
    let names: Vec<&str> = channels
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let all = ["bridge", "calls", "chat", "hub", "openclaw", "webchat"];
    assert_eq!(names, all);
    let states: Vec<&str> = channels
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        [
            "disconnected",
            "disconnected",
            "connected",
            "connected",
            "not_configured",
            "connected"
        ]
    );
    for channel in channels {
        let account = channel["accounts"][0].as_object().unwrap();
        assert_eq!(account["id"], "default");
        for field in [
            "enabled",
            "configured",
            "running",
            "connected",
            "url",
            "lastStartAt",
            "lastStopAt",
            "lastError",
            "reconnectAttempts",
            "nextRetryAt",
            "transport",
        ] {
            assert!(account.contains_key(field), "{field}");
        }
    }
}

#[tokio::test]
async fn a_message_goes_out_and_the_page_shows_it() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    for (body, session) in [
        (
            json!({ "channel": "webchat", "content": "one" }),
            "agent:main:main",
        ),
        (
            json!({ "channel": "webchat:notes", "content": "two" }),
            "agent:main:notes",
        ),
        (
            json!({ "channel": "webchat", "content": "three", "conversation_id": "other" }),
            "agent:main:other",
        ),
    ] {
        let answer = post(relay.address(), SEND, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let sent = answer.json();
        assert_eq!(sent["status"], "sent");
        assert_eq!(sent["channel"], body["channel"]);
        assert_eq!(sent["repeated"], false);
        let history = page.history(session).await;
        let content = body["content"].as_str().unwrap().to_owned();
        assert_eq!(rows(&history), [("assistant".to_owned(), content)]);
    }
}

#[tokio::test]
async fn each_fault_of_a_sender_has_its_code_and_detail() {
    let relay = open_relay().await;
    let object = "The body must be a JSON object";
    let required = "'channel' and 'content' are required";
    for (body, status, detail) in [
        ("", 400, object),
        ("not json", 400, object),
        ("[1]", 400, object),
        ("\"x\"", 400, object),
        ("{}", 400, required),
        (r#"{"channel":"webchat"}"#, 400, required),
        (r#"{"content":"x"}"#, 400, required),
        (r#"{"channel":"","content":"x"}"#, 400, required),
        (r#"{"channel":"webchat","content":""}"#, 400, required),
        (
            r#"{"channel":1,"content":"x"}"#,
            400,
            "'channel' must be a string",
        ),
        (
            r#"{"channel":"webchat","content":[]}"#,
            400,
            "'content' must be a string",
        ),
        (
            r#"{"channel":"webchat","content":"x","conversation_id":1}"#,
            400,
            "'conversation_id' must be a string",
        ),
        (
            r#"{"channel":"slack:x","content":"x"}"#,
            400,
            "unsupported channel: slack (this gateway has bridge, calls, chat, hub, webchat)",
        ),
        (
            r#"{"channel":"+49123","content":"x"}"#,
            400,
            "say which channel, as in NAME:+49123",
        ),
        (
            r#"{"channel":"bridge","content":"x"}"#,
            400,
            "say who, as in bridge:TARGET",
        ),
        (
            r#"{"channel":"bridge:c1","content":"x"}"#,
            502,
            "Failed to send message",
        ),
    ] {
        let answer = post(relay.address(), SEND, body).await;
        assert_eq!(answer.status, status, "{body}");
        let problem = answer.json();
        assert_eq!(problem["detail"], detail, "{body}");
        assert_eq!(problem["status"], status, "{body}");
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(answer.kind, "application/problem+json", "{body}");
    }
    let failed = post(
        relay.address(),
        SEND,
        r#"{"channel":"bridge:c1","content":"x"}"#,
    )
    .await;
    assert_eq!(failed.json()["reason"], "the channel is disconnected");
    let large = format!(
        r#"{{"channel":"webchat","content":"{}"}}"#,
        "x".repeat(3_000_000)
    );
    assert_eq!(post(relay.address(), SEND, &large).await.status, 413);
    assert_eq!(get(relay.address(), SEND).await.status, 405);
}

#[tokio::test]
async fn a_repeat_under_one_key_sends_nothing_and_other_words_are_refused() {
    let relay = open_relay().await;
    let address = relay.address();
    let body = r#"{"channel":"webchat","content":"once"}"#;
    let key = [("idempotency-key", "k1")];
    let first = ask(address, Method::POST, SEND, &key, body).await.json();
    let again = ask(address, Method::POST, SEND, &key, body).await.json();
    assert_eq!(
        (&first["repeated"], &again["repeated"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(first["message_id"], again["message_id"]);
    let other = r#"{"channel":"webchat","content":"other"}"#;
    assert_eq!(
        ask(address, Method::POST, SEND, &key, other).await.status,
        422
    );
    let mut page = relay.connect().await;
    assert_eq!(rows(&page.history("main").await).len(), 1);
    for bad in ["", " ", "é", &"x".repeat(2_000)] {
        let key = [("idempotency-key", bad)];
        let answer = ask(address, Method::POST, SEND, &key, body).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_message_for_the_bridge_reaches_its_clients_once_and_is_kept() {
    let relay = open_relay().await;
    let mut client = bridge(&relay).await;
    let body = r#"{"channel":"bridge:c1","content":"to you"}"#;
    let key = [("idempotency-key", "k1")];
    loop {
        let answer = ask(relay.address(), Method::POST, SEND, &key, body).await;
        if answer.status == 200 {
            break;
        }
        assert_eq!(answer.status, 502, "{}", answer.text);
    }
    let repeat = ask(relay.address(), Method::POST, SEND, &key, body).await;
    assert_eq!(repeat.json()["repeated"], true);
    let heard = client.read().await.unwrap();
    assert_eq!(heard["content"], "to you");
    assert_eq!(heard["conversation_id"], "c1");
    client
        .send(&json!({ "channel": "openclaw", "content": "next" }))
        .await;
    let next = client.read().await.unwrap();
    assert!(
        next["content"].as_str().unwrap().contains("next"),
        "told once: {next}"
    );
    let mut page = relay.connect().await;
    let kept = rows(&page.history("agent:main:bridge:c1").await);
    assert_eq!(kept, [("assistant".to_owned(), "to you".to_owned())]);
}

#[tokio::test]
async fn who_follows_the_events_hears_all_and_goes_on_where_it_was() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut events = Stream::open(relay.address(), None).await;
    page.say("main", "hello", "k1").await;
    let received = events.next().await.unwrap();
    assert_eq!(received.kind, "received");
    let mut data = received.data.clone();
    assert!(data["at"].as_i64().unwrap() > 1_700_000_000_000);
    data.as_object_mut().unwrap().remove("at");
    assert_eq!(
        data,
        json!({ "channel": "webchat", "account": "default", "sender": "owner", "content": "hello",
            "message_id": "k1", "conversation_id": "agent:main:main", "metadata": {} })
    );
    let answer = events.next().await.unwrap();
    assert_eq!(
        (answer.kind.as_str(), &answer.data["sender"]),
        ("sent", &json!("echo"))
    );
    drop(events);
    post(
        relay.address(),
        SEND,
        r#"{"channel":"webchat","content":"meanwhile"}"#,
    )
    .await;
    let mut again = Stream::open(relay.address(), Some(&received.id)).await;
    assert_eq!(again.next().await.unwrap(), answer);
    let sent = again.next().await.unwrap();
    assert_eq!(
        (sent.kind.as_str(), &sent.data["content"]),
        ("sent", &json!("meanwhile"))
    );
}

#[tokio::test]
async fn who_is_cut_off_before_anything_happened_misses_nothing() {
    let relay = open_relay().await;
    let mut events = Stream::open(relay.address(), None).await;
    let place = events.place().await;
    drop(events);
    let body = r#"{"channel":"webchat","content":"meanwhile"}"#;
    post(relay.address(), SEND, body).await;
    let mut again = Stream::open(relay.address(), Some(&place)).await;
    let sent = again.find(|told| told.kind == "sent").await;
    assert_eq!(sent.data["content"], "meanwhile");
}

#[tokio::test]
async fn who_comes_with_an_id_of_an_earlier_run_learns_that_something_is_missing() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    page.say("main", "hello", "k1").await;
    page.terminal("k1").await;
    for id in ["0b5f1c9e-0000-4000-8000-000000000000.7", "nonsense"] {
        let mut events = Stream::open(relay.address(), Some(id)).await;
        let lagged = events.next().await.unwrap();
        assert_eq!(lagged.kind, "lagged");
        assert_eq!(lagged.data["missed"], Value::Null);
        let next = events.next().await.unwrap();
        assert_eq!(next.data["content"], "hello", "what is there is told");
    }
}

#[tokio::test]
async fn who_follows_the_events_is_let_go_when_the_relay_stops() {
    let relay = open_relay().await;
    let mut events = Stream::open(relay.address(), None).await;
    let (end, ()) = tokio::join!(events.next(), relay.server.stop());
    assert_eq!(end, None);
}

#[tokio::test]
async fn who_may_ask_is_decided_by_token_scope_page_and_name() {
    let relay = Relay::start(with_token()).await;
    let address = relay.address();
    let good = format!("Bearer {TOKEN}");
    let body = r#"{"channel":"webchat","content":"x"}"#;
    let own = format!("http://{address}");
    for (headers, status) in [
        (vec![], 401),
        (vec![("authorization", "Bearer ")], 401),
        (vec![("authorization", "Bearer wrong")], 401),
        (vec![("authorization", "Basic dTpw")], 401),
        (vec![("authorization", TOKEN)], 401),
        (vec![("authorization", good.as_str())], 200),
        (
            vec![("authorization", good.as_str()), ("origin", own.as_str())],
            200,
        ),
        (
            vec![
                ("authorization", good.as_str()),
                ("origin", "https://evil.example"),
            ],
            403,
        ),
        (
            vec![("authorization", good.as_str()), ("host", "evil.example")],
            421,
        ),
    ] {
        let answer = ask(address, Method::POST, SEND, &headers, body).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.text);
        assert!(!answer.text.contains(TOKEN));
    }
}

#[tokio::test]
async fn what_happens_is_counted() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut events = Stream::open(relay.address(), None).await;
    page.say("main", "hello", "k1").await;
    page.terminal("k1").await;
    post(
        relay.address(),
        SEND,
        r#"{"channel":"webchat","content":"x"}"#,
    )
    .await;
    events.find(|told| told.data["content"] == "x").await;
    let answer = get(relay.address(), "/metrics").await;
    assert!(
        answer.kind.starts_with("text/plain; version=0.0.4"),
        "{}",
        answer.kind
    );
    for line in [
        r#"clawline_channel_messages_total{channel="webchat",direction="received"} 1"#,
        r#"clawline_channel_messages_total{channel="webchat",direction="sent"} 1"#,
        r#"clawline_runs_total{ending="answered"} 1"#,
        r#"clawline_channel_connected{channel="webchat"} 1"#,
        r#"clawline_channel_connected{channel="bridge"} 0"#,
        "clawline_events_lost_total 0",
    ] {
        assert!(
            answer.text.lines().any(|one| one == line),
            "{line}\n{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn the_description_is_openapi_3_1_and_names_every_route() {
    let relay = open_relay().await;
    let answer = get(relay.address(), "/v1/openapi.json").await.json();
    assert!(
        answer["openapi"].as_str().unwrap().starts_with("3.1."),
        "{}",
        answer["openapi"]
    );
    let paths = answer["paths"].as_object().unwrap();
    let names: Vec<&str> = paths.keys().map(String::as_str).collect();
    let all = [
        "/metrics",
        "/v1/channels",
        "/v1/channels/delete",
        "/v1/channels/edit",
        "/v1/channels/events",
        "/v1/channels/react",
        SEND,
        "/v1/channels/status",
        "/v1/channels/{channel}/accounts/{account}/link",
    ];
    assert_eq!(names, all);
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("200"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_viewer_has_a_policy_of_its_own_and_the_page_keeps_its_strict_one() {
    let relay = open_relay().await;
    let viewer = get(relay.address(), "/v1/docs/").await;
    assert_eq!(viewer.status, 200);
    assert!(viewer.text.contains("swagger-ui"));
    let policy = viewer.header("content-security-policy");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(viewer.header("x-content-type-options"), "nosniff");
    let script = get(relay.address(), "/v1/docs/swagger-initializer.js").await;
    assert!(script.text.contains("../openapi.json"), "{}", script.text);
    assert_eq!(get(relay.address(), "/v1/docs/nothing").await.status, 404);
    assert_eq!(
        get(relay.address(), "/v1/docs").await.header("location"),
        "docs/"
    );
    let page = get(relay.address(), "/config.json").await;
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
}
