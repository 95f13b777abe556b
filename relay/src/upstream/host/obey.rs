//! What the app wants, told to the engine.

use clawline_core::{Entry, Key, NewEntry, Update};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::{Host, wall_ms};
use crate::upstream::request::RequestFailed;
use crate::upstream::sent::{SendRefused, Sent};
use crate::upstream::store::Store;
use crate::upstream::{Message, Request};

/// What a frame needs around the params of a message.
const ENVELOPE: u64 = 2_048;

/// The way to the host. Whoever calls waits for the answer, which bounds it.
pub(in crate::upstream) type Commands = mpsc::UnboundedSender<Command>;

/// What the app wants.
#[derive(Debug)]
pub(in crate::upstream) enum Command {
    Request(Request, oneshot::Sender<Result<Value, RequestFailed>>),
    Send(Message, oneshot::Sender<Result<Sent, SendRefused>>),
    Find(Key, oneshot::Sender<Option<Sent>>),
    Entries(oneshot::Sender<Vec<Entry>>),
    /// Follow an entry no longer, wherever it is.
    Drop(Key, oneshot::Sender<bool>),
    Resend(Key, oneshot::Sender<bool>),
    Subscribe(String),
    Unsubscribe(String),
    Reconnect,
    Close(oneshot::Sender<()>),
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) params: String,
    /// `None` for the host's own.
    answer: Option<oneshot::Sender<Result<Value, RequestFailed>>>,
}

impl Asked {
    pub(super) fn answer(self, result: Result<Value, RequestFailed>) {
        if let Some(answer) = self.answer {
            let _ = answer.send(result);
        }
    }
}

impl<S: Store> Host<S> {
    pub(super) fn obey(&mut self, command: Command) {
        let now = self.now();
        match command {
            Command::Request(request, answer) => self.ask(&request, Some(answer)),
            Command::Send(message, reply) => drop(reply.send(self.enqueue(message))),
            Command::Find(key, reply) => drop(reply.send(self.letters.find(&key))),
            Command::Entries(reply) => drop(reply.send(self.engine.entries())),
            Command::Drop(key, reply) => {
                let is_gone = self.engine.remove(now, &key) || self.engine.dismiss(now, &key);
                let _ = reply.send(is_gone);
            }
            Command::Resend(key, reply) => {
                let _ = reply.send(self.engine.resend(now, &key, new_key()));
            }
            Command::Subscribe(session) => {
                let request = self.subscriptions.add(session);
                self.wish(request);
            }
            Command::Unsubscribe(session) => {
                let request = self.subscriptions.remove(&session);
                self.wish(request);
            }
            Command::Reconnect => self.engine.connect(now),
            Command::Close(done) => {
                self.closers.push(done);
                self.leave();
            }
        }
    }

    pub(super) fn enqueue(&mut self, message: Message) -> Result<Sent, SendRefused> {
        if message.is_empty() {
            return Err(SendRefused::Empty);
        }
        let params = message.params();
        let bytes = params.len() as u64;
        let limit = self.engine.policy().max_payload;
        if bytes > limit.saturating_sub(ENVELOPE) {
            return Err(SendRefused::TooLarge { limit });
        }
        let key = message.key.unwrap_or_else(new_key);
        if self.engine.knows(&key) {
            return Err(SendRefused::KeyInUse);
        }
        let new = NewEntry {
            ttl: message.ttl,
            ..NewEntry::chat(key.clone(), message.session, bytes, wall_ms())
        };
        let sent = self.letters.add(key.clone(), params.into(), None);
        let enqueued = self.engine.enqueue(self.now(), new);
        if let Err(refused) = enqueued {
            self.letters.forget(&key);
            return Err(refused.into());
        }
        Ok(sent)
    }

    pub(super) fn ask(
        &mut self,
        request: &Request,
        answer: Option<oneshot::Sender<Result<Value, RequestFailed>>>,
    ) {
        let asked = Asked {
            method: request.method.clone(),
            params: request.json(),
            answer,
        };
        match self.engine.request(self.now(), request.new_request()) {
            Ok(id) => drop(self.asked.insert(id, asked)),
            Err(error) => asked.answer(Err(error.into())),
        }
    }

    /// Subscriptions are asked for anew at the next connection anyway.
    fn wish(&mut self, requests: Option<Request>) {
        self.wishes.extend(requests.filter(|_| self.was_ready));
    }

    pub(super) fn follow(&mut self, update: Update) {
        let request = self.subscriptions.follow(&update);
        self.wish(request);
        self.letters.update(update);
    }
}

fn new_key() -> Key {
    Key::new(uuid::Uuid::new_v4().to_string())
}
