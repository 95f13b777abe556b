//! People and groups that wrote on channels that strangers reach.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store, StoreError};

/// Most visitors of one channel that wait for the owner. Whoever comes then is
/// not remembered, and not told a code.
const MOST_WAITING: i64 = 500;

/// What the owner decided about a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// They are answered.
    Allowed,
    /// They are not.
    Denied,
}

impl Decision {
    fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}

/// A person or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVisitor {
    /// Registry name of the channel.
    pub channel: String,
    /// Identity within the channel.
    pub id: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// What they were told to tell the owner; `None` for one whom the owner named
    /// first.
    pub code: Option<String>,
    /// What the owner decided; `None` while they wait.
    pub decision: Option<Decision>,
    /// When they first wrote, or were named, in Unix milliseconds.
    pub met_at: i64,
}

const COLUMNS: &str = "channel, id, name, code, decision, met_at";

fn visitor(row: &SqliteRow) -> Result<StoredVisitor> {
    let decision: Option<String> = row.try_get(4)?;
    Ok(StoredVisitor {
        channel: row.try_get(0)?,
        id: row.try_get(1)?,
        name: row.try_get(2)?,
        code: row.try_get(3)?,
        decision: match decision.as_deref() {
            None => None,
            Some("allowed") => Some(Decision::Allowed),
            Some("denied") => Some(Decision::Denied),
            Some(other) => {
                return Err(StoreError::Corrupt {
                    what: "visitors.decision",
                    detail: other.to_owned(),
                });
            }
        },
        met_at: row.try_get(5)?,
    })
}

impl Store {
    /// A visitor, if they ever wrote or were named.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged.
    pub async fn visitor(&self, channel: &str, id: &str) -> Result<Option<StoredVisitor>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM visitors WHERE channel = ? AND id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(channel)
            .bind(id)
            .fetch_optional(&self.reads)
            .await?;
        row.as_ref().map(visitor).transpose()
    }

    /// All visitors, those who wait first, the newest first.
    ///
    /// # Errors
    /// SQLite refuses, or a row is damaged.
    pub async fn visitors(&self) -> Result<Vec<StoredVisitor>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM visitors ORDER BY decision IS NOT NULL, met_at DESC, channel, id"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.reads).await?;
        rows.iter().map(visitor).collect()
    }

    /// Remembers a visitor who waits for the owner. `false`: they are remembered
    /// already, or too many wait.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn meet_visitor(
        &self,
        channel: &str,
        id: &str,
        name: Option<&str>,
        code: &str,
        now: i64,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO visitors (channel, id, name, code, met_at) SELECT ?1, ?2, ?3, ?4, ?5
             WHERE (SELECT count(*) FROM visitors WHERE channel = ?1 AND decision IS NULL) < ?6
             ON CONFLICT (channel, id) DO NOTHING",
        )
        .bind(channel)
        .bind(id)
        .bind(name)
        .bind(code)
        .bind(now)
        .bind(MOST_WAITING)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps what the owner decided, also about somebody who never wrote.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn decide_visitor(
        &self,
        channel: &str,
        id: &str,
        decision: Decision,
        now: i64,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO visitors (channel, id, decision, met_at, decided_at) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (channel, id) DO UPDATE SET decision = ?3, decided_at = ?4",
        )
        .bind(channel)
        .bind(id)
        .bind(decision.as_str())
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }
}
