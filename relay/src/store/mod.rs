//! What must outlive the process, in one SQLite file. No other module speaks SQL.
//!
//! Rules that the rest of the relay stands on:
//! - an answer to a client goes out after the commit that it speaks of, never before;
//! - many writes may share a commit, and each is answered when that has returned ([`batch`]);
//! - one connection per process writes, so its `PRAGMA data_version` moves only when
//!   *another* process wrote (`clawline-relay devices …` beside a running `serve`);
//! - others only read, and never wait for a writer, here or elsewhere;
//! - a connection whose transaction went wrong is not used again;
//! - WAL with `synchronous = FULL`: what was acknowledged survives SIGKILL and a
//!   power cut.

mod batch;
mod deliveries;
mod devices;
mod entry;
mod inputs;
mod kept;
mod media;
mod merge;
mod migrations;
mod names;
mod pairings;
mod replies;
mod retention;
mod rewrite;
mod search;
mod session_changes;
mod sessions;
mod transcript;
mod version;
mod visitors;
mod whatsapp;
mod write;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::Row as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use self::write::{Write, Writer};
use crate::data_folder;
pub use deliveries::{Delivery, DeliveryEnd, DeliveryTotal, NewDelivery, WaitingBounds};
pub use devices::{Device, DeviceToken};
pub use entry::{Attachment, Entry, Origin, Program, Sender, Usage};
pub use inputs::{Acceptance, Input, InputKind, InputState, NewInput};
pub use kept::Kept;
pub use media::StoredMedia;
pub use pairings::{Approval, Asked, Pairing, PairingReason};
pub use replies::{StoredReply, key_of_reply};
pub use rewrite::Rewritten;
pub use session_changes::{Deletion, DeletionOf, Patched, SessionPatch};
pub use sessions::{Session, SessionFilter};
pub use transcript::{NewRow, TranscriptRow};
pub use version::BroughtBack;
pub use visitors::{Decision, StoredVisitor};
pub use whatsapp::{
    Arrived, Chat, Fate, Identity, Merge, NewArrival, NewSending, Person, Progress, SendState,
    Sending, Settlement, UNKNOWN, Whatsapp, shown_sending,
};

/// The name of the database inside the data folder.
pub const FILE_NAME: &str = "relay.sqlite3";

/// How long a writer waits for another process, and with it whoever writes here.
const BUSY: Duration = Duration::from_secs(5);
/// How many may read at once.
const READERS: u32 = 4;
/// What is left of the log of changes when it starts anew, in bytes: as large
/// as it gets while nobody keeps an old state open.
const LOG_BYTES: &str = "4194304";

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
         start the newer program, or let it bring the database back (`clawline-relay database back {known}`), \
         or name another folder with --data-dir; nothing was changed"
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
    /// It has no such version to go back to.
    #[error(
        "the database has version {found} and cannot be brought back to version {to}: name one from 1 to {found}"
    )]
    NoWayBack {
        /// Version of the file.
        found: i64,
        /// What was asked for.
        to: i64,
    },
    /// The copy that is made before cannot be made.
    #[error("the copy {} cannot be made: {source}; nothing was changed: move away what is there", path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("the database refused: {error}{}", way_out(.0), error = .0)]
    Database(Arc<sqlx::Error>),
    /// It did not answer in time; what was asked comes to pass when it does.
    #[error("the database does not answer; what was asked is done when it does")]
    NoAnswer,
    /// A write beside it went wrong and took it along; nothing of it is stored.
    #[error("the database undid it together with something else that failed; try again")]
    Undone,
    /// Something in the file is not what this program wrote.
    #[error("the database holds something unexpected in {what}: {detail}")]
    Corrupt {
        /// Table and column.
        what: &'static str,
        /// What was found.
        detail: String,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// What the owner can do about it.
fn way_out(error: &sqlx::Error) -> &'static str {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    match code.map(|code| code.parse::<u32>()) {
        // SQLITE_FULL and SQLITE_IOERR, whose kinds stand in the higher bits.
        Some(Ok(code)) if matches!(code & 0xff, 10 | 13) => {
            "; make room on the disk of the data folder, then send it again"
        }
        _ => "",
    }
}

impl StoreError {
    /// Whether the same may work later: a disk gets room again, a lock is let go.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Database(error) => match &**error {
                sqlx::Error::Database(error) => {
                    matches!(error.kind(), sqlx::error::ErrorKind::Other)
                }
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
                _ => false,
            },
            Self::NoAnswer | Self::Undone => true,
            _ => false,
        }
    }
}

/// How much other processes wrote, as far as we saw. Two that differ mean that
/// there may be news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignWrites {
    /// Numbers of two connections cannot be compared.
    connection: u64,
    version: i64,
}

/// Shorthand for results of this module.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The open database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Writer,
    reads: SqlitePool,
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
        let mut connection = store.reads.acquire().await?;
        let (found, known) = (version::found(&mut connection).await?, version::known());
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
            .busy_timeout(BUSY)
            .pragma("journal_size_limit", LOG_BYTES);
        let writer = Writer::new(options.clone());
        writer.connection().await?.give_back();
        let reads = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self { writer, reads })
    }

    /// Waits until the file is closed, so that another process or test may
    /// take it over.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writer.close().await;
    }

    /// Something that changes when another process wrote to the file.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn foreign_writes(&self) -> Result<ForeignWrites> {
        let mut writer = self.writer.connection().await?;
        let row = sqlx::query("PRAGMA data_version")
            .fetch_one(&mut *writer)
            .await?;
        let seen = ForeignWrites {
            connection: writer.number(),
            version: row.try_get(0)?,
        };
        writer.give_back();
        Ok(seen)
    }

    /// How many transactions came to no good end since the start. One that was
    /// answered with an error may be in the file all the same.
    #[must_use]
    pub fn failed_writes(&self) -> u64 {
        self.writer.failures()
    }

    /// Writes what stands there already, to see that writing works.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn try_write(&self) -> Result<()> {
        let mut tx = self.write().await?;
        version::set(&mut tx, version::known()).await?;
        tx.commit().await
    }

    async fn write(&self) -> Result<Write> {
        self.writer.begin().await
    }
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
            .execute(&mut *store.writer.connection().await.unwrap())
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
            .execute(&mut *server.writer.connection().await.unwrap())
            .await
            .unwrap();
        let error = Store::open_beside(folder.path()).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Older { found: 0, .. }),
            "{error}"
        );
        assert_eq!(
            version::found(&mut server.writer.connection().await.unwrap())
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

    #[tokio::test]
    async fn a_foreign_write_is_noticed_where_our_connection_is_another_one_since() {
        let folder = tempfile::tempdir().unwrap();
        let serve = Store::open(folder.path()).await.unwrap();
        let cli = Store::open(folder.path()).await.unwrap();
        let before = serve.foreign_writes().await.unwrap();
        cli.ensure_session("agent:main:foreign", 1).await.unwrap();
        drop(serve.write().await.unwrap());
        assert_ne!(serve.foreign_writes().await.unwrap(), before);
    }

    #[tokio::test]
    async fn a_lock_held_elsewhere_stops_no_reader() {
        let folder = tempfile::tempdir().unwrap();
        let ours = Store::open(folder.path()).await.unwrap();
        let theirs = Store::open_beside(folder.path()).await.unwrap();
        ours.ensure_session("agent:main:before", 1).await.unwrap();
        let lock = theirs.write().await.unwrap();
        let writing = tokio::spawn({
            let ours = ours.clone();
            async move { ours.ensure_session("agent:main:after", 2).await }
        });
        // The writer waits for the lock, which is let go only after these.
        tokio::task::yield_now().await;
        for _ in 0..10 {
            assert!(ours.session("agent:main:before").await.unwrap().is_some());
        }
        assert!(!writing.is_finished());
        lock.abandon().await.unwrap();
        writing.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn the_log_of_changes_shrinks_when_an_old_reader_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let log = || {
            let file = folder.path().join(format!("{FILE_NAME}-wal"));
            file.metadata().unwrap().len()
        };
        let label = "x".repeat(1_000_000);
        let mut old = store.reads.acquire().await.unwrap();
        sqlx::raw_sql("BEGIN; SELECT count(*) FROM sessions")
            .execute(&mut *old)
            .await
            .unwrap();
        for n in 0..12 {
            let key = format!("agent:main:{n}");
            store.create_session(&key, Some(&label), n).await.unwrap();
        }
        assert!(log() > 10_000_000, "{}", log());
        sqlx::raw_sql("ROLLBACK").execute(&mut *old).await.unwrap();
        for n in 12..15 {
            let key = format!("agent:main:{n}");
            store.create_session(&key, None, n).await.unwrap();
        }
        assert!(log() <= LOG_BYTES.parse().unwrap(), "{}", log());
    }
}
