//! Everything that came with an idempotency key.
//!
//! The key is global, as on the real gateway (facts: the same key under another
//! session is a repeat, not a new message), and unlike there it is kept for ever.

use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::transcript::{NewRow, TranscriptRow, append};
use super::{Result, Store, StoreError, sessions};

/// The method that brought an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputMethod {
    /// `chat.send`: one answer, events.
    Chat,
    /// `agent`: two answers.
    Agent,
    /// `send`: a message put into a session, no run.
    Send,
    /// `sessions.create`.
    CreateSession,
}

impl InputMethod {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat.send",
            Self::Agent => "agent",
            Self::Send => "send",
            Self::CreateSession => "sessions.create",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "chat.send" => Ok(Self::Chat),
            "agent" => Ok(Self::Agent),
            "send" => Ok(Self::Send),
            "sessions.create" => Ok(Self::CreateSession),
            other => Err(corrupt("inputs.method", other)),
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
    Aborted,
}

impl InputState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "queued" => Ok(Self::Queued),
            "running" => Ok(Self::Running),
            "done" => Ok(Self::Done),
            "failed" => Ok(Self::Failed),
            "aborted" => Ok(Self::Aborted),
            other => Err(corrupt("inputs.state", other)),
        }
    }

    /// The words that a session row carries for a run in this state.
    fn session_status(self) -> &'static str {
        match self {
            Self::Queued | Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Aborted => "killed",
        }
    }
}

/// An input that asks to be accepted.
#[derive(Debug, Clone)]
pub struct NewInput {
    /// The idempotency key; also the run id.
    pub key: String,
    /// Where it came in.
    pub method: InputMethod,
    /// SHA-256 over what must be equal in a repeat.
    pub digest: [u8; 32],
    /// Canonical session key.
    pub session_key: String,
    /// The words.
    pub text: String,
    /// Facts that the user row needs later: client, attachments.
    pub extra: Value,
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
    /// See [`NewInput::method`].
    pub method: InputMethod,
    /// See [`NewInput::session_key`].
    pub session_key: String,
    /// See [`NewInput::text`].
    pub text: String,
    /// See [`NewInput::extra`].
    pub extra: Value,
    /// How far it is.
    pub state: InputState,
    /// Unix milliseconds.
    pub accepted_at: i64,
    /// When it ended, Unix milliseconds.
    pub ended_at: Option<i64>,
    /// A failure's words, a sent message's id, a made session's key.
    pub result: Option<String>,
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

const COLUMNS: &str =
    "position, key, method, session_key, text, extra, state, accepted_at, ended_at, result";

fn corrupt(what: &'static str, detail: &str) -> StoreError {
    StoreError::Corrupt {
        what,
        detail: detail.to_owned(),
    }
}

fn input(row: &SqliteRow) -> Result<Input> {
    let extra: String = row.try_get(5)?;
    Ok(Input {
        position: row.try_get(0)?,
        key: row.try_get(1)?,
        method: InputMethod::parse(row.try_get(2)?)?,
        session_key: row.try_get(3)?,
        text: row.try_get(4)?,
        extra: serde_json::from_str(&extra)
            .map_err(|error| corrupt("inputs.extra", &error.to_string()))?,
        state: InputState::parse(row.try_get(6)?)?,
        accepted_at: row.try_get(7)?,
        ended_at: row.try_get(8)?,
        result: row.try_get(9)?,
    })
}

impl Store {
    /// Accepts an input that a run will answer. With `user_row` its run may
    /// start at once and the row is written with it; without, it waits.
    ///
    /// # Errors
    /// SQLite refuses: nothing was accepted.
    pub async fn accept(&self, new: &NewInput, user_row: Option<&NewRow>) -> Result<Acceptance> {
        let mut tx = self.write().await?;
        if let Some(known) = known(&mut tx, new).await? {
            return Ok(known);
        }
        sessions::ensure(&mut tx, &new.session_key, None, new.accepted_at).await?;
        insert(&mut tx, new, InputState::Queued, None).await?;
        if let Some(row) = user_row {
            start(&mut tx, &new.key, &new.session_key, row).await?;
        }
        let accepted = fetch(&mut tx, &new.key).await?;
        tx.commit().await?;
        Ok(Acceptance::New(accepted))
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
        let mut tx = self.write().await?;
        if let Some(known) = known(&mut tx, new).await? {
            return Ok((known, None));
        }
        sessions::ensure(&mut tx, &new.session_key, None, new.accepted_at).await?;
        let (stored, _) = append(&mut tx, &new.session_key, row).await?;
        insert(&mut tx, new, InputState::Done, Some(&stored.id)).await?;
        let accepted = fetch(&mut tx, &new.key).await?;
        tx.commit().await?;
        Ok((Acceptance::New(accepted), Some(stored)))
    }

    /// Makes the session of `new.session_key` once per key. A repeat gives the
    /// first session's key as the known input's `session_key`.
    ///
    /// # Errors
    /// SQLite refuses: nothing was made.
    pub async fn accept_session(&self, new: &NewInput, label: Option<&str>) -> Result<Acceptance> {
        let mut tx = self.write().await?;
        if let Some(known) = known(&mut tx, new).await? {
            return Ok(known);
        }
        sessions::ensure(&mut tx, &new.session_key, label, new.accepted_at).await?;
        insert(&mut tx, new, InputState::Done, Some(&new.session_key)).await?;
        let accepted = fetch(&mut tx, &new.key).await?;
        tx.commit().await?;
        Ok(Acceptance::New(accepted))
    }

    /// An input by its key.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn input(&self, key: &str) -> Result<Option<Input>> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM inputs WHERE key = ?"));
        let row = sqlx::query(sql)
            .bind(key)
            .fetch_optional(&self.pool)
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
            && let Some(key) = &user_row.idempotency_key
            && let Some(row) = self.row_of_key(key).await?
        {
            // Written with the acceptance: one commit less in each turn.
            return Ok(row);
        }
        let mut tx = self.write().await?;
        let row = start(&mut tx, &input.key, &input.session_key, user_row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Ends an input, with the row that its run leaves behind.
    ///
    /// # Errors
    /// SQLite refuses: the input stays unfinished and runs again at the next start.
    pub async fn finish(
        &self,
        input: &Input,
        state: InputState,
        ended_at: i64,
        result: Option<&str>,
        row: Option<&NewRow>,
    ) -> Result<Option<TranscriptRow>> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE inputs SET state = ?, ended_at = ?, result = ? WHERE key = ?")
            .bind(state.as_str())
            .bind(ended_at)
            .bind(result)
            .bind(&input.key)
            .execute(&mut *tx)
            .await?;
        let stored = match row {
            Some(row) => Some(append(&mut tx, &input.session_key, row).await?.0),
            None => None,
        };
        sqlx::query("UPDATE sessions SET status = ?, ended_at = ?, last_run_id = ? WHERE key = ?")
            .bind(state.session_status())
            .bind(ended_at)
            .bind(&input.key)
            .bind(&input.session_key)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// Inputs that were accepted and never ended, in the order of acceptance.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn unfinished(&self) -> Result<Vec<Input>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM inputs WHERE state IN ('queued', 'running') ORDER BY position"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
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
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(input).collect()
    }
}

async fn known(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewInput,
) -> Result<Option<Acceptance>> {
    let found = sqlx::query("SELECT method, digest FROM inputs WHERE key = ?")
        .bind(&new.key)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let method: &str = found.try_get(0)?;
    let digest: &[u8] = found.try_get(1)?;
    if method != new.method.as_str() || digest != new.digest {
        return Ok(Some(Acceptance::Conflict));
    }
    Ok(Some(Acceptance::Known(fetch(tx, &new.key).await?)))
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    new: &NewInput,
    state: InputState,
    result: Option<&str>,
) -> Result<()> {
    let ended_at = result.map(|_| new.accepted_at);
    sqlx::query("INSERT INTO inputs (key, method, digest, session_key, text, extra, state, accepted_at, ended_at, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(&new.key)
        .bind(new.method.as_str())
        .bind(&new.digest[..])
        .bind(&new.session_key)
        .bind(&new.text)
        .bind(new.extra.to_string())
        .bind(state.as_str())
        .bind(new.accepted_at)
        .bind(ended_at)
        .bind(result)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn fetch(tx: &mut Transaction<'static, Sqlite>, key: &str) -> Result<Input> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM inputs WHERE key = ?"));
    let row = sqlx::query(sql).bind(key).fetch_one(&mut **tx).await?;
    input(&row)
}

async fn start(
    tx: &mut Transaction<'static, Sqlite>,
    key: &str,
    session_key: &str,
    user_row: &NewRow,
) -> Result<TranscriptRow> {
    sqlx::query("UPDATE inputs SET state = 'running' WHERE key = ?")
        .bind(key)
        .execute(&mut **tx)
        .await?;
    let (row, _) = append(tx, session_key, user_row).await?;
    sqlx::query(
        "UPDATE sessions SET status = 'running', started_at = ?, ended_at = NULL WHERE key = ?",
    )
    .bind(user_row.recorded_at)
    .bind(session_key)
    .execute(&mut **tx)
    .await?;
    Ok(row)
}
