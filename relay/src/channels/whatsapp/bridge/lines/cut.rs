//! Bytes into lines.

use super::{BadLine, MAX_LINE_BYTES};

/// Cuts a stream of bytes into lines. It holds one unfinished line of the
/// longest length at most; a longer one is skipped up to its end, so that the
/// next one is whole again. What stands unfinished at the end of the stream was
/// torn, and is nobody's line.
#[derive(Debug, Default)]
pub struct Cutter {
    held: Vec<u8>,
    /// Bytes of the unfinished line, those that were thrown away too.
    length: usize,
}

impl Cutter {
    /// Takes the next bytes and gives the lines that they finish, without their
    /// newlines. Empty ones are passed over.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<Result<Vec<u8>, BadLine>> {
        let mut lines = Vec::new();
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (part, rest) = bytes.split_at(end);
            self.keep(part);
            lines.extend(self.finish());
            bytes = rest.get(1..).unwrap_or_default();
        }
        self.keep(bytes);
        lines
    }

    fn keep(&mut self, part: &[u8]) {
        self.length = self.length.saturating_add(part.len());
        if self.length > MAX_LINE_BYTES {
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(part);
        }
    }

    fn finish(&mut self) -> Option<Result<Vec<u8>, BadLine>> {
        let length = std::mem::take(&mut self.length);
        let mut line = std::mem::take(&mut self.held);
        if length > MAX_LINE_BYTES {
            return Some(Err(BadLine::TooLong(length)));
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        (!line.is_empty()).then_some(Ok(line))
    }
}

#[cfg(test)]
impl Cutter {
    /// How much memory is held for the unfinished line.
    pub(super) fn held_bytes(&self) -> usize {
        self.held.capacity()
    }
}
