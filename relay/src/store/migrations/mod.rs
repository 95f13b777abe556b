//! The versions of the database, each a way up and the way back. A version is
//! never edited after a release: a change is a new one at the end.

/// One version of the database.
pub(super) struct Version {
    /// SQL that makes it of the version before.
    pub(super) up: &'static str,
    /// SQL that makes the version before of it, with all that has a place there.
    pub(super) down: &'static str,
}

macro_rules! versions {
    ($($name:literal),* $(,)?) => {
        &[$(Version {
            up: include_str!(concat!($name, ".up.sql")),
            down: include_str!(concat!($name, ".down.sql")),
        }),*]
    };
}

/// All, the first being version 1. Version 0 is an empty database.
pub(super) const VERSIONS: &[Version] = versions![
    "1_sessions_and_devices",
    "2_words_of_the_domain",
    "3_search",
    "4_visitors",
    "5_media",
    "6_kept",
    "7_deliveries",
    "8_retention",
    "9_replies",
    "10_session_list",
    "11_whatsapp",
    "12_accounts",
];

#[cfg(test)]
mod tests;
#[cfg(test)]
mod ways_back;
