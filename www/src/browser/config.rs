//! `/config.json`: what the server of this page says about gateways.

use leptos::prelude::{location, window};
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit};

/// How long the server may take; the page does without after that.
const PATIENCE_MS: u32 = 4_000;

/// What a relay tells its page. Another server has no such file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ServerConfig {
    /// Gateways elsewhere that the page's policy lets it open.
    pub(crate) gateways: Vec<NamedGateway>,
    /// The gateway inside the relay.
    pub(crate) embedded: Option<Embedded>,
}

/// A gateway that the relay was started with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NamedGateway {
    /// Its WebSocket address.
    pub(crate) url: String,
}

/// Where the relay's own gateway is.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Embedded {
    /// Its path on the page's own origin.
    pub(crate) path: String,
    /// How the command that approves a device begins, when this browser is on
    /// the relay's machine.
    #[serde(rename = "approveCommand")]
    pub(crate) approve_command: Option<String>,
}

impl Default for Embedded {
    fn default() -> Self {
        Self {
            path: "/gateway".to_owned(),
            approve_command: None,
        }
    }
}

impl ServerConfig {
    /// Asks the server. `None` when it is no relay.
    pub(crate) async fn load() -> Option<Self> {
        let until = RequestInit::new();
        until.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
        let asked = window().fetch_with_str_and_init("config.json", &until);
        let response = JsFuture::from(asked).await.ok()?;
        let response: web_sys::Response = response.dyn_into().ok()?;
        if !response.ok() {
            return None;
        }
        // A server that answers every path with its page sends HTML here.
        let json = JsFuture::from(response.json().ok()?).await.ok()?;
        serde_wasm_bindgen::from_value(json).ok()
    }
}

/// The WebSocket address of a path on the server that sent this page.
pub(crate) fn same_origin(path: &str) -> Option<String> {
    let host = location().host().ok().filter(|host| !host.is_empty())?;
    let scheme = match location().protocol().ok()?.as_str() {
        "https:" => "wss",
        "http:" => "ws",
        _ => return None,
    };
    Some(format!("{scheme}://{host}{path}"))
}
