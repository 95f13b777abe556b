//! How often who may try a secret.
//!
//! Pages are counted by their Origin and by where they are, so that a page that
//! tries tokens locks itself out and nobody else, and a program elsewhere that
//! copies its Origin does not lock it out. Programs (no Origin) of one network
//! share a pace: after a wrong secret nobody there may try for a while, hung up
//! or not. Whoever invents an Origin for each try runs into a third count, over
//! all of a network. A valid token of a device is no guess and is never asked
//! to wait.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures of one page within [`WINDOW`] that lock it.
const OF_A_PAGE: usize = 10;
/// Failures of one network within [`WINDOW`] after which all of it is paced.
const OF_A_NETWORK: usize = 30;
const WINDOW: Duration = Duration::from_secs(60);
const LOCKOUT: Duration = Duration::from_secs(300);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const REMEMBERED: usize = 4_096;

/// Who tries, at a network.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Page(String),
    Program,
    Anybody,
}

impl Who {
    fn of(origin: Option<&str>) -> Self {
        origin.map_or(Self::Program, |origin| {
            Self::Page(origin.to_ascii_lowercase())
        })
    }
}

#[derive(Debug, Default)]
struct Failures {
    recent: Vec<Instant>,
    blocked_until: Option<Instant>,
}

impl Failures {
    fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.blocked_until?.checked_duration_since(now)?;
        (!left.is_zero()).then_some(left)
    }

    fn is_stale(&self, now: Instant) -> bool {
        self.left(now).is_none() && !self.recent.iter().any(|at| is_recent(*at, now))
    }
}

type Counts = HashMap<(Who, IpAddr), Failures>;

/// Counts wrong secrets.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    counts: Mutex<Counts>,
}

/// One household has one IPv4 address, but 2⁶⁴ IPv6 ones.
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        IpAddr::V4(ip) => IpAddr::V4(ip),
    }
}

impl Guesses {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries a secret: `Err` says how long whoever tries must wait, and then
    /// `is_right` was not asked. A wrong one is counted before anybody else of
    /// the same network is let through.
    ///
    /// `Ok(Err(pause))`: it was wrong; hold the answer back so long.
    pub(crate) fn attempt<T>(
        &self,
        origin: Option<&str>,
        ip: IpAddr,
        now: Instant,
        is_right: impl FnOnce() -> Option<T>,
    ) -> Result<Result<T, Duration>, Duration> {
        let (who, ip) = (Who::of(origin), network(ip));
        let mut counts = self.counts();
        let blocked = [who.clone(), Who::Anybody]
            .into_iter()
            .filter_map(|who| counts.get(&(who, ip))?.left(now))
            .max();
        if let Some(left) = blocked {
            return Err(left);
        }
        if let Some(right) = is_right() {
            return Ok(Ok(right));
        }
        let own = count(&mut counts, (who.clone(), ip), now);
        let n = own.recent.len();
        let mut pause = Duration::ZERO;
        match who {
            Who::Page(_) if n >= OF_A_PAGE => {
                own.recent.clear();
                own.blocked_until = Some(now + LOCKOUT);
            }
            Who::Page(_) => {}
            Who::Program | Who::Anybody => {
                let doubled = u32::try_from(n - 1).unwrap_or(u32::MAX).min(5);
                pause = (FIRST_PAUSE * 2_u32.pow(doubled)).min(LONGEST_PAUSE);
                own.blocked_until = Some(now + pause);
            }
        }
        let all = count(&mut counts, (Who::Anybody, ip), now);
        if all.recent.len() > OF_A_NETWORK {
            all.blocked_until = Some(now + LONGEST_PAUSE);
            pause = LONGEST_PAUSE;
        }
        Ok(Err(pause))
    }
}

/// Counts one failure more.
fn count(counts: &mut Counts, key: (Who, IpAddr), now: Instant) -> &mut Failures {
    if counts.len() >= REMEMBERED && !counts.contains_key(&key) {
        counts.retain(|_, failures| !failures.is_stale(now));
    }
    if counts.len() >= REMEMBERED && !counts.contains_key(&key) {
        // Whoever failed longest ago is forgotten: the newest is the one at it.
        let oldest = counts
            .iter()
            .min_by_key(|(_, failures)| failures.recent.last().copied())
            .map(|(key, _)| key.clone());
        if let Some(oldest) = oldest {
            counts.remove(&oldest);
        }
    }
    let failures = counts.entry(key).or_default();
    failures.recent.retain(|at| is_recent(*at, now));
    if failures.recent.len() <= OF_A_NETWORK {
        failures.recent.push(now);
    }
    failures
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Option<&str> = Some("http://a");

    fn at(ip: &str) -> IpAddr {
        ip.parse().unwrap()
    }

    /// One wrong secret.
    fn wrong(
        guesses: &Guesses,
        origin: Option<&str>,
        ip: &str,
        now: Instant,
    ) -> Result<Duration, Duration> {
        let tried = guesses.attempt(origin, at(ip), now, || None::<()>)?;
        Ok(tried.unwrap_err())
    }

    /// Whether a right secret would get through.
    fn may(guesses: &Guesses, origin: Option<&str>, ip: &str, now: Instant) -> bool {
        guesses.attempt(origin, at(ip), now, || Some(())).is_ok()
    }

    #[test]
    fn a_copied_origin_locks_its_own_network_only() {
        let guesses = Guesses::default();
        let now = Instant::now();
        for n in 0..10 {
            wrong(&guesses, PAGE, &format!("2001:db8::{n}"), now).unwrap();
        }
        let upper = Some("HTTP://A");
        assert!(
            !may(&guesses, upper, "2001:db8::99", now),
            "the next address of that network"
        );
        assert!(may(&guesses, upper, "2001:db8:0:1::1", now));
        assert!(may(&guesses, upper, "127.0.0.1", now));
        for _ in 0..10 {
            wrong(&guesses, PAGE, "::ffff:10.0.0.1", now).unwrap();
        }
        assert!(
            !may(&guesses, PAGE, "10.0.0.1", now),
            "the same address in other clothes"
        );
        assert!(may(&guesses, PAGE, "10.0.0.2", now));
    }

    #[test]
    fn the_tenth_failure_in_a_minute_locks_one_page_for_five_minutes() {
        let guesses = Guesses::default();
        let start = Instant::now();
        let ip = "192.168.1.7";
        for n in 0..9 {
            wrong(&guesses, PAGE, ip, start + Duration::from_secs(n)).unwrap();
        }
        let now = start + Duration::from_secs(9);
        assert!(may(&guesses, PAGE, ip, now));
        wrong(&guesses, PAGE, ip, now).unwrap();
        assert_eq!(wrong(&guesses, PAGE, ip, now), Err(LOCKOUT));
        assert!(may(&guesses, Some("http://b"), ip, now));
        assert!(may(&guesses, None, ip, now));
        assert!(may(&guesses, PAGE, ip, now + LOCKOUT));
    }

    #[test]
    fn failures_that_are_spread_out_lock_nobody() {
        let guesses = Guesses::default();
        let start = Instant::now();
        for n in 0..40 {
            let now = start + Duration::from_secs(7 * n);
            assert_eq!(wrong(&guesses, PAGE, "10.0.0.1", now), Ok(Duration::ZERO));
        }
    }

    #[test]
    fn programs_that_hang_up_still_have_to_wait() {
        let guesses = Guesses::default();
        let mut now = Instant::now();
        let mut tried = 0;
        let end = now + Duration::from_secs(60);
        while now < end {
            tried += usize::from(wrong(&guesses, None, "10.0.0.1", now).is_ok());
            now += Duration::from_millis(2);
        }
        assert!(tried <= 20, "{tried} guesses in a minute");
        assert!(may(&guesses, None, "10.0.0.2", now));
        assert!(may(&guesses, PAGE, "10.0.0.1", now), "pages of it go on");
    }

    #[test]
    fn an_answer_is_held_back_longer_each_time() {
        let guesses = Guesses::default();
        let mut now = Instant::now();
        let pauses: Vec<u128> = (0..7)
            .map(|_| {
                let pause = wrong(&guesses, None, "10.0.0.1", now).unwrap();
                now += pause;
                pause.as_millis()
            })
            .collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 5000, 5000]);
    }

    #[test]
    fn an_origin_of_its_own_for_each_guess_does_not_help() {
        let guesses = Guesses::default();
        let mut now = Instant::now();
        let end = now + Duration::from_secs(60);
        let mut tried = 0;
        for port in 1.. {
            let origin = format!("http://localhost:{port}");
            tried += usize::from(wrong(&guesses, Some(&origin), "10.0.0.1", now).is_ok());
            now += Duration::from_millis(2);
            if now >= end {
                break;
            }
        }
        assert!(tried <= 45, "{tried} guesses in a minute");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_newest_is_counted() {
        let guesses = Guesses::default();
        let now = Instant::now();
        for n in 0..4_200_u32 {
            let ip = IpAddr::V4(n.into()).to_string();
            wrong(&guesses, None, &ip, now + Duration::from_nanos(n.into())).unwrap();
        }
        assert!(guesses.counts().len() <= REMEMBERED);
        let last = IpAddr::V4(4_199.into()).to_string();
        assert!(!may(&guesses, None, &last, now + Duration::from_millis(1)));
    }
}
