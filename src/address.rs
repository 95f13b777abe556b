//! Which gateway an address means, as the browser reads it.

use clawline_core::GatewayId;
use web_sys::Url;

/// The gateway that an address means; `None` when it is no address of one.
///
/// The browser's own parser comes first: it knows international names and every
/// spelling of an IPv4 address.
#[must_use]
pub fn gateway_id(address: &str) -> Option<GatewayId> {
    GatewayId::parse(&Url::new(address).ok()?.href())
}
