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
mod incoming;
pub(crate) mod limits;
pub(crate) mod methods;
pub(crate) mod owner_watch;
pub(crate) mod pairing;
pub(crate) mod rows;
pub(crate) mod runs;
pub mod schema;
pub(crate) mod sessions;
pub(crate) mod socket;
pub(crate) mod state;
pub(crate) mod turn;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clawline_core::Secret;
use serde_json::json;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use self::connections::{Audience, Connections};
use self::frames::Event;
use self::limits::FailureLimit;
use self::runs::Runs;
use self::state::State;
use crate::clock::now_ms;
use crate::ids;
use crate::origin::Welcome;
use crate::owner_command::OwnerCommand;
use crate::store::{Store, StoreError};

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
    /// The shared token; without one only this machine may connect.
    pub token: Option<Secret>,
    /// Who waits for approval.
    pub pair: PairMode,
    /// Names and pages that are welcome.
    pub welcome: Welcome,
}

/// The running gateway.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) store: Store,
    pub(crate) settings: GatewaySettings,
    pub(crate) owner_command: OwnerCommand,
    pub(crate) connections: Connections,
    pub(crate) failures: FailureLimit,
    pub(crate) runs: Runs,
    pub(crate) state: State,
    pub(crate) boot_id: String,
    pub(crate) started: Instant,
    /// Places for sockets that have not said hello.
    pub(crate) strangers: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

impl Gateway {
    /// Starts the gateway on an open store: what was accepted before and never
    /// ended runs now.
    ///
    /// # Errors
    /// SQLite refuses.
    pub(crate) async fn start(
        store: Store,
        settings: GatewaySettings,
        owner_command: OwnerCommand,
    ) -> Result<Arc<Self>, StoreError> {
        let unfinished = store.unfinished().await?;
        let seen = store.foreign_writes().await?;
        let gateway = Arc::new(Self {
            store,
            settings,
            owner_command,
            connections: Connections::default(),
            failures: FailureLimit::default(),
            runs: Runs::default(),
            state: State::default(),
            boot_id: ids::uuid(),
            started: Instant::now(),
            strangers: Arc::new(Semaphore::new(limits::MAX_STRANGERS)),
            stopping: watch::Sender::new(false),
            tasks: Mutex::default(),
        });
        if !unfinished.is_empty() {
            tracing::info!(
                count = unfinished.len(),
                "going on with turns that a stop interrupted"
            );
        }
        for input in unfinished {
            gateway.runs.add(&gateway, input);
        }
        gateway.spawn(keep_time(Arc::clone(&gateway)));
        gateway.spawn(owner_watch::watch_owner(Arc::clone(&gateway), seen));
        Ok(gateway)
    }

    /// Runs a task that ends with the gateway at the latest.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Whether [`Gateway::stop`] was called.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Completes when the gateway stops.
    pub(crate) async fn stopped(&self) {
        // The sender lives in self: waiting cannot fail while we borrow it.
        let _ = self.stopping.subscribe().wait_for(|stop| *stop).await;
    }

    /// Says goodbye to everybody. Turns that run are cut: they are in the store
    /// and run again at the next start.
    pub(crate) async fn stop(&self) {
        self.stopping.send_replace(true);
        let goodbye = Event::new("shutdown", &json!({ "reason": "gateway stopping" }));
        for connection in self.connections.all() {
            connection.event(&goodbye);
            connection.close(1012, "service restart");
        }
        // The writers need a moment; a peer that does not read gets no more.
        let deadline = Instant::now() + Duration::from_secs(2);
        while !self.connections.all().is_empty() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.end_tasks();
        self.store.close().await;
    }

    /// Ends all tasks where they are, as SIGKILL would.
    pub(crate) fn end_tasks(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.abort_all();
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
