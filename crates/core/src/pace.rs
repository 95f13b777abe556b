//! How often something may be asked for that others can make one ask for.

use std::time::Duration;

use crate::time::Instant;

/// The third in a row waits for this, each further one twice as long …
const SHORTEST: Duration = Duration::from_millis(250);
/// … up to this.
const LONGEST: Duration = Duration::from_secs(15);
/// Who comes so much later than twice the wait is in no hurry: the wait becomes
/// shorter again.
const CALM: Duration = Duration::from_secs(1);
/// After so long without one, the next is the first again.
const QUIET: Duration = Duration::from_secs(30);

/// Spaces what is asked for again and again: twice at once, for something may
/// change while the first answer is on its way, then ever more rarely. A gateway
/// that reports losses without end, or rows that never fit, cannot make a client
/// ask faster than this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    last: Option<Instant>,
    wait: Duration,
}

impl Pace {
    /// When it may be asked for next: `now`, or later.
    #[must_use]
    pub fn due(&self, now: Instant) -> Instant {
        match self.last {
            Some(last) if !self.is_quiet(now) => now.max(last + self.wait),
            _ => now,
        }
    }

    /// Nobody asked lately: the next time is the first again.
    #[must_use]
    pub fn is_quiet(&self, now: Instant) -> bool {
        self.last.is_none_or(|last| now.since(last) >= QUIET)
    }

    /// How long to wait before the next time, which counts as asked then.
    pub fn next(&mut self, now: Instant) -> Duration {
        let due = self.due(now);
        self.asked(due);
        due.since(now)
    }

    /// What was asked for came, and nothing made it necessary: the next time is
    /// the first again.
    pub fn rest(&mut self) {
        *self = Self::default();
    }

    /// It was refused: not even the second time is at once.
    pub fn failed(&mut self) {
        self.wait = self.wait.max(SHORTEST);
    }

    /// It is asked for at this moment.
    pub fn asked(&mut self, now: Instant) {
        self.wait = match self.last.map(|last| now.since(last)) {
            Some(quiet) if quiet >= QUIET => Duration::ZERO,
            Some(quiet) if quiet >= self.wait * 2 + CALM => self.wait / 2,
            Some(_) => (self.wait * 2).clamp(SHORTEST, LONGEST),
            None => Duration::ZERO,
        };
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_without_end_is_asked_for_ever_more_rarely() {
        let mut pace = Pace::default();
        let start = Instant::from_millis(1_000);
        let (mut now, mut asked) = (start, 0);
        while now.since(start) < Duration::from_secs(60) {
            if pace.due(now) <= now {
                pace.asked(now);
                asked += 1;
            }
            now = now + Duration::from_millis(1);
        }
        assert_eq!(
            asked, 10,
            "twice at once, after 0.25 s, 0.5 s, …, then every 15 s"
        );
        assert_eq!(pace.due(now + QUIET), now + QUIET, "quiet: at once again");
    }

    #[test]
    fn who_asks_now_and_then_never_waits_for_long() {
        let mut pace = Pace::default();
        let (mut now, mut longest) = (Instant::from_millis(1_000), Duration::ZERO);
        // An agent that uses a tool every three seconds.
        for _ in 0..100 {
            longest = longest.max(pace.next(now));
            now = now + Duration::from_secs(3);
        }
        assert!(longest < Duration::from_secs(1), "{longest:?}");
    }

    #[test]
    fn what_loops_slowly_becomes_rarer_too() {
        let mut pace = Pace::default();
        let (mut now, mut asked) = (Instant::from_millis(1_000), 0);
        let end = now + Duration::from_secs(60);
        while now < end {
            now = now + pace.next(now) + Duration::from_millis(900);
            asked += 1;
        }
        assert!(asked < 16, "{asked}");
    }
}
