//! People and groups that wrote on channels that strangers reach.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::inputs::corrupt;
use super::{Result, Store};
use crate::account::{Account, Via};

/// Most visitors of one account that wait for the owner. Whoever comes then is
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
    /// The account that they wrote to.
    pub account: Account,
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

const COLUMNS: &str = "channel, id, name, code, decision, met_at, account";

fn visitor(row: &SqliteRow) -> Result<StoredVisitor> {
    let decision: Option<&str> = row.try_get(4)?;
    let account: &str = row.try_get(6)?;
    Ok(StoredVisitor {
        channel: row.try_get(0)?,
        account: Account::read(account).map_err(|_| corrupt("visitors.account", account))?,
        id: row.try_get(1)?,
        name: row.try_get(2)?,
        code: row.try_get(3)?,
        decision: match decision {
            None => None,
            Some("allowed") => Some(Decision::Allowed),
            Some("denied") => Some(Decision::Denied),
            Some(other) => return Err(corrupt("visitors.decision", other)),
        },
        met_at: row.try_get(5)?,
    })
}

impl Store {
    /// A visitor, if they ever wrote or were named.
    ///
    /// # Errors
    /// SQLite refuses, or the row is damaged.
    pub async fn visitor(&self, via: &Via, id: &str) -> Result<Option<StoredVisitor>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM visitors WHERE channel = ? AND account = ? AND id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(&via.channel)
            .bind(via.account.as_str())
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
            "SELECT {COLUMNS} FROM visitors ORDER BY decision IS NOT NULL, met_at DESC, channel, account, id"
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
        via: &Via,
        id: &str,
        name: Option<&str>,
        code: &str,
        now: i64,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO visitors (channel, id, name, code, met_at, account) SELECT ?1, ?2, ?3, ?4, ?5, ?7
             WHERE (SELECT count(*) FROM visitors WHERE channel = ?1 AND account = ?7 AND decision IS NULL) < ?6
             ON CONFLICT (channel, account, id) DO NOTHING",
        )
        .bind(&via.channel)
        .bind(id)
        .bind(name)
        .bind(code)
        .bind(now)
        .bind(MOST_WAITING)
        .bind(via.account.as_str())
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
        via: &Via,
        id: &str,
        decision: Decision,
        now: i64,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO visitors (channel, id, decision, met_at, decided_at, account) VALUES (?1, ?2, ?3, ?4, ?4, ?5)
             ON CONFLICT (channel, account, id) DO UPDATE SET decision = ?3, decided_at = ?4",
        )
        .bind(&via.channel)
        .bind(id)
        .bind(decision.as_str())
        .bind(now)
        .bind(via.account.as_str())
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }
}
