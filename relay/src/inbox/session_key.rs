//! Names of sessions.

use std::fmt::Write as _;

use crate::ids;

/// The session of whoever names none.
pub const MAIN: &str = "agent:main:main";

const MAX_BYTES: usize = 512;

/// Why a text names no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// It is empty, too long, or not printable.
    #[error("invalid session key: give one like agent:main:NAME")]
    Invalid,
    /// It is of an agent that is not here.
    #[error("unknown agent id {0:?}: this gateway has the agent \"main\"")]
    Agent(String),
}

/// The canonical form of a session key: `main` and `notes` are short for
/// `agent:main:main` and `agent:main:notes`.
///
/// # Errors
/// It names no session of this relay.
pub fn canonical(key: &str, agent_id: Option<&str>) -> Result<String, BadKey> {
    let key = key.trim().to_lowercase();
    if let Some(agent_id) = agent_id.filter(|id| *id != "main") {
        return Err(BadKey::Agent(agent_id.to_owned()));
    }
    let name = match key.strip_prefix("agent:") {
        Some(rest) => match rest.split_once(':') {
            Some(("main", name)) => name,
            Some((agent_id, _)) => return Err(BadKey::Agent(agent_id.to_owned())),
            None => "",
        },
        None => &key,
    };
    if name.is_empty() || name.chars().any(char::is_control) || name.len() > MAX_BYTES {
        return Err(BadKey::Invalid);
    }
    Ok(format!("agent:main:{name}"))
}

/// Longest part of a key that says a name in plain letters, in bytes.
const MAX_PLAIN: usize = 128;

/// The session of somebody, or of a group, that a channel has names for. Other
/// names are another session, also when they differ by case only: what
/// [`canonical`] would fold, and whatever is no letter, digit or one of
/// `-_.@+`, stands as `%` and the hex of its bytes; a long name stands as `~` and
/// its SHA-256.
#[must_use]
pub fn within(channel: &str, names: &[&str]) -> String {
    let mut key = format!("agent:main:{channel}");
    for name in names {
        key.push(':');
        key.push_str(&escaped(name));
    }
    key
}

fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        let is_plain = matches!(c, '-' | '_' | '.' | '@' | '+') || c.is_alphanumeric();
        if is_plain && c.to_lowercase().eq([c]) {
            escaped.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Writing into a String cannot fail.
            let _ = write!(escaped, "%{byte:02x}");
        }
    }
    if escaped.is_empty() || escaped.len() > MAX_PLAIN {
        return format!("~{}", ids::hex(&ids::sha256(name.as_bytes())));
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_and_full_keys_mean_the_same_session() {
        for key in ["main", "agent:main:main", " Main ", "AGENT:MAIN:MAIN"] {
            assert_eq!(canonical(key, None), Ok(MAIN.to_owned()), "{key}");
        }
        assert_eq!(
            canonical("notes", Some("main")),
            Ok("agent:main:notes".to_owned())
        );
        assert_eq!(
            canonical("agent:main:a:b", None),
            Ok("agent:main:a:b".to_owned())
        );
    }

    #[test]
    fn a_session_of_an_agent_that_is_not_here_is_refused() {
        assert!(canonical("agent:other:x", None).is_err());
        assert!(canonical("x", Some("other")).is_err());
        assert!(canonical("agent:main:", None).is_err());
        assert!(canonical("", None).is_err());
    }

    #[test]
    fn each_name_of_a_channel_has_a_session_of_its_own() {
        let long = "x".repeat(300);
        let names = [
            "user1",
            "User1",
            "USER1",
            "user%31",
            "%55ser1",
            "a:b",
            "a b",
            " a",
            "a",
            "",
            "ß",
            "ẞ",
            "ΑΣ",
            "ας",
            "ασ",
            "李",
            "~",
            long.as_str(),
            &long[1..],
        ];
        let keys: Vec<String> = names.map(|name| within("chat", &["direct", name])).into();
        for (index, key) in keys.iter().enumerate() {
            assert_eq!(canonical(key, None).as_ref(), Ok(key), "{}", names[index]);
            assert_eq!(
                keys.iter().filter(|other| *other == key).count(),
                1,
                "{key}"
            );
        }
        assert_eq!(keys[0], "agent:main:chat:direct:user1");
        assert_eq!(keys[1], "agent:main:chat:direct:%55ser1");
        let (one, other) = (within("hub", &["a:b", "c"]), within("hub", &["a", "b:c"]));
        assert_ne!(one, other);
    }
}
