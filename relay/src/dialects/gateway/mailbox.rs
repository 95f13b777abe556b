//! What a connection is told.
//!
//! Events are shared by all who wait for them and get their number when they
//! leave. Of what only describes a state, presence and health, the newest one
//! waits: a client that sleeps through a hundred changes reads one.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frames::Event;
use crate::dialects::queue::{Frames, Queue};

/// A state of which only the newest description counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Presence,
    Health,
}

/// Where everybody puts what a client is to read.
#[derive(Debug)]
pub(crate) struct Mailbox {
    queue: Queue,
    /// There are no events before hello-ok.
    is_open: AtomicBool,
    telling: Arc<Telling>,
}

/// What events need when they leave.
#[derive(Debug, Default)]
struct Telling {
    /// The number of the last event.
    seq: AtomicU64,
    newest: Mutex<[Option<Event>; 2]>,
}

impl Telling {
    fn slots(&self) -> MutexGuard<'_, [Option<Event>; 2]> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_number(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn frame(&self, event: &Event) -> String {
        event.frame(Some(self.next_number()))
    }
}

impl Mailbox {
    pub(crate) fn new() -> (Self, Frames) {
        let (queue, frames) = Queue::new();
        let mailbox = Self {
            queue,
            is_open: AtomicBool::new(false),
            telling: Arc::default(),
        };
        (mailbox, frames)
    }

    /// What waits for the client.
    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Puts hello-ok in; events may follow from now on.
    pub(crate) fn open(&self, hello: String) {
        self.queue.send(hello);
        self.is_open.store(true, Ordering::Release);
    }

    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    pub(crate) fn answer(&self, text: String) {
        self.queue.send(text);
    }

    pub(crate) fn event(&self, event: &Event) {
        if self.is_open() {
            let (telling, event) = (Arc::clone(&self.telling), event.clone());
            self.queue
                .send_later(event.len(), move || Some(telling.frame(&event)));
        }
    }

    /// Takes the place of what waits of the same kind, if something does.
    pub(crate) fn newest(&self, kind: Kind, event: &Event) {
        if !self.is_open() {
            return;
        }
        let former = self.telling.slots()[kind as usize].replace(event.clone());
        if former.is_none() {
            let telling = Arc::clone(&self.telling);
            self.queue.send_later(0, move || {
                let newest = telling.slots()[kind as usize].take()?;
                Some(telling.frame(&newest))
            });
        }
    }

    /// One event never comes: the next number tells so.
    pub(crate) fn skip_one(&self) {
        if self.is_open() {
            let telling = Arc::clone(&self.telling);
            self.queue.send_later(0, move || {
                telling.next_number();
                None
            });
        }
    }

    /// Ends the connection after what waits.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        self.queue.close(code, reason);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use serde_json::{Value, json};

    use super::*;
    use crate::dialects::queue::Outgoing;

    fn text(frames: &mut Frames) -> String {
        match frames.next().now_or_never() {
            Some(Some(Outgoing::Text(text))) => text,
            other => panic!("no text: {other:?}"),
        }
    }

    #[test]
    fn no_event_comes_before_hello_and_numbers_have_no_holes() {
        let (mailbox, mut frames) = Mailbox::new();
        let event = Event::new("tick", &Value::Null);
        mailbox.event(&event);
        mailbox.newest(Kind::Health, &event);
        mailbox.open("hello".to_owned());
        mailbox.event(&event);
        mailbox.answer("answer".to_owned());
        mailbox.event(&event);
        assert_eq!(text(&mut frames), "hello");
        assert!(text(&mut frames).contains("\"seq\":1"));
        assert_eq!(text(&mut frames), "answer");
        assert!(text(&mut frames).contains("\"seq\":2"));
    }

    #[test]
    fn whoever_missed_events_sees_a_hole_in_the_numbers_at_that_place() {
        let (mailbox, mut frames) = Mailbox::new();
        let event = Event::new("tick", &Value::Null);
        mailbox.skip_one();
        mailbox.open("hello".to_owned());
        mailbox.event(&event);
        mailbox.skip_one();
        mailbox.event(&event);
        assert_eq!(text(&mut frames), "hello");
        assert!(text(&mut frames).contains("\"seq\":1"));
        assert!(text(&mut frames).contains("\"seq\":3"));
    }

    #[test]
    fn of_a_state_only_the_newest_waits() {
        let (mailbox, mut frames) = Mailbox::new();
        mailbox.open("hello".to_owned());
        for n in 0..1_000 {
            mailbox.newest(Kind::Presence, &Event::new("presence", &json!({ "n": n })));
            mailbox.newest(Kind::Health, &Event::new("health", &json!({ "n": n })));
        }
        assert_eq!(text(&mut frames), "hello");
        assert!(text(&mut frames).contains("\"n\":999},\"seq\":1"));
        assert!(text(&mut frames).contains("\"n\":999},\"seq\":2"));
        assert!(frames.next().now_or_never().is_none());
    }
}
