//! The channel bridge of OpenJarvis, its server's side: at `/ws`, with
//! `POST /send` and `GET /channels` beside it.
//!
//! It never speaks first of itself, and never about an error: its clients take
//! any object for a message. Who only listens hears what people write on all
//! channels and what agents answer them.

mod channel;
mod http;
mod post;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use clawline_core::dialects::bridge::{ClientFrame, ServerFrame};
use clawline_core::dialects::{Dialect as Wire, JsonText, detect, parse};
use futures_util::future::BoxFuture;
use tracing::Instrument as _;

pub(crate) use self::channel::Programs;
pub(crate) use self::http::routes;
use super::accept::{Accepted, Claim, Dialect, Door, Opening};
use super::clients::{Client, Clients};
use super::queue::{Frames, Queue};
use super::rooms::Rooms;
use super::socket::{Conversation, Refusal};
use crate::access::{Denied, Permit, READ, WRITE};
use crate::bus::{ChannelMessage, Subscription};
use crate::channels::Channels;
use crate::channels::heard::{Heard, Word};
use crate::trace;

/// Registry name of the channel whose people are the bridge's clients.
pub(crate) const BRIDGE: &str = "bridge";

/// So many frames of one client that come to nothing are each told to the owner.
const MOST_COMPLAINTS: u32 = 10;

/// The running bridge.
#[derive(Debug)]
pub(crate) struct Bridge {
    rooms: Rooms,
    channels: Arc<Channels>,
    clients: Arc<Clients>,
}

impl Bridge {
    /// Starts to tell the clients what there is to hear.
    pub(crate) fn start(rooms: Rooms, channels: Arc<Channels>, clients: Arc<Clients>) -> Arc<Self> {
        let told = tell(Arc::clone(&clients), rooms.bus.subscribe());
        rooms.tasks.spawn(told.instrument(trace::of_wire("bridge")));
        Arc::new(Self {
            rooms,
            channels,
            clients,
        })
    }

    /// Serves a socket to its end, or until a first frame that is another's,
    /// with which it gives the socket back; and at once to a caller who may not
    /// listen without a word.
    async fn attend(&self, accepted: Accepted) -> Option<Accepted> {
        let access = &self.rooms.access;
        let permit = access.admit_bearer(&accepted.caller, Instant::now());
        let permit = match permit.and_then(|permit| permit.covering(READ)) {
            Ok(permit) => permit,
            Err(Denied::Missing | Denied::NotLocal | Denied::Origin(_) | Denied::Scope(_))
                if accepted.first.is_none() =>
            {
                return Some(accepted);
            }
            Err(denied) => {
                accepted.socket.turn_away(Refusal::from(denied)).await;
                return None;
            }
        };
        let Some(_seat) = self.rooms.let_in(&accepted.socket) else {
            accepted.socket.turn_away(Refusal::full()).await;
            return None;
        };
        let (client, frames) = self.clients.join();
        let talk = Talk {
            bridge: self,
            client: &client,
            permit,
            complaints: AtomicU32::new(0),
        };
        let stay = self.talk(&talk, accepted, frames);
        let back = self
            .rooms
            .until_goodbye(stay, &client.queue, &Refusal::restart())
            .await;
        self.clients.leave(&client);
        back
    }

    /// Tells a client what there is to hear, and hears what it says.
    async fn talk(
        &self,
        talk: &Talk<'_>,
        mut accepted: Accepted,
        mut frames: Frames,
    ) -> Option<Accepted> {
        let first = match accepted.first.take() {
            Some(first) => Ok(first),
            None => loop {
                let socket = &mut accepted.socket;
                match socket.frame_amid(talk.queue(), &mut frames).await {
                    Ok(Some(first)) => break Ok(first),
                    // As of any later frame: it is passed over.
                    Ok(None) => {}
                    Err(end) => break Err(end),
                }
            },
        };
        match first {
            Ok(first) if is_mine(&first) => {
                talk.receive(&first).await;
                accepted.socket.converse(talk, frames).await;
            }
            Ok(foreign) => {
                accepted.first = Some(foreign);
                return Some(accepted);
            }
            Err(Some(refusal)) => accepted.socket.turn_away(refusal).await,
            Err(None) => {}
        }
        None
    }
}

/// A broken frame is the bridge's too, where nobody else reads it: it costs only
/// itself.
fn is_mine(first: &str) -> bool {
    let wire = parse(first.as_bytes()).and_then(|frame| detect(&frame));
    matches!(wire, Some(Wire::Bridge) | None)
}

impl Dialect for Bridge {
    fn name(&self) -> &'static str {
        "bridge"
    }

    fn claims(&self, opening: &Opening<'_>) -> Claim {
        let mut query = opening.query.split('&');
        match (opening.door, opening.first) {
            // So the chat dialect is asked for, be it spoken here or not.
            (Door::Ws, _) if query.any(|part| part.starts_with("senderId=")) => Claim::No,
            (Door::Ws, None) => Claim::Meanwhile,
            (Door::Ws, Some(first)) if is_mine(first) => Claim::Yes,
            _ => Claim::No,
        }
    }

    fn host(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, Option<Accepted>> {
        Box::pin(async move { self.attend(accepted).await })
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.attend(accepted).await;
        })
    }
}

struct Talk<'a> {
    bridge: &'a Bridge,
    client: &'a Client,
    permit: Permit,
    /// So many of its frames were complained of.
    complaints: AtomicU32,
}

impl Talk<'_> {
    /// Says to the owner that a frame came to nothing. A client that sends
    /// nothing else does not fill the log.
    fn complain(&self, what: &str, why: &dyn fmt::Display) {
        match self.complaints.fetch_add(1, Ordering::Relaxed) {
            0..MOST_COMPLAINTS => tracing::warn!(%why, "{what}"),
            MOST_COMPLAINTS => {
                tracing::warn!("a bridge client goes on like this; no more of it is logged");
            }
            _ => tracing::debug!(%why, "{what}"),
        }
    }
}

impl Conversation for Talk<'_> {
    fn queue(&self) -> &Queue {
        &self.client.queue
    }

    /// There is no answer, so what cannot be sent is said to the owner. Who may
    /// only listen hears it as the close.
    async fn receive(&self, text: &str) {
        if !self.permit.may(WRITE) {
            let words = Denied::Scope(WRITE).to_string();
            return self.client.queue.close(1008, &words);
        }
        let frame = match ClientFrame::read(parse(text.as_bytes())) {
            Ok(frame) => frame,
            Err(refusal) => {
                return self.complain("a frame of a bridge client was not taken", &refusal);
            }
        };
        if let Err(error) = self.bridge.post(&frame, post::key(&self.client.id)).await {
            self.complain("a message of a bridge client was not sent", &error);
        }
    }
}

/// Tells the clients what there is to hear, until the relay ends.
async fn tell(clients: Arc<Clients>, mut events: Subscription) {
    let mut heard = Heard::default();
    loop {
        match events.next().await {
            Ok(event) => match heard.hear(&event) {
                Some(Word::Received(message)) => {
                    let writer = post::writer(&message.message_id);
                    clients.tell(&frame(&message), writer);
                }
                Some(Word::Answered(message)) => {
                    let asked = message.answers().unwrap_or(&message.message_id);
                    trace::of_message(asked).in_scope(|| {
                        tracing::info!(channel = message.channel, "an answer was told");
                        clients.tell(&frame(&message), None);
                    });
                }
                None => {}
            },
            Err(lagged) => {
                tracing::warn!("{lagged}: bridge clients missed them");
                heard = Heard::default();
            }
        }
    }
}

/// A message as this wire has it.
fn frame(message: &ChannelMessage) -> String {
    let mut metadata: serde_json::Map<_, _> = message
        .metadata
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    if !message.account.is_usual() {
        metadata.insert(post::ACCOUNT.to_owned(), message.account.as_str().into());
    }
    let frame = ServerFrame {
        channel: message.channel.clone(),
        sender: message.sender.clone(),
        content: message.content.clone(),
        message_id: message.message_id.clone(),
        conversation_id: message.conversation_id.clone(),
        metadata: Some(JsonText(serde_json::Value::Object(metadata).to_string())),
    };
    frame.encode()
}
