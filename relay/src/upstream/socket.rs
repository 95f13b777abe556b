//! One WebSocket: opened, trusted, then frames in and out.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use clawline_core::engine::Close;
use futures_util::{Sink as _, Stream as _};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::destination::{ABNORMAL, Bytes, Destination, Line, unreachable};

/// The largest frame that is read. A gateway sends up to 25 MiB (measured).
const LARGEST: usize = 32 * 1024 * 1024;
/// A socket that is done with has so long to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// What came in.
#[derive(Debug)]
pub(super) enum Heard {
    /// A frame.
    Text(Utf8Bytes),
    /// A ping, a pong, or bytes that are no frame of ours.
    Life,
    /// The socket is gone.
    Closed(Close),
}

/// A socket at a gateway, as the library has it.
pub(crate) type GatewaySocket = WebSocketStream<Box<dyn Bytes>>;

/// Opens a socket; gives also how many bytes the system took to be sent. Whom it
/// leads to is decided before the upgrade, whose address may carry a secret, is
/// sent.
///
/// # Errors
/// Nobody is there, or not the one who should be, or no WebSocket.
pub(crate) async fn upgrade(
    destination: &Destination,
    request: impl IntoClientRequest + Unpin,
) -> Result<(GatewaySocket, Arc<AtomicU64>), Close> {
    let Line { bytes, written, .. } = destination.call().await?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    let upgrade = tokio_tungstenite::client_async_with_config(request, bytes, Some(config));
    let (line, _) = upgrade.await.map_err(not_upgraded)?;
    Ok((line, written))
}

/// An open WebSocket.
pub(super) struct Socket {
    line: GatewaySocket,
    /// What was handed over and is not in the line's own buffer yet.
    queue: VecDeque<Message>,
    is_flushed: bool,
    written: Arc<AtomicU64>,
}

impl Socket {
    /// As [`upgrade`], with the address as it is.
    pub(super) async fn open(destination: &Destination) -> Result<Self, Close> {
        let (line, written) = upgrade(destination, destination.uri()).await?;
        Ok(Self {
            line,
            queue: VecDeque::new(),
            is_flushed: true,
            written,
        })
    }

    /// Sends a frame; it leaves while [`Socket::next`] is waited for.
    pub(super) fn send(&mut self, text: String) {
        self.queue.push_back(Message::Text(text.into()));
    }

    /// While it still sends what it was given: how many bytes have left so far.
    pub(super) fn sending(&self) -> Option<u64> {
        let is_done = self.queue.is_empty() && self.is_flushed;
        (!is_done).then(|| self.written.load(Ordering::Relaxed))
    }

    /// What comes in next. Nothing is lost when this is dropped.
    pub(super) async fn next(&mut self) -> Heard {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Heard> {
        // The reading side tells how the line ended, and why.
        if let Poll::Ready(Err(_)) = self.write(cx) {
            self.queue.clear();
            self.is_flushed = true;
        }
        let heard = match ready!(Pin::new(&mut self.line).poll_next(cx)) {
            Some(Ok(Message::Text(text))) => Heard::Text(text),
            Some(Ok(Message::Close(frame))) => Heard::Closed(closed(frame)),
            Some(Ok(_)) => Heard::Life,
            Some(Err(error)) => Heard::Closed(Close::Socket {
                code: ABNORMAL,
                reason: in_words(&error),
            }),
            None => Heard::Closed(closed(None)),
        };
        Poll::Ready(heard)
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.queue.is_empty() {
            ready!(Pin::new(&mut self.line).poll_ready(cx))?;
            if let Some(message) = self.queue.pop_front() {
                self.is_flushed = false;
                Pin::new(&mut self.line).start_send(message)?;
            }
        }
        if !self.is_flushed {
            ready!(Pin::new(&mut self.line).poll_flush(cx))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Says goodbye: what was handed over goes out first.
    pub(super) async fn close(mut self, code: u16) {
        self.queue.push_back(Message::Close(Some(CloseFrame {
            code: CloseCode::from(code),
            reason: Utf8Bytes::default(),
        })));
        let goodbye = async { while !matches!(self.next().await, Heard::Closed(_)) {} };
        let _ = timeout(GOODBYE, goodbye).await;
    }
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

fn closed(frame: Option<CloseFrame>) -> Close {
    frame.map_or_else(
        || Close::Socket {
            code: ABNORMAL,
            reason: String::new(),
        },
        |frame| Close::Socket {
            code: frame.code.into(),
            reason: frame.reason.to_string(),
        },
    )
}

/// A server that answers with something else than a WebSocket. Its body is
/// nobody's words.
fn not_upgraded(error: Error) -> Close {
    unreachable(match error {
        Error::Http(response) => format!("the server answered with HTTP {}", response.status()),
        error => in_words(&error),
    })
}

fn in_words(error: &Error) -> String {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            format!("a frame of {size} bytes came, and {max_size} is the most that is read")
        }
        Error::Http(_) | Error::HttpFormat(_) => "the server does not speak WebSocket".to_owned(),
        Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}
