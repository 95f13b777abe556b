//! Tells what happens to whoever subscribed.
//!
//! Nobody who listens slows down who tells: each subscriber has a queue with a
//! bound in events and in bytes, and one that does not keep up loses what waits
//! and learns how much it was.

mod event;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::{Notify, oneshot};

pub use event::{
    AccountStatus, ChangeReason, ChannelMessage, ChannelState, Ending, Event, RowProgress, Run,
    Said, SendProgress, SessionState, Typing,
};

/// Most events that wait for one subscriber.
const MAX_EVENTS: usize = 8_192;
/// Most bytes that wait for one subscriber, about.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The bus. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Bus {
    queues: Arc<Mutex<Vec<Weak<Queue>>>>,
}

#[derive(Debug)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<Event>,
    bytes: usize,
    /// Events that were lost since the subscriber last looked.
    lost: u64,
    /// Events that were told in all.
    told: u64,
    /// Events that the subscriber took or lost, and heard of.
    taken: u64,
    /// How many of them it is done with.
    done: u64,
    /// Who waits until it is done with so many, in their order.
    patient: VecDeque<(u64, oneshot::Sender<()>)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bus {
    /// Tells an event to all who subscribed before. Never waits.
    pub fn publish(&self, event: &Event) {
        let mut queues = lock(&self.queues);
        queues.retain(|queue| {
            let Some(queue) = queue.upgrade() else {
                return false;
            };
            queue.push(event.clone());
            true
        });
    }

    /// Hears of all that is told from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        let queue = Arc::new(Queue {
            waiting: Mutex::default(),
            news: Notify::new(),
        });
        lock(&self.queues).push(Arc::downgrade(&queue));
        Subscription { queue }
    }
}

impl Queue {
    fn push(&self, event: Event) {
        let mut waiting = lock(&self.waiting);
        waiting.told += 1;
        waiting.bytes += event.weight();
        waiting.events.push_back(event);
        if waiting.events.len() > MAX_EVENTS || waiting.bytes > MAX_BYTES {
            let lost = u64::try_from(waiting.events.len()).unwrap_or(u64::MAX);
            waiting.lost += lost;
            waiting.events.clear();
            waiting.bytes = 0;
        }
        drop(waiting);
        self.news.notify_one();
    }

    fn take(&self) -> Option<Result<Event, Lagged>> {
        let mut waiting = lock(&self.waiting);
        // Whoever asks for the next is done with the one before.
        waiting.done = waiting.taken;
        waiting.tell_patient();
        if waiting.lost > 0 {
            let lost = std::mem::take(&mut waiting.lost);
            waiting.taken += lost;
            return Some(Err(Lagged(lost)));
        }
        let event = waiting.events.pop_front()?;
        waiting.bytes -= event.weight();
        waiting.taken += 1;
        Some(Ok(event))
    }
}

impl Waiting {
    /// Wakes those, and only those, who have waited long enough.
    fn tell_patient(&mut self) {
        let done = self.done;
        while let Some((_, waits)) = self.patient.pop_front_if(|(until, _)| *until <= done) {
            // Whoever gave up needs to know nothing.
            let _ = waits.send(());
        }
    }
}

/// So many events were lost: what was built from them must be looked up anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} events were lost, because they were read too slowly")]
pub struct Lagged(pub u64);

/// The receiving end of one subscriber. Dropping it unsubscribes.
#[derive(Debug)]
pub struct Subscription {
    queue: Arc<Queue>,
}

impl Subscription {
    /// The next event. Asking for it says that the one before was dealt with.
    /// Nothing is lost when the wait is given up.
    ///
    /// # Errors
    /// Some were lost before it; the wait goes on with the next call.
    pub async fn next(&mut self) -> Result<Event, Lagged> {
        loop {
            if let Some(next) = self.queue.take() {
                return next;
            }
            self.queue.news.notified().await;
        }
    }

    /// How far this subscriber is, for others to wait for.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            queue: Arc::clone(&self.queue),
        }
    }
}

/// See [`Subscription::progress`].
#[derive(Debug, Clone)]
pub struct Progress {
    queue: Arc<Queue>,
}

impl Progress {
    /// Completes when the subscriber has dealt with everything that was told
    /// before this call.
    pub async fn caught_up(&self) {
        let (told, is_told) = oneshot::channel();
        {
            let mut waiting = lock(&self.queue.waiting);
            if waiting.done >= waiting.told {
                return;
            }
            let until = waiting.told;
            waiting.patient.push_back((until, told));
        }
        // The queue has the other end, and we hold the queue.
        let _ = is_told.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;

    fn event(content: &str) -> Event {
        Event::ChannelSent(Arc::new(ChannelMessage {
            channel: "webchat".into(),
            account: Account::default(),
            sender: "owner".into(),
            content: content.into(),
            message_id: "1".into(),
            conversation_id: "main".into(),
            metadata: Vec::new(),
        }))
    }

    fn content(event: &Event) -> &str {
        match event {
            Event::ChannelSent(message) => &message.content,
            other => panic!("unexpected {other:?}"),
        }
    }

    #[tokio::test]
    async fn each_subscriber_hears_everything_in_order_from_its_start_on() {
        let bus = Bus::default();
        bus.publish(&event("before"));
        let (mut one, mut two) = (bus.subscribe(), bus.subscribe());
        for word in ["a", "b"] {
            bus.publish(&event(word));
        }
        for subscriber in [&mut one, &mut two] {
            for word in ["a", "b"] {
                assert_eq!(content(&subscriber.next().await.unwrap()), word);
            }
        }
    }

    #[tokio::test]
    async fn one_that_does_not_read_learns_how_much_it_lost_and_costs_nobody_else() {
        let bus = Bus::default();
        let (mut slow, mut quick) = (bus.subscribe(), bus.subscribe());
        let many = u64::try_from(MAX_EVENTS).unwrap() + 1;
        for _ in 0..many {
            bus.publish(&event("x"));
            assert_eq!(content(&quick.next().await.unwrap()), "x");
        }
        assert_eq!(slow.next().await.unwrap_err(), Lagged(many));
        bus.publish(&event("after"));
        assert_eq!(content(&slow.next().await.unwrap()), "after");
    }

    #[tokio::test]
    async fn what_waits_is_bounded_in_bytes_too() {
        let bus = Bus::default();
        let mut slow = bus.subscribe();
        let large = event(&"x".repeat(MAX_BYTES / 4));
        for _ in 0..4 {
            bus.publish(&large);
        }
        assert_eq!(slow.next().await.unwrap_err(), Lagged(4));
    }

    #[tokio::test]
    async fn others_can_wait_until_a_subscriber_has_dealt_with_what_was_told() {
        let bus = Bus::default();
        let mut subscriber = bus.subscribe();
        let progress = subscriber.progress();
        progress.caught_up().await;
        bus.publish(&event("a"));
        let mut waits = watched(progress.caught_up());
        assert!(waits.is_pending());
        subscriber.next().await.unwrap();
        assert!(waits.is_pending(), "taken is not dealt with");
        let next = tokio::spawn(async move { subscriber.next().await });
        waits.finish().await;
        next.abort();
    }

    /// A future that a test looks at from time to time.
    struct Watched<F>(std::pin::Pin<Box<F>>);

    fn watched<F: Future<Output = ()>>(future: F) -> Watched<F> {
        Watched(Box::pin(future))
    }

    impl<F: Future<Output = ()>> Watched<F> {
        fn is_pending(&mut self) -> bool {
            use futures_util::FutureExt as _;
            (&mut self.0).now_or_never().is_none()
        }

        async fn finish(self) {
            self.0.await;
        }
    }
}
