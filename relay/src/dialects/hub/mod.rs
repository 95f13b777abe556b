//! The wire of the tutorial's hub, as its server: pages at `/hub`, plugins at
//! `/openclaw`.
//!
//! A page asks; a plugin answers where one is connected, else an agent of this
//! relay does. `door` lets people in, `page` and `plugin` are the two kinds of
//! connection, `desk` is what a plugin has to answer, `answer` tells a page what an
//! agent says, and `channel` reaches pages unasked.

mod answer;
mod channel;
mod desk;
mod door;
mod page;
mod plugin;
mod plugins;

use std::sync::Arc;

use clawline_core::dialects::hub;
use futures_util::future::BoxFuture;

use self::page::{Page, PageConnection};
use self::plugin::PluginConnection;
use self::plugins::Plugins;
use super::accept::{Accepted, Claim, Dialect, Door, Opening};
use super::follow::Follow;
use super::open::Open;
use super::queue::{Frames, Queue};
use super::rooms::Rooms;
use super::socket::{Conversation, Refusal, Socket};
use crate::clock;
use crate::store::StoreError;

/// Registry name of its channel.
pub(crate) const CHANNEL: &str = "hub";
/// Largest frame, in bytes, as in the original.
const MAX_FRAME: usize = 1024 * 1024;

/// The dialect, and its channel.
#[derive(Debug)]
pub(crate) struct Hub {
    /// Since when it serves, Unix milliseconds; `None` when it is switched off.
    since: Option<i64>,
    rooms: Rooms,
    follow: Follow,
    pages: Open<Page>,
    plugins: Plugins,
}

impl Hub {
    /// Starts it, before the inbox recovers: a page that asked what a crash
    /// interrupted finds the answer when it comes back. When it is not `enabled`
    /// nobody is served.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn start(
        rooms: Rooms,
        enabled: bool,
        now: i64,
    ) -> Result<Arc<Self>, StoreError> {
        rooms
            .keep_unfinished(CHANNEL, |key| Some(key.to_owned()))
            .await?;
        Ok(Arc::new(Self {
            since: enabled.then_some(now),
            follow: Follow::start(Arc::clone(&rooms.inbox), &rooms.bus, &rooms.tasks),
            rooms,
            pages: Open::default(),
            plugins: Plugins::default(),
        }))
    }

    async fn serve_socket(self: Arc<Self>, mut accepted: Accepted) {
        let is_plugin = accepted.door == Door::Openclaw;
        let opened = tokio::select! {
            opened = self.open(&mut accepted, is_plugin) => opened,
            () = self.rooms.tasks.stopped() => Err(Some(goodbye())),
        };
        match opened {
            Ok(()) => {}
            Err(Some(refusal)) => return accepted.socket.turn_away(refusal).await,
            Err(None) => return,
        }
        let has_room = !is_plugin || self.plugins.has_room();
        let seat = has_room.then(|| self.rooms.let_in(&accepted.socket));
        let Some(_seat) = seat.flatten() else {
            let full = door::refused("Too many connections. Try again in a moment.", 1013);
            return accepted.socket.turn_away(full).await;
        };
        let (queue, frames) = Queue::new();
        let first = accepted.first.take();
        if is_plugin {
            let plugin = PluginConnection::new(Arc::clone(&self), queue);
            tokio::select! {
                () = self.talk(&plugin, accepted.socket, frames, first) => {}
                () = plugin.keep_time() => {}
            }
            plugin.leave().await;
        } else {
            let page = PageConnection::new(Arc::clone(&self), queue);
            self.talk(&page, accepted.socket, frames, first).await;
            page.leave().await;
        }
    }

    async fn talk(
        &self,
        one: &impl Conversation,
        socket: Socket,
        frames: Frames,
        first: Option<String>,
    ) {
        if let Some(first) = first {
            one.receive(&first).await;
        }
        let conversation = socket.converse(one, frames);
        self.rooms
            .until_goodbye(conversation, one.queue(), &goodbye())
            .await;
    }
}

fn goodbye() -> Refusal {
    Refusal::close(1001, "Server shutting down")
}

/// The hub's time in ISO 8601.
fn timestamp() -> String {
    clock::iso(clock::now_ms())
}

/// A plugin's frame in the envelope for a page.
fn enveloped(frame: &str) -> String {
    hub::from_openclaw(frame, &timestamp())
}

impl Dialect for Hub {
    fn name(&self) -> &'static str {
        CHANNEL
    }

    fn claims(&self, opening: &Opening<'_>) -> Claim {
        match opening.door {
            Door::Hub | Door::Openclaw if self.since.is_some() => Claim::Yes,
            _ => Claim::No,
        }
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(self.serve_socket(accepted))
    }
}

#[cfg(test)]
mod tests;
