//! What the page says besides the conversation.

use std::time::Duration;

use leptos::prelude::*;
use webchat_model::words::Words;

/// Where it is said. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    /// In a line below the header, until somebody hides it.
    pub(crate) notice: RwSignal<Option<Words>>,
    /// By a screen reader, when it changes.
    pub(crate) announcement: RwSignal<Words>,
}

impl Said {
    pub(crate) fn new() -> Self {
        Self {
            notice: RwSignal::new(None),
            announcement: RwSignal::new(Words::default()),
        }
    }

    pub(crate) fn notice(self, words: Words) {
        self.notice.set(Some(words));
    }

    pub(crate) fn announce(self, words: Words) {
        self.announcement.set(words);
    }

    /// Announces what also stands in the page. It goes once it has been said;
    /// found by reading on, it would be said twice.
    pub(crate) fn announce_once(self, words: Words) {
        self.announcement.set(words);
        set_timeout(
            move || self.announcement.set(Words::default()),
            Duration::from_secs(1),
        );
    }
}
