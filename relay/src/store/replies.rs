//! Answers that are on their way to people: kept with the end of their run, and
//! until their channel has taken them.

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::entry::Entry;
use super::inputs::{Input, corrupt};
use super::{Result, Store};
use crate::account::Account;

/// The key under which the answer to an input is sent.
#[must_use]
pub fn key_of_reply(input: &str) -> String {
    format!("reply:{input}")
}

/// An answer that its channel has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// The idempotency key of what it answers.
    pub input: String,
    /// Registry name of the channel.
    pub channel: String,
    /// The account that it leaves by.
    pub account: Account,
    /// Whom it is for, in the words of the channel.
    pub target: String,
    /// The words.
    pub text: String,
}

impl Store {
    /// Answers on their way, in the order of their ends: at most `limit` of each
    /// account, the oldest one for each target before anybody's second.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn replies(&self, limit: i64) -> Result<Vec<StoredReply>> {
        let rows = sqlx::query(
            "SELECT input, channel, target, text, account FROM (
                 SELECT *, row_number() OVER (PARTITION BY channel, account ORDER BY turn, position) AS place FROM (
                     SELECT *, row_number() OVER (PARTITION BY channel, account, target ORDER BY position) AS turn
                     FROM replies
                 )
             ) WHERE place <= ? ORDER BY position",
        )
        .bind(limit)
        .fetch_all(&self.reads)
        .await?;
        let reply = |row: &sqlx::sqlite::SqliteRow| {
            let account: &str = row.try_get(4)?;
            Ok(StoredReply {
                input: row.try_get(0)?,
                channel: row.try_get(1)?,
                account: Account::read(account).map_err(|_| corrupt("replies.account", account))?,
                target: row.try_get(2)?,
                text: row.try_get(3)?,
            })
        };
        rows.iter().map(reply).collect()
    }

    /// Forgets an answer that is on its way no longer.
    ///
    /// # Errors
    /// SQLite refuses: it is still on its way.
    pub async fn drop_reply(&self, input: &str) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM replies WHERE input = ?")
            .bind(input)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}

/// Sends the answer to an input on its way, where the relay is to send it.
pub(super) async fn keep(tx: &mut SqliteConnection, input: &Input, entry: &Entry) -> Result<()> {
    let Some(origin) = &input.origin else {
        return Ok(());
    };
    let (Some(target), Entry::Answer { text, .. }) = (&origin.answer_to, entry) else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO replies (input, channel, target, text, account) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&input.key)
    .bind(&origin.channel)
    .bind(target)
    .bind(text)
    .bind(origin.account.as_str())
    .execute(&mut *tx)
    .await?;
    Ok(())
}
