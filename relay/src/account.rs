//! Which of its accounts a channel works with: names that were checked once,
//! where they came in.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of the account where there is one only.
const USUAL: &str = "default";
/// Longest name, in bytes.
const LONGEST: usize = 32;

/// The name of an account, which can be the name of a folder on any system: small
/// letters, digits, `-` and `_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Account(Arc<str>);

/// A text that can be the name of no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be the name of an account: take at most {LONGEST} small letters, digits, `-` and `_`, a letter \
     or a digit first, and no name that a system keeps for itself"
)]
pub struct BadAccount(String);

impl Account {
    /// Reads a name.
    ///
    /// # Errors
    /// It can be none.
    pub fn read(text: &str) -> Result<Self, BadAccount> {
        let is_plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        };
        let is_first = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_name = text.len() <= LONGEST
            && text.starts_with(is_first)
            && text.bytes().all(is_plain)
            && !is_kept(text);
        if is_name {
            Ok(Self(text.into()))
        } else {
            Err(BadAccount(text.chars().take(80).collect()))
        }
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the one that was there before there were several: what is
    /// kept of it has its name nowhere.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.as_str() == USUAL
    }
}

/// Whether a folder must not be called so: by devices of Windows, and by bridges
/// that lie beside the folders of accounts.
fn is_kept(text: &str) -> bool {
    let is_port = |name: &str| {
        let number = text.strip_prefix(name);
        number.is_some_and(|number| number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(text, "con" | "prn" | "aux" | "nul")
        || is_port("com")
        || is_port("lpt")
        || text.starts_with("bridge-")
}

impl Default for Account {
    /// The one where there is one only.
    fn default() -> Self {
        Self(USUAL.into())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl FromStr for Account {
    type Err = BadAccount;

    fn from_str(text: &str) -> Result<Self, BadAccount> {
        Self::read(text)
    }
}

impl TryFrom<String> for Account {
    type Error = BadAccount;

    fn try_from(text: String) -> Result<Self, BadAccount> {
        Self::read(&text)
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.as_str().to_owned()
    }
}

/// A channel, and which of its accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Via {
    /// Registry name of the channel.
    pub channel: String,
    /// The account.
    pub account: Account,
}

impl Via {
    /// An account of a channel.
    #[must_use]
    pub fn new(channel: &str, account: &Account) -> Self {
        Self {
            channel: channel.to_owned(),
            account: account.clone(),
        }
    }
}

/// The one account of a channel that has no more.
impl From<&str> for Via {
    fn from(channel: &str) -> Self {
        Self::new(channel, &Account::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_folder_of_its_own_on_every_system_is_no_name() {
        for name in ["default", "work", "2", "a-b_c", &"x".repeat(LONGEST)] {
            let account = Account::read(name).expect(name);
            assert_eq!(
                (account.as_str(), account.to_string().as_str()),
                (name, name)
            );
        }
        let long = "x".repeat(LONGEST + 1);
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a.b",
            "a b",
            "a:b",
            "Work",
            "-a",
            "_a",
            "wörk",
            "a\0",
            "a\n",
            "con",
            "nul",
            "com1",
            "lpt9",
            "bridge-1.0-abcdef12",
            "__proto__",
            &long,
        ] {
            assert!(Account::read(name).is_err(), "{name:?}");
            let json = serde_json::json!(name);
            assert!(serde_json::from_value::<Account>(json).is_err(), "{name:?}");
        }
        assert!(Account::default().is_usual());
        assert!(!Account::read("work").unwrap().is_usual());
    }
}
