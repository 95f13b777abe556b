//! Who waits until a message is in the store.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::Status;
use clawline_core::{Engine, Key};
use js_sys::{Array, Function, Map, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::Driver;
use crate::host::sleep;

/// Where there is no store, they are told after one or two of these: sign-in
/// data that do not come keep it away.
const PATIENCE: Duration = Duration::from_secs(2);

/// The functions that resolve their promises, by key: those who came since the
/// last look, and those who came before.
#[derive(Default)]
pub(super) struct Unstored {
    young: Map,
    old: Map,
    is_watched: Cell<bool>,
}

impl Unstored {
    fn wait_for(&self, key: &Key) -> Promise {
        let key = JsValue::from(key.as_str());
        Promise::new(&mut |resolve, _| {
            let waiting = self.young.get(&key);
            let waiting = waiting.dyn_into().unwrap_or_else(|_| Array::new());
            waiting.push(&resolve);
            self.young.set(&key, &waiting);
        })
    }

    fn tell(&self, key: &JsValue) {
        for waiting in [&self.young, &self.old] {
            if waiting.size() > 0 {
                release(&waiting.get(key));
                waiting.delete(key);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.young.size() + self.old.size() == 0
    }

    /// Tells those who have waited long enough; false when nobody waits.
    fn look(&self) -> bool {
        self.old.for_each(&mut |waiting, _| release(&waiting));
        self.old.clear();
        self.young.for_each(&mut |waiting, key| {
            self.old.set(&key, &waiting);
        });
        self.young.clear();
        self.old.size() > 0
    }
}

fn release(waiting: &JsValue) {
    let Some(waiting) = waiting.dyn_ref::<Array>() else {
        return;
    };
    for resolve in waiting.iter() {
        let _ = resolve.unchecked_into::<Function>().call0(&JsValue::NULL);
    }
}

impl Driver {
    /// Resolves when an entry is stored, or could not be, or when there is
    /// nothing to store it in: then the app may close the page, as far as that
    /// goes.
    pub(crate) fn stored(self: &Rc<Self>, key: &Key) -> Promise {
        let no_store_comes =
            matches!(self.status(), Status::Idle | Status::Closed) && self.seat.borrow().is_none();
        let is_done = self.look(|engine| !engine.knows(key) || engine.is_stored());
        if no_store_comes || is_done {
            return Promise::resolve(&JsValue::UNDEFINED);
        }
        let stored = self.unstored.wait_for(key);
        if !self.unstored.is_watched.replace(true) {
            let weak = Rc::downgrade(self);
            spawn_local(async move {
                loop {
                    sleep(PATIENCE).await;
                    let Some(driver) = weak.upgrade() else { break };
                    let unstored = &driver.unstored;
                    if driver.seat.borrow().is_none() {
                        unstored.look();
                    } else if driver.look(Engine::is_stored) {
                        driver.tell_unstored();
                    }
                    if unstored.is_empty() {
                        unstored.is_watched.set(false);
                        break;
                    }
                }
            });
        }
        stored
    }

    pub(super) fn tell_stored(&self, key: &Key) {
        self.unstored.tell(&key.as_str().into());
    }

    /// Nothing more is stored.
    pub(super) fn tell_unstored(&self) {
        while self.unstored.look() {}
    }
}
