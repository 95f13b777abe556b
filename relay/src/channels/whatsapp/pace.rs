//! How fast messages go out: one a second in the long run, five at once after a
//! rest. WhatsApp restricts accounts that are faster than people.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

const EACH: Duration = Duration::from_secs(1);
const AT_ONCE: u32 = 5;

/// When the account will have had its time, if it sends nothing more.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// Completes when the next message may go out.
    pub(super) async fn turn(&self) {
        let mut until = self.0.lock().await;
        let now = Instant::now();
        let begin = until.map_or(now, |until| until.max(now));
        let turn = (begin + EACH).checked_sub(EACH * AT_ONCE);
        if let Some(turn) = turn {
            sleep_until(turn).await;
        }
        *until = Some(begin + EACH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn five_go_at_once_and_then_one_a_second() {
        tokio::time::advance(Duration::from_secs(60)).await;
        let pace = Pace::default();
        let begin = Instant::now();
        let mut went = Vec::new();
        for _ in 0..8 {
            pace.turn().await;
            went.push(begin.elapsed().as_secs());
        }
        assert_eq!(went, [0, 0, 0, 0, 0, 1, 2, 3]);
        tokio::time::advance(Duration::from_secs(3_600)).await;
        let begin = Instant::now();
        for _ in 0..6 {
            pace.turn().await;
        }
        assert_eq!(begin.elapsed().as_secs(), 1, "rest is not saved up");
    }
}
