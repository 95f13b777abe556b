//! What the bridge tells, onto our disk: only then is it acknowledged.

use std::sync::Arc;

use super::arrival::{self, Arrival, What};
use super::book::{Book, is_me};
use super::bridge::lines::{ChatNews, ContactNews, Event, Head, Incoming};
use super::link::Link;
use super::people::{Jid, plain_name};
use super::sending::Outbox;
use crate::clock::now_ms;
use crate::store::{NewArrival, StoreError, UNKNOWN, Whatsapp};

/// Keeps what comes.
#[derive(Debug)]
pub(super) struct Intake {
    store: Whatsapp,
    book: Book,
    outbox: Arc<Outbox>,
}

impl Intake {
    pub(super) fn new(store: Whatsapp, outbox: Arc<Outbox>) -> Arc<Self> {
        Arc::new(Self {
            book: Book(store.clone()),
            store,
            outbox,
        })
    }

    /// Keeps an event, so that it can be acknowledged. Told again it changes
    /// nothing. Gives whether there is something to deal with.
    pub(super) async fn take(&self, link: &Link, event: &Event) -> Result<bool, StoreError> {
        match event {
            Event::History(history) => {
                for chat in &history.chats {
                    self.chat(chat).await?;
                }
                for contact in &history.contacts {
                    self.contact(contact).await?;
                }
                let mut past = Vec::new();
                for row in &history.messages {
                    if let Some(Event::Message(message)) = &row.0 {
                        let told = self.message(link, message).await?;
                        past.extend(told.map(|told| (message.head.sent_at, told)));
                    }
                }
                past.sort_by_key(|(sent_at, _)| *sent_at);
                let past: Vec<NewArrival> = past.into_iter().map(|(_, told)| told).collect();
                self.keep(past).await
            }
            Event::Message(message) => {
                let told = self.message(link, message).await?;
                self.keep(told).await
            }
            Event::Edit(edit) => {
                let what = arrival::of_edit(edit);
                self.take_other(link, &edit.head, what).await
            }
            Event::Delete(deleted) => {
                let target = deleted.target.clone();
                let what = What::Revoke { target };
                self.take_other(link, &deleted.head, what).await
            }
            Event::Reaction(reacted) => {
                let what = arrival::of_reaction(&reacted.emoji);
                self.take_other(link, &reacted.head, what).await
            }
            Event::Undecryptable(unread) => {
                let on_phone = unread.on_phone;
                let what = What::Unreadable { on_phone };
                self.take_other(link, &unread.head, what).await
            }
            Event::Timer(timer) => {
                let head = &timer.head;
                let chat = self.conversation(head).await?;
                if let Some(chat) = chat {
                    let seconds = Some(timer.expiration);
                    self.store.describe_chat(&chat, None, seconds, None).await?;
                }
                Ok(false)
            }
            Event::Chat(chat) => self.chat(chat).await.map(|()| false),
            Event::Contact(contact) => self.contact(contact).await.map(|()| false),
            Event::Group(group) => {
                let news = ChatNews {
                    chat: group.chat.clone(),
                    name: group.name.clone(),
                    ..ChatNews::default()
                };
                self.chat(&news).await.map(|()| false)
            }
            Event::LidMap(map) => {
                self.book.person(&map.lid, Some(&map.pn)).await?;
                // Two conversations may have become one.
                Ok(true)
            }
            Event::SendStatus(status) => self.outbox.told(status).await.map(|()| false),
            Event::Paired(_)
            | Event::Ready(_)
            | Event::State(_)
            | Event::Qr(_)
            | Event::PairCode(_)
            | Event::Typing(_)
            | Event::Fatal(_)
            | Event::Other { .. } => Ok(false),
        }
    }

    async fn keep(&self, told: impl IntoIterator<Item = NewArrival>) -> Result<bool, StoreError> {
        let told: Vec<NewArrival> = told.into_iter().collect();
        if told.is_empty() {
            return Ok(false);
        }
        Ok(self.store.keep_arrivals(&told).await? > 0)
    }

    async fn take_other(&self, link: &Link, head: &Head, what: What) -> Result<bool, StoreError> {
        let told = self.arrival(link, head, what, &[]).await?;
        self.keep(told).await
    }

    async fn message(
        &self,
        link: &Link,
        message: &Incoming,
    ) -> Result<Option<NewArrival>, StoreError> {
        let mut named: Vec<&str> = message.mentions.iter().map(String::as_str).collect();
        named.extend(
            message
                .quoted
                .as_ref()
                .and_then(|quote| quote.from.as_deref()),
        );
        let what = arrival::of_message(message);
        let told = self.arrival(link, &message.head, what, &named).await?;
        if let (Some(told), Some(seconds)) = (&told, message.expiration) {
            self.store
                .describe_chat(&told.chat, None, Some(seconds), None)
                .await?;
        }
        Ok(told)
    }

    /// What is kept of a message; `None` for one of no chat. `named` are those
    /// whom it mentions or answers.
    async fn arrival(
        &self,
        link: &Link,
        head: &Head,
        what: What,
        named: &[&str],
    ) -> Result<Option<NewArrival>, StoreError> {
        if head.from_me && self.outbox.is_ours(&head.id).await? {
            return Ok(None);
        }
        let author = self
            .book
            .person(&head.from, head.from_alt.as_deref())
            .await?;
        let Some(chat) = self.conversation(head).await? else {
            return Ok(None);
        };
        if let (Some(person), false) = (&author, head.from_me) {
            let push_name = head.push_name.as_deref();
            self.book.call(person, None, push_name).await?;
        }
        let author = match author {
            Some(person) => person.conversation,
            None if head.is_group => UNKNOWN.to_owned(),
            None => chat.clone(),
        };
        let names = [Some(&head.chat), head.chat_alt.as_ref()]
            .into_iter()
            .flatten();
        let arrival = Arrival {
            is_own_chat: names.into_iter().any(|name| is_me(link, name)),
            is_mentioned: named.iter().any(|name| is_me(link, name)),
            ..Arrival::of(head, what)
        };
        Ok(Some(arrival.kept(
            self.store.account(),
            &head.id,
            &chat,
            &author,
            now_ms(),
        )))
    }

    /// The conversation of a message. What somebody sends to a list is said to
    /// each one alone.
    async fn conversation(&self, head: &Head) -> Result<Option<String>, StoreError> {
        // Stories are broadcast too, and no list.
        let is_list = matches!(Jid::read(&head.chat), Some(Jid::List(_)));
        let is_list = is_list && !head.from_me && !head.from.is_empty();
        let (chat, alt) = if is_list {
            (&head.from, &head.from_alt)
        } else {
            (&head.chat, &head.chat_alt)
        };
        self.book.conversation(chat, alt.as_deref()).await
    }

    async fn chat(&self, news: &ChatNews) -> Result<(), StoreError> {
        let chat = self.book.conversation(&news.chat, news.chat_alt.as_deref());
        let Some(chat) = chat.await? else {
            return Ok(());
        };
        let name = news.name.as_deref().and_then(plain_name);
        if name.is_none() && news.expiration.is_none() {
            return Ok(());
        }
        let seconds = news.expiration;
        self.store
            .describe_chat(&chat, name.as_deref(), seconds, None)
            .await
    }

    async fn contact(&self, news: &ContactNews) -> Result<(), StoreError> {
        let person = self.book.person(&news.jid, news.alt.as_deref()).await?;
        match person {
            Some(person) => {
                let (name, push_name) = (news.name.as_deref(), news.push_name.as_deref());
                self.book.call(&person, name, push_name).await
            }
            None => Ok(()),
        }
    }
}
