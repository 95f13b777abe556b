//! The numbers of the protocol (facts/gateway.md §2.6).

use std::time::Duration;

/// Largest frame before `hello-ok`, in bytes.
pub(crate) const MAX_FIRST_FRAME: usize = 65_536;
/// Most JSON values in a frame before `hello-ok`.
pub(crate) const MAX_FIRST_VALUES: usize = 2_000;
/// Most JSON values in a frame after `hello-ok`.
pub(crate) const MAX_VALUES: usize = 20_000;
/// Longest id of a request, in bytes.
pub(crate) const MAX_ID: usize = 1_024;
/// Largest frame after `hello-ok`, in bytes.
pub(crate) const MAX_PAYLOAD: usize = 26_214_400;
/// Most bytes that wait for one reader.
pub(crate) const MAX_BUFFERED: usize = 52_428_800;
/// Bytes that wait for one reader while its requests are still done.
pub(crate) const MAX_UNREAD: usize = 4_194_304;
/// Largest attachment, decoded, in bytes.
pub(crate) const MAX_ATTACHMENT: usize = 19_464_192;
/// Largest image, decoded, in bytes.
pub(crate) const MAX_IMAGE: usize = 6_291_456;
/// Between two ticks.
pub(crate) const TICK: Duration = Duration::from_secs(30);
/// Between two pings; a pong (or anything else) must come before the next.
pub(crate) const PING: Duration = Duration::from_secs(25);
/// How long a socket may take to its `hello-ok`.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(15);
/// How far a signature's time may be from ours, in milliseconds.
pub(crate) const SIGNATURE_SKEW_MS: i64 = 120_000;
/// Requests of one connection that wait for something (`agent.wait`, the second
/// answer of `agent`).
pub(crate) const MAX_WAITING_REQUESTS: usize = 256;
/// Inputs of one session that wait behind a run.
pub(crate) const MAX_QUEUED_INPUTS: usize = 100;

/// Longest idempotency key, in bytes.
pub const MAX_KEY: usize = 1_024;
/// Most scopes of one connection.
pub(crate) const MAX_SCOPES: usize = 16;
/// The scopes that there are, all of protocol 4. An owner who is asked for
/// others could not know what he gives away.
pub(crate) const SCOPES: [&str; 7] = [
    "operator.admin",
    "operator.approvals",
    "operator.pairing",
    "operator.questions",
    "operator.read",
    "operator.talk",
    "operator.write",
];
/// Characters of what a client calls itself; others are shown it.
pub(crate) const MAX_NAME: usize = 200;

/// Longest answer of an agent, in bytes.
pub(crate) const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// How long answers may go on when the server stops. Service managers wait ten
/// seconds or more before they kill.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);
/// How soon a stopped server is expected back.
pub(crate) const RESTART: Duration = Duration::from_millis(1_500);
