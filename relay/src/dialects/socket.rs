//! One WebSocket, whatever is spoken on it: from its upgrade to its end.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::queue::{FAREWELL, Frames, Outgoing, Queue};
use crate::access::Denied;
use crate::limits;
use crate::listener::{Peer, ReadBudget};
use crate::pace::Pacer;
use crate::places::Place;

type Sink = SplitSink<WebSocket, Message>;
type Source = SplitStream<WebSocket>;

/// A first frame in its WebSocket clothes, with room for a few pings.
pub(crate) const HANDSHAKE_BYTES: usize = limits::MAX_FIRST_FRAME + 2_048;

/// How a socket is turned away.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The frame before the close, if there is one.
    pub(crate) answer: Option<String>,
    pub(crate) code: u16,
    pub(crate) reason: String,
    /// How long the answer is held back.
    pub(crate) delay: Duration,
}

impl Refusal {
    pub(crate) fn close(code: u16, reason: &str) -> Self {
        Self {
            answer: None,
            code,
            reason: reason.to_owned(),
            delay: Duration::ZERO,
        }
    }

    /// There are too many already.
    pub(crate) fn full() -> Self {
        Self::close(1013, "too many connections")
    }

    /// The goodbye of a relay that stops, on wires without one of their own.
    pub(crate) fn restart() -> Self {
        Self::close(1012, "service restart")
    }
}

impl From<Denied> for Refusal {
    /// For wires that have no frame for it: the reason of the close.
    fn from(denied: Denied) -> Self {
        let delay = match denied {
            Denied::Wrong { delay } => delay,
            _ => Duration::ZERO,
        };
        Self {
            delay,
            ..Self::close(1008, &denied.to_string())
        }
    }
}

/// Both ends of what a dialect says on a socket that it let in.
pub(crate) trait Conversation: Sync {
    /// What waits for the peer.
    fn queue(&self) -> &Queue;

    /// Does what a frame asks. It is finished also when the socket ends
    /// meanwhile: what was written to the store must get going.
    fn receive(&self, text: &str) -> impl Future<Output = ()> + Send;
}

/// One WebSocket. Until [`Socket::let_in`] it is a stranger: what it may send is
/// bounded, and its place among the strangers may be given to somebody else.
#[derive(Debug)]
pub(crate) struct Socket {
    sink: Sink,
    source: Source,
    budget: Arc<ReadBudget>,
    place: Arc<Place>,
    /// Each frame waits for its turn.
    pacer: Pacer,
}

impl Socket {
    pub(crate) fn new(socket: WebSocket, peer: Peer, pacer: Pacer) -> Self {
        let Peer { budget, place, .. } = peer;
        budget.linger();
        let (sink, source) = socket.split();
        Self {
            sink,
            source,
            budget,
            place,
            pacer,
        }
    }

    /// Sends a frame. `Err`: the peer is gone.
    pub(crate) async fn send(&mut self, text: String) -> Result<(), Gone> {
        tokio::select! {
            sent = self.sink.send(Message::Text(text.into())) => sent.map_err(|_| Gone),
            () = self.place.lost() => {
                self.lose_place();
                Err(Gone)
            }
        }
    }

    /// Somebody else has the place: says so where that takes no time.
    fn lose_place(&mut self) {
        let Refusal { code, reason, .. } = Refusal::full();
        let _ = self.sink.send(close_frame(code, &reason)).now_or_never();
    }

    /// Waits for the first frame. A peer that answers no ping is gone.
    ///
    /// # Errors
    /// How to turn it away; `None` when it went away by itself.
    pub(crate) async fn first_frame(&mut self) -> Result<String, Option<Refusal>> {
        let (silent, mut nothing) = Queue::new();
        match self.frame_amid(&silent, &mut nothing).await? {
            Some(first) if first.len() > limits::MAX_FIRST_FRAME => {
                Err(Some(Refusal::close(1009, "")))
            }
            Some(first) => Ok(first),
            None => Err(Some(Refusal::close(1000, ""))),
        }
    }

    /// Waits for a frame, of any size, and writes meanwhile what is queued.
    /// `None`: bytes that are no text.
    ///
    /// # Errors
    /// As [`Socket::first_frame`].
    pub(crate) async fn frame_amid(
        &mut self,
        queue: &Queue,
        frames: &mut Frames,
    ) -> Result<Option<String>, Option<Refusal>> {
        let mut pings = pings();
        let mut alive = true;
        self.place.asked();
        loop {
            let message = tokio::select! {
                message = self.source.next() => message,
                Some(frame) = frames.next() => match frame {
                    Outgoing::Text(text) => {
                        if !send(queue, &mut self.sink, text).await {
                            return Err(None);
                        }
                        continue;
                    }
                    Outgoing::Close(code, reason) => {
                        return Err(Some(Refusal::close(code, &reason)));
                    }
                },
                () = self.place.lost() => {
                    self.lose_place();
                    return Err(None);
                }
                _ = pings.tick() => {
                    if !std::mem::replace(&mut alive, false) {
                        return Err(None);
                    }
                    let ping = Message::Ping(Vec::new().into());
                    self.sink.send(ping).await.map_err(|_| None)?;
                    continue;
                }
            };
            alive = true;
            let text = match message {
                Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
                Some(Ok(Message::Binary(bytes))) => match String::from_utf8(bytes.into()) {
                    Ok(text) => text,
                    Err(_) => return Ok(None),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Err(error)) if self.budget.is_spent() || is_too_long(&error) => {
                    return Err(Some(Refusal::close(1009, "")));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(None),
            };
            self.place.asked();
            tokio::select! {
                () = self.pacer.turn() => {}
                () = self.place.lost() => return Err(None),
            }
            // What it takes to answer is not its fault.
            self.place.is_owed();
            return Ok(Some(text));
        }
    }

    /// Whether [`Socket::let_in`] has room now: whoever is turned away after all
    /// should cost the database nothing.
    pub(crate) fn has_room(&self) -> bool {
        self.place.has_room()
    }

    /// Gives the place among the strangers back and lifts their bound. `false`:
    /// it stays a stranger and is to be turned away, since too many were let in,
    /// in all dialects together, or its place was lost before.
    #[must_use]
    pub(crate) fn let_in(&self) -> bool {
        let is_in = self.place.let_in();
        if is_in {
            self.budget.lift();
        }
        is_in
    }

    /// Tells the peer to go. Whoever is made to wait keeps his place among the
    /// strangers meanwhile, and may lose it.
    pub(crate) async fn turn_away(self, refusal: Refusal) {
        let Self {
            mut sink,
            mut source,
            place,
            ..
        } = self;
        place.asked();
        let farewell = async {
            if let Some(answer) = refusal.answer {
                sink.send(Message::Text(answer.into())).await?;
            }
            sink.send(close_frame(refusal.code, &refusal.reason))
                .await?;
            place.dismiss();
            // Until the peer has closed too, its close frame is on the way.
            while let Some(Ok(_)) = source.next().await {}
            Ok::<(), axum::Error>(())
        };
        let leave = async {
            tokio::time::sleep(refusal.delay).await;
            let _ = timeout(FAREWELL, farewell).await;
        };
        tokio::select! {
            () = leave => {}
            () = place.lost() => {}
        }
    }

    /// Reads and writes until the socket ends.
    pub(crate) async fn converse(self, conversation: &impl Conversation, frames: Frames) {
        let talk = SocketState {
            alive: AtomicBool::new(true),
            reads: AtomicBool::new(true),
            pauses: AtomicBool::new(false),
            pacer: self.pacer,
            reader_gone: Notify::new(),
            writer_gone: Notify::new(),
        };
        tokio::join!(
            read(conversation, self.source, &talk),
            write(conversation.queue(), self.sink, frames, &talk),
        );
    }
}

/// The peer went away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone;

fn pings() -> tokio::time::Interval {
    let mut pings = interval_at(Instant::now() + limits::PING, limits::PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings
}

/// Whether a frame was longer than is read. The WebSocket library has its own
/// error type, which axum hides; the words are pinned by a test over a real socket.
pub(crate) fn is_too_long(error: &impl Display) -> bool {
    error.to_string().contains("too long")
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

/// What reader and writer of one connection tell each other.
struct SocketState {
    /// Something arrived since the last ping.
    alive: AtomicBool,
    /// The reader could still hear the peer's answer to a close.
    reads: AtomicBool,
    /// The reader waits until the peer has read what it asked for, or until the
    /// turn of its frame comes.
    pauses: AtomicBool,
    pacer: Pacer,
    reader_gone: Notify,
    writer_gone: Notify,
}

/// Does what a frame asks, unless the connection is closed: whoever was sent
/// away does nothing here any more, whether it has read so or not.
async fn take(conversation: &impl Conversation, text: &str, talk: &SocketState) {
    talk.pauses.store(true, Ordering::Relaxed);
    talk.pacer.turn().await;
    conversation.queue().room().await;
    talk.pauses.store(false, Ordering::Relaxed);
    talk.alive.store(true, Ordering::Relaxed);
    if !conversation.queue().is_closed() {
        conversation.receive(text).await;
    }
}

/// Reads until the peer is gone.
async fn read(conversation: &impl Conversation, mut source: Source, talk: &SocketState) {
    loop {
        let message = tokio::select! {
            message = source.next() => message,
            () = talk.writer_gone.notified() => break,
        };
        talk.alive.store(true, Ordering::Relaxed);
        match message {
            Some(Ok(Message::Text(text))) => take(conversation, &text, talk).await,
            Some(Ok(Message::Binary(bytes))) => {
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    take(conversation, text, talk).await;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Err(error)) if is_too_long(&error) => {
                talk.reads.store(false, Ordering::Relaxed);
                conversation.queue().close(1009, "");
                // Once the writer has said so there is nothing left to do.
                let _ = timeout(FAREWELL, talk.writer_gone.notified()).await;
                break;
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => break,
        }
    }
    talk.reader_gone.notify_one();
}

async fn write(queue: &Queue, mut sink: Sink, mut frames: Frames, talk: &SocketState) {
    let mut pings = pings();
    loop {
        tokio::select! {
            biased;
            () = queue.farewell_is_over() => break,
            () = queue.overflowed() => {
                farewell(&mut sink, 1008, "slow consumer").await;
                break;
            }
            () = talk.reader_gone.notified() => {
                let _ = timeout(FAREWELL, sink.close()).await;
                break;
            }
            _ = pings.tick() => {
                let waits = talk.pauses.load(Ordering::Relaxed);
                if !talk.alive.swap(false, Ordering::Relaxed) && !waits {
                    break; // Half open: nobody would read a farewell.
                }
                let ping = sink.send(Message::Ping(Vec::new().into()));
                if !matches!(timeout(limits::PING, ping).await, Ok(Ok(()))) {
                    break;
                }
            }
            next = frames.next() => match next {
                Some(Outgoing::Text(text)) => {
                    if !send(queue, &mut sink, text).await {
                        break;
                    }
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
async fn send(queue: &Queue, sink: &mut Sink, text: String) -> bool {
    tokio::select! {
        sent = sink.send(Message::Text(text.into())) => sent.is_ok(),
        () = queue.farewell_is_over() => false,
        () = queue.overflowed() => {
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
