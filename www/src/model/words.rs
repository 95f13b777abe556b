//! What the page says: messages of the catalogues in `www/words/`, by their
//! ids. Nothing below the view knows a language.

use std::borrow::Cow;

#[cfg(test)]
pub(crate) mod catalogues;
#[cfg(test)]
mod tests;

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// A message of the catalogues, and what it names.
    Message {
        /// Its id.
        id: Cow<'static, str>,
        /// What it names, by the names of its variables.
        named: Vec<(&'static str, Value)>,
    },
    /// In the words of others: a gateway's, an agent's, a file's name.
    Said(String),
    /// Several sentences, one after the other.
    All(Vec<Self>),
}

/// What a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text of others.
    Text(String),
    /// A whole number, which may decide about the form of a word.
    Count(u64),
    /// A number in tenths.
    Tenths(u64),
    /// What the page says itself.
    Words(Words),
}

impl Words {
    /// A message.
    #[must_use]
    pub const fn of(id: &'static str) -> Self {
        Self::Message {
            id: Cow::Borrowed(id),
            named: Vec::new(),
        }
    }

    /// The message of an area that has one for each code.
    #[must_use]
    pub fn coded(area: &'static str, code: &str) -> Self {
        Self::Message {
            id: Cow::Owned(format!("{area}-{code}")),
            named: Vec::new(),
        }
    }

    /// In the words of others.
    #[must_use]
    pub fn said(text: impl Into<String>) -> Self {
        Self::Said(text.into())
    }

    /// Names something in the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        if let Self::Message { named, .. } = &mut self {
            named.push((name, value.into()));
        }
        self
    }

    /// One more thing in a row of them.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self::of("name-and-more")
            .with("name", self)
            .with("more", more)
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Message { .. } => false,
            Self::Said(text) => text.is_empty(),
            Self::All(all) => all.iter().all(Self::is_empty),
        }
    }

    /// Whether it is this message.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        matches!(self, Self::Message { id, .. } if id == other)
    }
}

/// One text of several sentences. A sign of full width has its blank in it.
#[must_use]
pub fn in_a_row(sentences: impl Iterator<Item = String>) -> String {
    let mut all = String::new();
    for sentence in sentences {
        if !all.is_empty() && !all.ends_with(['。', '！', '？', '：', '）']) {
            all.push(' ');
        }
        all.push_str(&sentence);
    }
    all
}

/// Nothing.
impl Default for Words {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl From<Words> for Value {
    fn from(words: Words) -> Self {
        Self::Words(words)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        // No count of the page comes near the bound.
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }
}
