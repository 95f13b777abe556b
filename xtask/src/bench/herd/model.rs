//! A gateway that admits so many a second, and a herd that lost it at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How many clients there are.
pub(super) const CLIENTS: usize = 1_000;
/// How many handshakes a second the gateway completes; it refuses the rest.
pub(super) const ADMITTED_PER_SECOND: u64 = 200;
/// When the gateway goes away, in milliseconds of the model's clock.
pub(super) const LOST_AT: u64 = 10_000;

/// What a refusal takes.
const REFUSAL_MS: u64 = 300;
/// An attempt reaches the gateway up to so long after it is made.
const SPREAD_MS: u64 = 250;
const WINDOW_MS: u64 = 100;
/// Whoever is not back by then counts as lost.
const HORIZON_MS: u64 = 300_000;

/// A client that tries again.
pub(super) trait Client {
    /// Its connection was lost, or its attempt failed: when is its next
    /// attempt? `None` when it gives up.
    fn failed(&mut self, at: u64) -> Option<u64>;
}

/// How it went.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Attempts of a client while the gateway was away.
    pub(super) attempts_down: f64,
    /// Attempts of a client once it was back.
    pub(super) attempts: f64,
    /// The most attempts that reached the gateway within a tenth of a second.
    pub(super) peak: f64,
    /// How long after the gateway the clients were back, in order; infinite for
    /// those who never were.
    pub(super) back_ms: Vec<f64>,
}

impl Outcome {
    /// Half, 95 %, … of the clients were back after this.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = (q * (self.back_ms.len().saturating_sub(1)) as f64).round() as usize;
        self.back_ms.get(at).copied().unwrap_or(f64::INFINITY)
    }
}

/// Lets the gateway be away for `down_ms`. The seed spreads the attempts on
/// their way to the gateway.
pub(super) fn outage(herd: &mut [Box<dyn Client>], down_ms: u64, seed: u64) -> Outcome {
    let mut random = Random(seed);
    let back_at = LOST_AT + down_ms;
    let mut arrivals = BinaryHeap::new();
    for (number, client) in herd.iter_mut().enumerate() {
        if let Some(at) = client.failed(LOST_AT) {
            arrivals.push(Reverse((at + random.up_to(SPREAD_MS), number)));
        }
    }
    let (mut while_down, mut once_back) = (0_u64, 0_u64);
    let mut back_ms = Vec::new();
    let (mut window, mut arrived, mut admitted, mut peak) = (0, 0_u64, 0_u64, 0_u64);
    while let Some(Reverse((at, number))) = arrivals.pop() {
        if at > back_at + HORIZON_MS {
            break;
        }
        let refused = if at < back_at {
            while_down += 1;
            at
        } else {
            once_back += 1;
            let now = (at - back_at) / WINDOW_MS;
            if now != window {
                (window, arrived, admitted) = (now, 0, 0);
            }
            arrived += 1;
            peak = peak.max(arrived);
            if admitted < ADMITTED_PER_SECOND * WINDOW_MS / 1_000 {
                admitted += 1;
                back_ms.push((at - back_at) as f64);
                continue;
            }
            at + REFUSAL_MS
        };
        if let Some(next) = herd
            .get_mut(number)
            .and_then(|client| client.failed(refused))
        {
            arrivals.push(Reverse((next + random.up_to(SPREAD_MS), number)));
        }
    }
    let clients = herd.len();
    back_ms.resize(clients, f64::INFINITY);
    Outcome {
        attempts_down: while_down as f64 / clients as f64,
        attempts: once_back as f64 / clients as f64,
        peak: peak as f64,
        back_ms,
    }
}

/// SplitMix64: the same seed, the same model.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn up_to(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % (bound + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Client, outage};

    /// Tries again after so long.
    struct Every(u64);

    impl Client for Every {
        fn failed(&mut self, at: u64) -> Option<u64> {
            Some(at + self.0)
        }
    }

    struct GivesUp;

    impl Client for GivesUp {
        fn failed(&mut self, _: u64) -> Option<u64> {
            None
        }
    }

    #[test]
    fn the_gateway_admits_no_more_than_it_can() {
        let mut herd: Vec<Box<dyn Client>> = (0..1_000).map(|_| Box::new(Every(50)) as _).collect();
        let outcome = outage(&mut herd, 1_000, 1);
        assert_eq!(outcome.back_ms.len(), 1_000);
        assert!(outcome.back_ms.is_sorted());
        assert!(
            outcome.quantile(1.0) >= 4_900.0,
            "{}",
            outcome.quantile(1.0)
        );
        assert!(outcome.quantile(0.5) >= 2_400.0 && outcome.quantile(0.5) <= 2_600.0);
        assert!(outcome.attempts > 1.0 && outcome.attempts_down > 3.0);
    }

    #[test]
    fn whoever_gives_up_is_never_back() {
        let mut herd: Vec<Box<dyn Client>> = vec![Box::new(Every(10)), Box::new(GivesUp)];
        let outcome = outage(&mut herd, 100, 1);
        assert!(outcome.quantile(0.0).is_finite());
        assert!(outcome.quantile(1.0).is_infinite());
    }
}
