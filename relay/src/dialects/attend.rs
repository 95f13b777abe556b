//! Runs that one connection waits for, and what becomes of them when it goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::limits;
use crate::store::{Kept, Store, StoreError};
use crate::trace;

/// The runs that a connection waits for, each in a task that ends with it.
#[derive(Debug, Default)]
pub(crate) struct Attended(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Keys, in order; and what to keep of each when the connection goes, if its
    /// recipient can come back.
    runs: Vec<(String, Option<Kept>)>,
    /// By session: what the next answer waits for. It is over with the one before.
    turns: HashMap<String, oneshot::Receiver<()>>,
    tasks: JoinSet<()>,
}

impl State {
    fn has(&self, key: &str) -> bool {
        self.runs.iter().any(|(waited, _)| waited == key)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Attended {
    /// Whether a run is waited for.
    pub(crate) fn has(&self, key: &str) -> bool {
        lock(&self.0).has(key)
    }

    /// Whether no more can be waited for at once.
    pub(crate) fn is_full(&self) -> bool {
        lock(&self.0).runs.len() >= limits::MAX_WAITING_REQUESTS
    }

    /// Waits for a run: `answer` tells the peer of its end, once those of the same
    /// session are told that came before. A run that is waited for already is not
    /// waited for twice.
    pub(crate) fn attend(
        &self,
        session: &str,
        key: &str,
        kept: Option<Kept>,
        answer: impl Future<Output = ()> + Send + 'static,
    ) {
        let mut state = lock(&self.0);
        if state.has(key) {
            return;
        }
        state.runs.push((key.to_owned(), kept));
        while state.tasks.try_join_next().is_some() {}
        // Those that are over keep no place.
        state
            .turns
            .retain(|_, over| matches!(over.try_recv(), Err(TryRecvError::Empty)));
        let (over, is_over) = oneshot::channel::<()>();
        let before = state.turns.insert(session.to_owned(), is_over);
        let (runs, key) = (Arc::clone(&self.0), key.to_owned());
        let told = trace::of_message(&key);
        let waits = async move {
            let _over = over;
            if let Some(before) = before {
                // Its sender goes with the answer before, however that ends.
                let _ = before.await;
            }
            answer.await;
            tracing::info!("an answer was told");
            lock(&runs).runs.retain(|(waited, _)| *waited != key);
        };
        // The wire's span is around it.
        state.tasks.spawn(waits.instrument(told).in_current_span());
    }

    /// The connection has gone: what it waited for is kept for its recipient.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn keep(&self, store: &Store) -> Result<(), StoreError> {
        let kept: Vec<Kept> = {
            let mut state = lock(&self.0);
            state.tasks.abort_all();
            state.runs.drain(..).filter_map(|(_, kept)| kept).collect()
        };
        store.keep(&kept).await
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::sync::mpsc;
    use tokio::task::yield_now;

    use super::*;

    fn kept(key: &str) -> Kept {
        Kept {
            channel: "chat".to_owned(),
            recipient: "ann".to_owned(),
            key: key.to_owned(),
            message_id: key.to_owned(),
        }
    }

    #[tokio::test]
    async fn answers_of_one_session_are_told_in_order_and_others_wait_for_none() {
        let attended = Attended::default();
        let (told, mut heard) = mpsc::unbounded_channel();
        let (first, is_first) = oneshot::channel::<()>();
        let tell = |key: &'static str| {
            let told = told.clone();
            async move { told.send(key).unwrap() }
        };
        let one = tell("1");
        attended.attend("a", "1", None, async {
            is_first.await.unwrap();
            one.await;
        });
        attended.attend("a", "2", None, tell("2"));
        attended.attend("b", "3", None, tell("3"));
        attended.attend("a", "4", None, tell("4"));
        assert_eq!(heard.recv().await, Some("3"));
        first.send(()).unwrap();
        for key in ["1", "2", "4"] {
            assert_eq!(heard.recv().await, Some(key));
        }
        // What is over keeps nobody, and no place.
        attended.attend("a", "5", None, tell("5"));
        assert_eq!(heard.recv().await, Some("5"));
        yield_now().await;
        attended.attend("c", "6", None, ready(()));
        assert_eq!(lock(&attended.0).turns.len(), 1);
    }

    #[tokio::test]
    async fn what_waits_is_kept_in_order_when_the_connection_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let attended = Attended::default();
        let keys: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        for key in &keys {
            attended.attend("a", key, Some(kept(key)), pending());
        }
        attended.keep(&store).await.unwrap();
        let taken = store.take_kept("chat", "ann").await.unwrap();
        let taken: Vec<String> = taken.into_iter().map(|one| one.key).collect();
        assert_eq!(taken, keys);
    }
}
