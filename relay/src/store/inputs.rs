//! Everything that came with an idempotency key.
//!
//! The key is global, as on the real gateway (facts: the same key under another
//! session is a repeat, not a new message), and unlike there it is kept for ever.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::batch::Shared;
use super::entry::Origin;
use super::transcript::{NewRow, TranscriptRow, answer_of, append};
use super::{Result, Store, StoreError, replies, sessions};

/// What an input asks for. The same key under another kind is a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A person's message: an agent answers it, and whoever follows the session sees how.
    Message,
    /// A program's message: an agent answers it, and the program waits for the result.
    Task,
    /// A message put into a session; nobody answers.
    Delivery,
    /// A session to be made.
    Session,
}

impl InputKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Task => "task",
            Self::Delivery => "delivery",
            Self::Session => "session",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "message" => Ok(Self::Message),
            "task" => Ok(Self::Task),
            "delivery" => Ok(Self::Delivery),
            "session" => Ok(Self::Session),
            other => Err(corrupt("inputs.kind", other)),
        }
    }
}

/// How far an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputState {
    /// Acknowledged, waits for the run before it.
    Queued,
    /// Its run goes on.
    Running,
    /// Its run ended well.
    Done,
    /// Its run failed.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

impl InputState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        match text {
            "queued" => Ok(Self::Queued),
            "running" => Ok(Self::Running),
            "done" => Ok(Self::Done),
            "failed" => Ok(Self::Failed),
            "stopped" => Ok(Self::Stopped),
            other => Err(corrupt("a state", other)),
        }
    }
}

/// An input that asks to be accepted.
#[derive(Debug, Clone)]
pub struct NewInput {
    /// The idempotency key; also the run id.
    pub key: String,
    /// What it asks for.
    pub kind: InputKind,
    /// SHA-256 over what must be equal in a repeat.
    pub digest: [u8; 32],
    /// Canonical session key.
    pub session_key: String,
    /// The words.
    pub text: String,
    /// Where it came from. `None` for a session: nobody's words.
    pub origin: Option<Origin>,
    /// Unix milliseconds.
    pub accepted_at: i64,
}

/// An accepted input.
#[derive(Debug, Clone)]
pub struct Input {
    /// Order of acceptance over all sessions.
    pub position: i64,
    /// See [`NewInput::key`].
    pub key: String,
    /// See [`NewInput::kind`].
    pub kind: InputKind,
    /// See [`NewInput::session_key`].
    pub session_key: String,
    /// See [`NewInput::text`].
    pub text: String,
    /// See [`NewInput::origin`].
    pub origin: Option<Origin>,
    /// How far it is.
    pub state: InputState,
    /// Unix milliseconds.
    pub accepted_at: i64,
    /// When it ended, Unix milliseconds.
    pub ended_at: Option<i64>,
    /// A failure's words, a sent message's id, a made session's key.
    pub result: Option<String>,
    /// Whether its words are kept no longer.
    pub is_dropped: bool,
}

/// What became of an input that asked to be accepted.
#[derive(Debug, Clone)]
pub enum Acceptance {
    /// Stored now; the caller may acknowledge it.
    New(Input),
    /// This key with this content was stored before.
    Known(Input),
    /// This key was used for something else.
    Conflict,
}

const COLUMNS: &str = "position, key, kind, session_key, text, origin, state, accepted_at, ended_at, result, dropped_at IS NOT NULL";

pub(super) fn corrupt(what: &'static str, detail: &str) -> StoreError {
    StoreError::Corrupt {
        what,
        detail: detail.to_owned(),
    }
}

fn input(row: &SqliteRow) -> Result<Input> {
    let origin: String = row.try_get(5)?;
    Ok(Input {
        position: row.try_get(0)?,
        key: row.try_get(1)?,
        kind: InputKind::parse(row.try_get(2)?)?,
        session_key: row.try_get(3)?,
        text: row.try_get(4)?,
        origin: serde_json::from_str(&origin)
            .map_err(|error| corrupt("inputs.origin", &error.to_string()))?,
        state: InputState::parse(row.try_get(6)?)?,
        accepted_at: row.try_get(7)?,
        ended_at: row.try_get(8)?,
        result: row.try_get(9)?,
        is_dropped: row.try_get(10)?,
    })
}

impl Store {
    /// Accepts an input that a run will answer. With `user_row` its run may
    /// start at once and the row is written with it; without, it waits.
    ///
    /// # Errors
    /// SQLite refuses: nothing was accepted.
    pub async fn accept(&self, new: &NewInput, user_row: Option<&NewRow>) -> Result<Acceptance> {
        let accept = |mut tx: Shared| async move {
            if let Some(known) = known(&mut tx, new).await? {
                return Ok((known, tx));
            }
            sessions::make(&mut tx, &new.session_key, None, new.accepted_at).await?;
            let accepted = match user_row {
                Some(row) => {
                    let accepted = insert(&mut tx, new, InputState::Running, None).await?;
                    put_question(&mut tx, &new.session_key, row).await?;
                    accepted
                }
                None => insert(&mut tx, new, InputState::Queued, None).await?,
            };
            Ok((Acceptance::New(accepted), tx))
        };
        self.writer.together(accept).await
    }

    /// Accepts an input that is done with its acceptance: a row put into a
    /// session. `result` is kept for repeats.
    ///
    /// # Errors
    /// SQLite refuses: nothing was accepted.
    pub async fn accept_row(
        &self,
        new: &NewInput,
        row: &NewRow,
    ) -> Result<(Acceptance, Option<TranscriptRow>)> {
        let accept = |mut tx: Shared| async move {
            if let Some(known) = known(&mut tx, new).await? {
                return Ok(((known, None), tx));
            }
            sessions::make(&mut tx, &new.session_key, None, new.accepted_at).await?;
            let (stored, _) = append(&mut tx, &new.session_key, row).await?;
            let accepted = insert(&mut tx, new, InputState::Done, Some(&stored.id)).await?;
            Ok(((Acceptance::New(accepted), Some(stored)), tx))
        };
        self.writer.together(accept).await
    }

    /// Makes the session of `new.session_key` once per key. A repeat gives the
    /// first session's key as the known input's `session_key`.
    ///
    /// # Errors
    /// SQLite refuses: nothing was made.
    pub async fn accept_session(&self, new: &NewInput, label: Option<&str>) -> Result<Acceptance> {
        let accept = |mut tx: Shared| async move {
            if let Some(known) = known(&mut tx, new).await? {
                return Ok((known, tx));
            }
            sessions::make(&mut tx, &new.session_key, label, new.accepted_at).await?;
            let made = Some(new.session_key.as_str());
            let accepted = insert(&mut tx, new, InputState::Done, made).await?;
            Ok((Acceptance::New(accepted), tx))
        };
        self.writer.together(accept).await
    }

    /// An input by its key.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn input(&self, key: &str) -> Result<Option<Input>> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM inputs WHERE key = ?"));
        let row = sqlx::query(sql)
            .bind(key)
            .fetch_optional(&self.reads)
            .await?;
        row.as_ref().map(input).transpose()
    }

    /// Marks an input as running and gives its user row, written if it was not
    /// there yet.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn begin(&self, input: &Input, user_row: &NewRow) -> Result<TranscriptRow> {
        if input.state == InputState::Running
            && let Some(key) = &user_row.key
            && let Some(row) = self.row_of_key(key).await?
        {
            // Written with the acceptance: one commit less in each turn.
            return Ok(row);
        }
        let begin = |mut tx: Shared| async move {
            let row = start(&mut tx, &input.key, &input.session_key, user_row).await?;
            Ok((row, tx))
        };
        self.writer.together(begin).await
    }

    /// Ends an input, with the row that its run leaves behind.
    ///
    /// # Errors
    /// SQLite refuses: the input stays unfinished. Asked again, it is ended once.
    pub async fn finish(
        &self,
        input: &Input,
        state: InputState,
        ended_at: i64,
        result: Option<&str>,
        row: Option<&NewRow>,
    ) -> Result<Option<TranscriptRow>> {
        let finish = |mut tx: Shared| async move {
            let ended = sqlx::query("UPDATE inputs SET state = ?, ended_at = ?, result = ? WHERE key = ? AND ended_at IS NULL")
                .bind(state.as_str())
                .bind(ended_at)
                .bind(result)
                .bind(&input.key)
                .execute(&mut *tx)
                .await?;
            if ended.rows_affected() == 0 {
                // A commit whose success was not heard of.
                let stored = match row {
                    Some(_) => answer_of(&mut tx, &input.key).await?,
                    None => None,
                };
                return Ok((stored, tx));
            }
            let stored = match row {
                Some(row) => {
                    replies::keep(&mut tx, input, &row.entry).await?;
                    Some(append(&mut tx, &input.session_key, row).await?.0)
                }
                None => None,
            };
            sqlx::query(
                "UPDATE sessions SET status = ?, ended_at = ?, last_run_id = ? WHERE key = ?",
            )
            .bind(state.as_str())
            .bind(ended_at)
            .bind(&input.key)
            .bind(&input.session_key)
            .execute(&mut *tx)
            .await?;
            Ok((stored, tx))
        };
        self.writer.together(finish).await
    }

    /// Inputs that were accepted and never ended, in the order of acceptance.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn unfinished(&self) -> Result<Vec<Input>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM inputs WHERE state IN ('queued', 'running') ORDER BY position"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.reads).await?;
        rows.iter().map(input).collect()
    }

    /// Inputs of one session that wait for their turn, in order.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn waiting(&self, session_key: &str) -> Result<Vec<Input>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM inputs WHERE state = 'queued' AND session_key = ? ORDER BY position"
        ));
        let rows = sqlx::query(sql)
            .bind(session_key)
            .fetch_all(&self.reads)
            .await?;
        rows.iter().map(input).collect()
    }
}

async fn known(tx: &mut SqliteConnection, new: &NewInput) -> Result<Option<Acceptance>> {
    let found = sqlx::query("SELECT kind, digest FROM inputs WHERE key = ?")
        .bind(&new.key)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let kind: &str = found.try_get(0)?;
    let digest: &[u8] = found.try_get(1)?;
    if kind != new.kind.as_str() || digest != new.digest {
        return Ok(Some(Acceptance::Conflict));
    }
    Ok(Some(Acceptance::Known(fetch(tx, &new.key).await?)))
}

async fn insert(
    tx: &mut SqliteConnection,
    new: &NewInput,
    state: InputState,
    result: Option<&str>,
) -> Result<Input> {
    let ended_at = result.map(|_| new.accepted_at);
    let row = sqlx::query("INSERT INTO inputs (key, kind, digest, session_key, text, origin, state, accepted_at, ended_at, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING position")
        .bind(&new.key)
        .bind(new.kind.as_str())
        .bind(&new.digest[..])
        .bind(&new.session_key)
        .bind(&new.text)
        .bind(serde_json::to_string(&new.origin).unwrap_or_default())
        .bind(state.as_str())
        .bind(new.accepted_at)
        .bind(ended_at)
        .bind(result)
        .fetch_one(&mut *tx)
        .await?;
    Ok(Input {
        position: row.try_get(0)?,
        key: new.key.clone(),
        kind: new.kind,
        session_key: new.session_key.clone(),
        text: new.text.clone(),
        origin: new.origin.clone(),
        state,
        accepted_at: new.accepted_at,
        ended_at,
        result: result.map(str::to_owned),
        is_dropped: false,
    })
}

async fn fetch(tx: &mut SqliteConnection, key: &str) -> Result<Input> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM inputs WHERE key = ?"));
    let row = sqlx::query(sql).bind(key).fetch_one(&mut *tx).await?;
    input(&row)
}

async fn start(
    tx: &mut SqliteConnection,
    key: &str,
    session_key: &str,
    user_row: &NewRow,
) -> Result<TranscriptRow> {
    sqlx::query("UPDATE inputs SET state = 'running' WHERE key = ?")
        .bind(key)
        .execute(&mut *tx)
        .await?;
    put_question(tx, session_key, user_row).await
}

/// Writes the row of what is asked into its session, where an answer is on its
/// way now.
async fn put_question(
    tx: &mut SqliteConnection,
    session_key: &str,
    user_row: &NewRow,
) -> Result<TranscriptRow> {
    let (row, _) = append(tx, session_key, user_row).await?;
    sqlx::query(
        "UPDATE sessions SET status = 'running', started_at = ?, ended_at = NULL WHERE key = ?",
    )
    .bind(user_row.recorded_at)
    .bind(session_key)
    .execute(&mut *tx)
    .await?;
    Ok(row)
}
