//! What must outlive the process, in one SQLite file. No other module speaks SQL.
//!
//! Rules that the rest of the relay stands on:
//! - an answer to a client goes out after the commit that it speaks of, never before;
//! - one connection per process, so statements never wait for each other inside it,
//!   and `PRAGMA data_version` moves only when *another* process wrote
//!   (`clawline-relay devices …` beside a running `serve`);
//! - WAL with `synchronous = FULL`: what was acknowledged survives SIGKILL and a
//!   power cut.

mod devices;
mod inputs;
mod migrations;
mod pairings;
mod sessions;
mod transcript;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row as _, Sqlite, Transaction};

pub use devices::{Device, DeviceToken};
pub use inputs::{Acceptance, Input, InputMethod, InputState, NewInput};
pub use pairings::{Approval, Pairing, PairingReason};
pub use sessions::{Session, SessionFilter};
pub use transcript::{NewRow, TranscriptRow};

/// The name of the database inside the data folder.
pub const FILE_NAME: &str = "relay.sqlite3";

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The data folder could not be made.
    #[error("the data folder {} cannot be made: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file was written by a newer release; it is left untouched.
    #[error(
        "the database was written by a newer clawline-relay (version {found}, this one knows {known}); \
         start the newer program, or name another folder with --data-dir"
    )]
    Newer {
        /// Version of the file.
        found: i64,
        /// Highest version that this program knows.
        known: i64,
    },
    /// SQLite refused.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// Something in the file is not what this program wrote.
    #[error("the database holds something unexpected in {what}: {detail}")]
    Corrupt {
        /// Table and column.
        what: &'static str,
        /// What was found.
        detail: String,
    },
}

/// Shorthand for results of this module.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The open database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens, and when needed makes or migrates, the database in `folder`.
    ///
    /// # Errors
    /// The folder cannot be made, the file is newer than this program, or
    /// SQLite refuses.
    pub async fn open(folder: &Path) -> Result<Self> {
        make_private_folder(folder).map_err(|source| StoreError::Folder {
            path: folder.to_owned(),
            source,
        })?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join(FILE_NAME))
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        let store = Self { pool };
        store.migrate().await?;
        Ok(store)
    }

    /// Waits until the file is closed, so that another process or test may
    /// take it over.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A number that changes when another process wrote to the file.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn foreign_writes(&self) -> Result<i64> {
        let row = sqlx::query("PRAGMA data_version")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// A transaction that holds the write lock from its start: two processes
    /// never find out at commit that they disagree.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    async fn migrate(&self) -> Result<()> {
        let mut tx = self.write().await?;
        let found: i64 = sqlx::query("PRAGMA user_version")
            .fetch_one(&mut *tx)
            .await?
            .try_get(0)?;
        let known = i64::try_from(migrations::VERSIONS.len()).unwrap_or(i64::MAX);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        let done = usize::try_from(found).unwrap_or(0);
        for sql in migrations::VERSIONS.iter().skip(done) {
            sqlx::raw_sql(*sql).execute(&mut *tx).await?;
        }
        if found < known {
            // A pragma takes no bound value; the number is our own.
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
                "PRAGMA user_version = {known}"
            )))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Transcripts and tokens are nobody else's business on a shared machine.
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn texts(column: &'static str, json: &str) -> Result<Vec<String>> {
    serde_json::from_str(json).map_err(|error| StoreError::Corrupt {
        what: column,
        detail: error.to_string(),
    })
}

fn to_json(list: &[String]) -> String {
    serde_json::Value::from(list).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_of_a_newer_release_is_left_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        sqlx::raw_sql("PRAGMA user_version = 99")
            .execute(&store.pool)
            .await
            .unwrap();
        store.close().await;
        let error = Store::open(folder.path()).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Newer { found: 99, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("--data-dir"));
    }

    #[tokio::test]
    async fn a_write_of_another_process_is_noticed_and_an_own_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let serve = Store::open(folder.path()).await.unwrap();
        let cli = Store::open(folder.path()).await.unwrap();
        let before = serve.foreign_writes().await.unwrap();
        serve.ensure_session("agent:main:own", 1).await.unwrap();
        assert_eq!(serve.foreign_writes().await.unwrap(), before);
        cli.ensure_session("agent:main:foreign", 1).await.unwrap();
        assert_ne!(serve.foreign_writes().await.unwrap(), before);
    }
}
