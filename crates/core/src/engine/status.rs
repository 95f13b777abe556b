//! The connection's state, as the app sees it.

use crate::time::Instant;
use crate::verdict::Cause;

/// Where the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Nobody asked for a connection yet.
    Idle,
    /// A socket is being opened or shakes hands.
    Connecting {
        /// The number of this attempt since the last good connection, from 1.
        attempt: u32,
        /// There was a connection before.
        again: bool,
    },
    /// Connected.
    Ready,
    /// Waiting to try again.
    Waiting {
        /// Failed attempts since the last good connection.
        attempt: u32,
        /// When the next one begins.
        until: Instant,
        /// Why the last one ended.
        cause: Cause,
        /// There was a connection before.
        again: bool,
    },
    /// The gateway's owner must approve this device; goes on by itself.
    Pairing(Pairing),
    /// Nothing happens until a person acts.
    Paused(Cause),
    /// The app closed it.
    Closed,
}

/// A pairing request that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// What the owner must approve; `None` when the gateway did not name it.
    pub request_id: Option<String>,
    /// `not-paired`, `scope-upgrade`, `role-upgrade` or `metadata-upgrade`.
    pub reason: Option<String>,
    /// What the gateway said.
    pub message: String,
    /// The command that approves it, ready for a shell on the gateway's machine;
    /// `None` when the gateway did not say which one.
    pub command: Option<String>,
}

/// What will wake the engine next. In every state but idle, paused and closed
/// there is exactly one, and its deadlines guard it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WakeSource {
    /// The socket.
    Socket,
    /// The timer.
    Timer,
    /// An answer of the host.
    Host,
}

/// Why the timer is set, for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The socket must be open by then.
    Opening,
    /// The challenge must have come by then.
    Challenge,
    /// The hello must have come by then.
    Hello,
    /// The next attempt begins then.
    Backoff,
    /// The next look whether the device is approved.
    Pairing,
    /// The connection counts as good from then on.
    Stable,
    /// Silence until then means something.
    Watchdog,
    /// A request's answer must have come by then.
    Request,
    /// The outbox has something to do then.
    Outbox,
    /// A connection with more scopes takes the place of this one then.
    Scopes,
    /// The tab that leads must have shown a sign of life by then.
    Leader,
}
