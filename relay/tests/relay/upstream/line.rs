//! A line to a server that can be cut and led elsewhere, and TLS in front of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Where calls are led: nowhere, or to a server. A change cuts what is open.
type Target = Option<SocketAddr>;

pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    target: watch::Sender<Target>,
    /// Bytes that came from callers, behind the TLS.
    heard: Arc<AtomicU64>,
    calls: watch::Receiver<u64>,
    serving: JoinHandle<()>,
}

impl Line {
    pub(crate) async fn to(target: Target) -> Self {
        Self::start(target, None).await
    }

    pub(crate) async fn with_tls(target: SocketAddr, tls: TlsAcceptor) -> Self {
        Self::start(Some(target), Some(tls)).await
    }

    async fn start(target: Target, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = watch::Sender::new(target);
        let heard = Arc::new(AtomicU64::new(0));
        let counter = watch::Sender::new(0);
        let calls = counter.subscribe();
        let (led, counted) = (target.subscribe(), Arc::clone(&heard));
        let serving = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let (led, counted) = (led.clone(), Arc::clone(&counted));
                let (tls, counter) = (tls.clone(), counter.clone());
                tokio::spawn(async move {
                    match tls {
                        None => lead(caller, led, &counted).await,
                        Some(tls) => {
                            if let Ok(caller) = tls.accept(caller).await {
                                lead(caller, led, &counted).await;
                            }
                        }
                    }
                    counter.send_modify(|calls| *calls += 1);
                });
            }
        });
        Self {
            address,
            target,
            heard,
            calls,
            serving,
        }
    }

    /// Cuts what is open, and leads elsewhere from now on.
    pub(crate) fn lead_to(&self, target: Target) {
        self.target.send_replace(target);
    }

    /// Bytes that came from callers, behind the TLS.
    pub(crate) fn heard(&self) -> u64 {
        self.heard.load(Ordering::SeqCst)
    }

    /// Waits until so many calls have ended.
    pub(crate) async fn ended(&self, calls: u64) {
        let mut ended = self.calls.clone();
        ended.wait_for(|ended| *ended >= calls).await.unwrap();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn lead<T: AsyncRead + AsyncWrite + Unpin>(
    caller: T,
    mut led: watch::Receiver<Target>,
    heard: &AtomicU64,
) {
    let Some(target) = *led.borrow_and_update() else {
        return;
    };
    let mut caller = Heard { caller, heard };
    let connected = async {
        let mut server = TcpStream::connect(target).await?;
        copy_bidirectional(&mut caller, &mut server).await
    };
    tokio::select! {
        _ = connected => {}
        _ = led.changed() => {}
    }
}

/// Counts what a caller says.
struct Heard<'a, T> {
    caller: T,
    heard: &'a AtomicU64,
}

impl<T: AsyncRead + Unpin> AsyncRead for Heard<'_, T> {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = std::pin::Pin::new(&mut self.caller).poll_read(cx, buffer);
        let came = (buffer.filled().len() - before) as u64;
        self.heard.fetch_add(came, Ordering::SeqCst);
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Heard<'_, T> {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.caller).poll_write(cx, bytes)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.caller).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.caller).poll_shutdown(cx)
    }
}

/// Reads all that a caller says until it hangs up.
pub(crate) async fn listen_to_one(listener: TcpListener) -> Vec<u8> {
    let (mut caller, _) = listener.accept().await.unwrap();
    let mut said = Vec::new();
    let _ = caller.read_to_end(&mut said).await;
    said
}
