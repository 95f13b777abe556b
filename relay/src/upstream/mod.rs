//! A client of an OpenClaw gateway for native programs: `clawline-core`'s engine
//! over tokio and rustls.
//!
//! [`Upstream::connect`] starts one task that owns the engine, its socket and its
//! timer (`host`), and answers a handle whose clones share it. It reconnects by
//! itself until it is closed; what is [sent](Upstream::send) is kept in a
//! [`Store`] until it has arrived, over restarts of both sides.
//!
//! It imports nothing else of the relay.

mod address;
mod chat;
mod config;
mod destination;
mod events;
mod host;
mod identity;
mod message;
mod place;
mod request;
mod sent;
mod socket;
mod sqlite;
mod status;
mod store;
mod subscriptions;
mod tls;

use std::sync::Arc;

use clawline_core::{Engine, Entry, Key};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

pub use address::AddressError;
pub use chat::{AskAgainFailed, AskFailed, Asking, Said, words};
pub use config::{Config, Source};
pub(crate) use destination::{Destination, Line, unreachable};
use events::Hub;
pub use events::{Event, EventBounds, Events, Lagged};
use host::{Command, Commands, Host, Parts};
use identity::Identity;
pub use identity::IdentityError;
pub use message::{Attachment, Message};
use place::Place;
pub use request::{Request, RequestFailed};
pub use sent::{Delivery, SendFailed, SendRefused, Sent, Stage};
pub(crate) use socket::{GatewaySocket, upgrade};
pub use sqlite::Sqlite;
pub use status::Status;
pub use store::{Kept, Restored, Store, StoreFailed, Write};
pub use subscriptions::Subscription;
pub(crate) use tls::client_config;
pub use tls::{Fingerprint, FingerprintError, Trust, TrustError};

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// It is not known whom to trust.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// There is no device key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreFailed),
    /// Reading the files above failed in an unusual way.
    #[error("the files of the connection cannot be read: {0}")]
    Files(#[from] tokio::task::JoinError),
}

/// A client of one gateway. Clones share it; it closes when the last one is
/// dropped, or with [`Upstream::close`].
#[derive(Debug, Clone)]
pub struct Upstream {
    commands: Commands,
    status: watch::Receiver<Status>,
    hub: Arc<Hub>,
}

impl Upstream {
    /// Reads the device key, the certificates and the store, and begins to
    /// connect. A gateway that is away is no error: see [`Upstream::status`].
    ///
    /// # Errors
    /// What must be put right before it can begin.
    pub async fn connect<S: Store>(config: Config, store: S) -> Result<Self, ConnectError> {
        let (config, identity, place) = tokio::task::spawn_blocking(move || {
            let identity = Identity::load(&config.folder)?;
            let place = Place::new(&config, &identity.device())?;
            Ok::<_, ConnectError>((config, identity, place))
        })
        .await??;
        let hub = Arc::new(Hub::new(config.events));
        let (told, status) = watch::channel(Status::Connecting {
            attempt: 1,
            again: false,
        });
        let seed = uuid::Uuid::new_v4().as_u64_pair().0;
        let host = Host::new(Parts {
            engine: Engine::new(config.engine(), seed),
            place,
            identity,
            sign_in: config.sign_in(),
            store,
            hub: Arc::clone(&hub),
            status: told,
        })
        .await?;
        let (commands, obeyed) = mpsc::unbounded_channel();
        tokio::spawn(host.run(obeyed));
        Ok(Self {
            commands,
            status,
            hub,
        })
    }

    /// Asks the gateway. It waits, within its deadline, for a connection that is
    /// on its way.
    ///
    /// # Errors
    /// Why there is no answer, and whether the request may have run.
    pub async fn request(&self, request: Request) -> Result<Value, RequestFailed> {
        self.call(|reply| Command::Request(request, reply))
            .await
            .unwrap_or(Err(RequestFailed::Closed))
    }

    /// Puts a message into the outbox. It is sent once, in the order of its
    /// session, as soon as there is a connection; [`Sent`] tells what becomes of
    /// it.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn send(&self, message: Message) -> Result<Sent, SendRefused> {
        self.call(|reply| Command::Send(message, reply))
            .await
            .unwrap_or(Err(SendRefused::Closed))
    }

    /// A message that is on its way, also one of before a restart.
    pub async fn find(&self, key: &Key) -> Option<Sent> {
        let key = key.clone();
        self.call(|reply| Command::Find(key, reply)).await?
    }

    /// The messages on their way, also those of before a restart.
    pub async fn entries(&self) -> Vec<Entry> {
        self.call(Command::Entries).await.unwrap_or_default()
    }

    /// Takes a message out of the outbox, wherever it is: it may have arrived
    /// already. False when it is not there.
    pub async fn forget(&self, key: &Key) -> bool {
        let key = key.clone();
        self.call(|reply| Command::Drop(key, reply)).await == Some(true)
    }

    /// Sends a parked or unconfirmed message again, in its place, under a key of
    /// its own: somebody decided so. False when it is neither.
    pub async fn resend(&self, key: &Key) -> bool {
        let key = key.clone();
        self.call(|reply| Command::Resend(key, reply)).await == Some(true)
    }

    /// Hears the events of this session, `chat` and `session.message` among
    /// them, for all listeners, as long as the subscription is kept. Without one
    /// they come only while a message is on its way to it.
    #[must_use]
    pub fn subscribe(&self, session: impl Into<String>) -> Subscription {
        Subscription::new(session.into(), self.commands.clone())
    }

    /// What happens from now on, for one listener.
    #[must_use]
    pub fn events(&self) -> Events {
        self.hub.listen()
    }

    /// How the connection stands, now and as it changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Tries again, now: a person has acted.
    pub fn reconnect(&self) {
        let _ = self.commands.send(Command::Reconnect);
    }

    /// Ends the connection in good order. What was stored goes on with the next
    /// client over the same store.
    pub async fn close(&self) {
        self.call(Command::Close).await;
    }

    async fn call<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).ok()?;
        answer.await.ok()
    }
}
