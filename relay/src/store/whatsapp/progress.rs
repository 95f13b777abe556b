//! How far a message has come that a row of a session shows: all that it was cut
//! into, together.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::super::replies::key_of_reply;
use super::super::{Entry, Result, Store, TranscriptRow};
use super::CHANNEL;
use super::sendings::SendState;

/// How far the message of a row has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The run of the row: what an agent answered, or what the owner sent.
    pub run: String,
    /// The session of the row.
    pub session: String,
    /// How far its last part has come; where one failed or is unknown, that.
    pub state: SendState,
    /// Why it came no further.
    pub error: Option<String>,
}

/// The key, and so the run, of the row that shows what the owner sent, by the id of
/// its first part.
#[must_use]
pub fn shown_sending(message_id: &str) -> String {
    format!("{CHANNEL}:sent:{message_id}")
}

impl Store {
    /// How far messages have come that went out, in the order of these rows: of
    /// those that show one.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn progress_of_rows(&self, rows: &[TranscriptRow]) -> Result<Vec<Progress>> {
        let prefix = shown_sending("");
        let (mut ids, mut keys) = (Vec::new(), Vec::new());
        for row in rows {
            let Some(run) = &row.run_id else { continue };
            match &row.entry {
                Entry::Answer { .. } => keys.push(key_of_reply(run)),
                // Earlier builds showed it as a delivery.
                Entry::Message { .. } | Entry::Delivery { .. } => {
                    ids.extend(run.strip_prefix(&prefix));
                }
                _ => {}
            }
        }
        self.progress(&ids, &keys).await
    }

    /// How far the message has come that one with this id is a part of.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn progress_of_part(&self, message_id: &str) -> Result<Option<Progress>> {
        Ok(self.progress(&[message_id], &[]).await?.pop())
    }

    async fn progress(&self, ids: &[&str], keys: &[String]) -> Result<Vec<Progress>> {
        if ids.is_empty() && keys.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "SELECT part, answers, message_id, session, state, error FROM whatsapp_sendings
             WHERE key IN (SELECT key FROM whatsapp_sendings WHERE message_id IN (SELECT value FROM json_each(?)))
                OR key IN (SELECT value FROM json_each(?))
             ORDER BY key, part",
        )
        .bind(serde_json::json!(ids).to_string())
        .bind(serde_json::json!(keys).to_string())
        .fetch_all(&self.reads)
        .await?;
        let mut all: Vec<Progress> = Vec::new();
        for row in &rows {
            let is_first = row.try_get::<i64, _>(0)? == 0;
            let part = part(row)?;
            match all.last_mut().filter(|_| !is_first) {
                Some(whole) => whole.add(part),
                None => all.push(part),
            }
        }
        Ok(all)
    }
}

fn part(row: &SqliteRow) -> Result<Progress> {
    let answers: Option<String> = row.try_get(1)?;
    let id: &str = row.try_get(2)?;
    Ok(Progress {
        run: answers.unwrap_or_else(|| shown_sending(id)),
        session: row.try_get(3)?,
        state: SendState::parse(row.try_get(4)?)?,
        error: row.try_get(5)?,
    })
}

impl Progress {
    /// Counts another part of the message in.
    fn add(&mut self, part: Self) {
        let rank = |state| match state {
            SendState::Failed => (0, state),
            SendState::Unknown => (1, state),
            _ => (2, state),
        };
        if rank(part.state) < rank(self.state) {
            self.state = part.state;
            self.error = part.error;
        }
    }
}
