//! One server: the page and the embedded gateway at each of its addresses.
//!
//! `ports` are its addresses, `parts` what runs behind them; `channels` and
//! `wires` are where a channel or a dialect is plugged in.

mod channels;
mod parts;
mod ports;
mod wires;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use self::parts::Parts;
use crate::bus::Bus;
use crate::channels::Channels;
use crate::config::{ServeError, Setup};
use crate::data_folder::{self, ServeLock};
use crate::http;
use crate::limits;
use crate::places::{Places, Room};
use crate::routes::{hub_router, router};

/// A server that answers until it is told to stop.
#[derive(Debug)]
pub struct Server {
    /// Of the first one, the real port.
    address: SocketAddr,
    addresses: Vec<SocketAddr>,
    hub_addresses: Vec<SocketAddr>,
    parts: Parts,
    stop: watch::Sender<bool>,
    serving: JoinSet<()>,
    _lock: ServeLock,
}

impl Server {
    /// Starts to serve. When this returns, connections are accepted.
    ///
    /// # Errors
    /// Everybody could come in, or the address is not to be had, or another
    /// server has the data, or the database does not open.
    pub async fn start(config: Setup) -> Result<Self, ServeError> {
        ports::check(&config)?;
        let (addresses, listeners) = ports::listen(&config.listen)?;
        let (hub_addresses, hub_listeners) = ports::listen(&config.hub_listen)?;
        let address = *addresses.first().ok_or(ServeError::NowhereToListen)?;
        // Before the database is touched: nobody migrates it under a server.
        let lock = take(&config.data_dir)?;
        let (parts, app, routes) = Parts::start(config).await?;
        let stop = watch::Sender::new(false);
        let places = Places::new(Room::of_this_process());
        let listeners = listeners
            .into_iter()
            .map(|tcp| (tcp, router(app.clone(), routes.clone())));
        let hubs = hub_listeners
            .into_iter()
            .map(|tcp| (tcp, hub_router(app.clone())));
        let mut serving = JoinSet::new();
        for (tcp, routes) in listeners.chain(hubs) {
            serving.spawn(http::serve(tcp, routes, places.clone(), stop.subscribe()));
        }
        Ok(Self {
            address,
            addresses,
            hub_addresses,
            parts,
            stop,
            serving,
            _lock: lock,
        })
    }

    /// Where it listens, with the real port: at the first of its addresses.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What happens here.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.parts.rooms.bus
    }

    /// The channels.
    #[must_use]
    pub fn channels(&self) -> &Channels {
        &self.parts.channels
    }

    /// The address for people.
    #[must_use]
    pub fn url(&self) -> String {
        ports::url(self.address)
    }

    /// All addresses for people.
    pub fn urls(&self) -> impl Iterator<Item = String> {
        self.addresses.iter().copied().map(ports::url)
    }

    /// Where it serves the hub alone, with the real ports.
    #[must_use]
    pub fn hub_addresses(&self) -> &[SocketAddr] {
        &self.hub_addresses
    }

    /// Takes nothing new, lets running answers end for a while, says goodbye to
    /// everybody and ends. What runs still is cut, and runs again at the next
    /// start; what waits runs then too.
    pub async fn stop(mut self) {
        let rooms = &self.parts.rooms;
        self.stop.send_replace(true);
        rooms.tasks.drain();
        let cut = rooms.inbox.drain(limits::DRAIN).await;
        if cut > 0 {
            tracing::info!(cut, "answers that go on at the next start");
        }
        rooms.tasks.stop();
        self.parts.channels.disconnect().await;
        self.parts.gateway.say_goodbye().await;
        rooms.seats.emptied().await;
        self.parts.end().await;
        // Connections that are kept alive without a request may stay open.
        let ended = async { while self.serving.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_millis(500), ended).await;
    }

    /// Ends at once, with no goodbye: what a crash leaves behind.
    pub async fn crash(mut self) {
        self.serving.shutdown().await;
        self.parts.end().await;
        // In another process the sockets of channels would be gone, too.
        self.parts.channels.disconnect().await;
    }
}

/// Takes the place of the one server of a data folder.
fn take(folder: &Path) -> Result<ServeLock, ServeError> {
    data_folder::make(folder)
        .and_then(|()| ServeLock::take(folder))
        .map_err(|source| ServeError::DataFolder {
            path: folder.to_owned(),
            source,
        })?
        .ok_or_else(|| ServeError::AlreadyServed(folder.to_owned()))
}
