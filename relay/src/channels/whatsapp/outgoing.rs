//! Messages that are to go out: whom they are for, in which parts, kept under
//! ids of their own before anything is tried.

use std::sync::Arc;

use super::book::session_of;
use super::content::{Act as Done, Content, Quote, contents, message_id, short};
use super::people::Target;
use super::places::{Place, Places, stored};
use super::rules::Rules;
use super::sending::Outbox;
use crate::account::Account;
use crate::channels::{Act, ChannelError, Outbound, Receipt};
use crate::clock::now_ms;
use crate::ids;
use crate::inbox::{Inbox, Message};
use crate::store::{
    Arrived, Entry, InputKind, NewSending, Sender, Settlement, StoreError, Whatsapp, shown_sending,
};

/// Takes messages that are to go out.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) store: Whatsapp,
    pub(super) inbox: Arc<Inbox>,
    pub(super) places: Places,
    pub(super) outbox: Arc<Outbox>,
    pub(super) rules: Rules,
}

impl Counter {
    /// Keeps a message that is to go out. It goes when its turn comes.
    pub(super) async fn take(
        &self,
        target: &str,
        message: &Outbound,
    ) -> Result<Receipt, ChannelError> {
        let account = self.store.account();
        let digest = digest(account, target, message);
        match self
            .store
            .known_sending(&message.key, digest)
            .await
            .map_err(stored)?
        {
            Some(Settlement::Known(id)) => {
                self.show_again(message, &id).await?;
                return Ok(Receipt::sent(id).again());
            }
            Some(Settlement::Conflict) => return Err(ChannelError::Conflict),
            Some(Settlement::New) | None => {}
        }
        // Asked of an agent, or sent through another channel.
        let asked = self.store.relay().input(&message.key).await;
        if asked.map_err(stored)?.is_some() {
            return Err(ChannelError::Conflict);
        }
        let act = act(message)?;
        let read = Target::read(target).map_err(|bad| ChannelError::Target(bad.to_string()))?;
        let state = self.places.wire.link().borrow().state;
        if state.is_at_rest() {
            return Err(ChannelError::NotConnected(super::state_of(state)));
        }
        let place = self.places.place(read, state).await?;
        let asked = self.asked(message, &place).await?;
        let is_answer = asked.is_some();
        let quote = match (&asked, &act) {
            (_, Some((_, id))) => Some(self.quoted(id, &place).await?),
            (Some(asked), None) if place.conversation.ends_with("@g.us") => {
                Some(self.quote(asked).await.map_err(stored)?)
            }
            (Some(_), None) => None,
            (None, None) => match &message.reply_to {
                Some(id) => Some(self.quoted(id, &place).await?),
                None => None,
            },
        };
        let is_cold = self.places.is_cold(&place).await?;
        let text = match is_answer {
            true => self.rules.signed(&message.text),
            false => message.text.clone(),
        };
        let contents = match act {
            Some((act, _)) => vec![done_to(act, quote, &place.jid, &text)?],
            None => contents(&place.jid, &text, &message.attachments, quote),
        };
        let answers = asked.map(|asked| asked.key);
        let parts: Vec<NewSending> = contents
            .iter()
            .map(|content| NewSending {
                message_id: message_id(),
                chat: place.conversation.clone(),
                session: session_of(account, &place.conversation),
                answers: answers.clone(),
                is_cold,
                // A struct of plain values is always JSON.
                content: serde_json::to_string(content).unwrap_or_default(),
            })
            .collect();
        let queued = self
            .store
            .queue_sendings(&message.key, digest, &parts, now_ms())
            .await
            .map_err(stored)?;
        let receipt = match queued {
            Settlement::New => {
                let first = parts.first().map(|part| part.message_id.clone());
                Receipt::sent(first.unwrap_or_default())
            }
            Settlement::Known(id) => Receipt::sent(id).again(),
            Settlement::Conflict => return Err(ChannelError::Conflict),
        };
        let id = &receipt.message_id;
        if !is_answer {
            self.show(&place.conversation, message, id).await?;
        }
        self.outbox.tell_row(id).await.map_err(stored)?;
        self.outbox.look();
        Ok(receipt)
    }

    /// Shows in the conversation what the owner sends; `id` is that of its first part.
    /// An answer is there already.
    async fn show(&self, chat: &str, message: &Outbound, id: &str) -> Result<(), ChannelError> {
        let files = message.attachments.iter();
        let files = files.map(|file| format!("[{} {}]", file.mime, file.name));
        let lines: Vec<String> = files.chain([message.text.clone()]).collect();
        let text = match act(message)? {
            None => lines.join("\n").trim().to_owned(),
            Some((Act::React, _)) => format!("[reacted {}]", message.text.trim()),
            Some((Act::Delete, _)) => "[deleted a message]".to_owned(),
            Some(_) => format!("[changed to: {}]", message.text.trim()),
        };
        let run = shown_sending(id);
        let words = Message {
            kind: InputKind::Delivery,
            session_key: session_of(self.store.account(), chat),
            account: self.store.account().clone(),
            in_group: chat.ends_with("@g.us"),
            ..Message::written(super::NAME, chat, Sender::owner(), run, text)
        };
        self.inbox.show_sent(words, &message.key).await?;
        Ok(())
    }

    /// Shows it where a crash came between: it was kept, and not shown.
    async fn show_again(&self, message: &Outbound, id: &str) -> Result<(), ChannelError> {
        let is_answer = match &message.reply_to {
            Some(key) => self
                .store
                .arrival_of_key(key)
                .await
                .map_err(stored)?
                .is_some(),
            None => false,
        };
        let kept = self.store.sending(id).await.map_err(stored)?;
        match kept.filter(|_| !is_answer) {
            Some(kept) => self.show(&kept.chat, message, id).await,
            None => Ok(()),
        }
    }

    /// The message that an agent's answer is for; `None` for words of the owner.
    async fn asked(
        &self,
        message: &Outbound,
        place: &Place,
    ) -> Result<Option<Arrived>, ChannelError> {
        let Some(key) = &message.reply_to else {
            return Ok(None);
        };
        let Some(asked) = self.store.arrival_of_key(key).await.map_err(stored)? else {
            return Ok(None);
        };
        let refused = |why: &str| Err(ChannelError::Message(why.to_owned()));
        if asked.is_revoked {
            return refused("what it answers was deleted: the answer is not sent");
        }
        if place.chat.pause.is_some() {
            return refused("agents do not answer in this chat now: the answer is not sent");
        }
        Ok(Some(asked))
    }

    /// A message of this chat, by its id on WhatsApp.
    async fn quoted(&self, id: &str, place: &Place) -> Result<Quote, ChannelError> {
        let came = self.store.arrival(&place.conversation, id).await;
        let came = match came.map_err(stored)? {
            Some(came) => Some(came),
            // As it is named where messages are told of.
            None => self.store.arrival_of_key(id).await.map_err(stored)?,
        };
        if let Some(came) = came.filter(|came| came.chat == place.conversation) {
            return self.quote(&came).await.map_err(stored);
        }
        let sent = self.store.sending(id).await.map_err(stored)?;
        let Some(sent) = sent.filter(|sent| sent.chat == place.conversation) else {
            let words = "this is the id of no message of this chat that is known here";
            return Err(ChannelError::Message(words.to_owned()));
        };
        let content: Option<Content> = serde_json::from_str(&sent.content).ok();
        Ok(Quote {
            id: sent.message_id,
            from_me: true,
            from: None,
            text: content
                .map(|content| short(&content.text))
                .unwrap_or_default(),
        })
    }

    async fn quote(&self, came: &Arrived) -> Result<Quote, StoreError> {
        let mut text = String::new();
        let mut from_me = false;
        for row in ["user", "shown"] {
            let row = self
                .store
                .relay()
                .row_of_key(&format!("{}:{row}", came.key))
                .await?;
            if let Some(Entry::Message {
                text: words,
                origin,
                ..
            }) = row.map(|row| row.entry)
            {
                text = short(&words);
                from_me = origin.sender.id == Sender::OWNER;
            }
        }
        Ok(Quote {
            id: came.id.clone(),
            from_me,
            from: (!from_me).then(|| came.author.clone()),
            text,
        })
    }
}

/// What is done with a message; nothing where something is said.
fn act(message: &Outbound) -> Result<Option<(Act, String)>, ChannelError> {
    let refused = |words: &str| Err(ChannelError::Message(words.to_owned()));
    let has_words = !message.text.trim().is_empty();
    match message.act() {
        None if !has_words && message.attachments.is_empty() => {
            refused("send needs words or a file")
        }
        Some(_) if !message.attachments.is_empty() => {
            refused("a file cannot be put to a message that is there: send it by itself")
        }
        Some((Act::Edit, _)) if !has_words => {
            refused("an edit needs words: to take a message back, delete it")
        }
        found => Ok(found.map(|(act, id)| (act, id.to_owned()))),
    }
}

/// What is done to a message.
fn done_to(
    act: Act,
    target: Option<Quote>,
    jid: &str,
    text: &str,
) -> Result<Content, ChannelError> {
    let is_own = target.as_ref().is_some_and(|target| target.from_me);
    if act != Act::React && !is_own {
        let words = "only messages of this account can be changed or deleted";
        return Err(ChannelError::Message(words.to_owned()));
    }
    Ok(Content {
        jid: jid.to_owned(),
        text: text.trim().to_owned(),
        file: None,
        quote: target,
        mentions: Vec::new(),
        act: match act {
            Act::React => Done::React,
            Act::Edit => Done::Edit,
            Act::Delete => Done::Delete,
        },
    })
}

/// What makes two messages the same.
pub(super) fn digest(account: &Account, target: &str, message: &Outbound) -> [u8; 32] {
    let files = message.attachments.iter();
    let files: Vec<&str> = files.map(|file| file.digest.as_str()).collect();
    let act = message.act().map(|(act, id)| [act.as_str(), id]);
    let target = target.trim();
    let same = match account.is_usual() {
        true => serde_json::json!([target, message.text, files, message.reply_to, act]),
        false => serde_json::json!([target, message.text, files, message.reply_to, act, account]),
    };
    ids::sha256(same.to_string().as_bytes())
}
