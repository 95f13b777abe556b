//! Chat sessions.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::inputs::InputState;
use super::search::Among;
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
    /// How the last run stands.
    pub status: Option<InputState>,
    /// Registry name of the channel that its last message came through.
    pub channel: Option<String>,
    /// Since when it stands first in lists, Unix milliseconds.
    pub pinned_at: Option<i64>,
    /// Since when it is put away, Unix milliseconds.
    pub archived_at: Option<i64>,
    /// When somebody else than the owner last said something, Unix milliseconds.
    pub heard_at: Option<i64>,
    /// When the owner last read it or wrote into it, Unix milliseconds.
    pub read_at: Option<i64>,
    /// Since when the owner wants it shown as unread, Unix milliseconds.
    pub marked_unread_at: Option<i64>,
}

impl Session {
    /// Whether there is something that the owner has not read.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        let read_at = self.read_at.unwrap_or(self.created_at);
        self.marked_unread_at.is_some() || self.heard_at.is_some_and(|at| at > read_at)
    }
}

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Part of key, label or title, in any case.
    pub search: Option<String>,
    /// Exactly this label.
    pub label: Option<String>,
    /// Only those that are put away, or only those that are not.
    pub archived: Option<bool>,
    /// Pinned ones before all others.
    pub pinned_first: bool,
    /// Sessions to skip.
    pub offset: i64,
    /// Most sessions to give.
    pub limit: i64,
}

const COLUMNS: &str = "key, session_id, label, title, preview, created_at, updated_at, started_at, ended_at, last_run_id, status, channel, pinned_at, archived_at, heard_at, read_at, marked_unread_at";

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
        status: row
            .try_get::<Option<&str>, _>(10)?
            .map(InputState::parse)
            .transpose()?,
        channel: row.try_get(11)?,
        pinned_at: row.try_get(12)?,
        archived_at: row.try_get(13)?,
        heard_at: row.try_get(14)?,
        read_at: row.try_get(15)?,
        marked_unread_at: row.try_get(16)?,
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
            .fetch_optional(&self.reads)
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
            tx.abandon().await?;
            return Ok(None);
        }
        let session = ensure(&mut tx, key, label, now).await?;
        tx.commit().await?;
        Ok(Some(session))
    }

    /// Sessions, the last changed first, and how many match in all. A search for
    /// less than three letters, or for what more than a thousand sessions have,
    /// looks at the newest ten thousand.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn sessions(&self, filter: &SessionFilter) -> Result<(Vec<Session>, i64)> {
        let Among { table, text } = match &filter.search {
            Some(text) => self.among(text).await?,
            None => Among::all(),
        };
        let put_away = match filter.archived {
            Some(true) => "(archived_at IS NOT NULL) = 1",
            Some(false) => "(archived_at IS NOT NULL) = 0",
            None => "true",
        };
        let matches = format!("(?2 IS NULL OR label = ?2) AND {put_away}");
        let count = format!("SELECT count(*) FROM {table} WHERE {matches}");
        let total: i64 = sqlx::query(sqlx::AssertSqlSafe(count))
            .bind(&text)
            .bind(filter.label.as_deref())
            .fetch_one(&self.reads)
            .await?
            .try_get(0)?;
        let first = if filter.pinned_first {
            "pinned_at IS NULL,"
        } else {
            ""
        };
        let list = format!(
            "SELECT {COLUMNS} FROM {table} WHERE {matches} ORDER BY {first} updated_at DESC, key LIMIT ?3 OFFSET ?4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(&text)
            .bind(filter.label.as_deref())
            .bind(filter.limit)
            .bind(filter.offset)
            .fetch_all(&self.reads)
            .await?;
        let sessions = rows.iter().map(session).collect::<Result<_>>()?;
        Ok((sessions, total))
    }
}

pub(super) async fn ensure(
    tx: &mut SqliteConnection,
    key: &str,
    label: Option<&str>,
    now: i64,
) -> Result<Session> {
    make(tx, key, label, now).await?;
    find(tx, key).await?.ok_or(sqlx::Error::RowNotFound.into())
}

/// Makes a session unless it is there.
pub(super) async fn make(
    tx: &mut SqliteConnection,
    key: &str,
    label: Option<&str>,
    now: i64,
) -> Result<()> {
    sqlx::query("INSERT INTO sessions (key, session_id, label, created_at, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING")
        .bind(key)
        .bind(ids::uuid())
        .bind(label)
        .bind(now)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut SqliteConnection, key: &str) -> Result<Option<Session>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM sessions WHERE key = ?"));
    let row = sqlx::query(sql).bind(key).fetch_optional(&mut *tx).await?;
    row.as_ref().map(session).transpose()
}
