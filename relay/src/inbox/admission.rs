//! One after the other in each session, and all at once between sessions.

use std::hash::{BuildHasher as _, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// How many queues there are. Sessions that share one only wait for each other.
const QUEUES: usize = 256;

/// Where messages queue to be taken in, and whoever takes one back or ends a
/// session.
#[derive(Debug)]
pub(super) struct AdmissionQueues {
    queues: Vec<Mutex<()>>,
    hasher: RandomState,
}

/// Nothing else is taken in meanwhile, in one session.
pub(super) type Admitting<'a> = MutexGuard<'a, ()>;

impl AdmissionQueues {
    pub(super) fn new() -> Self {
        Self {
            queues: (0..QUEUES).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The turn of a session.
    pub(super) async fn of(&self, session_key: &str) -> Admitting<'_> {
        let hash = self.hasher.hash_one(session_key);
        let place = usize::try_from(hash % QUEUES as u64).unwrap_or_default();
        self.queues[place].lock().await
    }

    /// The turns of all sessions.
    pub(super) async fn all(&self) -> Vec<Admitting<'_>> {
        // In one order, and nobody else holds two: none waits for ever.
        let mut all = Vec::with_capacity(QUEUES);
        for queue in &self.queues {
            all.push(queue.lock().await);
        }
        all
    }
}
