//! DOM listeners that are removed when their owner goes.

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

/// One listener on one target, removed on drop.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    pub(crate) fn new(
        target: &EventTarget,
        name: &'static str,
        callback: impl FnMut(JsValue) + 'static,
    ) -> Self {
        let callback = Closure::new(callback);
        // Both fail only for a target that is no target.
        let _ = target.add_event_listener_with_callback(name, function(&callback));
        Self {
            target: target.clone(),
            name,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = function(&self.callback);
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, callback);
    }
}

fn function(callback: &Closure<dyn FnMut(JsValue)>) -> &js_sys::Function {
    callback.as_ref().unchecked_ref()
}
