//! Rows that say something else later: their words were changed or taken back, or
//! came only now.

use sqlx::sqlite::SqliteConnection;

use super::entry::Entry;
use super::inputs::corrupt;
use super::transcript::{COLUMNS, TranscriptRow, transcript_row};
use super::{Result, Store};

/// A row and its session.
pub type Rewritten = (String, TranscriptRow);

impl Store {
    /// Gives the row of a message other words, and the message itself while it
    /// waits for its turn. `keys` are those that the row may have. `None`: there
    /// is no such row yet, or no more.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged: nothing was changed.
    pub async fn rewrite(
        &self,
        input: &str,
        keys: &[String],
        text: &str,
    ) -> Result<Option<Rewritten>> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE inputs SET text = ? WHERE key = ? AND state = 'queued'")
            .bind(text)
            .bind(input)
            .execute(&mut *tx)
            .await?;
        let mut rewritten = None;
        for key in keys {
            let Some((session_key, mut row)) = find(&mut tx, key).await? else {
                continue;
            };
            if let Entry::Message { text: words, .. } = &mut row.entry {
                text.clone_into(words);
                put(&mut tx, &row.id, key, &row.entry).await?;
                rewritten = Some((session_key, row));
            }
        }
        tx.commit().await?;
        Ok(rewritten)
    }

    /// Puts an entry in the place of another one, under a key of its own. `None`:
    /// there is no row under the old key.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged: nothing was changed.
    pub async fn replace_row(
        &self,
        key: &str,
        new_key: &str,
        entry: &Entry,
    ) -> Result<Option<Rewritten>> {
        let mut tx = self.write().await?;
        let Some((session_key, mut row)) = find(&mut tx, key).await? else {
            tx.abandon().await?;
            return Ok(None);
        };
        put(&mut tx, &row.id, new_key, entry).await?;
        tx.commit().await?;
        row.entry = entry.clone();
        row.key = Some(new_key.to_owned());
        Ok(Some((session_key, row)))
    }
}

async fn find(tx: &mut SqliteConnection, key: &str) -> Result<Option<Rewritten>> {
    use sqlx::Row as _;
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS}, session_key FROM transcript WHERE idempotency_key = ?"
    ));
    let row = sqlx::query(sql).bind(key).fetch_optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.try_get("session_key")?, transcript_row(&row)?)))
}

async fn put(tx: &mut SqliteConnection, id: &str, key: &str, entry: &Entry) -> Result<()> {
    let body = serde_json::to_string(entry)
        .map_err(|error| corrupt("transcript.body", &error.to_string()))?;
    sqlx::query("UPDATE transcript SET body = ?, idempotency_key = ? WHERE id = ?")
        .bind(body)
        .bind(key)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}
