//! The numbers of the protocol (facts/gateway.md §2.6), and who may try how often.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
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
const PAGES_REMEMBERED: usize = 4_096;

/// Counts failed sign-ins.
///
/// Browsers are counted by their Origin and by where they are, so that one page
/// that tries tokens locks itself out and nobody else, and a program elsewhere
/// that copies the page's Origin does not lock the page out. A peer without an
/// Origin is never locked (it is a program of the owner, or can forge any
/// header), it is slowed down.
#[derive(Debug, Default)]
pub(crate) struct FailureLimit {
    pages: Mutex<HashMap<Page, Failures>>,
    without_origin: Mutex<Vec<Instant>>,
}

/// A page somewhere: its Origin and the network that it calls from.
type Page = (String, IpAddr);

fn page(origin: &str, ip: IpAddr) -> Page {
    (origin.to_ascii_lowercase(), network(ip))
}

/// One household has one IPv4 address, but 2⁶⁴ IPv6 ones.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        IpAddr::V4(ip) => IpAddr::V4(ip),
    }
}

#[derive(Debug, Default)]
struct Failures {
    recent: Vec<Instant>,
    locked_until: Option<Instant>,
}

impl FailureLimit {
    /// How long a page of this origin must wait at `ip`; `None` when it may try.
    pub(crate) fn locked_for(&self, origin: &str, ip: IpAddr, now: Instant) -> Option<Duration> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let until = pages.get(&page(origin, ip))?.locked_until?;
        until
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())
    }

    /// Counts a failure of a page of this origin at `ip`. The tenth within a
    /// minute locks it.
    pub(crate) fn failed(&self, origin: &str, ip: IpAddr, now: Instant) {
        let page = page(origin, ip);
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES_REMEMBERED && !pages.contains_key(&page) {
            pages.retain(|_, failures| !failures.is_stale(now));
        }
        if pages.len() >= PAGES_REMEMBERED && !pages.contains_key(&page) {
            return;
        }
        let failures = pages.entry(page).or_default();
        failures.recent.retain(|at| is_recent(*at, now));
        failures.recent.push(now);
        if failures.recent.len() >= FAILURES {
            failures.recent.clear();
            failures.locked_until = Some(now + LOCKOUT);
        }
    }

    /// How long an answer to a failure without an Origin is held back: a
    /// quarter of a second, doubled by each failure of the last minute, 5 s at most.
    pub(crate) fn delay_without_origin(&self, now: Instant) -> Duration {
        let mut recent = self
            .without_origin
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        recent.retain(|at| is_recent(*at, now));
        let exponent = u32::try_from(recent.len()).unwrap_or(u32::MAX).min(5);
        if recent.len() < FAILURES {
            recent.push(now);
        }
        (Duration::from_millis(250) * 2_u32.pow(exponent)).min(Duration::from_secs(5))
    }
}

impl Failures {
    fn is_stale(&self, now: Instant) -> bool {
        let locked = self.locked_until.is_some_and(|until| until > now);
        let tried = self.recent.iter().any(|at| is_recent(*at, now));
        !locked && !tried
    }
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ip: &str) -> IpAddr {
        ip.parse().unwrap()
    }

    #[test]
    fn a_copied_origin_locks_its_own_network_only() {
        let limit = FailureLimit::default();
        let now = Instant::now();
        for n in 0..10 {
            limit.failed("http://a", at(&format!("2001:db8::{n}")), now);
        }
        let is_locked = |ip| limit.locked_for("HTTP://A", at(ip), now).is_some();
        assert!(
            is_locked("2001:db8::99"),
            "the next address of that network"
        );
        assert!(!is_locked("2001:db8:0:1::1"));
        assert!(!is_locked("127.0.0.1"));
        for _ in 0..10 {
            limit.failed("http://a", at("::ffff:10.0.0.1"), now);
        }
        assert!(is_locked("10.0.0.1"), "the same address in other clothes");
        assert!(!is_locked("10.0.0.2"));
    }

    #[test]
    fn the_tenth_failure_in_a_minute_locks_one_origin_for_five_minutes() {
        let limit = FailureLimit::default();
        let start = Instant::now();
        for n in 0..9 {
            limit.failed(
                "http://a",
                at("192.168.1.7"),
                start + Duration::from_secs(n),
            );
        }
        let now = start + Duration::from_secs(9);
        assert_eq!(limit.locked_for("http://a", at("192.168.1.7"), now), None);
        limit.failed("http://a", at("192.168.1.7"), now);
        assert_eq!(
            limit.locked_for("http://a", at("192.168.1.7"), now),
            Some(LOCKOUT)
        );
        assert_eq!(limit.locked_for("http://b", at("192.168.1.7"), now), None);
        assert_eq!(
            limit.locked_for("http://a", at("192.168.1.7"), now + LOCKOUT),
            None
        );
    }

    #[test]
    fn failures_that_are_spread_out_lock_nobody() {
        let limit = FailureLimit::default();
        let start = Instant::now();
        for n in 0..40 {
            let now = start + Duration::from_secs(7 * n);
            limit.failed("http://a", at("192.168.1.7"), now);
            assert_eq!(limit.locked_for("http://a", at("192.168.1.7"), now), None);
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
        assert_eq!(limit.locked_for("", at("192.168.1.7"), now), None);
    }
}
