//! What came, by the id that WhatsApp gave it: kept before it is dealt with, and
//! dealt with once.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::super::Result;
use super::super::batch::Shared;
use super::super::inputs::corrupt;
use super::Whatsapp;

/// Stands for an author whom nobody knows.
pub const UNKNOWN: &str = "unknown";

/// Something that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArrival {
    /// The conversation.
    pub chat: String,
    /// The id that WhatsApp gave it.
    pub id: String,
    /// Its idempotency key here.
    pub key: String,
    /// The conversation of whoever wrote it, or [`UNKNOWN`].
    pub author: String,
    /// What it says, in words of the channel.
    pub came: String,
    /// When, Unix milliseconds.
    pub came_at: i64,
    /// Whether it stands for a message that may still come under its id.
    pub is_placeholder: bool,
    /// The message that it takes back, if its author wrote that one.
    pub revokes: Option<String>,
}

/// What became of something that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// An agent answers it.
    Answered,
    /// It is shown, and not answered.
    Listed,
    /// It stands for a message that may still come.
    Placeholder,
    /// It did something to another message, or to nothing.
    Done,
}

impl Fate {
    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Listed => "listed",
            Self::Placeholder => "placeholder",
            Self::Done => "done",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "answered" => Ok(Self::Answered),
            "listed" => Ok(Self::Listed),
            "placeholder" => Ok(Self::Placeholder),
            "done" => Ok(Self::Done),
            other => Err(corrupt("whatsapp_messages.fate", other)),
        }
    }
}

/// Something that came and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The conversation.
    pub chat: String,
    /// The id that WhatsApp gave it.
    pub id: String,
    /// Its idempotency key here.
    pub key: String,
    /// The conversation of whoever wrote it.
    pub author: String,
    /// What it says, until it is dealt with.
    pub came: Option<String>,
    /// When it first came, Unix milliseconds.
    pub came_at: i64,
    /// What became of it, also of a placeholder that a message took the place of.
    pub fate: Option<Fate>,
    /// Whether its author took it back.
    pub is_revoked: bool,
}

const COLUMNS: &str = "chat, id, key, author, came, fate, is_revoked, came_at";

fn arrived(row: &SqliteRow) -> Result<Arrived> {
    Ok(Arrived {
        chat: row.try_get(0)?,
        id: row.try_get(1)?,
        key: row.try_get(2)?,
        author: row.try_get(3)?,
        came: row.try_get(4)?,
        fate: row
            .try_get::<Option<&str>, _>(5)?
            .map(Fate::parse)
            .transpose()?,
        is_revoked: row.try_get(6)?,
        came_at: row.try_get(7)?,
    })
}

impl Whatsapp {
    /// Keeps what came, in its order; gives how much of it is new. What came
    /// before changes nothing, but a message takes the place of a placeholder of
    /// the same author.
    ///
    /// # Errors
    /// SQLite refuses: nothing is kept.
    pub async fn keep_arrivals(&self, all: &[NewArrival]) -> Result<u64> {
        let of = self.of();
        let keep = |mut tx: Shared| async move {
            let mut kept = 0;
            for one in all {
                let done = sqlx::query(
                    "INSERT INTO whatsapp_messages (chat, id, key, author, came, came_at, fate, account)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(?7, 'placeholder', NULL), ?9)
                     ON CONFLICT (account, chat, id) DO UPDATE SET came = excluded.came, author = excluded.author
                     WHERE fate = 'placeholder' AND NOT ?7 AND author IN (excluded.author, ?8)",
                )
                .bind(&one.chat)
                .bind(&one.id)
                .bind(&one.key)
                .bind(&one.author)
                .bind(&one.came)
                .bind(one.came_at)
                .bind(one.is_placeholder)
                .bind(UNKNOWN)
                .bind(of)
                .execute(&mut *tx)
                .await?;
                kept += done.rows_affected();
                if let Some(target) = &one.revokes {
                    sqlx::query("UPDATE whatsapp_messages SET is_revoked = 1 WHERE account = ? AND chat = ? AND id = ? AND author = ?")
                        .bind(of)
                        .bind(&one.chat)
                        .bind(target)
                        .bind(&one.author)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            Ok((kept, tx))
        };
        self.store.writer.together(keep).await
    }

    /// Chats in which something waits to be dealt with, in the order of arrival.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn chats_with_arrivals(&self) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT chat FROM whatsapp_messages WHERE account = ? AND came IS NOT NULL
             GROUP BY chat ORDER BY min(position)",
        )
        .bind(self.of())
        .fetch_all(&self.store.reads)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// What waits to be dealt with in a chat, in the order of arrival.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn waiting_arrivals(&self, chat: &str, limit: i64) -> Result<Vec<Arrived>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_messages WHERE account = ? AND chat = ? AND came IS NOT NULL ORDER BY position LIMIT ?"
        ));
        let rows = sqlx::query(sql)
            .bind(self.of())
            .bind(chat)
            .bind(limit)
            .fetch_all(&self.store.reads)
            .await?;
        rows.iter().map(arrived).collect()
    }

    /// Something that came, by the id that WhatsApp gave it.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn arrival(&self, chat: &str, id: &str) -> Result<Option<Arrived>> {
        self.arrival_where("chat = ?2 AND id = ?3", chat, id).await
    }

    /// Something that came, by its key.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn arrival_of_key(&self, key: &str) -> Result<Option<Arrived>> {
        self.arrival_where("key = ?2 OR key = ?3", key, key).await
    }

    async fn arrival_where(
        &self,
        which: &'static str,
        one: &str,
        two: &str,
    ) -> Result<Option<Arrived>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_messages WHERE account = ?1 AND ({which})"
        ));
        let row = sqlx::query(sql)
            .bind(self.of())
            .bind(one)
            .bind(two)
            .fetch_optional(&self.store.reads)
            .await?;
        row.as_ref().map(arrived).transpose()
    }

    /// Ends the dealing with something that came, and with all that are parts of
    /// it; their words go. What took its place meanwhile still waits.
    ///
    /// # Errors
    /// SQLite refuses: all of it still waits.
    pub async fn settle_arrival(
        &self,
        one: &Arrived,
        fate: Fate,
        parts: &[Arrived],
        now: i64,
    ) -> Result<()> {
        let settle = |mut tx: Shared| async move {
            let parts = parts.iter().map(|part| (part, Fate::Done));
            for (one, fate) in parts.chain([(one, fate)]) {
                sqlx::query(
                    "UPDATE whatsapp_messages SET came = NULL, fate = ?, dealt_at = ? WHERE key = ? AND came = ?",
                )
                .bind(fate.as_str())
                .bind(now)
                .bind(&one.key)
                .bind(&one.came)
                .execute(&mut *tx)
                .await?;
            }
            Ok(((), tx))
        };
        self.store.writer.together(settle).await
    }

    /// How many messages of a chat agents answered since a moment, in Unix
    /// milliseconds.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn answered_since(&self, chat: &str, since: i64) -> Result<i64> {
        let row = sqlx::query(
            "SELECT count(*) FROM whatsapp_messages WHERE account = ? AND chat = ? AND fate = 'answered' AND dealt_at >= ?",
        )
        .bind(self.of())
        .bind(chat)
        .bind(since)
        .fetch_one(&self.store.reads)
        .await?;
        Ok(row.try_get(0)?)
    }
}
