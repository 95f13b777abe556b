//! Following one run: what an agent says while it says it, and how it ends.
//!
//! Words on their way come from the bus, the end from the inbox. So a follower
//! that is slow, or late, or there again after a restart misses frames of the
//! way at most, never the end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::bus::{Bus, Event, Run, Subscription};
use crate::inbox::{Inbox, Outcome};
use crate::store::StoreError;
use crate::tasks::Tasks;

/// What is told of a run.
#[derive(Debug)]
pub(crate) enum Told {
    /// An agent was asked.
    Started,
    /// It said more; these are the words since the last time.
    Said(String),
    /// It is over, and its end is stored.
    Ended(Outcome),
}

/// How far a run is.
#[derive(Debug, Clone, Default)]
struct Heard {
    run: Option<Arc<Run>>,
    /// Bytes of what it said.
    to: usize,
}

type Runs = Arc<Mutex<HashMap<String, watch::Sender<Heard>>>>;

/// Follows runs for all connections of a dialect, with one subscription.
#[derive(Debug)]
pub(crate) struct Follow {
    inbox: Arc<Inbox>,
    runs: Runs,
}

impl Follow {
    /// Listens until the server ends.
    pub(crate) fn start(inbox: Arc<Inbox>, bus: &Bus, tasks: &Tasks) -> Self {
        let runs = Runs::default();
        tasks.spawn(listen(bus.subscribe(), Arc::clone(&runs)));
        Self { inbox, runs }
    }

    /// Follows a run by its id, from now on: to miss nothing, follow it before
    /// it is admitted.
    pub(crate) fn run(&self, run_id: &str) -> Followed {
        let heard = match lock(&self.runs).entry(run_id.to_owned()) {
            Entry::Occupied(sender) => {
                let mut heard = sender.get().subscribe();
                heard.mark_changed();
                heard
            }
            Entry::Vacant(place) => place.insert(watch::Sender::default()).subscribe(),
        };
        Followed {
            id: run_id.to_owned(),
            inbox: Arc::clone(&self.inbox),
            runs: Arc::clone(&self.runs),
            heard,
            is_started: false,
            told: 0,
        }
    }
}

fn lock(runs: &Runs) -> MutexGuard<'_, HashMap<String, watch::Sender<Heard>>> {
    runs.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells followers how far their runs are. What is lost here is made good by the
/// next event of the same run: they say all that was said.
async fn listen(mut events: Subscription, runs: Runs) {
    loop {
        let (run, to) = match events.next().await {
            Ok(Event::RunStarted(run)) => (run, 0),
            Ok(Event::RunSaid { run, to, .. }) => (run, to),
            Ok(_) | Err(_) => continue,
        };
        if let Some(heard) = lock(&runs).get(&run.id) {
            heard.send_replace(Heard { run: Some(run), to });
        }
    }
}

/// One run that is followed. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct Followed {
    id: String,
    inbox: Arc<Inbox>,
    runs: Runs,
    heard: watch::Receiver<Heard>,
    is_started: bool,
    /// Bytes that were told.
    told: usize,
}

impl Followed {
    /// What is next. Nothing is lost when the wait is given up; after
    /// [`Told::Ended`] there is nothing to wait for.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn next(&mut self) -> Result<Told, StoreError> {
        loop {
            let (inbox, id) = (&self.inbox, &self.id);
            tokio::select! {
                biased;
                // The sender is in the map as long as this is.
                Ok(()) = self.heard.changed() => {}
                outcome = inbox.outcome(id) => return outcome.map(Told::Ended),
            }
            if let Some(told) = self.news() {
                return Ok(told);
            }
        }
    }

    fn news(&mut self) -> Option<Told> {
        let Heard { run, to } = self.heard.borrow_and_update().clone();
        let run = run?;
        if !std::mem::replace(&mut self.is_started, true) {
            // The words, if there are any, are told next.
            self.heard.mark_changed();
            return Some(Told::Started);
        }
        let piece = run
            .said
            .read(|said| said.get(self.told..to).map(str::to_owned));
        let piece = piece.filter(|piece| !piece.is_empty())?;
        self.told = to;
        Some(Told::Said(piece))
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let mut runs = lock(&self.runs);
        // Our own receiver still counts.
        if runs
            .get(&self.id)
            .is_some_and(|heard| heard.receiver_count() <= 1)
        {
            runs.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests;
