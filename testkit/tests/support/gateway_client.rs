//! A raw WebSocket client of the gateway protocol with a device identity.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clawline_core::device::Proof;
use ed25519_dalek::{Signer as _, SigningKey};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use crate::support::soon;

const CLIENT_ID: &str = "webchat-ui";
const MODE: &str = "webchat";
const ROLE: &str = "operator";
const PLATFORM: &str = "web";

/// One device; the number makes its key.
pub(crate) struct Device {
    key: SigningKey,
}

impl Device {
    pub(crate) fn number(number: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[number; 32]),
        }
    }

    fn id(&self) -> String {
        let digest = Sha256::digest(self.key.verifying_key().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn connect_params(&self, token: &str, challenge: &Value) -> Value {
        let scopes = ["operator.read", "operator.write", "operator.approvals"].map(str::to_owned);
        let nonce = challenge["nonce"].as_str().unwrap();
        let signed_at_ms = challenge["ts"].as_u64().unwrap();
        let device_id = self.id();
        let proof = Proof {
            device_id: &device_id,
            client_id: CLIENT_ID,
            client_mode: MODE,
            role: ROLE,
            scopes: &scopes,
            signed_at_ms,
            token,
            nonce,
            platform: PLATFORM,
            device_family: "",
        };
        let signature = self.key.sign(proof.text().as_bytes());
        json!({
            "minProtocol": 4, "maxProtocol": 4, "role": ROLE, "scopes": scopes, "caps": [],
            "client": { "id": CLIENT_ID, "mode": MODE, "platform": PLATFORM, "version": "0.1.0" },
            "auth": { "token": token },
            "device": {
                "id": device_id, "signedAt": signed_at_ms, "nonce": nonce,
                "publicKey": URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
                "signature": URL_SAFE_NO_PAD.encode(signature.to_bytes()),
            },
        })
    }
}

/// A connection that was asked for: the answer to `connect` is in `hello`.
pub(crate) struct GatewayClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u32,
    /// Events that came while an answer was waited for.
    events: Vec<Value>,
    pub(crate) hello: Value,
}

impl GatewayClient {
    /// Connects as a page at `origin` would.
    pub(crate) async fn connect(url: &str, origin: &str, token: &str, device: &Device) -> Self {
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        let (socket, _) = soon("the connection", connect_async(request))
            .await
            .unwrap();
        let mut client = Self {
            socket,
            last_id: 0,
            events: Vec::new(),
            hello: Value::Null,
        };
        let challenge = client.frame().await.unwrap();
        assert_eq!(challenge["event"], "connect.challenge", "{challenge}");
        let params = device.connect_params(token, &challenge["payload"]);
        client.hello = client.request("connect", params).await;
        client
    }

    /// Sends a request and returns its answer.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id.to_string();
        let frame = json!({ "type": "req", "id": id, "method": method, "params": params });
        self.socket
            .send(Message::text(frame.to_string()))
            .await
            .unwrap();
        loop {
            let frame = self.frame().await.expect("an answer before the end");
            if frame["id"] == id.as_str() {
                return frame;
            }
            self.events.push(frame);
        }
    }

    /// Waits for an event that fits.
    pub(crate) async fn event(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.events.iter().position(&fits) {
            return self.events.remove(index);
        }
        soon(what, async {
            loop {
                let frame = self.frame().await.expect(what);
                if fits(&frame) {
                    return frame;
                }
            }
        })
        .await
    }

    async fn frame(&mut self) -> Option<Value> {
        loop {
            match soon("a frame", self.socket.next()).await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}
