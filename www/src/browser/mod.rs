//! What the page asks of the browser.

pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod earlier;
pub(crate) mod handover;
pub(crate) mod policy;
pub(crate) mod storage;
pub(crate) mod theme;

use leptos::prelude::document;

/// Takes away the line that says that the page is loading.
pub(crate) fn boot_finished() {
    if let Some(line) = document().get_element_by_id("boot") {
        line.remove();
    }
}

/// Whether the page itself came over an encrypted connection.
pub(crate) fn page_is_secure() -> bool {
    leptos::prelude::location()
        .protocol()
        .is_ok_and(|protocol| protocol == "https:")
}
