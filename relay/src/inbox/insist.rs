//! Turns outlive a database that fails for a while: what they have to store is
//! tried again until it is stored, and whoever fell out of its lane comes back.

use std::sync::Arc;
use std::time::Duration;

use super::Inbox;
use crate::store::StoreError;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How soon after a failed write we look for inputs that nobody works on.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Does `work` until the database lets it. Doing it twice must be like doing it
/// once: a commit may have come to pass although it was answered with an error.
///
/// # Errors
/// What will not pass by waiting.
pub(super) async fn insist<T, F>(work: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match work().await {
            Err(error) if error.may_pass() => {
                tracing::error!(%error, "a turn waits for the database");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            done => return done,
        }
    }
}

/// Puts inputs back into their lanes that were stored although their sender was
/// told that the database did not answer.
pub(super) async fn watch(inbox: Arc<Inbox>) {
    let mut seen = 0;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let failed = inbox.store.failed_writes();
        if failed == seen {
            continue;
        }
        match inbox.bring_back().await {
            Ok(0) => seen = failed,
            Ok(lost) => {
                tracing::warn!(lost, "turns that were lost run again");
                seen = failed;
            }
            Err(error) => tracing::warn!(%error, "cannot look for turns that nobody runs"),
        }
    }
}
