//! How a run ended, whether that was just now or years ago.

use std::time::Duration;

use super::{Inbox, Outcome};
use crate::store::{Entry, Input, InputState, StoreError};

/// The answer to a message whose words are kept no longer.
const NO_LONGER_KEPT: &str = "(this was answered; the words are no longer kept)";

impl Inbox {
    /// Waits for the end of a run. One that nobody knows is waited for as well:
    /// it may be on its way.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn outcome(&self, run_id: &str) -> Result<Outcome, StoreError> {
        const LOOK_EVERY: Duration = Duration::from_millis(250);
        loop {
            if let Some(turn) = self.lanes.find(run_id)
                && let Some(outcome) = turn.outcome().await
            {
                return Ok(outcome);
            }
            if let Some(input) = self.store.input(run_id).await?
                && let Some(outcome) = self.ended(&input).await?
            {
                return Ok(outcome);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// The outcome of an input whose turn is over, from the store.
    pub(super) async fn ended(&self, input: &Input) -> Result<Option<Outcome>, StoreError> {
        let Some(ended_at) = input.ended_at else {
            return Ok(None);
        };
        let answer = self.store.answer_of(&input.key).await?;
        let entry = answer.map(|row| row.entry);
        let agent = match &entry {
            Some(Entry::Answer { agent, .. } | Entry::Stopped { agent, .. }) => Some(agent.clone()),
            _ => None,
        };
        Ok(Some(Outcome {
            state: input.state,
            text: match entry {
                Some(entry) => entry.text().to_owned(),
                None if input.is_dropped && input.state == InputState::Done => {
                    NO_LONGER_KEPT.to_owned()
                }
                None => String::new(),
            },
            error: input.result.clone(),
            agent,
            started_at: input.accepted_at,
            ended_at,
        }))
    }
}
