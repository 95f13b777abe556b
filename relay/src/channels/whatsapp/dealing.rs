//! What came, dealt with: one after the other in each chat, chats beside each
//! other. What is interrupted is dealt with again, and does nothing twice.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

use super::answering::{Desk, Next};
use crate::inbox::Refused;
use crate::store::StoreError;
use crate::tasks::Tasks;

/// Chats that are dealt with at once.
const AT_ONCE: usize = 8;
/// How soon what did not work is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Works on what came.
#[derive(Debug)]
pub(super) struct Dealing {
    desk: Desk,
    tasks: Tasks,
    news: Notify,
    /// Chats that somebody works on.
    busy: Mutex<HashSet<String>>,
    places: Semaphore,
}

impl Dealing {
    pub(super) fn new(desk: Desk, tasks: Tasks) -> Arc<Self> {
        Arc::new(Self {
            desk,
            tasks,
            news: Notify::new(),
            busy: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
        })
    }

    /// Says that there may be something to deal with.
    pub(super) fn look(&self) {
        self.news.notify_one();
        self.desk.more_came();
    }

    /// The owner has written in a chat by hand, and not on the phone: no agent answers
    /// there any more.
    pub(super) async fn owner_wrote(&self, chat: &str) -> Result<(), Refused> {
        match self.desk.rules.has_own_number {
            true => Ok(()),
            false => self.desk.pause(chat, "you wrote in it", true).await,
        }
    }

    /// Deals with what came, until the server ends.
    pub(super) async fn work(self: Arc<Self>) {
        loop {
            let news = self.news.notified();
            if let Err(error) = self.begin_all().await {
                tracing::error!(%error, "messages of WhatsApp wait for the database");
            }
            let _ = timeout(AGAIN, news).await;
        }
    }

    async fn begin_all(self: &Arc<Self>) -> Result<(), StoreError> {
        let is_busy = |chat: &str| self.lock().contains(chat);
        self.desk.put_together(is_busy).await?;
        for chat in self.desk.chats().await? {
            let is_free = self.lock().insert(chat.clone());
            if is_free {
                self.tasks.spawn(Arc::clone(self).deal_in(chat));
            }
        }
        Ok(())
    }

    async fn deal_in(self: Arc<Self>, chat: String) {
        let is_done = match self.desk_of(&chat).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "a message of WhatsApp waits");
                false
            }
        };
        self.lock().remove(&chat);
        if is_done {
            // Something may have come since the last look.
            self.news.notify_one();
        }
    }

    /// Deals with all that waits in a chat.
    async fn desk_of(&self, chat: &str) -> anyhow::Result<()> {
        loop {
            // Before the look: what comes behind it is not missed.
            let more = self.desk.more();
            let Some(one) = self.desk.next(chat).await? else {
                return Ok(());
            };
            let place = self.places.acquire().await;
            let next = self.desk.deal(&one).await?;
            // Whoever only waits is in nobody's way.
            drop(place);
            match next {
                Next::Done => {}
                Next::Wait(at_most) => {
                    let _ = timeout(at_most, more).await;
                }
                Next::Later => return Err(anyhow::anyhow!("too much waits in its session")),
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
