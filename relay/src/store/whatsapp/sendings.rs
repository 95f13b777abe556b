//! Messages that go out. Each has its id before the first attempt, so that what
//! WhatsApp says of it later settles it.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::Result;
use super::super::batch::Shared;
use super::super::inputs::corrupt;
use super::Whatsapp;

/// How far a message that goes out has come. A later one never takes an earlier
/// one's place back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SendState {
    /// It waits for its turn.
    Queued,
    /// The bridge was asked to send it; no word of it yet.
    Asked,
    /// It may have been sent. It is not sent again by itself.
    Unknown,
    /// It was handed to WhatsApp.
    Sent,
    /// It was not sent, and will not be.
    Failed,
    /// WhatsApp took it.
    Accepted,
    /// It is on somebody's phone.
    Delivered,
    /// Somebody read it.
    Read,
    /// Somebody heard it.
    Played,
}

impl SendState {
    const ALL: [Self; 9] = [
        Self::Queued,
        Self::Asked,
        Self::Unknown,
        Self::Sent,
        Self::Failed,
        Self::Accepted,
        Self::Delivered,
        Self::Read,
        Self::Played,
    ];

    /// Its word in the store and in every report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Asked => "asked",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| corrupt("whatsapp_sendings.state", text))
    }
}

/// A message that is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSending {
    /// The id that WhatsApp will know it by.
    pub message_id: String,
    /// The conversation.
    pub chat: String,
    /// The session of the conversation.
    pub session: String,
    /// The key of what it answers.
    pub answers: Option<String>,
    /// Whether nobody in the conversation ever wrote.
    pub is_cold: bool,
    /// What it says, in words of the channel.
    pub content: String,
}

/// A message that goes out. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// See [`NewSending::message_id`].
    pub message_id: String,
    /// See [`NewSending::chat`].
    pub chat: String,
    /// See [`NewSending::session`].
    pub session: String,
    /// See [`NewSending::is_cold`].
    pub is_cold: bool,
    /// See [`NewSending::content`].
    pub content: String,
    /// How far it has come.
    pub state: SendState,
    /// Why it failed.
    pub error: Option<String>,
    /// When it came.
    pub queued_at: i64,
    /// When the bridge was last asked to send it.
    pub asked_at: Option<i64>,
}

/// What became of a message that asked to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It waits for its turn.
    New,
    /// This key with this content came before; the id of its first part.
    Known(String),
    /// This key was used for something else.
    Conflict,
}

const COLUMNS: &str =
    "message_id, chat, is_cold, content, state, error, queued_at, asked_at, session";

fn sending(row: &SqliteRow) -> Result<Sending> {
    Ok(Sending {
        message_id: row.try_get(0)?,
        chat: row.try_get(1)?,
        is_cold: row.try_get(2)?,
        content: row.try_get(3)?,
        state: SendState::parse(row.try_get(4)?)?,
        error: row.try_get(5)?,
        queued_at: row.try_get(6)?,
        asked_at: row.try_get(7)?,
        session: row.try_get(8)?,
    })
}

impl Whatsapp {
    /// Keeps the parts of a message that is to go out, once for each key, whatever
    /// account it was for. `digest` is over what must be equal in a repeat.
    ///
    /// # Errors
    /// SQLite refuses: nothing is kept.
    pub async fn queue_sendings(
        &self,
        key: &str,
        digest: [u8; 32],
        parts: &[NewSending],
        now: i64,
    ) -> Result<Settlement> {
        let of = self.of();
        let queue = |mut tx: Shared| async move {
            let known = sqlx::query("SELECT digest, message_id FROM whatsapp_sendings WHERE key = ? ORDER BY part LIMIT 1")
                .bind(key)
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(known) = known {
                let same: &[u8] = known.try_get(0)?;
                let settlement = if same == digest {
                    Settlement::Known(known.try_get(1)?)
                } else {
                    Settlement::Conflict
                };
                return Ok((settlement, tx));
            }
            for (part, one) in (0_i64..).zip(parts) {
                sqlx::query(
                    "INSERT INTO whatsapp_sendings (key, part, digest, message_id, chat, session, answers, is_cold, content, state, queued_at, account)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
                )
                .bind(key)
                .bind(part)
                .bind(&digest[..])
                .bind(&one.message_id)
                .bind(&one.chat)
                .bind(&one.session)
                .bind(&one.answers)
                .bind(one.is_cold)
                .bind(&one.content)
                .bind(now)
                .bind(of)
                .execute(&mut *tx)
                .await?;
            }
            Ok((Settlement::New, tx))
        };
        self.store.writer.together(queue).await
    }

    /// The id of the first part of a message that came before, and whether it has
    /// this content; `None` for a key that is new.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn known_sending(&self, key: &str, digest: [u8; 32]) -> Result<Option<Settlement>> {
        let known = sqlx::query(
            "SELECT digest, message_id FROM whatsapp_sendings WHERE key = ? ORDER BY part LIMIT 1",
        )
        .bind(key)
        .fetch_optional(&self.store.reads)
        .await?;
        let Some(known) = known else { return Ok(None) };
        let same: &[u8] = known.try_get(0)?;
        Ok(Some(if same == digest {
            Settlement::Known(known.try_get(1)?)
        } else {
            Settlement::Conflict
        }))
    }

    /// What waits for its turn or for a word of the bridge, in order; of what is
    /// unknown only what was tried since a moment, in Unix milliseconds.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn open_sendings(&self, since: i64) -> Result<Vec<Sending>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_sendings WHERE account = ? AND state IN ('queued', 'asked', 'unknown')
                 AND (state <> 'unknown' OR coalesce(asked_at, queued_at) >= ?) ORDER BY position"
        ));
        let rows = sqlx::query(sql)
            .bind(self.of())
            .bind(since)
            .fetch_all(&self.store.reads)
            .await?;
        rows.iter().map(sending).collect()
    }

    /// A message by the id that WhatsApp knows it by.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn sending(&self, message_id: &str) -> Result<Option<Sending>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_sendings WHERE account = ? AND message_id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(self.of())
            .bind(message_id)
            .fetch_optional(&self.store.reads)
            .await?;
        row.as_ref().map(sending).transpose()
    }

    /// The newest messages that went out into a chat since a moment, the newest
    /// first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn sendings_since(&self, chat: &str, since: i64) -> Result<Vec<Sending>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_sendings WHERE account = ? AND chat = ? AND queued_at >= ? ORDER BY position DESC LIMIT 200"
        ));
        let rows = sqlx::query(sql)
            .bind(self.of())
            .bind(chat)
            .bind(since)
            .fetch_all(&self.store.reads)
            .await?;
        rows.iter().map(sending).collect()
    }

    /// Writes down how far a message has come; gives it where that is news. It
    /// never goes back, but from asked to queued when nothing was sent.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn advance_sending(
        &self,
        message_id: &str,
        state: SendState,
        error: Option<&str>,
        now: i64,
    ) -> Result<Option<Sending>> {
        let mut tx = self.store.write().await?;
        let known =
            sqlx::query("SELECT state FROM whatsapp_sendings WHERE account = ? AND message_id = ?")
                .bind(self.of())
                .bind(message_id)
                .fetch_optional(&mut *tx)
                .await?;
        let was = match known {
            Some(row) => SendState::parse(row.try_get(0)?)?,
            None => {
                tx.abandon().await?;
                return Ok(None);
            }
        };
        let is_given_back = was == SendState::Asked && state == SendState::Queued;
        if state <= was && !is_given_back {
            tx.abandon().await?;
            return Ok(None);
        }
        let sql = sqlx::AssertSqlSafe(format!(
            "UPDATE whatsapp_sendings SET state = ?1, error = ?2,
                 asked_at = iif(?1 = 'asked', ?3, asked_at) WHERE message_id = ?4 RETURNING {COLUMNS}"
        ));
        let row = sqlx::query(sql)
            .bind(state.as_str())
            .bind(error)
            .bind(now)
            .bind(message_id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        sending(&row).map(Some)
    }

    /// Takes back what waits for its turn and answers this key; gives that.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn take_back_sendings(&self, answers: &str, why: &str) -> Result<Vec<Sending>> {
        self.take_back("answers = ?2", answers, why).await
    }

    /// Takes back all answers that wait for their turn in a chat; gives them.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn take_back_answers(&self, chat: &str, why: &str) -> Result<Vec<Sending>> {
        self.take_back("chat = ?2 AND answers IS NOT NULL", chat, why)
            .await
    }

    async fn take_back(&self, which: &'static str, of: &str, why: &str) -> Result<Vec<Sending>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "UPDATE whatsapp_sendings SET state = 'failed', error = ?1 WHERE account = ?3 AND {which} AND state = 'queued' RETURNING {COLUMNS}"
        ));
        let mut tx = self.store.write().await?;
        let rows = sqlx::query(sql)
            .bind(why)
            .bind(of)
            .bind(self.of())
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        rows.iter().map(sending).collect()
    }
}

/// Drops the words of what went out before a moment, but of what still waits.
pub(in super::super) async fn drop_words_before(
    tx: &mut SqliteConnection,
    before: i64,
) -> Result<()> {
    sqlx::query("UPDATE whatsapp_sendings SET content = '' WHERE content <> '' AND queued_at < ? AND state NOT IN ('queued', 'asked')")
        .bind(before)
        .execute(tx)
        .await?;
    Ok(())
}

/// Drops the words of all that went out in a session; what waits goes no more.
pub(in super::super) async fn forget_words(tx: &mut SqliteConnection, session: &str) -> Result<()> {
    sqlx::query(
        "UPDATE whatsapp_sendings SET content = '', error = iif(state = 'queued', 'its session was deleted', error),
             state = iif(state = 'queued', 'failed', state) WHERE session = ?",
    )
    .bind(session)
    .execute(tx)
    .await?;
    Ok(())
}
