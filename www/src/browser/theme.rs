//! Light, dark, or as the system is set.

use leptos::prelude::document;

use webchat_model::names::Name;

use super::storage;

/// The person's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system is set.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The choice made earlier. `boot.js` has already applied it.
    pub(crate) fn stored() -> Self {
        match storage::get(&Name::theme()).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The next choice when the button is pressed.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// The choice in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Shows and remembers it.
    pub(crate) fn apply(self) {
        let value = (self != Self::System).then(|| self.name());
        storage::set(&Name::theme(), value);
        if let Some(root) = document().document_element() {
            let _ = match value {
                Some(value) => root.set_attribute("data-theme", value),
                None => root.remove_attribute("data-theme"),
            };
        }
    }
}
