//! `/config.json`: what the server of this page says about gateways.

use js_sys::{Array, Reflect};
use leptos::prelude::{location, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit};

/// How long the server may take; the page does without after that.
const PATIENCE_MS: u32 = 4_000;

/// What a relay tells its page. Another server has no such file.
#[derive(Debug, Clone)]
pub(crate) struct ServerConfig {
    /// The addresses of gateways elsewhere that the page's policy lets it open.
    pub(crate) gateways: Vec<String>,
    /// The path of the gateway inside the relay, on the page's own origin.
    pub(crate) embedded: Option<String>,
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
        json.is_object().then(|| Self::read(&json))
    }

    fn read(json: &JsValue) -> Self {
        let embedded = member(json, "embedded").filter(JsValue::is_object);
        let path = embedded.map(|it| text(&it, "path"));
        let gateways = member(json, "gateways").and_then(|list| list.dyn_into::<Array>().ok());
        let gateways = gateways.iter().flat_map(Array::iter);
        Self {
            gateways: gateways.filter_map(|one| text(&one, "url")).collect(),
            embedded: path.map(|path| path.unwrap_or_else(|| "/gateway".to_owned())),
        }
    }
}

fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok()
}

fn text(of: &JsValue, name: &str) -> Option<String> {
    member(of, name)?.as_string()
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
