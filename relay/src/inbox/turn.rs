//! One turn: from its user row, through its agent, to the event of its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::insist::insist;
use super::lanes::{Outcome, Turn};
use super::{Inbox, user_row};
use crate::account::Account;
use crate::agents::{Agent, End, History, Question, Reply};
use crate::bus::{ChangeReason, Ending, Event, Run};
use crate::clock::now_ms;
use crate::limits;
use crate::store::{Entry, InputState, NewRow, Origin, Sender, StoreError};

/// What is said is told no more often than this; the words between go along
/// with the next.
const COALESCE: Duration = Duration::from_millis(70);
/// How long an agent may take to end when it was stopped.
const GRACE: Duration = Duration::from_secs(2);

/// Runs a turn to its end.
pub(super) async fn take(inbox: &Inbox, turn: &Turn) -> Result<Outcome, StoreError> {
    let input = turn.input();
    let session_key = &input.session_key;
    let started_at = now_ms();
    let origin = input.origin.clone().unwrap_or_else(nobodys);
    let asked = user_row(
        &input.key,
        &input.text,
        &origin,
        input.accepted_at,
        started_at,
    );
    let row = insist(|| inbox.store.begin(input, &asked)).await?;
    let history = History {
        store: inbox.store.clone(),
        session_key: session_key.clone(),
        before: row.seq,
    };
    let session = insist(|| inbox.tell_stored(session_key, row.clone())).await?;
    inbox.tell_change(session.as_ref(), ChangeReason::Sent);

    let agent = inbox.agents.for_origin(&origin);
    let session_id = session.map(|state| state.session.session_id.clone());
    let run = run(
        turn,
        agent.name(),
        session_id.unwrap_or_default(),
        started_at,
    );
    tracing::info!(
        agent = agent.name(),
        channel = origin.channel,
        "an agent is asked"
    );
    inbox.bus.publish(&Event::RunStarted(Arc::clone(&run)));
    let question = Question {
        key: input.key.clone(),
        session_key: session_key.clone(),
        text: input.text.clone(),
        origin,
        history,
    };
    let ending = converse(inbox, turn, &run, &*agent, &question).await;
    let text = turn.said().text();
    let at = now_ms();
    let (state, error, entry) = settled(&run, &ending, &text, at);
    let last_row = entry.map(|entry| NewRow {
        run_id: Some(run.id.clone()),
        key: matches!(entry, Entry::Stopped { .. }).then(|| format!("{}:assistant", run.id)),
        recorded_at: at,
        entry,
    });
    let result = error.as_deref();
    let end = || {
        inbox
            .store
            .finish(input, state, at, result, last_row.as_ref())
    };
    let stored = insist(end).await?;
    tracing::info!(
        agent = agent.name(),
        state = state.as_str(),
        "an answer is stored"
    );
    inbox.lanes.settle(session_key);
    let session = match stored {
        Some(row) => insist(|| inbox.tell_stored(session_key, row.clone())).await?,
        None => insist(|| inbox.state(session_key)).await?,
    };
    inbox.bus.publish(&Event::RunEnded { run, ending, at });
    inbox.tell_change(session.as_ref(), ChangeReason::Settled);
    Ok(Outcome {
        state,
        text,
        error,
        agent: Some(agent.name().to_owned()),
        started_at,
        ended_at: at,
    })
}

/// Where an input of nobody's came from: there is none, so the owner is meant.
fn nobodys() -> Origin {
    Origin {
        sender: Sender::owner(),
        channel: super::WEBCHAT.to_owned(),
        account: Account::default(),
        conversation: None,
        in_group: false,
        program: None,
        attachments: Vec::new(),
        metadata: Vec::new(),
        answer_to: None,
    }
}

fn run(turn: &Turn, agent: &str, session_id: String, started_at: i64) -> Arc<Run> {
    let input = turn.input();
    Arc::new(Run {
        id: input.key.clone(),
        session_key: input.session_key.clone(),
        session_id,
        kind: input.kind,
        agent: agent.to_owned(),
        started_at,
        said: turn.said().clone(),
    })
}

/// What the store keeps of an ending.
fn settled(
    run: &Run,
    ending: &Ending,
    text: &str,
    at: i64,
) -> (InputState, Option<String>, Option<Entry>) {
    let is_silent = text.trim().is_empty();
    match ending {
        Ending::Answered(usage) => {
            let entry = Entry::Answer {
                text: text.to_owned(),
                at: run.started_at,
                agent: run.agent.clone(),
                usage: *usage,
            };
            (InputState::Done, None, (!is_silent).then_some(entry))
        }
        Ending::Failed(words) | Ending::Lost(words) => {
            let text = words.clone();
            let entry = Entry::Failed { text, at };
            (InputState::Failed, Some(words.clone()), Some(entry))
        }
        Ending::Stopped | Ending::Withdrawn => {
            let entry = Entry::Stopped {
                text: text.trim_end().to_owned(),
                at: run.started_at,
                agent: run.agent.clone(),
            };
            (
                InputState::Stopped,
                None,
                (!text.is_empty()).then_some(entry),
            )
        }
    }
}

/// Asks the agent and tells what it says.
async fn converse(
    inbox: &Inbox,
    turn: &Turn,
    run: &Arc<Run>,
    agent: &dyn Agent,
    question: &Question,
) -> Ending {
    let (reply, mut pieces) = Reply::new(turn.stops());
    let mut stops = turn.stops();
    let mut teller = Teller::new(inbox, run);
    let mut answer = agent.answer(question, reply);
    let end = loop {
        tokio::select! {
            biased;
            Some(piece) = pieces.recv() => {
                if let Err(ending) = teller.hear(&piece) {
                    break ending;
                }
            }
            end = &mut answer => break ended(end),
            () = stopped(&mut stops) => {
                // Nothing that it says from now on counts.
                pieces.close();
                let _ = timeout(GRACE, &mut answer).await;
                break Ending::Stopped;
            }
        }
    };
    if let Err(ending) = teller.finish(&mut pieces, &end) {
        return ending;
    }
    end
}

async fn stopped(stops: &mut watch::Receiver<bool>) {
    // The turn holds the sender: waiting cannot fail while it runs.
    let _ = stops.wait_for(|stop| *stop).await;
}

fn ended(end: End) -> Ending {
    match end {
        End::Answered(usage) => Ending::Answered(usage),
        End::Failed(words) => Ending::Failed(words),
        End::Stopped => Ending::Stopped,
    }
}

/// Tells what an agent says, not more often than people can read.
struct Teller<'a> {
    inbox: &'a Inbox,
    run: &'a Arc<Run>,
    /// What was told, in bytes of the whole text.
    told: usize,
    last: Option<Instant>,
}

impl<'a> Teller<'a> {
    fn new(inbox: &'a Inbox, run: &'a Arc<Run>) -> Self {
        Self {
            inbox,
            run,
            told: 0,
            last: None,
        }
    }

    /// # Errors
    /// The ending of an agent that says too much.
    fn hear(&mut self, piece: &str) -> Result<(), Ending> {
        let length = self.run.said.read(str::len);
        if length + piece.len() > limits::MAX_ANSWER {
            return Err(Ending::Failed(format!(
                "the answer is longer than {} bytes, which is the most that is kept",
                limits::MAX_ANSWER
            )));
        }
        self.run.said.push(piece);
        if self.last.is_none_or(|at| at.elapsed() >= COALESCE) {
            self.tell();
            self.last = Some(Instant::now());
        }
        Ok(())
    }

    /// What was said before the end counts, unless somebody stopped it.
    fn finish(
        &mut self,
        pieces: &mut mpsc::Receiver<String>,
        ending: &Ending,
    ) -> Result<(), Ending> {
        if *ending == Ending::Stopped {
            return Ok(());
        }
        while let Ok(piece) = pieces.try_recv() {
            self.hear(&piece)?;
        }
        self.tell();
        Ok(())
    }

    /// Blanks at the end are held back: more may follow, or nothing.
    fn tell(&mut self) {
        let to = self.run.said.read(|text| text.trim_end().len());
        if to <= self.told {
            return;
        }
        let from = std::mem::replace(&mut self.told, to);
        let run = Arc::clone(self.run);
        self.inbox.bus.publish(&Event::RunSaid { run, from, to });
    }
}

/// Ends a turn that somebody took back before it began.
pub(super) async fn end_withdrawn(inbox: &Inbox, turn: &Turn) -> Result<(), StoreError> {
    let at = now_ms();
    inbox
        .store
        .finish(turn.input(), InputState::Stopped, at, None, None)
        .await?;
    end_unrun(inbox, turn, InputState::Stopped, Ending::Withdrawn, at);
    Ok(())
}

/// Ends a turn that waits, and leaves its words in the session.
pub(super) async fn end_unanswered(inbox: &Inbox, turn: &Turn) -> Result<(), StoreError> {
    let (input, at) = (turn.input(), now_ms());
    let origin = input.origin.clone().unwrap_or_else(nobodys);
    let row = user_row(&input.key, &input.text, &origin, input.accepted_at, at);
    let stopped = InputState::Stopped;
    let stored = inbox.store.finish(input, stopped, at, None, Some(&row));
    if let Some(row) = stored.await? {
        inbox.tell_stored(&input.session_key, row).await?;
    }
    end_unrun(inbox, turn, stopped, Ending::Withdrawn, at);
    Ok(())
}

/// Ends a turn that the database refuses for good: in the store it stays
/// unfinished.
pub(super) fn end_lost(inbox: &Inbox, turn: &Turn) {
    const WORDS: &str =
        "the gateway's database refused this turn; it runs again when the gateway starts";
    let ending = Ending::Lost(WORDS.to_owned());
    end_unrun(inbox, turn, InputState::Failed, ending, now_ms());
}

fn end_unrun(inbox: &Inbox, turn: &Turn, state: InputState, ending: Ending, at: i64) {
    let error = match &ending {
        Ending::Lost(words) => Some(words.clone()),
        _ => None,
    };
    let run = run(turn, "", String::new(), at);
    inbox.bus.publish(&Event::RunEnded { run, ending, at });
    turn.end(Outcome {
        state,
        text: String::new(),
        error,
        agent: None,
        started_at: at,
        ended_at: at,
    });
}
