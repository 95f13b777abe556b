//! How much of what a program says is logged.

use std::time::Duration;

use tokio::time::Instant;

/// How many lines a minute.
const LINES: u32 = 100;
const MINUTE: Duration = Duration::from_secs(60);

/// So many lines a minute, then one word that there are more.
#[derive(Debug)]
pub(super) struct Ration {
    since: Instant,
    asked: u32,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// It is logged.
    Line,
    /// In its place it is said that there are more.
    Last,
    /// Nothing is said.
    None,
}

impl Ration {
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            asked: 0,
        }
    }

    pub(super) fn take(&mut self) -> Share {
        if self.since.elapsed() > MINUTE {
            *self = Self::new();
        }
        self.asked = self.asked.saturating_add(1);
        match self.asked {
            0..LINES => Share::Line,
            LINES => Share::Last,
            _ => Share::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_a_hundred_lines_a_minute() {
        let mut ration = Ration::new();
        for _ in 0..3 {
            let shares: Vec<Share> = (0..10_000).map(|_| ration.take()).collect();
            assert!(shares[..99].iter().all(|share| *share == Share::Line));
            assert_eq!(shares[99], Share::Last);
            assert!(shares[100..].iter().all(|share| *share == Share::None));
            tokio::time::advance(MINUTE + Duration::from_secs(1)).await;
        }
    }
}
