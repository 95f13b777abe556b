//! The one way to write: on one connection, one after the other.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, raw_sql};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use super::batch::Batch;
use super::{Result, StoreError};

/// How long a write waits for those before it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What all writes of this process go through. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    options: Arc<SqliteConnectOptions>,
    pen: Arc<Mutex<Pen>>,
    failures: Arc<AtomicU64>,
}

/// Whoever has it writes.
#[derive(Debug, Default)]
pub(super) struct Pen {
    /// The connection, when it is in no transaction.
    pub(super) idle: Option<SqliteConnection>,
    /// The connection with what was written on it and waits for its commit.
    pub(super) batch: Option<Batch>,
    /// How many connections there were.
    opened: u64,
    is_closed: bool,
}

/// The pen in somebody's hand. Who asked first gets it first.
pub(super) type Held = OwnedMutexGuard<Pen>;

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self {
            options: Arc::new(options),
            pen: Arc::default(),
            failures: Arc::default(),
        }
    }

    /// See [`super::Store::failed_writes`].
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The pen, however long it takes.
    pub(super) async fn lasting_pen(&self) -> Held {
        Arc::clone(&self.pen).lock_owned().await
    }

    pub(super) async fn pen(&self) -> Result<Held> {
        let pen = timeout(PATIENCE, self.lasting_pen()).await;
        let pen = pen.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if pen.is_closed {
            return Err(sqlx::Error::PoolClosed.into());
        }
        Ok(pen)
    }

    /// The pen, with nothing that waits for its commit.
    async fn free_pen(&self) -> Result<Held> {
        settled(self.pen().await?).await
    }

    /// The connection, in no transaction.
    pub(super) async fn connection(&self) -> Result<Lent> {
        let pen = self.free_pen().await?;
        self.lend(pen).await
    }

    /// Begins a transaction that is nobody else's.
    pub(super) async fn begin(&self) -> Result<Write> {
        let pen = self.free_pen().await?;
        self.begin_at(pen).await
    }

    /// As [`Writer::begin`], where nothing waits for its commit.
    pub(super) async fn begin_at(&self, pen: Held) -> Result<Write> {
        let failure = Failure(Some(Arc::clone(&self.failures)));
        let mut lent = self.lend(pen).await?;
        raw_sql("BEGIN IMMEDIATE").execute(&mut *lent).await?;
        Ok(Write { lent, failure })
    }

    async fn lend(&self, mut pen: Held) -> Result<Lent> {
        let connection = match pen.idle.take() {
            Some(connection) => connection,
            None => {
                pen.opened += 1;
                SqliteConnection::connect_with(&self.options).await?
            }
        };
        Ok(Lent { connection, pen })
    }

    /// Ends what waits for its commit, and closes the file.
    pub(super) async fn close(&self) {
        let mut pen = self.lasting_pen().await;
        pen.is_closed = true;
        pen.settle().await;
        if let Some(connection) = pen.idle.take() {
            let _ = connection.close().await;
        }
    }
}

impl Pen {
    /// Commits what waits for it.
    pub(super) async fn settle(&mut self) {
        if let Some(batch) = self.batch.take() {
            self.idle = batch.commit().await;
        }
    }
}

/// Commits what waits for it, also where the caller gives up meanwhile: others
/// wait for it too.
pub(super) async fn settled(mut pen: Held) -> Result<Held> {
    if pen.batch.is_none() {
        return Ok(pen);
    }
    let settling = tokio::spawn(async move {
        pen.settle().await;
        pen
    });
    settling.await.map_err(|_| StoreError::NoAnswer)
}

/// The connection, for one. Unless it is given back it is closed, and the next
/// one opens another.
#[derive(Debug)]
pub(super) struct Lent {
    connection: SqliteConnection,
    // After the connection: the pen is given on when that is gone.
    pen: Held,
}

impl Lent {
    /// Which connection it is, of those that there were.
    pub(super) fn number(&self) -> u64 {
        self.pen.opened
    }

    pub(super) fn give_back(self) {
        let Self {
            connection,
            mut pen,
        } = self;
        pen.idle = Some(connection);
    }

    pub(super) fn into_parts(self) -> (SqliteConnection, Held) {
        (self.connection, self.pen)
    }
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// Counts a failure, unless it is averted.
#[derive(Debug)]
pub(super) struct Failure(Option<Arc<AtomicU64>>);

impl Failure {
    pub(super) fn avert(mut self) {
        self.0 = None;
    }
}

impl Drop for Failure {
    fn drop(&mut self) {
        if let Some(failures) = &self.0 {
            failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A transaction that holds the write lock from its start: two processes never
/// find out at commit that they disagree.
///
/// Where it does not come to a good end, its connection goes with it. SQLite
/// rolls back by itself after some failures (a full disk) and not after others
/// (a commit that fails), so what is left of a connection then is nobody's
/// guess; a new one costs a millisecond.
#[derive(Debug)]
pub(super) struct Write {
    lent: Lent,
    failure: Failure,
}

impl Write {
    pub(super) async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }

    /// Ends it where there was nothing to write after all.
    pub(super) async fn abandon(self) -> Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, how: &'static str) -> Result<()> {
        raw_sql(how).execute(&mut *self.lent).await?;
        self.failure.avert();
        self.lent.give_back();
        Ok(())
    }

    pub(super) fn into_parts(self) -> (Lent, Failure) {
        (self.lent, self.failure)
    }
}

impl Deref for Write {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.lent
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.lent
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    /// Ways in which a transaction ends badly, each with what SQLite leaves.
    const BROKEN: &[(&str, &[&str])] = &[
        (
            "the commit fails and the transaction stays open",
            &[
                "PRAGMA defer_foreign_keys = ON",
                "INSERT INTO transcript (id, session_key, seq, role, recorded_at, body) VALUES ('1', 'nowhere', 1, 'user', 1, '{}')",
            ],
        ),
        (
            "SQLite rolls back by itself in the middle",
            &[
                "CREATE TEMP TABLE full_disk (x)",
                "CREATE TEMP TRIGGER full_disk_trigger BEFORE INSERT ON full_disk BEGIN SELECT RAISE(ROLLBACK, 'full'); END",
                "INSERT INTO full_disk VALUES (1)",
            ],
        ),
    ];

    #[tokio::test]
    async fn after_any_broken_transaction_the_next_one_works() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        for (name, statements) in BROKEN {
            let attempt = async {
                let mut tx = store.write().await?;
                for sql in *statements {
                    raw_sql(*sql).execute(&mut *tx).await?;
                }
                tx.commit().await
            };
            assert!(attempt.await.is_err(), "{name}");
            let key = format!("agent:main:{name}");
            store.ensure_session(&key, 1).await.expect(name);
        }
        assert_eq!(store.failed_writes(), 2);
    }

    #[tokio::test]
    async fn a_writer_that_is_dropped_halfway_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let mut tx = store.write().await.unwrap();
        raw_sql("DELETE FROM sessions; INSERT INTO sessions (key, session_id, created_at, updated_at) VALUES ('half', 's', 1, 1)")
            .execute(&mut *tx)
            .await
            .unwrap();
        drop(tx);
        store.ensure_session("agent:main:next", 1).await.unwrap();
        assert_eq!(store.session("half").await.unwrap(), None);
    }
}
