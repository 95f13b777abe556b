//! Why an entry waits for a person, where the gateway has no words for it.
//!
//! Codes, not sentences: whoever shows them has the words. Some name more after
//! a colon and a space: `missing-scope: operator.write`.

/// Its time to live ran out before it left.
pub const EXPIRED: &str = "expired";
/// The gateway answered, and never showed the message: it may have arrived.
pub const NO_ROW: &str = "no-row";
/// Something between here and the gateway does not let a message of its size
/// through (close code 1009).
pub const TOO_LARGE: &str = "too-large";
/// The connection ended each time while it was under way.
pub const NEVER_ANSWERED: &str = "never-answered";
/// The store can neither keep it nor take note that it is sent.
pub const NOT_KEPT: &str = "not-kept";
/// It was written for another gateway.
pub const OTHER_GATEWAY: &str = "other-gateway";
/// What an earlier visit has kept of it cannot be read.
pub const UNREADABLE: &str = "unreadable";
/// The gateway refused it, and did not say why.
pub const REFUSED: &str = "refused";
/// The connection lacks the scope that is named. It goes out by itself once a
/// connection has it.
pub const MISSING_SCOPE: &str = "missing-scope";
/// A file of it can no longer be read; it is named.
pub const FILE_UNREADABLE: &str = "file-unreadable";

/// The scope that a message is parked for. An earlier version kept the gateway's
/// words for it.
pub(crate) fn missing_scope(reason: &str) -> Option<&str> {
    let (what, scope) = reason.split_once(": ")?;
    matches!(what, MISSING_SCOPE | "missing scope").then_some(scope)
}
