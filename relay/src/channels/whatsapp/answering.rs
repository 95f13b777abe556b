//! One thing that came, and what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::arrival::{Arrival, File, What, Words, joined};
use super::book::{called, session_of, shown};
use super::bridge::lines::{Command, Key};
use super::content::Content;
use super::files::{Files, is_picture};
use super::people::Jid;
use super::rules::{Rules, Silence, Speaker};
use super::sending::Outbox;
use super::wire::Wire;
use crate::clock::now_ms;
use crate::inbox::policy::Visitor;
use crate::inbox::{Admission, Delivery, Inbox, Message, Reception, Refused};
use crate::store::{
    Arrived, Attachment, Fate, Sender, Sending, SessionPatch, StoreError, Whatsapp,
};

/// How long the rest of an album is waited for.
const ALBUM: Duration = Duration::from_secs(15);
/// Messages among which the pages of an album are looked for.
const BATCH: i64 = 100;
/// How long a read receipt may take.
const RECEIPT: Duration = Duration::from_secs(10);
const HOUR_MS: i64 = 60 * 60 * 1_000;
/// How long messages wait at the most that go out.
const DAY_MS: i64 = 24 * HOUR_MS;
/// How far apart our words and their echo may be by WhatsApp's clock and ours.
const ECHO_MS: u64 = 5 * 60 * 1_000;

/// Stands in the place of words that were taken back.
const DELETED: &str = "[deleted by whoever wrote it]";

/// Where messages are decided about.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) store: Whatsapp,
    pub(super) inbox: Arc<Inbox>,
    pub(super) wire: Arc<dyn Wire>,
    pub(super) files: Files,
    pub(super) rules: Rules,
    pub(super) outbox: Arc<Outbox>,
    pub(super) more: Notify,
}

/// What to do after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Go on with the next.
    Done,
    /// More belongs to it: look again when something came, at the latest then.
    Wait(Duration),
    /// There is no room for it now.
    Later,
}

impl Desk {
    /// The session of a conversation of this account.
    fn session(&self, conversation: &str) -> String {
        session_of(self.store.account(), conversation)
    }

    pub(super) fn more_came(&self) {
        self.more.notify_waiters();
    }

    /// Completes when something came since this was called.
    pub(super) fn more(&self) -> Notified<'_> {
        self.more.notified()
    }

    pub(super) async fn chats(&self) -> Result<Vec<String>, StoreError> {
        self.store.chats_with_arrivals().await
    }

    /// The next one of a chat.
    pub(super) async fn next(&self, chat: &str) -> Result<Option<Arrived>, StoreError> {
        Ok(self.store.waiting_arrivals(chat, 1).await?.pop())
    }

    /// Puts conversations together that turned out to be one person's, where
    /// nothing goes on in them; `is_busy` says where something is dealt with.
    pub(super) async fn put_together(
        &self,
        is_busy: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        for merge in self.store.merges().await? {
            if is_busy(&merge.gone) {
                continue;
            }
            let (gone, stays) = (self.session(&merge.gone), self.session(&merge.stays));
            if self.inbox.merge_sessions(&gone, &stays).await? {
                self.store.end_merge(&merge.gone).await?;
            }
        }
        Ok(())
    }

    /// Deals with one. A conversation that it begins is called as its people are.
    pub(super) async fn deal(&self, one: &Arrived) -> anyhow::Result<Next> {
        let session = self.session(&one.chat);
        let is_new = self.store.relay().session(&session).await?.is_none();
        let next = self.decide(one).await?;
        if is_new
            && self.store.relay().session(&session).await?.is_some()
            && let Some(name) = self.title(&one.chat).await?
        {
            let patch = SessionPatch {
                label: Some(Some(name)),
                ..SessionPatch::default()
            };
            // Where another one is called so, it has no name.
            self.inbox.patch_session(&session, &patch).await?;
        }
        Ok(next)
    }

    async fn decide(&self, one: &Arrived) -> anyhow::Result<Next> {
        let came = one.came.as_deref().unwrap_or_default();
        let Ok(arrival) = serde_json::from_str::<Arrival>(came) else {
            tracing::error!(key = one.key, "a kept message of WhatsApp is damaged");
            return self.settle(one, Fate::Done).await;
        };
        if !arrival.from_me && arrival.is_live {
            let heard = Some(arrival.sent_at);
            self.store
                .describe_chat(&one.chat, None, None, heard)
                .await?;
        }
        if self.rules.takes_over(&arrival) && !self.is_echo(one, &arrival).await? {
            let why = "you wrote in it from your phone";
            self.pause(&one.chat, why, false).await?;
        }
        match &arrival.what {
            What::Message(words) => self.message(one, &arrival, words.clone(), Vec::new()).await,
            What::Album { parts } => self.album(one, &arrival, *parts).await,
            What::Note { text } => self.show(one, &arrival, text.clone()).await,
            What::Unreadable { on_phone } => {
                let text = if *on_phone {
                    "[a message that can be read on the phone only]"
                } else {
                    "[a message that could not be decrypted yet]"
                };
                self.show_as(one, &arrival, text.to_owned(), Vec::new())
                    .await?;
                self.settle(one, Fate::Placeholder).await
            }
            What::Edit { target, text } => {
                if let (Some(target), Some(text)) = (self.own(one, target).await?, text) {
                    let session = self.session(&target.chat);
                    self.inbox.rewrite(&session, &target.key, text).await?;
                }
                self.settle(one, Fate::Done).await
            }
            What::Revoke { target } => {
                if let Some(target) = self.own(one, target).await? {
                    self.take_back(&target).await?;
                }
                self.settle(one, Fate::Done).await
            }
        }
    }

    async fn settle(&self, one: &Arrived, fate: Fate) -> anyhow::Result<Next> {
        self.settle_with(one, fate, &[]).await
    }

    /// Ends the dealing with a message and with what is a part of it, at once:
    /// nobody answers a part by itself after a crash.
    async fn settle_with(
        &self,
        one: &Arrived,
        fate: Fate,
        parts: &[Arrived],
    ) -> anyhow::Result<Next> {
        self.store
            .settle_arrival(one, fate, parts, now_ms())
            .await?;
        Ok(Next::Done)
    }

    /// A message that whoever wrote `one` wrote as well: others change nothing
    /// of it.
    async fn own(&self, one: &Arrived, target: &str) -> Result<Option<Arrived>, StoreError> {
        let target = self.store.arrival(&one.chat, target).await?;
        Ok(target.filter(|target| target.author == one.author))
    }

    async fn take_back(&self, target: &Arrived) -> Result<(), StoreError> {
        let session = self.session(&target.chat);
        self.inbox.leave_unanswered(&session, &target.key).await?;
        let why = "what it answers was deleted";
        let gone = self.store.take_back_sendings(&target.key, why).await?;
        self.outbox.tell_rows(&gone).await?;
        self.inbox.rewrite(&session, &target.key, DELETED).await?;
        Ok(())
    }

    /// Lets no agent answer in a chat any more; `tells` says whether the owner
    /// reads why in the conversation.
    pub(super) async fn pause(&self, chat: &str, why: &str, tells: bool) -> Result<(), Refused> {
        let now = now_ms();
        let is_news = self.store.pause_chat(chat, Some((why, now))).await?;
        // Also where it is no news: a crash may have come between.
        let gone = self.store.take_back_answers(chat, why).await?;
        self.outbox.tell_rows(&gone).await?;
        if !is_news {
            return Ok(());
        }
        let session = self.session(chat);
        self.inbox.leave_all_unanswered(&session).await?;
        tracing::warn!(
            why,
            "no agent answers in a chat of WhatsApp until you let it"
        );
        if tells {
            let delivery = Delivery {
                key: format!("{session}:pause:{now}"),
                session_key: session,
                text: format!("[No agent answers in this chat until you let it: {why}.]"),
            };
            self.inbox.deliver(delivery).await?;
        }
        Ok(())
    }

    /// Whether a message of the account is what we sent ourselves, under another
    /// id.
    async fn is_echo(&self, one: &Arrived, arrival: &Arrival) -> Result<bool, StoreError> {
        let What::Message(words) = &arrival.what else {
            return Ok(false);
        };
        if !arrival.from_me || words.text.is_empty() {
            return Ok(false);
        }
        let since = arrival.sent_at.saturating_sub(DAY_MS);
        let sent = self.store.sendings_since(&one.chat, since).await?;
        let is_echo = |sending: &Sending| {
            let content: Option<Content> = serde_json::from_str(&sending.content).ok();
            let apart = sending.asked_at.map(|at| at.abs_diff(arrival.sent_at));
            apart.is_some_and(|apart| apart <= ECHO_MS)
                && content.is_some_and(|content| content.text == words.text)
        };
        Ok(sent.iter().any(is_echo))
    }

    /// A picture book: its pages come as messages behind it.
    async fn album(&self, one: &Arrived, arrival: &Arrival, parts: usize) -> anyhow::Result<Next> {
        let mut pages = Vec::new();
        let mut words = Words::default();
        let mut arrival = arrival.clone();
        for other in self.store.waiting_arrivals(&one.chat, BATCH).await? {
            let came = other.came.as_deref().unwrap_or_default();
            let Ok(page) = serde_json::from_str::<Arrival>(came) else {
                continue;
            };
            let is_page = other.author == one.author && !other.is_revoked && pages.len() < parts;
            if let What::Message(said) = page.what
                && is_page
                && let Some(file) = said.file.filter(is_picture)
            {
                words.text = joined(&words.text, &said.text);
                words.quote = words.quote.or(said.quote);
                arrival.is_mentioned |= page.is_mentioned;
                pages.push((other, file));
            }
        }
        let age = now_ms().saturating_sub(one.came_at);
        let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
        if pages.len() < parts && age < ALBUM && arrival.is_live {
            return Ok(Next::Wait(ALBUM - age));
        }
        if pages.is_empty() {
            return self.show(one, &arrival, "[album]".to_owned()).await;
        }
        self.message(one, &arrival, words, pages).await
    }

    /// What somebody said. `pages` are those of an album, which end with it.
    async fn message(
        &self,
        one: &Arrived,
        arrival: &Arrival,
        words: Words,
        pages: Vec<(Arrived, File)>,
    ) -> anyhow::Result<Next> {
        let (pages, files): (Vec<Arrived>, Vec<File>) = pages.into_iter().unzip();
        if one.is_revoked {
            return self.show(one, arrival, DELETED.to_owned()).await;
        }
        if self.is_echo(one, arrival).await? {
            return self.settle_with(one, Fate::Done, &pages).await;
        }
        let is_let_in = self.is_let_in(one, arrival).await?;
        let may_answer = is_let_in && self.may_answer(one, arrival).await?;
        let ids = pages.iter().map(|page| page.id.clone());
        let mut files: Vec<(String, File)> = ids.zip(files).collect();
        files.extend(words.file.clone().map(|file| (one.id.clone(), file)));
        let mut text = words.text;
        if let Some(quote) = &words.quote {
            text = format!("[Replying to: {quote:?}]\n\n{text}");
        }
        let mut attachments = Vec::new();
        // Files of strangers stay where they are.
        let is_trusted = arrival.is_live && (is_let_in || arrival.from_me);
        for (id, file) in files {
            let fetched = match is_trusted {
                true => self.files.fetch(&arrival.jid, &id, &file).await,
                false => Err(file.word().to_owned()),
            };
            match fetched {
                Ok(attachment) => attachments.push(attachment),
                Err(why) => text = joined(&format!("[{why}]"), &text),
            }
        }
        if !may_answer || self.is_revoked(one).await? {
            self.show_as(one, arrival, text, attachments).await?;
            return self.settle_with(one, Fate::Listed, &pages).await;
        }
        let message = Message {
            attachments,
            answer_to: Some(one.chat.clone()),
            ..self.said(one, arrival, text).await?
        };
        if one.fate == Some(Fate::Placeholder) {
            self.inbox.replace(&message, arrival.sent_at).await?;
        }
        let shown = message.clone();
        let is_new = match self.inbox.admit(message, |_| {}).await {
            Ok(admission) => matches!(admission, Admission::New(_)),
            Err(Refused::Full) => return Ok(Next::Later),
            Err(Refused::Store(error)) => return Err(error.into()),
            Err(refused) => {
                tracing::warn!(%refused, "a message of WhatsApp is shown only");
                self.inbox.show(shown, arrival.sent_at).await?;
                return self.settle_with(one, Fate::Listed, &pages).await;
            }
        };
        self.settle_with(one, Fate::Answered, &pages).await?;
        if is_new {
            self.read(one, arrival).await;
        }
        Ok(Next::Done)
    }

    async fn is_revoked(&self, one: &Arrived) -> Result<bool, StoreError> {
        let now = self.store.arrival(&one.chat, &one.id).await?;
        Ok(now.is_some_and(|now| now.is_revoked))
    }

    /// Whether the owner lets agents answer whoever speaks. Strangers hear
    /// nothing, but the owner can see that they wrote.
    async fn is_let_in(&self, one: &Arrived, arrival: &Arrival) -> Result<bool, StoreError> {
        match self.rules.speaker(arrival) {
            Speaker::Owner => return Ok(false),
            Speaker::OwnerAsks => return Ok(true),
            Speaker::Somebody => {}
        }
        if !arrival.is_live {
            return Ok(false);
        }
        let person = self.store.person(&one.author).await?;
        let sender = person.as_ref().map_or_else(|| one.author.clone(), shown);
        let visitor = Visitor {
            sender: &sender,
            also: &[],
            name: arrival.name.as_deref(),
            group: arrival.is_group.then_some(&*one.chat),
            is_mentioned: arrival.is_mentioned,
        };
        let visitors = self.inbox.visitors();
        let met = visitors.meet(self.store.via(), &visitor, now_ms()).await?;
        Ok(met == Reception::Answer)
    }

    /// Whether an agent is asked, of somebody whom the owner let in.
    async fn may_answer(&self, one: &Arrived, arrival: &Arrival) -> anyhow::Result<bool> {
        let now = now_ms();
        let silence = self.rules.silence(arrival, now);
        if let Some(silence) = silence {
            if silence == Silence::Unsealed {
                tracing::warn!(
                    "a message that WhatsApp's server could have written is not answered"
                );
            }
            return Ok(false);
        }
        if self.store.chat(&one.chat).await?.pause.is_some() {
            return Ok(false);
        }
        let lately = self.store.answered_since(&one.chat, now - HOUR_MS).await?;
        if lately >= i64::from(self.rules.hourly) {
            let why = format!("it had {lately} answers within an hour");
            self.pause(&one.chat, &why, true).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Tells whoever wrote that it was read: only what is answered is.
    async fn read(&self, one: &Arrived, arrival: &Arrival) {
        if arrival.from_me {
            return;
        }
        // Whoever writes alone is the chat; a group and a list are not who writes.
        let chat = Jid::read(&arrival.jid);
        let is_among_others = matches!(chat, Some(Jid::Group(_) | Jid::List(_)));
        let key = Key {
            chat: arrival.jid.clone(),
            id: one.id.clone(),
            from: is_among_others.then(|| arrival.from.clone()),
        };
        let read = Command::Read { keys: vec![key] };
        if let Err(refusal) = self.wire.ask(read, RECEIPT).await {
            tracing::info!(%refusal, "no read receipt was sent");
        }
    }

    async fn show(&self, one: &Arrived, arrival: &Arrival, text: String) -> anyhow::Result<Next> {
        self.show_as(one, arrival, text, Vec::new()).await?;
        self.settle(one, Fate::Listed).await
    }

    async fn show_as(
        &self,
        one: &Arrived,
        arrival: &Arrival,
        text: String,
        attachments: Vec<Attachment>,
    ) -> Result<(), Refused> {
        let message = Message {
            attachments,
            ..self.said(one, arrival, text).await?
        };
        if one.fate == Some(Fate::Placeholder)
            && !matches!(arrival.what, What::Unreadable { .. })
            && self.inbox.replace(&message, arrival.sent_at).await?
        {
            return Ok(());
        }
        self.inbox.show(message, arrival.sent_at).await.map(|_| ())
    }

    /// Somebody's words in the session of their conversation.
    async fn said(
        &self,
        one: &Arrived,
        arrival: &Arrival,
        text: String,
    ) -> Result<Message, StoreError> {
        let sender = match self.rules.speaker(arrival) {
            Speaker::Owner | Speaker::OwnerAsks => Sender::owner(),
            Speaker::Somebody => {
                let person = self.store.person(&one.author).await?;
                Sender {
                    id: one.author.clone(),
                    name: person.as_ref().map(called),
                }
            }
        };
        let metadata = vec![("whatsapp_id".to_owned(), one.id.clone())];
        Ok(Message {
            metadata,
            in_group: arrival.is_group,
            session_key: self.session(&one.chat),
            account: self.store.account().clone(),
            ..Message::written(super::NAME, &one.chat, sender, one.key.clone(), text)
        })
    }

    /// How a conversation is called: by the owner, by the group, by themselves,
    /// which has a mark before it, as on phones. Behind it stands which account it is
    /// of, unless that is the usual one: two conversations with one person are told
    /// apart.
    async fn title(&self, conversation: &str) -> Result<Option<String>, StoreError> {
        let chat = self.store.chat(conversation).await?;
        let person = self.store.person(conversation).await?;
        let (name, push_name) = person.map_or((None, None), |one| (one.name, one.push_name));
        let push_name = push_name.map(|name| format!("~{name}"));
        let title = name.or(chat.name).or(push_name);
        Ok(match self.store.account() {
            account if account.is_usual() => title,
            account => title.map(|title| format!("{title} ({account})")),
        })
    }
}
