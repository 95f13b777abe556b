//! Answers and messages whose recipient had gone: they wait for the next time that
//! it comes. Only who and which is kept here; the words are in the transcript.

use sqlx::Row as _;

use super::{Result, Store};

/// Most that waits for one recipient; the oldest make room.
const MAX_EACH: i64 = 100;
/// Most that waits in all; the oldest make room.
const MAX_ALL: i64 = 100_000;

/// Something that waits for its recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Registry name of the channel.
    pub channel: String,
    /// Whom it is for, in the words of the channel.
    pub recipient: String,
    /// The idempotency key of the input that it belongs to.
    pub key: String,
    /// What the recipient knows the message by.
    pub message_id: String,
}

impl Store {
    /// Keeps something for a recipient. What is kept already stays as it is.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn keep(&self, kept: &[Kept]) -> Result<()> {
        if kept.is_empty() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        for one in kept {
            sqlx::query("INSERT INTO kept (channel, recipient, key, message_id) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING")
                .bind(&one.channel)
                .bind(&one.recipient)
                .bind(&one.key)
                .bind(&one.message_id)
                .execute(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM kept WHERE channel = ? AND recipient = ? AND position NOT IN (SELECT position FROM kept WHERE channel = ? AND recipient = ? ORDER BY position DESC LIMIT ?)")
                .bind(&one.channel)
                .bind(&one.recipient)
                .bind(&one.channel)
                .bind(&one.recipient)
                .bind(MAX_EACH)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("DELETE FROM kept WHERE position <= (SELECT max(position) FROM kept) - ?")
            .bind(MAX_ALL)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes out what waits for a recipient, the oldest first: nobody else gets
    /// it any more.
    ///
    /// # Errors
    /// SQLite refuses: it still waits.
    pub async fn take_kept(&self, channel: &str, recipient: &str) -> Result<Vec<Kept>> {
        let rows = sqlx::query("SELECT key, message_id FROM kept WHERE channel = ? AND recipient = ? ORDER BY position")
            .bind(channel)
            .bind(recipient)
            .fetch_all(&self.reads)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.write().await?;
        let mut taken = Vec::with_capacity(rows.len());
        for row in &rows {
            let key: String = row.try_get(0)?;
            // Another may have taken it meanwhile.
            let gone = sqlx::query("DELETE FROM kept WHERE key = ?")
                .bind(&key)
                .execute(&mut *tx)
                .await?;
            if gone.rows_affected() == 1 {
                taken.push(Kept {
                    channel: channel.to_owned(),
                    recipient: recipient.to_owned(),
                    key,
                    message_id: row.try_get(1)?,
                });
            }
        }
        tx.commit().await?;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(recipient: &str, key: &str) -> Kept {
        Kept {
            channel: "chat".to_owned(),
            recipient: recipient.to_owned(),
            key: key.to_owned(),
            message_id: format!("m{key}"),
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_handed_over_once_in_order_and_to_its_recipient() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let all = [kept("a", "1"), kept("A", "2"), kept("a", "3")];
        store.keep(&all).await.unwrap();
        store.keep(&all).await.unwrap();
        let taken = store.take_kept("chat", "a").await.unwrap();
        assert_eq!(taken, [kept("a", "1"), kept("a", "3")]);
        assert_eq!(store.take_kept("chat", "a").await.unwrap(), []);
        assert_eq!(store.take_kept("hub", "A").await.unwrap(), []);
        assert_eq!(
            store.take_kept("chat", "A").await.unwrap(),
            [kept("A", "2")]
        );
    }

    #[tokio::test]
    async fn the_oldest_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let many: Vec<Kept> = (0..=MAX_EACH).map(|n| kept("a", &n.to_string())).collect();
        store.keep(&many).await.unwrap();
        assert_eq!(store.take_kept("chat", "a").await.unwrap(), many[1..]);
    }
}
