//! Who types on WhatsApp, for whoever has the conversation open.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::NAME;
use super::book::{called, chat_of, is_me, session_of};
use super::bridge::lines::{Command, Head, Typing};
use super::link::{Link, LinkState};
use super::people::Jid;
use super::wire::Wire;
use crate::bus::{self, Bus, Event};
use crate::store::{Person, Sender, StoreError, Whatsapp};

/// Most people of whom it is told at once, and most chats that are watched.
const MOST: usize = 100;
/// So long somebody types of whom nothing more is heard.
const SHOWN: Duration = Duration::from_secs(20);
/// How soon whoever has stopped is told of again.
const ANEW: Duration = Duration::from_secs(1);
/// Longest address, in bytes.
const MAX_JID: usize = 128;
const ANSWER: Duration = Duration::from_secs(10);

/// Who types.
#[derive(Debug)]
pub(super) struct Typists {
    store: Whatsapp,
    bus: Bus,
    wire: Arc<dyn Wire>,
    known: Mutex<Known>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Known {
    typists: Vec<Typist>,
    /// Chats that somebody has open, the latest last.
    watched: Vec<String>,
}

/// Somebody in a chat, as WhatsApp names both.
#[derive(Debug)]
struct Typist {
    chat: String,
    from: String,
    /// In which session they are shown, and as whom.
    session: String,
    sender: Sender,
    is_typing: bool,
    told: Instant,
}

impl Typists {
    pub(super) fn new(wire: Arc<dyn Wire>, store: Whatsapp, bus: Bus) -> Arc<Self> {
        Arc::new(Self {
            store,
            bus,
            wire,
            known: Mutex::default(),
            news: Notify::new(),
        })
    }

    /// Hears that somebody types, or does so no longer.
    pub(super) async fn hear(&self, link: &Link, typing: &Typing) {
        let names = [&typing.chat, &typing.from];
        if names.iter().any(|name| name.len() > MAX_JID) || is_me(link, &typing.from) {
            return;
        }
        let is_typing = matches!(&*typing.state, "composing" | "recording");
        let known = self.lock().take(&typing.chat, &typing.from, is_typing);
        match known {
            Taken::Told(session) => self.tell(&session),
            Taken::Nothing => {}
            Taken::New => match self.typist(typing).await {
                Ok(Some(typist)) => {
                    let session = typist.session.clone();
                    self.lock().typists.push(typist);
                    self.tell(&session);
                    // Somebody has to see when their time is over.
                    self.news.notify_one();
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "typing is not shown"),
            },
        }
    }

    /// Whoever has written types no longer.
    pub(super) fn wrote(&self, head: &Head) {
        let is_one = |name: &str, of: &str, alt: Option<&String>| {
            name == of || alt.is_some_and(|alt| name == alt)
        };
        self.end(|one| {
            is_one(&one.chat, &head.chat, head.chat_alt.as_ref())
                && is_one(&one.from, &head.from, head.from_alt.as_ref())
        });
    }

    /// Those type no longer whom this is about.
    fn end(&self, is_it: impl Fn(&Typist) -> bool) {
        let mut sessions = Vec::new();
        for one in &mut self.lock().typists {
            if one.is_typing && is_it(one) {
                one.is_typing = false;
                sessions.push(one.session.clone());
            }
        }
        for session in sessions {
            self.tell(&session);
        }
    }

    /// Tells who types in a session now.
    fn tell(&self, session: &str) {
        let known = self.lock();
        let here = known.typists.iter();
        let here = here.filter(|one| one.is_typing && one.session == session);
        let typing = bus::Typing {
            channel: NAME.to_owned(),
            session_key: session.to_owned(),
            typists: here.map(|one| one.sender.clone()).collect(),
        };
        self.bus.publish(&Event::ChannelTyping(Arc::new(typing)));
    }

    /// Somebody who begins to type, as they are shown; nobody who is not known.
    async fn typist(&self, typing: &Typing) -> Result<Option<Typist>, StoreError> {
        let Some(person) = self.person(&typing.from).await? else {
            return Ok(None);
        };
        let conversation = match Jid::read(&typing.chat) {
            Some(jid @ Jid::Group(_)) => jid.to_string(),
            _ => match self.person(&typing.chat).await? {
                Some(person) => person.conversation,
                None => return Ok(None),
            },
        };
        Ok(Some(Typist {
            chat: typing.chat.clone(),
            from: typing.from.clone(),
            session: session_of(self.store.account(), &conversation),
            sender: Sender {
                name: Some(called(&person)),
                id: person.conversation,
            },
            is_typing: true,
            told: Instant::now(),
        }))
    }

    /// Whoever is known by an address: nobody is made known by typing.
    async fn person(&self, jid: &str) -> Result<Option<Person>, StoreError> {
        match Jid::read(jid) {
            Some(jid) => self.store.person(&jid.to_string()).await,
            None => Ok(None),
        }
    }

    /// Asks to be told who types in a session's chat, and tells who does already.
    pub(super) fn watch(&self, session_key: &str) {
        let Some(chat) = chat_of(self.store.account(), session_key) else {
            return;
        };
        let mut known = self.lock();
        known.watched.retain(|other| *other != chat);
        known.watched.push(chat);
        if known.watched.len() > MOST {
            known.watched.remove(0);
        }
        let is_news = known
            .typists
            .iter()
            .any(|one| one.is_typing && one.session == session_key);
        drop(known);
        self.news.notify_one();
        if is_news {
            self.tell(session_key);
        }
    }

    /// Watches who types in open chats, anew each time that the account connects, and
    /// sees that nobody types for ever, until the server ends.
    pub(super) async fn work(self: Arc<Self>) {
        let mut link = self.wire.link();
        let mut asked = HashSet::new();
        loop {
            if link.borrow_and_update().state == LinkState::Open {
                let watched = self.lock().watched.clone();
                asked.retain(|chat| watched.contains(chat));
                for jid in watched {
                    if asked.insert(jid.clone())
                        && let Err(refusal) = self.wire.ask(Command::Watch { jid }, ANSWER).await
                    {
                        tracing::debug!(%refusal, "who types in a chat is not told");
                    }
                }
            } else {
                asked.clear();
                // Nobody would hear that they have stopped.
                self.end(|_| true);
            }
            let now = Instant::now();
            self.end(|one| one.told + SHOWN <= now);
            let next = self.lock().next_end();
            let over = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.news.notified() => {}
                () = over => {}
                changed = link.changed() => if changed.is_err() { return },
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What becomes of a word about somebody.
enum Taken {
    /// It is told in their session.
    Told(String),
    /// Nobody knows them yet.
    New,
    Nothing,
}

impl Known {
    /// Takes in that somebody types, or does so no longer.
    fn take(&mut self, chat: &str, from: &str, is_typing: bool) -> Taken {
        let now = Instant::now();
        self.typists
            .retain(|one| one.is_typing || now - one.told < SHOWN);
        let has_room = self.typists.len() < MOST;
        let is_it = |one: &&mut Typist| one.chat == chat && one.from == from;
        let Some(one) = self.typists.iter_mut().find(is_it) else {
            return if is_typing && has_room {
                Taken::New
            } else {
                Taken::Nothing
            };
        };
        match (one.is_typing, is_typing) {
            (true, true) => one.told = now,
            (false, true) if now - one.told >= ANEW => {
                (one.is_typing, one.told) = (true, now);
                return Taken::Told(one.session.clone());
            }
            (true, false) => {
                (one.is_typing, one.told) = (false, now);
                return Taken::Told(one.session.clone());
            }
            (false, _) => {}
        }
        Taken::Nothing
    }

    /// When the time of the first who types is over.
    fn next_end(&self) -> Option<Instant> {
        let typing = self.typists.iter().filter(|one| one.is_typing);
        typing.map(|one| one.told + SHOWN).min()
    }
}
