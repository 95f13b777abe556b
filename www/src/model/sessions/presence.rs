//! Who else is at the gateway.

use clawline_core::Table;
use clawline_core::wire::Object;

use super::one_line;

const NAME_CHARS: usize = 60;
/// So many are shown; a list that is longer tells nobody more.
const MOST: usize = 50;

/// A device of a person, or a program, that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// What it calls itself, or its owner's name.
    pub name: String,
    /// What it runs on.
    pub platform: Option<String>,
}

/// Reads what has a list `presence`: a snapshot, or the payload of the event.
/// The gateway itself and this device are left out, and whoever has gone.
#[must_use]
pub fn others<O: Object>(told: &O, own_device: Option<&str>) -> Vec<Present> {
    let mut devices = Table::new();
    let mut present = Vec::new();
    told.each("presence", &mut |entry| {
        let is = |name, value: &str| entry.text(name).is_some_and(|text| text == value);
        if is("reason", "disconnect") || is("reason", "self") || is("mode", "gateway") {
            return;
        }
        let device = entry.text("deviceId");
        if device.is_some() && device.as_deref() == own_device {
            return;
        }
        if device.is_some_and(|device| devices.insert(device, ()).is_some())
            || present.len() >= MOST
        {
            return;
        }
        let text = |name| {
            entry
                .text(name)
                .and_then(|text| one_line(&text, NAME_CHARS))
        };
        let owner = entry.child("user").and_then(|user| user.text("name"));
        let owner = owner.and_then(|name| one_line(&name, NAME_CHARS));
        if let Some(name) = owner.or_else(|| text("host")).or_else(|| text("clientId")) {
            let platform = text("platform");
            present.push(Present { name, platform });
        }
    });
    present
}
