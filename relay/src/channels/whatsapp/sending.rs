//! The queue of what goes out, worked off: each message once, under the id that
//! it had before the first attempt.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::Surroundings;
use super::bridge::lines::{
    Arrived, Command, Kind, Media, Outgoing, Quoted, Refusal, SendStatus, Sending as WireSending,
};
use super::content::{Act, Content, Quote};
use super::files::Files;
use super::link::LinkState;
use super::pace::Pace;
use super::wire::Wire;
use crate::bus::{Bus, Event, SendProgress};
use crate::clock::now_ms;
use crate::inbox::Inbox;
use crate::store::{SendState, Sending, StoreError, Whatsapp};
use crate::tasks::Tasks;

/// How long a message waits for its turn before it is of no use.
const TTL_MS: i64 = 60 * 60 * 1_000;
/// How long the bridge has to hand a message to WhatsApp, and we wait for that.
const HAND: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(75);
/// How often the queue is looked at when nothing happens.
const AGAIN: Duration = Duration::from_secs(5);
/// Messages that are under way at once, each in another chat.
const AT_ONCE: usize = 5;

/// For how long WhatsApp's word counts that the account may write to nobody new.
const RESTRICTED_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a message says that WhatsApp does not let through to somebody new.
pub(super) const RESTRICTED: &str = "WhatsApp restricts this account (463): it may not write to people who \
     never wrote to it. Nothing is sent to such people for a day; answers go out as usual";

/// What goes out.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) store: Whatsapp,
    pub(super) inbox: Arc<Inbox>,
    pub(super) bus: Bus,
    /// Who looks how far a row has come tells it before the next one looks.
    pub(super) in_order: tokio::sync::Mutex<()>,
    wire: Arc<dyn Wire>,
    files: Files,
    tasks: Tasks,
    pace: Pace,
    news: Notify,
    under_way: Mutex<UnderWay>,
    /// How many messages had not been handed over when they were last looked for.
    waiting: AtomicU64,
}

#[derive(Debug, Default)]
struct UnderWay {
    /// Chats with a message whose end is waited for.
    chats: HashSet<String>,
    /// Ids that the bridge was asked about since the account was last opened.
    asked: HashSet<String>,
    is_open: bool,
}

impl Outbox {
    pub(super) fn new(
        store: Whatsapp,
        wire: Arc<dyn Wire>,
        files: Files,
        around: &Surroundings,
    ) -> Arc<Self> {
        let Surroundings {
            inbox, bus, tasks, ..
        } = around.clone();
        Arc::new(Self {
            store,
            inbox,
            bus,
            in_order: tokio::sync::Mutex::default(),
            wire,
            files,
            tasks,
            pace: Pace::default(),
            news: Notify::new(),
            under_way: Mutex::default(),
            waiting: AtomicU64::default(),
        })
    }

    /// How many messages wait to be sent.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Says that there may be something to send.
    pub(super) fn look(&self) {
        self.news.notify_one();
    }

    /// Sends what waits, until the server ends.
    pub(super) async fn work(self: Arc<Self>) {
        let mut link = self.wire.link();
        loop {
            let is_open = link.borrow_and_update().state == LinkState::Open;
            self.turn_to(is_open);
            if let Err(error) = self.send_all(is_open).await {
                tracing::error!(%error, "messages to WhatsApp wait for the database");
            }
            tokio::select! {
                _ = timeout(AGAIN, self.news.notified()) => {}
                changed = link.changed() => if changed.is_err() { return },
            }
        }
    }

    /// A bridge that was away may know more than when it was last asked.
    fn turn_to(&self, is_open: bool) {
        let mut under_way = self.lock();
        if is_open && !under_way.is_open {
            under_way.asked.clear();
        }
        under_way.is_open = is_open;
    }

    async fn send_all(self: &Arc<Self>, is_open: bool) -> Result<(), StoreError> {
        let mut behind = HashSet::new();
        let open = self.store.open_sendings(now_ms() - TTL_MS).await?;
        let is_waiting = |sending: &&Sending| sending.state == SendState::Queued;
        let waiting = u64::try_from(open.iter().filter(is_waiting).count());
        self.waiting
            .store(waiting.unwrap_or(u64::MAX), Ordering::Relaxed);
        for sending in open {
            if self.lock().chats.contains(&sending.chat) || behind.contains(&sending.chat) {
                continue;
            }
            if self.is_over(&sending).await? || !is_open {
                continue;
            }
            if sending.state == SendState::Queued {
                behind.insert(sending.chat.clone());
            }
            if !self.begin(&sending) {
                continue;
            }
            self.pace.turn().await;
            self.tasks.spawn(Arc::clone(self).send(sending));
        }
        Ok(())
    }

    /// Ends what is too old: nobody waits for it, or for a word of it, any more.
    async fn is_over(&self, sending: &Sending) -> Result<bool, StoreError> {
        let now = now_ms();
        // What was given back waits since it came, however often it was tried.
        let since = match sending.state {
            SendState::Queued => sending.queued_at,
            _ => sending.asked_at.unwrap_or(sending.queued_at),
        };
        if now.saturating_sub(since) <= TTL_MS {
            return Ok(false);
        }
        let (state, why) = match sending.state {
            SendState::Queued => (
                SendState::Failed,
                "it could not be sent within an hour, and was given up",
            ),
            _ => (
                SendState::Unknown,
                "nobody knows whether it was sent: look at the phone",
            ),
        };
        self.advance(&sending.message_id, state, Some(why)).await?;
        Ok(true)
    }

    /// Writes down how far a message has come, and tells it; gives whether that
    /// is news.
    async fn advance(
        &self,
        id: &str,
        state: SendState,
        why: Option<&str>,
    ) -> Result<bool, StoreError> {
        let news = self.store.advance_sending(id, state, why, now_ms()).await?;
        let Some(sending) = news else {
            return Ok(false);
        };
        self.bus
            .publish(&Event::ChannelProgress(Arc::new(SendProgress {
                channel: super::NAME.to_owned(),
                account: self.store.account().clone(),
                conversation_id: sending.chat.clone(),
                message_id: id.to_owned(),
                state: state.as_str(),
                error: sending.error.clone(),
            })));
        self.tell_row(id).await?;
        self.say(&sending, state, why).await?;
        Ok(true)
    }

    /// Whether a message can be asked for now; then its chat is taken.
    fn begin(&self, sending: &Sending) -> bool {
        let mut under_way = self.lock();
        let is_free = under_way.chats.len() < AT_ONCE;
        // The bridge was asked already, and knows no more until it was away.
        let is_first =
            sending.state == SendState::Queued || !under_way.asked.contains(&sending.message_id);
        if is_free && is_first {
            under_way.chats.insert(sending.chat.clone());
            under_way.asked.insert(sending.message_id.clone());
        }
        is_free && is_first
    }

    async fn send(self: Arc<Self>, sending: Sending) {
        let id = &sending.message_id;
        let is_given_back = match self.hand(&sending).await {
            Ok((state, why)) => {
                let why = why.as_deref();
                if let Err(error) = self.advance(id, state, why).await {
                    tracing::error!(%error, id, "it is not written down what became of a message");
                }
                state == SendState::Queued
            }
            Err(error) => {
                tracing::error!(%error, id, "a message to WhatsApp waits for the database");
                true
            }
        };
        self.lock().chats.remove(&sending.chat);
        if !is_given_back {
            self.look();
        }
    }

    /// Asks the bridge to send a message; under an id that it knows, it sends
    /// nothing and says what became of it.
    async fn hand(&self, sending: &Sending) -> Result<(SendState, Option<String>), StoreError> {
        let id = &sending.message_id;
        let is_new = sending.state == SendState::Queued;
        // It was let in before WhatsApp said so.
        if is_new && sending.is_cold && is_restricted(&self.store).await? {
            return Ok((SendState::Failed, Some(RESTRICTED.to_owned())));
        }
        let command = match self.command(sending).await? {
            Ok(command) => command,
            Err(why) => return Ok((SendState::Failed, Some(why))),
        };
        let asked = SendState::Asked;
        if is_new && !self.advance(id, asked, None).await? {
            // It was taken back meanwhile.
            return Ok((SendState::Queued, None));
        }
        Ok(outcome(self.wire.ask(command, ANSWER).await))
    }

    async fn command(&self, sending: &Sending) -> Result<Result<Command, String>, StoreError> {
        let Ok(content) = serde_json::from_str::<Content>(&sending.content) else {
            return Ok(Err("what was kept of it is damaged".to_owned()));
        };
        let hand = u64::try_from(HAND.as_millis()).ok();
        let way = WireSending {
            jid: content.jid,
            message_id: sending.message_id.clone(),
            deadline_ms: hand,
            again: false,
        };
        let target = content.quote.as_ref().map(Quote::target);
        match (content.act, target) {
            (Act::Say, _) => {}
            (Act::React, Some(target)) => {
                return Ok(Ok(Command::React {
                    sending: way,
                    target,
                    emoji: content.text,
                }));
            }
            (Act::Edit, Some(target)) => {
                return Ok(Ok(Command::Edit {
                    sending: way,
                    target,
                    text: content.text,
                }));
            }
            (Act::Delete, Some(target)) => {
                return Ok(Ok(Command::Delete {
                    sending: way,
                    target,
                }));
            }
            (_, None) => return Ok(Err("what was kept of it is damaged".to_owned())),
        }
        let chat = self.store.chat(&sending.chat).await?;
        let (kind, media) = match &content.file {
            None => (Kind::Text, None),
            Some(file) => match self.files.outgoing(file).await {
                Ok(Some((kind, path))) => {
                    let mime = match kind {
                        Kind::Voice => "audio/ogg; codecs=opus".to_owned(),
                        _ => file.mime.clone(),
                    };
                    let media = Media {
                        path,
                        mime: Some(mime),
                        name: (kind == Kind::Document && !file.name.is_empty())
                            .then(|| file.name.clone()),
                        seconds: None,
                        thumbnail: None,
                    };
                    (kind, Some(media))
                }
                Ok(None) => return Ok(Err("its file is kept no longer".to_owned())),
                Err(error) => return Ok(Err(error.to_string())),
            },
        };
        let quoted = content.quote.as_ref().map(|quote| Quoted {
            target: quote.target(),
            text: quote.text(),
        });
        Ok(Ok(Command::Send(Box::new(Outgoing {
            sending: way,
            kind,
            text: (!content.text.is_empty()).then_some(content.text),
            media,
            quoted,
            mentions: content.mentions,
            expiration: (chat.expiration > 0).then_some(chat.expiration),
        }))))
    }

    /// Writes down what WhatsApp says of a message.
    pub(super) async fn told(&self, status: &SendStatus) -> Result<(), StoreError> {
        let why = status.error_code.as_deref().map(why);
        let Some(state) = state_of(status.status) else {
            return Ok(());
        };
        let is_restriction =
            state == SendState::Failed && status.error_code.as_deref() == Some("463");
        if is_restriction {
            tracing::warn!("{RESTRICTED}");
            // Before anybody hears of it, and may send the next one. Also where it is
            // no news: a crash may have come between.
            self.store.stop_cold_sends(now_ms()).await?;
        }
        let id = &status.message_id;
        self.advance(id, state, why.as_deref()).await?;
        if is_restriction {
            for sending in self.store.open_sendings(now_ms() - TTL_MS).await? {
                if sending.is_cold && sending.state == SendState::Queued {
                    let id = &sending.message_id;
                    self.advance(id, SendState::Failed, Some(RESTRICTED))
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Whether a message of the account is one that we sent: then WhatsApp has it.
    pub(super) async fn is_ours(&self, id: &str) -> Result<bool, StoreError> {
        if self.store.sending(id).await?.is_none() {
            return Ok(false);
        }
        self.advance(id, SendState::Accepted, None).await?;
        Ok(true)
    }

    /// Whether the account was connected when the queue was last looked at.
    #[cfg(test)]
    pub(super) fn is_open(&self) -> bool {
        self.lock().is_open
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether WhatsApp lets the account write to nobody new.
pub(super) async fn is_restricted(store: &Whatsapp) -> Result<bool, StoreError> {
    let stopped = store.cold_sends_stopped_at().await?;
    Ok(stopped.is_some_and(|at| now_ms() - at < RESTRICTED_MS))
}

/// What the bridge's answer means for a message.
fn outcome(answer: Result<Value, Refusal>) -> (SendState, Option<String>) {
    match answer {
        Ok(answer) => {
            let status = answer.get("status").cloned().unwrap_or(Value::Null);
            match serde_json::from_value::<Arrived>(status).ok().map(state_of) {
                Some(Some(SendState::Failed)) => {
                    let why = "WhatsApp did not take it";
                    (SendState::Failed, Some(why.to_owned()))
                }
                Some(Some(state)) => (state, None),
                Some(None) | None => (SendState::Asked, None),
            }
        }
        Err(refusal) if refusal.unknown => (SendState::Unknown, Some(refusal.message)),
        // It is being sent at this moment.
        Err(refusal) if refusal.code == "under_way" => (SendState::Asked, None),
        Err(refusal) if refusal.retryable || refusal.code == "not_open" => {
            (SendState::Queued, Some(refusal.message))
        }
        Err(refusal) => (SendState::Failed, Some(refusal.message)),
    }
}

fn state_of(status: Arrived) -> Option<SendState> {
    match status {
        Arrived::Sending => None,
        Arrived::Unknown => Some(SendState::Unknown),
        Arrived::Sent => Some(SendState::Sent),
        Arrived::Failed => Some(SendState::Failed),
        Arrived::Accepted => Some(SendState::Accepted),
        Arrived::Delivered => Some(SendState::Delivered),
        Arrived::Read => Some(SendState::Read),
        Arrived::Played => Some(SendState::Played),
    }
}

/// Why a message failed, in words for people.
fn why(code: &str) -> String {
    match code {
        "463" => RESTRICTED.to_owned(),
        code if code.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("WhatsApp refused it ({code})")
        }
        "deadline" => "WhatsApp did not answer in time".to_owned(),
        "restart" => "the bridge ended while it was sent".to_owned(),
        code => code.chars().take(64).collect(),
    }
}
