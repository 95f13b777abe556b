//! A channel of your own, as docs/CHANNELS.md explains it: whoever sends a
//! datagram to a port of this machine writes a message, and gets the answer back.
//!
//! `cargo run -p clawline-relay --example datagrams`, then `nc -u 127.0.0.1 7070`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use clawline_relay::agents::{Agent as _, AgentSettings, Replier};
use clawline_relay::channels::{AccountStatus, Channel, ChannelError, ChannelMessage};
use clawline_relay::channels::{ChannelState, NewChannel, Outbound, Receipt};
use clawline_relay::config::{Dialect, Setup};
use clawline_relay::ids;
use clawline_relay::inbox::{Inbox, Message};
use clawline_relay::serve::Server;
use clawline_relay::store::Sender;
use futures_util::future::{BoxFuture, ready};
use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

/// By key. A channel of your own keeps this where it outlives a crash.
type Sent = Arc<Mutex<HashMap<String, Receipt>>>;
type Doing<'a, T> = BoxFuture<'a, Result<T, ChannelError>>;

// From here on it is the channel.
#[derive(Debug)]
struct Datagrams {
    inbox: Arc<Inbox>,
    socket: Arc<UdpSocket>,
    running: Mutex<Option<AbortHandle>>,
    sent: Sent,
}

impl Channel for Datagrams {
    fn name(&self) -> &'static str {
        "datagrams"
    }

    fn connect(&self) -> Doing<'_, ()> {
        let task = tokio::spawn(listen(self.inbox.clone(), self.socket.clone()));
        let before = self.running.lock().unwrap().replace(task.abort_handle());
        before.inspect(AbortHandle::abort);
        Box::pin(ready(Ok(())))
    }

    fn disconnect(&self) -> BoxFuture<'_, ()> {
        let running = self.running.lock().unwrap().take();
        running.inspect(AbortHandle::abort);
        Box::pin(ready(()))
    }

    fn send<'a>(&'a self, target: &'a str, message: &'a Outbound) -> Doing<'a, Receipt> {
        Box::pin(async move {
            if let Some(receipt) = self.sent.lock().unwrap().get(&message.key) {
                return Ok(receipt.again());
            }
            let sent = self.socket.send_to(message.text.as_bytes(), target).await;
            sent.map_err(|error| ChannelError::Failed(error.to_string()))?;
            let receipt = Receipt::sent(ids::uuid());
            let mut all = self.sent.lock().unwrap();
            all.insert(message.key.clone(), receipt.clone());
            Ok(receipt)
        })
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![AccountStatus::of_relay(ChannelState::Connected, 0)]
    }
}

async fn listen(inbox: Arc<Inbox>, socket: Arc<UdpSocket>) {
    let mut buffer = [0; 8_192];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let (name, text) = (from.to_string(), String::from_utf8_lossy(&buffer[..length]));
        let sender = Sender {
            id: name.clone(),
            name: None,
        };
        let text = text.trim_end().to_owned();
        let message = Message {
            answer_to: Some(name.clone()),
            ..Message::written("datagrams", &name, sender, ids::uuid(), text)
        };
        if let Err(refused) = inbox.admit(message, |_| {}).await {
            let _ = socket.send_to(refused.to_string().as_bytes(), from).await;
        }
    }
}
// Until here. Below is a relay that has it.

/// Says the hour to who asks for it, and nothing to anybody else.
async fn clock(message: ChannelMessage) -> Option<String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let is_asked = message.content == "what time is it?";
    is_asked.then(|| format!("{}:00 UTC", since.as_secs() / 3_600 % 24))
}

fn setup(folder: &Path, socket: Arc<UdpSocket>, sent: Sent, replier: Replier) -> Setup {
    let by_channel = ("datagrams".to_owned(), replier.name().to_owned());
    let agents = AgentSettings {
        own: vec![Arc::new(replier)],
        by_channel: [by_channel].into(),
        ..AgentSettings::default()
    };
    let make = move |inbox| {
        let channel: Arc<dyn Channel> = Arc::new(Datagrams {
            inbox,
            socket: socket.clone(),
            running: Mutex::default(),
            sent: sent.clone(),
        });
        channel
    };
    Setup {
        listen: vec![([127, 0, 0, 1], 0).into()],
        gateways: Vec::new(),
        gateway: Default::default(),
        agents,
        openclaw: None,
        whatsapp: Vec::new(),
        passages: Vec::new(),
        policies: Default::default(),
        hub_listen: Vec::new(),
        webhooks: Vec::new(),
        dialects: Dialect::ALL.to_vec(),
        has_channels: true,
        channels: vec![NewChannel::new(make)],
        retention: Default::default(),
        data_dir: folder.join("data"),
        owner_command: Default::default(),
        page: folder.join("page"),
        base_path: Default::default(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join("clawline-datagrams");
    let socket = Arc::new(UdpSocket::bind("127.0.0.1:7070").await?);
    let server = Server::start(setup(
        &folder,
        socket,
        Sent::default(),
        Replier::new("clock", clock),
    ))
    .await?;
    println!(
        "{} has the channel `datagrams`, at 127.0.0.1:7070",
        server.url()
    );
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use clawline_core::dialects::bridge;
    use serde_json::{Value, json};
    use tokio::sync::Notify;

    use super::*;

    async fn heard(person: &UdpSocket) -> String {
        let mut buffer = [0; 100];
        let length = person.recv(&mut buffer).await.unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    /// What is there whatever becomes of the relay.
    struct World {
        folder: tempfile::TempDir,
        socket: Arc<UdpSocket>,
        sent: Sent,
    }

    impl World {
        async fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
                socket: Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap()),
                sent: Sent::default(),
            }
        }

        async fn start(&self, agent: Replier) -> Server {
            let (socket, sent) = (self.socket.clone(), self.sent.clone());
            let setup = setup(self.folder.path(), socket, sent, agent);
            Server::start(setup).await.unwrap()
        }
    }

    async fn person(at: SocketAddr) -> UdpSocket {
        let person = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        person.connect(at).await.unwrap();
        person
    }

    #[tokio::test]
    async fn a_reply_goes_to_who_wrote_once_even_when_a_crash_came_before_it() {
        let world = World::new().await;
        let at = world.socket.local_addr().unwrap();
        let asked = Arc::new(Notify::new());
        let never = Replier::new("shout", {
            let asked = Arc::clone(&asked);
            move |_| {
                asked.notify_one();
                std::future::pending()
            }
        });
        let server = world.start(never).await;
        let (ann, bob) = (person(at).await, person(at).await);
        ann.send(b"hello").await.unwrap();
        asked.notified().await;
        server.crash().await;

        let shout = || {
            Replier::new("shout", |message: ChannelMessage| async move {
                (message.content != "nothing").then(|| message.content.to_uppercase())
            })
        };
        let server = world.start(shout()).await;
        assert_eq!(heard(&ann).await, "HELLO");
        server.crash().await;
        let server = world.start(shout()).await;
        for words in [&b"nothing"[..], b"again"] {
            ann.send(words).await.unwrap();
        }
        bob.send(b"and me").await.unwrap();
        assert_eq!(heard(&ann).await, "AGAIN", "once, and nothing for nothing");
        assert_eq!(heard(&bob).await, "AND ME");
        server.stop().await;
    }

    #[tokio::test]
    async fn who_writes_is_answered_and_can_be_written_to_once_for_each_key() {
        let world = World::new().await;
        let at = world.socket.local_addr().unwrap();
        let server = world.start(Replier::new("clock", clock)).await;
        let person = person(at).await;
        person.send(b"what time is it?\n").await.unwrap();
        assert!(heard(&person).await.ends_with(":00 UTC"));

        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = |path| bridge::http_url(&server.url(), path).unwrap();
        let list = http.get(url("/v1/channels")).send().await.unwrap();
        let list: Value = list.json().await.unwrap();
        assert!(
            list["channels"]
                .as_array()
                .unwrap()
                .contains(&json!("datagrams"))
        );
        let target = person.local_addr().unwrap();
        for (content, key, repeated) in
            [("one", "1", false), ("one", "1", true), ("two", "2", false)]
        {
            let body = json!({ "channel": format!("datagrams:{target}"), "content": content });
            let send = http
                .post(url("/v1/channels/send"))
                .header("idempotency-key", key);
            let sent: Value = send.json(&body).send().await.unwrap().json().await.unwrap();
            assert_eq!(sent["repeated"], repeated, "{sent}");
        }
        assert_eq!(
            (heard(&person).await, heard(&person).await),
            ("one".into(), "two".into())
        );
        server.stop().await;
    }
}
