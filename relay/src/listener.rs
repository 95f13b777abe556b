//! The TCP side of a server that strangers may reach.
//!
//! Three things that the libraries above cannot do for us:
//! - a bound on what a socket may send before its handshake is done, counted in
//!   bytes off the wire, so that a frame header that announces megabytes makes
//!   nobody buffer them;
//! - a lingering close: a peer that is still sending when we refuse it gets the
//!   close frame instead of a reset that throws the frame away;
//! - an end to a write of which the peer takes nothing.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::places::Place;

const UNBOUNDED: usize = usize::MAX;

/// How many more bytes a TCP connection may send us.
#[derive(Debug)]
pub(crate) struct ReadBudget {
    left: AtomicUsize,
    linger: AtomicBool,
}

impl ReadBudget {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            left: AtomicUsize::new(UNBOUNDED),
            linger: AtomicBool::new(false),
        })
    }

    /// From now on at most `bytes` are read; the read after that fails.
    pub(crate) fn limit(&self, bytes: usize) {
        self.left.store(bytes, Ordering::Release);
    }

    /// Takes the bound away.
    pub(crate) fn lift(&self) {
        self.left.store(UNBOUNDED, Ordering::Release);
    }

    /// Whether a bound was reached.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.load(Ordering::Acquire) == 0
    }

    /// When we close, what the peer still sends is read and thrown away for a
    /// moment.
    pub(crate) fn linger(&self) {
        self.linger.store(true, Ordering::Release);
    }
}

/// How long a peer may take nothing of what we write.
const STALL: Duration = Duration::from_secs(60);

/// What a handler may know about its TCP connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// The other end.
    pub(crate) remote: SocketAddr,
    /// Our end: which of our addresses was called.
    pub(crate) local: SocketAddr,
    /// When it was accepted.
    pub(crate) since: Instant,
    /// Bound of what we read.
    pub(crate) budget: Arc<ReadBudget>,
    /// Its place among the strangers.
    pub(crate) place: Arc<Place>,
}

/// One accepted TCP connection.
#[derive(Debug)]
pub(crate) struct Stream {
    /// `None` only while being dropped.
    tcp: Option<TcpStream>,
    peer: Peer,
    /// Runs while the peer takes nothing.
    stall: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub(crate) fn new(tcp: TcpStream, remote: SocketAddr, place: Arc<Place>) -> Self {
        // Deltas are small and must not wait for each other; a socket that
        // refuses the option works all the same.
        let _ = tcp.set_nodelay(true);
        let local = tcp.local_addr().unwrap_or(remote);
        let budget = ReadBudget::new();
        let peer = Peer {
            remote,
            local,
            since: Instant::now(),
            budget,
            place,
        };
        Self {
            tcp: Some(tcp),
            peer,
            stall: None,
        }
    }

    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    fn tcp(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.tcp
            .as_mut()
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let budget = Arc::clone(&self.peer.budget);
        let left = budget.left.load(Ordering::Acquire);
        if left == UNBOUNDED {
            return self.tcp()?.poll_read(cx, buf);
        }
        if left == 0 {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "more bytes than a handshake needs",
            )));
        }
        // Through a buffer of our own: marking bytes of the caller's as read
        // would need unsafe code, and a handshake is small.
        let mut scratch = vec![0_u8; left.min(buf.remaining()).min(16 * 1024)];
        let mut part = ReadBuf::new(&mut scratch);
        ready!(self.tcp()?.poll_read(cx, &mut part))?;
        let read = part.filled().len();
        buf.put_slice(part.filled());
        // Only the handshake's task lifts the bound, and it does not read then.
        let _ =
            budget
                .left
                .compare_exchange(left, left - read, Ordering::AcqRel, Ordering::Acquire);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.tcp()?.poll_write(cx, bytes);
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(STALL)));
        ready!(stall.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp()?.poll_shutdown(cx)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let Some(tcp) = self.tcp.take() else { return };
        let place = Arc::clone(&self.peer.place);
        if !self.peer.budget.linger.load(Ordering::Acquire) || place.is_lost() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // It keeps its place meanwhile, and may lose it.
            runtime.spawn(async move {
                tokio::select! {
                    () = drain(tcp) => {}
                    () = place.lost() => {}
                }
            });
        }
    }
}

/// Reads on until the peer has seen our end, two seconds or 64 MiB at most.
async fn drain(mut tcp: TcpStream) {
    const AT_MOST: u64 = 64 * 1024 * 1024;
    let reading = async {
        let _ = tcp.shutdown().await;
        let mut rest = tcp.take(AT_MOST);
        let mut scratch = vec![0_u8; 64 * 1024];
        while matches!(rest.read(&mut scratch).await, Ok(n) if n > 0) {}
    };
    let _ = tokio::time::timeout(Duration::from_secs(2), reading).await;
}
