//! Looks for what would keep the relay from working, and says what to do.
//! Nothing is changed, nothing is left behind.

mod places;
mod reach;
mod whatsapp;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::{Config, Finding};

/// What is looked at.
#[derive(Debug)]
pub struct Subject {
    /// The settings.
    pub config: Config,
    /// Whether clients must give a token.
    pub has_token: bool,
    /// The folder of the data.
    pub data_dir: PathBuf,
}

/// What came out of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// What came out.
    pub outcome: Outcome,
    /// What was seen, and what to do about it.
    pub words: String,
}

/// What came out of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Ok,
    /// It works; something can be done better.
    Advice,
    /// It will not work.
    Failed,
    /// There was nothing to look at.
    Skipped,
}

impl Outcome {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Advice => "advice",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Check {
    fn new(name: impl Into<String>, outcome: Outcome, words: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            outcome,
            words: words.into(),
        }
    }

    /// Something that will not work.
    pub fn failed(name: impl Into<String>, words: impl Into<String>) -> Self {
        Self::new(name, Outcome::Failed, words)
    }

    /// What was odd in the settings.
    #[must_use]
    pub fn of_warnings(warnings: &[Finding]) -> Self {
        if warnings.is_empty() {
            return Self::new("settings", Outcome::Ok, "they can be used");
        }
        let lines: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        Self::new("settings", Outcome::Advice, lines.join("; "))
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "name": self.name, "outcome": self.outcome.as_str(), "message": self.words })
    }
}

/// Looks at everything.
pub async fn examine(subject: &Subject) -> Vec<Check> {
    let (data, is_served) = places::data_folder(&subject.data_dir);
    let mut checks = vec![data];
    checks.extend(places::addresses(subject, is_served));
    checks.push(places::page(&subject.config.page));
    checks.extend(reach::gateways(&subject.config).await);
    checks.push(reach::node(&subject.config).await);
    checks.extend(whatsapp::logins(subject, |name| std::env::var_os(name)));
    checks
}
