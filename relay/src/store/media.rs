//! What is known of the files that [`media`](crate::media) keeps.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store};

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMedia {
    /// Lower-case hex SHA-256 of its bytes.
    pub digest: String,
    /// Its media type, as its bytes say.
    pub mime: String,
    /// The name that it first came with.
    pub name: String,
    /// Its size in bytes.
    pub bytes: i64,
    /// When it last came, in Unix milliseconds.
    pub kept_at: i64,
}

const COLUMNS: &str = "digest, mime, name, bytes, kept_at";

fn media(row: &SqliteRow) -> Result<StoredMedia> {
    Ok(StoredMedia {
        digest: row.try_get(0)?,
        mime: row.try_get(1)?,
        name: row.try_get(2)?,
        bytes: row.try_get(3)?,
        kept_at: row.try_get(4)?,
    })
}

impl Store {
    /// What is known of a file.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn media(&self, digest: &str) -> Result<Option<StoredMedia>> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM media WHERE digest = ?"));
        let row = sqlx::query(sql)
            .bind(digest)
            .fetch_optional(&self.reads)
            .await?;
        row.as_ref().map(media).transpose()
    }

    /// How many files are kept, and how many bytes they have.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn media_total(&self) -> Result<(i64, i64)> {
        let row = sqlx::query("SELECT count(*), coalesce(sum(bytes), 0) FROM media")
            .fetch_one(&self.reads)
            .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// Keeps what is known of a file. One that is known already is as new as this.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn add_media(&self, new: &StoredMedia) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO media (digest, mime, name, bytes, kept_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (digest) DO UPDATE SET kept_at = excluded.kept_at",
        )
        .bind(&new.digest)
        .bind(&new.mime)
        .bind(&new.name)
        .bind(new.bytes)
        .bind(new.kept_at)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Forgets the oldest file that came before a moment, in Unix milliseconds,
    /// and that no message has; gives which.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn drop_unused_media(&self, before: i64) -> Result<Option<StoredMedia>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "DELETE FROM media WHERE digest = (
                 SELECT digest FROM media WHERE is_used = 0 AND kept_at < ? ORDER BY kept_at, digest LIMIT 1
             ) RETURNING {COLUMNS}"
        ));
        let mut tx = self.write().await?;
        let row = sqlx::query(sql)
            .bind(before)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        row.as_ref().map(media).transpose()
    }
}
