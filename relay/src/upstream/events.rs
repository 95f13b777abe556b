//! Events for whoever listens, each at its own pace: one that falls behind is
//! told so, and never holds up another, the connection or the memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde_json::Value;
use tokio::sync::Notify;

/// What happens on the connection, in order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// There is a connection. What was subscribed to on an earlier one is not
    /// any more, and what is derived from its events is stale.
    Connected,
    /// The connection is gone.
    Lost,
    /// An event of the gateway.
    Gateway {
        /// Its name, such as `chat`.
        name: String,
        /// What it says.
        payload: Value,
    },
    /// Events of the gateway were lost on the way: what is derived from them is
    /// stale.
    Gap,
}

/// How much may wait for one listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventBounds {
    /// Events.
    pub events: usize,
    /// Bytes of their frames. One larger event waits alone.
    pub bytes: usize,
}

impl Default for EventBounds {
    fn default() -> Self {
        Self {
            events: 1_024,
            bytes: 16 * 1024 * 1024,
        }
    }
}

/// A listener was too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{missed} events were missed: the listener is too slow")]
pub struct Lagged {
    /// How many events it will never see.
    pub missed: u64,
}

/// One listener's events. Dropping it ends it.
#[derive(Debug)]
pub struct Events(Arc<Inbox>);

impl Events {
    /// The next event, or how many are gone that came before it; `None` when the
    /// client was closed. Nothing is lost when this is dropped while it waits.
    pub async fn next(&mut self) -> Option<Result<Arc<Event>, Lagged>> {
        loop {
            let more = self.0.more.notified();
            {
                let mut queue = self.0.lock();
                let missed = std::mem::take(&mut queue.missed);
                if missed > 0 {
                    return Some(Err(Lagged { missed }));
                }
                if let Some((event, bytes)) = queue.events.pop_front() {
                    queue.bytes -= bytes;
                    return Some(Ok(event));
                }
                if queue.is_closed {
                    return None;
                }
            }
            more.await;
        }
    }
}

#[derive(Debug, Default)]
struct Inbox {
    queue: Mutex<Queue>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<(Arc<Event>, usize)>,
    bytes: usize,
    missed: u64,
    is_closed: bool,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it holds this.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All listeners.
#[derive(Debug)]
pub(super) struct Hub {
    bounds: EventBounds,
    listeners: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    inboxes: Vec<Weak<Inbox>>,
    is_closed: bool,
}

impl Hub {
    pub(super) fn new(bounds: EventBounds) -> Self {
        Self {
            bounds,
            listeners: Mutex::default(),
        }
    }

    /// One more listener: it hears what comes from now on.
    pub(super) fn listen(&self) -> Events {
        let inbox = Arc::new(Inbox::default());
        let mut listeners = self.lock();
        inbox.lock().is_closed = listeners.is_closed;
        listeners.inboxes.push(Arc::downgrade(&inbox));
        Events(inbox)
    }

    pub(super) fn has_nobody(&self) -> bool {
        let inboxes = &mut self.lock().inboxes;
        inboxes.retain(|inbox| inbox.strong_count() > 0);
        inboxes.is_empty()
    }

    /// Tells all listeners of an event whose frame has so many bytes.
    pub(super) fn tell(&self, event: Event, bytes: usize) {
        let event = Arc::new(event);
        self.each(|queue| {
            while queue.events.len() >= self.bounds.events
                || (!queue.events.is_empty() && queue.bytes + bytes > self.bounds.bytes)
            {
                let Some((_, gone)) = queue.events.pop_front() else {
                    break;
                };
                queue.bytes -= gone;
                queue.missed += 1;
            }
            queue.events.push_back((Arc::clone(&event), bytes));
            queue.bytes += bytes;
        });
    }

    /// Nothing follows.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.each(|queue| queue.is_closed = true);
    }

    fn each(&self, mut act: impl FnMut(&mut Queue)) {
        self.lock().inboxes.retain(|inbox| {
            let Some(inbox) = inbox.upgrade() else {
                return false;
            };
            act(&mut inbox.lock());
            inbox.more.notify_one();
            true
        });
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(number: usize) -> Event {
        Event::Gateway {
            name: number.to_string(),
            payload: Value::Null,
        }
    }

    async fn heard(events: &mut Events) -> Vec<String> {
        let mut heard = Vec::new();
        while let Some(next) = events.next().await {
            heard.push(match next {
                Ok(event) => match &*event {
                    Event::Gateway { name, .. } => name.clone(),
                    other => format!("{other:?}"),
                },
                Err(Lagged { missed }) => format!("missed {missed}"),
            });
        }
        heard
    }

    #[tokio::test]
    async fn a_slow_listener_is_told_what_it_missed_and_a_fast_one_misses_nothing() {
        let hub = Hub::new(EventBounds {
            events: 2,
            bytes: 100,
        });
        let (mut slow, mut fast) = (hub.listen(), hub.listen());
        for number in 0..5 {
            hub.tell(numbered(number), 1);
            assert!(fast.next().await.unwrap().is_ok());
        }
        hub.close();
        assert_eq!(heard(&mut slow).await, ["missed 3", "3", "4"]);
        assert_eq!(heard(&mut fast).await, [""; 0]);
        assert!(hub.listen().next().await.is_none());
    }

    #[tokio::test]
    async fn what_waits_is_bounded_in_bytes_and_one_large_event_gets_through() {
        let hub = Hub::new(EventBounds {
            events: 10,
            bytes: 100,
        });
        let mut slow = hub.listen();
        hub.tell(numbered(0), 60);
        hub.tell(numbered(1), 40);
        hub.tell(numbered(2), 1);
        hub.tell(numbered(3), 1_000);
        hub.close();
        assert_eq!(heard(&mut slow).await, ["missed 3", "3"]);
    }

    #[tokio::test]
    async fn a_listener_that_is_gone_costs_nothing() {
        let hub = Hub::new(EventBounds::default());
        drop(hub.listen());
        assert!(hub.has_nobody());
        let _kept = hub.listen();
        assert!(!hub.has_nobody());
    }
}
