//! A place for an outbox, and what may be done to it behind its back.

use std::time::Duration;

use clawline_core::{Answers, EntryState, Key, Mark, Route, Saved};
use js_sys::{Function, Math};
use wasm_bindgen::prelude::*;

use crate::object::{JsObject, plain};
use crate::store::{Changes, Kept, Opened, Store, name};

#[wasm_bindgen(module = "/src/store/tests/support.js")]
extern "C" {
    pub(super) async fn dump(name: &str) -> JsValue;
    pub(super) async fn plant(name: &str, version: u32, content: &str);
    pub(super) async fn scribble(name: &str, content: &str);
    pub(super) async fn hollow(name: &str);
    pub(super) async fn upgrade(name: &str, version: u32);
    pub(super) async fn destroy(name: &str);
    #[wasm_bindgen(js_name = withoutIndexedDb)]
    fn without_indexed_db() -> Function;
    #[wasm_bindgen(js_name = failToOpen)]
    fn fail_to_open(ending: &str, kind: &str, times: u32) -> Function;
    #[wasm_bindgen(js_name = neverOpen)]
    fn never_open(ending: &str) -> Function;
    #[wasm_bindgen(js_name = shorten)]
    fn shorten_waits(millis: u32) -> Function;
    #[wasm_bindgen(js_name = failTransactions)]
    fn fail_transactions(how: &str, times: u32, first: u32) -> Function;
    #[wasm_bindgen(js_name = watchDurability)]
    fn watch_durability() -> Function;
    #[wasm_bindgen(js_name = watchConnections)]
    fn watch_connections() -> Function;
    #[wasm_bindgen(js_name = answerPersist)]
    fn answer_persist(answer: JsValue) -> Function;
    pub(super) fn durabilities() -> String;
    fn restore();
    #[wasm_bindgen(js_name = openConnections)]
    pub(super) fn open_connections() -> usize;
    #[wasm_bindgen(js_name = closeConnections)]
    pub(super) fn close_connections();
    #[wasm_bindgen(js_name = blobText)]
    pub(super) async fn blob_text(payload: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = payloadWithFile)]
    pub(super) fn payload_with_file(text: &str) -> JsValue;
    #[wasm_bindgen(js_name = payloadThatCannotBeKept)]
    pub(super) fn payload_that_cannot_be_kept() -> JsValue;
}

/// The browser is another one until this is dropped.
pub(super) struct Changed(Function);

impl Drop for Changed {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Opening databases whose names end so fails so often.
pub(super) fn damaged(ending: &str, kind: &str, times: u32) -> Changed {
    Changed(fail_to_open(ending, kind, times))
}

pub(super) fn silent(ending: &str) -> Changed {
    Changed(never_open(ending))
}

/// Waits of this many milliseconds are over soon.
pub(super) fn hurried(millis: u32) -> Changed {
    Changed(shorten_waits(millis))
}

pub(super) fn stuck(times: u32) -> Changed {
    Changed(fail_transactions("stuck", times, 0))
}

pub(super) fn full(times: u32) -> Changed {
    Changed(fail_transactions("quota", times, 0))
}

pub(super) fn lost(times: u32) -> Changed {
    Changed(fail_transactions("lost", times, 0))
}

/// One transaction, after so many, ends well, but nobody is told.
pub(super) fn mute_after(first: u32) -> Changed {
    Changed(fail_transactions("mute", 1, first))
}

pub(super) fn durability_is_watched() -> Changed {
    Changed(watch_durability())
}

pub(super) fn connections_are_watched() -> Changed {
    Changed(watch_connections())
}

pub(super) fn persist_answers(answer: Option<bool>) -> Changed {
    Changed(answer_persist(
        answer.map_or(JsValue::UNDEFINED, JsValue::from_bool),
    ))
}

/// A device with an outbox of its own.
pub(super) struct Home {
    pub(super) device: String,
    pub(super) name: String,
    pub(super) durable: bool,
    _changed: Option<Changed>,
}

impl Home {
    pub(super) fn disk() -> Self {
        restore();
        let device = format!("store-test-{}", Math::random());
        let name = name(&device, "ws://gateway.example", "device", "operator");
        Self {
            device,
            name,
            durable: true,
            _changed: None,
        }
    }

    /// Without IndexedDB, until this is dropped.
    pub(super) fn memory() -> Self {
        let home = Self::disk();
        Self {
            durable: false,
            _changed: Some(Changed(without_indexed_db())),
            ..home
        }
    }

    /// Another device in the same browser, whose name begins the same.
    pub(super) fn neighbour(&self) -> Self {
        let device = format!("{}-too", self.device);
        Self {
            name: name(&device, "ws://gateway.example", "device", "operator"),
            device,
            durable: self.durable,
            _changed: None,
        }
    }

    pub(super) async fn open(&self) -> Opened {
        self.open_as("").await
    }

    pub(super) async fn open_as(&self, owner: &str) -> Opened {
        let opened = Store::open(&self.device, &self.name, owner).await;
        assert_eq!(opened.durable, self.durable, "{:?}", opened.trouble);
        opened
    }

    pub(super) async fn follow(&self) -> Store {
        Store::follow(&self.device, &self.name, "").await.store
    }

    /// What the next page finds, by origin: key, state and text.
    pub(super) async fn finds(&self) -> Vec<String> {
        shown(&self.open().await.entries)
    }
}

/// The same on disk and in memory.
pub(super) fn homes() -> impl Iterator<Item = Home> {
    [Home::disk, Home::memory].into_iter().map(|home| home())
}

/// A chat message with the least of facts.
pub(super) fn saved(origin: &str) -> Saved {
    Saved {
        origin: Key::new(origin),
        key: Key::new(origin),
        route: Route::Chat(None),
        answers: Answers::First,
        bytes: 7,
        written_ms: 1_800_000_000_000,
        ttl: None,
        state: EntryState::Queued,
        mark: None,
        attempts: 0,
        reason: None,
        parked_ms: None,
        replaces: None,
    }
}

/// The same message once its bytes may have left.
pub(super) fn sending(origin: &str) -> Saved {
    Saved {
        state: EntryState::Sending,
        attempts: 1,
        mark: Some(Mark {
            boot_id: "boot".to_owned(),
            gateway_ms: 1_800_000_000_500,
        }),
        ..saved(origin)
    }
}

/// A message with something in each of its facts.
pub(super) fn rich(origin: &str) -> Saved {
    Saved {
        key: Key::new(format!("{origin}.2")),
        route: Route::Method {
            name: "agent".to_owned(),
            session: None,
        },
        answers: Answers::Final,
        bytes: 123_456,
        ttl: Some(Duration::from_secs(3600)),
        attempts: 3,
        reason: Some("said \"no\" \u{1F980}\n".to_owned()),
        replaces: Some(Key::new(origin)),
        ..sending(origin)
    }
}

pub(super) fn payload(text: &str) -> JsValue {
    plain(&[("method", "chat.send".into()), ("params", text.into())])
}

/// Changes from what a test says about each.
pub(super) fn adds(origins: &[&str]) -> Changes {
    let mut changes = Changes::default();
    for origin in origins {
        changes.add(&saved(origin), &payload(&format!("text of {origin}")));
    }
    changes
}

pub(super) fn drops(origins: &[&str]) -> Changes {
    let mut changes = Changes::default();
    for origin in origins {
        changes.drop(&Key::new(*origin));
    }
    changes
}

pub(super) fn sets(all: &[Saved]) -> Changes {
    let mut changes = Changes::default();
    for saved in all {
        changes.set(saved);
    }
    changes
}

pub(super) fn shown(entries: &[Kept]) -> Vec<String> {
    let show = |(saved, payload): &Kept| {
        let text = JsObject(payload.clone()).get("params").as_string();
        let text = text.unwrap_or_default();
        format!("{} {} {text}", saved.origin, saved.state.as_str())
    };
    entries.iter().map(show).collect()
}

/// `origin queued text of origin` for each.
pub(super) fn queued(origins: &[&str]) -> Vec<String> {
    let show = |origin: &&str| format!("{origin} queued text of {origin}");
    origins.iter().map(show).collect()
}

pub(super) async fn content(name: &str) -> String {
    dump(name).await.as_string().unwrap_or_default()
}
