//! Bytes of a model server as text. A server may cut a character in two, or send a
//! byte that is none: that costs a character, not the answer.

use axum::body::Bytes;

/// Makes UTF-8 of a stream, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Readable {
    /// The beginning of a character whose end has not come: three bytes at most.
    begun: Vec<u8>,
}

impl Readable {
    /// The next piece, with a replacement character for whatever is none.
    pub(super) fn read(&mut self, piece: &[u8]) -> Bytes {
        let mut bytes = std::mem::take(&mut self.begun);
        bytes.extend_from_slice(piece);
        let begun = begun(&bytes);
        self.begun = bytes.split_off(bytes.len() - begun);
        match String::from_utf8_lossy(&bytes) {
            std::borrow::Cow::Borrowed(_) => bytes.into(),
            std::borrow::Cow::Owned(text) => text.into_bytes().into(),
        }
    }
}

/// How many bytes at the end may become a character still.
fn begun(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last();
    let rest = last.map_or(&[][..], |chunk| chunk.invalid());
    match std::str::from_utf8(rest) {
        Err(error) if error.error_len().is_none() => rest.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_no_text_costs_a_character_and_a_cut_one_nothing() {
        for (pieces, text) in [
            (&[&b"a\xffb"[..]][..], "a\u{fffd}b"),
            (&[b"gr\xc3", b"\xbc\xc3\x9fe"], "grüße"),
            (&[b"\xf0", b"\x9f", b"\x98", b"\x80!"], "😀!"),
            (&[b"a\xf0\x9f", b"b"], "a\u{fffd}b"),
            (&[b"a\xf0\x9f", b"\xff", b"b"], "a\u{fffd}\u{fffd}b"),
            (&[b"\xff\xc3", b"\xa4"], "\u{fffd}ä"),
            (&[b"", b"a"], "a"),
        ] {
            let mut readable = Readable::default();
            let read: Vec<u8> = pieces.iter().flat_map(|p| readable.read(p)).collect();
            assert_eq!(String::from_utf8(read).as_deref(), Ok(text), "{pieces:?}");
            assert!(readable.begun.is_empty());
        }
    }
}
