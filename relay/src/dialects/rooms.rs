//! What a dialect needs of the relay to serve those who come in by it: the rooms,
//! and what a connection has in common on every wire.

use std::pin::pin;
use std::sync::Arc;

use super::queue::Queue;
use super::seats::{Seat, Seats};
use super::socket::{Refusal, Socket};
use crate::access::Access;
use crate::bus::Bus;
use crate::inbox::Inbox;
use crate::media::Media;
use crate::store::{Input, InputKind, Kept, Store, StoreError};
use crate::tasks::Tasks;

/// The rooms that a dialect speaks for. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Rooms {
    pub(crate) store: Store,
    pub(crate) bus: Bus,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) access: Arc<Access>,
    pub(crate) media: Media,
    pub(crate) tasks: Tasks,
    pub(crate) seats: Seats,
}

impl Rooms {
    /// Lets a socket in, until its seat is dropped. `None`: there are too many,
    /// and it is to be turned away.
    pub(crate) fn let_in(&self, socket: &Socket) -> Option<Seat> {
        let seat = self.seats.take()?;
        socket.let_in().then_some(seat)
    }

    /// Does something for a connection to its end. When the relay stops meanwhile,
    /// the peer hears goodbye after what waits for it.
    pub(crate) async fn until_goodbye<T>(
        &self,
        work: impl Future<Output = T>,
        queue: &Queue,
        goodbye: &Refusal,
    ) -> T {
        let mut work = pin!(work);
        tokio::select! {
            done = &mut work => return done,
            () = self.tasks.stopped() => queue.close(goodbye.code, &goodbye.reason),
        }
        work.await
    }

    /// Keeps the answers that a crash cut for those who asked on a channel: they
    /// find them at their next visit. `message_id` is how the asker knows a
    /// message with this key; without one there is nothing to tell.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn keep_unfinished(
        &self,
        channel: &str,
        message_id: fn(&str) -> Option<String>,
    ) -> Result<(), StoreError> {
        let kept = |input: &Input| {
            let origin = input.origin.as_ref()?;
            if origin.channel != channel || input.kind != InputKind::Message {
                return None;
            }
            Some(Kept {
                channel: channel.to_owned(),
                recipient: origin.sender.id.clone(),
                key: input.key.clone(),
                message_id: message_id(&input.key)?,
            })
        };
        let unfinished = self.store.unfinished().await?;
        let kept: Vec<Kept> = unfinished.iter().filter_map(kept).collect();
        self.store.keep(&kept).await
    }
}
