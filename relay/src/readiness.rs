//! Whether the relay can do its work: it can when a write goes through, and there
//! is room for more.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::data_folder;
use crate::store::Store;

/// How long an answer holds: each asks the disk.
const HOLDS: Duration = Duration::from_secs(1);
/// A write that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes that must find room: the database may take a small write still where a
/// message finds none.
const ROOM: usize = 64 * 1024;
/// The file for which it is looked for.
const FILE: &str = "room.half";

/// The last look at the database and its disk.
#[derive(Debug)]
pub(crate) struct Readiness {
    folder: PathBuf,
    last: Mutex<Option<(Instant, Vec<&'static str>)>>,
}

impl Readiness {
    /// Of the server of this data folder.
    pub(crate) fn of(folder: PathBuf) -> Self {
        Self {
            folder,
            last: Mutex::default(),
        }
    }

    /// What fails, now or a second ago: `database` when it takes no write, `disk`
    /// when there is no room. Many who ask at once wait for one look.
    pub(crate) async fn failing(&self, store: &Store) -> Vec<&'static str> {
        let mut last = self.last.lock().await;
        if let Some((at, failing)) = &*last
            && at.elapsed() < HOLDS
        {
            return failing.clone();
        }
        let mut failing = Vec::new();
        if !matches!(timeout(PATIENCE, store.try_write()).await, Ok(Ok(()))) {
            failing.push("database");
        }
        let file = self.folder.join(FILE);
        let look = tokio::task::spawn_blocking(move || {
            data_folder::write_private(&file, &[1; ROOM])?;
            std::fs::remove_file(file)
        });
        if !matches!(timeout(PATIENCE, look).await, Ok(Ok(Ok(())))) {
            failing.push("disk");
        }
        *last = Some((Instant::now(), failing.clone()));
        failing
    }
}
