//! One server: the page and the embedded gateway at one address.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{Config, ServeError};
use crate::data_folder::{self, ServeLock};
use crate::gateway::Gateway;
use crate::listener::{Listener, Peer};
use crate::origin;
use crate::page::Page;
use crate::routes::{App, router};
use crate::store::Store;

/// A server that answers until it is told to stop.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    gateway: Arc<Gateway>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    _lock: ServeLock,
}

impl Server {
    /// Starts to serve. When this returns, connections are accepted.
    ///
    /// # Errors
    /// Everybody could come in, or the address is not to be had, or another
    /// server has the data, or the database does not open.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        let is_open = config.gateway.token.is_none() && !origin::is_loopback(config.listen.ip());
        if is_open {
            return Err(ServeError::OpenToAll(config.listen));
        }
        if config.gateway.token.is_none()
            && let Some(name) = config.gateway.welcome.outside_name()
        {
            return Err(ServeError::NamedToAll(name.to_owned()));
        }
        let no_listener = |source| ServeError::Listen {
            address: config.listen,
            source,
        };
        let tcp = TcpListener::bind(config.listen)
            .await
            .map_err(no_listener)?;
        let address = tcp.local_addr().map_err(no_listener)?;
        // Before the database is touched: nobody migrates it under a server.
        let lock = take(&config.data_dir)?;
        let store = Store::open(&config.data_dir).await?;
        let gateway = Gateway::start(store, config.gateway, config.owner_command).await?;
        let app = App {
            gateway: Arc::clone(&gateway),
            page: Page::new(config.page),
            gateways: config.gateways.into(),
            started: Instant::now(),
        };
        let stop = watch::Sender::new(false);
        let mut stopped = stop.subscribe();
        let service = router(app).into_make_service_with_connect_info::<Peer>();
        let serving = tokio::spawn(async move {
            let until = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let served = axum::serve(Listener(tcp), service)
                .with_graceful_shutdown(until)
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(Self {
            address,
            gateway,
            stop,
            serving,
            _lock: lock,
        })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for people.
    #[must_use]
    pub fn url(&self) -> String {
        let ip = self.address.ip();
        if ip.is_unspecified() {
            // 0.0.0.0 is no place to go to.
            return format!("http://127.0.0.1:{}/", self.address.port());
        }
        format!("http://{}/", self.address)
    }

    /// Says goodbye to everybody and ends. What runs is cut, and runs again at
    /// the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.gateway.stop().await;
        // Connections that are kept alive without a request may stay open.
        let _ = tokio::time::timeout(Duration::from_millis(500), self.serving).await;
    }

    /// Ends at once, with no goodbye: what a crash leaves behind.
    pub async fn crash(self) {
        self.serving.abort();
        let _ = self.serving.await;
        self.gateway.end_tasks();
        self.gateway.store.close().await;
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
