//! A relay on a free port and a client that speaks over a real socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use clawline_core::Secret;
use clawline_core::device::Proof;
use clawline_relay::access::AccessToken;
use clawline_relay::agents::AgentSettings;
use clawline_relay::base_path::BasePath;
use clawline_relay::config::{Dialect, Setup};
use clawline_relay::dialects::gateway::GatewaySettings;
use clawline_relay::ids;
use clawline_relay::origin::Welcome;
use clawline_relay::owner_command::OwnerCommand;
use clawline_relay::retention::Retention;
use clawline_relay::serve::Server;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) use crate::device::Device;

/// So long that only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const TOKEN: &str = "test-token-0123456789";
/// Where the program is said to be; private to its machine.
pub(crate) const PROGRAM: &str = "/opt/claw/clawline-relay";
pub(crate) const NAMED_PAGE: &str = "https://chat.example";
pub(crate) const SCOPES: &[&str] = &["operator.read", "operator.write", "operator.approvals"];

pub(crate) struct Relay {
    pub(crate) server: Server,
    pub(crate) folder: TempDir,
}

pub(crate) fn config(data_dir: &Path, gateway: GatewaySettings) -> Setup {
    Setup {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        hub_listen: vec!["127.0.0.1:0".parse().unwrap()],
        gateways: Vec::new(),
        gateway,
        webhooks: Vec::new(),
        agents: AgentSettings::default(),
        openclaw: None,
        whatsapp: Vec::new(),
        passages: Vec::new(),
        policies: HashMap::new(),
        dialects: Dialect::ALL.to_vec(),
        has_channels: true,
        channels: Vec::new(),
        retention: Retention::default(),
        data_dir: data_dir.join("data"),
        owner_command: OwnerCommand::new(Some(PROGRAM.as_ref()), None),
        page: data_dir.join("page"),
        base_path: BasePath::default(),
    }
}

pub(crate) fn with_token() -> GatewaySettings {
    GatewaySettings {
        tokens: vec![AccessToken::everything(Secret::new(TOKEN))],
        welcome: Welcome::new(&[], &[NAMED_PAGE.to_owned()]).unwrap(),
        ..GatewaySettings::default()
    }
}

impl Relay {
    pub(crate) async fn start(gateway: GatewaySettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, gateway).await
    }

    /// With agents of these settings.
    pub(crate) async fn start_with(agents: AgentSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = config(folder.path(), with_token());
        let server = Server::start(Setup { agents, ..setup }).await.unwrap();
        Self { server, folder }
    }

    pub(crate) async fn start_in(folder: TempDir, gateway: GatewaySettings) -> Self {
        let server = Server::start(config(folder.path(), gateway)).await.unwrap();
        Self { server, folder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Crashes and starts again on the same data.
    pub(crate) async fn crash_and_start(self, gateway: GatewaySettings) -> Self {
        let Self { server, folder } = self;
        server.crash().await;
        Self::start_in(folder, gateway).await
    }

    /// A device that is let in at once, with everything but administration.
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address(), &Device::new(1), &Wish::default()).await
    }
}

/// What a client says of itself in `connect`.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) client_id: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) platform: &'static str,
    pub(crate) scopes: Vec<String>,
    pub(crate) caps: Vec<&'static str>,
    pub(crate) auth: Value,
    pub(crate) origin: Option<&'static str>,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) path: &'static str,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            client_id: "webchat-ui",
            mode: "webchat",
            platform: "web",
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            caps: vec![],
            auth: json!({ "token": TOKEN }),
            origin: Some("http://127.0.0.1:5173"),
            headers: vec![],
            path: "/gateway",
        }
    }
}

impl Wish {
    pub(crate) fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self
    }

    pub(crate) fn auth(mut self, auth: Value) -> Self {
        self.auth = auth;
        self
    }

    /// Through a proxy, from a page that the owner named.
    pub(crate) fn remote(mut self) -> Self {
        self.origin = Some(NAMED_PAGE);
        self.headers.push(("x-forwarded-for", "203.0.113.9"));
        self
    }
}

/// A socket, before or after hello-ok.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) challenge: Value,
    pub(crate) hello: Value,
    /// All frames that came, in order.
    pub(crate) heard: Vec<Value>,
    /// Events that came while an answer was waited for.
    pub(crate) events: Vec<Value>,
    /// Answers that came while another one was waited for.
    pub(crate) answers: Vec<Value>,
    next: u32,
}

pub(crate) async fn patiently<T>(wait: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    waited.expect("what is waited for does not come")
}

/// How a socket ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Client {
    /// A program without an Origin that speaks another dialect.
    pub(crate) async fn speak(address: SocketAddr, path: &str) -> Self {
        let wish = Wish {
            path: path.to_owned().leak(),
            origin: None,
            ..Wish::default()
        };
        Self::open_silent(address, &wish).await.unwrap()
    }

    /// A socket that has read its challenge.
    pub(crate) async fn open(address: SocketAddr, wish: &Wish) -> Self {
        let mut client = Self::open_silent(address, wish).await.unwrap();
        client.challenge = client.read().await.unwrap();
        assert_eq!(client.challenge["event"], "connect.challenge");
        client
    }

    pub(crate) async fn open_silent(
        address: SocketAddr,
        wish: &Wish,
    ) -> Result<Self, tokio_tungstenite::tungstenite::Error> {
        let mut request = format!("ws://{address}{}", wish.path)
            .into_client_request()
            .unwrap();
        if let Some(origin) = wish.origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().unwrap());
        }
        for (name, value) in &wish.headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self {
            socket,
            challenge: Value::Null,
            hello: Value::Null,
            heard: Vec::new(),
            events: Vec::new(),
            answers: Vec::new(),
            next: 1,
        })
    }

    pub(crate) async fn connect(address: SocketAddr, device: &Device, wish: &Wish) -> Self {
        match Self::try_connect(address, device, wish).await {
            Ok(client) => client,
            Err((answer, closed)) => panic!("refused: {answer} {closed:?}"),
        }
    }

    /// The refusal: the error answer (or null) and how the socket closed.
    pub(crate) async fn try_connect(
        address: SocketAddr,
        device: &Device,
        wish: &Wish,
    ) -> Result<Self, (Value, Closed)> {
        let client = Self::open(address, wish).await;
        let params = client.connect_params(device, wish);
        client.shake(params).await
    }

    /// Sends `connect` and waits for what becomes of it.
    pub(crate) async fn shake(mut self, params: Value) -> Result<Self, (Value, Closed)> {
        self.send(&json!({ "type": "req", "id": "c", "method": "connect", "params": params }))
            .await;
        match self.read().await {
            Some(answer) if answer["ok"] == true => {
                self.hello = answer["payload"].clone();
                Ok(self)
            }
            Some(answer) => {
                let closed = self.closed().await;
                Err((answer["error"].clone(), closed))
            }
            None => panic!("the socket ended without an answer and without a close"),
        }
    }

    pub(crate) fn connect_params(&self, device: &Device, wish: &Wish) -> Value {
        let signed_at = self.challenge["payload"]["ts"].as_u64().unwrap();
        let nonce = self.challenge["payload"]["nonce"].as_str().unwrap();
        let id = device.id();
        let secret = ["token", "deviceToken", "bootstrapToken"]
            .iter()
            .find_map(|name| wish.auth.get(name).and_then(Value::as_str));
        let proof = Proof {
            device_id: &id,
            client_id: wish.client_id,
            client_mode: wish.mode,
            role: "operator",
            scopes: &wish.scopes,
            signed_at_ms: signed_at,
            token: secret.unwrap_or(""),
            nonce,
            platform: wish.platform,
            device_family: "",
        };
        json!({
            "minProtocol": 4,
            "maxProtocol": 4,
            "client": { "id": wish.client_id, "version": "1", "platform": wish.platform, "mode": wish.mode },
            "role": "operator",
            "scopes": wish.scopes,
            "caps": wish.caps,
            "auth": wish.auth,
            "device": {
                "id": id,
                "publicKey": ids::base64url(device.key.verifying_key().as_bytes()),
                "signature": device.sign(&proof.text()),
                "signedAt": signed_at,
                "nonce": nonce,
            },
        })
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        // A server that turned us away meanwhile tells so on the other side.
        let _ = self.socket.send(Message::Text(text.into())).await;
    }

    /// Bytes as they are, beside the WebSocket protocol.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        use tokio::io::AsyncWriteExt as _;
        let _ = self.socket.get_mut().write_all(bytes).await;
    }

    pub(crate) async fn send_binary(&mut self, bytes: Vec<u8>) {
        let _ = self.socket.send(Message::Binary(bytes.into())).await;
    }

    /// The next frame; `None` when the socket ended.
    pub(crate) async fn read(&mut self) -> Option<Value> {
        patiently(self.read_or_close()).await.ok()
    }

    /// The next frame, or how the socket ended.
    pub(crate) async fn read_or_close(&mut self) -> Result<Value, Closed> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    self.heard.push(frame.clone());
                    return Ok(frame);
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Closed {
                        code: u16::from(frame.code),
                        reason: frame.reason.to_string(),
                    });
                }
                Some(Ok(Message::Close(None))) => {
                    return Err(Closed {
                        code: 1005,
                        reason: String::new(),
                    });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    return Err(Closed {
                        code: u16::from(CloseCode::Abnormal),
                        reason: String::new(),
                    });
                }
            }
        }
    }

    /// How the socket ends; what comes before is passed over.
    pub(crate) async fn closed(&mut self) -> Closed {
        patiently(async {
            loop {
                match self.read_or_close().await {
                    Ok(frame) => self.sort(frame),
                    Err(closed) => return closed,
                }
            }
        })
        .await
    }

    fn sort(&mut self, frame: Value) {
        if frame["type"] == "event" {
            self.events.push(frame);
        } else {
            self.answers.push(frame);
        }
    }

    /// Sends a request and gives its id.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> String {
        let id = format!("r{}", self.next);
        self.next += 1;
        self.send(&json!({ "type": "req", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    /// The next answer to a request, whole.
    pub(crate) async fn answer(&mut self, id: &str) -> Value {
        patiently(async {
            loop {
                if let Some(at) = self.answers.iter().position(|answer| answer["id"] == id) {
                    return self.answers.remove(at);
                }
                match self.read_or_close().await {
                    Ok(frame) => self.sort(frame),
                    Err(closed) => panic!("closed before the answer to {id}: {closed:?}"),
                }
            }
        })
        .await
    }

    /// The payload of a request that must succeed.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        let answer = self.answer(&id).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["payload"].clone()
    }

    /// The error of a request that must fail.
    pub(crate) async fn refused(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        let answer = self.answer(&id).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["error"].clone()
    }

    /// The first event, seen or to come, that fits.
    pub(crate) async fn event(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        patiently(async {
            loop {
                if let Some(event) = self.events.iter().find(|event| fits(event)) {
                    return event.clone();
                }
                match self.read_or_close().await {
                    Ok(frame) => self.sort(frame),
                    Err(closed) => panic!("closed before the event: {closed:?}"),
                }
            }
        })
        .await
    }

    /// The terminal `chat` event of a run.
    pub(crate) async fn terminal(&mut self, run_id: &str) -> Value {
        let event = self
            .event(|event| {
                event["event"] == "chat"
                    && event["payload"]["runId"] == run_id
                    && matches!(
                        event["payload"]["state"].as_str(),
                        Some("final" | "aborted" | "error")
                    )
            })
            .await;
        event["payload"].clone()
    }

    /// Payloads of the `chat` events of a run that came so far.
    pub(crate) fn chat_events(&self, run_id: &str) -> Vec<Value> {
        self.events
            .iter()
            .filter(|event| event["event"] == "chat" && event["payload"]["runId"] == run_id)
            .map(|event| event["payload"].clone())
            .collect()
    }

    /// Sends a message and gives the acknowledgement.
    pub(crate) async fn say(&mut self, session: &str, text: &str, key: &str) -> Value {
        let params = json!({ "sessionKey": session, "message": text, "idempotencyKey": key });
        self.request("chat.send", params).await
    }

    pub(crate) async fn history(&mut self, session: &str) -> Value {
        self.request("chat.history", json!({ "sessionKey": session }))
            .await
    }
}

/// Rows of a history as (role, text).
pub(crate) fn rows(history: &Value) -> Vec<(String, String)> {
    let text = |row: &Value| match &row["content"] {
        Value::String(text) => text.clone(),
        blocks => blocks[0]["text"].as_str().unwrap_or_default().to_owned(),
    };
    history["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["role"].as_str().unwrap().to_owned(), text(row)))
        .collect()
}

/// The text of a `chat` event's message.
pub(crate) fn said(payload: &Value) -> &str {
    payload["message"]["content"][0]["text"]
        .as_str()
        .unwrap_or_default()
}
