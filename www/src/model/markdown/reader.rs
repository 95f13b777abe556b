//! What reads markdown, as a value: whoever has none needs none of its code.

use std::sync::Arc;

use super::{Block, Growing, parse};

/// Reads texts. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    whole: fn(&str) -> Vec<Arc<Block>>,
    growing: fn(&mut Growing, &str) -> Vec<Arc<Block>>,
}

impl Reader {
    /// The one place that leads to the parser.
    #[expect(
        clippy::new_without_default,
        reason = "a default could be made anywhere, and would bring the parser along"
    )]
    #[must_use]
    pub fn new() -> Self {
        Self {
            whole: parse,
            growing: Growing::read,
        }
    }

    /// Reads a whole text.
    #[must_use]
    pub fn whole(self, source: &str) -> Vec<Arc<Block>> {
        (self.whole)(source)
    }

    /// Reads a text that still comes, of which the beginning may be known.
    pub fn growing(self, known: &mut Growing, text: &str) -> Vec<Arc<Block>> {
        (self.growing)(known, text)
    }
}
