//! What is known of methods beyond their names.

/// Methods whose params take an idempotency key: they run once for each key,
/// as long as the gateway remembers it, so they may be repeated.
pub const KEYED: [&str; 15] = [
    "agent",
    "chat.send",
    "environments.create",
    "message.action",
    "migrations.memory.apply",
    "node.invoke",
    "poll",
    "send",
    "sessions.create",
    "sessions.github.publish",
    "sessions.send",
    "sessions.steer",
    "skills.proposals.requestRevision",
    "skills.upload.begin",
    "tools.invoke",
];

/// Whether a method takes an idempotency key.
#[must_use]
pub fn takes_key(method: &str) -> bool {
    KEYED.binary_search(&method).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_by_their_names() {
        assert!(KEYED.is_sorted());
        assert!(KEYED.into_iter().all(takes_key));
        assert!(!takes_key("sessions.reset"));
    }
}
