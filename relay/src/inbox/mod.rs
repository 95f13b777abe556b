//! The domain: messages, lanes and turns. It knows no wire.
//!
//! A message is stored, then acknowledged, then answered by an agent, one at a
//! time in each session, in the order of acceptance; whoever wants to know hears
//! of it on the [bus](crate::bus). Everything that was acknowledged is answered
//! under its own key, once, also after a crash: what never ended runs again.
//!
//! This differs from the real gateway on purpose. There the default queue mode is
//! `steer`: a message that arrives during a run is put into that run, its own run
//! id ends with an empty `final`, and beyond about twenty waiting ones the oldest
//! are thrown away (facts/gateway.md §3.4). Here every message gets its own turn
//! and its own answer under its own run id, whatever queue mode it asks for, and
//! nothing that was acknowledged is dropped.

mod admission;
mod arrange;
mod insist;
mod lanes;
mod message;
mod outcome;
pub mod policy;
pub mod session_key;
mod stored;
mod tell;
mod turn;
mod unanswered;
mod visitors;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::Instrument as _;

use self::admission::AdmissionQueues;
use self::lanes::Lanes;
pub use self::lanes::{Outcome, Turn};
pub(crate) use self::message::received;
pub use self::message::{Admission, Delivered, Delivery, Message, Refused};
use self::policy::Policy;
pub use self::visitors::{Reception, Visitors};
use crate::account::Via;
use crate::agents::{Agent, Agents};
use crate::bus::Bus;
use crate::clock::now_ms;
use crate::limits;
pub use crate::limits::MAX_KEY;
use crate::store::{Acceptance, Entry, Input, NewRow, Origin, Sender, Store, StoreError};
use crate::tasks::Tasks;
use crate::trace;

/// How long a stop waits until the end of its run is stored.
const STOP: Duration = Duration::from_secs(5);

/// Registry name of the channel that is always there.
pub const WEBCHAT: &str = "webchat";

/// The inbox.
#[derive(Debug)]
pub struct Inbox {
    store: Store,
    bus: Bus,
    agents: Agents,
    tasks: Tasks,
    lanes: Lanes,
    visitors: Visitors,
    /// A session's turn is held from the look whether it is busy until the new
    /// turn is in its lane: the order of acknowledgements is the order of turns.
    admission: AdmissionQueues,
}

impl Inbox {
    /// As [`Inbox::guarded`], without channels that strangers reach.
    #[cfg(test)]
    pub(crate) fn new(store: Store, bus: Bus, agents: Agents, tasks: Tasks) -> Arc<Self> {
        Self::guarded(store, bus, agents, tasks, HashMap::new())
    }

    /// An inbox on an open store. Nothing runs before [`Inbox::recover`]. The
    /// accounts with a policy are those that strangers reach.
    pub(crate) fn guarded(
        store: Store,
        bus: Bus,
        agents: Agents,
        tasks: Tasks,
        policies: HashMap<Via, Policy>,
    ) -> Arc<Self> {
        Arc::new(Self {
            visitors: Visitors::new(store.clone(), policies),
            store,
            bus,
            agents,
            tasks,
            lanes: Lanes::default(),
            admission: AdmissionQueues::new(),
        })
    }

    /// Runs what was accepted before and never ended; gives how many. Whoever
    /// wants to hear of it has subscribed already.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn recover(self: &Arc<Self>) -> Result<usize, StoreError> {
        let count = self.bring_back().await?;
        self.tasks.spawn(insist::watch(Arc::clone(self)));
        Ok(count)
    }

    /// Puts inputs into their lanes that are in the store and in no lane; gives
    /// how many.
    async fn bring_back(self: &Arc<Self>) -> Result<usize, StoreError> {
        // Nobody comes or is taken back meanwhile. Who ends after the look into
        // the lanes is in them, who ended before is not unfinished.
        let _admission = self.admission.all().await;
        let live = self.lanes.run_ids();
        let mut count = 0;
        for input in self.store.unfinished().await? {
            if !live.contains(&input.key) {
                self.run(input);
                count += 1;
            }
        }
        Ok(count)
    }

    /// Takes a message in: stores it, lets the caller acknowledge it, and puts
    /// it into its lane. `acknowledge` is called only for one that is new, before
    /// anything of its run can be told.
    ///
    /// # Errors
    /// Nothing was stored, and why.
    pub async fn admit(
        self: &Arc<Self>,
        message: Message,
        acknowledge: impl FnOnce(&Input) + Send,
    ) -> Result<Admission, Refused> {
        let span = trace::of_message(&message.key);
        self.take_in(message, acknowledge).instrument(span).await
    }

    async fn take_in(
        self: &Arc<Self>,
        message: Message,
        acknowledge: impl FnOnce(&Input) + Send,
    ) -> Result<Admission, Refused> {
        check_key(&message.key)?;
        self.check_visitor(&message).await?;
        let after = message.after.clone();
        let channel = message.channel.clone();
        let new = message.into_input(now_ms());
        let session_key = &new.session_key;
        let _admission = self.admission.of(session_key).await;
        let is_full = self.lanes.waiting(session_key) >= limits::MAX_QUEUED_INPUTS;
        let must_be_known = is_full || after.is_some();
        // A repeat is let through: its own row is what moved the end.
        if must_be_known && self.store.input(&new.key).await?.is_none() {
            if is_full {
                return Err(Refused::Full);
            }
            self.check_end(session_key, after.flatten().as_deref())
                .await?;
        }
        let is_busy = self.lanes.is_busy(session_key);
        let user_row = match &new.origin {
            Some(origin) if !is_busy => {
                let now = now_ms();
                Some(user_row(&new.key, &new.text, origin, new.accepted_at, now))
            }
            _ => None,
        };
        match self.store.accept(&new, user_row.as_ref()).await? {
            Acceptance::New(input) => {
                tracing::info!(channel, "a message is stored");
                acknowledge(&input);
                self.tell_received(&input);
                Ok(Admission::New(self.run(input)))
            }
            Acceptance::Known(input) => {
                tracing::info!(channel, "a message came again");
                Ok(Admission::Known {
                    outcome: self.ended(&input).await?,
                    input: Box::new(input),
                })
            }
            Acceptance::Conflict => Ok(Admission::Conflict),
        }
    }

    /// Who writes on channels that strangers reach.
    #[must_use]
    pub fn visitors(&self) -> &Visitors {
        &self.visitors
    }

    async fn check_visitor(&self, message: &Message) -> Result<(), Refused> {
        let sender = &message.sender.id;
        let is_owner = sender == Sender::OWNER;
        let conversation = message.conversation.as_deref();
        let visitors = &self.visitors;
        let may = is_owner
            || visitors
                .may_enter(&message.via(), sender, conversation)
                .await?;
        if may { Ok(()) } else { Err(Refused::Stranger) }
    }

    /// Whether a transcript still ends where a sender thinks.
    async fn check_end(&self, session_key: &str, expected: Option<&str>) -> Result<(), Refused> {
        let last = self.store.rows_before(session_key, i64::MAX, 1, 1).await?;
        if last.last().map(|row| row.id.as_str()) == expected {
            Ok(())
        } else {
            Err(Refused::Moved)
        }
    }

    fn run(self: &Arc<Self>, input: Input) -> Arc<Turn> {
        let session_key = input.session_key.clone();
        let (turn, is_new) = self.lanes.add(input);
        if is_new {
            self.tasks.spawn(work(Arc::clone(self), session_key));
        }
        turn
    }

    /// Stops the run of a session, or takes a waiting one back when its id is
    /// given. Without an id what waits is left alone: it was acknowledged. Gives
    /// the ids of what ended by this; its events are told by then.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn stop(
        &self,
        session_key: &str,
        run_id: Option<&str>,
    ) -> Result<Vec<String>, StoreError> {
        if let Some(run_id) = run_id {
            let _admission = self.admission.of(session_key).await;
            if let Some(turn) = self.lanes.withdraw(session_key, run_id) {
                turn::end_withdrawn(self, &turn).await?;
                return Ok(vec![run_id.to_owned()]);
            }
        }
        let active = self.lanes.active(session_key);
        let Some(turn) = active.filter(|turn| run_id.is_none_or(|id| id == turn.run_id())) else {
            return Ok(Vec::new());
        };
        turn.stop();
        let outcome = timeout(STOP, turn.outcome()).await;
        let outcome = outcome.map_err(|_| StoreError::NoAnswer)?;
        let was_stopped =
            outcome.is_some_and(|outcome| outcome.state == crate::store::InputState::Stopped);
        Ok(was_stopped
            .then(|| turn.run_id().to_owned())
            .into_iter()
            .collect())
    }

    /// Waits until no turn runs, but not longer than `at_most`; gives how many
    /// run still. New ones do not begin while the server stops.
    pub(crate) async fn drain(&self, at_most: Duration) -> usize {
        let _ = timeout(at_most, self.lanes.all_ended()).await;
        self.lanes.all_active().len()
    }

    /// The turn that runs in a session.
    #[must_use]
    pub fn running(&self, session_key: &str) -> Option<Arc<Turn>> {
        self.lanes.active(session_key)
    }

    /// What waits in a session, in order.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn waiting(&self, session_key: &str) -> Result<Vec<Input>, StoreError> {
        self.store.waiting(session_key).await
    }

    /// Who answers in a channel.
    #[must_use]
    pub fn agent_of(&self, channel: &str) -> Arc<dyn Agent> {
        self.agents.of(channel)
    }
}

/// Keys are kept for ever, so they have a bound.
pub(crate) fn check_key(key: &str) -> Result<(), Refused> {
    if key.len() <= MAX_KEY {
        Ok(())
    } else {
        Err(Refused::Key)
    }
}

/// The row of a message's words. By its key a client recognises its own message.
fn user_row(key: &str, text: &str, origin: &Origin, accepted_at: i64, now: i64) -> NewRow {
    NewRow {
        // Only answers carry the run's id.
        run_id: None,
        key: Some(format!("{key}:user")),
        recorded_at: now,
        entry: Entry::Message {
            text: text.to_owned(),
            at: accepted_at,
            origin: origin.clone(),
        },
    }
}

/// Works on one session until nothing waits.
async fn work(inbox: Arc<Inbox>, session_key: String) {
    // What waits when the server stops is stored, and runs at the next start.
    while !inbox.tasks.is_stopping()
        && let Some(turn) = inbox.lanes.next(&session_key)
    {
        let span = trace::of_message(turn.run_id());
        match turn::take(&inbox, &turn).instrument(span).await {
            Ok(outcome) => turn.end(outcome),
            Err(error) => {
                tracing::error!(%error, run = turn.run_id(), "a turn could not be stored");
                inbox.lanes.settle(&session_key);
                turn::end_lost(&inbox, &turn);
            }
        }
    }
}

#[cfg(test)]
mod tests;
