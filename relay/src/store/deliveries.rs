//! What webhooks are to be told, until they heard it.

use std::collections::HashMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::write::Write;
use super::{Result, Store};

/// Something to deliver. A second one of its id is never kept while the first
/// is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Name of the webhook.
    pub webhook: String,
    /// Its identity for the receiver, the same in every repeat.
    pub id: String,
    /// What it tells, in one word.
    pub event: String,
    /// The trace that it belongs to.
    pub trace: String,
    /// What is sent.
    pub body: String,
    /// When it was told, Unix milliseconds.
    pub told_at: i64,
}

/// Something that was to be delivered. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What, to whom.
    pub new: NewDelivery,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again; when it ended, for one that is set aside.
    pub due_at: i64,
    /// Why it was not taken the last time.
    pub error: Option<String>,
}

/// How much may wait for one webhook.
#[derive(Debug, Clone, Copy)]
pub struct WaitingBounds {
    /// Deliveries.
    pub count: i64,
    /// Bytes of their bodies.
    pub bytes: i64,
}

/// How much there is of one webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryTotal {
    /// Deliveries that wait.
    pub waiting: i64,
    /// Bytes of their bodies.
    pub waiting_bytes: i64,
    /// Deliveries that were set aside.
    pub dead: i64,
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEnd {
    /// It was taken; only its id is remembered.
    Done,
    /// It is set aside.
    Dead,
}

impl DeliveryEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// How many are remembered of each webhook; older ones are forgotten.
    const fn remembered(self) -> i64 {
        match self {
            Self::Done => 1_000,
            Self::Dead => 100,
        }
    }
}

const COLUMNS: &str = "webhook, id, event, trace, body, told_at, attempts, due_at, error";

fn delivery(row: &SqliteRow) -> Result<Delivery> {
    Ok(Delivery {
        new: NewDelivery {
            webhook: row.try_get(0)?,
            id: row.try_get(1)?,
            event: row.try_get(2)?,
            trace: row.try_get(3)?,
            body: row.try_get(4)?,
            told_at: row.try_get(5)?,
        },
        attempts: row.try_get(6)?,
        due_at: row.try_get(7)?,
        error: row.try_get(8)?,
    })
}

impl Store {
    /// Keeps what is to be delivered; gives how many had no room, by webhook.
    ///
    /// # Errors
    /// SQLite refuses; nothing is kept then.
    pub async fn keep_deliveries(
        &self,
        all: &[NewDelivery],
        bounds: WaitingBounds,
    ) -> Result<HashMap<String, u64>> {
        let mut refused: HashMap<String, u64> = HashMap::new();
        let mut totals: HashMap<&str, DeliveryTotal> = HashMap::new();
        let mut tx = self.write().await?;
        for new in all {
            if !totals.contains_key(new.webhook.as_str()) {
                let total = waiting(&mut tx, &new.webhook).await?;
                totals.insert(&new.webhook, total);
            }
            let total = totals.entry(&new.webhook).or_default();
            let bytes = i64::try_from(new.body.len()).unwrap_or(i64::MAX);
            let is_full = total.waiting >= bounds.count
                || total.waiting_bytes.saturating_add(bytes) > bounds.bytes;
            if is_full {
                *refused.entry(new.webhook.clone()).or_default() += 1;
                continue;
            }
            let done = sqlx::query(
                "INSERT INTO deliveries (webhook, id, event, trace, body, bytes, told_at, due_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (webhook, id) DO NOTHING",
            )
            .bind(&new.webhook)
            .bind(&new.id)
            .bind(&new.event)
            .bind(&new.trace)
            .bind(&new.body)
            .bind(bytes)
            .bind(new.told_at)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() > 0 {
                total.waiting += 1;
                total.waiting_bytes += bytes;
            }
        }
        tx.commit().await?;
        Ok(refused)
    }

    /// What is to be delivered next, the longest due first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn next_deliveries(&self, webhook: &str, at_most: u32) -> Result<Vec<Delivery>> {
        let order = "state = 'waiting' ORDER BY due_at, position";
        self.deliveries_of(webhook, order, at_most).await
    }

    /// What was set aside, the newest first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn dead_deliveries(&self, webhook: &str, at_most: u32) -> Result<Vec<Delivery>> {
        let order = "state = 'dead' ORDER BY position DESC";
        self.deliveries_of(webhook, order, at_most).await
    }

    async fn deliveries_of(
        &self,
        webhook: &str,
        order: &str,
        at_most: u32,
    ) -> Result<Vec<Delivery>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM deliveries WHERE webhook = $1 AND {order} LIMIT $2"
        ));
        let rows = sqlx::query(sql)
            .bind(webhook)
            .bind(at_most)
            .fetch_all(&self.reads)
            .await?;
        rows.iter().map(delivery).collect()
    }

    /// Says when a delivery is tried again, and why.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn postpone_delivery(&self, one: &Delivery) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE deliveries SET attempts = $3, due_at = $4, error = $5 \
             WHERE webhook = $1 AND id = $2",
        )
        .bind(&one.new.webhook)
        .bind(&one.new.id)
        .bind(one.attempts)
        .bind(one.due_at)
        .bind(&one.error)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Ends a delivery; `due_at` of it says when. What was taken loses its body.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn end_delivery(&self, one: &Delivery, end: DeliveryEnd) -> Result<()> {
        let mut tx = self.write().await?;
        let body = match end {
            DeliveryEnd::Done => "",
            DeliveryEnd::Dead => &one.new.body,
        };
        sqlx::query(
            "UPDATE deliveries SET state = $3, attempts = $4, due_at = $5, error = $6, body = $7 \
             WHERE webhook = $1 AND id = $2",
        )
        .bind(&one.new.webhook)
        .bind(&one.new.id)
        .bind(end.as_str())
        .bind(one.attempts)
        .bind(one.due_at)
        .bind(&one.error)
        .bind(body)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM deliveries WHERE webhook = $1 AND state = $2 AND position <= (\
               SELECT position FROM deliveries WHERE webhook = $1 AND state = $2 \
               ORDER BY position DESC LIMIT 1 OFFSET $3)",
        )
        .bind(&one.new.webhook)
        .bind(end.as_str())
        .bind(end.remembered())
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Lets everything that was set aside wait again, as if it were told now;
    /// gives how many.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn revive_deliveries(&self, webhook: &str, now: i64) -> Result<u64> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = $2, told_at = $2 \
             WHERE webhook = $1 AND state = 'dead'",
        )
        .bind(webhook)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// How much there is of a webhook.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn delivery_total(&self, webhook: &str) -> Result<DeliveryTotal> {
        let row = sqlx::query(
            "SELECT coalesce(sum(state = 'waiting'), 0), \
                    coalesce(sum(CASE WHEN state = 'waiting' THEN bytes ELSE 0 END), 0), \
                    coalesce(sum(state = 'dead'), 0) \
             FROM deliveries WHERE webhook = $1",
        )
        .bind(webhook)
        .fetch_one(&self.reads)
        .await?;
        Ok(DeliveryTotal {
            waiting: row.try_get(0)?,
            waiting_bytes: row.try_get(1)?,
            dead: row.try_get(2)?,
        })
    }
}

async fn waiting(tx: &mut Write, webhook: &str) -> Result<DeliveryTotal> {
    let row = sqlx::query(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM deliveries \
         WHERE webhook = $1 AND state = 'waiting'",
    )
    .bind(webhook)
    .fetch_one(&mut **tx)
    .await?;
    Ok(DeliveryTotal {
        waiting: row.try_get(0)?,
        waiting_bytes: row.try_get(1)?,
        dead: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(id: &str, body: &str) -> NewDelivery {
        NewDelivery {
            webhook: "crm".into(),
            id: id.into(),
            event: "received".into(),
            trace: "t".into(),
            body: body.into(),
            told_at: 5,
        }
    }

    const WIDE: WaitingBounds = WaitingBounds {
        count: 2_000,
        bytes: 1_000_000,
    };

    async fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(folder.path()).await.unwrap()
    }

    #[tokio::test]
    async fn what_waits_is_bounded_in_count_and_in_bytes_and_an_id_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let all = ["a", "a", "b", "c"].map(|id| new(id, "12345"));
        for (bounds, refused) in [((2, 100), 1), ((100, 12), 1), ((100, 100), 0)] {
            let bounds = WaitingBounds {
                count: bounds.0,
                bytes: bounds.1,
            };
            let lost = store.keep_deliveries(&all, bounds).await.unwrap();
            // What is there already takes room, and needs none again.
            let lost = lost.get("crm").copied().unwrap_or(0);
            assert!(lost >= refused, "{bounds:?}: {lost}");
        }
        let total = store.delivery_total("crm").await.unwrap();
        assert_eq!((total.waiting, total.waiting_bytes), (3, 15));
    }

    #[tokio::test]
    async fn one_that_ended_is_remembered_and_old_ones_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let many = DeliveryEnd::Dead.remembered() + 5;
        for n in 0..many {
            let one = [new(&n.to_string(), "x")];
            let lost = store.keep_deliveries(&one, WIDE).await.unwrap();
            assert!(lost.is_empty());
            let one = store.next_deliveries("crm", 1).await.unwrap().remove(0);
            store.end_delivery(&one, DeliveryEnd::Dead).await.unwrap();
        }
        let dead = store.dead_deliveries("crm", 1_000).await.unwrap();
        assert_eq!(dead.len(), usize::try_from(many - 5).unwrap());
        assert_eq!(dead[0].new.id, (many - 1).to_string());
        assert_eq!(dead[0].new.body, "x", "it can be tried again");
        let last = [new(&(many - 1).to_string(), "x")];
        store.keep_deliveries(&last, WIDE).await.unwrap();
        assert!(store.next_deliveries("crm", 9).await.unwrap().is_empty());
        assert_eq!(store.revive_deliveries("crm", 9).await.unwrap(), 100);
        assert_eq!(store.delivery_total("crm").await.unwrap().waiting, 100);
    }
}
