//! Chats: what the relay remembers of each.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::super::{Result, Store};

/// A chat. Times are Unix milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chat {
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

const COLUMNS: &str = "chat, name, expiration, heard_at, paused_at, pause";

fn chat(row: &SqliteRow) -> Result<Chat> {
    let expiration: i64 = row.try_get(2)?;
    Ok(Chat {
        chat: row.try_get(0)?,
        name: row.try_get(1)?,
        expiration: u32::try_from(expiration).unwrap_or(0),
        heard_at: row.try_get(3)?,
        paused_at: row.try_get(4)?,
        pause: row.try_get(5)?,
    })
}

impl Store {
    /// A chat; as a new one where nothing is known of it.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn whatsapp_chat(&self, conversation: &str) -> Result<Chat> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_chats WHERE chat = ?"
        ));
        let row = sqlx::query(sql)
            .bind(conversation)
            .fetch_optional(&self.reads)
            .await?;
        let known = row.as_ref().map(chat).transpose()?;
        Ok(known.unwrap_or_else(|| Chat {
            chat: conversation.to_owned(),
            ..Chat::default()
        }))
    }

    /// All chats, the one that was heard of last first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn whatsapp_chats(&self) -> Result<Vec<Chat>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_chats ORDER BY heard_at DESC, chat"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.reads).await?;
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
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO whatsapp_chats (chat, name, expiration, heard_at) VALUES (?1, ?2, coalesce(?3, 0), ?4)
             ON CONFLICT (chat) DO UPDATE SET name = coalesce(?2, name),
                 expiration = coalesce(?3, expiration), heard_at = coalesce(?4, heard_at)",
        )
        .bind(conversation)
        .bind(name)
        .bind(expiration)
        .bind(heard_at)
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
        let mut tx = self.write().await?;
        let (why, since) = pause.unzip();
        let done = sqlx::query(
            "INSERT INTO whatsapp_chats (chat, pause, paused_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (chat) DO UPDATE SET pause = ?2, paused_at = ?3
             WHERE (pause IS NULL) <> (?2 IS NULL)",
        )
        .bind(conversation)
        .bind(why)
        .bind(since)
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
        let row = sqlx::query("SELECT max(since) FROM whatsapp_restriction")
            .fetch_one(&self.reads)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Stops messages to people who never wrote.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn stop_cold_sends(&self, now: i64) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM whatsapp_restriction")
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO whatsapp_restriction (since) VALUES (?)")
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
