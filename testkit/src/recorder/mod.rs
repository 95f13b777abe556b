//! A WebSocket man in the middle that writes what both sides say.

pub(crate) mod log;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, accept_async_with_config, client_async_with_config,
    tungstenite::{
        Error as WsError, Message,
        client::IntoClientRequest as _,
        handshake::client::Request,
        http::{HeaderValue, Uri},
        protocol::{CloseFrame, WebSocketConfig},
    },
};

use self::log::{Log, Way, label};
use crate::{Error, Result};

const MAX_HEAD: usize = 64 << 10;
const HEAD_DEADLINE: Duration = Duration::from_secs(15);
// Above the 25 MiB that the real gateway takes, so that its own limit is seen.
const MAX_MESSAGE: usize = 64 << 20;

/// A WebSocket proxy on 127.0.0.1 that records both directions.
///
/// Each line of its file is one JSON object: `ms` since the start, `at` in Unix
/// milliseconds, `c` the connection, `dir` (`in` from the upstream, `out` from
/// the client, `close`, `http`, `note`), and `bytes` with `frame` or `text`.
/// The file holds whatever was sent, tokens included.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    log: Arc<Log>,
    acceptor: AbortHandle,
}

impl Recorder {
    /// Records connections to `upstream` (`ws://HOST:PORT`) into a new file.
    /// `port` is where it listens, 0 for any free one.
    ///
    /// # Errors
    /// [`Error::BadAddress`], or when it cannot listen or create the file.
    pub async fn start(upstream: &str, file: &Path, port: u16) -> Result<Self> {
        let bad = || Error::BadAddress {
            given: upstream.to_owned(),
            wanted: "ws://HOST:PORT",
        };
        let uri: Uri = upstream.parse().map_err(|_| bad())?;
        if uri.scheme_str() != Some("ws") {
            return Err(bad());
        }
        let host = uri.host().ok_or_else(bad)?;
        let authority: Arc<str> = format!("{host}:{}", uri.port_u16().unwrap_or(80)).into();
        let doing = "listen for a recorder";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(Error::io(doing))?;
        let address = listener.local_addr().map_err(Error::io(doing))?;
        let log = Arc::new(Log::create(file, u64::MAX)?);
        let writer = Arc::clone(&log);
        let acceptor = tokio::spawn(async move {
            let count = AtomicUsize::new(0);
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => if let Ok((client, _)) = accepted {
                        let name = label(count.fetch_add(1, Ordering::Relaxed));
                        let wire = Wire { name, log: Arc::clone(&writer), upstream: Arc::clone(&authority) };
                        connections.spawn(wire.carry(client));
                    },
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Ok(Self {
            address,
            log,
            acceptor: acceptor.abort_handle(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for clients, `ws://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}/", self.address)
    }

    /// Writes a note into the file.
    pub fn note(&self, text: &str) {
        self.log.note(text);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

/// One recorded connection.
struct Wire {
    name: String,
    log: Arc<Log>,
    upstream: Arc<str>,
}

/// What of a client's upgrade request is passed on.
struct Upgrade {
    target: String,
    origin: Option<String>,
    user_agent: Option<String>,
}

impl Wire {
    async fn carry(self, client: TcpStream) {
        if let Err(error) = self.try_carry(client).await {
            self.log.note(&format!("{} failed: {error}", self.name));
        }
    }

    async fn try_carry(&self, mut client: TcpStream) -> Result<(), WsError> {
        let asked = timeout(HEAD_DEADLINE, Upgrade::peek(&client)).await;
        let asked = asked.map_err(|late| WsError::Io(late.into()))??;
        let url = format!("ws://{}{}", self.upstream, asked.target);
        self.log.opened(&self.name, &url, asked.origin.as_deref());
        // The upstream first: when it refuses the upgrade, so must we.
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let stream = TcpStream::connect(&*self.upstream).await?;
        let request = asked.request(&url)?;
        let upstream = match client_async_with_config(request, stream, Some(config)).await {
            Ok((upstream, answer)) => {
                self.log
                    .http(&self.name, answer.status().as_u16(), answer.headers());
                upstream
            }
            Err(WsError::Http(answer)) => {
                self.log
                    .http(&self.name, answer.status().as_u16(), answer.headers());
                let line = format!(
                    "HTTP/1.1 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    answer.status()
                );
                client.write_all(line.as_bytes()).await?;
                // Unread bytes would turn the close into a reset.
                let mut unread = vec![0; MAX_HEAD];
                let _ = client.read(&mut unread).await?;
                return Ok(client.shutdown().await?);
            }
            Err(error) => return Err(error),
        };
        let client = accept_async_with_config(client, Some(config)).await?;
        self.exchange(client, upstream).await
    }

    async fn exchange(
        &self,
        mut client: WebSocketStream<TcpStream>,
        mut upstream: WebSocketStream<TcpStream>,
    ) -> Result<(), WsError> {
        loop {
            let (way, message) = tokio::select! {
                message = client.next() => (Way::Out, message),
                message = upstream.next() => (Way::In, message),
            };
            let close = match message {
                Some(Ok(Message::Close(frame))) => frame,
                Some(Ok(message)) => {
                    self.log.message(&self.name, way, &message);
                    match way {
                        Way::Out => upstream.send(message).await?,
                        Way::In => client.send(message).await?,
                    }
                    continue;
                }
                // Without a closing handshake: the other side sees it so too.
                Some(Err(_)) | None => {
                    self.log.closed(&self.name, way, 1006, "");
                    return Ok(());
                }
            };
            let (code, reason) = match &close {
                Some(frame) => (frame.code.into(), frame.reason.as_str()),
                None => (1005, ""),
            };
            self.log.closed(&self.name, way, code, reason);
            let other = match way {
                Way::Out => &mut upstream,
                Way::In => &mut client,
            };
            return pass_close(other, close).await;
        }
    }
}

/// Passes a close on and waits for the answer, so that it does arrive.
async fn pass_close(
    other: &mut WebSocketStream<TcpStream>,
    close: Option<CloseFrame>,
) -> Result<(), WsError> {
    const FAREWELL: Duration = Duration::from_secs(2);
    other.close(close).await?;
    let drain = async { while let Some(Ok(_)) = other.next().await {} };
    // A side that does not answer is left.
    let _ = timeout(FAREWELL, drain).await;
    Ok(())
}

impl Upgrade {
    /// Reads the request's head without taking it from the socket.
    async fn peek(client: &TcpStream) -> io::Result<Self> {
        let mut buffer = vec![0; MAX_HEAD];
        loop {
            let length = client.peek(&mut buffer).await?;
            let head = String::from_utf8_lossy(&buffer[..length]);
            if let Some((head, _)) = head.split_once("\r\n\r\n") {
                return Self::parse(head)
                    .ok_or_else(|| io::Error::other("the client did not send an HTTP request"));
            }
            if length == 0 || length == MAX_HEAD {
                return Err(io::Error::other("the client sent no complete HTTP head"));
            }
            // Peeking does not wait for more than is there.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let target = lines
            .next()?
            .strip_prefix("GET ")?
            .strip_suffix(" HTTP/1.1")?
            .to_owned();
        let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(':')).collect();
        let header = |wanted: &str| {
            let found = headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            Some(found.1.trim().to_owned())
        };
        Some(Self {
            target,
            origin: header("origin"),
            user_agent: header("user-agent"),
        })
    }

    fn request(&self, url: &str) -> Result<Request, WsError> {
        let mut request = url.into_client_request()?;
        for (name, value) in [("origin", &self.origin), ("user-agent", &self.user_agent)] {
            if let Some(value) = value
                .as_deref()
                .and_then(|text| HeaderValue::from_str(text).ok())
            {
                request.headers_mut().insert(name, value);
            }
        }
        Ok(request)
    }
}
