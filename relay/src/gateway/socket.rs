//! One WebSocket, from its upgrade to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::connections::{Connection, Outgoing};
use super::frames::{self, Failure};
use super::handshake::{Admitted, Caller, Refusal};
use super::{Gateway, hello, limits, methods};
use crate::clock::now_ms;
use crate::ids;
use crate::listener::ReadBudget;

type Sink = SplitSink<WebSocket, Message>;
type Source = SplitStream<WebSocket>;

/// A first frame in its WebSocket clothes, with room for a few pings.
pub(crate) const HANDSHAKE_BYTES: usize = limits::MAX_FIRST_FRAME + 2_048;
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves a socket to its end. `place` is its place among the strangers.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    socket: WebSocket,
    caller: Caller,
    budget: Arc<ReadBudget>,
    place: OwnedSemaphorePermit,
) {
    budget.linger();
    let (mut sink, mut source) = socket.split();
    let admitted = tokio::select! {
        admitted = shake_hands(&gateway, &mut sink, &mut source, &caller, &budget) => admitted,
        () = gateway.stopped() => Err(Some(Refusal::close(1012, "service restart"))),
    };
    drop(place);
    match admitted {
        Ok(admitted) => {
            budget.lift();
            converse(&gateway, sink, source, admitted).await;
        }
        Err(Some(refusal)) => turn_away(sink, source, refusal).await,
        Err(None) => {}
    }
}

/// `Err(None)`: the peer went away by itself.
async fn shake_hands(
    gateway: &Arc<Gateway>,
    sink: &mut Sink,
    source: &mut Source,
    caller: &Caller,
    budget: &ReadBudget,
) -> Result<Admitted, Option<Refusal>> {
    let nonce = ids::uuid();
    let challenge = Message::Text(hello::challenge(&nonce).into());
    let deadline = Instant::now() + limits::HANDSHAKE;
    let first = async {
        sink.send(challenge).await.map_err(|_| None)?;
        first_frame(source, budget).await
    };
    let text = match tokio::time::timeout_at(deadline, first).await {
        Ok(text) => text?,
        Err(_) => return Err(Some(Refusal::close(1000, ""))),
    };
    gateway.admit(caller, &nonce, &text).await.map_err(Some)
}

async fn first_frame(source: &mut Source, budget: &ReadBudget) -> Result<String, Option<Refusal>> {
    loop {
        let text = match source.next().await {
            Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
            Some(Ok(Message::Binary(bytes))) => match String::from_utf8(bytes.into()) {
                Ok(text) => text,
                Err(_) => return Err(Some(Refusal::close(1000, ""))),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Err(error)) if budget.is_spent() || is_too_long(&error) => {
                return Err(Some(Refusal::close(1009, "")));
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(None),
        };
        if text.len() > limits::MAX_FIRST_FRAME {
            return Err(Some(Refusal::close(1009, "")));
        }
        return Ok(text);
    }
}

/// The WebSocket library has its own error type, which axum hides; the words
/// are pinned by a test over a real socket.
fn is_too_long(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}

async fn turn_away(mut sink: Sink, mut source: Source, refusal: Refusal) {
    tokio::time::sleep(refusal.delay).await;
    let farewell = async {
        if let Some(answer) = refusal.answer {
            sink.send(Message::Text(answer.into())).await?;
        }
        sink.send(close_frame(refusal.code, &refusal.reason))
            .await?;
        // Until the peer has closed too, its close frame is on the way.
        while let Some(Ok(_)) = source.next().await {}
        Ok::<(), axum::Error>(())
    };
    let _ = timeout(FAREWELL, farewell).await;
}

/// A close frame; its reason may have 123 bytes.
fn close_frame(code: u16, reason: &str) -> Message {
    const AT_MOST: usize = 123;
    let end = (0..=reason.len().min(AT_MOST))
        .rev()
        .find(|end| reason.is_char_boundary(*end))
        .unwrap_or(0);
    Message::Close(Some(CloseFrame {
        code,
        reason: reason[..end].into(),
    }))
}

async fn converse(gateway: &Arc<Gateway>, sink: Sink, source: Source, admitted: Admitted) {
    let id = ids::uuid();
    let (connection, queue) = Connection::new(id.clone(), admitted.identity, now_ms());
    if !gateway.connections.add(&connection) {
        let failure = Failure::unavailable("too many connections", 5_000);
        let refusal = Refusal {
            answer: Some(frames::refusal(&admitted.request_id, &failure)),
            ..Refusal::close(1013, "too many connections")
        };
        return turn_away(sink, source, refusal).await;
    }
    // In the registry first, so that the presence in hello has it; it gets no
    // event before `open`.
    let hello = gateway.hello(&id, &admitted.auth).await;
    connection.open(&frames::answer(&admitted.request_id, &hello));
    gateway.tell_presence();
    gateway.tell_health().await;
    gateway.expel_if_revoked(&connection).await;
    tracing::debug!(connection = id, client = connection.client.id, "connected");

    let talk = Talk {
        alive: AtomicBool::new(true),
        reads: AtomicBool::new(true),
        reader_gone: Notify::new(),
        writer_gone: Notify::new(),
    };
    tokio::join!(
        read(gateway, &connection, source, &talk),
        write(&connection, sink, queue, &talk),
    );
    gateway.connections.remove(&id);
    tracing::debug!(connection = id, "gone");
    if !gateway.is_stopping() {
        gateway.tell_presence();
    }
}

/// What reader and writer of one connection tell each other.
struct Talk {
    /// Something arrived since the last ping.
    alive: AtomicBool,
    /// The reader could still hear the peer's answer to a close.
    reads: AtomicBool,
    reader_gone: Notify,
    writer_gone: Notify,
}

/// Reads until the peer is gone. A request that was begun is finished, also
/// when the socket ends meanwhile: what it wrote to the store must get going.
async fn read(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    mut source: Source,
    talk: &Talk,
) {
    loop {
        let message = tokio::select! {
            message = source.next() => message,
            () = talk.writer_gone.notified() => break,
        };
        talk.alive.store(true, Ordering::Relaxed);
        match message {
            Some(Ok(Message::Text(text))) => methods::receive(gateway, connection, &text).await,
            Some(Ok(Message::Binary(bytes))) => {
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    methods::receive(gateway, connection, text).await;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Err(error)) if is_too_long(&error) => {
                talk.reads.store(false, Ordering::Relaxed);
                connection.close(1009, "");
                // Once the writer has said so there is nothing left to do.
                let _ = timeout(FAREWELL, talk.writer_gone.notified()).await;
                break;
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => break,
        }
    }
    talk.reader_gone.notify_one();
}

async fn write(
    connection: &Connection,
    mut sink: Sink,
    mut queue: mpsc::UnboundedReceiver<Outgoing>,
    talk: &Talk,
) {
    let mut pings = interval_at(Instant::now() + limits::PING, limits::PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = connection.overflowed() => {
                farewell(&mut sink, 1008, "slow consumer").await;
                break;
            }
            () = talk.reader_gone.notified() => {
                let _ = timeout(FAREWELL, sink.close()).await;
                break;
            }
            _ = pings.tick() => {
                if !talk.alive.swap(false, Ordering::Relaxed) {
                    break; // Half open: nobody would read a farewell.
                }
                let ping = sink.send(Message::Ping(Vec::new().into()));
                if !matches!(timeout(limits::PING, ping).await, Ok(Ok(()))) {
                    break;
                }
            }
            next = queue.recv() => match next {
                Some(Outgoing::Text(text)) => {
                    let bytes = text.len();
                    if !send(connection, &mut sink, text).await {
                        break;
                    }
                    connection.written(bytes);
                }
                Some(Outgoing::Close(code, reason)) => {
                    farewell(&mut sink, code, &reason).await;
                    // The peer answers with its own close; give it a moment.
                    if talk.reads.load(Ordering::Relaxed) {
                        let _ = timeout(FAREWELL, talk.reader_gone.notified()).await;
                    }
                    break;
                }
                None => break,
            },
        }
    }
    talk.writer_gone.notify_one();
}

/// `false`: the socket is done for.
async fn send(connection: &Connection, sink: &mut Sink, text: String) -> bool {
    tokio::select! {
        sent = sink.send(Message::Text(text.into())) => sent.is_ok(),
        () = connection.overflowed() => {
            farewell(sink, 1008, "slow consumer").await;
            false
        }
        () = tokio::time::sleep(limits::PING * 2) => false,
    }
}

async fn farewell(sink: &mut Sink, code: u16, reason: &str) {
    let _ = timeout(FAREWELL, sink.send(close_frame(code, reason))).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_cut_between_characters() {
        let reason = format!("{}é", "x".repeat(122));
        let Message::Close(Some(frame)) = close_frame(1008, &reason) else {
            panic!("a close frame was asked for");
        };
        assert_eq!(frame.reason.len(), 122);
    }
}
