//! Who waits until a message is in the store.

use std::rc::Rc;

use clawline_core::{Engine, Key};
use js_sys::{Array, Function, Map, Promise};
use wasm_bindgen::{JsCast, JsValue};

use super::Driver;

/// The functions that resolve their promises, by key.
#[derive(Default)]
pub(super) struct Unstored(Map);

impl Unstored {
    fn wait_for(&self, key: &Key) -> Promise {
        let key = JsValue::from(key.as_str());
        Promise::new(&mut |resolve, _| {
            let waiting = self.0.get(&key);
            let waiting = waiting.dyn_into().unwrap_or_else(|_| Array::new());
            waiting.push(&resolve);
            self.0.set(&key, &waiting);
        })
    }

    /// The entry goes by another key.
    pub(super) fn rename(&self, from: &Key, to: &Key) {
        let waiting = self.0.get(&from.as_str().into());
        if !waiting.is_undefined() {
            self.0.delete(&from.as_str().into());
            self.0.set(&to.as_str().into(), &waiting);
        }
    }

    fn tell(&self, key: &Key, is_durable: bool) {
        // Nearly always nobody waits.
        if self.0.size() == 0 {
            return;
        }
        let key = JsValue::from(key.as_str());
        let waiting = self.0.get(&key);
        self.0.delete(&key);
        let Some(waiting) = waiting.dyn_ref::<Array>() else {
            return;
        };
        for resolve in waiting.iter() {
            let resolve = resolve.unchecked_into::<Function>();
            let _ = resolve.call1(&JsValue::NULL, &is_durable.into());
        }
    }
}

impl Driver {
    /// Resolves when the store has an entry, or cannot keep it, to whether it
    /// outlives the page. Until a store is open, that is not known.
    pub(crate) fn stored(self: &Rc<Self>, key: &Key) -> Promise {
        let is_kept = if self.look(|engine| engine.knows(key)) {
            self.look(|engine| engine.is_kept(key))
        } else {
            // It is done, or another tab has it, through the store.
            Some(true)
        };
        match is_kept {
            Some(is_kept) => Promise::resolve(&JsValue::from(is_kept && self.durable.get())),
            None => self.unstored.wait_for(key),
        }
    }

    pub(super) fn tell_stored(&self, key: &Key, is_kept: bool) {
        self.unstored.tell(key, is_kept && self.durable.get());
    }

    /// Something waits for a store.
    pub(super) fn has_unstored(&self) -> bool {
        !self.look(Engine::is_stored)
    }
}
