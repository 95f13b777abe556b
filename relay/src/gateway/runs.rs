//! Turns: one at a time in each session, in the order of acceptance.
//!
//! This differs from the real gateway on purpose. There the default queue mode is
//! `steer`: a message that arrives during a run is put into that run, its own run
//! id ends with an empty `final`, and beyond about twenty waiting ones the oldest
//! are thrown away (facts/gateway.md §3.4). Here every message gets its own turn
//! and its own answer under its own run id, whatever `queueMode` asks for, nothing
//! that was acknowledged is dropped, and a turn that a crash cut runs again, under
//! the same run id, at the next start.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Gateway;
use super::turn;
use crate::store::{Input, InputState};

/// How a turn ended.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// `Done`, `Failed` or `Aborted`.
    pub(crate) state: InputState,
    /// What was said.
    pub(crate) text: String,
    /// What went wrong.
    pub(crate) error: Option<String>,
    /// Unix milliseconds.
    pub(crate) started_at: i64,
    /// Unix milliseconds.
    pub(crate) ended_at: i64,
}

/// One turn that waits or runs.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) run_id: String,
    pub(crate) input: Input,
    /// What was said so far.
    pub(crate) said: Mutex<String>,
    stop: watch::Sender<bool>,
    outcome: watch::Sender<Option<Outcome>>,
}

impl Turn {
    fn new(input: Input) -> Arc<Self> {
        Arc::new(Self {
            run_id: input.key.clone(),
            input,
            said: Mutex::default(),
            stop: watch::Sender::new(false),
            outcome: watch::Sender::new(None),
        })
    }

    pub(crate) fn session_key(&self) -> &str {
        &self.input.session_key
    }

    /// Asks the turn to end where it is.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Completes when somebody asked for the end.
    pub(crate) async fn stopped(&self) {
        // The sender lives in self: waiting cannot fail while we borrow it.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Completes when the turn is over and its events are out.
    pub(crate) async fn outcome(&self) -> Option<Outcome> {
        let mut receiver = self.outcome.subscribe();
        let outcome = receiver.wait_for(Option::is_some).await.ok()?;
        outcome.clone()
    }

    fn end(&self, outcome: Outcome) {
        self.outcome.send_replace(Some(outcome));
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Arc<Turn>>,
    active: Option<Arc<Turn>>,
}

/// All turns. A lane exists as long as a task works on it.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    lanes: Mutex<HashMap<String, Lane>>,
    /// Held from the look whether a session is busy until the new turn is in
    /// its lane: the order of acknowledgements is the order of turns.
    pub(crate) admission: tokio::sync::Mutex<()>,
}

impl Runs {
    fn lanes(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a new input of this session has to wait.
    pub(crate) fn is_busy(&self, session_key: &str) -> bool {
        self.lanes().contains_key(session_key)
    }

    /// How many inputs wait behind the running one.
    pub(crate) fn waiting(&self, session_key: &str) -> usize {
        self.lanes()
            .get(session_key)
            .map_or(0, |lane| lane.waiting.len())
    }

    /// The turn that runs in a session.
    pub(crate) fn active(&self, session_key: &str) -> Option<Arc<Turn>> {
        self.lanes().get(session_key)?.active.clone()
    }

    /// A live turn by its run id.
    pub(crate) fn find(&self, run_id: &str) -> Option<Arc<Turn>> {
        self.lanes()
            .values()
            .flat_map(|lane| lane.active.iter().chain(&lane.waiting))
            .find(|turn| turn.run_id == run_id)
            .cloned()
    }

    /// Puts an accepted input into its lane.
    pub(crate) fn add(&self, gateway: &Arc<Gateway>, input: Input) -> Arc<Turn> {
        let session_key = input.session_key.clone();
        let turn = Turn::new(input);
        let mut lanes = self.lanes();
        let is_new = !lanes.contains_key(&session_key);
        let lane = lanes.entry(session_key.clone()).or_default();
        lane.waiting.push_back(Arc::clone(&turn));
        drop(lanes);
        if is_new {
            gateway.spawn(work(Arc::clone(gateway), session_key));
        }
        turn
    }

    /// Takes a turn that still waits out of its lane.
    pub(crate) fn withdraw(&self, session_key: &str, run_id: &str) -> Option<Arc<Turn>> {
        let mut lanes = self.lanes();
        let waiting = &mut lanes.get_mut(session_key)?.waiting;
        let place = waiting.iter().position(|turn| turn.run_id == run_id)?;
        waiting.remove(place)
    }

    fn next(&self, session_key: &str) -> Option<Arc<Turn>> {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(session_key)?;
        if let Some(turn) = lane.waiting.pop_front() {
            lane.active = Some(Arc::clone(&turn));
            return Some(turn);
        }
        lanes.remove(session_key);
        None
    }

    /// The turn's end is in the store: history shows it as ended from now on.
    pub(crate) fn settle(&self, turn: &Turn) {
        if let Some(lane) = self.lanes().get_mut(turn.session_key()) {
            lane.active = None;
        }
    }
}

/// Works on one session until nothing waits.
async fn work(gateway: Arc<Gateway>, session_key: String) {
    while let Some(turn) = gateway.runs.next(&session_key) {
        match turn::take(&gateway, &turn).await {
            Ok(outcome) => turn.end(outcome),
            Err(error) => {
                // The input stays unfinished in the store and runs at the next start.
                tracing::error!(%error, run = turn.run_id, "a turn could not be stored");
                gateway.runs.settle(&turn);
                turn.end(turn::lost(&gateway, &turn));
            }
        }
    }
}

/// Ends a turn that was withdrawn before it began.
pub(crate) async fn end_withdrawn(
    gateway: &Arc<Gateway>,
    turn: &Arc<Turn>,
) -> Result<(), crate::store::StoreError> {
    let outcome = turn::never_began(gateway, turn).await?;
    turn.end(outcome);
    Ok(())
}
