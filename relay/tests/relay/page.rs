//! What a browser gets over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use crate::common::{PROGRAM, Relay, config, with_token};
use clawline_relay::config::{NamedGateway, ServeError};
use clawline_relay::origin::Welcome;
use clawline_relay::serve::Server;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

pub(crate) async fn get(address: SocketAddr, path: &str, extra: &str) -> Answer {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{extra}\r\n");
    raw(address, &request).await
}

pub(crate) async fn raw(address: SocketAddr, request: &str) -> Answer {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let read = socket.read_to_end(&mut bytes);
    let read = tokio::time::timeout(Duration::from_secs(60), read).await;
    read.expect("the server keeps the connection open").unwrap();
    let end = bytes
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: bytes[end + 4..].to_vec(),
    }
}

async fn with_page() -> Relay {
    let relay = Relay::start(with_token()).await;
    let page = relay.folder.path().join("page");
    std::fs::create_dir(&page).unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html>"),
        ("app-N4H53VFB.js", "plain"),
        ("app-N4H53VFB.js.br", "brotli"),
        ("app-N4H53VFB.js.gz", "gzip"),
        ("app_bg-ABCD2345.wasm", "\0asm"),
    ] {
        std::fs::write(page.join(name), content).unwrap();
    }
    relay
}

#[tokio::test]
async fn the_page_comes_with_a_policy_that_allows_nothing_inline() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), with_token());
    config.gateways = vec![NamedGateway::parse("ws://192.168.1.5:18789/x").unwrap()];
    std::fs::create_dir(&config.page).unwrap();
    std::fs::write(config.page.join("index.html"), "<!doctype html>").unwrap();
    let server = Server::start(config).await.unwrap();
    let address = server.address();
    let answer = get(address, "/", "").await;
    assert_eq!(answer.status, 200);
    let policy = answer.header("content-security-policy").unwrap();
    let directive = |name: &str| {
        let parts = policy
            .split("; ")
            .map(|part| part.split_once(' ').unwrap_or((part, "")));
        parts
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    let is =
        |name: &str, value: &str| assert_eq!(directive(name).as_deref(), Some(value), "{name}");
    is("default-src", "'none'");
    is("script-src", "'self' 'wasm-unsafe-eval'");
    is("style-src", "'self'");
    is("img-src", "'self' data: blob:");
    is("base-uri", "'none'");
    is("object-src", "'none'");
    is("form-action", "'none'");
    is("frame-ancestors", "'none'");
    is("require-trusted-types-for", "'script'");
    is("trusted-types", "'none'");
    is(
        "connect-src",
        &format!("'self' ws://{address} wss://{address} ws://192.168.1.5:18789"),
    );
    assert!(!policy.contains("unsafe-inline"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(
        answer
            .header("permissions-policy")
            .unwrap()
            .contains("camera=()")
    );
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn files_come_packed_typed_and_cached_by_their_names() {
    let relay = with_page().await;
    let address = relay.address();
    let script = "/app-N4H53VFB.js";
    let packed = get(address, script, "Accept-Encoding: gzip, br\r\n").await;
    assert_eq!(
        (packed.text(), packed.header("content-encoding")),
        ("brotli", Some("br"))
    );
    assert_eq!(
        packed.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(
        packed.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert_eq!(packed.header("vary"), Some("accept-encoding"));
    let gzip = get(address, script, "Accept-Encoding: gzip\r\n").await;
    assert_eq!(
        (gzip.text(), gzip.header("content-encoding")),
        ("gzip", Some("gzip"))
    );
    let plain = get(address, script, "").await;
    assert_eq!(
        (plain.text(), plain.header("content-encoding")),
        ("plain", None)
    );
    let wasm = get(address, "/app_bg-ABCD2345.wasm", "").await;
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));

    let page = get(address, "/", "").await;
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let tag = page.header("etag").unwrap();
    let again = get(address, "/", &format!("If-None-Match: {tag}\r\n")).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn nothing_outside_the_folder_is_given_away() {
    let relay = with_page().await;
    std::fs::write(relay.folder.path().join("secret.txt"), "secret").unwrap();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/nope",
        "//etc/hostname",
    ] {
        let answer = get(relay.address(), path, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret\n") && answer.text() != "secret");
    }
}

#[tokio::test]
async fn without_a_page_there_is_a_word_on_how_to_get_one() {
    let relay = Relay::start(with_token()).await;
    let answer = get(relay.address(), "/", "").await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.text().contains("cargo xtask build"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_foreign_name_for_this_server_is_turned_away() {
    let relay = with_page().await;
    let address = relay.address();
    for head in [
        "Host: evil.example\r\n",
        "Host: evil.example\r\nHost: localhost\r\n",
        "Host: a b\r\n",
    ] {
        let answer = raw(
            address,
            &format!("GET /config.json HTTP/1.1\r\n{head}Connection: close\r\n\r\n"),
        )
        .await;
        assert!(
            matches!(answer.status, 400 | 421),
            "{head} {}",
            answer.status
        );
        assert!(!answer.text().contains("version"));
    }
    let upgrade = "GET /gateway HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    assert_eq!(raw(address, upgrade).await.status, 421);
}

#[tokio::test]
async fn a_name_that_was_welcomed_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = with_token();
    settings.welcome = Welcome::new(&["chat.example".to_owned()], &[]).unwrap();
    let server = Server::start(config(folder.path(), settings))
        .await
        .unwrap();
    let request = "GET /healthz HTTP/1.1\r\nHost: chat.example\r\nConnection: close\r\n\r\n";
    let answer = raw(server.address(), request).await;
    assert_eq!(
        (answer.status, answer.text()),
        (200, r#"{"ok":true,"status":"live"}"#)
    );
}

#[tokio::test]
async fn pages_learn_what_they_may_connect_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), with_token());
    config.gateways = vec![NamedGateway::parse("wss://home.example").unwrap()];
    let server = Server::start(config).await.unwrap();
    let answer = get(server.address(), "/config.json", "").await;
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(told["gateways"][0]["url"], "wss://home.example");
    assert_eq!(told["gateways"][0]["name"], "home.example");
    assert_eq!(told["embedded"]["path"], "/gateway");
    assert_eq!(told["embedded"]["auth"], "token");
    assert!(told["version"].is_string());
    assert!(!answer.text().contains(crate::common::TOKEN));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text().contains(PROGRAM));
    let ready = get(server.address(), "/readyz", "").await;
    assert_eq!(ready.status, 200);
    assert!(ready.text().contains(r#""ready":true"#));
    assert_eq!(get(server.address(), "/gateway", "").await.status, 400);
    for (path, status) in [
        ("/config.json/", 200),
        ("/healthz/", 200),
        ("/gateway/", 400),
        ("//", 404),
        ("/gateway/x", 404),
    ] {
        assert_eq!(
            get(server.address(), path, "").await.status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn nobody_listens_to_the_world_without_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let mut open = config(folder.path(), Default::default());
    open.listen = vec!["0.0.0.0:0".parse().unwrap()];
    let error = Server::start(open).await.unwrap_err();
    assert!(matches!(error, ServeError::OpenToAll(_)), "{error}");
    assert!(error.to_string().contains("--token-file"), "{error}");
    let mut named = config(folder.path(), Default::default());
    named.gateway.welcome = Welcome::new(&["chat.example".to_owned()], &[]).unwrap();
    let error = Server::start(named).await.unwrap_err();
    assert!(matches!(error, ServeError::NamedToAll(_)), "{error}");
    assert!(error.to_string().contains("--token-file"), "{error}");
    let mut taken = config(folder.path(), with_token());
    let server = Server::start(config(folder.path(), with_token()))
        .await
        .unwrap();
    taken.listen = vec![server.address()];
    let error = Server::start(taken).await.unwrap_err();
    assert!(error.to_string().contains("--listen"), "{error}");
}
