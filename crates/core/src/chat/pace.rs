//! How fast a chat may ask for history, whatever the gateway makes it ask for.

use std::time::Duration;

use crate::Instant;

const FIRST: Duration = Duration::from_millis(250);
const RAREST: Duration = Duration::from_secs(15);
/// Quiet beyond the last waits that ends a hurry.
const QUIET: Duration = Duration::from_secs(1);

/// The first question is free; each that follows soon waits twice as long as
/// the one before it.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    wait: Duration,
    last: Option<Instant>,
}

impl Pace {
    /// How long to wait before the next question, which counts as asked then.
    pub fn next(&mut self, now: Instant) -> Duration {
        let quiet = self.last.map(|last| now.since(last));
        if quiet.is_none_or(|quiet| quiet >= self.wait * 2 + QUIET) {
            self.wait = Duration::ZERO;
            self.last = Some(now);
            return Duration::ZERO;
        }
        self.wait = (self.wait * 2).clamp(FIRST, RAREST);
        let wait = self.wait.saturating_sub(quiet.unwrap_or_default());
        self.last = Some(now + wait);
        wait
    }

    /// The last answers brought what was asked for.
    pub fn rest(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments at which questions are asked, each as soon as it may be.
    fn asked(questions: usize) -> Vec<u64> {
        let (mut pace, mut now) = (Pace::default(), Instant::from_millis(1_000));
        let mut moments = Vec::new();
        for _ in 0..questions {
            now = now + pace.next(now);
            moments.push(now.as_millis() - 1_000);
        }
        moments
    }

    #[test]
    fn who_asks_without_end_is_answered_ever_more_rarely() {
        let expected = [
            0, 250, 750, 1_750, 3_750, 7_750, 15_750, 30_750, 45_750, 60_750,
        ];
        assert_eq!(asked(10), expected);
    }

    #[test]
    fn after_a_quiet_time_the_first_question_is_free_again() {
        let mut pace = Pace::default();
        let mut now = Instant::from_millis(0);
        for _ in 0..20 {
            assert_eq!(pace.next(now), Duration::ZERO);
            now = now + Duration::from_secs(2);
        }
        for _ in 0..10 {
            now = now + pace.next(now);
        }
        now = now + RAREST;
        assert!(pace.next(now) == Duration::ZERO, "it waited long enough");
        now = now + RAREST * 3;
        assert_eq!(pace.next(now), Duration::ZERO);
    }
}
