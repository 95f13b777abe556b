//! What this channel needs of a bridge; tests play one.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;

use super::bridge::Bridge;
use super::bridge::lines::{Command, Refusal};
use super::link::{Counts, Link, LinkState, LinkingError, Mode, Unlinked};

/// A bridge of one account.
pub(super) trait Wire: Debug + Send + Sync {
    /// Asks for something, and waits for the answer as long as `deadline`.
    fn ask(&self, command: Command, deadline: Duration) -> BoxFuture<'_, Result<Value, Refusal>>;

    /// Everything up to this event is on our disk.
    fn ack(&self, seq: u64);

    /// How the account stands.
    fn link(&self) -> watch::Receiver<Link>;

    /// What was counted of the bridge.
    fn counts(&self) -> Counts {
        Counts::default()
    }

    /// Begins to connect the account.
    fn begin(&self, mode: Mode);

    /// Ends the connection, and the bridge.
    fn end(&self) -> BoxFuture<'_, ()>;

    /// Unlinks the account.
    ///
    /// # Errors
    /// The bridge could not do it.
    fn unlink(&self) -> BoxFuture<'_, Result<Unlinked, LinkingError>>;
}

impl Wire for Bridge {
    fn ask(&self, command: Command, deadline: Duration) -> BoxFuture<'_, Result<Value, Refusal>> {
        Box::pin(Self::ask(self, command, deadline))
    }

    fn ack(&self, seq: u64) {
        Self::ack(self, seq);
    }

    fn link(&self) -> watch::Receiver<Link> {
        Self::link(self)
    }

    fn counts(&self) -> Counts {
        Self::counts(self)
    }

    fn begin(&self, mode: Mode) {
        Self::begin(self, mode);
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(Self::end(self))
    }

    fn unlink(&self) -> BoxFuture<'_, Result<Unlinked, LinkingError>> {
        Box::pin(async { Self::unlink(self).await.map_err(LinkingError::Failed) })
    }
}

/// Completes when the account is connected.
pub(super) async fn opened(wire: &dyn Wire) {
    let mut link = wire.link();
    let is_open = link
        .wait_for(|link| link.state == LinkState::Open)
        .await
        .is_ok();
    if !is_open {
        // The bridge is gone for good.
        std::future::pending::<()>().await;
    }
}
