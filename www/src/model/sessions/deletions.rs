//! Deletions that can be taken back. The request leaves when the time to do so
//! has lapsed, and never when the page is closed before.

use super::Title;

/// How long a person has to take a deletion back, in milliseconds.
pub const UNDO_MS: f64 = 8_000.0;

/// A session that is about to be deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The session's key.
    pub key: String,
    /// What it is called.
    pub title: Title,
    /// It was the one that was shown.
    pub was_shown: bool,
    lapses_at: f64,
}

/// The deletions that were asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deletions {
    /// What can be taken back, by age.
    waiting: Vec<Deletion>,
    /// What the gateway was asked to delete.
    leaving: Vec<String>,
}

impl Deletions {
    /// A person wants a session to go. `now` is in milliseconds, on any clock.
    pub fn ask(&mut self, key: &str, title: Title, was_shown: bool, now: f64) {
        if self.has(key) {
            return;
        }
        self.waiting.push(Deletion {
            key: key.to_owned(),
            title,
            was_shown,
            lapses_at: now + UNDO_MS,
        });
    }

    /// A person takes it back. `None` when it is too late.
    pub fn undo(&mut self, key: &str) -> Option<Deletion> {
        let at = self.waiting.iter().position(|it| it.key == key)?;
        Some(self.waiting.remove(at))
    }

    /// Those whose time is over: they leave now.
    pub fn lapse(&mut self, now: f64) -> Vec<Deletion> {
        let (over, waiting): (Vec<_>, _) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|deletion| deletion.lapses_at <= now);
        self.waiting = waiting;
        self.leaving.extend(over.iter().map(|it| it.key.clone()));
        over
    }

    /// The gateway has answered, whatever it said.
    pub fn ended(&mut self, key: &str) {
        self.leaving.retain(|leaving| leaving != key);
    }

    /// How long the next one has still to go, in milliseconds.
    #[must_use]
    pub fn next(&self, now: f64) -> Option<f64> {
        let left = self.waiting.iter().map(|it| it.lapses_at - now);
        left.min_by(f64::total_cmp)
            // A clock that was set back makes nobody wait longer.
            .map(|left| left.clamp(0.0, UNDO_MS))
    }

    /// Whether a session is on its way out: it is shown no more.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.waiting.iter().any(|it| it.key == key) || self.leaving.iter().any(|it| it == key)
    }

    /// All that can be taken back, by age.
    pub fn waiting(&self) -> impl Iterator<Item = &Deletion> {
        self.waiting.iter()
    }
}
