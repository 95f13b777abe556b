//! Chat sessions.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::{Result, Store};
use crate::ids;

/// One chat session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Canonical key, `agent:main:…`.
    pub key: String,
    /// Identity of the transcript under that key.
    pub session_id: String,
    /// Name that somebody gave it.
    pub label: Option<String>,
    /// First words of the first message.
    pub title: Option<String>,
    /// First words of the last message.
    pub preview: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds of the last change.
    pub updated_at: i64,
    /// Start of the last run, Unix milliseconds.
    pub started_at: Option<i64>,
    /// End of the last run, Unix milliseconds.
    pub ended_at: Option<i64>,
    /// The last run that ended.
    pub last_run_id: Option<String>,
    /// `running`, `done`, `failed` or `killed`: how the last run stands.
    pub status: Option<String>,
}

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Part of key, label or title, in any case.
    pub search: Option<String>,
    /// Exactly this label.
    pub label: Option<String>,
    /// Sessions to skip.
    pub offset: i64,
    /// Most sessions to give.
    pub limit: i64,
}

const COLUMNS: &str = "key, session_id, label, title, preview, created_at, updated_at, started_at, ended_at, last_run_id, status";

fn session(row: &SqliteRow) -> Result<Session> {
    Ok(Session {
        key: row.try_get(0)?,
        session_id: row.try_get(1)?,
        label: row.try_get(2)?,
        title: row.try_get(3)?,
        preview: row.try_get(4)?,
        created_at: row.try_get(5)?,
        updated_at: row.try_get(6)?,
        started_at: row.try_get(7)?,
        ended_at: row.try_get(8)?,
        last_run_id: row.try_get(9)?,
        status: row.try_get(10)?,
    })
}

impl Store {
    /// The session of a key, if it was ever used.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn session(&self, key: &str) -> Result<Option<Session>> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM sessions WHERE key = ?"));
        let row = sqlx::query(sql)
            .bind(key)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(session).transpose()
    }

    /// The session of a key; made at `now` when it is new.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn ensure_session(&self, key: &str, now: i64) -> Result<Session> {
        let mut tx = self.write().await?;
        let session = ensure(&mut tx, key, None, now).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Makes a session with a name; `None` when the key is taken.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn create_session(
        &self,
        key: &str,
        label: Option<&str>,
        now: i64,
    ) -> Result<Option<Session>> {
        let mut tx = self.write().await?;
        let taken = sqlx::query("SELECT 1 FROM sessions WHERE key = ?")
            .bind(key)
            .fetch_optional(&mut *tx)
            .await?
            .is_some();
        if taken {
            return Ok(None);
        }
        let session = ensure(&mut tx, key, label, now).await?;
        tx.commit().await?;
        Ok(Some(session))
    }

    /// Sessions, the last changed first, and how many match in all.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn sessions(&self, filter: &SessionFilter) -> Result<(Vec<Session>, i64)> {
        const MATCHES: &str = "(?1 IS NULL OR instr(lower(key || ' ' || coalesce(label, '') || ' ' || coalesce(title, '')), ?1) > 0) AND (?2 IS NULL OR label = ?2)";
        let search = filter.search.as_deref().map(str::to_lowercase);
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM sessions WHERE {MATCHES}"));
        let total: i64 = sqlx::query(count)
            .bind(search.as_deref())
            .bind(filter.label.as_deref())
            .fetch_one(&self.pool)
            .await?
            .try_get(0)?;
        let list = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM sessions WHERE {MATCHES} ORDER BY updated_at DESC, key LIMIT ?3 OFFSET ?4"
        ));
        let rows = sqlx::query(list)
            .bind(search.as_deref())
            .bind(filter.label.as_deref())
            .bind(filter.limit)
            .bind(filter.offset)
            .fetch_all(&self.pool)
            .await?;
        let sessions = rows.iter().map(session).collect::<Result<_>>()?;
        Ok((sessions, total))
    }
}

pub(super) async fn ensure(
    tx: &mut Transaction<'static, Sqlite>,
    key: &str,
    label: Option<&str>,
    now: i64,
) -> Result<Session> {
    sqlx::query("INSERT INTO sessions (key, session_id, label, created_at, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING")
        .bind(key)
        .bind(ids::uuid())
        .bind(label)
        .bind(now)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM sessions WHERE key = ?"));
    let row = sqlx::query(sql).bind(key).fetch_one(&mut **tx).await?;
    session(&row)
}
