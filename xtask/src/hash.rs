//! A small stable hash for file names and stamps. It guards against stale
//! copies, not against people: FNV-1a, 64 bit.

/// Sixteen hex digits over the given parts; their borders count.
pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |bytes: &[u8]| {
        for byte in bytes {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for part in parts {
        feed(&(part.len() as u64).to_le_bytes());
        feed(part);
    }
    format!("{state:016x}")
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_same_bytes_cut_differently_give_another_name() {
        assert_eq!(of([&b"ab"[..], b"c"]), of([&b"ab"[..], b"c"]));
        assert_ne!(of([&b"ab"[..], b"c"]), of([&b"a"[..], b"bc"]));
        assert_eq!(of([&b"page"[..]]).len(), 16);
    }
}
