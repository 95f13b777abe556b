//! Where the page keeps what is typed and not yet sent.

/// The longest draft that is kept over a reload, in bytes. Browsers give a
/// page about 5 MB in all, and other drafts need room too.
pub const MAX_BYTES: usize = 400_000;

/// The name of a session's draft in the browser's storage.
#[must_use]
pub fn storage_key(gateway: &str, session: &str) -> String {
    format!("clawline.draft:{gateway}|{session}")
}

/// Whether a draft is worth keeping, and small enough.
#[must_use]
pub fn is_kept(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= MAX_BYTES
}

/// What to keep when the page goes away: messages that never left, then what
/// stands in the field. They come back into the field, in this order.
#[must_use]
pub fn at_parting(unsent: &[String], typed: &str) -> String {
    let all = unsent.iter().map(String::as_str).chain([typed]);
    all.filter(|text| !text.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_of_two_sessions_and_gateways_do_not_meet() {
        let main = storage_key("ws://a:1", "agent:main:main");
        assert_ne!(main, storage_key("ws://a:1", "agent:main:other"));
        assert_ne!(main, storage_key("ws://b:1", "agent:main:main"));
    }

    #[test]
    fn messages_that_never_left_come_back_with_the_draft() {
        let unsent = ["one".to_owned(), "two".to_owned()];
        assert_eq!(at_parting(&unsent, "half"), "one\n\ntwo\n\nhalf");
        assert_eq!(at_parting(&[], ""), "");
    }

    #[test]
    fn blanks_are_no_draft() {
        assert!(!is_kept(" \n"));
        assert!(is_kept("hello"));
        assert!(!is_kept(&"x".repeat(MAX_BYTES + 1)));
    }
}
