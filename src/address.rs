//! Which gateway an address means, as a browser reads addresses.

use clawline_core::GatewayId;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = URL)]
    type Parsed;
    #[wasm_bindgen(constructor, js_class = "URL", catch)]
    fn new(address: &str) -> Result<Parsed, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn href(this: &Parsed) -> String;
}

/// The gateway that an address means, or `None` when no browser would open it.
///
/// The host's own parser comes first: it knows international names and the odd
/// spellings of IPv4 addresses (`127.1`).
#[must_use]
pub fn gateway_id(address: &str) -> Option<GatewayId> {
    GatewayId::parse(&Parsed::new(address).ok()?.href())
}
