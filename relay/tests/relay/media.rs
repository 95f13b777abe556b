//! Files: sent with messages, uploaded, given back, shown to a model.

use std::net::SocketAddr;

use crate::common::{Client, Relay, TOKEN, with_token};
use crate::page::{Answer, get, raw};
use clawline_relay::agents::AgentSettings;
use clawline_relay::agents::openai::OpenAiSettings;
use clawline_relay::ids;
use clawline_testkit::StubProvider;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

const MAIN: &str = "agent:main:main";
/// A PNG of one pixel, as base64.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}\r\n")
}

async fn post(address: SocketAddr, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let request = format!(
        "POST /v1/media HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    raw(address, &request).await
}

/// The first line of the answer to somebody who shuts his side after the question.
async fn half_closed(address: SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut line = String::new();
    let mut socket = BufReader::new(socket);
    socket.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

/// Sends a message with a file; gives the file as the history has it.
async fn sent(client: &mut Client, name: &str, mime: &str, content: &str) -> Value {
    let key = ids::uuid();
    let file = json!({ "fileName": name, "mimeType": mime, "content": content });
    let params = json!({ "sessionKey": MAIN, "message": "look", "idempotencyKey": key, "attachments": [file] });
    client.request("chat.send", params).await;
    client.terminal(&key).await;
    let history = client.history(MAIN).await;
    let rows = history["messages"].as_array().unwrap();
    let mine = |row: &&Value| row["idempotencyKey"] == format!("{key}:user");
    rows.iter().find(mine).unwrap()["__openclaw"]["media"][0].clone()
}

#[tokio::test]
async fn a_file_that_was_sent_is_given_back_after_a_crash() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let media = sent(&mut client, "pixel.png", "image/png", PIXEL).await;
    assert_eq!(media["contentType"], "image/png");
    let relay = relay.crash_and_start(with_token()).await;
    let mut client = relay.connect().await;
    let wanted = json!({ "artifactId": media["artifactId"] });
    let file = client.request("artifacts.download", wanted.clone()).await;
    assert_eq!(
        (&file["encoding"], &file["data"]),
        (&json!("base64"), &json!(PIXEL))
    );
    assert_eq!(file["artifact"]["title"], "pixel.png");
    assert_eq!(file["artifact"]["mimeType"], "image/png");
    let about = client.request("artifacts.get", wanted).await;
    assert_eq!(about["artifact"], file["artifact"]);
    for id in ["../relay.sqlite3", "nope"] {
        let error = client
            .refused("artifacts.download", json!({ "artifactId": id }))
            .await;
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("unknown artifact"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_file_is_what_its_bytes_are() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    // <html><script>alert(1)</script>
    let page = "PGh0bWw+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==";
    let media = sent(&mut client, "pixel.png", "image/png", page).await;
    assert_eq!(
        (&media["contentType"], &media["kind"]),
        (&json!("text/html"), &json!("document"))
    );
    let path = format!("/v1/media/{}", media["artifactId"].as_str().unwrap());
    let shown = get(relay.address(), &path, &bearer()).await;
    assert_eq!(shown.status, 200);
    assert!(
        shown
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment;")
    );
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        shown.header("content-security-policy"),
        Some("default-src 'none'; sandbox")
    );
}

#[tokio::test]
async fn an_upload_has_an_id_by_which_it_is_had_again() {
    let relay = Relay::start(with_token()).await;
    let address = relay.address();
    let name =
        "Content-Type: text/markdown\r\nContent-Disposition: attachment; filename=\"notes.md\"\r\n";
    let kept = post(address, &format!("{}{name}", bearer()), "# hello").await;
    assert_eq!(kept.status, 201, "{}", kept.text());
    let kept: Value = serde_json::from_str(kept.text()).unwrap();
    let id = kept["id"].as_str().unwrap();
    assert!(
        id.len() <= 128
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    );
    assert_eq!(
        (&kept["fileName"], &kept["mimeType"]),
        (&json!("notes.md"), &json!("text/markdown"))
    );
    let back = get(address, kept["url"].as_str().unwrap(), &bearer()).await;
    assert_eq!((back.status, back.text()), (200, "# hello"));
    assert_eq!(
        back.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    assert!(
        back.header("content-disposition")
            .unwrap()
            .ends_with("notes.md")
    );
    for path in [
        "/v1/media/nope",
        "/v1/media/..%2Frelay.sqlite3",
        "/v1/media/a.half",
    ] {
        assert_eq!(get(address, path, &bearer()).await.status, 404, "{path}");
    }
    assert_eq!(post(address, &bearer(), "").await.status, 400);
    let name = "Content-Disposition: attachment; filename=\"grüße; 日本.txt\"\r\n";
    let kept = post(address, &format!("{}{name}", bearer()), "hello").await;
    let kept: Value = serde_json::from_str(kept.text()).unwrap();
    assert_eq!(kept["fileName"], "grüße; 日本.txt");
    let kept = post(address, &bearer(), "without a name").await;
    let kept: Value = serde_json::from_str(kept.text()).unwrap();
    let back = get(address, kept["url"].as_str().unwrap(), &bearer()).await;
    assert_eq!(back.header("content-disposition"), Some("inline"));
    // It shuts its side before all is there.
    let cut = format!("{}Content-Length: 9\r\n", bearer());
    let cut = format!("POST /v1/media HTTP/1.1\r\nHost: {address}\r\n{cut}\r\nhalf");
    assert_eq!(half_closed(address, &cut).await, "HTTP/1.1 400 Bad Request");
    let large = format!("{}Content-Length: 99999999\r\n", bearer());
    let request =
        format!("POST /v1/media HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{large}\r\n");
    assert_eq!(raw(address, &request).await.status, 413);
}

#[tokio::test]
async fn nobody_without_the_token_puts_or_gets_files() {
    let relay = Relay::start(with_token()).await;
    let address = relay.address();
    let kept = post(address, &bearer(), "secret").await;
    let kept: Value = serde_json::from_str(kept.text()).unwrap();
    let path = kept["url"].as_str().unwrap().to_owned();
    let foreign = format!("{}Origin: https://evil.example\r\n", bearer());
    for (headers, status) in [
        ("", 401),
        ("Authorization: Bearer wrong\r\n", 401),
        (&*foreign, 403),
    ] {
        assert_eq!(
            get(address, &path, headers).await.status,
            status,
            "{headers}"
        );
        assert_eq!(
            post(address, headers, "x").await.status,
            status,
            "{headers}"
        );
    }
}

#[tokio::test]
async fn a_model_that_takes_images_is_shown_them() {
    let stub = StubProvider::start().await.unwrap();
    for takes_images in [true, false] {
        stub.forget_calls();
        let openai = OpenAiSettings {
            takes_images,
            ..OpenAiSettings::new(stub.base_url(), "stub-1")
        };
        let relay = Relay::start_with(AgentSettings {
            openai: Some(openai),
            ..AgentSettings::default()
        })
        .await;
        let mut client = relay.connect().await;
        sent(&mut client, "pixel.png", "image/png", PIXEL).await;
        let calls = stub.calls();
        assert_eq!(calls[0].images, usize::from(takes_images));
        let is_named = calls[0].user_text.contains("pixel.png");
        assert_eq!(is_named, !takes_images, "{}", calls[0].user_text);
        let models = client.request("models.list", json!({})).await;
        let input = models["models"][0]["input"].as_array().unwrap();
        assert_eq!(input.contains(&json!("image")), takes_images);
    }
}
