//! What two tabs of one device keep beside its key, in real browsers.

use std::rc::Rc;

use clawline_core::{DeviceToken, GatewayId, Secret};
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Ed25519, Identity};
use crate::address::gateway_id;
use crate::host::uuid;

#[wasm_bindgen(module = "/src/store/tests/support.js")]
extern "C" {
    #[wasm_bindgen(js_name = failTransactions)]
    fn fail_transactions(how: &str, times: u32, first: u32) -> Function;
}

struct Tabs {
    store: String,
    gateway: GatewayId,
    tabs: [Rc<Identity>; 2],
}

impl Tabs {
    async fn open() -> Self {
        let store = uuid();
        let load = || async { Identity::load(&store, Ed25519::linked_in).await.unwrap() };
        Self {
            gateway: gateway_id("wss://a.example/gateway").unwrap(),
            tabs: [load().await, load().await],
            store,
        }
    }

    /// The tabs by turns keep a transcript of each session, all at once.
    async fn keep_all(&self, sessions: u32) {
        let keep = |session: u32| {
            let tab = Rc::clone(&self.tabs[session as usize % 2]);
            let gateway = self.gateway.clone();
            future_to_promise(async move {
                let words = Some(session.to_string());
                tab.keep_transcript(&gateway, &session.to_string(), words)
                    .await;
                Ok(JsValue::UNDEFINED)
            })
        };
        let kept: Array = (0..sessions).map(keep).map(JsValue::from).collect();
        JsFuture::from(Promise::all(&kept)).await.unwrap();
    }

    async fn transcript(&self, session: &str) -> Option<String> {
        self.tabs[0].transcript(&self.gateway, session).await
    }

    async fn keep_token(&self) {
        let token = DeviceToken {
            token: Secret::new("secret".to_owned()),
            scopes: Vec::new(),
        };
        let tab = &self.tabs[0];
        tab.keep_token(&self.gateway, "operator", &token).await;
    }

    /// Keeps something of each kind.
    async fn keep_on(&self) {
        self.keep_all(2).await;
        self.keep_token().await;
        let tab = &self.tabs[1];
        tab.keep_main_session(&self.gateway, "main").await;
    }

    /// The names of all that is kept.
    async fn names(&self) -> Vec<String> {
        let names = self.tabs[0].storage.as_ref().unwrap().keys().await.unwrap();
        names.iter().filter_map(|name| name.as_string()).collect()
    }

    async fn transcripts(&self) -> Vec<String> {
        let names = self.names().await.into_iter();
        names
            .filter(|name| name.starts_with("transcript "))
            .collect()
    }
}

#[wasm_bindgen_test]
async fn of_two_tabs_neither_undoes_what_the_other_keeps() {
    let tabs = Tabs::open().await;
    tabs.keep_all(60).await;
    assert_eq!(tabs.transcripts().await.len(), 20);
    for session in 40..60 {
        let session = session.to_string();
        assert_eq!(tabs.transcript(&session).await, Some(session));
    }
}

#[wasm_bindgen_test]
async fn what_a_dying_connection_has_undone_is_kept_over_the_next_one() {
    let tabs = Tabs::open().await;
    let dies = || fail_transactions("dead", 1, 0);
    let heal = |patch: Function| patch.call0(&JsValue::NULL).unwrap();
    let patch = dies();
    tabs.keep_token().await;
    heal(patch);
    assert_eq!(tabs.names().await.len(), 2, "the key and the token");
    let patch = dies();
    tabs.keep_all(1).await;
    heal(patch);
    assert_eq!(tabs.transcript("0").await.as_deref(), Some("0"));
}

#[wasm_bindgen_test]
async fn what_stands_in_no_order_goes_first() {
    let tabs = Tabs::open().await;
    let storage = tabs.tabs[0].storage.as_ref().unwrap();
    for lost in 0..30 {
        let name = format!("transcript wss://b.example {lost}");
        storage.add(&name, &"lost".into()).await.unwrap();
    }
    storage.add("transcripts", &5.into()).await.unwrap();
    tabs.keep_all(20).await;
    let names = tabs.transcripts().await;
    assert_eq!(names.len(), 20);
    assert!(names.iter().all(|name| name.contains("a.example")));
}

#[wasm_bindgen_test]
async fn a_device_that_was_forgotten_keeps_nothing_whoever_forgot_it() {
    let tabs = Tabs::open().await;
    tabs.keep_on().await;
    assert_eq!(tabs.names().await.len(), 6, "key, order and four");
    Identity::forget(&tabs.store).await.unwrap();
    tabs.keep_on().await;
    assert_eq!(tabs.names().await, Vec::<String>::new());
    // Nor beside another device's key.
    Identity::load(&tabs.store, Ed25519::linked_in)
        .await
        .unwrap();
    tabs.keep_on().await;
    assert_eq!(tabs.names().await, ["key"]);
}
