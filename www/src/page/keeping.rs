//! Keeping what was typed and never left: the outbox lives in memory.

use std::time::Duration;

use leptos::prelude::*;
use webchat_model::address::Address;
use webchat_model::draft;
use webchat_model::leftovers::Slot;

use super::Page;
use crate::browser::{clock, leftovers};
use crate::link::Link;

/// How long after a change of the outbox it is written down: most messages
/// have gone out by then.
const PAUSE: Duration = Duration::from_millis(250);

/// What this tab keeps beside the page.
#[derive(Clone, Copy)]
pub(crate) struct Keeping {
    /// The keys of the messages that stand in the storage.
    kept: StoredValue<Vec<String>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Some messages could not be written down.
    messages_at_risk: StoredValue<bool>,
    /// The draft could not be written down.
    pub(crate) draft_at_risk: StoredValue<bool>,
}

impl Keeping {
    pub(super) fn new() -> Self {
        Self {
            kept: StoredValue::new(Vec::new()),
            timer: StoredValue::new(None),
            messages_at_risk: StoredValue::new(false),
            draft_at_risk: StoredValue::new(false),
        }
    }
}

impl Page {
    /// Where the draft for this gateway is kept.
    pub(crate) fn draft_key(self) -> String {
        draft::storage_key(&self.gateway_name().unwrap_or_default(), "main")
    }

    /// Something in the outbox has changed.
    pub(crate) fn keep_soon(self) {
        let soon = set_timeout_with_handle(move || self.keep_unsent(false), PAUSE).ok();
        self.keeping.timer.update_value(|timer| {
            if let Some(old) = std::mem::replace(timer, soon) {
                old.clear();
            }
        });
    }

    /// Writes down what the gateway has not acknowledged. `gone` says that
    /// this tab does not send it any more.
    pub(crate) fn keep_unsent(self, gone: bool) {
        let Some(gateway) = self.gateway_name() else {
            return;
        };
        let keeping = self.keeping;
        let left = self
            .link
            .with_value(|link| link.as_ref().map(Link::unsent).unwrap_or_default());
        if left.is_empty() && keeping.kept.with_value(Vec::is_empty) {
            keeping.messages_at_risk.set_value(false);
            return;
        }
        let keys = left.iter().map(|one| one.key.clone()).collect();
        let slot = Slot {
            at: clock::now_ms(),
            gone,
            left,
        };
        let is_kept = leftovers::keep(&gateway, &slot);
        keeping
            .kept
            .set_value(if is_kept { keys } else { Vec::new() });
        if !is_kept && !keeping.messages_at_risk.get_value() {
            self.notice.set(Some(
                "This browser has no room for the messages that wait to be sent: \
                 they are lost if you close this page before they have gone out."
                    .to_owned(),
            ));
        }
        keeping.messages_at_risk.set_value(!is_kept);
    }

    /// Takes up what earlier visits have left for a gateway.
    pub(super) fn take_leftovers(self, gateway: &str) {
        let left = leftovers::take(gateway);
        if !left.is_empty() {
            self.with_link(|link| link.take_over(left));
            self.keep_unsent(false);
        }
    }

    /// Another tab has emptied a slot of the storage. If it is this tab's, its
    /// messages are the other one's now.
    pub(crate) fn slot_emptied(self, name: &str) {
        let gateway = self.gateway_name();
        if gateway.is_some_and(|gateway| name == leftovers::name(&gateway)) {
            leftovers::begin_anew();
            self.let_kept_go();
        }
    }

    /// The page comes back out of the browser's cache: meanwhile another one
    /// may have taken its messages up.
    pub(crate) fn came_back(self) {
        let gateway = self.gateway_name();
        if gateway.is_some_and(|gateway| !leftovers::is_there(&gateway)) {
            self.let_kept_go();
        }
        self.keep_unsent(false);
    }

    fn let_kept_go(self) {
        let kept = self.keeping.kept.get_value();
        self.keeping.kept.set_value(Vec::new());
        self.with_link(|link| link.let_go(&kept));
    }

    /// Whether closing the page now would lose something.
    pub(crate) fn is_at_risk(self) -> bool {
        self.keeping.messages_at_risk.get_value() || self.keeping.draft_at_risk.get_value()
    }

    pub(super) fn gateway_name(self) -> Option<String> {
        self.address
            .with_untracked(|address| address.as_ref().map(Address::to_string))
    }

    /// This tab leaves its gateway: what it has not sent waits in the storage.
    pub(super) fn keep_behind(self) {
        self.keep_unsent(true);
        self.keeping.kept.set_value(Vec::new());
        self.keeping.messages_at_risk.set_value(false);
    }
}
