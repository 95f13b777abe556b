//! What closing the page would lose, and what earlier visits have left.

use clawline::core::GatewayId;
use leptos::prelude::*;
use webchat_model::names::{Kind, Name};

use super::Page;
use crate::browser::earlier;
use crate::link::Link;

/// The main session, in the names of what is kept.
const MAIN: &str = "main";

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
    /// The name of what is kept for the conversation that is shown.
    pub(crate) fn name_of(self, kind: Kind) -> Option<Name> {
        let gateway = self.gateway()?;
        let session = self.session.get_untracked();
        let session = session.as_deref().unwrap_or(MAIN);
        Some(Name::of(kind, &gateway, session))
    }

    /// Whether closing the page now would lose something.
    pub(crate) fn is_at_risk(self) -> bool {
        self.keeping.draft_at_risk.get_value()
            || self.has_files()
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
        if let Some(gateway) = self.gateway() {
            earlier::drop_uncertain(&gateway);
        }
        if is_wanted {
            self.handed_back.set(text);
        }
    }

    /// The gateway that was chosen.
    pub(crate) fn gateway(self) -> Option<GatewayId> {
        self.address
            .with_untracked(|address| address.as_ref().map(|address| address.id().clone()))
    }
}
