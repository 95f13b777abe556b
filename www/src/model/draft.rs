//! Where the page keeps what is typed and not yet sent.

/// The longest draft that is kept over a reload, in bytes. Browsers give a
/// page about 5 MB in all, and other drafts need room too.
pub const MAX_BYTES: usize = 400_000;

/// What stands between the drafts of two tabs.
const BETWEEN: &str = "\n\n";

/// The name of a session's draft in the browser's storage.
#[must_use]
pub fn storage_key(gateway: &str, session: &str) -> String {
    format!("clawline.draft:{gateway}|{session}")
}

/// What to do with the draft in the storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It stands there as it should.
    None,
    /// It is this from now on.
    Write(String),
    /// There is none any more.
    Remove,
    /// There is more than may be kept: it lives only as long as the page.
    TooLong,
}

/// One tab's part in the draft that all tabs of a session share.
///
/// A tab writes only what was typed in it, and takes away only that: what
/// another tab has written stays beside it.
#[derive(Debug, Clone, Default)]
pub struct Keeper {
    /// This tab's part of what is stored, as far as it knows.
    part: String,
    /// Something was typed here: the part is this tab's own.
    is_own: bool,
}

impl Keeper {
    /// A tab that begins with the draft that it found.
    #[must_use]
    pub fn new(found: &str) -> Self {
        Self {
            part: found.to_owned(),
            is_own: false,
        }
    }

    /// What is to be stored now that the field holds `typed`.
    pub fn keep(&mut self, stored: &str, typed: &str) -> Change {
        // Blanks are no draft.
        let typed = if typed.trim().is_empty() { "" } else { typed };
        self.is_own |= typed != self.part;
        if !self.is_own {
            return Change::None;
        }
        let next = replaced(stored, &self.part, typed);
        if next.len() > MAX_BYTES {
            return Change::TooLong;
        }
        typed.clone_into(&mut self.part);
        match next {
            next if next == stored => Change::None,
            next if next.is_empty() => Change::Remove,
            next => Change::Write(next),
        }
    }
}

/// `stored` with `part` in it replaced; when it is not there, with `typed`
/// behind it.
fn replaced(stored: &str, part: &str, typed: &str) -> String {
    let (before, after) = place_of(stored, part).unwrap_or((stored, ""));
    let parts = [before, typed, after];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(BETWEEN)
}

/// What stands before and after a whole part.
fn place_of<'a>(stored: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    if part.is_empty() {
        return None;
    }
    stored.match_indices(part).find_map(|(at, _)| {
        let (before, after) = (stored.get(..at)?, stored.get(at + part.len()..)?);
        let end =
            |text: &'a str, cut: Option<&'a str>| if text.is_empty() { Some("") } else { cut };
        Some((
            end(before, before.strip_suffix(BETWEEN))?,
            end(after, after.strip_prefix(BETWEEN))?,
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(text: &str) -> Change {
        Change::Write(text.to_owned())
    }

    #[test]
    fn drafts_of_two_sessions_and_gateways_do_not_meet() {
        let main = storage_key("ws://a:1", "agent:main:main");
        assert_ne!(main, storage_key("ws://a:1", "agent:main:other"));
        assert_ne!(main, storage_key("ws://b:1", "agent:main:main"));
    }

    #[test]
    fn a_draft_is_written_while_it_grows_and_removed_when_it_is_sent() {
        let mut tab = Keeper::new("");
        assert_eq!(tab.keep("", " \n"), Change::None);
        assert_eq!(tab.keep("", "one"), write("one"));
        assert_eq!(tab.keep("one", "one, two"), write("one, two"));
        assert_eq!(tab.keep("one, two", "one, two"), Change::None);
        assert_eq!(tab.keep("one, two", ""), Change::Remove);
    }

    #[test]
    fn a_tab_in_which_nothing_was_typed_changes_nothing() {
        assert_eq!(Keeper::new("").keep("of another tab", ""), Change::None);
        let mut tab = Keeper::new("found");
        assert_eq!(tab.keep("", "found"), Change::None);
        assert_eq!(tab.keep("found, and more", "found"), Change::None);
    }

    #[test]
    fn two_tabs_keep_both_drafts_and_each_removes_its_own() {
        let (mut one, mut two) = (Keeper::new(""), Keeper::new(""));
        assert_eq!(one.keep("", "aa"), write("aa"));
        assert_eq!(two.keep("aa", "b"), write("aa\n\nb"));
        assert_eq!(one.keep("aa\n\nb", "aaa"), write("aaa\n\nb"));
        assert_eq!(two.keep("aaa\n\nb", "a"), write("aaa\n\na"));
        assert_eq!(two.keep("aaa\n\na", ""), write("aaa"));
        assert_eq!(one.keep("aaa", ""), Change::Remove);
    }

    #[test]
    fn a_draft_that_another_tab_took_away_comes_back_where_it_was_typed() {
        let mut tab = Keeper::new("");
        assert_eq!(tab.keep("", "mine"), write("mine"));
        assert_eq!(tab.keep("", "mine"), write("mine"));
    }

    #[test]
    fn a_draft_that_is_too_long_is_not_dropped_in_silence() {
        let mut tab = Keeper::new("");
        assert_eq!(tab.keep("", &"x".repeat(MAX_BYTES + 1)), Change::TooLong);
        assert_eq!(tab.keep("", "short"), write("short"));
    }
}
