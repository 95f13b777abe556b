//! Chats: what the relay remembers of each.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::super::inputs::corrupt;
use super::super::{Result, Store};
use super::Whatsapp;
use crate::account::Account;

/// A chat. Times are Unix milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chat {
    /// Whose chat it is.
    pub account: Account,
    /// Its conversation.
    pub chat: String,
    /// Its title.
    pub name: Option<String>,
    /// After how many seconds its messages disappear; 0 for never.
    pub expiration: u32,
    /// When somebody else last wrote in it.
    pub heard_at: Option<i64>,
    /// Since when no agent answers in it.
    pub paused_at: Option<i64>,
    /// Why not.
    pub pause: Option<String>,
}

const COLUMNS: &str = "chat, name, expiration, heard_at, paused_at, pause, account";

fn chat(row: &SqliteRow) -> Result<Chat> {
    let expiration: i64 = row.try_get(2)?;
    let account: &str = row.try_get(6)?;
    Ok(Chat {
        account: Account::read(account).map_err(|_| corrupt("whatsapp_chats.account", account))?,
        chat: row.try_get(0)?,
        name: row.try_get(1)?,
        expiration: u32::try_from(expiration).unwrap_or(0),
        heard_at: row.try_get(3)?,
        paused_at: row.try_get(4)?,
        pause: row.try_get(5)?,
    })
}

impl Store {
    /// The chats of all accounts in which no agent answers, the one that was heard
    /// of last first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn paused_chats(&self) -> Result<Vec<Chat>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_chats WHERE pause IS NOT NULL ORDER BY heard_at DESC, account, chat"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.reads).await?;
        rows.iter().map(chat).collect()
    }
}

impl Whatsapp {
    /// A chat; as a new one where nothing is known of it.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn chat(&self, conversation: &str) -> Result<Chat> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_chats WHERE account = ? AND chat = ?"
        ));
        let row = sqlx::query(sql)
            .bind(self.of())
            .bind(conversation)
            .fetch_optional(&self.store.reads)
            .await?;
        let known = row.as_ref().map(chat).transpose()?;
        Ok(known.unwrap_or_else(|| Chat {
            account: self.account().clone(),
            chat: conversation.to_owned(),
            ..Chat::default()
        }))
    }

    /// All chats, the one that was heard of last first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn chats(&self) -> Result<Vec<Chat>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_chats WHERE account = ? ORDER BY heard_at DESC, chat"
        ));
        let rows = sqlx::query(sql)
            .bind(self.of())
            .fetch_all(&self.store.reads)
            .await?;
        rows.iter().map(chat).collect()
    }

    /// Keeps what is known of a chat; what is `None` stays as it is.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn describe_chat(
        &self,
        conversation: &str,
        name: Option<&str>,
        expiration: Option<u32>,
        heard_at: Option<i64>,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        sqlx::query(
            "INSERT INTO whatsapp_chats (chat, name, expiration, heard_at, account) VALUES (?1, ?2, coalesce(?3, 0), ?4, ?5)
             ON CONFLICT (account, chat) DO UPDATE SET name = coalesce(?2, name),
                 expiration = coalesce(?3, expiration), heard_at = coalesce(?4, heard_at)",
        )
        .bind(conversation)
        .bind(name)
        .bind(expiration)
        .bind(heard_at)
        .bind(self.of())
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Lets no agent answer in a chat from a moment on, or lets them again. Gives
    /// whether that is something new.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn pause_chat(&self, conversation: &str, pause: Option<(&str, i64)>) -> Result<bool> {
        let mut tx = self.store.write().await?;
        let (why, since) = pause.unzip();
        let done = sqlx::query(
            "INSERT INTO whatsapp_chats (chat, pause, paused_at, account) SELECT ?1, ?2, ?3, ?4
             WHERE ?2 IS NOT NULL OR EXISTS (SELECT 1 FROM whatsapp_chats WHERE account = ?4 AND chat = ?1)
             ON CONFLICT (account, chat) DO UPDATE SET pause = ?2, paused_at = ?3
             WHERE (pause IS NULL) <> (?2 IS NULL)",
        )
        .bind(conversation)
        .bind(why)
        .bind(since)
        .bind(self.of())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Since when messages to people who never wrote are not sent, Unix
    /// milliseconds.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn cold_sends_stopped_at(&self) -> Result<Option<i64>> {
        let row = sqlx::query("SELECT max(since) FROM whatsapp_restriction WHERE account = ?")
            .bind(self.of())
            .fetch_one(&self.store.reads)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Stops messages to people who never wrote.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn stop_cold_sends(&self, now: i64) -> Result<()> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM whatsapp_restriction WHERE account = ?")
            .bind(self.of())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO whatsapp_restriction (since, account) VALUES (?, ?)")
            .bind(now)
            .bind(self.of())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
