//! Whether the page goes along when something is written at the end.

use super::words::Words;

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// As long as one reads at the end.
    #[default]
    AtEnd,
    /// Always.
    Always,
    /// Never: one goes on by oneself.
    Never,
}

impl Follow {
    /// Reads what is kept; anything else is the default.
    #[must_use]
    pub fn parse(kept: &str) -> Self {
        match kept {
            "always" => Self::Always,
            "never" => Self::Never,
            _ => Self::AtEnd,
        }
    }

    /// As it is kept.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtEnd => "at-end",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// The next choice when the button is pressed.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::AtEnd => Self::Always,
            Self::Always => Self::Never,
            Self::Never => Self::AtEnd,
        }
    }

    /// The choice in words.
    #[must_use]
    pub const fn words(self) -> Words {
        match self {
            Self::AtEnd => Words::of("follow-at-end"),
            Self::Always => Words::of("follow-always"),
            Self::Never => Words::of("follow-never"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_presses_lead_back_and_each_choice_is_kept() {
        let mut choice = Follow::parse("something else");
        assert_eq!(choice, Follow::AtEnd);
        for _ in 0..3 {
            assert_eq!(Follow::parse(choice.name()), choice);
            choice = choice.next();
        }
        assert_eq!(choice, Follow::AtEnd);
    }
}
