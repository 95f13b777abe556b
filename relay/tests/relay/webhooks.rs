//! What web servers of others are told, and what becomes of it when they or the
//! relay are not there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawline_core::Secret;
use clawline_relay::config::{ServeError, Setup};
use clawline_relay::ids;
use clawline_relay::serve::Server;
use clawline_relay::webhooks::{BadWebhook, Patience, Topic, WebhookSettings};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::common::{Client, Device, TOKEN, Wish, config, patiently, with_token};
use crate::page::{get, raw};

const MAIN: &str = "agent:main:main";
const SECRET: &str = "a-secret-of-these-tests";

/// What a receiver does with a delivery.
#[derive(Debug, Clone, Copy)]
enum Does {
    Answers(u16),
    /// It never answers.
    Hangs,
}

/// A web server that gets deliveries.
struct Receiver {
    address: SocketAddr,
    does: Arc<Mutex<Vec<Does>>>,
    got: mpsc::UnboundedReceiver<(HeaderMap, String)>,
}

#[derive(Clone)]
struct Desk {
    does: Arc<Mutex<Vec<Does>>>,
    got: mpsc::UnboundedSender<(HeaderMap, String)>,
}

impl Receiver {
    /// Does one after the other, the last for ever.
    async fn start(does: &[Does]) -> Self {
        let does = Arc::new(Mutex::new(does.to_vec()));
        let (sender, got) = mpsc::unbounded_channel();
        let desk = Desk {
            does: Arc::clone(&does),
            got: sender,
        };
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let routes = Router::new().route("/hook", post(take)).with_state(desk);
        tokio::spawn(async move { axum::serve(tcp, routes).await });
        Self { address, does, got }
    }

    fn now_does(&self, does: Does) {
        *self.does.lock().unwrap() = vec![does];
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    async fn next(&mut self) -> (HeaderMap, String) {
        patiently(self.got.recv()).await.unwrap()
    }

    /// The next delivery's id, and what it says.
    async fn told(&mut self) -> (String, Value) {
        let (headers, body) = self.next().await;
        (
            text(&headers, "webhook-id"),
            serde_json::from_str(&body).unwrap(),
        )
    }
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: String) -> StatusCode {
    let does = {
        let mut does = desk.does.lock().unwrap();
        if does.len() > 1 {
            does.remove(0)
        } else {
            does[0]
        }
    };
    desk.got.send((headers, body)).unwrap();
    match does {
        Does::Answers(status) => StatusCode::from_u16(status).unwrap(),
        Does::Hangs => std::future::pending().await,
    }
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers[name].to_str().unwrap().to_owned()
}

fn webhook(name: &str, url: String) -> WebhookSettings {
    WebhookSettings {
        name: name.to_owned(),
        url,
        topics: vec![Topic::Received],
        channels: vec!["webchat".to_owned()],
        secret: Secret::new(SECRET),
        private_addresses: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        patience: Patience {
            first: Duration::from_millis(5),
            longest: Duration::from_millis(50),
            ..Patience::default()
        },
    }
}

fn setup(folder: &TempDir, webhooks: &[WebhookSettings]) -> Setup {
    Setup {
        webhooks: webhooks.to_vec(),
        ..config(folder.path(), with_token())
    }
}

async fn start(folder: &TempDir, webhooks: &[WebhookSettings]) -> Server {
    Server::start(setup(folder, webhooks)).await.unwrap()
}

async fn connect(server: &Server) -> Client {
    Client::connect(server.address(), &Device::new(1), &Wish::default()).await
}

async fn status(server: &Server) -> Value {
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let answer = get(server.address(), "/v1/webhooks", &bearer).await;
    assert_eq!(answer.status, 200);
    let all: Value = serde_json::from_slice(&answer.body).unwrap();
    all["webhooks"][0].clone()
}

/// How a webhook stands, once it stands so.
async fn status_when(server: &Server, fits: impl Fn(&Value) -> bool) -> Value {
    patiently(async {
        loop {
            let status = status(server).await;
            if fits(&status) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_question_and_its_answer_are_told_signed_and_in_one_trace() {
    let folder = TempDir::new().unwrap();
    let mut receiver = Receiver::start(&[Does::Answers(204)]).await;
    let mut all = webhook("crm", receiver.url());
    all.topics = Vec::new();
    let server = start(&folder, &[all]).await;
    let mut client = connect(&server).await;
    let key = ids::uuid();
    client.say(MAIN, "hi [chunks:2:1]", &key).await;
    let mut traces = Vec::new();
    for (topic, content) in [("received", "hi [chunks:2:1]"), ("sent", "w1 w2")] {
        let (headers, body) = receiver.next().await;
        let (id, at) = (
            text(&headers, "webhook-id"),
            text(&headers, "webhook-timestamp"),
        );
        let signature = text(&headers, "webhook-signature");
        let mac = STANDARD
            .decode(signature.strip_prefix("v1,").unwrap())
            .unwrap();
        let mut own = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        own.update(format!("{id}.{at}.{body}").as_bytes());
        own.verify_slice(&mac)
            .expect("the signature is of this delivery");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["type"], topic);
        assert_eq!(body["data"]["channel"], "webchat");
        assert_eq!(body["data"]["content"], content);
        let trace = text(&headers, "traceparent");
        assert_eq!(trace.split('-').nth(1), body["trace_id"].as_str());
        traces.push(body["trace_id"].clone());
    }
    assert_eq!(traces[0], traces[1]);
}

#[tokio::test]
async fn what_was_told_before_a_crash_is_delivered_after_it_with_the_same_id() {
    let folder = TempDir::new().unwrap();
    let mut receiver = Receiver::start(&[Does::Hangs]).await;
    let hooks = [webhook("crm", receiver.url())];
    let server = start(&folder, &hooks).await;
    let mut client = connect(&server).await;
    client.say(MAIN, "before the crash", &ids::uuid()).await;
    let (id, told) = receiver.told().await;
    server.crash().await;
    receiver.now_does(Does::Answers(200));
    let server = start(&folder, &hooks).await;
    assert_eq!(receiver.told().await, (id, told));
    let status = status_when(&server, |status| status["waiting"] == 0).await;
    assert_eq!(status["dead"], 0);
}

#[tokio::test]
async fn a_message_that_a_crash_left_untold_is_told_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let mut receiver = Receiver::start(&[Does::Answers(200)]).await;
    // Nobody is told at first: as if the process ended right after the commit.
    let server = start(&folder, &[]).await;
    let mut client = connect(&server).await;
    client.say(MAIN, "untold [hang]", &ids::uuid()).await;
    server.crash().await;
    let _server = start(&folder, &[webhook("crm", receiver.url())]).await;
    let (_, told) = receiver.told().await;
    assert_eq!(told["data"]["content"], "untold [hang]");
}

#[tokio::test]
async fn a_receiver_that_fails_gets_the_same_delivery_again() {
    let folder = TempDir::new().unwrap();
    let script = [Does::Answers(500), Does::Answers(302), Does::Answers(200)];
    let mut receiver = Receiver::start(&script).await;
    let server = start(&folder, &[webhook("crm", receiver.url())]).await;
    let mut client = connect(&server).await;
    client.say(MAIN, "again", &ids::uuid()).await;
    let first = receiver.told().await;
    assert_eq!(receiver.told().await, first);
    assert_eq!(receiver.told().await, first);
    let status = status_when(&server, |status| status["waiting"] == 0).await;
    assert_eq!(status["dead"], 0);
    assert!(status["last_error"].as_str().unwrap().contains("302"));
}

#[tokio::test]
async fn one_that_is_gone_is_set_aside_shown_and_tried_again_when_the_owner_says_so() {
    let folder = TempDir::new().unwrap();
    let mut receiver = Receiver::start(&[Does::Answers(410)]).await;
    let server = start(&folder, &[webhook("crm", receiver.url())]).await;
    let mut client = connect(&server).await;
    client.say(MAIN, "gone", &ids::uuid()).await;
    let first = receiver.told().await;
    let status = status_when(&server, |status| status["dead"] == 1).await;
    let dead = &status["newest_dead"][0];
    assert_eq!(dead["id"], first.0.as_str());
    assert!(dead["error"].as_str().unwrap().contains("410"), "{dead}");
    assert!(
        !status.to_string().contains("/hook"),
        "a path may be a secret"
    );
    receiver.now_does(Does::Answers(200));
    let again = format!(
        "POST /v1/webhooks/crm/retry HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        server.address()
    );
    let answer = raw(server.address(), &again).await;
    assert_eq!(answer.text(), json!({ "retried": 1 }).to_string());
    assert_eq!(receiver.told().await, first);
    status_when(&server, |status| {
        status["dead"] == 0 && status["waiting"] == 0
    })
    .await;
}

#[tokio::test]
async fn time_that_is_over_sets_a_delivery_aside() {
    let folder = TempDir::new().unwrap();
    let mut receiver = Receiver::start(&[Does::Answers(503)]).await;
    let mut hook = webhook("crm", receiver.url());
    hook.patience.in_all = Duration::ZERO;
    let server = start(&folder, &[hook]).await;
    let mut client = connect(&server).await;
    client.say(MAIN, "late", &ids::uuid()).await;
    receiver.told().await;
    let status = status_when(&server, |status| status["dead"] == 1).await;
    assert_eq!(status["newest_dead"][0]["attempts"], 1);
}

#[tokio::test]
async fn nothing_goes_to_a_private_address_that_nobody_named() {
    let folder = TempDir::new().unwrap();
    let mut receiver = Receiver::start(&[Does::Answers(200)]).await;
    let port = receiver.address.port();
    let hook = |url: String| WebhookSettings {
        private_addresses: vec!["10.9.9.9".parse().unwrap()],
        ..webhook("crm", url)
    };
    for number in [
        "127.0.0.1",
        "2130706433",
        "[::1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
    ] {
        let hook = hook(format!("http://{number}:{port}/hook"));
        let error = Server::start(setup(&folder, &[hook])).await.unwrap_err();
        let is_private = matches!(error, ServeError::Webhook(BadWebhook::Private { .. }));
        assert!(is_private, "{number}: {error}");
        assert!(error.to_string().contains("private_addresses"), "{error}");
    }
    // A name is looked up when the connection is made.
    let hook = hook(format!("http://localhost:{port}/hook"));
    let server = start(&folder, &[hook]).await;
    let mut client = connect(&server).await;
    client.say(MAIN, "inside", &ids::uuid()).await;
    let status = status_when(&server, |status| !status["last_error"].is_null()).await;
    let words = status["last_error"].as_str().unwrap();
    assert!(words.contains("private_addresses"), "{words}");
    assert!(receiver.got.try_recv().is_err(), "it got through");
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_nobody_else() {
    let folder = TempDir::new().unwrap();
    let stuck = Receiver::start(&[Does::Hangs]).await;
    let mut quick = Receiver::start(&[Does::Answers(200)]).await;
    let hooks = [webhook("a", stuck.url()), webhook("b", quick.url())];
    let server = start(&folder, &hooks).await;
    let mut client = connect(&server).await;
    let mut expected = Vec::new();
    for n in 0..20 {
        let text = format!("m{n} [chunks:1:1]");
        client
            .say(&format!("agent:main:s{n}"), &text, &ids::uuid())
            .await;
        expected.push(text);
    }
    let mut heard = Vec::new();
    for _ in 0..20 {
        let (_, told) = quick.told().await;
        heard.push(told["data"]["content"].as_str().unwrap().to_owned());
    }
    expected.sort();
    heard.sort();
    assert_eq!(heard, expected);
    assert_eq!(
        status(&server).await["waiting"],
        20,
        "they wait for the other"
    );
}

#[tokio::test]
async fn a_stranger_is_not_shown_webhooks() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder, &[]).await;
    let answer = get(server.address(), "/v1/webhooks", "").await;
    assert_eq!(answer.status, 401);
}
