//! The channel, driven by a bridge that is played.

mod crashes;
mod halfway;
mod inbound;
mod outbound;
mod policy;
mod shown;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use super::bridge::Told;
use super::bridge::lines::{Command, Line, Refusal};
use super::wire::Wire;
use super::*;
use crate::agents::{AgentSettings, Agents, Replier};
use crate::bus::{self, ChannelMessage};
use crate::clock::now_ms;
use crate::inbox::policy::{Policy, Rule};
use crate::media::Bounds;
use crate::store::TranscriptRow;

pub(super) const ME: &str = "15550001@s.whatsapp.net";
pub(super) const ME_LID: &str = "900@lid";
pub(super) const ANN: &str = "4911111111@s.whatsapp.net";
pub(super) const BOB: &str = "4922222222@s.whatsapp.net";
pub(super) const FAMILY: &str = "12036301@g.us";

/// What the played bridge answers to a command, by its name.
type Script = Box<dyn Fn(&Value) -> Option<Result<Value, Refusal>> + Send>;

/// A bridge that is played.
pub(super) struct Played {
    link: watch::Sender<Link>,
    asked: Mutex<Vec<Value>>,
    news: Notify,
    acked: AtomicU64,
    script: Mutex<Script>,
    /// What it knows of messages that it sent.
    sent: Mutex<HashMap<String, String>>,
}

impl std::fmt::Debug for Played {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Played")
    }
}

pub(super) fn refusal(code: &str, retryable: bool, unknown: bool) -> Refusal {
    Refusal {
        code: code.to_owned(),
        message: format!("refused: {code}"),
        retryable,
        unknown,
    }
}

impl Wire for Played {
    fn ask(&self, command: Command, _: Duration) -> BoxFuture<'_, Result<Value, Refusal>> {
        let command = serde_json::to_value(&command).unwrap();
        self.asked.lock().unwrap().push(command.clone());
        let scripted = (self.script.lock().unwrap())(&command);
        self.news.notify_waiters();
        let answer = scripted.unwrap_or_else(|| match command["cmd"].as_str().unwrap() {
            "send" | "react" | "edit" | "delete" => {
                let id = command["message_id"].as_str().unwrap().to_owned();
                let mut sent = self.sent.lock().unwrap();
                let known = sent.insert(id.clone(), "sent".to_owned());
                Ok(json!({ "message_id": id, "status": known.as_deref().unwrap_or("sent") }))
            }
            "groups" => Ok(json!({ "groups": [{ "chat": FAMILY, "name": "Family" }] })),
            "resolve" => Ok(json!({ "phones": [] })),
            _ => Ok(json!({})),
        });
        Box::pin(std::future::ready(answer))
    }

    fn ack(&self, seq: u64) {
        self.acked.store(seq, Ordering::Release);
        self.news.notify_waiters();
    }

    fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    fn begin(&self, _: Mode) {}

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn unlink(&self) -> BoxFuture<'_, Result<Unlinked, LinkingError>> {
        Box::pin(std::future::ready(Err(LinkingError::Failed(
            "played".to_owned(),
        ))))
    }
}

/// A channel with a played bridge, and an agent who says what it heard.
pub(super) struct Rig {
    pub(super) played: Arc<Played>,
    pub(super) whatsapp: Arc<Whatsapp>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) store: crate::store::Whatsapp,
    pub(super) media: Media,
    pub(super) bus: Bus,
    told: mpsc::Sender<Told>,
    tasks: Tasks,
    seq: u64,
    folder: Arc<tempfile::TempDir>,
    settings: Settings,
    /// What agents were asked, in order.
    pub(super) questions: Arc<Mutex<Vec<String>>>,
}

/// What a test says of a channel.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) rules: Rules,
    pub(super) policy: Policy,
    pub(super) agent: &'static str,
    /// Agents answer when this says so; words in brackets never.
    pub(super) may_answer: Arc<Mutex<Option<Arc<Notify>>>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: Rules {
                has_own_number: true,
                ..Rules::default()
            },
            policy: Policy {
                people: Rule::Allowlist,
                groups: Rule::Allowlist,
                allow_from: vec!["+49 1111-1111".to_owned(), FAMILY.to_owned()],
                group_and_sender: true,
            },
            agent: "agent",
            may_answer: Arc::default(),
        }
    }
}

impl Rig {
    pub(super) async fn new(settings: Settings) -> Self {
        Self::in_folder(settings, Arc::new(tempfile::tempdir().unwrap())).await
    }

    async fn in_folder(settings: Settings, folder: Arc<tempfile::TempDir>) -> Self {
        let store = Store::open(folder.path()).await.unwrap();
        let media = Media::open(store.clone(), folder.path(), Bounds::default());
        let media = media.await.unwrap();
        let questions = Arc::new(Mutex::new(Vec::new()));
        let (asked, may) = (Arc::clone(&questions), Arc::clone(&settings.may_answer));
        let agent = Replier::new("agent", move |message: ChannelMessage| {
            let (asked, may) = (Arc::clone(&asked), Arc::clone(&may));
            async move {
                asked.lock().unwrap().push(message.content.clone());
                let gate = may.lock().unwrap().clone();
                if let Some(gate) = gate {
                    gate.notified().await;
                }
                Some(format!("re: {}", message.content))
            }
        });
        let agents = AgentSettings {
            own: vec![Arc::new(agent)],
            everywhere: Some(settings.agent.to_owned()),
            ..AgentSettings::default()
        };
        let (agents, _) = Agents::of_settings(agents, &media, None).await.unwrap();
        let (bus, tasks) = (Bus::default(), Tasks::new());
        let policies = HashMap::from([(NAME.into(), settings.policy.clone())]);
        let inbox = Inbox::guarded(store.clone(), bus.clone(), agents, tasks.clone(), policies);
        let mut link = Link::off(&Account::default());
        link.state = LinkState::Open;
        link.me = Some(Me {
            phone: None,
            jid: ME.to_owned(),
            lid: Some(ME_LID.to_owned()),
            name: None,
        });
        let played = Arc::new(Played {
            link: watch::Sender::new(link),
            asked: Mutex::default(),
            news: Notify::new(),
            acked: AtomicU64::new(0),
            script: Mutex::new(Box::new(|_| None)),
            sent: Mutex::default(),
        });
        let (told, listens) = mpsc::channel(1_000);
        let around = Surroundings {
            store: store.clone(),
            inbox: Arc::clone(&inbox),
            media: media.clone(),
            bus: bus.clone(),
            tasks: tasks.clone(),
        };
        let wire: Arc<dyn Wire> = Arc::clone(&played) as _;
        let rules = settings.rules.clone();
        let station = Station::over(Account::default(), wire, listens, rules, around);
        let whatsapp = Arc::new(Whatsapp::of(vec![station]));
        let mut channels = crate::channels::Channels::new(bus.clone());
        channels.add(Arc::clone(&whatsapp) as _);
        let ends = bus.subscribe();
        inbox.recover().await.unwrap();
        whatsapp.connect().await.unwrap();
        let replies = crate::channels::send_replies(store.clone(), Arc::new(channels), ends);
        tasks.spawn(replies);
        Self {
            played,
            whatsapp,
            inbox,
            store: store.whatsapp(&Account::default()),
            media,
            bus,
            told,
            tasks,
            seq: 0,
            folder,
            settings,
            questions,
        }
    }

    /// As after a SIGKILL of the relay: what is on disk is all that is left.
    pub(super) async fn crashed(self) -> Self {
        self.tasks.end();
        self.store.relay().close().await;
        let sent = std::mem::take(&mut *self.played.sent.lock().unwrap());
        let mut rig = Self::in_folder(self.settings.clone(), Arc::clone(&self.folder)).await;
        *rig.played.sent.lock().unwrap() = sent;
        rig.seq = self.seq;
        rig
    }

    /// The bridge tells an event, as a line; completes when it is acknowledged.
    pub(super) async fn tell(&mut self, ev: &str, fields: Value) {
        self.told_once(ev, fields).await;
        let seq = self.seq;
        self.until(|rig| rig.played.acked.load(Ordering::Acquire) >= seq)
            .await;
    }

    /// The bridge tells an event, which may be of those that are never acknowledged.
    pub(super) async fn told_once(&mut self, ev: &str, fields: Value) {
        self.seq += 1;
        let mut line = json!({ "ev": ev, "seq": self.seq, "ts": now_ms() });
        for (name, value) in fields.as_object().unwrap() {
            line[name] = value.clone();
        }
        let Ok(Line::Event(event)) = Line::read(line.to_string().as_bytes()) else {
            panic!("no event: {line}");
        };
        let told = Told {
            seq: event.event.is_kept().then_some(event.seq),
            at_ms: event.at_ms,
            again: event.again,
            event: event.event,
        };
        self.told.send(told).await.unwrap();
    }

    /// Somebody writes in a chat.
    pub(super) async fn hear(&mut self, from: &str, id: &str, text: &str) {
        self.tell("message", said(from, id, text)).await;
    }

    /// Waits until something is so. What never becomes so ends the test.
    pub(super) async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let wait = async {
            while !is_so(self) {
                let _ = timeout(Duration::from_millis(10), self.played.news.notified()).await;
            }
        };
        timeout(Duration::from_secs(20), wait)
            .await
            .expect("it never came to pass");
    }

    /// Waits until all that came is dealt with.
    pub(super) async fn settled(&self) {
        let wait = async {
            loop {
                let waits = self.store.chats_with_arrivals().await.unwrap();
                let runs = self.store.relay().unfinished().await.unwrap();
                let replies = self.store.relay().replies(10).await.unwrap();
                let goes = self.store.open_sendings(0).await.unwrap();
                if waits.is_empty() && runs.is_empty() && replies.is_empty() && goes.is_empty() {
                    return;
                }
                let _ = timeout(Duration::from_millis(10), self.played.news.notified()).await;
            }
        };
        timeout(Duration::from_secs(20), wait)
            .await
            .expect("something is never dealt with");
    }

    /// The commands of a name that the bridge was asked, in order.
    pub(super) fn asked(&self, name: &str) -> Vec<Value> {
        let asked = self.played.asked.lock().unwrap();
        let named = asked.iter().filter(|command| command["cmd"] == name);
        named.cloned().collect()
    }

    /// What left for anybody: words, receipts, typing.
    pub(super) fn left(&self) -> Vec<Value> {
        let names = ["send", "react", "edit", "delete", "read", "typing"];
        names.iter().flat_map(|name| self.asked(name)).collect()
    }

    /// The words that were sent, in order.
    pub(super) fn sent(&self) -> Vec<String> {
        let sent = self.asked("send").into_iter();
        sent.map(|command| command["text"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    pub(super) fn script(
        &self,
        script: impl Fn(&Value) -> Option<Result<Value, Refusal>> + Send + 'static,
    ) {
        *self.played.script.lock().unwrap() = Box::new(script);
    }

    /// The account stands so; completes when the queue of what goes out knows it.
    pub(super) async fn stand(&self, state: LinkState) {
        self.played.link.send_modify(|link| link.state = state);
        let is_open = state == LinkState::Open;
        self.until(|rig| rig.whatsapp.stations[0].outbox.is_open() == is_open)
            .await;
    }

    pub(super) async fn rows(&self, conversation: &str) -> Vec<TranscriptRow> {
        let session = session_key(conversation);
        let rows = self
            .store
            .relay()
            .rows_before(&session, i64::MAX, 1_000, usize::MAX);
        rows.await.unwrap()
    }

    /// What people said and agents answered in a conversation.
    pub(super) async fn texts(&self, conversation: &str) -> Vec<String> {
        let rows = self.rows(conversation).await.into_iter();
        rows.map(|row| row.entry.text().to_owned()).collect()
    }

    /// How many files lie about that are not whole.
    pub(super) fn half_files(&self) -> usize {
        let files = std::fs::read_dir(self.folder.path().join("media")).unwrap();
        let names = files.map(|file| file.unwrap().file_name());
        names
            .filter(|name| name.to_string_lossy().contains("half"))
            .count()
    }

    pub(super) fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }
}

/// Waits until something is so. What never becomes so ends the test.
pub(super) async fn wait_until(mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), wait)
        .await
        .expect("it never came to pass");
}

/// The session of a conversation.
pub(super) fn session_key(conversation: &str) -> String {
    Whatsapp::session_key(&Account::default(), conversation)
}

/// The fields of a message that somebody wrote alone.
pub(super) fn said(from: &str, id: &str, text: &str) -> Value {
    json!({
        "chat": from, "from": from, "from_me": false, "is_group": false, "id": id,
        "sent_at": now_ms(), "live": true, "encrypted": true, "kind": "text", "text": text,
    })
}

/// Fields with others in their place.
pub(super) fn with(mut fields: Value, others: Value) -> Value {
    for (name, value) in others.as_object().unwrap() {
        fields[name] = value.clone();
    }
    fields
}

/// The fields of a message in a group.
pub(super) fn in_group(from: &str, id: &str, text: &str) -> Value {
    let group = json!({ "chat": FAMILY, "is_group": true, "mentions": [ME] });
    with(said(from, id, text), group)
}

/// The fields of a message that the account wrote on another device.
pub(super) fn by_me(chat: &str, id: &str, text: &str) -> Value {
    let mine = json!({ "chat": chat, "from_me": true });
    with(said(ME, id, text), mine)
}
