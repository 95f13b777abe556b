//! Two sessions that become one.

use sqlx::Row as _;

use super::transcript::LAST;
use super::{Result, Store, sessions};

impl Store {
    /// Puts all that was said in one session into another, in the order in which
    /// it was recorded, and ends the first. Gives the identity of the transcript
    /// that it had; `None` when there is no such session.
    ///
    /// # Errors
    /// SQLite refuses: both are as they were.
    pub async fn merge_sessions(
        &self,
        gone: &str,
        stays: &str,
        now: i64,
    ) -> Result<Option<String>> {
        let mut tx = self.write().await?;
        let Some(ended) = sessions::find(&mut tx, gone).await? else {
            tx.abandon().await?;
            return Ok(None);
        };
        sessions::make(&mut tx, stays, None, now).await?;
        let last = format!("SELECT {LAST}");
        let last: i64 = sqlx::query(sqlx::AssertSqlSafe(last))
            .bind(stays)
            .fetch_one(&mut *tx)
            .await?
            .try_get(0)?;
        // All get places behind those that there were: whoever read up to one of
        // those has missed nothing that he would be given twice.
        sqlx::query(
            "UPDATE transcript SET session_key = ?2, seq = ?3 + place FROM (
                 SELECT id AS which, row_number() OVER (ORDER BY recorded_at, session_key = ?2, seq) AS place
                 FROM transcript WHERE session_key IN (?1, ?2)
             ) WHERE id = which",
        )
        .bind(gone)
        .bind(stays)
        .bind(last)
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE inputs SET session_key = ? WHERE session_key = ?")
            .bind(stays)
            .bind(gone)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE whatsapp_sendings SET session = ? WHERE session = ?")
            .bind(stays)
            .bind(gone)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE sessions SET dropped = max(dropped, ?2), updated_at = max(updated_at, ?3),
                 title = coalesce(title, ?4), preview = iif(updated_at < ?3, ?5, preview),
                 heard_at = nullif(max(coalesce(heard_at, 0), coalesce(?6, 0)), 0) WHERE key = ?1",
        )
        .bind(stays)
        .bind(last)
        .bind(ended.updated_at)
        .bind(&ended.title)
        .bind(&ended.preview)
        .bind(ended.heard_at)
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM sessions WHERE key = ?")
            .bind(gone)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(ended.session_id))
    }
}
