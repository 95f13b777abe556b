//! A page with a gateway in it.

use clawline::core::engine::Status;
use clawline::{Client, Options, SignIn, Target};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/browser/support/fake_gateway.js")]
extern "C" {
    pub type FakeGateway;

    #[wasm_bindgen(constructor)]
    pub fn new() -> FakeGateway;
    #[wasm_bindgen(method)]
    pub fn restore(this: &FakeGateway);
    #[wasm_bindgen(method)]
    pub fn broadcast(this: &FakeGateway, event: &str, payload: JsValue, more: JsValue);
    #[wasm_bindgen(method)]
    pub fn say(this: &FakeGateway, data: &JsValue);
    #[wasm_bindgen(method)]
    pub fn cut(this: &FakeGateway);
    #[wasm_bindgen(method, js_name = setMode)]
    pub fn set_mode(this: &FakeGateway, mode: &str);
    #[wasm_bindgen(method, js_name = setLimit)]
    pub fn set_limit(this: &FakeGateway, limit: u32);
    #[wasm_bindgen(method, js_name = setPages)]
    pub fn set_pages(this: &FakeGateway, pages: JsValue);
    #[wasm_bindgen(method, js_name = socketCount)]
    pub fn socket_count(this: &FakeGateway) -> usize;
    #[wasm_bindgen(method, js_name = openCount)]
    pub fn open_count(this: &FakeGateway) -> usize;
    #[wasm_bindgen(method, js_name = listenerCount)]
    pub fn listener_count(this: &FakeGateway) -> usize;
    #[wasm_bindgen(method, js_name = pageListenerCount)]
    pub fn page_listener_count(this: &FakeGateway) -> i32;
    #[wasm_bindgen(method)]
    pub fn sent(this: &FakeGateway, method: &str) -> Vec<JsValue>;
    #[wasm_bindgen(method, catch)]
    pub async fn proves(this: &FakeGateway) -> Result<JsValue, JsValue>;

    /// The page's `performance.now()`, until the gateway is dropped.
    pub type Clock;

    #[wasm_bindgen(static_method_of = Clock)]
    pub fn take() -> Clock;
    #[wasm_bindgen(method)]
    pub fn advance(this: &Clock, millis: u32);
    #[wasm_bindgen(js_name = seePage)]
    pub fn see_page();

    #[wasm_bindgen]
    async fn sleep(millis: u32);
    #[wasm_bindgen(js_name = textFile)]
    pub fn text_file(name: &str, text: &str) -> JsValue;
    #[wasm_bindgen(js_name = brokenFile)]
    pub fn broken_file(name: &str) -> JsValue;
    #[wasm_bindgen(js_name = namesOf)]
    async fn names_of(device: &str) -> JsValue;
    #[wasm_bindgen(js_name = plantOlder)]
    async fn plant_older(device: &str, address: &str, device_id: &str, message: &str);
    #[wasm_bindgen(js_name = forgetWhoListens)]
    async fn forget_who_listens(store: &str) -> JsValue;
    #[wasm_bindgen(js_name = withoutWebCrypto)]
    pub fn without_web_crypto() -> js_sys::Function;
    #[wasm_bindgen(js_name = withoutIndexedDb)]
    pub fn without_indexed_db() -> js_sys::Function;
}

/// The page's `WebSocket` leads to a fake gateway until this is dropped.
pub(crate) struct InPage(FakeGateway);

pub(crate) fn gateway() -> InPage {
    InPage(FakeGateway::new())
}

impl std::ops::Deref for InPage {
    type Target = FakeGateway;

    fn deref(&self) -> &FakeGateway {
        &self.0
    }
}

impl Drop for InPage {
    fn drop(&mut self) {
        self.0.restore();
    }
}

/// A client of the fake gateway, with a device of its own.
pub(crate) fn client(store: &str) -> Client {
    client_at("ws://fake.example", store)
}

pub(crate) fn client_at(url: &str, store: &str) -> Client {
    let target = Target {
        url: url.to_owned(),
        ..Target::default()
    };
    let mut options = Options::new(target);
    options.store = format!("test-{store}-{}", js_sys::Math::random());
    Client::new(options)
}

/// A client of the device that others with this name share.
pub(crate) fn client_of(store: &str) -> Client {
    client_with(store, None)
}

/// The same, with a token of its own.
pub(crate) fn client_with(store: &str, token: Option<&str>) -> Client {
    let target = Target {
        url: "ws://fake.example".to_owned(),
        sign_in: SignIn {
            token: token.map(clawline::core::Secret::new),
            ..SignIn::default()
        },
    };
    let mut options = Options::new(target);
    options.store = format!("test-{store}");
    Client::new(options)
}

/// A client of this device that is told where to connect, and with what, by
/// functions.
pub(crate) fn client_from(source: clawline::Source, store: &str) -> Client {
    let mut options = Options::new(source);
    options.store = format!("test-{store}");
    Client::new(options)
}

/// The names of all that a device keeps.
pub(crate) async fn names(store: &str) -> String {
    let names = names_of(&format!("test-{store}")).await;
    names.as_string().unwrap()
}

/// A client of this device that asks for these scopes.
pub(crate) fn client_asking(store: &str, scopes: &[&str]) -> Client {
    let target = Target {
        url: "ws://fake.example".to_owned(),
        ..Target::default()
    };
    let mut options = Options::new(target);
    options.store = format!("test-{store}");
    let scopes = scopes.iter().map(|scope| (*scope).to_owned());
    options.config.profile.scopes = scopes.collect();
    Client::new(options)
}

/// What an earlier version left behind, which knew the gateway by this address.
pub(crate) async fn plant(store: &str, address: &str, device_id: &str, message: &str) {
    plant_older(&format!("test-{store}"), address, device_id, message).await;
}

/// The tab that leads the others of a store forgets this one.
pub(crate) async fn forget_tab(store: &str, tab: &Client) {
    let forget = forget_who_listens(store).await;
    let forget: js_sys::Function = forget.unchecked_into();
    let unheard = js_sys::Math::random().to_string();
    let _events = tab.subscribe(&[&unheard]);
    let said = forget.call0(&JsValue::NULL).unwrap();
    let said: js_sys::Promise = said.unchecked_into();
    wasm_bindgen_futures::JsFuture::from(said).await.unwrap();
}

pub(crate) async fn ready(client: &Client) {
    client.connect();
    until(|| client.status() == Status::Ready).await;
}

/// Waits until something is so; the runner's own limit ends a wait that never
/// does.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        sleep(5).await;
    }
}

/// Lets what was just said be heard and answered.
pub(crate) async fn settle_soon() {
    sleep(5).await;
}

/// Lets everything happen that is about to.
pub(crate) async fn settle() {
    sleep(60).await;
}

pub(crate) fn js(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

pub(crate) fn text(value: &JsValue, path: &[&str]) -> String {
    at(value, path).as_string().unwrap_or_default()
}

/// The texts of the array at this path.
pub(crate) fn texts_at(value: &JsValue, path: &[&str]) -> Vec<String> {
    let texts = js_sys::Array::from(&at(value, path));
    texts.iter().filter_map(|text| text.as_string()).collect()
}

fn at(value: &JsValue, path: &[&str]) -> JsValue {
    let step =
        |value, name: &&str| js_sys::Reflect::get(&value, &(*name).into()).unwrap_or_default();
    path.iter().fold(value.clone(), step)
}
