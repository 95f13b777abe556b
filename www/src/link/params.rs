//! What a request says.

use wasm_bindgen::JsValue;

/// The params of a request.
pub(super) fn members(members: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in members {
        // A fresh object takes any member.
        let _ = js_sys::Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
