//! Lanes: one turn at a time in each session, in the order of acceptance.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::bus::Said;
use crate::store::{Input, InputState};

/// How a turn ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// `Done`, `Failed` or `Stopped`.
    pub state: InputState,
    /// What was said.
    pub text: String,
    /// What went wrong.
    pub error: Option<String>,
    /// Name of the agent that answered, where it is known.
    pub agent: Option<String>,
    /// Unix milliseconds.
    pub started_at: i64,
    /// Unix milliseconds.
    pub ended_at: i64,
}

/// One turn that waits or runs.
#[derive(Debug)]
pub struct Turn {
    input: Input,
    said: Said,
    stop: watch::Sender<bool>,
    outcome: watch::Sender<Option<Outcome>>,
}

impl Turn {
    fn new(input: Input) -> Arc<Self> {
        Arc::new(Self {
            input,
            said: Said::default(),
            stop: watch::Sender::new(false),
            outcome: watch::Sender::new(None),
        })
    }

    /// The same turn with other words.
    fn saying(&self, text: &str) -> Arc<Self> {
        Arc::new(Self {
            input: Input {
                text: text.to_owned(),
                ..self.input.clone()
            },
            said: self.said.clone(),
            stop: self.stop.clone(),
            outcome: self.outcome.clone(),
        })
    }

    /// Its run's id: the idempotency key of its input.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.input.key
    }

    /// What it answers.
    #[must_use]
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// What was said so far.
    #[must_use]
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// Completes when the turn is over and its events are told.
    pub async fn outcome(&self) -> Option<Outcome> {
        let mut receiver = self.outcome.subscribe();
        let outcome = receiver.wait_for(Option::is_some).await.ok()?;
        outcome.clone()
    }

    /// Asks the turn to end where it is.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Says when somebody asked for the end.
    pub(super) fn stops(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    pub(super) fn end(&self, outcome: Outcome) {
        self.outcome.send_replace(Some(outcome));
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Arc<Turn>>,
    active: Option<Arc<Turn>>,
}

/// All lanes. A lane exists as long as a task works on it.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: Mutex<HashMap<String, Lane>>,
}

impl Lanes {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a new input of this session has to wait.
    pub(super) fn is_busy(&self, session_key: &str) -> bool {
        self.lock().contains_key(session_key)
    }

    /// How many inputs wait behind the running one.
    pub(super) fn waiting(&self, session_key: &str) -> usize {
        self.lock()
            .get(session_key)
            .map_or(0, |lane| lane.waiting.len())
    }

    /// The turn that runs in a session.
    pub(super) fn active(&self, session_key: &str) -> Option<Arc<Turn>> {
        self.lock().get(session_key)?.active.clone()
    }

    /// The turns that run, in all sessions.
    pub(super) fn all_active(&self) -> Vec<Arc<Turn>> {
        let lanes = self.lock();
        lanes
            .values()
            .filter_map(|lane| lane.active.clone())
            .collect()
    }

    /// Completes when the turns that run now are over.
    pub(super) async fn all_ended(&self) {
        for turn in self.all_active() {
            turn.outcome().await;
        }
    }

    /// A live turn by its run id.
    pub(super) fn find(&self, run_id: &str) -> Option<Arc<Turn>> {
        self.lock()
            .values()
            .flat_map(|lane| lane.active.iter().chain(&lane.waiting))
            .find(|turn| turn.run_id() == run_id)
            .cloned()
    }

    /// The run ids of all live turns.
    pub(super) fn run_ids(&self) -> HashSet<String> {
        self.lock()
            .values()
            .flat_map(|lane| lane.active.iter().chain(&lane.waiting))
            .map(|turn| turn.run_id().to_owned())
            .collect()
    }

    /// Puts an accepted input into its lane. `true`: the lane is new, and
    /// somebody must work on it.
    pub(super) fn add(&self, input: Input) -> (Arc<Turn>, bool) {
        let session_key = input.session_key.clone();
        let turn = Turn::new(input);
        let mut lanes = self.lock();
        let is_new = !lanes.contains_key(&session_key);
        let lane = lanes.entry(session_key).or_default();
        lane.waiting.push_back(Arc::clone(&turn));
        (turn, is_new)
    }

    /// Takes a turn that still waits out of its lane.
    pub(super) fn withdraw(&self, session_key: &str, run_id: &str) -> Option<Arc<Turn>> {
        let mut lanes = self.lock();
        let waiting = &mut lanes.get_mut(session_key)?.waiting;
        let place = waiting.iter().position(|turn| turn.run_id() == run_id)?;
        waiting.remove(place)
    }

    /// Gives a turn that still waits other words; whoever waits for its end
    /// still hears of it.
    pub(super) fn rewrite(&self, session_key: &str, run_id: &str, text: &str) {
        let mut lanes = self.lock();
        let waiting = lanes.get_mut(session_key).map(|lane| &mut lane.waiting);
        let mut turns = waiting.into_iter().flatten();
        if let Some(turn) = turns.find(|turn| turn.run_id() == run_id) {
            *turn = turn.saying(text);
        }
    }

    /// Takes those of the turns that still wait out of their lane.
    pub(super) fn withdraw_those(
        &self,
        session_key: &str,
        leaves: impl Fn(&Turn) -> bool,
    ) -> VecDeque<Arc<Turn>> {
        let mut lanes = self.lock();
        let Some(lane) = lanes.get_mut(session_key) else {
            return VecDeque::new();
        };
        let waiting = std::mem::take(&mut lane.waiting).into_iter();
        let (gone, stay) = waiting.partition(|turn| leaves(turn));
        lane.waiting = stay;
        gone
    }

    /// Makes the next turn of a session the active one. `None`: the lane is
    /// done, and gone.
    pub(super) fn next(&self, session_key: &str) -> Option<Arc<Turn>> {
        let mut lanes = self.lock();
        let lane = lanes.get_mut(session_key)?;
        if let Some(turn) = lane.waiting.pop_front() {
            lane.active = Some(Arc::clone(&turn));
            return Some(turn);
        }
        lanes.remove(session_key);
        None
    }

    /// The turn's end is in the store: nothing is active until the next begins.
    pub(super) fn settle(&self, session_key: &str) {
        if let Some(lane) = self.lock().get_mut(session_key) {
            lane.active = None;
        }
    }
}
