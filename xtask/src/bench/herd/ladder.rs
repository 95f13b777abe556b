//! Clients that wait by a fixed ladder, without jitter.

use super::model::Client;

/// Waits of `first · factorⁿ`, at most `cap`.
#[derive(Debug, Clone)]
pub(super) struct Ladder {
    next_ms: f64,
    factor: f64,
    cap_ms: f64,
}

impl Ladder {
    pub(super) const fn new(first_ms: f64, factor: f64, cap_ms: f64) -> Self {
        Self {
            next_ms: first_ms,
            factor,
            cap_ms,
        }
    }
}

impl Client for Ladder {
    fn failed(&mut self, at: u64) -> Option<u64> {
        let wait = self.next_ms.min(self.cap_ms);
        self.next_ms = wait * self.factor;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Some(at + wait as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::Ladder;
    use crate::bench::herd::model::Client;

    #[test]
    fn a_ladder_climbs_to_its_cap() {
        let mut ladder = Ladder::new(1_000.0, 2.0, 3_000.0);
        let mut waits = Vec::new();
        for _ in 0..4 {
            waits.push(ladder.failed(5).map(|at| at - 5));
        }
        assert_eq!(waits, [1_000, 2_000, 3_000, 3_000].map(Some));
    }
}
