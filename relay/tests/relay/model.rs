//! Answers of a model server, as the page sees them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::common::{Client, Device, Relay, Wish, config, rows, with_token};
use crate::program::Program;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::post;
use clawline_core::Secret;
use clawline_relay::agents::AgentSettings;
use clawline_relay::agents::openai::{OpenAiSettings, Patience};
use clawline_relay::config::ServeError;
use clawline_relay::ids;
use clawline_relay::serve::Server;
use clawline_testkit::{CallState, StubProvider};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const MAIN: &str = "agent:main:main";
const KEY: &str = "sk-very-secret-0123456789";

fn model_at(base_url: &str) -> AgentSettings {
    AgentSettings {
        openai: Some(OpenAiSettings {
            key: Some(Secret::new(KEY)),
            ..OpenAiSettings::new(base_url, "stub-1")
        }),
        ..AgentSettings::default()
    }
}

async fn relay_of(stub: &StubProvider) -> (Relay, Client) {
    let relay = Relay::start_with(model_at(&stub.base_url())).await;
    let client = relay.connect().await;
    (relay, client)
}

/// What became of a message in a session of its own: the last row, and how its
/// run ended.
async fn asked(client: &mut Client, text: &str) -> (String, Value) {
    let key = ids::uuid();
    let session = format!("agent:main:{key}");
    client.say(&session, text, &key).await;
    let end = client.terminal(&key).await;
    let last = rows(&client.history(&session).await).pop().unwrap();
    (last.1, end)
}

#[tokio::test]
async fn a_model_answers_and_the_dialect_says_which() {
    let stub = StubProvider::start().await.unwrap();
    let (_relay, mut client) = relay_of(&stub).await;
    let key = ids::uuid();
    client.say(MAIN, "[chunks:4:1]", &key).await;
    assert_eq!(client.terminal(&key).await["state"], "final");
    let history = client.history(MAIN).await;
    let row = &history["messages"][1];
    assert_eq!(row["content"][0]["text"], "w1 w2 w3 w4");
    assert_eq!(row["usage"]["input"], 100);
    assert_eq!(row["usage"]["output"], 4);
    assert_eq!(row["model"], "openai");
    let models = client.request("models.list", json!({})).await;
    assert_eq!(models["models"][0]["id"], "openai");
    assert_eq!(models["models"][0]["name"], "stub-1");
    assert_eq!(history["defaults"]["model"], "openai");
    let agents = client.request("agents.list", json!({})).await;
    assert_eq!(agents["agents"][0]["model"]["primary"], "clawline/openai");
}

#[tokio::test]
async fn servers_with_shapes_of_their_own_are_understood() {
    let stub = StubProvider::start().await.unwrap();
    let (_relay, mut client) = relay_of(&stub).await;
    for odd in ["empty-finish", "tier", "no-id", "no-done", "whole"] {
        let (answer, end) = asked(&mut client, &format!("[chunks:3:1] [odd:{odd}]")).await;
        assert_eq!(
            (answer.as_str(), &end["state"]),
            ("w1 w2 w3", &json!("final")),
            "{odd}"
        );
    }
    let (words, end) = asked(&mut client, "[chunks:3:1] [odd:error]").await;
    assert_eq!(end["state"], "error");
    assert!(
        words.contains("the stub broke, as the text asked"),
        "{words}"
    );
    assert_eq!(
        stub.calls_with("[odd:error]").len(),
        1,
        "it had spoken already"
    );
    let (words, end) = asked(&mut client, "[chunks:3:1] [drop:2]").await;
    assert_eq!(end["state"], "error");
    assert!(words.contains("broke off"), "{words}");
    assert_eq!(stub.calls_with("[drop:2]").len(), 1);
}

#[tokio::test]
async fn what_passes_is_asked_again_and_what_stays_is_explained() {
    let stub = StubProvider::start().await.unwrap();
    let (_relay, mut client) = relay_of(&stub).await;
    for status in [429, 503] {
        let text = format!("[chunks:2:1] [busy:2:{status}]");
        assert_eq!(asked(&mut client, &text).await.0, "w1 w2");
        assert_eq!(stub.calls_with(&text).len(), 3);
    }
    for (status, part) in [
        (401, "api_key_file"),
        (404, "stub-1"),
        (400, "refused the question"),
    ] {
        let text = format!("[http:{status}]");
        let (words, end) = asked(&mut client, &text).await;
        assert_eq!(end["state"], "error");
        assert!(
            words.contains(part) && words.contains(&status.to_string()),
            "{words}"
        );
        assert_eq!(stub.calls_with(&text).len(), 1, "{status}");
    }
    // More often than anybody waits for.
    let (words, _) = asked(&mut client, "[busy:100:429]").await;
    assert!(words.contains("too much to do"), "{words}");
    let heard = Value::from(client.heard).to_string();
    assert!(!heard.contains(KEY), "the key was told");
}

#[tokio::test]
async fn a_stop_ends_the_request() {
    let stub = StubProvider::start().await.unwrap();
    let (_relay, mut client) = relay_of(&stub).await;
    for text in ["[chunks:3:1] [hang]", "[chunks:100000:50]"] {
        let key = ids::uuid();
        client.say(MAIN, text, &key).await;
        client
            .event(|e| e["payload"]["runId"] == key.as_str() && e["payload"]["state"] == "delta")
            .await;
        client
            .request("chat.abort", json!({ "sessionKey": MAIN }))
            .await;
        assert_eq!(client.terminal(&key).await["state"], "aborted");
        while stub.calls_with(text)[0].state == CallState::Running {
            tokio::task::yield_now().await;
        }
        assert_eq!(stub.calls_with(text)[0].state, CallState::Abandoned);
    }
}

#[tokio::test]
async fn a_server_that_goes_silent_is_not_waited_for_for_ever() {
    let stub = StubProvider::start().await.unwrap();
    let mut agents = model_at(&stub.base_url());
    agents.openai.as_mut().unwrap().patience = Patience {
        first: Duration::from_secs(20),
        between: Duration::from_millis(200),
        ..Patience::default()
    };
    let relay = Relay::start_with(agents).await;
    let mut client = relay.connect().await;
    let (words, _) = asked(&mut client, "[chunks:3:1] [hang]").await;
    assert!(words.contains("went silent"), "{words}");
}

/// A server that answers every question in one way; and how to ask it.
async fn server(
    answer: impl axum::response::IntoResponse + Clone + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = post(move || std::future::ready(answer.clone()));
    let router = Router::new().route("/v1/chat/completions", answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}

#[tokio::test]
async fn the_key_goes_nowhere_else() {
    let stub = StubProvider::start().await.unwrap();
    let elsewhere = format!("{}/chat/completions", stub.base_url());
    for status in [301, 302, 307, 308] {
        let status = StatusCode::from_u16(status).unwrap();
        let base = server((status, [(header::LOCATION, elsewhere.clone())])).await;
        let relay = Relay::start_with(model_at(&base)).await;
        let mut client = relay.connect().await;
        let (words, _) = asked(&mut client, "hi").await;
        assert!(words.contains("base_url"), "{words}");
    }
    assert_eq!(stub.calls(), []);
}

#[tokio::test]
async fn what_is_no_model_server_is_said_so() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/v1", listener.local_addr().unwrap())
    };
    let page = ([(header::CONTENT_TYPE, "text/html")], "<html>hello</html>");
    let started = (
        [(header::CONTENT_TYPE, "text/event-stream")],
        ": one moment\n\n",
    );
    let flood = (
        [(header::CONTENT_TYPE, "text/event-stream")],
        format!("data: {}", "x".repeat(8 << 20)),
    );
    let garbage = (
        [(header::CONTENT_TYPE, "text/event-stream")],
        "data: <html>\n\n",
    );
    let empty = (
        [(header::CONTENT_TYPE, "text/event-stream")],
        "data: [DONE]\n\n",
    );
    for (base, part) in [
        (gone, "cannot be reached"),
        (server(page).await, "cannot be read"),
        (server("{\"choices\":[]}").await, "cannot be read"),
        (server(started).await, "broke off"),
        (server(flood).await, "more at once"),
        (server(garbage).await, "cannot be read"),
        (server(empty).await, "answered with nothing"),
    ] {
        let relay = Relay::start_with(model_at(&base)).await;
        let mut client = relay.connect().await;
        let (words, end) = asked(&mut client, "hi").await;
        assert_eq!(end["state"], "error");
        assert!(words.contains(part), "{part}: {words}");
        assert!(
            !words.contains("127.0.0.1"),
            "where it is is the owner's business: {words}"
        );
    }
}

#[tokio::test]
async fn a_byte_that_is_no_text_costs_no_more_than_itself() {
    let choice =
        b"{\"choices\":[{\"message\":{\"content\":\"caf\xe9 ok\"},\"finish_reason\":\"stop\"}]}";
    let event = [b"data: ", &choice[..], b"\n\n"].concat();
    for (kind, body) in [
        ("application/json", choice.to_vec()),
        ("text/event-stream", event),
    ] {
        let base = server(([(header::CONTENT_TYPE, kind)], body)).await;
        let relay = Relay::start_with(model_at(&base)).await;
        let mut client = relay.connect().await;
        let (words, end) = asked(&mut client, "hi").await;
        assert_eq!(end["state"], "final", "{kind}: {words}");
        assert_eq!(words, "caf\u{fffd} ok", "{kind}");
    }
}

#[tokio::test]
async fn an_agent_that_is_not_there_keeps_the_relay_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), with_token());
    config
        .agents
        .by_channel
        .insert("webchat".to_owned(), "simple".to_owned());
    let error = Server::start(config).await.unwrap_err();
    assert!(matches!(error, ServeError::Agents(_)), "{error}");
    assert!(error.to_string().contains("echo, none"), "{error}");
}

/// A file of settings with a model server.
pub(crate) fn settings(folder: &Path, model: &str) -> PathBuf {
    let settings = folder.join("clawline.toml");
    let key = folder.join("key");
    std::fs::write(&key, KEY).unwrap();
    let text = format!(
        "[agent.openai]\nbase_url = \"{model}\"\nmodel = \"stub-1\"\napi_key_file = {key:?}\n"
    );
    std::fs::write(&settings, text).unwrap();
    settings
}

#[tokio::test]
async fn a_relay_that_is_killed_in_the_middle_answers_once() {
    let stub = StubProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), &stub.base_url());
    let start = || {
        let mut program = Program::spawn(&folder.path().join("data"), Some(&settings));
        let address = program.address().unwrap();
        (program, address)
    };
    let text = "[chunks:20:30]";
    let whole: Vec<String> = (1..=20).map(|n| format!("w{n}")).collect();
    // Before the first word, in the middle, and behind the last.
    for (session, until) in [
        ("early", None),
        ("middle", Some("delta")),
        ("late", Some("final")),
    ] {
        let session = format!("agent:main:{session}");
        let key = ids::uuid();
        let (program, address) = start();
        let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
        client.say(&session, text, &key).await;
        if let Some(state) = until {
            client
                .event(|e| e["payload"]["runId"] == key.as_str() && e["payload"]["state"] == state)
                .await;
        }
        drop(program);

        let (_program, address) = start();
        let mut client = Client::connect(address, &Device::new(1), &Wish::default()).await;
        let waited = client.request("agent.wait", json!({ "runId": key })).await;
        assert_eq!(waited["status"], "ok", "{session}");
        assert_eq!(client.say(&session, text, &key).await["status"], "ok");
        let wanted = [
            ("user".to_owned(), text.to_owned()),
            ("assistant".to_owned(), whole.join(" ")),
        ];
        assert_eq!(rows(&client.history(&session).await), wanted, "{session}");
    }
    let states: Vec<CallState> = stub.calls().iter().map(|call| call.state).collect();
    assert!(
        states.contains(&CallState::Abandoned),
        "nothing was cut: {states:?}"
    );
}
