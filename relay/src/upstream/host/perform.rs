//! What the engine wants done.

use std::sync::Arc;

use clawline_core::engine::{self, Close, Generation, Introduction, Outgoing, Output};
use clawline_core::wire::{Writer, methods, request};
use clawline_core::{Batch, Change, DeviceToken, Key, RequestId, Route};

use super::jobs::{Done, Opened};
use super::{Host, wall_ms};
use crate::upstream::events::Event;
use crate::upstream::sent::{TOO_LARGE, UNREADABLE};
use crate::upstream::socket::Socket;
use crate::upstream::status::Status;
use crate::upstream::store::{Kept, Store, Write};

impl<S: Store> Host<S> {
    /// Does what the engine wants done. Nothing here calls into it: what there
    /// is to tell it comes back as a job.
    pub(super) fn perform(&mut self) {
        loop {
            let Some(output) = self.engine.poll_output() else {
                // All is drained: what followed from it may be asked now.
                let wishes = std::mem::take(&mut self.wishes);
                if wishes.is_empty() {
                    return;
                }
                for wish in wishes {
                    self.ask(&wish, None);
                }
                continue;
            };
            match output {
                Output::Connect(generation) => self.open(generation),
                Output::Sign(generation, text) => {
                    let signature = self.identity.sign(text.expose());
                    self.spawn(async move { Done::Signed(generation, signature) });
                }
                Output::Transmit(generation, outgoing) => self.transmit(generation, outgoing),
                Output::Disconnect(generation, code) => self.disconnect(generation, code),
                Output::KeepDeviceToken { token, scopes, .. } => {
                    self.keep_token(Some(DeviceToken { token, scopes }));
                }
                Output::ForgetDeviceToken => self.keep_token(None),
                Output::Store(batch) => self.write(batch),
                Output::Event(event) => self.tell(event),
                // Of tabs that share a connection.
                Output::Ping(_) | Output::Depose => {}
            }
        }
    }

    pub(super) fn open(&mut self, generation: Generation) {
        let place = Arc::clone(&self.place);
        let (sign_in, device_token) = (self.sign_in.clone(), self.device_token.clone());
        let device = self.identity.device();
        let opening = async move {
            let credentials = sign_in.credentials(device_token).await;
            let credentials = credentials.map_err(Close::Credentials)?;
            let socket = Socket::open(&place.destination).await?;
            let introduction = Introduction {
                credentials,
                device: Some(device),
            };
            Ok(Box::new(Opened {
                socket,
                introduction,
            }))
        };
        let job = self.spawn(async move { Done::Opened(generation, opening.await) });
        self.opening = Some((generation, job));
    }

    pub(super) fn disconnect(&mut self, generation: Generation, code: u16) {
        if let Some((_, opening)) = self.opening.take_if(|(at, _)| *at == generation) {
            opening.abort();
        }
        if let Some((_, socket)) = self.socket.take_if(|(at, _)| *at == generation) {
            self.spawn(async move {
                socket.close(code).await;
                Done::Goodbye
            });
        }
    }

    pub(super) fn keep_token(&mut self, token: Option<DeviceToken>) {
        if self.device_token == token {
            return;
        }
        self.device_token = token.clone();
        let (store, place) = (Arc::clone(&self.store), Arc::clone(&self.place));
        self.spawn(async move { Done::TokenKept(store.keep_token(&place.outbox, token).await) });
    }

    pub(super) fn write(&mut self, batch: Batch) {
        let id = batch.id;
        let changes = batch.changes.into_iter().map(|change| match change {
            Change::Add(saved) => {
                let params = self.letters.params(&saved.key);
                Write::Add(Kept {
                    params: params.as_deref().unwrap_or("{}").to_owned(),
                    saved,
                })
            }
            Change::Set(saved) => Write::Set(saved),
            Change::Drop(origin) => Write::Drop(origin),
        });
        let changes = changes.collect();
        let (store, place) = (Arc::clone(&self.store), Arc::clone(&self.place));
        self.spawn(async move { Done::Stored(id, store.write(&place.outbox, changes).await) });
    }

    pub(super) fn transmit(&mut self, generation: Generation, outgoing: Outgoing) {
        let limit = self.engine.policy().max_payload;
        let Some((_, socket)) = self.socket.as_mut().filter(|(at, _)| *at == generation) else {
            return;
        };
        match outgoing {
            Outgoing::Frame(text) => socket.send(text.expose().to_owned()),
            Outgoing::Request(id) => {
                let Some(asked) = self.asked.get(&id) else {
                    return;
                };
                let frame = request(id.0, &asked.method, &asked.params);
                if frame.len() as u64 <= limit {
                    return socket.send(frame);
                }
                self.spawn(async move { Done::Unaskable(id, limit) });
            }
            Outgoing::Entry { id, key, route } => {
                let refusal = match self.letters.params(&key) {
                    None => UNREADABLE,
                    Some(params) => {
                        let frame = entry_frame(id, &key, &route, &params);
                        if frame.len() as u64 <= limit {
                            return socket.send(frame);
                        }
                        TOO_LARGE
                    }
                };
                self.spawn(async move { Done::Unsendable(generation, id, refusal) });
            }
        }
    }

    pub(super) fn tell(&mut self, event: engine::Event) {
        match event {
            engine::Event::Status(status) => {
                let is_ready = status == engine::Status::Ready;
                self.status.send_replace(self.in_public(status));
                if is_ready != std::mem::replace(&mut self.was_ready, is_ready) {
                    let event = if is_ready {
                        Event::Connected
                    } else {
                        Event::Lost
                    };
                    self.hub.tell(event, 0);
                    if is_ready {
                        self.wishes.extend(self.subscriptions.all());
                    }
                }
            }
            engine::Event::Failed(id, error) => {
                if let Some(asked) = self.asked.remove(&id) {
                    asked.answer(Err(error.into()));
                }
            }
            engine::Event::Outbox(update) => self.follow(update),
            engine::Event::Gap { .. } => self.hub.tell(Event::Gap, 0),
            _ => {}
        }
    }

    pub(super) fn in_public(&self, status: engine::Status) -> Status {
        match status {
            engine::Status::Ready => Status::Ready {
                hello: Arc::clone(&self.hello),
            },
            engine::Status::Waiting {
                attempt,
                until,
                cause,
                again,
            } => {
                let wait = until.since(self.now()).as_millis();
                Status::Waiting {
                    attempt,
                    until_ms: wall_ms().saturating_add(u64::try_from(wait).unwrap_or(u64::MAX)),
                    cause,
                    again,
                }
            }
            engine::Status::Pairing(pairing) => Status::Pairing(pairing),
            engine::Status::Paused(cause) => Status::Paused(cause),
            engine::Status::Closed => Status::Closed,
            engine::Status::Connecting { attempt, again } => Status::Connecting { attempt, again },
            // It is told to connect before anything else.
            _ => Status::Connecting {
                attempt: 1,
                again: false,
            },
        }
    }
}

/// The frame of a message: what it says, and what its key and its session are
/// now.
fn entry_frame(id: RequestId, key: &Key, route: &Route, params: &str) -> String {
    let more = Writer::new()
        .maybe("sessionKey", route.transcript())
        .text("idempotencyKey", key.as_str())
        .end();
    let own = params.strip_prefix('{').unwrap_or("}");
    let joint = if own == "}" { "" } else { "," };
    let more = more.strip_suffix('}').unwrap_or_default();
    let params = [more, joint, own].concat();
    let method = route.method().unwrap_or(methods::CHAT_SEND);
    request(id.0, method, &params)
}
