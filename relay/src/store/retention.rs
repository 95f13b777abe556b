//! What is no longer kept. A message loses its words and files; its key, digest
//! and outcome stay for ever, so a repeat of it never runs again.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::entry::Entry;
use super::transcript::glance;
use super::{Result, Store, whatsapp};

/// Most rows that one transaction drops: others write in between.
const BATCH: i64 = 500;
/// Not while one of its messages waits for its answer.
const AT_REST: &str =
    "session_key NOT IN (SELECT session_key FROM inputs WHERE state IN ('queued', 'running'))";

impl Store {
    /// When the newest message was recorded that has no room where all bodies
    /// together have at most `bytes`, in Unix milliseconds; `None` when all have
    /// room.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn no_room_for(&self, bytes: i64) -> Result<Option<i64>> {
        let row = sqlx::query(
            "SELECT recorded_at FROM (
                 SELECT recorded_at, sum(length(CAST(body AS BLOB))) OVER (ORDER BY recorded_at DESC, id) AS total
                 FROM transcript
             ) WHERE total > ? ORDER BY recorded_at DESC LIMIT 1",
        )
        .bind(bytes)
        .fetch_optional(&self.reads)
        .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Drops some of what was recorded before a moment, at `now`; gives how many
    /// rows, inputs and deliveries that were set aside. None when nothing of that
    /// age is left. Times are Unix milliseconds.
    ///
    /// # Errors
    /// SQLite refuses: nothing was dropped.
    pub async fn drop_before(&self, before: i64, now: i64) -> Result<u64> {
        let mut tx = self.write().await?;
        let rows = drop_rows(&mut tx, before).await?;
        let inputs = drop_words(&mut tx, before, now).await?;
        whatsapp::drop_words_before(&mut tx, before).await?;
        let dead = sqlx::query("DELETE FROM deliveries WHERE state = 'dead' AND told_at < ?")
            .bind(before)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(rows + inputs + dead.rows_affected())
    }
}

async fn drop_rows(tx: &mut SqliteConnection, before: i64) -> Result<u64> {
    let sql = format!(
        "DELETE FROM transcript WHERE id IN (
             SELECT id FROM transcript WHERE recorded_at < ? AND {AT_REST} ORDER BY recorded_at LIMIT ?
         ) RETURNING session_key, seq"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(before)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
    let mut last = BTreeMap::<String, i64>::new();
    for row in &rows {
        let seq: i64 = row.try_get(1)?;
        let session = last.entry(row.try_get(0)?).or_default();
        *session = seq.max(*session);
    }
    for (session_key, seq) in &last {
        let title = first_words(tx, session_key, "AND role = 'user' ORDER BY seq").await?;
        let preview = first_words(tx, session_key, "ORDER BY seq DESC").await?;
        sqlx::query(
            "UPDATE sessions SET dropped = max(dropped, ?), title = ?, preview = ? WHERE key = ?",
        )
        .bind(seq)
        .bind(title)
        .bind(preview)
        .bind(session_key)
        .execute(&mut *tx)
        .await?;
    }
    Ok(rows.len() as u64)
}

/// What a session shows of one of its rows.
async fn first_words(
    tx: &mut SqliteConnection,
    session_key: &str,
    which: &str,
) -> Result<Option<String>> {
    let sql = format!("SELECT body FROM transcript WHERE session_key = ? {which} LIMIT 1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(session_key)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    // One that is damaged shows nothing.
    let entry: Option<Entry> = serde_json::from_str(row.try_get(0)?).ok();
    Ok(entry.map(|entry| glance(entry.text())))
}

async fn drop_words(tx: &mut SqliteConnection, before: i64, now: i64) -> Result<u64> {
    let sql = format!(
        "UPDATE inputs SET {WORDLESS} WHERE position IN (
             SELECT position FROM inputs
             WHERE dropped_at IS NULL AND accepted_at < ?2 AND state NOT IN ('queued', 'running')
             ORDER BY accepted_at LIMIT ?3
         )"
    );
    let dropped = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(now)
        .bind(before)
        .bind(BATCH)
        .execute(&mut *tx)
        .await?;
    if dropped.rows_affected() > 0 {
        drop_uses(tx).await?;
        let sql = format!("UPDATE media SET is_used = 0 WHERE {USED_NO_LONGER}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *tx)
            .await?;
    }
    Ok(dropped.rows_affected())
}

/// Forgets all that was said in a session, at `now`, and the files that nobody
/// else has; gives their digests. What had no end has one: it was stopped.
pub(super) async fn forget(
    tx: &mut SqliteConnection,
    session_key: &str,
    now: i64,
) -> Result<Vec<String>> {
    sqlx::query("DELETE FROM transcript WHERE session_key = ?")
        .bind(session_key)
        .execute(&mut *tx)
        .await?;
    let sql = format!(
        "UPDATE inputs SET {WORDLESS}, state = iif(ended_at IS NULL, 'stopped', state),
             ended_at = coalesce(ended_at, ?1)
         WHERE session_key = ?2 AND dropped_at IS NULL"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(now)
        .bind(session_key)
        .execute(&mut *tx)
        .await?;
    whatsapp::forget_words(tx, session_key).await?;
    drop_uses(tx).await?;
    let sql = format!("DELETE FROM media WHERE {USED_NO_LONGER} RETURNING digest");
    let files = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_all(&mut *tx)
        .await?;
    files.iter().map(|file| Ok(file.try_get(0)?)).collect()
}

/// What is kept of inputs whose words are kept no longer, since `?1`.
const WORDLESS: &str = "text = '', dropped_at = ?1, origin = CASE
    WHEN json_valid(origin) THEN json_remove(origin, '$.attachments', '$.metadata')
    ELSE 'null' END";

/// Files that had a message, and have none any more.
const USED_NO_LONGER: &str = "is_used = 1 AND digest NOT IN (SELECT digest FROM media_uses)";

/// Inputs without words have no files.
async fn drop_uses(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "DELETE FROM media_uses WHERE EXISTS (
             SELECT 1 FROM inputs WHERE position = media_uses.input AND dropped_at IS NOT NULL
         )",
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}
