//! Frames as the browser parsed them, read in place.

use clawline_core::wire::Object;
use js_sys::{Array, Object as Plain, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A parsed object in the JavaScript heap. Cheap to clone: a handle.
#[derive(Debug, Clone)]
pub struct JsObject(pub JsValue);

impl JsObject {
    /// A member, `undefined` when there is none.
    pub(crate) fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
    }
}

impl Object for JsObject {
    fn text(&self, name: &str) -> Option<String> {
        self.get(name).as_string()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).as_f64()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).as_bool()
    }

    fn child(&self, name: &str) -> Option<Self> {
        let value = self.get(name);
        (value.is_object() && !Array::is_array(&value)).then_some(Self(value))
    }

    fn each(&self, name: &str, visit: &mut dyn FnMut(Self)) {
        let value = self.get(name);
        let Some(items) = value.dyn_ref::<Array>() else {
            return;
        };
        for item in items
            .iter()
            .filter(|item| item.is_object() && !Array::is_array(item))
        {
            visit(Self(item));
        }
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let value = self.get(name);
        let items = value.dyn_ref::<Array>()?;
        Some(items.iter().filter_map(|item| item.as_string()).collect())
    }
}

/// A plain object with these members.
pub(crate) fn plain(members: &[(&str, JsValue)]) -> JsValue {
    let object = Plain::new();
    for (name, value) in members {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
