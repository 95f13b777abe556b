//! What the credentials in a folder say of themselves, without their keys.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// Whose credentials are in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Login {
    /// The number, like `+15551234567`, where there is one.
    pub(crate) phone: Option<String>,
    /// Whether a phone has linked them; otherwise a code was asked for, no more.
    pub(crate) is_linked: bool,
}

/// What is read of Baileys' file; everything else is passed over unread.
#[derive(Deserialize)]
struct Credentials {
    me: Option<Me>,
    account: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Me {
    id: Option<String>,
}

impl Login {
    /// The login in a folder, as any program with Baileys leaves it; `None` where
    /// there is none that can be read.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let bytes = fs::read(folder.join("creds.json")).ok()?;
        let Credentials { me, account } = serde_json::from_slice(&bytes).ok()?;
        let id = me.and_then(|me| me.id).unwrap_or_default();
        let digits = id.split([':', '@']).next().unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            phone: is_number.then(|| format!("+{digits}")),
            is_linked: is_number && account.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_known_by_its_number_and_whether_a_phone_took_it() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            fs::write(folder.path().join("creds.json"), text).unwrap();
            Login::read(folder.path())
        };
        assert_eq!(Login::read(folder.path()), None);
        let half = read(r#"{"noiseKey":1,"me":{"id":"15551234567:3@s.whatsapp.net"}}"#).unwrap();
        assert_eq!(
            (half.phone.as_deref(), half.is_linked),
            (Some("+15551234567"), false)
        );
        let whole = r#"{"me":{"id":"15551234567:3@s.whatsapp.net"},"account":{"details":""}}"#;
        assert!(read(whole).unwrap().is_linked);
        let fresh = Login {
            phone: None,
            is_linked: false,
        };
        assert_eq!(read(r#"{"me":null,"account":null}"#), Some(fresh));
        assert_eq!(read("half a fi"), None);
    }
}
