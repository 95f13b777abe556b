//! `/config.json`: what the server of this page says about gateways.

use js_sys::{Array, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, RequestRedirect, Response};

/// How long the server may take; the page does without after that.
const PATIENCE_MS: u32 = 4_000;

/// What a relay tells its page. Another server has no such file.
#[derive(Debug, Clone)]
pub(crate) struct ServerConfig {
    /// The addresses of gateways elsewhere that the page's policy lets it open.
    pub(crate) gateways: Vec<String>,
    /// The path of the gateway inside the relay, below the page's own base.
    pub(crate) embedded: Option<String>,
}

impl ServerConfig {
    /// Asks the server. `None` when it is no relay.
    pub(crate) async fn load() -> Option<Self> {
        let response = ask(RequestRedirect::Follow).await?;
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

async fn ask(redirect: RequestRedirect) -> Option<Response> {
    let until = RequestInit::new();
    until.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    until.set_redirect(redirect);
    let asked = window().fetch_with_str_and_init("config.json", &until);
    JsFuture::from(asked).await.ok()?.dyn_into().ok()
}

/// Whether something in front of the server of this page wants a sign-in before
/// it lets anything through. `false` where nothing answers at all.
pub(crate) async fn is_turned_away() -> bool {
    let Some(response) = ask(RequestRedirect::Manual).await else {
        return false;
    };
    match response.status() {
        // 0 is a redirect that was not followed.
        0 | 401 | 403 | 407 => true,
        // A page to sign in at, where the file was.
        200 => match response.json() {
            Ok(json) => JsFuture::from(json).await.is_err(),
            Err(_) => true,
        },
        _ => false,
    }
}

fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok()
}

fn text(of: &JsValue, name: &str) -> Option<String> {
    member(of, name)?.as_string()
}

/// The WebSocket address of a path on the server that sent this page. A proxy
/// may show the server below a path of its own: the page's base has it.
pub(crate) fn same_server(path: &str) -> Option<String> {
    let base = document().base_uri().ok()??;
    let (scheme, place) = base.split_once("://")?;
    let scheme = match scheme {
        "https" => "wss",
        "http" => "ws",
        _ => return None,
    };
    let place = place.split(['?', '#']).next().unwrap_or_default();
    let (folder, _) = place.rsplit_once('/')?;
    Some(format!(
        "{scheme}://{folder}/{}",
        path.trim_start_matches('/')
    ))
}
