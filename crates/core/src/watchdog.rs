//! Silence: when a connection that looks open is taken for dead.
//!
//! Any inbound frame is life. After 1.25 ticks of silence, or 6 s with a
//! request waiting, or on waking from sleep, the engine probes; a probe that
//! stays unanswered for 3 s ends the connection. It is never ended without a
//! probe: a background tab's timer may fire a minute late while the answer
//! already waits in the event loop.

use std::time::Duration;

use crate::time::Instant;

/// A request may wait this long in total silence before the engine probes.
const PATIENCE: Duration = Duration::from_secs(6);
/// A probe must see any frame within this long.
const PROBE: Duration = Duration::from_secs(3);

/// What the watchdog wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bark {
    /// Ask the gateway for a sign of life.
    Probe,
    /// The connection is dead.
    Dead,
}

#[derive(Debug, Clone)]
pub(crate) struct Watchdog {
    tick: Duration,
    heard: Instant,
    probe: Option<Instant>,
}

impl Watchdog {
    pub(crate) const fn new(now: Instant, tick: Duration) -> Self {
        Self {
            tick,
            heard: now,
            probe: None,
        }
    }

    /// A frame came in.
    pub(crate) const fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.probe = None;
    }

    /// The engine sends a probe, unless one is under way.
    pub(crate) fn probing(&mut self, now: Instant) -> bool {
        let begins = self.probe.is_none();
        self.probe.get_or_insert(now);
        begins
    }

    /// A probe is under way: the connection may be dead.
    pub(crate) const fn is_probing(&self) -> bool {
        self.probe.is_some()
    }

    /// Nothing came in for a quarter of a tick or more: worth a probe when the
    /// page wakes up.
    pub(crate) fn is_stale(&self, now: Instant) -> bool {
        now.since(self.heard) >= self.tick / 4
    }

    /// When it barks next. `waiting` is when the oldest unanswered request left.
    pub(crate) fn deadline(&self, waiting: Option<Instant>) -> Instant {
        if let Some(probe) = self.probe {
            return probe + PROBE;
        }
        let idle = self.heard + self.tick * 5 / 4;
        match waiting {
            Some(sent) => idle.min(sent.max(self.heard) + PATIENCE),
            None => idle,
        }
    }

    pub(crate) fn bark(&self, now: Instant, waiting: Option<Instant>) -> Option<Bark> {
        if now < self.deadline(waiting) {
            return None;
        }
        Some(if self.probe.is_some() {
            Bark::Dead
        } else {
            Bark::Probe
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn watchdog() -> Watchdog {
        Watchdog::new(at(100), Duration::from_secs(30))
    }

    #[test]
    fn an_idle_dead_connection_is_found_within_45_seconds() {
        let mut dog = watchdog();
        assert_eq!(dog.bark(at(137), None), None);
        assert_eq!(dog.bark(at(138), None), Some(Bark::Probe));
        assert!(dog.probing(at(138)));
        assert_eq!(dog.bark(at(140), None), None);
        assert_eq!(dog.bark(at(141), None), Some(Bark::Dead));
    }

    #[test]
    fn a_dead_connection_with_a_request_waiting_is_found_within_10_seconds() {
        let mut dog = watchdog();
        let sent = Some(at(101));
        assert_eq!(dog.bark(at(107), sent), Some(Bark::Probe));
        assert!(dog.probing(at(107)));
        assert_eq!(dog.bark(at(110), sent), Some(Bark::Dead));
    }

    #[test]
    fn any_frame_is_life_even_while_probing() {
        let mut dog = watchdog();
        assert!(dog.probing(at(138)));
        assert!(!dog.probing(at(139)));
        dog.heard(at(140));
        assert_eq!(dog.bark(at(141), None), None);
    }

    #[test]
    fn a_late_timer_probes_before_it_ends_anything() {
        let dog = watchdog();
        assert_eq!(dog.bark(at(10_000), None), Some(Bark::Probe));
    }
}
