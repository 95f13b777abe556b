//! The wire of the openclaw-websocket plugin, as its server: at `/ws`, when the
//! address has a `senderId` or the first frame is a `chat.…`.
//!
//! `door` lets people in, `connection` is one of them, `letter` makes a message of
//! the domain of what they write, `answer` tells them what becomes of it, and
//! `channel` reaches them unasked.

mod answer;
mod channel;
mod connection;
mod door;
mod letter;

use std::sync::Arc;

use clawline_core::dialects::chat::{End, Query};
use clawline_core::dialects::{self, detect, parse};
use futures_util::future::BoxFuture;

use self::connection::{Connection, Person};
use super::accept::{Accepted, Claim, Dialect, Door, Opening};
use super::follow::Follow;
use super::open::Open;
use super::queue::Queue;
use super::rooms::Rooms;
use super::socket::{Conversation as _, Refusal};
use crate::store::StoreError;

/// Registry name of its channel.
pub(crate) const CHANNEL: &str = "chat";

/// The dialect, and its channel.
#[derive(Debug)]
pub(crate) struct Chat {
    /// Since when it serves, Unix milliseconds; `None` when it is switched off.
    since: Option<i64>,
    rooms: Rooms,
    follow: Follow,
    senders: Open<Person>,
}

impl Chat {
    /// Starts it, before the inbox recovers: who asked what a
    /// crash interrupted finds the answer at its next visit. When it is not
    /// `enabled` nobody is served.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn start(
        rooms: Rooms,
        enabled: bool,
        now: i64,
    ) -> Result<Arc<Self>, StoreError> {
        rooms.keep_unfinished(CHANNEL, letter::message_id).await?;
        Ok(Arc::new(Self {
            since: enabled.then_some(now),
            follow: Follow::start(Arc::clone(&rooms.inbox), &rooms.bus, &rooms.tasks),
            rooms,
            senders: Open::default(),
        }))
    }

    async fn serve_socket(self: Arc<Self>, mut accepted: Accepted) {
        let opened = tokio::select! {
            opened = self.open(&mut accepted) => opened,
            () = self.rooms.tasks.stopped() => Err(Some(goodbye())),
        };
        let who = match opened {
            Ok(who) => who,
            Err(Some(refusal)) => return accepted.socket.turn_away(refusal).await,
            Err(None) => return,
        };
        let Some(_seat) = self.rooms.let_in(&accepted.socket) else {
            return accepted.socket.turn_away(door::full()).await;
        };
        let (queue, frames) = Queue::new();
        let connection = Connection::new(Arc::clone(&self), who, queue);
        connection.begin(accepted.first.take()).await;
        let conversation = accepted.socket.converse(&connection, frames);
        self.rooms
            .until_goodbye(conversation, connection.queue(), &goodbye())
            .await;
        connection.leave().await;
    }
}

fn goodbye() -> Refusal {
    Refusal::close(End::ShuttingDown.code(), End::ShuttingDown.reason())
}

impl Dialect for Chat {
    fn name(&self) -> &'static str {
        CHANNEL
    }

    fn claims(&self, opening: &Opening<'_>) -> Claim {
        if self.since.is_none() || opening.door != Door::Ws {
            return Claim::No;
        }
        // A query that cannot be read is told what is wrong with it, in this wire.
        let query = Query::read(opening.query);
        if query.map_or(true, |query| query.sender_id.is_some()) {
            return Claim::Yes;
        }
        let Some(first) = opening.first else {
            return Claim::Maybe;
        };
        match parse(first.as_bytes()).and_then(|first| detect(&first)) {
            Some(dialects::Dialect::Chat) => Claim::Yes,
            _ => Claim::No,
        }
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(self.serve_socket(accepted))
    }
}

#[cfg(test)]
mod tests;
