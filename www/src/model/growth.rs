//! From one text to the next with as little change as possible.

/// What makes one text of another. Places are counted as the DOM does, in
/// UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// Up to here both are the same.
    pub at: u32,
    /// How much of the old text goes, to its end.
    pub removed: u32,
    /// What comes in its place.
    pub added: &'a str,
}

/// What changes from `old` to `new`; `None` when they are the same.
#[must_use]
pub fn between<'a>(old: &str, new: &'a str) -> Option<Change<'a>> {
    if old == new {
        return None;
    }
    let alike = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b);
    let alike = old.floor_char_boundary(alike.count());
    let (kept, gone) = old.split_at_checked(alike)?;
    Some(Change {
        at: units(kept),
        removed: units(gone),
        added: new.get(alike..)?,
    })
}

fn units(text: &str) -> u32 {
    // No text of the page comes near this bound.
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(at: u32, removed: u32, added: &str) -> Option<Change<'_>> {
        Some(Change { at, removed, added })
    }

    #[test]
    fn what_grows_is_only_added_to() {
        assert_eq!(between("one", "one two"), change(3, 0, " two"));
        assert_eq!(between("", "one"), change(0, 0, "one"));
        assert_eq!(between("same", "same"), None);
    }

    #[test]
    fn what_differs_is_replaced_from_there_to_the_end() {
        assert_eq!(between("one tw", "one [two]"), change(4, 2, "[two]"));
        assert_eq!(between("one two", "one"), change(3, 4, ""));
    }

    #[test]
    fn places_are_utf_16_and_never_inside_a_character() {
        assert_eq!(between("🦞é", "🦞ê!"), change(2, 1, "ê!"));
        assert_eq!(between("🦞", "🦀"), change(0, 2, "🦀"));
    }
}
