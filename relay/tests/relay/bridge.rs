//! The bridge dialect, as clients of OpenJarvis meet it.

use clawline_relay::bus::Event;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::common::{Client, Relay, TOKEN, Wish, rows, with_token};
use crate::http;
use crate::recordings::recording;

/// As the original asks: no Origin, no token.
fn plain() -> Wish {
    Wish {
        path: "/ws",
        origin: None,
        ..Wish::default()
    }
}

/// A relay that asks nobody of this machine for a token.
async fn open_relay() -> Relay {
    Relay::start(Default::default()).await
}

async fn connect(relay: &Relay) -> Client {
    Client::open_silent(relay.address(), &plain())
        .await
        .unwrap()
}

/// A client whose socket is known to be served: it has heard something.
async fn listening(relay: &Relay, page: &mut Client) -> Client {
    let mut client = connect(relay).await;
    // What is told before it listens is not for it, so tell until it hears.
    let tick = |n: u32| format!("tick {n}");
    let mut n = 0;
    loop {
        n += 1;
        page.say("warm", &tick(n), &format!("warm-{n}")).await;
        page.terminal(&format!("warm-{n}")).await;
        let list = http::get(relay.address(), "/v1/channels/status?detail=1").await;
        if connected(&list.json(), "bridge") {
            break;
        }
    }
    page.say("warm", "go", "warm-go").await;
    loop {
        let frame = client.read().await.unwrap();
        if frame["metadata"]["reply_to"] == "warm-go" {
            return client;
        }
    }
}

fn connected(status: &Value, name: &str) -> bool {
    let channels = status["channels"].as_array().unwrap();
    let channel = channels.iter().find(|channel| channel["name"] == name);
    channel.unwrap()["status"] == "connected"
}

#[tokio::test]
async fn who_only_listens_hears_people_and_agents_and_nothing_else() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut client = listening(&relay, &mut page).await;
    page.say("main", "hello", "k1").await;
    assert_eq!(
        client.read().await.unwrap(),
        json!({
            "channel": "webchat", "sender": "owner", "content": "hello", "message_id": "k1",
            "conversation_id": "agent:main:main", "metadata": {},
        })
    );
    let answer = client.read().await.unwrap();
    assert_eq!(answer["channel"], "webchat");
    assert_eq!(answer["sender"], "echo");
    assert!(answer["content"].as_str().unwrap().contains("hello"));
    assert_eq!(answer["conversation_id"], "agent:main:main");
    assert_eq!(answer["metadata"], json!({ "reply_to": "k1" }));
    assert!(!answer["message_id"].as_str().unwrap().is_empty());
    assert_eq!(answer.as_object().unwrap().len(), 6);
}

#[tokio::test]
async fn what_a_client_sends_along_reaches_everybody_who_hears_the_message() {
    let relay = open_relay().await;
    let mut events = relay.server.bus().subscribe();
    let mut page = relay.connect().await;
    let mut other = listening(&relay, &mut page).await;
    let mut client = connect(&relay).await;
    let along = json!({ "thread_ts": "123", "n": 1, "reply_to": "mine" });
    let kept = [("n", "1"), ("reply_to", "mine"), ("thread_ts", "123")];
    let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
    for channel in ["bridge", "webchat"] {
        let frame = json!({ "channel": channel, "content": "hi", "conversation_id": "c", "metadata": along });
        client.send(&frame).await;
        let message = loop {
            match events.next().await.unwrap() {
                Event::ChannelReceived(message) | Event::ChannelSent(message)
                    if message.content == "hi" =>
                {
                    break message;
                }
                _ => {}
            }
        };
        let mut found = message.metadata.clone();
        found.sort();
        assert_eq!(found, kept, "{channel}");
    }
    let heard = loop {
        let frame = other.read().await.unwrap();
        if frame["content"] == "hi" {
            break frame;
        }
    };
    let told = json!({ "thread_ts": "123", "n": "1", "reply_to": "mine" });
    assert_eq!(heard["metadata"], told);
    // What has no room is left out, and nothing else of the message.
    let along = json!({ "large": "x".repeat(20_000), "small": "y" });
    let frame =
        json!({ "channel": "bridge", "content": "ho", "conversation_id": "c", "metadata": along });
    client.send(&frame).await;
    let heard = loop {
        let frame = other.read().await.unwrap();
        if frame["content"] == "ho" {
            break frame;
        }
    };
    assert_eq!(heard["metadata"], json!({ "small": "y" }));
}

/// What a client writes, and the session that it is found in.
const WRITTEN: [(&str, &str, &str); 7] = [
    ("openclaw", "", "agent:main:bridge:main"),
    ("openclaw", "conv-abc123", "agent:main:bridge:conv-abc123"),
    ("openclaw:Team", "", "agent:main:bridge:%54eam"),
    (
        "user-notifications",
        "",
        "agent:main:bridge:user-notifications",
    ),
    ("slack", "c1", "agent:main:bridge:slack%2fc1"),
    ("webchat:notes", "", "agent:main:notes"),
    ("webchat", "", "agent:main:main"),
];

#[tokio::test]
async fn what_a_client_writes_goes_where_it_says_over_the_socket_and_over_http() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut client = connect(&relay).await;
    for (channel, conversation, session) in WRITTEN {
        for way in ["socket", "http"] {
            let content = format!("to {channel} {conversation} by {way}");
            let frame = json!({
                "channel": channel, "content": content, "conversation_id": conversation,
                "metadata": { "thread_ts": "123", "n": 1 },
            });
            if way == "socket" {
                client.send(&frame).await;
            } else {
                let answer = http::post(relay.address(), "/send", &frame.to_string()).await;
                assert_eq!(answer.status, 200, "{channel}: {}", answer.text);
                let sent = json!({ "status": "sent", "channel": channel });
                assert_eq!(answer.json(), sent);
            }
            found(&mut page, session, &content).await;
        }
    }
}

/// Looks until a session whose key begins so has a row with the text.
async fn found(page: &mut Client, session: &str, text: &str) {
    loop {
        let list = page.request("sessions.list", json!({})).await;
        let sessions = list["sessions"].as_array().unwrap().clone();
        let keys = sessions.iter().filter_map(|one| one["key"].as_str());
        for key in keys.filter(|key| key.starts_with(session)) {
            let history = page.history(key).await;
            if rows(&history).iter().any(|(_, row)| row == text) {
                return;
            }
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_agent_of_the_channel_answers_and_a_writer_does_not_hear_itself() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut other = listening(&relay, &mut page).await;
    let mut writer = connect(&relay).await;
    writer
        .send(&json!({ "channel": "openclaw", "content": "hi", "conversation_id": "c9" }))
        .await;
    let heard = other.read().await.unwrap();
    assert_eq!(heard["content"], "hi");
    assert_eq!(heard["channel"], "bridge");
    assert_eq!(heard["conversation_id"], "c9");
    for client in [&mut other, &mut writer] {
        let answer = client.read().await.unwrap();
        assert_eq!(answer["sender"], "echo", "{answer}");
        assert_eq!(answer["conversation_id"], "c9");
    }
}

#[tokio::test]
async fn a_broken_frame_costs_only_itself_and_is_never_answered() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    client.send_binary(vec![0xff, 0xfe]).await;
    for broken in [
        "",
        "not json",
        "[]",
        "[1]",
        "1",
        "null",
        "{}",
        r#"{"channel":"bridge"}"#,
        r#"{"content":"x"}"#,
        r#"{"channel":"","content":"x"}"#,
        r#"{"channel":5,"content":"x"}"#,
        r#"{"channel":"bridge","content":"x","metadata":[]}"#,
        r#"{"channel":"slack:general","content":"x"}"#,
        r#"{"channel":"calls:c1","content":"x"}"#,
    ] {
        client.send_text(broken.to_owned()).await;
    }
    client
        .send_binary(br#"{"channel":"bridge","content":"last"}"#.to_vec())
        .await;
    let first = client.read().await.unwrap();
    assert!(
        first["content"].as_str().unwrap().contains("last"),
        "{first}"
    );
    assert_eq!(first["sender"], "echo");
}

#[tokio::test]
async fn a_bad_body_is_400_with_a_detail() {
    let relay = open_relay().await;
    let required = "'channel' and 'content' are required";
    for (body, detail) in [
        ("", "The body must be a JSON object"),
        ("not json", "The body must be a JSON object"),
        ("[]", "The body must be a JSON object"),
        ("{}", required),
        (r#"{"channel":"a"}"#, required),
        (r#"{"content":"a"}"#, required),
        (r#"{"channel":null,"content":"a"}"#, required),
        (r#"{"channel":1,"content":"a"}"#, "channel must be a string"),
        (r#"{"channel":"a","content":1}"#, "content must be a string"),
        (
            r#"{"channel":"a","content":"b","metadata":1}"#,
            "metadata must be an object",
        ),
        (
            r#"{"channel":"a","content":"b","conversation_id":1}"#,
            "conversation_id must be a string",
        ),
        (
            r#"{"channel":"slack:x","content":"b"}"#,
            "unsupported channel: slack (this gateway has bridge, calls, chat, hub, webchat)",
        ),
        (
            r#"{"channel":"calls","content":"b"}"#,
            "say who, as in calls:TARGET",
        ),
        (
            r#"{"channel":"calls:c1","content":"b"}"#,
            "calls can be read only: their client takes no messages",
        ),
    ] {
        let answer = http::post(relay.address(), "/send", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["detail"], detail, "{body}");
        assert_eq!(answer.kind, "application/problem+json", "{body}");
    }
}

#[tokio::test]
async fn the_channels_are_listed_and_both_routes_bear_two_slashes() {
    let relay = open_relay().await;
    for path in ["/channels", "//channels"] {
        let answer = http::get(relay.address(), path).await;
        assert_eq!(answer.status, 200, "{path}");
        let names = json!({ "channels": ["bridge", "calls", "chat", "hub", "webchat"] });
        assert_eq!(answer.json(), names, "{path}");
    }
    let body = r#"{"channel":"bridge","content":"x"}"#;
    assert_eq!(
        http::post(relay.address(), "//send", body).await.status,
        200
    );
    assert_eq!(http::get(relay.address(), "/send").await.status, 405);
}

#[tokio::test]
async fn where_a_token_is_needed_nobody_listens_or_writes_without_it() {
    let relay = Relay::start(with_token()).await;
    let mut page = relay.connect().await;
    let mut silent = connect(&relay).await;
    let bearer = format!("Bearer {TOKEN}");
    let wish = Wish {
        headers: vec![("authorization", Box::leak(bearer.into_boxed_str()))],
        ..plain()
    };
    let mut known = Client::open_silent(relay.address(), &wish).await.unwrap();
    let frame = json!({ "channel": "openclaw", "content": "hi" });
    known.send(&frame).await;
    assert_eq!(known.read().await.unwrap()["sender"], "echo");
    page.say("main", "secret", "k1").await;
    assert_eq!(known.read().await.unwrap()["content"], "secret");
    silent.send(&frame).await;
    let closed = silent.closed().await;
    assert_eq!(closed.code, 1008);
    assert!(
        closed.reason.contains("a token is needed"),
        "{}",
        closed.reason
    );
    assert_eq!(silent.heard, Vec::<Value>::new());
    for path in [
        "/channels",
        "/v1/channels",
        "/v1/channels/events",
        "/metrics",
    ] {
        let answer = http::get(relay.address(), path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
    }
    let answer = http::post(relay.address(), "/send", &frame.to_string()).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_foreign_page_neither_listens_nor_writes() {
    let relay = open_relay().await;
    let evil = [("origin", "https://evil.example")];
    let body = r#"{"channel":"bridge","content":"x"}"#;
    let address = relay.address();
    let answer = http::ask(address, Method::POST, "/send", &evil, body).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    let wish = Wish {
        origin: Some("https://evil.example"),
        ..plain()
    };
    match Client::open_silent(address, &wish).await.err() {
        Some(Error::Http(answer)) => assert_eq!(answer.status(), 403),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_socket_whose_first_frame_is_anothers_is_given_on() {
    let relay = open_relay().await;
    for foreign in [
        json!({ "type": "req", "id": "1", "method": "connect" }),
        json!({ "type": "chat", "content": "x" }),
    ] {
        let mut client = connect(&relay).await;
        client.send(&foreign).await;
        let closed = client.closed().await;
        assert_eq!(closed.code, 1008, "{foreign}");
        assert!(closed.reason.contains("no dialect"), "{}", closed.reason);
    }
}

#[tokio::test]
async fn clients_hear_that_the_relay_restarts() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut client = listening(&relay, &mut page).await;
    let (closed, ()) = tokio::join!(client.closed(), relay.server.stop());
    assert_eq!(closed.code, 1012);
}

/// Nobody else is here whose goodbye takes time.
#[tokio::test]
async fn the_only_client_hears_it_too() {
    let relay = open_relay().await;
    let mut client = connect(&relay).await;
    loop {
        let list = http::get(relay.address(), "/v1/channels/status?detail=1").await;
        if connected(&list.json(), "bridge") {
            break;
        }
    }
    let (closed, ()) = tokio::join!(client.closed(), relay.server.stop());
    assert_eq!(closed.code, 1012);
}

/// Everything that the original sent to its stub gateway.
#[tokio::test]
async fn the_recorded_traffic_of_the_original_is_taken() {
    let relay = open_relay().await;
    let mut page = relay.connect().await;
    let mut client = connect(&relay).await;
    let mut frames = 0;
    let mut requests = 0;
    for name in ["jarvis-ws.jsonl", "jarvis-http.jsonl"] {
        for line in recording(name) {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            match (text("dir").as_str(), text("method").as_str()) {
                ("c2s", _) => {
                    frames += 1;
                    client.send_text(text("data")).await;
                    let sent: Value = serde_json::from_str(&text("data")).unwrap();
                    let content = sent["content"].as_str().unwrap();
                    found(&mut page, "agent:main:bridge:", content).await;
                }
                ("c2s-http", "POST") => {
                    requests += 1;
                    let answer = http::post(relay.address(), &text("path"), &text("body")).await;
                    assert!((200..300).contains(&answer.status), "{}", answer.text);
                }
                ("c2s-http", _) => {
                    requests += 1;
                    let answer = http::get(relay.address(), &text("path")).await;
                    assert!(answer.json()["channels"].is_array(), "{}", answer.text);
                }
                _ => {}
            }
        }
    }
    assert_eq!((frames, requests), (3, 13));
}

#[tokio::test]
async fn a_path_below_the_door_is_none() {
    let relay = open_relay().await;
    let wish = Wish {
        path: "/ws/x",
        ..plain()
    };
    match Client::open_silent(relay.address(), &wish).await.err() {
        Some(Error::Http(answer)) => assert_eq!(answer.status(), 404),
        other => panic!("{other:?}"),
    }
}
