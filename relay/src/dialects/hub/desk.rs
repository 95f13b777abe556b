//! What one plugin has to answer. Its replies do not say whose they are, so it has
//! one question at a time; the next one waits until the answer is final.

use std::collections::VecDeque;
use std::sync::Weak;
use std::time::Duration;

use tokio::time::Instant;

use super::page::{Asker, Page};

/// Most questions that wait for one plugin.
const MAX_WAITING: usize = 100;
/// How long a plugin may be silent before the next question is its.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// A question for a plugin.
#[derive(Debug)]
pub(super) struct Asked {
    /// The page that asked.
    pub(super) page: Weak<Page>,
    pub(super) asker: Asker,
    /// Its words.
    pub(super) content: String,
    /// Its frame in the envelope for plugins.
    pub(super) frame: String,
}

/// The questions of one plugin.
#[derive(Debug, Default)]
pub(super) struct Desk {
    waiting: VecDeque<Asked>,
    /// The question that it has, or had last.
    last: Option<Asked>,
    /// When it was last heard of while it has a question.
    busy_since: Option<Instant>,
    /// The blocks of an answer that is not final yet.
    blocks: String,
}

impl Desk {
    /// Takes a question; gives the frame when the plugin may have it at once.
    /// `None` inside: it waits.
    ///
    /// # Errors
    /// Too many wait.
    pub(super) fn push(&mut self, asked: Asked, now: Instant) -> Result<Option<String>, ()> {
        if self.waiting.len() >= MAX_WAITING {
            return Err(());
        }
        self.waiting.push_back(asked);
        Ok(self.next(now))
    }

    /// The frame of the next question, when the plugin has none.
    pub(super) fn next(&mut self, now: Instant) -> Option<String> {
        if self.busy_since.is_some() {
            return None;
        }
        let asked = self.waiting.pop_front()?;
        let frame = asked.frame.clone();
        self.last = Some(asked);
        self.busy_since = Some(now);
        Some(frame)
    }

    /// The question whose answer goes on, or was the last.
    pub(super) fn last(&self) -> Option<&Asked> {
        self.last.as_ref()
    }

    pub(super) fn is_busy(&self) -> bool {
        self.busy_since.is_some()
    }

    /// The plugin said something.
    pub(super) fn heard(&mut self, now: Instant) {
        if let Some(since) = &mut self.busy_since {
            *since = now;
        }
    }

    /// Whether the plugin has been silent for too long.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        let since = self.busy_since;
        since.is_some_and(|since| now.saturating_duration_since(since) >= PATIENCE)
    }

    /// Keeps a block, at most about as many bytes of them as a frame may have.
    pub(super) fn block(&mut self, content: &str) {
        if self.is_busy() && self.blocks.len() + content.len() <= super::MAX_FRAME {
            self.blocks.push_str(content);
        }
    }

    /// The answer is final; gives its words: those of its blocks, where it has
    /// none of its own.
    pub(super) fn finish(&mut self, content: String) -> String {
        self.busy_since = None;
        let blocks = std::mem::take(&mut self.blocks);
        if content.trim().is_empty() {
            blocks
        } else {
            content
        }
    }

    /// Takes out what the plugin never got.
    pub(super) fn drain(&mut self) -> VecDeque<Asked> {
        std::mem::take(&mut self.waiting)
    }
}
