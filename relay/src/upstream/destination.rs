//! The way to a gateway: TCP, then TLS, which decides whom it leads to.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use clawline_core::GatewayId;
use clawline_core::engine::Close;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::http::Uri;

use super::address::Address;
use super::tls::{self, client_config};
use super::{ConnectError, Trust, TrustError};

/// The code of a socket that ended without one.
pub(super) const ABNORMAL: u16 = 1006;

/// Where a gateway is, and whom it is taken for.
#[derive(Debug)]
pub(crate) struct Destination {
    address: Address,
    /// How `wss` is done; `None` for `ws`.
    tls: Option<Arc<ClientConfig>>,
}

pub(crate) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// An open way to a gateway that is who it is taken for.
pub(crate) struct Line {
    pub(crate) bytes: Box<dyn Bytes>,
    /// How many bytes the system took to be sent.
    pub(super) written: Arc<AtomicU64>,
    /// The address of ours that the other end sees.
    pub(crate) from: IpAddr,
}

impl Destination {
    /// Reads certificates: a file that is missing is found at the start.
    ///
    /// # Errors
    /// What must be put right before anything can be called.
    pub(crate) fn new(address: &str, trust: &Trust) -> Result<Self, ConnectError> {
        let address = Address::parse(address)?;
        let tls = match (trust, address.is_secure) {
            (trust, true) => Some(client_config(trust)?),
            (Trust::System, false) => None,
            (Trust::CaFile(_) | Trust::Pinned(_), false) => return Err(TrustError::NoTls.into()),
        };
        Ok(Self { address, tls })
    }

    /// What names the gateway; it holds no secret.
    pub(crate) fn gateway(&self) -> &GatewayId {
        &self.address.gateway
    }

    /// For the upgrade; its query may hold a secret.
    pub(crate) fn uri(&self) -> &Uri {
        &self.address.uri
    }

    /// Opens the way. Whom it leads to is decided before a byte of HTTP leaves.
    ///
    /// # Errors
    /// Nobody is there, or not the one who should be.
    pub(crate) async fn call(&self) -> Result<Line, Close> {
        let place = (self.address.host.as_str(), self.address.port);
        let unreachable = |error: io::Error| unreachable(error.to_string());
        let tcp = TcpStream::connect(place).await.map_err(unreachable)?;
        // Chat is small frames: each leaves at once.
        let _ = tcp.set_nodelay(true);
        let from = tcp.local_addr().map_err(unreachable)?.ip().to_canonical();
        let written = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            tcp,
            written: Arc::clone(&written),
        };
        let bytes: Box<dyn Bytes> = match &self.tls {
            None => Box::new(counted),
            Some(config) => Box::new(self.secure(config, counted).await?),
        };
        Ok(Line {
            bytes,
            written,
            from,
        })
    }

    async fn secure(
        &self,
        config: &Arc<ClientConfig>,
        tcp: Counted,
    ) -> Result<impl Bytes + use<>, Close> {
        let name = ServerName::try_from(self.address.host.clone())
            .map_err(|error| Close::Address(error.to_string()))?;
        let connecting = TlsConnector::from(Arc::clone(config)).connect(name, tcp);
        connecting.await.map_err(|error| {
            tls::distrust(&error).map_or_else(
                || unreachable(format!("no TLS there: {error}")),
                Close::Untrusted,
            )
        })
    }
}

/// The end of a call that nobody took.
pub(crate) fn unreachable(reason: String) -> Close {
    Close::Socket {
        code: ABNORMAL,
        reason,
    }
}

/// Counts what the system took to be sent.
struct Counted {
    tcp: TcpStream,
    written: Arc<AtomicU64>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.tcp).poll_write(cx, bytes))?;
        self.written.fetch_add(written as u64, Ordering::Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
