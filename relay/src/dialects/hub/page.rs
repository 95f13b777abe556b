//! One page: what it asks, and who it is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clawline_core::dialects::hub::{DEFAULT_SOURCE, PageFrame, PluginFrame, Question, Refusal};
use clawline_core::dialects::{hub, parse};
use clawline_core::wire;
use serde_json::{Value, json};

use super::answer::answer;
use super::desk::Asked;
use super::door::is_auth;
use super::{CHANNEL, Hub, MAX_FRAME, enveloped, timestamp};
use crate::account::Account;
use crate::agents::{Agent as _, Nobody};
use crate::dialects::attend::Attended;
use crate::dialects::open::Open;
use crate::dialects::queue::Queue;
use crate::dialects::socket::Conversation;
use crate::ids;
use crate::inbox::{Admission, Message, session_key};
use crate::store::{InputKind, Kept, Sender};

/// Most names of one page.
const MAX_NAMES: usize = 16;

/// A page, for everybody who has something to say to it.
#[derive(Debug)]
pub(super) struct Page {
    id: String,
    queue: Queue,
    attended: Attended,
    names: Mutex<BTreeSet<String>>,
}

impl Page {
    /// Sends a frame of a plugin, or one as a plugin would send it.
    pub(super) fn say(&self, frame: &PluginFrame<Value>) {
        self.queue.send(enveloped(&frame.encode()));
    }

    pub(super) fn error(&self, words: &str) {
        self.queue.send(hub::error(words));
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who asks: one page, or whatever pages share a `clientId`.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    /// The name that plugins answer and sessions have.
    pub(super) name: String,
    /// What kind of page it says it is.
    source: String,
    /// It gave a `clientId`: it may come back, and it knows that a final answer
    /// takes the place of its blocks.
    pub(super) is_known: bool,
}

impl Asker {
    /// The `clientId` is a secret between the page and the hub: whoever has it
    /// gets the page's answers, so plugins see its hash only.
    fn of(page: &Page, source: Option<String>, client_id: Option<&str>) -> Self {
        let source = source.unwrap_or_else(|| DEFAULT_SOURCE.to_owned());
        let whose = client_id.unwrap_or(&page.id);
        let hash = ids::hex(&ids::sha256(whose.as_bytes())[..HASH]);
        let short: String = source.chars().take(200).collect();
        Self {
            name: format!("{short}:{hash}"),
            source,
            is_known: client_id.is_some(),
        }
    }

    fn kept(&self, key: &str) -> Option<Kept> {
        self.is_known.then(|| Kept {
            channel: CHANNEL.to_owned(),
            recipient: self.name.clone(),
            key: key.to_owned(),
            message_id: key.to_owned(),
        })
    }
}

/// One page in the dialect.
#[derive(Debug)]
pub(super) struct PageConnection {
    hub: Arc<Hub>,
    page: Arc<Page>,
}

impl PageConnection {
    pub(super) fn new(hub: Arc<Hub>, queue: Queue) -> Self {
        let page = Arc::new(Page {
            id: ids::uuid(),
            queue,
            attended: Attended::default(),
            names: Mutex::new(BTreeSet::from([all_of(DEFAULT_SOURCE)])),
        });
        hub.pages.add(&all_of(DEFAULT_SOURCE), &page);
        Self { hub, page }
    }

    /// What this page still waits for is kept, if it can come back.
    pub(super) async fn leave(&self) {
        let names = std::mem::take(&mut *self.page.names());
        self.hub.pages.remove(&names, &self.page);
        if let Err(error) = self.page.attended.keep(&self.hub.rooms.store).await {
            tracing::error!(%error, "answers for a page that has gone could not be kept");
        }
    }

    async fn take(&self, text: &str) -> Result<(), String> {
        let frame = PageFrame::read(parse(text.as_bytes())).map_err(|why| why.to_string())?;
        match frame {
            PageFrame::Chat(question) => self.ask(question, text).await,
            PageFrame::Other(frame) if frame["type"] == "resume" => {
                let frame = Question {
                    content: String::new(),
                    source: frame["source"].as_str().map(str::to_owned),
                    client_id: frame["clientId"].as_str().map(str::to_owned),
                    timestamp: None,
                };
                self.known_as(&frame).await.map(|_| ())
            }
            PageFrame::Other(frame) if is_auth(&frame) => Ok(()),
            PageFrame::Other(mut frame) => match self.hub.plugins.current() {
                Some(plugin) => {
                    if let Some(members) = frame.as_object_mut() {
                        members.remove("clientId");
                    }
                    plugin.pass_on(hub::from_frontend(&frame.to_string(), &timestamp()))
                }
                None => {
                    Err("Only frames of type chat are read here: no plugin is connected".to_owned())
                }
            },
        }
    }

    /// Who a frame is from. A page that comes back gets what waits for it.
    async fn known_as(&self, frame: &Question) -> Result<Asker, String> {
        let client_id = frame.client_id.as_deref();
        let asker = Asker::of(&self.page, frame.source.clone(), client_id);
        let mut is_new = false;
        {
            let mut names = self.page.names();
            for name in [&asker.name, &all_of(&asker.source)] {
                if names.contains(name) {
                    continue;
                }
                if names.len() >= MAX_NAMES {
                    return Err("too many names on one connection; open another one".to_owned());
                }
                names.insert(name.clone());
                self.hub.pages.add(name, &self.page);
                is_new |= *name == asker.name;
            }
        }
        if is_new && asker.is_known {
            match self.hub.rooms.store.take_kept(CHANNEL, &asker.name).await {
                Ok(kept) => {
                    for one in kept {
                        let key = one.key.clone();
                        self.hub.attend(&self.page, &key, &asker, Some(one));
                    }
                }
                Err(error) => tracing::error!(%error, "what is kept for a page cannot be read"),
            }
        }
        Ok(asker)
    }

    async fn ask(&self, question: Question, text: &str) -> Result<(), String> {
        let asker = self.known_as(&question).await?;
        if let Some(plugin) = self.hub.plugins.current() {
            let asked = Asked {
                page: Arc::downgrade(&self.page),
                frame: for_plugins(text, &asker.name),
                content: question.content,
                asker,
            };
            return plugin.ask(asked);
        }
        self.hub
            .ask_agent(&self.page, &asker, question.content)
            .await
    }
}

impl Hub {
    /// Asks somebody else what a plugin never got before it went.
    pub(super) async fn ask_again(self: &Arc<Self>, asked: Asked) {
        let Some(page) = asked.page.upgrade() else {
            return;
        };
        let done = match self.plugins.current() {
            Some(plugin) => plugin.ask(asked),
            None => self.ask_agent(&page, &asked.asker, asked.content).await,
        };
        if let Err(words) = done {
            page.error(&words);
        }
    }

    /// Asks the agent of this relay.
    async fn ask_agent(&self, page: &Arc<Page>, asker: &Asker, text: String) -> Result<(), String> {
        if self.rooms.inbox.agent_of(CHANNEL).name() == Nobody.name() {
            return Err(Refusal::NoPlugin.to_string());
        }
        if page.attended.is_full() {
            return Err("Too many questions wait for an answer".to_owned());
        }
        let key = format!("{CHANNEL}:{}", ids::uuid());
        let message = Message {
            session_key: session_of(&asker.name),
            key: key.clone(),
            kind: InputKind::Message,
            text,
            attachments: Vec::new(),
            sender: Sender {
                id: asker.name.clone(),
                name: None,
            },
            channel: CHANNEL.to_owned(),
            account: Account::default(),
            conversation: None,
            in_group: false,
            program: None,
            metadata: Vec::new(),
            answer_to: None,
            after: None,
        };
        let admission = self.rooms.inbox.admit(message, |_| {}).await;
        match admission.map_err(|refused| refused.to_string())? {
            Admission::New(_) => self.attend(page, &key, asker, asker.kept(&key)),
            // The key is as new as a random one can be.
            Admission::Known { .. } | Admission::Conflict => {}
        }
        Ok(())
    }

    fn attend(&self, page: &Arc<Page>, key: &str, asker: &Asker, kept: Option<Kept>) {
        let followed = self.follow.run(key);
        let answer = answer(followed, Arc::clone(page), asker.is_known);
        page.attended
            .attend(&session_of(&asker.name), key, kept, answer);
    }
}

/// The name under which all pages of a source stand. No page has it: those end
/// with a hash, and `named` asks for it by the source only.
fn all_of(source: &str) -> String {
    format!("\0{source}")
}

/// Bytes of the hash in a page's name.
const HASH: usize = 16;

/// Whether a page may have this name; its hash is where a source has none. A
/// page that calls the name of another one its source hears nothing for it.
fn is_page(name: &str) -> bool {
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    name.rsplit_once(':')
        .is_some_and(|(_, hash)| hash.len() == 2 * HASH && hash.chars().all(is_hex))
}

/// The open pages of a name, or of a source.
pub(super) fn named(pages: &Open<Page>, target: &str) -> Vec<Arc<Page>> {
    if is_page(target) {
        pages.of(target)
    } else {
        pages.of(&all_of(target))
    }
}

/// The session of a page, or of whatever else has a name here.
pub(super) fn session_of(name: &str) -> String {
    session_key::within(CHANNEL, &[name])
}

/// A page's frame as plugins get it: from a name of its own, so that each page
/// has its own session there too, without its secret, and with a time, which the
/// original's plugin breaks without.
fn for_plugins(text: &str, name: &str) -> String {
    let mut frame = wire::text::read_all(text).unwrap_or_default();
    if let Some(frame) = frame.as_object_mut() {
        frame.insert("source".to_owned(), json!(name));
        frame.remove("clientId");
        let time = frame.entry("timestamp").or_insert(Value::Null);
        if time.is_null() {
            *time = json!(timestamp());
        }
    }
    hub::from_frontend(&frame.to_string(), &timestamp())
}

impl Conversation for PageConnection {
    fn queue(&self) -> &Queue {
        &self.page.queue
    }

    async fn receive(&self, text: &str) {
        if text.len() > MAX_FRAME {
            let reason = format!("frame exceeds limit of {MAX_FRAME} bytes");
            return self.page.queue.close(1009, &reason);
        }
        if let Err(words) = self.take(text).await {
            self.page.error(&words);
        }
    }
}
