//! The page behind a proxy that shows it below a path.

use std::net::SocketAddr;

use clawline_relay::serve::Server;
use tempfile::TempDir;

use crate::common::{TOKEN, config, with_token};
use crate::page::{get, raw};

const PAGE: &str = "<!doctype html><head><title>x</title></head>";
/// As a browser sends it with an upgrade.
const UPGRADE: &str = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

struct Site {
    server: Server,
    _folder: TempDir,
}

impl Site {
    async fn below(base: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut setup = config(folder.path(), with_token());
        setup.base_path = base.parse().unwrap();
        std::fs::create_dir(&setup.page).unwrap();
        std::fs::write(setup.page.join("index.html"), PAGE).unwrap();
        std::fs::write(setup.page.join("app.js"), "program").unwrap();
        let server = Server::start(setup).await.unwrap();
        Self {
            server,
            _folder: folder,
        }
    }

    fn address(&self) -> SocketAddr {
        self.server.address()
    }
}

#[tokio::test]
async fn a_proxy_that_keeps_the_path_is_served_below_it() {
    let site = Site::below("/claw").await;
    let at = site.address();
    let bare = get(at, "/claw?x=1", "").await;
    assert_eq!(
        (bare.status, bare.header("location")),
        (308, Some("/claw/?x=1"))
    );
    assert_eq!(get(at, "/claw/app.js", "").await.text(), "program");
    assert_eq!(get(at, "/claw/config.json", "").await.status, 200);
    assert_eq!(get(at, "/claws/app.js", "").await.status, 404);
    for path in ["/claw/gateway", "/claw/", "/claw"] {
        // Not closed by us: an upgrade is answered and goes on.
        let status = upgrade(at, path).await;
        assert!(status.starts_with("HTTP/1.1 101"), "{path}: {status}");
    }
    // Who comes without the proxy is served too.
    assert_eq!(get(at, "/app.js", "").await.text(), "program");
}

#[tokio::test]
async fn a_page_that_lost_its_slash_finds_its_files() {
    // A proxy that takes `/claw` away asks for the same thing, slash or not.
    let configured = Site::below("/claw").await;
    let told = Site::below("/").await;
    for (at, extra) in [
        (configured.address(), ""),
        (
            told.address(),
            "X-Forwarded-Prefix: /claw\r\nAccept-Encoding: br\r\n",
        ),
    ] {
        let page = get(at, "/", extra).await;
        assert!(
            page.text().contains("<head><base href=\"/claw/\">"),
            "{}",
            page.text()
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("base-uri 'self'"), "{policy}");
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    for extra in [
        "",
        "X-Forwarded-Prefix: //evil.example\r\n",
        "X-Forwarded-Prefix: \"><script>\r\n",
    ] {
        let page = get(told.address(), "/", extra).await;
        assert_eq!(page.text(), PAGE, "{extra}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("base-uri 'none'"), "{policy}");
    }
}

async fn upgrade(at: SocketAddr, path: &str) -> String {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let mut socket = tokio::net::TcpStream::connect(at).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: Upgrade\r\n{UPGRADE}\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line).await.unwrap();
    line
}

#[tokio::test]
async fn what_is_told_of_addresses_is_right_below_the_path() {
    let kept = |base: &str| format!("\"url\":\"{base}/v1/media/");
    for (configured, forwarded, base) in [
        ("/claw", "", "/claw"),
        ("/", "X-Forwarded-Prefix: /front\r\n", "/front"),
        ("/", "X-Forwarded-Prefix: //evil.example\r\n", ""),
        ("/", "", ""),
    ] {
        let site = Site::below(configured).await;
        let at = site.address();
        let prefix = configured.trim_end_matches('/');
        let request = format!(
            "POST {prefix}/v1/media HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: 2\r\n{forwarded}Authorization: Bearer {TOKEN}\r\n\r\nhi"
        );
        let answer = raw(at, &request).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert!(answer.text().contains(&kept(base)), "{}", answer.text());
        // Relative to the description, as its viewer takes it.
        let description = get(at, &format!("{prefix}/v1/openapi.json"), "").await;
        assert!(
            description
                .text()
                .contains("\"servers\":[{\"url\":\"..\"}]")
        );
    }
}
