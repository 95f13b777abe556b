//! The gateway client of agenticai, its server's side: JSON-RPC 2.0 at `/`, by
//! its first frame. It tells of telephone calls; each is a conversation of the
//! channel `calls`, kept for people to read.

mod channel;
mod record;

use std::sync::Arc;
use std::time::Instant;

use clawline_core::dialects::jsonrpc::{self, Caller, ClientFrame, Message, Refusal as Wrong};
use clawline_core::dialects::{Dialect as Wire, detect, parse};
use futures_util::future::BoxFuture;
use serde_json::Value;

pub(crate) use self::channel::Calls;
use self::record::Record;
use super::accept::{Accepted, Claim, Dialect, Door, Opening};
use super::clients::{Client, Clients};
use super::queue::Queue;
use super::rooms::Rooms;
use super::socket::{Conversation, Refusal};
use crate::access::WRITE;
use crate::account::Account;
use crate::bus::{ChannelMessage, Event};
use crate::ids;
use crate::inbox::{self, Admission, Delivered, Delivery, Refused, session_key};
use crate::store::Sender;

/// Registry name of the channel.
pub(crate) const CALLS: &str = "calls";

/// The running dialect.
#[derive(Debug)]
pub(crate) struct Jsonrpc {
    rooms: Rooms,
    clients: Arc<Clients>,
}

impl Jsonrpc {
    pub(crate) fn new(rooms: Rooms, clients: Arc<Clients>) -> Arc<Self> {
        Arc::new(Self { rooms, clients })
    }

    async fn attend(&self, mut accepted: Accepted) {
        let access = &self.rooms.access;
        let permit = access.admit_bearer(&accepted.caller, Instant::now());
        if let Err(denied) = permit.and_then(|permit| permit.covering(WRITE)) {
            return accepted.socket.turn_away(Refusal::from(denied)).await;
        }
        let Some(_seat) = self.rooms.let_in(&accepted.socket) else {
            return accepted.socket.turn_away(Refusal::full()).await;
        };
        let (client, frames) = self.clients.join();
        let talk = Talk {
            jsonrpc: self,
            client: &client,
        };
        if let Some(first) = accepted.first.take() {
            talk.receive(&first).await;
        }
        let conversation = accepted.socket.converse(&talk, frames);
        self.rooms
            .until_goodbye(conversation, talk.queue(), &Refusal::restart())
            .await;
        self.clients.leave(&client);
    }

    /// Keeps what a message says, once for each key.
    async fn keep(&self, key: String, message: &Message<Value>) -> Result<(), Wrong> {
        let Some(record) = Record::of(&message.event) else {
            return Ok(());
        };
        let kept = if record.is_question {
            self.ask(key, record).await
        } else {
            self.note(key, record, message).await
        };
        kept.map_err(|refused| match refused {
            Refused::Full => Wrong::Internal("too many messages of this call wait; send it again"),
            _ => Wrong::Internal("the message could not be stored; send it again"),
        })
    }

    /// What a caller said: the agent of the channel may answer it.
    async fn ask(&self, key: String, record: Record) -> Result<(), Refused> {
        let sender = Sender {
            id: record.speaker,
            name: None,
        };
        let message = inbox::Message::written(CALLS, &record.call_id, sender, key, record.text);
        match self.rooms.inbox.admit(message, |_| {}).await? {
            Admission::New(_) | Admission::Known { .. } | Admission::Conflict => Ok(()),
        }
    }

    /// Anything else: it is there to be read.
    async fn note(
        &self,
        key: String,
        record: Record,
        message: &Message<Value>,
    ) -> Result<(), Refused> {
        let delivery = Delivery {
            session_key: session_key::within(CALLS, &[&record.call_id]),
            key,
            text: record.text.clone(),
        };
        if let Delivered::Stored {
            message_id,
            was_known: false,
        } = self.rooms.inbox.deliver(delivery).await?
        {
            let mut metadata = vec![("message_type", message.event.kind().to_owned())];
            if !message.timestamp.is_empty() {
                metadata.push(("timestamp", message.timestamp.clone()));
            }
            let metadata = metadata.into_iter();
            self.rooms
                .bus
                .publish(&Event::ChannelReceived(Arc::new(ChannelMessage {
                    channel: CALLS.to_owned(),
                    account: Account::default(),
                    sender: record.speaker,
                    content: record.text,
                    message_id,
                    conversation_id: record.call_id,
                    metadata: metadata
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                })));
        }
        Ok(())
    }
}

impl Dialect for Jsonrpc {
    fn name(&self) -> &'static str {
        "jsonrpc"
    }

    fn claims(&self, opening: &Opening<'_>) -> Claim {
        match (opening.door, opening.first) {
            (Door::Root, None) => Claim::Maybe,
            (Door::Root, Some(first)) => {
                let wire = parse(first.as_bytes()).and_then(|frame| detect(&frame));
                if wire == Some(Wire::Jsonrpc) {
                    Claim::Yes
                } else {
                    Claim::No
                }
            }
            _ => Claim::No,
        }
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.attend(accepted).await })
    }
}

struct Talk<'a> {
    jsonrpc: &'a Jsonrpc,
    client: &'a Client,
}

impl Talk<'_> {
    /// The same request of one connection, by id and content, has one key. What
    /// has no id is never a repeat.
    fn key(&self, caller: &Caller, message: &Message<Value>) -> String {
        let what = match caller {
            Caller::Asks(id) => {
                let request = jsonrpc::request(id, message);
                ids::hex(&ids::sha256(request.as_bytes()))
            }
            Caller::Tells | Caller::Unknown => ids::uuid(),
        };
        format!("{CALLS}:{}:{what}", self.client.id)
    }
}

impl Conversation for Talk<'_> {
    fn queue(&self) -> &Queue {
        &self.client.queue
    }

    /// What is answered `ok` is stored.
    async fn receive(&self, text: &str) {
        let frame = ClientFrame::read(parse(text.as_bytes()));
        let mut answers = Vec::new();
        for request in &frame.requests {
            let outcome = match &request.message {
                Ok(message) => {
                    let key = self.key(&request.caller, message);
                    self.jsonrpc.keep(key, message).await
                }
                Err(wrong) => Err(*wrong),
            };
            answers.extend(request.caller.answer(outcome));
        }
        if let Some(answer) = frame.answer(answers) {
            self.client.queue.send(answer);
        }
    }
}
