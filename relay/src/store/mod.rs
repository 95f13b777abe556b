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

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Row as _, Sqlite, Transaction};

use crate::data_folder;
pub use devices::{Device, DeviceToken};
pub use inputs::{Acceptance, Input, InputMethod, InputState, NewInput};
pub use pairings::{Approval, Asked, Pairing, PairingReason};
pub use sessions::{Session, SessionFilter};
pub use transcript::{NewRow, TranscriptRow};

/// The name of the database inside the data folder.
pub const FILE_NAME: &str = "relay.sqlite3";

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The data folder, or the database in it, could not be made.
    #[error(
        "the database in {} cannot be made: {source}; make the folder writable for this user, or name \
         another one with --data-dir",
        path.display()
    )]
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
    /// The file was written by an older release, whose server may be running.
    #[error(
        "the database was written by an older clawline-relay (version {found}, this one knows {known}): \
         start `clawline-relay serve` of this release once"
    )]
    Older {
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
        let file = folder.join(FILE_NAME);
        data_folder::make(folder)
            .and_then(|()| data_folder::make_private_file(&file))
            .map_err(|source| StoreError::Folder {
                path: folder.to_owned(),
                source,
            })?;
        // SQLite gives new ones the mode of the database.
        for rest in ["-wal", "-shm"] {
            data_folder::close_to_others(&folder.join(format!("{FILE_NAME}{rest}")));
        }
        let store = Self::connect(&file).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the database in `folder` beside a server, which may be of another
    /// release: nothing is made and nothing migrated.
    ///
    /// # Errors
    /// There is none, it is of another version, or SQLite refuses.
    pub async fn open_beside(folder: &Path) -> Result<Self> {
        let store = Self::connect(&folder.join(FILE_NAME)).await?;
        let mut connection = store.pool.acquire().await?;
        let (found, known) = (version(&mut connection).await?, known_version());
        drop(connection);
        match found.cmp(&known) {
            Ordering::Less => Err(StoreError::Older { found, known }),
            Ordering::Equal => Ok(store),
            Ordering::Greater => Err(StoreError::Newer { found, known }),
        }
    }

    async fn connect(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
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
        Ok(Self { pool })
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
        let (found, known) = (version(&mut tx).await?, known_version());
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

async fn version(connection: &mut SqliteConnection) -> Result<i64> {
    let row = sqlx::query("PRAGMA user_version")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

fn known_version() -> i64 {
    i64::try_from(migrations::VERSIONS.len()).unwrap_or(i64::MAX)
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
    async fn whoever_opens_it_beside_a_server_does_not_migrate_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Store::open_beside(folder.path()).await.is_err());
        let server = Store::open(folder.path()).await.unwrap();
        Store::open_beside(folder.path()).await.unwrap();
        sqlx::raw_sql("PRAGMA user_version = 0")
            .execute(&server.pool)
            .await
            .unwrap();
        let error = Store::open_beside(folder.path()).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Older { found: 0, .. }),
            "{error}"
        );
        assert_eq!(
            version(&mut server.pool.acquire().await.unwrap())
                .await
                .unwrap(),
            0
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_reads_the_database_whatever_the_folder_is_like() {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let open_to_all = || set_permissions(folder.path(), Permissions::from_mode(0o755));
        let modes = || {
            ["", "-wal", "-shm"].map(|rest| {
                let file = folder.path().join(format!("{FILE_NAME}{rest}"));
                file.metadata().unwrap().permissions().mode() & 0o777
            })
        };
        open_to_all().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.ensure_session("agent:main:main", 1).await.unwrap();
        assert_eq!(modes(), [0o600; 3]);
        store.close().await;
        // As an earlier release made it.
        let file = folder.path().join(FILE_NAME);
        set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.ensure_session("agent:main:other", 1).await.unwrap();
        assert_eq!(modes(), [0o600; 3]);
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
