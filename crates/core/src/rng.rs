//! Jitter from a seed: the same seed gives the same waits on every platform.

use std::time::Duration;

use crate::time::millis;

/// SplitMix64. Spread, not secrecy: keys and nonces never come from here.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A wait between zero and `bound`, both included, in whole milliseconds.
    pub(crate) fn up_to(&mut self, bound: Duration) -> Duration {
        let span = millis(bound).saturating_add(1);
        Duration::from_millis(self.next() % span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_waits() {
        let mut a = Rng::new(7);
        let mut b = Rng::new(7);
        for _ in 0..100 {
            let bound = Duration::from_millis(1000);
            let wait = a.up_to(bound);
            assert_eq!(wait, b.up_to(bound));
            assert!(wait <= bound);
        }
    }
}
