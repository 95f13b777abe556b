//! Messages that an older version of this page kept in localStorage, before
//! the outbox was a database. They are taken up once.

/// After this long, what a tab has kept and never touched again is nobody's:
/// its browser has crashed.
const ABANDONED_MS: f64 = 3_600_000.0;

/// Whether nobody sends the messages any more that were kept at this time.
#[must_use]
pub fn is_abandoned(is_gone: bool, kept_ms: f64, now_ms: f64) -> bool {
    // A time that is none, or of a clock that runs ahead, must not last for ever.
    is_gone || !(now_ms - kept_ms).abs().le(&ABANDONED_MS)
}

/// How the older version called a message that had never left; all others may
/// have, or were refused.
pub const WAITING: &str = "waiting";

/// What a person is told about messages that cannot be sent without asking.
pub const NOTICE: &str = "Something that you wrote at your last visit may or may not have arrived: \
     an older version of this page kept it. Look into the conversation before you send it again.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_a_tab_that_is_still_open_stay_with_it() {
        assert!(!is_abandoned(false, 1_000.0, 2_000.0));
        assert!(is_abandoned(true, 1_000.0, 2_000.0));
        assert!(is_abandoned(false, 1_000.0, 1_001.0 + ABANDONED_MS));
        assert!(is_abandoned(false, f64::NAN, 2_000.0));
        assert!(is_abandoned(false, 1e18, 2_000.0));
    }
}
