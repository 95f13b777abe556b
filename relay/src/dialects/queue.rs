//! What waits for one reader, bounded in bytes.
//!
//! Most frames wait as text. One that many read at once may wait as what it is
//! made of, shared by all of them, and become text when it leaves.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::limits;

/// How long a reader may take to read what came before its close.
pub(crate) const FAREWELL: Duration = Duration::from_secs(2);
/// What a frame costs while it waits, besides its text, in bytes.
const FRAME: usize = 128;

/// What the writer of a socket has to do next.
pub(crate) enum Outgoing {
    Text(String),
    Close(u16, String),
}

impl fmt::Debug for Outgoing {
    /// Without the text: it may hold a token, the rest is what people say.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Close(code, reason) => write!(f, "Close({code}, {reason:?})"),
        }
    }
}

/// Makes the text of a frame that leaves; `None` when there is nothing to say.
type Make = Box<dyn FnOnce() -> Option<String> + Send>;

enum Waiting {
    Text(String),
    Later(usize, Make),
    Close(u16, String),
}

/// Frames that wait for one reader. One that is too slow is closed.
pub(crate) struct Queue {
    sender: mpsc::UnboundedSender<Waiting>,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    bytes: AtomicUsize,
    /// Since when nothing more is put in.
    closed: watch::Sender<Option<Instant>>,
    overflow: Notify,
    room: Notify,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.state.bytes.load(Ordering::Relaxed);
        write!(f, "Queue({bytes} bytes)")
    }
}

impl Queue {
    /// A queue, and where its frames come out.
    pub(crate) fn new() -> (Self, Frames) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let state = Arc::new(State {
            bytes: AtomicUsize::new(0),
            closed: watch::Sender::new(None),
            overflow: Notify::new(),
            room: Notify::new(),
        });
        let frames = Frames {
            state: Arc::clone(&state),
            receiver,
            leaving: 0,
        };
        (Self { sender, state }, frames)
    }

    /// Queues a text frame.
    pub(crate) fn send(&self, text: String) {
        let bytes = text.len() + FRAME;
        self.put(Waiting::Text(text), bytes);
    }

    /// Queues a frame whose text is made when it leaves. Until then `bytes` of it
    /// wait.
    pub(crate) fn send_later(
        &self,
        bytes: usize,
        make: impl FnOnce() -> Option<String> + Send + 'static,
    ) {
        let bytes = bytes + FRAME;
        self.put(Waiting::Later(bytes, Box::new(make)), bytes);
    }

    fn put(&self, waiting: Waiting, bytes: usize) {
        if self.is_closed() {
            return;
        }
        let all = self.state.bytes.fetch_add(bytes, Ordering::AcqRel) + bytes;
        if all > limits::MAX_BUFFERED {
            self.close(1008, "slow consumer");
            self.state.overflow.notify_one();
            return;
        }
        // A receiver that is gone means a socket that is gone: nothing to do.
        let _ = self.sender.send(waiting);
    }

    /// Bytes that wait for the reader, about.
    pub(crate) fn waiting(&self) -> usize {
        self.state.bytes.load(Ordering::Acquire)
    }

    /// Ends the socket after what is queued, or in [`FAREWELL`] at the latest.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        let is_first = self.state.closed.send_if_modified(|closed| {
            let is_first = closed.is_none();
            closed.get_or_insert_with(Instant::now);
            is_first
        });
        if is_first {
            let _ = self.sender.send(Waiting::Close(code, reason.to_owned()));
            self.state.room.notify_one();
        }
    }

    /// Whether somebody closed it: whoever was sent away does nothing here any
    /// more, whether it has read so or not.
    pub(crate) fn is_closed(&self) -> bool {
        self.state.closed.borrow().is_some()
    }

    /// Completes when the reader had its time to read the close.
    pub(super) async fn farewell_is_over(&self) {
        let mut closed = self.state.closed.subscribe();
        // The sender lives in self: waiting cannot fail while we borrow it.
        let at = closed.wait_for(Option::is_some).await.map(|at| *at);
        if let Ok(Some(at)) = at {
            sleep_until(at + FAREWELL).await;
        }
    }

    /// Completes when the reader at the other end was too slow.
    pub(super) async fn overflowed(&self) {
        self.state.overflow.notified().await;
    }

    /// Completes when so little waits that more answers may be made, or when
    /// there will be none.
    pub(super) async fn room(&self) {
        while !self.has_room() && !self.is_closed() {
            self.state.room.notified().await;
        }
    }

    fn has_room(&self) -> bool {
        self.state.bytes.load(Ordering::Acquire) <= limits::MAX_UNREAD
    }
}

/// Where the frames of a queue come out, for its socket.
pub(crate) struct Frames {
    state: Arc<State>,
    receiver: mpsc::UnboundedReceiver<Waiting>,
    /// Bytes that count until the next is asked for.
    leaving: usize,
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frames({} waiting)", self.receiver.len())
    }
}

impl Frames {
    /// The next to write, once the one before is written.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        loop {
            let left = std::mem::take(&mut self.leaving);
            if left > 0 {
                self.state.bytes.fetch_sub(left, Ordering::AcqRel);
                self.state.room.notify_one();
            }
            match self.receiver.recv().await? {
                Waiting::Text(text) => {
                    self.leaving = text.len() + FRAME;
                    return Some(Outgoing::Text(text));
                }
                Waiting::Later(bytes, make) => {
                    self.leaving = bytes;
                    if let Some(text) = make() {
                        return Some(Outgoing::Text(text));
                    }
                }
                Waiting::Close(code, reason) => return Some(Outgoing::Close(code, reason)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn waits(frames: &mut Frames) -> Option<Outgoing> {
        frames.next().now_or_never().flatten()
    }

    #[tokio::test]
    async fn a_reader_that_is_too_slow_is_closed_and_costs_no_more_memory() {
        let (queue, mut frames) = Queue::new();
        for _ in 0..100 {
            queue.send("x".repeat(1_000_000));
            queue.send_later(1_000_000, || Some("y".repeat(1_000_000)));
        }
        queue.overflowed().await;
        let (mut bytes, mut last) = (0, None);
        while let Some(next) = waits(&mut frames) {
            if let Outgoing::Text(text) = &next {
                bytes += text.len();
            }
            last = Some(next);
        }
        assert!(bytes <= limits::MAX_BUFFERED, "{bytes}");
        assert!(matches!(last, Some(Outgoing::Close(1008, reason)) if reason == "slow consumer"));
    }

    #[tokio::test]
    async fn a_reader_that_keeps_up_may_get_any_amount() {
        let (queue, mut frames) = Queue::new();
        for _ in 0..200 {
            queue.send("x".repeat(1_000_000));
            assert!(matches!(frames.next().await, Some(Outgoing::Text(_))));
        }
        queue.close(1000, "");
        assert!(matches!(waits(&mut frames), Some(Outgoing::Close(1000, _))));
    }

    #[test]
    fn countless_frames_without_a_word_are_bounded_too() {
        let (queue, _frames) = Queue::new();
        for _ in 0..1_000_000 {
            queue.send_later(0, || None);
        }
        assert!(queue.is_closed());
    }

    #[tokio::test]
    async fn nobody_makes_answers_that_nobody_reads() {
        let (queue, mut frames) = Queue::new();
        while queue.has_room() {
            queue.send("x".repeat(1_000_000));
        }
        assert!(queue.room().now_or_never().is_none());
        while !queue.has_room() {
            assert!(waits(&mut frames).is_some());
        }
        queue.room().await;
        queue.send("x".repeat(2 * limits::MAX_UNREAD));
        queue.close(4001, "device removed");
        queue.room().await;
    }
}
