//! What a panic leaves behind is not to be used again: the façade is told.

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::JsValue;

thread_local! {
    static TOLD: RefCell<Option<Function>> = RefCell::default();
}

/// Calls `crashed(place)` at a panic, before the module traps. Only the place
/// is told: what a panic says may hold somebody's words.
pub(super) fn tell(crashed: Function) {
    TOLD.set(Some(crashed));
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let crashed = TOLD.with(|told| told.try_borrow().ok()?.clone());
        crate::frames::Frames::stop();
        if let Some(crashed) = crashed {
            let place = panic.location().map(ToString::to_string);
            let _ = crashed.call1(&JsValue::NULL, &place.into());
        }
    }));
}
