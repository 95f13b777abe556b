//! What closing the page would lose, and what earlier visits have left.

use leptos::prelude::*;
use webchat_model::address::Address;
use webchat_model::draft;

use super::Page;
use crate::browser::earlier;
use crate::link::Link;

/// The session of this page, in the names of what it keeps.
pub(super) const SESSION: &str = "main";

/// What this tab cannot keep.
#[derive(Clone, Copy)]
pub(crate) struct Keeping {
    /// This browser keeps no messages at the moment.
    pub(crate) keeps_nothing: StoredValue<bool>,
    /// The draft could not be written down.
    pub(crate) draft_at_risk: StoredValue<bool>,
}

impl Keeping {
    pub(super) fn new() -> Self {
        Self {
            keeps_nothing: StoredValue::new(false),
            draft_at_risk: StoredValue::new(false),
        }
    }
}

impl Page {
    /// Where the draft for this gateway is kept, and the one that made room.
    pub(crate) fn draft_keys(self) -> (String, String) {
        let gateway = self.gateway_name().unwrap_or_default();
        (
            draft::storage_key(&gateway, SESSION),
            draft::undo_key(&gateway, SESSION),
        )
    }

    /// Whether closing the page now would lose something.
    pub(crate) fn is_at_risk(self) -> bool {
        self.keeping.draft_at_risk.get_value()
            || self.attached.with_value(|files| !files.is_empty())
            || self.keeping.keeps_nothing.get_value() && self.count_unsent() > 0
    }

    /// How many messages exist in this browser only.
    pub(crate) fn count_unsent(self) -> usize {
        self.link
            .with_value(|link| link.as_ref().map_or(0, Link::count_unsent))
    }

    /// What a person decides about messages that an older version of this page
    /// has left: back into the message field, or nothing more of them.
    pub(crate) fn settle_earlier(self, is_wanted: bool) {
        let text = self.earlier.get_untracked();
        self.earlier.set(None);
        if let Some(gateway) = self.gateway_name() {
            earlier::drop_uncertain(&gateway);
        }
        if is_wanted {
            self.handed_back.set(text);
        }
    }

    pub(crate) fn gateway_name(self) -> Option<String> {
        self.address
            .with_untracked(|address| address.as_ref().map(Address::to_string))
    }
}
