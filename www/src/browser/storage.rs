//! The browser's small storage. Every use may fail (private windows, full
//! disks, blocked cookies), and the page works without it.

use leptos::prelude::window;
use web_sys::Storage;

const ADDRESS: &str = "clawline.gateway";
const TOKEN: &str = "clawline.token:";
const USED: &str = "clawline.used:";
const FILES: &str = "clawline.files:";

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Reads a value.
pub(crate) fn get(key: &str) -> Option<String> {
    local()?.get_item(key).ok().flatten()
}

/// Keeps a value, or removes it. Returns whether that worked.
pub(crate) fn set(key: &str, value: Option<&str>) -> bool {
    let Some(storage) = local() else { return false };
    match value {
        Some(value) => storage.set_item(key, value).is_ok(),
        None => storage.remove_item(key).is_ok(),
    }
}

/// The names of all values that begin with this.
pub(crate) fn names(prefix: &str) -> Vec<String> {
    let Some(storage) = local() else {
        return Vec::new();
    };
    let count = storage.length().unwrap_or_default();
    (0..count)
        .filter_map(|index| storage.key(index).ok().flatten())
        .filter(|name| name.starts_with(prefix))
        .collect()
}

/// The gateway that was used last.
pub(crate) fn address() -> Option<String> {
    get(ADDRESS)
}

/// Remembers the gateway for the next visit.
pub(crate) fn set_address(address: &str) {
    set(ADDRESS, Some(address));
}

/// A token that the person asked to keep on this device.
pub(crate) fn token(address: &str) -> Option<String> {
    get(&format!("{TOKEN}{address}"))
}

/// Keeps a token because the person asked for it, or forgets it.
pub(crate) fn set_token(address: &str, token: Option<&str>) {
    set(&format!("{TOKEN}{address}"), token);
}

/// Whether this browser has been connected to the gateway before.
pub(crate) fn was_used(address: &str) -> bool {
    get(&format!("{USED}{address}")).is_some()
}

/// Remembers that a connection to the gateway has worked.
pub(crate) fn set_used(address: &str) {
    set(&format!("{USED}{address}"), Some("1"));
}

/// The labels of the files that go with a message on its way: the client keeps
/// the files, and tells of the text only.
pub(crate) fn files(key: &str) -> Vec<String> {
    let labels = get(&format!("{FILES}{key}")).unwrap_or_default();
    labels.lines().map(str::to_owned).collect()
}

/// Keeps such labels, or forgets them.
pub(crate) fn set_files(key: &str, labels: &[String]) {
    let labels = (!labels.is_empty()).then(|| labels.join("\n"));
    set(&format!("{FILES}{key}"), labels.as_deref());
}

/// Forgets the labels of all messages.
pub(crate) fn forget_files() {
    for name in names(FILES) {
        set(&name, None);
    }
}
