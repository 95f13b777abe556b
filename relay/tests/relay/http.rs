//! A client of the relay's HTTP routes.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::Value;

/// So long that only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an answer says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default()
    }
}

pub(crate) fn client() -> reqwest::Client {
    // No test speaks TLS, but the client wants to know how it would.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

pub(crate) async fn ask(
    address: SocketAddr,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = client().request(method, format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(request.body(body.to_owned()).send().await.unwrap()).await
}

async fn read(response: Response) -> Answer {
    let headers = response.headers().clone();
    let kind = headers.get("content-type");
    Answer {
        status: response.status().as_u16(),
        kind: kind.map_or_else(String::new, |kind| kind.to_str().unwrap().to_owned()),
        headers,
        text: response.text().await.unwrap(),
    }
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, Method::GET, path, &[], "").await
}

pub(crate) async fn post(address: SocketAddr, path: &str, body: &str) -> Answer {
    let json = [("content-type", "application/json")];
    ask(address, Method::POST, path, &json, body).await
}

/// A stream of server-sent events that is read piece by piece.
pub(crate) struct Stream {
    response: Response,
    buffer: String,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Stream {
    pub(crate) async fn open(address: SocketAddr, last: Option<&str>) -> Self {
        let mut request = client().get(format!("http://{address}/v1/channels/events"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            buffer: String::new(),
        }
    }

    /// The next event; `None` when the stream ended.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let told = told(block);
                self.buffer = rest.to_owned();
                if let Some(told) = told {
                    return Some(told);
                }
                continue;
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Option<()> {
        let piece = self.response.chunk().await.ok()??;
        self.buffer.push_str(std::str::from_utf8(&piece).unwrap());
        Some(())
    }

    /// Where it is before anything was told.
    pub(crate) async fn place(&mut self) -> String {
        while !self.buffer.contains("\n\n") {
            self.read().await.expect("the stream ended");
        }
        let id = field(&self.buffer, "id").expect("an id");
        id.to_owned()
    }

    /// The first event that fits; others are passed over.
    pub(crate) async fn find(&mut self, fits: impl Fn(&Told) -> bool) -> Told {
        loop {
            let told = self.next().await.expect("the stream ended");
            if fits(&told) {
                return told;
            }
        }
    }
}

fn field<'a>(block: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = block.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn told(block: &str) -> Option<Told> {
    let field = |name| field(block, name);
    Some(Told {
        id: field("id").unwrap_or_default().to_owned(),
        kind: field("event")?.to_owned(),
        data: serde_json::from_str(field("data")?).unwrap(),
    })
}
