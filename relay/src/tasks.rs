//! The tasks of one server, and the word that it stops.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinSet;

/// How far a server is with its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    /// Nothing new begins; what runs may end.
    Draining,
    /// Whoever is here says goodbye.
    Leaving,
}

/// Tasks that end with the server at the latest. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Tasks {
    phase: Arc<watch::Sender<Phase>>,
    running: Arc<Mutex<JoinSet<()>>>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            phase: Arc::new(watch::Sender::new(Phase::Serving)),
            running: Arc::default(),
        }
    }

    /// Runs a task that ends with the server at the latest.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn(task);
    }

    /// Says that nothing new may begin.
    pub(crate) fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    /// Says that the server stops: time for a goodbye.
    pub(crate) fn stop(&self) {
        self.phase.send_replace(Phase::Leaving);
    }

    /// Whether nothing new may begin.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.phase.borrow() > Phase::Serving
    }

    /// Completes when the server stops and no answer is waited for any more.
    pub(crate) async fn stopped(&self) {
        // The sender lives in self: waiting cannot fail while we borrow it.
        let mut phase = self.phase.subscribe();
        let _ = phase.wait_for(|phase| *phase == Phase::Leaving).await;
    }

    /// Ends all tasks where they are, as SIGKILL would.
    pub(crate) fn end(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.abort_all();
    }
}
