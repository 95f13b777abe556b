//! The growing text of an answer.

/// The most bytes of an answer that are streamed. The response has it all.
pub const MOST_STREAMED: usize = 32 * 1024;

/// Makes the cumulative contents of stream frames out of the pieces in which an
/// answer comes.
///
/// Each stream frame repeats all words so far, so a frame for each piece would
/// grow with the square of the answer: a frame is due when the text grew by a
/// sixteenth, and none after [`MOST_STREAMED`] bytes.
#[derive(Debug, Clone, Default)]
pub struct Cumulative {
    text: String,
    told: usize,
    is_full: bool,
}

impl Cumulative {
    /// Takes the next piece; gives the content of a frame when one is due.
    pub fn push(&mut self, piece: &str) -> Option<&str> {
        if self.is_full {
            return None;
        }
        let room = MOST_STREAMED.saturating_sub(self.text.len());
        let (fits, rest) = piece.split_at(piece.floor_char_boundary(room));
        self.text.push_str(fits);
        self.is_full = !rest.is_empty();
        let grown = self.text.len() - self.told;
        let is_due = grown > 0 && (grown * 16 >= self.told || self.is_full);
        is_due.then(|| {
            self.told = self.text.len();
            self.text.as_str()
        })
    }
}
