//! What is wrong or odd in the settings, where, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use serde_json::{Value, json};

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file, with the line if it is known, from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: Option<usize>,
    },
    /// A variable of the environment.
    Variable(String),
    /// An option of the command line, like `--listen`.
    Flag(String),
    /// No single place.
    Settings,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line: None } => path.display().fmt(f),
            Self::File {
                path,
                line: Some(line),
            } => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::Flag(name) => f.write_str(name),
            Self::Settings => f.write_str("the settings"),
        }
    }
}

/// Something about one key. It never holds the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// The key, like `channel.enabled`; empty when it is about the whole.
    pub key: String,
    /// What is so and what to do, a sentence whose subject is the key.
    pub words: String,
}

impl Finding {
    pub(super) fn new(place: Place, key: &str, words: impl Into<String>) -> Self {
        // A name that somebody typed may hold anything, and goes to a terminal.
        let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        Self {
            place,
            key: key.chars().map(shown).collect(),
            words: words.into(),
        }
    }

    /// The line of a file, if it is about one.
    pub(super) const fn line(&self) -> Option<usize> {
        match self.place {
            Place::File { line, .. } => line,
            Place::Variable(_) | Place::Flag(_) | Place::Settings => None,
        }
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let (file, line) = match &self.place {
            Place::File { path, line } => (Some(path.display().to_string()), *line),
            Place::Variable(_) | Place::Flag(_) | Place::Settings => (None, None),
        };
        json!({
            "place": self.place.to_string(),
            "file": file,
            "line": line,
            "key": self.key,
            "message": self.words,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "{}: {}", self.place, self.words),
            key => write!(f, "{}: {key} {}", self.place, self.words),
        }
    }
}

/// Settings that cannot be used: everything that is wrong with them.
#[derive(Debug, Clone)]
pub struct Problems {
    /// What is wrong; at least one.
    pub errors: Vec<Finding>,
    /// What is only odd.
    pub warnings: Vec<Finding>,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
