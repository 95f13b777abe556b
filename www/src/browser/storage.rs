//! The browser's small storage. Every use may fail (private windows, full
//! disks, blocked cookies), and the page works without it.

use clawline::core::GatewayId;
use clawline::gateway_id;
use leptos::prelude::window;
use web_sys::Storage;
use webchat_model::follow::Follow;
use webchat_model::names::{Found, Kind, Name};
use webchat_model::sessions::is_key;

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Reads a value.
pub(crate) fn get(name: &Name) -> Option<String> {
    get_stored(name.as_str())
}

fn get_stored(name: &str) -> Option<String> {
    local()?.get_item(name).ok().flatten()
}

/// Keeps a value, or removes it. Returns whether that worked.
pub(crate) fn set(name: &Name, value: Option<&str>) -> bool {
    let Some(storage) = local() else { return false };
    match value {
        Some(value) => storage.set_item(name.as_str(), value).is_ok(),
        None => storage.remove_item(name.as_str()).is_ok(),
    }
}

/// The names of all values, as they are stored.
fn stored() -> Vec<String> {
    let Some(storage) = local() else {
        return Vec::new();
    };
    let count = storage.length().unwrap_or_default();
    (0..count)
        .filter_map(|index| storage.key(index).ok().flatten())
        .collect()
}

/// Moves what an older version has kept under an address as it was typed to
/// the gateway's one name. It stays where it is until all of it stands there.
pub(crate) fn gather() {
    for stored in stored() {
        let Some(found) = Found::read(&stored, gateway_id) else {
            continue;
        };
        let Some(value) = get_stored(&stored).filter(|_| found.name().as_str() != stored) else {
            continue;
        };
        let moves = found.moves(&value, get);
        if moves.iter().all(|(name, value)| set(name, Some(value)))
            && let Some(storage) = local()
        {
            // It stands twice should this fail, and is found again.
            let _ = storage.remove_item(&stored);
        }
    }
}

/// The address that was used last.
pub(crate) fn address() -> Option<String> {
    get(&Name::address())
}

/// Remembers the address for the next visit.
pub(crate) fn set_address(address: &str) {
    set(&Name::address(), Some(address));
}

/// Whether the page follows what is written.
pub(crate) fn follow() -> Follow {
    Follow::parse(&get(&Name::follow()).unwrap_or_default())
}

/// Remembers that.
pub(crate) fn set_follow(follow: Follow) {
    set(&Name::follow(), Some(follow.name()));
}

/// A token that the person asked to keep on this device.
pub(crate) fn token(gateway: &GatewayId) -> Option<String> {
    get(&Name::of(Kind::Token, gateway, ""))
}

/// Keeps a token because the person asked for it, or forgets it.
pub(crate) fn set_token(gateway: &GatewayId, token: Option<&str>) {
    set(&Name::of(Kind::Token, gateway, ""), token);
}

/// Forgets the tokens of all gateways.
pub(crate) fn forget_tokens() {
    for stored in stored() {
        let found = Found::read(&stored, gateway_id);
        if let Some(found) = found.filter(|found| found.kind == Kind::Token) {
            set(&found.name(), None);
        }
    }
}

/// Whether this browser has been connected to the gateway before.
pub(crate) fn was_used(gateway: &GatewayId) -> bool {
    get(&Name::of(Kind::Used, gateway, "")).is_some()
}

/// Remembers that a connection to the gateway has worked.
pub(crate) fn set_used(gateway: &GatewayId) {
    set(&Name::of(Kind::Used, gateway, ""), Some("1"));
}

/// The session of the gateway that is shown; `None`: the main one.
pub(crate) fn conversation(gateway: &GatewayId) -> Option<String> {
    let key = get(&Name::of(Kind::Conversation, gateway, ""));
    key.filter(|key| is_key(key))
}

/// Remembers the session that is shown.
pub(crate) fn set_conversation(gateway: &GatewayId, session: Option<&str>) {
    set(&Name::of(Kind::Conversation, gateway, ""), session);
}

/// The labels of the files that go with a message on its way: the client keeps
/// the files, and tells of the text only.
pub(crate) fn files(key: &str) -> Vec<String> {
    let labels = get(&Name::files(key)).unwrap_or_default();
    labels.lines().map(str::to_owned).collect()
}

/// Keeps such labels, or forgets them.
pub(crate) fn set_files(key: &str, labels: &[String]) {
    let labels = (!labels.is_empty()).then(|| labels.join("\n"));
    set(&Name::files(key), labels.as_deref());
}

/// Forgets the labels of all messages.
pub(crate) fn forget_files() {
    for name in stored() {
        if let Some(key) = name.strip_prefix(Name::FILES) {
            set(&Name::files(key), None);
        }
    }
}
