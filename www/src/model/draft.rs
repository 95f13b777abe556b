//! The draft of a message that all tabs of a session share.

/// The longest draft that is kept over a reload, in bytes. Browsers give a
/// page about 5 MB in all, and other drafts need room too.
pub const MAX_BYTES: usize = 400_000;

/// What to do with the draft in the storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It stands there as it should.
    None,
    /// It is this from now on; empty: there is none any more.
    Write {
        /// What this tab's person typed.
        draft: String,
        /// What was typed in another tab meanwhile. It makes room, and is kept.
        undo: Option<String>,
    },
    /// There is more than may be kept: it lives only as long as the page.
    TooLong,
}

/// One tab's look at the draft.
///
/// The tabs show the same draft as long as one types in them in turn. What is
/// typed in two of them at once cannot be made one: the later wins.
#[derive(Debug, Clone, Default)]
pub struct Keeper {
    /// What stood in the storage when this tab last looked.
    seen: String,
}

impl Keeper {
    /// A tab that begins with the draft that it found.
    #[must_use]
    pub fn new(found: &str) -> Self {
        Self {
            seen: found.to_owned(),
        }
    }

    /// What is to be stored now that the field holds `typed` and the storage
    /// `stored`.
    pub fn keep(&mut self, stored: &str, typed: &str) -> Change {
        let typed = without_blanks(typed);
        if typed == self.seen {
            return Change::None;
        }
        if typed.len() > MAX_BYTES {
            return Change::TooLong;
        }
        let is_news = stored != self.seen && !stored.is_empty();
        typed.clone_into(&mut self.seen);
        if typed == stored {
            return Change::None;
        }
        Change::Write {
            draft: typed.to_owned(),
            undo: is_news.then(|| stored.to_owned()),
        }
    }

    /// Another tab has written. Answers what the field is to hold; `None` when
    /// it stays as it is, because something was typed here meanwhile.
    pub fn hear(&mut self, stored: &str, typed: &str) -> Option<String> {
        if without_blanks(typed) != self.seen || stored == self.seen {
            return None;
        }
        stored.clone_into(&mut self.seen);
        Some(stored.to_owned())
    }
}

/// Blanks alone are no draft.
fn without_blanks(typed: &str) -> &str {
    if typed.trim().is_empty() { "" } else { typed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(draft: &str, undo: Option<&str>) -> Change {
        Change::Write {
            draft: draft.to_owned(),
            undo: undo.map(str::to_owned),
        }
    }

    #[test]
    fn a_draft_is_written_while_it_grows_and_removed_when_it_is_sent() {
        let mut tab = Keeper::new("");
        assert_eq!(tab.keep("", " \n"), Change::None);
        assert_eq!(tab.keep("", "one"), write("one", None));
        assert_eq!(tab.keep("one", "one, two"), write("one, two", None));
        assert_eq!(tab.keep("one, two", "one, two"), Change::None);
        assert_eq!(tab.keep("one, two", ""), write("", None));
    }

    #[test]
    fn a_tab_in_which_nothing_was_typed_changes_nothing() {
        assert_eq!(Keeper::new("").keep("of another tab", ""), Change::None);
        assert_eq!(Keeper::new("found").keep("", "found"), Change::None);
    }

    #[test]
    fn two_tabs_in_which_one_types_in_turn_share_one_draft() {
        let (mut one, mut two) = (Keeper::new(""), Keeper::new(""));
        assert_eq!(one.keep("", "a"), write("a", None));
        assert_eq!(two.hear("a", ""), Some("a".to_owned()));
        assert_eq!(two.keep("a", "ab"), write("ab", None));
        assert_eq!(one.hear("ab", "a"), Some("ab".to_owned()));
        assert_eq!(one.keep("ab", ""), write("", None));
        assert_eq!(two.hear("", "ab"), Some(String::new()));
    }

    #[test]
    fn the_later_of_two_drafts_wins_and_the_other_is_kept_as_undo() {
        let (mut one, mut two) = (Keeper::new("start"), Keeper::new("start"));
        assert_eq!(one.keep("start", "start here"), write("start here", None));
        // It is typed in already when the other one's draft comes.
        assert_eq!(two.hear("start here", "start there"), None);
        assert_eq!(
            two.keep("start here", "start there"),
            write("start there", Some("start here"))
        );
        assert_eq!(
            one.hear("start there", "start here"),
            Some("start there".to_owned())
        );
    }

    #[test]
    fn a_draft_that_another_tab_sent_needs_no_undo() {
        let mut tab = Keeper::new("hello");
        assert_eq!(tab.hear("", "hello there"), None);
        assert_eq!(tab.keep("", "hello there"), write("hello there", None));
    }

    #[test]
    fn a_draft_that_is_too_long_is_not_dropped_in_silence() {
        let mut tab = Keeper::new("");
        assert_eq!(tab.keep("", &"x".repeat(MAX_BYTES + 1)), Change::TooLong);
        assert_eq!(tab.keep("", "short"), write("short", None));
    }
}
