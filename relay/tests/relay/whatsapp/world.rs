//! A whole relay with an account, the real bridge, and people who write to it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawline_relay::account::Account;
use clawline_relay::bus::{ChannelState, Event, SendProgress, Subscription};
use clawline_relay::channels::whatsapp::bridge::TestBridge;
use clawline_relay::channels::whatsapp::{NAME, Rules, WhatsappSettings};
use clawline_relay::channels::{Address, Outbound};
use clawline_relay::config::Setup;
use clawline_relay::inbox::policy::{Policy, Rule};
use clawline_relay::serve::Server;
use clawline_relay::store::Attachment;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;
use tracing::subscriber::DefaultGuard;

use super::Log;
use super::secrets::secrets_in_folder;
use super::stand::{PATIENCE, Stand};
use crate::common::{Client, Device, TOKEN, Wish, config, rows, with_token};
use crate::http;

pub(super) const ALICE: &str = "15551112222@s.whatsapp.net";
pub(super) const GROUP: &str = "120363000000000001@g.us";

/// What is asked again and again has time to become true in between.
const BETWEEN: Duration = Duration::from_millis(25);

pub(super) struct World {
    pub(super) stand: Stand,
    pub(super) home: TempDir,
    pub(super) server: Server,
    events: Subscription,
    client: Client,
    log: Log,
    _logging: DefaultGuard,
}

impl World {
    /// With an account that was linked before, and open.
    pub(super) async fn linked() -> Self {
        let mut stand = Stand::start().await;
        let home = tempfile::tempdir().unwrap();
        let login = json!({ "folder": home.path().join("auth") });
        stand.order("login", login).await;
        let mut world = Self::over(stand, home).await;
        world.open().await;
        world
    }

    /// With an account that is linked to nothing yet.
    pub(super) async fn over(stand: Stand, home: TempDir) -> Self {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        // The tasks of a test are all on its thread.
        let logging = tracing::subscriber::set_default(subscriber);
        let server = Server::start(setup(home.path(), &stand)).await.unwrap();
        let address = server.address();
        Self {
            events: server.bus().subscribe(),
            client: Client::connect(address, &Device::new(1), &Wish::default()).await,
            stand,
            home,
            server,
            log,
            _logging: logging,
        }
    }

    /// Waits until WhatsApp is connected.
    pub(super) async fn open(&mut self) {
        while self.server.channels().get(NAME).unwrap().state() != ChannelState::Connected {
            timeout(PATIENCE, self.events.next())
                .await
                .expect("WhatsApp is connected")
                .unwrap();
        }
    }

    /// The relay dies and comes again.
    pub(super) async fn crash(self) -> Self {
        let Self {
            stand,
            home,
            server,
            log,
            _logging,
            ..
        } = self;
        server.crash().await;
        let server = Server::start(setup(home.path(), &stand)).await.unwrap();
        let mut world = Self {
            events: server.bus().subscribe(),
            client: Client::connect(server.address(), &Device::new(1), &Wish::default()).await,
            stand,
            home,
            server,
            log,
            _logging,
        };
        world.open().await;
        world
    }

    /// Alice writes something.
    pub(super) async fn alice(&mut self, id: &str, mut what: Value) {
        what["id"] = json!(id);
        self.stand.order("write", what).await;
    }

    /// The next message that Alice reads and that is so.
    pub(super) async fn alice_reads(&mut self, fits: Value, has: &str) -> Value {
        let wanted = json!({ "fits": fits, "has": has });
        self.stand.order("reads", wanted).await
    }

    /// Sends something to a chat. Gives its id on WhatsApp.
    pub(super) async fn send(&self, target: &str, message: &Outbound) -> String {
        let address = Address {
            channel: Some(NAME.to_owned()),
            target: target.to_owned(),
        };
        let sent = self.server.channels().send(&address, message).await;
        sent.unwrap().message_id
    }

    /// Waits until a message came so far.
    pub(super) async fn progress(&mut self, id: &str, state: &str) -> SendProgress {
        loop {
            let event = timeout(PATIENCE, self.events.next()).await;
            let event = event.unwrap_or_else(|_| panic!("{id} is never {state}"));
            if let Event::ChannelProgress(progress) = event.unwrap()
                && progress.message_id == id
                && progress.state == state
            {
                return (*progress).clone();
            }
        }
    }

    /// What stands in the conversation with somebody, or in a group.
    pub(super) async fn history(&mut self, chat: &str) -> Value {
        let session = format!("agent:main:{NAME}:{chat}");
        self.client.history(&session).await
    }

    /// Opens a conversation, as a page does.
    pub(super) async fn follow(&mut self, chat: &str) {
        let session = json!({ "key": format!("agent:main:{NAME}:{chat}") });
        let subscribe = "sessions.messages.subscribe";
        self.client.request(subscribe, session).await;
    }

    /// Waits until just these are said to type in it.
    pub(super) async fn typists(&mut self, wanted: &[&str]) {
        let is_so = |event: &Value| {
            let typing = event["payload"]["typing"].as_array();
            let ids = typing.into_iter().flatten().map(|one| &one["senderId"]);
            event["event"] == "clawline.channels.typing" && ids.eq(wanted)
        };
        self.client.event(is_so).await;
    }

    pub(super) async fn rows(&mut self, chat: &str) -> Vec<(String, String)> {
        rows(&self.history(chat).await)
    }

    /// Waits until somebody's words stand in a conversation.
    pub(super) async fn shows(&mut self, chat: &str, role: &str, text: &str) {
        self.tells(chat, |row| row == (role, text)).await;
    }

    /// Waits until there is a row like this in a conversation; gives its text.
    pub(super) async fn tells(
        &mut self,
        chat: &str,
        fits: impl Fn((&str, &str)) -> bool,
    ) -> String {
        let shown = async {
            loop {
                let mut rows = self.rows(chat).await.into_iter();
                if let Some((_, text)) = rows.find(|(role, text)| fits((role, text))) {
                    return text;
                }
                tokio::time::sleep(BETWEEN).await;
            }
        };
        match timeout(PATIENCE, shown).await {
            Ok(text) => text,
            Err(_) => panic!("it is not among {:#?}", self.rows(chat).await),
        }
    }

    /// The files in a conversation, in base64, the oldest first.
    pub(super) async fn files(&mut self, chat: &str) -> Vec<String> {
        let history = self.history(chat).await;
        let rows = history["messages"].as_array().unwrap().iter();
        let media = rows.flat_map(|row| row["__openclaw"]["media"].as_array().cloned());
        let mut files = Vec::new();
        for file in media.flatten() {
            let wanted = json!({ "artifactId": file["artifactId"] });
            let file = self.client.request("artifacts.download", wanted).await;
            files.push(file["data"].as_str().unwrap().to_owned());
        }
        files
    }

    /// Lets the relay keep a file, in base64.
    pub(super) async fn keep(&self, data: &str, mime: &str) -> Attachment {
        let bytes = STANDARD.decode(data).unwrap();
        let length = u64::try_from(bytes.len()).unwrap();
        let url = format!("{}v1/media", self.server.url());
        let request = http::client().post(url).bearer_auth(TOKEN);
        let request = request.header("content-type", mime).body(bytes);
        let kept: Value = request.send().await.unwrap().json().await.unwrap();
        Attachment {
            name: String::new(),
            mime: mime.to_owned(),
            bytes: length,
            digest: kept["id"].as_str().unwrap().to_owned(),
        }
    }

    /// The relay ends, and no key of the account was said by anybody.
    pub(super) async fn end(self) {
        let secrets = secrets_in_folder(&self.home.path().join("auth"));
        assert!(secrets.len() > 100, "{} secrets", secrets.len());
        self.server.stop().await;
        let log = String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("whatsapp"), "the log was seen");
        let frames: Vec<String> = self.client.heard.iter().map(Value::to_string).collect();
        let said = [log, frames.concat()].concat();
        for secret in &secrets {
            assert!(!said.contains(secret), "a secret was said");
        }
    }
}

fn setup(home: &Path, stand: &Stand) -> Setup {
    let path = |name| -> PathBuf { home.join(name) };
    let whatsapp = WhatsappSettings {
        account: Account::default(),
        rules: Rules::default(),
        auth_dir: path("auth"),
        bridge: path("bridge"),
        proxy: None,
        test: Some(TestBridge {
            main: stand.main.clone(),
            server: stand.url.clone(),
            locks: path("locks"),
        }),
    };
    let allowed = Policy {
        people: Rule::Allowlist,
        allow_from: vec!["+1 555 111 2222".to_owned(), GROUP.to_owned()],
        ..Policy::default()
    };
    Setup {
        whatsapp: vec![whatsapp],
        policies: HashMap::from([(NAME.into(), allowed)]),
        ..config(home, with_token())
    }
}

/// Words of the owner.
pub(super) fn words(text: &str) -> Outbound {
    Outbound {
        key: clawline_relay::ids::uuid(),
        account: None,
        text: text.to_owned(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    }
}

/// Something that is done to a message.
pub(super) fn act(what: &str, id: &str, text: &str) -> Outbound {
    Outbound {
        metadata: vec![(what.to_owned(), id.to_owned())],
        ..words(text)
    }
}

/// A file that the relay keeps, with words below it.
pub(super) fn file(file: Attachment, text: &str) -> Outbound {
    Outbound {
        attachments: vec![file],
        ..words(text)
    }
}
