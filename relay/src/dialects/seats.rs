//! Places for the connections of a dialect: a bound, and a way to wait until
//! the last has gone.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Most connections of the older wires together.
const MOST: usize = 1_024;
/// How long a stop waits for farewells.
const FAREWELLS: Duration = Duration::from_secs(2);

/// One of the places, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    _place: OwnedSemaphorePermit,
}

/// The places. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Seats {
    /// A place. `None`: all are taken.
    pub(crate) fn take(&self) -> Option<Seat> {
        let place = Arc::clone(&self.0).try_acquire_owned().ok()?;
        Some(Seat { _place: place })
    }

    /// Waits a moment until everybody has gone. Nobody comes in any more.
    pub(crate) async fn emptied(&self) {
        let all = u32::try_from(MOST).unwrap_or(u32::MAX);
        let _ = timeout(FAREWELLS, self.0.acquire_many(all)).await;
        self.0.close();
    }
}
