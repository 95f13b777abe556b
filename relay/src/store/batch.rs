//! Writes of many that one commit puts on the disk.
//!
//! A commit waits for the disk, and while it does, others come who want to write.
//! They write into one transaction, one after the other, and share the next
//! commit. Each hears of its end when that has returned, and not before.
//!
//! Where one of them goes wrong the whole transaction goes, as any that went
//! wrong does, and each of the others writes once more, alone. That is rare, and
//! no dearer than if none had shared anything.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::raw_sql;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{OwnedMappedMutexGuard, watch};

use super::write::{Failure, Held, Pen, Write, Writer, settled};
use super::{Result, StoreError};

/// An open transaction with what was written in it so far.
#[derive(Debug)]
pub(super) struct Batch {
    connection: SqliteConnection,
    /// The last one to write is not done: he went wrong, or gave up.
    is_torn: bool,
    end: watch::Sender<Option<End>>,
    failure: Failure,
}

/// What became of a batch.
#[derive(Debug, Clone)]
enum End {
    Committed,
    /// One who wrote in it went wrong: nothing of it was committed.
    Undone,
    /// The commit was answered with an error.
    Failed(Arc<sqlx::Error>),
}

impl Batch {
    /// Commits it, unless one who wrote in it went wrong; gives its connection
    /// where all is well.
    pub(super) async fn commit(mut self) -> Option<SqliteConnection> {
        if self.is_torn {
            self.end.send_replace(Some(End::Undone));
            return None;
        }
        if let Err(error) = raw_sql("COMMIT").execute(&mut self.connection).await {
            let failed = End::Failed(Arc::new(error));
            self.end.send_replace(Some(failed));
            return None;
        }
        self.end.send_replace(Some(End::Committed));
        self.failure.avert();
        Some(self.connection)
    }
}

/// A transaction that others may share.
#[derive(Debug)]
pub(super) enum Shared {
    /// Nobody shares it after all.
    Alone(Write),
    /// The first of a batch.
    First(Write, Writer),
    /// One that writes into the batch of others.
    Next(OwnedMappedMutexGuard<Pen, Batch>),
}

impl Shared {
    /// Completes when it is committed. What was only read in it may be a
    /// neighbour's, so whoever wrote nothing waits as well.
    async fn commit(self) -> Result<()> {
        match self {
            Self::Alone(write) => write.commit().await,
            Self::First(write, writer) => ended(writer.open(write)).await,
            Self::Next(mut batch) => {
                batch.is_torn = false;
                let end = batch.end.subscribe();
                drop(batch);
                ended(end).await
            }
        }
    }
}

impl Deref for Shared {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Alone(write) | Self::First(write, _) => write,
            Self::Next(batch) => &batch.connection,
        }
    }
}

impl DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Alone(write) | Self::First(write, _) => write,
            Self::Next(batch) => &mut batch.connection,
        }
    }
}

async fn ended(mut end: watch::Receiver<Option<End>>) -> Result<()> {
    let end = end.wait_for(Option::is_some).await;
    match end.as_deref() {
        Ok(Some(End::Committed)) => Ok(()),
        Ok(Some(End::Undone)) => Err(StoreError::Undone),
        Ok(Some(End::Failed(error))) => Err(StoreError::Database(Arc::clone(error))),
        // The program ends.
        Ok(None) | Err(_) => Err(StoreError::NoAnswer),
    }
}

impl Writer {
    /// Does `work` in a transaction that others may share, and comes back when
    /// what it gave back is committed. Where a neighbour undid it, it is done once
    /// more, with no neighbours.
    ///
    /// # Errors
    /// Those of `work`: nothing of it is stored. Or those of the commit.
    pub(super) async fn together<T, F>(&self, work: impl Fn(Shared) -> F) -> Result<T>
    where
        F: Future<Output = Result<(T, Shared)>>,
    {
        let once = async |tx: Shared| {
            let (value, tx) = work(tx).await?;
            tx.commit().await?;
            Ok(value)
        };
        match once(self.share().await?).await {
            Err(StoreError::Undone) => once(Shared::Alone(self.begin().await?)).await,
            done => done,
        }
    }

    async fn share(&self) -> Result<Shared> {
        let mut pen = self.pen().await?;
        if pen.batch.as_ref().is_some_and(|batch| batch.is_torn) {
            pen = settled(pen).await?;
        }
        match Held::try_map(pen, |pen| pen.batch.as_mut()) {
            Ok(mut batch) => {
                // Whoever comes next sees it if this one does not come to its end.
                batch.is_torn = true;
                Ok(Shared::Next(batch))
            }
            Err(pen) => Ok(Shared::First(self.begin_at(pen).await?, self.clone())),
        }
    }

    /// Leaves a transaction to those who wait for the pen now; after them it is
    /// committed.
    fn open(&self, write: Write) -> watch::Receiver<Option<End>> {
        let (lent, failure) = write.into_parts();
        let (connection, mut pen) = lent.into_parts();
        let (end, ends) = watch::channel(None);
        pen.batch = Some(Batch {
            connection,
            is_torn: false,
            end,
            failure,
        });
        let writer = self.clone();
        tokio::spawn(async move { writer.lasting_pen().await.settle().await });
        ends
    }
}

#[cfg(test)]
mod tests;
