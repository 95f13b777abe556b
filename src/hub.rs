//! Events on their way to Rust subscribers: bounded queues that say when they
//! dropped something. A stream, not a signal: a signal keeps the last of a
//! burst.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use clawline_core::Update;
use clawline_core::engine::Status;
use clawline_core::wire::EventKind;
use futures_core::Stream;
use wasm_bindgen::JsValue;

use crate::identity::Notice;

/// Events a subscriber may leave unread.
const LIMIT: usize = 4_096;

/// What a client tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The connection's state changed.
    Status(Status),
    /// The gateway sent an event that this subscriber asked for.
    Gateway {
        /// Its name's number; compare with [`crate::Client::kind`].
        kind: EventKind,
        /// Its payload, as the browser parsed it.
        payload: JsValue,
    },
    /// The outbox changed.
    Outbox(Update),
    /// Messages ended while this tab was not told: `[{key, replaces?, state}]`.
    #[doc(hidden)]
    Ended(JsValue),
    /// Events were lost on the way.
    Gap,
    /// Something about this device that a person should know.
    Notice(Notice),
    /// This subscriber was too slow: so many events were dropped for it.
    Lagged(u64),
}

#[derive(Default)]
struct Queue {
    kinds: Vec<EventKind>,
    events: RefCell<VecDeque<Event>>,
    lagged: Cell<u64>,
    closed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Queue {
    fn push(&self, event: Event) {
        let mut events = self.events.borrow_mut();
        if events.len() >= LIMIT {
            self.lagged.set(self.lagged.get() + 1);
        } else {
            events.push_back(event);
        }
        drop(events);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// A stream of events; dropping it unsubscribes.
pub struct Subscription(Rc<Queue>);

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let queue = &self.0;
        if let Some(event) = queue.events.borrow_mut().pop_front() {
            return Poll::Ready(Some(event));
        }
        match queue.lagged.take() {
            0 if queue.closed.get() => return Poll::Ready(None),
            0 => {}
            dropped => return Poll::Ready(Some(Event::Lagged(dropped))),
        }
        queue.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

#[derive(Default)]
pub(crate) struct Hub {
    subscribers: RefCell<Vec<Weak<Queue>>>,
}

impl Hub {
    pub(crate) fn subscribe(&self, kinds: Vec<EventKind>) -> Subscription {
        let queue = Rc::new(Queue {
            kinds,
            ..Queue::default()
        });
        self.subscribers.borrow_mut().push(Rc::downgrade(&queue));
        Subscription(queue)
    }

    /// Tells all; forgets those who left.
    pub(crate) fn tell(&self, event: &Event) {
        self.subscribers.borrow_mut().retain(|subscriber| {
            let Some(queue) = subscriber.upgrade() else {
                return false;
            };
            queue.push(event.clone());
            true
        });
    }

    /// Hands a gateway's event to those who asked for its kind.
    pub(crate) fn deliver(&self, kind: EventKind, payload: &JsValue) {
        for subscriber in self.subscribers.borrow().iter() {
            if let Some(queue) = subscriber
                .upgrade()
                .filter(|queue| queue.kinds.contains(&kind))
            {
                queue.push(Event::Gateway {
                    kind,
                    payload: payload.clone(),
                });
            }
        }
    }

    /// Nothing more comes.
    pub(crate) fn close(&self) {
        for queue in self.subscribers.take().iter().filter_map(Weak::upgrade) {
            queue.closed.set(true);
            queue.wake();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.close();
    }
}
