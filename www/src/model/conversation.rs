//! Which conversation is shown: the gateway's main one, or one begun here.

/// Whether a message asks for a new conversation (`/new`, `/reset`), and what
/// is to be said first in it.
///
/// The gateway resets the session for that, which takes `operator.admin`. The
/// page has that for single actions alone, and begins a session of its own.
#[must_use]
pub fn new_conversation(text: &str) -> Option<&str> {
    let text = text.trim();
    let (command, first) = match text.split_once(char::is_whitespace) {
        Some((command, first)) => (command, first.trim()),
        None => (text, ""),
    };
    let is_asked = ["/new", "/reset"]
        .iter()
        .any(|name| command.eq_ignore_ascii_case(name));
    is_asked.then_some(first)
}

/// Whether a message of the outbox belongs to the conversation that is shown.
///
/// What was written before the main session's key was known has none (`entry`
/// is `None`), and belongs there. `shown` is the key of what is shown, once it
/// is known; `is_main` tells whether that is the main one.
#[must_use]
pub fn belongs(entry: Option<&str>, shown: Option<&str>, is_main: bool) -> bool {
    match (entry, shown) {
        (Some(entry), Some(shown)) => entry == shown,
        (None, _) => is_main,
        (Some(_), None) => true,
    }
}

/// The agent of a session, by its canonical key `agent:<id>:<name>`.
#[must_use]
pub fn agent_of(session: &str) -> Option<&str> {
    let (agent, _) = session.strip_prefix("agent:")?.split_once(':')?;
    (!agent.is_empty()).then_some(agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_conversation_is_asked_for_by_a_command_alone() {
        for (text, first) in [
            ("/new", Some("")),
            (" /RESET\n", Some("")),
            ("/new what is up?", Some("what is up?")),
            ("/newest", None),
            ("say /new", None),
            ("", None),
        ] {
            assert_eq!(new_conversation(text), first, "{text:?}");
        }
    }

    #[test]
    fn messages_stay_in_their_conversation() {
        let (main, new) = (Some("agent:main:main"), Some("agent:main:dashboard:1"));
        assert!(
            belongs(None, None, true) && belongs(None, main, true) && belongs(main, main, true)
        );
        assert!(belongs(new, new, false));
        assert!(
            !belongs(None, new, false) && !belongs(main, new, false) && !belongs(new, main, true)
        );
    }

    #[test]
    fn a_new_conversation_is_with_the_same_agent() {
        assert_eq!(agent_of("agent:work:main"), Some("work"));
        assert_eq!(agent_of("agent::main"), None);
        assert_eq!(agent_of("global"), None);
    }
}
