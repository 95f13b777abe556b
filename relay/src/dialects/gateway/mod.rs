//! The embedded gateway: WebSocket protocol 4, as `openclaw` 2026.9.6 speaks it
//! on the wire (facts and recordings of the project), with sessions, history and
//! keys in SQLite and an agent that needs no model.
//!
//! What it does better than the original, and says so in `hello-ok` with the
//! capability [`DURABLE_KEYS`]: an idempotency key is kept for ever, in the file,
//! so a repeated request never runs twice, not even after a restart.

pub(crate) mod auth;
pub(crate) mod connections;
pub(crate) mod device_json;
pub(crate) mod frames;
pub(crate) mod handshake;
pub(crate) mod hello;
mod linked;
mod mailbox;
pub(crate) mod methods;
pub(crate) mod owner_watch;
pub(crate) mod pairing;
mod projection;
mod qr_picture;
pub(crate) mod rows;
pub mod schema;
mod serve;
pub(crate) mod sessions;
pub(crate) mod state;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tracing::Instrument as _;

use self::connections::{Audience, Connections};
use self::frames::Event;
use self::state::State;
use super::rooms::Rooms;
use crate::access::{Access, AccessToken};
use crate::agents::Agent;
use crate::bus::Progress;
use crate::channels::Channels;
use crate::clock::now_ms;
use crate::ids;
use crate::inbox::{Inbox, WEBCHAT};
use crate::limits;
use crate::media::Media;
use crate::origin::Welcome;
use crate::owner_command::OwnerCommand;
use crate::store::{Store, StoreError};
use crate::tasks::Tasks;
use crate::trace;

/// `features.capabilities` of `hello-ok` has this word when a repeated
/// idempotency key never runs twice, whatever happened in between: a client may
/// repeat a request whose outcome it does not know instead of asking a person.
pub const DURABLE_KEYS: &str = "durable-idempotency-keys";

/// Who may connect without being approved by the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PairMode {
    /// Web pages and programs of this machine.
    #[default]
    Auto,
    /// Nobody.
    Always,
}

/// What the owner decided about the gateway.
#[derive(Debug, Clone, Default)]
pub struct GatewaySettings {
    /// The tokens that let in; without one only this machine may connect.
    pub tokens: Vec<AccessToken>,
    /// Who waits for approval.
    pub pair: PairMode,
    /// Names and pages that are welcome.
    pub welcome: Welcome,
    /// Proxies whose `X-Forwarded-For` is believed. Nobody who comes through one
    /// is taken for this machine.
    pub proxies: Vec<IpAddr>,
}

/// The running gateway.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) store: Store,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) channels: Arc<Channels>,
    pub(crate) access: Arc<Access>,
    pub(crate) media: Media,
    pub(crate) pair: PairMode,
    pub(crate) owner_command: OwnerCommand,
    pub(crate) connections: Connections,
    pub(crate) state: State,
    pub(crate) boot_id: String,
    pub(crate) started: Instant,
    pub(crate) tasks: Tasks,
    /// How far [`projection`] is: an answer does not overtake the events that
    /// were told before it.
    progress: Progress,
}

impl Gateway {
    /// Starts the gateway.
    ///
    /// # Errors
    /// SQLite refuses.
    pub(crate) async fn start(
        rooms: Rooms,
        channels: Arc<Channels>,
        pair: PairMode,
        owner_command: OwnerCommand,
    ) -> Result<Arc<Self>, StoreError> {
        let seen = rooms.store.foreign_writes().await?;
        let events = rooms.bus.subscribe();
        let gateway = Arc::new(Self {
            store: rooms.store,
            inbox: rooms.inbox,
            channels,
            access: rooms.access,
            media: rooms.media,
            pair,
            owner_command,
            connections: Connections::default(),
            state: State::default(),
            boot_id: ids::uuid(),
            started: Instant::now(),
            tasks: rooms.tasks,
            progress: events.progress(),
        });
        let tasks = &gateway.tasks;
        let told = projection::project(Arc::clone(&gateway), events);
        tasks.spawn(told.instrument(trace::of_wire("gateway")));
        tasks.spawn(state::tell_changes(Arc::clone(&gateway)));
        tasks.spawn(keep_time(Arc::clone(&gateway)));
        linked::follow(&gateway);
        tasks.spawn(owner_watch::watch_owner(Arc::clone(&gateway), seen));
        Ok(gateway)
    }

    /// Who answers what comes in by this protocol.
    pub(crate) fn agent(&self) -> Arc<dyn Agent> {
        self.inbox.agent_of(WEBCHAT)
    }

    /// Completes when connections were told all that happened before this call.
    pub(crate) async fn caught_up(&self) {
        self.progress.caught_up().await;
    }

    /// Says goodbye to everybody, and waits a moment until it was heard.
    pub(crate) async fn say_goodbye(&self) {
        self.caught_up().await;
        let restart = u64::try_from(limits::RESTART.as_millis()).unwrap_or(u64::MAX);
        let goodbye = json!({ "reason": "gateway stopping", "restartExpectedMs": restart });
        let goodbye = Event::new("shutdown", &goodbye);
        for connection in self.connections.all() {
            connection.mailbox.event(&goodbye);
            connection.mailbox.close(1012, "service restart");
        }
        // The writers need a moment; a peer that does not read gets no more.
        let deadline = Instant::now() + Duration::from_secs(2);
        while self.connections.count() > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Ticks, and a look at health twice as rare.
async fn keep_time(gateway: Arc<Gateway>) {
    let mut count = 0_u64;
    loop {
        tokio::time::sleep(limits::TICK).await;
        let tick = Event::new("tick", &json!({ "ts": now_ms() }));
        gateway.connections.emit(Audience::All, &tick);
        count += 1;
        if count.is_multiple_of(2) {
            gateway.tell_health().await;
        }
    }
}
