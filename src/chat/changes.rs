//! The stream of a chat's changes.

use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use clawline_core::Instant;
use futures_core::Stream;

use super::session::Session;
use crate::host::{now, sleep};

/// Who needs longer than this for a change is not told of the next at once.
const SLOW: Duration = Duration::from_millis(5);
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Yields after changes of a chat; ends with it. Who is slow gets as much time
/// between two changes as the last one took: a gateway that talks without end
/// leaves half of the page's time to everything else.
pub struct Changes<P: 'static> {
    chat: Weak<Session<P>>,
    seen: u64,
    told: Option<Instant>,
    rest: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl<P> Changes<P> {
    pub(super) fn of(chat: &Rc<Session<P>>) -> Self {
        Self {
            chat: Rc::downgrade(chat),
            seen: 0,
            told: None,
            rest: None,
        }
    }
}

impl<P> Stream for Changes<P> {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<()>> {
        let took = self.told.take().map(|told| now().since(told));
        if let Some(took) = took.filter(|took| *took >= SLOW) {
            self.rest = Some(Box::pin(sleep(took.min(LONGEST_REST))));
        }
        if let Some(rest) = &mut self.rest {
            if rest.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.rest = None;
        }
        let Some(chat) = self.chat.upgrade() else {
            return Poll::Ready(None);
        };
        if chat.version() != self.seen {
            self.seen = chat.version();
            self.told = Some(now());
            return Poll::Ready(Some(()));
        }
        chat.wake(context.waker());
        Poll::Pending
    }
}
