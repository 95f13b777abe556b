//! The numbers of the protocol (facts/gateway.md §2.6), and who may try how often.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Largest frame before `hello-ok`, in bytes.
pub(crate) const MAX_FIRST_FRAME: usize = 65_536;
/// Largest frame after `hello-ok`, in bytes.
pub(crate) const MAX_PAYLOAD: usize = 26_214_400;
/// Most bytes that wait for one reader.
pub(crate) const MAX_BUFFERED: usize = 52_428_800;
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
/// Sockets that have not said hello yet, over all peers.
pub(crate) const MAX_STRANGERS: usize = 256;
/// Connections in all.
pub(crate) const MAX_CONNECTIONS: usize = 1_024;
/// Requests of one connection that wait for something (`agent.wait`, the second
/// answer of `agent`).
pub(crate) const MAX_WAITING_REQUESTS: usize = 256;
/// Inputs of one session that wait behind a run.
pub(crate) const MAX_QUEUED_INPUTS: usize = 100;

/// Longest idempotency key, in bytes.
pub(crate) const MAX_KEY: usize = 1_024;
/// Most scopes of one connection, and longest name of one, in bytes.
pub(crate) const MAX_SCOPES: usize = 64;
/// See [`MAX_SCOPES`].
pub(crate) const MAX_SCOPE: usize = 128;
/// Characters of what a client calls itself; others are shown it.
pub(crate) const MAX_NAME: usize = 200;

const FAILURES: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);
const LOCKOUT: Duration = Duration::from_secs(300);
const ORIGINS_REMEMBERED: usize = 4_096;

/// Counts failed sign-ins.
///
/// Browsers are counted by their Origin, so that one page that tries tokens
/// locks itself out and nobody else. A peer without an Origin is never locked
/// (it is a program of the owner, or can forge any header), it is slowed down.
#[derive(Debug, Default)]
pub(crate) struct FailureLimit {
    entries: Mutex<HashMap<String, Failures>>,
}

#[derive(Debug, Default)]
struct Failures {
    recent: Vec<Instant>,
    locked_until: Option<Instant>,
}

impl FailureLimit {
    /// How long this origin must wait; `None` when it may try.
    pub(crate) fn locked_for(&self, origin: &str, now: Instant) -> Option<Duration> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let until = entries.get(origin)?.locked_until?;
        until
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())
    }

    /// Counts a failure of this origin. The tenth within a minute locks it.
    pub(crate) fn failed(&self, origin: &str, now: Instant) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= ORIGINS_REMEMBERED && !entries.contains_key(origin) {
            entries.retain(|_, failures| !failures.is_stale(now));
        }
        if entries.len() >= ORIGINS_REMEMBERED && !entries.contains_key(origin) {
            return;
        }
        let failures = entries.entry(origin.to_owned()).or_default();
        failures
            .recent
            .retain(|at| now.saturating_duration_since(*at) < WINDOW);
        failures.recent.push(now);
        if failures.recent.len() >= FAILURES {
            failures.recent.clear();
            failures.locked_until = Some(now + LOCKOUT);
        }
    }

    /// How long an answer to a failure without an Origin is held back: a
    /// quarter of a second, doubled by each failure of the last minute, 5 s at most.
    pub(crate) fn delay_without_origin(&self, now: Instant) -> Duration {
        const NO_ORIGIN: &str = "";
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = entries.entry(NO_ORIGIN.to_owned()).or_default();
        failures
            .recent
            .retain(|at| now.saturating_duration_since(*at) < WINDOW);
        let exponent = u32::try_from(failures.recent.len())
            .unwrap_or(u32::MAX)
            .min(5);
        if failures.recent.len() < FAILURES {
            failures.recent.push(now);
        }
        (Duration::from_millis(250) * 2_u32.pow(exponent)).min(Duration::from_secs(5))
    }
}

impl Failures {
    fn is_stale(&self, now: Instant) -> bool {
        let locked = self.locked_until.is_some_and(|until| until > now);
        let tried = self
            .recent
            .iter()
            .any(|at| now.saturating_duration_since(*at) < WINDOW);
        !locked && !tried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_failure_in_a_minute_locks_one_origin_for_five_minutes() {
        let limit = FailureLimit::default();
        let start = Instant::now();
        for n in 0..9 {
            limit.failed("http://a", start + Duration::from_secs(n));
        }
        let now = start + Duration::from_secs(9);
        assert_eq!(limit.locked_for("http://a", now), None);
        limit.failed("http://a", now);
        assert_eq!(limit.locked_for("http://a", now), Some(LOCKOUT));
        assert_eq!(limit.locked_for("http://b", now), None);
        assert_eq!(limit.locked_for("http://a", now + LOCKOUT), None);
    }

    #[test]
    fn failures_that_are_spread_out_lock_nobody() {
        let limit = FailureLimit::default();
        let start = Instant::now();
        for n in 0..40 {
            let now = start + Duration::from_secs(7 * n);
            limit.failed("http://a", now);
            assert_eq!(limit.locked_for("http://a", now), None);
        }
    }

    #[test]
    fn without_an_origin_the_answer_is_held_back_longer_each_time() {
        let limit = FailureLimit::default();
        let now = Instant::now();
        let delays: Vec<u128> = (0..7)
            .map(|_| limit.delay_without_origin(now).as_millis())
            .collect();
        assert_eq!(delays, [250, 500, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(limit.locked_for("", now), None);
    }
}
