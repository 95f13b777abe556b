//! When to try again.

use std::time::Duration;

/// The first wait, and the longest; each is by chance up to a quarter shorter or
/// longer.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);
const GROWTH: f64 = 1.8;
const SPREAD: f64 = 0.25;

/// How long a connection has to be open until the failures before it are
/// forgotten: one that opens and breaks at once is none.
const STABLE: Duration = Duration::from_secs(5 * 60);

/// How many ends of the process within [`BUDGET`] are too many.
const MOST_ENDS: usize = 5;
const BUDGET: Duration = Duration::from_secs(60);

/// The failures since the connection was last open for long.
#[derive(Debug, Default)]
pub(super) struct Retry {
    failures: u32,
    open_since: Option<Duration>,
    ends: Vec<Duration>,
    has_restarted: bool,
}

impl Retry {
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn opened(&mut self, at: Duration) {
        self.open_since = Some(at);
    }

    /// The connection is not open any more, if it was.
    pub(super) fn closed(&mut self, at: Duration) {
        self.settle(at);
        self.open_since = None;
    }

    /// Forgets the failures before a connection that has been open for long.
    pub(super) fn settle(&mut self, at: Duration) {
        if self.stable_at().is_some_and(|stable| at >= stable) {
            self.failures = 0;
            self.has_restarted = false;
        }
    }

    /// When [`Self::settle`] has something to forget.
    pub(super) fn stable_at(&self) -> Option<Duration> {
        let since = self.open_since?;
        (self.failures > 0 || self.has_restarted).then(|| since + STABLE)
    }

    /// Counts a failure; gives how long to wait. `chance` is from 0 to 1.
    pub(super) fn failed(&mut self, chance: f64) -> Duration {
        // The longest wait is reached long before.
        let grown = GROWTH.powi(self.failures.min(32).cast_signed());
        self.failures = self.failures.saturating_add(1);
        let wait = FIRST.mul_f64(grown).min(LONGEST);
        wait.mul_f64(1.0 - SPREAD + 2.0 * SPREAD * chance.clamp(0.0, 1.0))
    }

    /// Whether WhatsApp may have the new connection that it asked for at once:
    /// the first time only.
    pub(super) fn may_restart(&mut self) -> bool {
        !std::mem::replace(&mut self.has_restarted, true)
    }

    /// Counts an end of the process; gives whether there were too many.
    pub(super) fn ended(&mut self, at: Duration) -> bool {
        self.ends.retain(|end| *end + BUDGET > at);
        self.ends.push(at);
        self.ends.len() >= MOST_ENDS
    }

    /// A person wants it to be tried: the ends so far do not count.
    pub(super) fn forgive(&mut self) {
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_spread_by_a_quarter() {
        for chance in [0.0, 0.5, 1.0] {
            let mut retry = Retry::default();
            let share = 0.75 + 0.5 * chance;
            for seconds in [2.0, 3.6, 6.48, 11.664, 20.995, 37.791, 60.0, 60.0] {
                let wait = retry.failed(chance).as_secs_f64();
                assert!((wait - seconds * share).abs() < 0.01, "{wait} {seconds}");
            }
            for _ in 0..1000 {
                assert!(retry.failed(chance) <= Duration::from_secs(75));
            }
        }
    }

    #[test]
    fn only_a_connection_of_five_minutes_is_forgiven() {
        let mut retry = Retry::default();
        for round in 0..10 {
            retry.failed(0.5);
            retry.opened(Duration::from_secs(1000 * round));
            retry.closed(Duration::from_secs(1000 * round + 299));
        }
        assert_eq!(retry.failures(), 10);
        retry.opened(Duration::from_secs(20_000));
        retry.closed(Duration::from_secs(20_300));
        assert_eq!(retry.failures(), 0);
    }

    #[test]
    fn five_ends_within_a_minute_are_too_many_and_old_ones_do_not_count() {
        let mut retry = Retry::default();
        let slow = (0..100).any(|n| retry.ended(Duration::from_secs(16 * n)));
        assert!(!slow);
        let mut retry = Retry::default();
        let ends: Vec<bool> = (0..5)
            .map(|n| retry.ended(Duration::from_secs(14 * n)))
            .collect();
        assert_eq!(ends, [false, false, false, false, true]);
    }
}
