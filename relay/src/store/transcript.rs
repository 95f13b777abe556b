//! Stored messages.

use futures_util::TryStreamExt as _;
use serde_json::{Map, Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::{Result, Store, StoreError};
use crate::ids;

/// A message to store. Its id and sequence number come from the store.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// `user`, `assistant` or `custom`.
    pub role: &'static str,
    /// The run that it belongs to.
    pub run_id: Option<String>,
    /// A second row with this key is never written.
    pub idempotency_key: Option<String>,
    /// Unix milliseconds.
    pub recorded_at: i64,
    /// Everything else of the row as clients read it; `__openclaw` may hold
    /// extra facts about the record.
    pub body: Map<String, Value>,
    /// Plain text, for the session's title and preview.
    pub text: String,
}

/// One stored message.
#[derive(Debug, Clone)]
pub struct TranscriptRow {
    /// Identity of the record.
    pub id: String,
    /// Place in its session, from 1, without holes.
    pub seq: i64,
    /// See [`NewRow::role`].
    pub role: String,
    /// See [`NewRow::run_id`].
    pub run_id: Option<String>,
    idempotency_key: Option<String>,
    recorded_at: i64,
    body: Map<String, Value>,
}

impl TranscriptRow {
    /// The row as it stands on the wire, in history and in `session.message`.
    #[must_use]
    pub fn message(&self) -> Value {
        let mut message = self.body.clone();
        let mut record = match message.remove("__openclaw") {
            Some(Value::Object(facts)) => facts,
            _ => Map::new(),
        };
        message.insert("role".into(), json!(self.role));
        record.insert("id".into(), json!(self.id));
        record.insert("seq".into(), json!(self.seq));
        record.insert("recordTimestampMs".into(), json!(self.recorded_at));
        record.insert("transcriptPosition".into(), json!({ "rawSeq": self.seq }));
        if let Some(run_id) = &self.run_id {
            record.insert("runId".into(), json!(run_id));
        }
        if let Some(key) = &self.idempotency_key {
            message.insert("idempotencyKey".into(), json!(key));
            record.insert("idempotencyKey".into(), json!(key));
        }
        message.insert("__openclaw".into(), Value::Object(record));
        Value::Object(message)
    }

    /// The text of an assistant's row; empty when it has none.
    #[must_use]
    pub fn text(&self) -> String {
        match self.body.get("content") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(blocks)) => blocks
                .iter()
                .filter_map(|block| block.get("text").and_then(Value::as_str))
                .collect::<Vec<_>>()
                .join("\n\n"),
            _ => String::new(),
        }
    }
}

const COLUMNS: &str = "id, seq, role, run_id, idempotency_key, recorded_at, body";

fn transcript_row(row: &SqliteRow) -> Result<TranscriptRow> {
    let body: String = row.try_get(6)?;
    Ok(TranscriptRow {
        id: row.try_get(0)?,
        seq: row.try_get(1)?,
        role: row.try_get(2)?,
        run_id: row.try_get(3)?,
        idempotency_key: row.try_get(4)?,
        recorded_at: row.try_get(5)?,
        body: serde_json::from_str(&body).map_err(|error| StoreError::Corrupt {
            what: "transcript.body",
            detail: error.to_string(),
        })?,
    })
}

impl Store {
    /// How many rows a session has.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn row_count(&self, session_key: &str) -> Result<i64> {
        let row = sqlx::query("SELECT coalesce(max(seq), 0) FROM transcript WHERE session_key = ?")
            .bind(session_key)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// The newest rows with `seq <= up_to`, oldest first: at most `limit`, and
    /// no more than about `max_bytes` of stored JSON (but at least one row).
    ///
    /// # Errors
    /// SQLite refuses, or a row is damaged.
    pub async fn rows_before(
        &self,
        session_key: &str,
        up_to: i64,
        limit: i64,
        max_bytes: usize,
    ) -> Result<Vec<TranscriptRow>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM transcript WHERE session_key = ? AND seq <= ? ORDER BY seq DESC LIMIT ?"
        ));
        let mut stream = sqlx::query(sql)
            .bind(session_key)
            .bind(up_to)
            .bind(limit)
            .fetch(&self.pool);
        let mut rows = Vec::new();
        let mut bytes = 0;
        while let Some(row) = stream.try_next().await? {
            bytes += row.try_get::<&str, _>(6)?.len();
            if bytes > max_bytes && !rows.is_empty() {
                break;
            }
            rows.push(transcript_row(&row)?);
        }
        rows.reverse();
        Ok(rows)
    }

    /// Rows with `seq > after`, oldest first.
    ///
    /// # Errors
    /// SQLite refuses, or a row is damaged.
    pub async fn rows_after(
        &self,
        session_key: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<TranscriptRow>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM transcript WHERE session_key = ? AND seq > ? ORDER BY seq LIMIT ?"
        ));
        let rows = sqlx::query(sql)
            .bind(session_key)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(transcript_row).collect()
    }

    /// One row of a session by its id.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged.
    pub async fn row(&self, session_key: &str, id: &str) -> Result<Option<TranscriptRow>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM transcript WHERE session_key = ? AND id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(session_key)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(transcript_row).transpose()
    }

    /// A row by its idempotency key.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged.
    pub async fn row_of_key(&self, key: &str) -> Result<Option<TranscriptRow>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM transcript WHERE idempotency_key = ?"
        ));
        let row = sqlx::query(sql)
            .bind(key)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(transcript_row).transpose()
    }

    /// The last answer that a run wrote.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged.
    pub async fn answer_of(&self, run_id: &str) -> Result<Option<TranscriptRow>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM transcript WHERE run_id = ? AND role = 'assistant' ORDER BY seq DESC LIMIT 1"
        ));
        let row = sqlx::query(sql)
            .bind(run_id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(transcript_row).transpose()
    }
}

/// Writes a row at the end of a session. A row whose idempotency key is there
/// already is not written again; the second value says whether it was.
pub(super) async fn append(
    tx: &mut Transaction<'static, Sqlite>,
    session_key: &str,
    row: &NewRow,
) -> Result<(TranscriptRow, bool)> {
    if let Some(key) = &row.idempotency_key {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM transcript WHERE idempotency_key = ?"
        ));
        let known = sqlx::query(sql).bind(key).fetch_optional(&mut **tx).await?;
        if let Some(known) = known {
            return Ok((transcript_row(&known)?, false));
        }
    }
    let last: i64 =
        sqlx::query("SELECT coalesce(max(seq), 0) FROM transcript WHERE session_key = ?")
            .bind(session_key)
            .fetch_one(&mut **tx)
            .await?
            .try_get(0)?;
    let stored = TranscriptRow {
        id: ids::uuid(),
        seq: last + 1,
        role: row.role.to_owned(),
        run_id: row.run_id.clone(),
        idempotency_key: row.idempotency_key.clone(),
        recorded_at: row.recorded_at,
        body: row.body.clone(),
    };
    sqlx::query("INSERT INTO transcript (id, session_key, seq, role, run_id, idempotency_key, recorded_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(&stored.id)
        .bind(session_key)
        .bind(stored.seq)
        .bind(&stored.role)
        .bind(&stored.run_id)
        .bind(&stored.idempotency_key)
        .bind(stored.recorded_at)
        .bind(Value::Object(row.body.clone()).to_string())
        .execute(&mut **tx)
        .await?;
    let glance = glance(&row.text);
    sqlx::query("UPDATE sessions SET updated_at = ?, preview = ?, title = coalesce(title, CASE WHEN ? = 'user' THEN ? END) WHERE key = ?")
        .bind(row.recorded_at)
        .bind(&glance)
        .bind(row.role)
        .bind(&glance)
        .bind(session_key)
        .execute(&mut **tx)
        .await?;
    Ok((stored, true))
}

/// The first words of a text, on one line.
fn glance(text: &str) -> String {
    const CHARACTERS: usize = 120;
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(CHARACTERS)
        .collect();
    line.trim().to_owned()
}
