//! Scopes of tabs that share a connection: it is made with all that they ask for,
//! and each one uses what its own app asked for.

use std::rc::Rc;

use clawline_core::sorted;
use clawline_core::wire::Object as _;
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

use super::Driver;
use crate::object::JsObject;

impl Driver {
    /// The tabs that follow this one may ask for more than it does.
    pub(super) fn widen(self: &Rc<Self>) {
        let guests = self.guests.borrow();
        let asked = guests.iter().flat_map(|guest| &guest.scopes);
        let more = asked
            .filter(|scope| !self.scopes.contains(scope))
            .cloned()
            .collect();
        drop(guests);
        // The same set is the same wish, whoever came first.
        let mut more = sorted(more, String::cmp);
        more.dedup();
        let all = [self.scopes.clone(), more].concat();
        self.with(|engine, now| engine.widen(now, all));
    }

    /// Notes what a hello granted, and leaves in it what is this tab's.
    pub(super) fn take_granted(&self, hello: &JsObject) {
        let auth = hello.child("auth");
        let granted = auth.as_ref().and_then(|auth| auth.texts("scopes"));
        self.granted.replace(granted.unwrap_or_default());
        self.use_own_scopes(hello);
    }

    /// Of another tab's hello, with what it says was granted.
    pub(super) fn take_granted_elsewhere(&self, hello: &JsObject, state: &JsObject) {
        if let Some(granted) = state.texts("granted") {
            self.granted.replace(granted);
            self.use_own_scopes(hello);
        }
    }

    fn use_own_scopes(&self, hello: &JsObject) {
        let Some(auth) = hello.child("auth") else {
            return;
        };
        let granted = self.granted.borrow();
        let is_own = |scope: &&String| self.scopes.is_empty() || self.scopes.contains(scope);
        let own = granted.iter().filter(is_own);
        let own: Array = own.map(|scope| JsValue::from_str(scope)).collect();
        let _ = Reflect::set(&auth.0, &"scopes".into(), &own);
    }

    pub(super) fn all_granted(&self) -> JsValue {
        let granted = self.granted.borrow();
        let granted: Array = granted
            .iter()
            .map(|scope| JsValue::from_str(scope))
            .collect();
        granted.into()
    }
}
