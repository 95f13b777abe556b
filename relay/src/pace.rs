//! How fast one network may ask. Who is faster waits: over a socket until its
//! turn comes, over HTTP by trying again. Programs and pages of this machine are
//! the owner's, and wait for nobody.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::guesses::network;

/// Frames and requests at once, after a rest.
const AT_ONCE: u32 = 1_000;
/// Time of each, in the long run: a hundred a second.
const EACH: Duration = Duration::from_millis(10);
/// Networks that are remembered.
const REMEMBERED: usize = 4_096;

/// When each network will have had its time, if it asks for nothing more.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<IpAddr, Instant>>);

impl Pace {
    /// How long the next of a network has to wait; `counts` says whether it
    /// comes for sure, or only if it need not wait.
    fn next(&self, network: IpAddr, now: Instant, counts: bool) -> Duration {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = busy.get(&network).map_or(now, |until| (*until).max(now));
        let wait = (until + EACH).saturating_duration_since(now + EACH * AT_ONCE);
        if counts || wait.is_zero() {
            if busy.len() >= REMEMBERED && !busy.contains_key(&network) {
                forget(&mut busy, now);
            }
            busy.insert(network, until + EACH);
        }
        wait
    }
}

/// Makes room: who has had his rest is as good as new, else who is nearest to it.
fn forget(busy: &mut HashMap<IpAddr, Instant>, now: Instant) {
    busy.retain(|_, until| *until > now);
    if busy.len() < REMEMBERED {
        return;
    }
    let nearest = busy.iter().min_by_key(|(_, until)| **until);
    if let Some(network) = nearest.map(|(network, _)| *network) {
        busy.remove(&network);
    }
}

/// The pace of one caller. Clones share it with all of its network.
#[derive(Debug, Clone)]
pub(crate) struct Pacer {
    pace: Arc<Pace>,
    /// `None`: it may be as fast as it likes.
    network: Option<IpAddr>,
}

impl Pacer {
    pub(crate) fn new(pace: &Arc<Pace>, peer: IpAddr, is_local: bool) -> Self {
        Self {
            pace: Arc::clone(pace),
            network: (!is_local).then(|| network(peer)),
        }
    }

    /// Waits for the turn of the next frame.
    pub(crate) async fn turn(&self) {
        let Some(network) = self.network else { return };
        let wait = self.pace.next(network, Instant::now(), true);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether a request may be answered now.
    ///
    /// # Errors
    /// How long it must wait.
    pub(crate) fn check(&self, now: Instant) -> Result<(), Duration> {
        let Some(network) = self.network else {
            return Ok(());
        };
        match self.pace.next(network, now, false) {
            Duration::ZERO => Ok(()),
            left => Err(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pace: &Arc<Pace>, peer: &str) -> Pacer {
        Pacer::new(pace, peer.parse().unwrap(), false)
    }

    #[test]
    fn a_network_has_a_thousand_at_once_and_a_hundred_a_second_then() {
        let pace = Arc::new(Pace::default());
        let one = of(&pace, "2001:db8::1");
        let mut now = Instant::now();
        let had = |now| (0..5_000).filter(|_| one.check(now).is_ok()).count();
        assert_eq!(had(now), 1_000);
        assert_eq!(one.check(now), Err(EACH));
        assert!(of(&pace, "2001:db8::2").check(now).is_err(), "one network");
        assert!(of(&pace, "2001:db8:0:1::1").check(now).is_ok(), "another");
        now += Duration::from_secs(1);
        assert_eq!(had(now), 100);
        now += Duration::from_secs(60);
        assert_eq!(had(now), 1_000, "rest is not saved up");
    }

    #[test]
    fn this_machine_waits_for_nobody() {
        let pace = Arc::new(Pace::default());
        let local = Pacer::new(&pace, "127.0.0.1".parse().unwrap(), true);
        let now = Instant::now();
        assert!((0..5_000).all(|_| local.check(now).is_ok()));
        assert!(pace.0.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn frames_wait_for_their_turn_and_none_is_lost() {
        let pace = Arc::new(Pace::default());
        let now = Instant::now();
        let waits: Vec<Duration> = (0..1_003)
            .map(|_| pace.next("10.0.0.1".parse().unwrap(), now, true))
            .collect();
        assert!(waits[..1_000].iter().all(Duration::is_zero));
        assert_eq!(waits[1_000..], [EACH, EACH * 2, EACH * 3]);
        let (busy, others) = (of(&pace, "10.0.0.1"), of(&pace, "10.0.0.2"));
        for _ in 0..10_000 {
            pace.next("10.0.0.1".parse().unwrap(), now, true);
        }
        let started = tokio::time::Instant::now();
        others.turn().await;
        assert!(started.elapsed().is_zero());
        busy.turn().await;
        // Of the hundred seconds a slow machine has had some already.
        assert!(started.elapsed() > Duration::from_secs(50));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_busiest_stay() {
        let pace = Arc::new(Pace::default());
        let now = Instant::now();
        let busy = of(&pace, "10.0.0.1");
        while busy.check(now).is_ok() {}
        for n in 0..5_000_u32 {
            let ip = IpAddr::V4((0x0b00_0000 + n).into());
            let _ = Pacer::new(&pace, ip, false).check(now);
        }
        assert!(pace.0.lock().unwrap().len() <= REMEMBERED);
        assert!(busy.check(now).is_err());
    }
}
