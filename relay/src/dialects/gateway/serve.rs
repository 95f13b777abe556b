//! A socket of this dialect: the handshake, then requests until it ends.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::connections::Connection;
use super::frames;
use super::handshake::{self, Admitted};
use super::{Gateway, hello, methods};
use crate::clock::now_ms;
use crate::dialects::accept::{Accepted, Claim, Dialect, Door, Greeting, Opening};
use crate::dialects::queue::Queue;
use crate::dialects::socket::{Conversation, Refusal, Socket};
use crate::ids;
use crate::limits;

impl Dialect for Gateway {
    fn name(&self) -> &'static str {
        "gateway"
    }

    /// At `/` it takes whatever nobody before it claimed.
    fn claims(&self, opening: &Opening<'_>) -> Claim {
        match (opening.door, opening.first) {
            (Door::Gateway, _) | (Door::Root, Some(_)) => Claim::Yes,
            (Door::Root, None) => Claim::Maybe,
            (Door::Ws | Door::Hub | Door::Openclaw, _) => Claim::No,
        }
    }

    fn greeting(&self, door: Door) -> Option<Greeting> {
        (door == Door::Root).then(|| {
            let nonce = ids::uuid();
            let frame = hello::challenge(&nonce);
            Greeting { frame, nonce }
        })
    }

    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.serve_socket(accepted).await })
    }
}

impl Gateway {
    async fn serve_socket(self: Arc<Self>, mut accepted: Accepted) {
        let admitted = tokio::select! {
            admitted = self.shake_hands(&mut accepted) => admitted,
            () = self.tasks.stopped() => Err(Some(Refusal::restart())),
        };
        match admitted {
            Ok(admitted) if accepted.socket.let_in() => {
                self.converse(accepted.socket, admitted).await;
            }
            Ok(admitted) => {
                let refusal = handshake::full(&admitted.request_id);
                accepted.socket.turn_away(refusal).await;
            }
            Err(Some(refusal)) => accepted.socket.turn_away(refusal).await,
            Err(None) => {}
        }
    }

    /// The deadline counts from the upgrade where only this dialect is spoken;
    /// elsewhere a peer may be silent until it knows what to say, and it counts
    /// from its first frame. `Err(None)`: the peer went away by itself.
    async fn shake_hands(
        self: &Arc<Self>,
        accepted: &mut Accepted,
    ) -> Result<Admitted, Option<Refusal>> {
        let deadline = Instant::now() + limits::HANDSHAKE;
        let hands = async {
            let nonce = match accepted.greeted.take() {
                Some(nonce) => nonce,
                None => {
                    let nonce = ids::uuid();
                    let challenge = hello::challenge(&nonce);
                    accepted.socket.send(challenge).await.map_err(|_| None)?;
                    nonce
                }
            };
            let first = match accepted.first.take() {
                Some(first) => first,
                None => accepted.socket.first_frame().await?,
            };
            let has_room = accepted.socket.has_room();
            self.admit(&accepted.caller, &nonce, &first, has_room)
                .await
                .map_err(Some)
        };
        let late = |_| Err(Some(Refusal::close(1000, "")));
        timeout_at(deadline, hands).await.unwrap_or_else(late)
    }

    async fn converse(self: &Arc<Self>, socket: Socket, admitted: Admitted) {
        let id = ids::uuid();
        let (connection, frames) = Connection::new(id.clone(), admitted.identity, now_ms());
        self.connections.add(&connection);
        // In the registry first, so that the presence in hello has it; it gets no
        // event before `open`.
        let hello = self.hello(&id, &admitted.auth).await;
        let hello = frames::answer(&admitted.request_id, &hello);
        connection.mailbox.open(hello);
        self.state.changed();
        self.expel_if_revoked(&connection).await;
        tracing::debug!(connection = id, client = connection.client.id, "connected");
        let talk = Talk {
            gateway: self,
            connection: &connection,
        };
        socket.converse(&talk, frames).await;
        self.connections.remove(&id);
        tracing::debug!(connection = id, "gone");
        if !self.tasks.is_stopping() {
            self.state.changed();
        }
    }
}

struct Talk<'a> {
    gateway: &'a Arc<Gateway>,
    connection: &'a Arc<Connection>,
}

impl Conversation for Talk<'_> {
    fn queue(&self) -> &Queue {
        self.connection.mailbox.queue()
    }

    async fn receive(&self, text: &str) {
        methods::receive(self.gateway, self.connection, text).await;
    }
}
