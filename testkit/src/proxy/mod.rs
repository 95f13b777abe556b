//! A TCP proxy that delays, throttles, cuts, swallows and refuses on demand.

mod connection;
mod faults;
mod pump;
mod sockets;
mod tap;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::sleep,
};

use self::{
    connection::Route,
    faults::{Orders, Tally},
    sockets::Sockets,
};
pub use self::{
    faults::{Counters, Faults, Mode},
    sockets::Socket,
};
use crate::{Error, Result, restartable_port};

/// How a [`FaultProxy`] is set up for its whole life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyOptions {
    /// Added as `X-Forwarded-For` to the first HTTP request of each connection,
    /// so that a gateway that trusts 127.0.0.1 as a proxy takes the client as
    /// not local. For example `203.0.113.9`.
    pub forwarded_for: Option<String>,
    /// A new file for what its WebSockets say, one JSON object a line, in the
    /// format of a [`Recorder`](crate::Recorder), with `c` the number of the
    /// connection, `open`, `end` and `note` lines, and `lost: true` on messages
    /// that were swallowed. It holds whatever was sent, tokens included.
    pub log: Option<PathBuf>,
    /// The most bytes of that file, 256 MiB when 0; see [`Counters::unlogged`].
    pub log_bytes: u64,
}

const LOG_BYTES: u64 = 256 << 20;

/// A TCP proxy on 127.0.0.1 in front of one upstream.
///
/// When it is dropped, its listener and all its connections end.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    orders: watch::Sender<Orders>,
    listening: watch::Receiver<bool>,
    tally: Arc<Tally>,
    sockets: Arc<Sockets>,
    acceptor: AbortHandle,
}

impl FaultProxy {
    /// Starts a proxy to `upstream` without faults. The upstream need not
    /// listen yet: a client is cut off as long as it does not.
    ///
    /// # Errors
    /// When no port is free, or its log cannot be written.
    pub async fn start(upstream: SocketAddr, options: ProxyOptions) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, restartable_port()?));
        let listener = TcpListener::bind(address)
            .await
            .map_err(Error::io("listen for a proxy"))?;
        let room = match options.log_bytes {
            0 => LOG_BYTES,
            bytes => bytes,
        };
        let log = options.log.as_deref().map(|file| (file, room));
        let sockets = Arc::new(Sockets::logging(log)?);
        let (orders, watched) = watch::channel(Orders::default());
        let (told, listening) = watch::channel(true);
        let tally = Arc::<Tally>::default();
        let route = Route {
            upstream,
            forwarded_for: options.forwarded_for.map(Arc::from),
            tally: Arc::clone(&tally),
            sockets: Arc::clone(&sockets),
            orders: watched,
        };
        let acceptor = tokio::spawn(accept(listener, address, route, told)).abort_handle();
        Ok(Self {
            address,
            orders,
            listening,
            tally,
            sockets,
            acceptor,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its WebSocket address, `ws://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}/", self.address)
    }

    /// The faults of now.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.orders.borrow().faults.clone()
    }

    /// Changes all faults; returns when new connections meet them.
    pub async fn set(&self, faults: Faults) {
        let listens = faults.mode != Mode::Refuse;
        self.orders.send_modify(|orders| {
            orders.faults = faults;
            orders.change += 1;
        });
        // An error means that the acceptor is gone, and with it all listening.
        let _ = self
            .listening
            .clone()
            .wait_for(|&listening| listening == listens)
            .await;
    }

    /// Cuts all open connections, on both sides, without a farewell (RST).
    pub fn cut_all(&self) {
        self.orders.send_modify(|orders| orders.cut += 1);
    }

    /// Cuts one connection, as [`FaultProxy::cut_all`] does all.
    pub fn cut(&self, socket: u64) {
        self.orders.send_modify(|orders| {
            orders.cut_sockets.insert(socket);
        });
    }

    /// Makes one connection half-open for the rest of its life: what either
    /// side sends is swallowed, its end included.
    pub fn swallow(&self, socket: u64) {
        self.orders.send_modify(|orders| {
            orders.holes.insert(socket);
        });
    }

    /// The connections that are open, oldest first.
    #[must_use]
    pub fn sockets(&self) -> Vec<Socket> {
        self.sockets.open_now()
    }

    /// What it has counted.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let mut counters = self.tally.read();
        counters.unlogged = self.sockets.left_out();
        counters
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

/// Accepts connections until it is aborted; they end with it.
async fn accept(
    listener: TcpListener,
    address: SocketAddr,
    route: Route,
    told: watch::Sender<bool>,
) {
    let mut orders = route.orders.clone();
    let mut connections = JoinSet::new();
    let mut listener = Some(listener);
    loop {
        let refuse = orders.borrow_and_update().faults.mode == Mode::Refuse;
        if refuse {
            listener = None;
        } else if listener.is_none() {
            listener = Some(bind_again(address).await);
        }
        told.send_replace(listener.is_some());
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = orders.changed() => if changed.is_err() { return },
            accepted = accepted => if let Ok((client, _)) = accepted {
                let number = route.tally.accepted.fetch_add(1, Ordering::SeqCst) + 1;
                connections.spawn(connection::serve(client, number, route.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn bind_again(address: SocketAddr) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        sleep(Duration::from_millis(20)).await;
    }
}
