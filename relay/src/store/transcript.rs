//! Stored messages.

use std::ops::RangeInclusive;

use futures_util::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::entry::{Entry, Sender};
use super::{Result, Store, StoreError};
use crate::ids;

/// A message to store. Its id and sequence number come from the store.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// The run that it belongs to.
    pub run_id: Option<String>,
    /// A second row with this key is never written.
    pub key: Option<String>,
    /// Unix milliseconds.
    pub recorded_at: i64,
    /// What it says.
    pub entry: Entry,
}

/// One stored message.
#[derive(Debug, Clone)]
pub struct TranscriptRow {
    /// Identity of the record.
    pub id: String,
    /// Place in its session, from 1, without holes but for what is kept no longer.
    pub seq: i64,
    /// See [`NewRow::run_id`].
    pub run_id: Option<String>,
    /// See [`NewRow::key`].
    pub key: Option<String>,
    /// Unix milliseconds.
    pub recorded_at: i64,
    /// What it says.
    pub entry: Entry,
}

pub(super) const COLUMNS: &str = "id, seq, run_id, idempotency_key, recorded_at, body";

/// The place of the last row of a session, be it kept or not.
pub(super) const LAST: &str = "max(
    coalesce((SELECT max(seq) FROM transcript WHERE session_key = ?1), 0),
    coalesce((SELECT dropped FROM sessions WHERE key = ?1), 0))";

pub(super) fn transcript_row(row: &SqliteRow) -> Result<TranscriptRow> {
    let body: String = row.try_get(5)?;
    Ok(TranscriptRow {
        id: row.try_get(0)?,
        seq: row.try_get(1)?,
        run_id: row.try_get(2)?,
        key: row.try_get(3)?,
        recorded_at: row.try_get(4)?,
        entry: serde_json::from_str(&body).map_err(|error| StoreError::Corrupt {
            what: "transcript.body",
            detail: error.to_string(),
        })?,
    })
}

impl Store {
    /// The places of the first row of a session that is kept and of its last
    /// one, kept or not; the first is behind the last where none is kept.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn range(&self, session_key: &str) -> Result<RangeInclusive<i64>> {
        let sql =
            format!("SELECT {LAST}, (SELECT min(seq) FROM transcript WHERE session_key = ?1)");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(session_key)
            .fetch_one(&self.reads)
            .await?;
        let last: i64 = row.try_get(0)?;
        let first: Option<i64> = row.try_get(1)?;
        Ok(first.unwrap_or(last + 1)..=last)
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
            .fetch(&self.reads);
        let mut rows = Vec::new();
        let mut bytes = 0;
        while let Some(row) = stream.try_next().await? {
            bytes += row.try_get::<&str, _>(5)?.len();
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
            .fetch_all(&self.reads)
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
            .fetch_optional(&self.reads)
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
            .fetch_optional(&self.reads)
            .await?;
        row.as_ref().map(transcript_row).transpose()
    }

    /// The last answer that a run wrote.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged.
    pub async fn answer_of(&self, run_id: &str) -> Result<Option<TranscriptRow>> {
        answer_of(&mut *self.reads.acquire().await?, run_id).await
    }
}

pub(super) async fn answer_of(
    connection: &mut SqliteConnection,
    run_id: &str,
) -> Result<Option<TranscriptRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM transcript WHERE run_id = ? AND role = 'assistant' ORDER BY seq DESC LIMIT 1"
    ));
    let row = sqlx::query(sql)
        .bind(run_id)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(transcript_row).transpose()
}

/// Writes a row at the end of a session. A row whose idempotency key is there
/// already is not written again; the second value says whether it was.
pub(super) async fn append(
    tx: &mut SqliteConnection,
    session_key: &str,
    row: &NewRow,
) -> Result<(TranscriptRow, bool)> {
    let id = ids::uuid();
    let sql = format!(
        "INSERT INTO transcript (session_key, id, seq, role, run_id, idempotency_key, recorded_at, body)
         VALUES (?1, ?2, {LAST} + 1, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (idempotency_key) DO NOTHING RETURNING seq"
    );
    let written = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(session_key)
        .bind(&id)
        .bind(row.entry.role())
        .bind(&row.run_id)
        .bind(&row.key)
        .bind(row.recorded_at)
        .bind(serde_json::to_string(&row.entry).unwrap_or_default())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(written) = written else {
        let sql = format!("SELECT {COLUMNS} FROM transcript WHERE idempotency_key = ?");
        let known = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&row.key)
            .fetch_one(&mut *tx)
            .await?;
        return Ok((transcript_row(&known)?, false));
    };
    let stored = TranscriptRow {
        id,
        seq: written.try_get(0)?,
        run_id: row.run_id.clone(),
        key: row.key.clone(),
        recorded_at: row.recorded_at,
        entry: row.entry.clone(),
    };
    let glance = glance(row.entry.text());
    let origin = match &row.entry {
        Entry::Message { origin, .. } => Some(origin),
        _ => None,
    };
    let is_owners = origin.is_some_and(|origin| origin.sender.id == Sender::OWNER);
    let is_new = matches!(row.entry, Entry::Message { .. } | Entry::Delivery { .. });
    // Whoever writes has read. What comes is later than what was read, also
    // within one millisecond; and it brings back what was put away.
    sqlx::query(
        "UPDATE sessions SET updated_at = ?1, preview = ?2,
             title = coalesce(title, CASE WHEN ?3 = 'user' THEN ?2 END),
             channel = coalesce(?4, channel),
             heard_at = iif(?5, heard_at, max(?1, coalesce(read_at, created_at) + 1)),
             read_at = iif(?5, max(?1, coalesce(heard_at, 0)), read_at),
             marked_unread_at = iif(?5, NULL, marked_unread_at),
             archived_at = iif(?6, NULL, archived_at)
         WHERE key = ?7",
    )
    .bind(row.recorded_at)
    .bind(&glance)
    .bind(row.entry.role())
    .bind(origin.map(|origin| &origin.channel))
    .bind(is_owners)
    .bind(is_new)
    .bind(session_key)
    .execute(&mut *tx)
    .await?;
    Ok((stored, true))
}

/// The first words of a text, on one line.
pub(super) fn glance(text: &str) -> String {
    const CHARACTERS: usize = 120;
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(CHARACTERS)
        .collect();
    line.trim().to_owned()
}
