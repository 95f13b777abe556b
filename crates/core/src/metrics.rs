//! What happened, in numbers: for a host that wants to watch.

use std::time::Duration;

use crate::time::{Instant, millis};

/// Durations of the latest requests that are kept for percentiles.
const LATEST: usize = 256;
/// Codes of ended connections that are counted apart.
const CODES: usize = 32;

/// Counters since the engine was made. They only grow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Socket attempts.
    pub attempts: u64,
    /// Hellos.
    pub connections: u64,
    /// How often an attempt or a connection ended, by the code of the verdict
    /// table. At most 32 codes; later ones count as `other`.
    pub ends: Vec<(String, u64)>,
    /// How long the latest connection took to be made.
    pub phases: Phases,
    /// Requests whose answer came, of the host and of the outbox.
    pub answered: u64,
    /// Requests of the host that ended without an answer.
    pub failed: u64,
    /// Half of the latest 256 answers came within this.
    pub answer_p50: Option<Duration>,
    /// 99 of 100 of the latest 256 answers came within this.
    pub answer_p99: Option<Duration>,
    /// Gaps in the numbers of events.
    pub gaps: u64,
    /// Events that were dropped as repetitions, or as older than what is held.
    pub dropped: u64,
    /// Looks into history to decide messages.
    pub looks: u64,
    /// Messages that left more than once.
    pub repeats: u64,
    /// Messages on their way now.
    pub outbox: u64,
}

/// How long each step of a handshake took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phases {
    /// From the attempt until the socket was open.
    pub opening: Duration,
    /// Until the challenge.
    pub challenge: Duration,
    /// Until the proof was signed and sent.
    pub signing: Duration,
    /// Until the hello.
    pub hello: Duration,
}

/// Collects [`Metrics`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    pub(crate) counts: Metrics,
    /// Whole milliseconds, the newest overwriting the oldest.
    latest: Vec<u32>,
    next: usize,
    step: Instant,
    phases: Phases,
}

impl Meter {
    pub(crate) fn attempt(&mut self, now: Instant) {
        self.counts.attempts += 1;
        self.phases = Phases::default();
        self.step = now;
    }

    /// A step of the handshake is done.
    pub(crate) fn step(&mut self, now: Instant, which: fn(&mut Phases) -> &mut Duration) {
        *which(&mut self.phases) = now.since(self.step);
        self.step = now;
    }

    pub(crate) fn connected(&mut self, now: Instant) {
        self.step(now, |phases| &mut phases.hello);
        self.counts.phases = self.phases;
        self.counts.connections += 1;
    }

    pub(crate) fn ended(&mut self, code: &str) {
        let ends = &mut self.counts.ends;
        let code = if ends.len() >= CODES && ends.iter().all(|(known, _)| known != code) {
            "other"
        } else {
            code
        };
        match ends.iter_mut().find(|(known, _)| known == code) {
            Some((_, count)) => *count += 1,
            None => ends.push((code.to_owned(), 1)),
        }
    }

    pub(crate) fn answered(&mut self, now: Instant, sent: Option<Instant>) {
        self.counts.answered += 1;
        let Some(sent) = sent else { return };
        let took = u32::try_from(millis(now.since(sent))).unwrap_or(u32::MAX);
        match self.latest.get_mut(self.next) {
            Some(slot) => *slot = took,
            None => self.latest.push(took),
        }
        self.next = (self.next + 1) % LATEST;
    }

    pub(crate) fn read(&self, outbox: usize) -> Metrics {
        // Few numbers and seldom asked: counting weighs less than sorting.
        let at = |percent: usize| {
            let rank = (self.latest.len() * percent).div_ceil(100);
            let reaches = |took: &&u32| {
                let up_to = self.latest.iter().filter(|other| other <= took);
                up_to.count() >= rank
            };
            let took = self.latest.iter().filter(reaches).min()?;
            Some(Duration::from_millis(u64::from(*took)))
        };
        Metrics {
            answer_p50: at(50),
            answer_p99: at(99),
            outbox: outbox as u64,
            ..self.counts.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_latest_answers() {
        let mut meter = Meter::default();
        let at = Instant::from_millis;
        for took in (0..1000).chain(1..=256) {
            meter.answered(at(took), Some(at(0)));
        }
        let read = meter.read(3);
        assert_eq!(read.answer_p50, Some(Duration::from_millis(128)));
        assert_eq!(read.answer_p99, Some(Duration::from_millis(254)));
        assert_eq!((read.answered, read.outbox), (1256, 3));
    }

    #[test]
    fn codes_without_end_do_not_fill_the_memory() {
        let mut meter = Meter::default();
        for code in 0..1000 {
            meter.ended(&code.to_string());
        }
        let ends = meter.read(0).ends;
        assert_eq!(ends.len(), CODES + 1);
        assert_eq!(
            ends.last(),
            Some(&("other".to_owned(), 1000 - CODES as u64))
        );
    }
}
