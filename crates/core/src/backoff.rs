//! How long to wait before the next socket: staged full jitter.
//!
//! `U(0, min(cap, base * 2^n))`, with a low cap while the outage is young (a
//! restarting gateway is back within seconds) and a higher one afterwards.

use std::time::Duration;

use crate::rng::Rng;
use crate::time::{Instant, millis};

/// The reconnect policy. The defaults bring 1,000 clients back within 6 s of a
/// gateway that admits 200 a second, and a single one within 1.1 s (median).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    /// Bound of the first wait.
    pub base: Duration,
    /// Bound of any wait while the outage is younger than [`Self::early`].
    pub early_cap: Duration,
    /// How long the low cap holds.
    pub early: Duration,
    /// Bound of any wait afterwards.
    pub late_cap: Duration,
    /// A connection counts as good, and the attempts as forgotten, once it has
    /// lived this long after hello.
    pub stable: Duration,
    /// Give up after this many failed attempts in a row; `None` never does.
    pub max_attempts: Option<u32>,
    /// Wait anywhere between nothing and the bound, so that many clients do not
    /// come back in step; else the whole bound.
    pub jitter: bool,
}

impl Backoff {
    /// The same wait each time, as the older systems did.
    #[must_use]
    pub fn constant(wait: Duration) -> Self {
        Self {
            base: wait,
            early_cap: wait,
            late_cap: wait,
            jitter: false,
            ..Self::default()
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(250),
            early_cap: Duration::from_secs(3),
            early: Duration::from_secs(120),
            late_cap: Duration::from_secs(15),
            stable: Duration::from_secs(5),
            max_attempts: None,
            jitter: true,
        }
    }
}

/// The failed attempts since the last stable connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outage {
    attempts: u32,
    since: Option<Instant>,
}

impl Outage {
    pub(crate) const fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn end(&mut self) {
        *self = Self::default();
    }

    /// Counts one more failure and says how long to wait.
    pub(crate) fn next(&mut self, now: Instant, policy: &Backoff, rng: &mut Rng) -> Duration {
        let since = *self.since.get_or_insert(now);
        let cap = if now.since(since) < policy.early {
            policy.early_cap
        } else {
            policy.late_cap
        };
        // 2^20 * 1 ms is past every sensible cap; the shift cannot overflow.
        let doubled = millis(policy.base).saturating_mul(1 << self.attempts.min(20));
        self.attempts = self.attempts.saturating_add(1);
        let bound = cap.min(Duration::from_millis(doubled));
        if policy.jitter {
            rng.up_to(bound)
        } else {
            bound
        }
    }

    /// Counts one more failure whose wait the gateway named: never earlier,
    /// and spread out, so that all its clients do not return at once. A gateway
    /// that names short waits for ever does not get past the backoff with it.
    pub(crate) fn hinted(
        &mut self,
        now: Instant,
        hint: Duration,
        policy: &Backoff,
        rng: &mut Rng,
    ) -> Duration {
        let since = *self.since.get_or_insert(now);
        let spread = (hint / 5).max(Duration::from_millis(500));
        let wait = hint.max(policy.base) + rng.up_to(spread);
        let own = self.next(now, policy, rng);
        if now.since(since) < policy.early {
            wait
        } else {
            wait.max(own)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_under_their_stage_and_the_first_is_short() {
        let policy = Backoff::default();
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let mut outage = Outage::default();
            let mut now = Instant::from_millis(1_000_000);
            assert!(outage.next(now, &policy, &mut rng) <= policy.base);
            for _ in 0..400 {
                let young = now.since(Instant::from_millis(1_000_000)) < policy.early;
                let wait = outage.next(now, &policy, &mut rng);
                assert!(
                    wait <= if young {
                        policy.early_cap
                    } else {
                        policy.late_cap
                    }
                );
                now = now + wait + Duration::from_millis(100);
            }
        }
    }

    #[test]
    fn a_constant_wait_is_the_same_each_time() {
        let wait = Duration::from_secs(5);
        let policy = Backoff::constant(wait);
        let (mut rng, mut outage) = (Rng::new(1), Outage::default());
        let mut now = Instant::default();
        for _ in 0..100 {
            assert_eq!(outage.next(now, &policy, &mut rng), wait);
            now = now + wait;
        }
    }

    #[test]
    fn a_hint_is_never_undercut() {
        let mut rng = Rng::new(3);
        let mut outage = Outage::default();
        let hint = Duration::from_secs(10);
        for _ in 0..100 {
            let wait = outage.hinted(Instant::default(), hint, &Backoff::default(), &mut rng);
            assert!(wait >= hint && wait <= hint + Duration::from_secs(2));
        }
    }

    #[test]
    fn tiny_hints_for_ever_do_not_get_past_the_backoff() {
        let mut rng = Rng::new(4);
        let policy = Backoff::default();
        let mut outage = Outage::default();
        let mut now = Instant::default();
        let mut late = Vec::new();
        for _ in 0..2_000 {
            let wait = outage.hinted(now, Duration::from_millis(1), &policy, &mut rng);
            assert!(wait >= policy.base);
            if now.since(Instant::default()) > policy.early {
                late.push(wait);
            }
            now = now + wait;
        }
        let mean = late.iter().sum::<Duration>() / u32::try_from(late.len()).unwrap();
        assert!(mean > policy.late_cap / 3, "{mean:?}");
    }
}
