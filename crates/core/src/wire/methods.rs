//! Methods of the gateway. Made by `cargo xtask codegen` from its published
//! schema: not for editing.

/// `agent`: needs `dynamic`.
pub const AGENT: &str = "agent";
/// `chat.abort`: needs `operator.write`.
pub const CHAT_ABORT: &str = "chat.abort";
/// `chat.history`: needs `operator.read`.
pub const CHAT_HISTORY: &str = "chat.history";
/// `chat.message.get`: needs `operator.read`.
pub const CHAT_MESSAGE_GET: &str = "chat.message.get";
/// `chat.send`: needs `operator.write`.
pub const CHAT_SEND: &str = "chat.send";
/// `sessions.messages.subscribe`: needs `operator.read`.
pub const SESSIONS_MESSAGES_SUBSCRIBE: &str = "sessions.messages.subscribe";
/// `sessions.messages.unsubscribe`: needs `operator.read`.
pub const SESSIONS_MESSAGES_UNSUBSCRIBE: &str = "sessions.messages.unsubscribe";
/// `sessions.subscribe`: needs `operator.read`.
pub const SESSIONS_SUBSCRIBE: &str = "sessions.subscribe";
/// `system-presence`: needs `operator.read`.
pub const SYSTEM_PRESENCE: &str = "system-presence";

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
