//! Times in the reader's own zone and language.

use wasm_bindgen::JsValue;

/// A moment in milliseconds since 1970, now.
pub(crate) fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// The time of day; with the date when it was not today.
pub(crate) fn short(at_ms: f64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at_ms));
    let today = js_sys::Date::new_0();
    let options = js_sys::Object::new();
    set(&options, "hour", "2-digit");
    set(&options, "minute", "2-digit");
    if date.to_date_string() != today.to_date_string() {
        set(&options, "day", "numeric");
        set(&options, "month", "short");
    }
    if date.get_full_year() != today.get_full_year() {
        set(&options, "year", "numeric");
    }
    String::from(date.to_locale_string("default", &options))
}

/// The same moment in full, as the machine-readable value of a `<time>`.
pub(crate) fn machine(at_ms: f64) -> Option<String> {
    let date = js_sys::Date::new(&JsValue::from_f64(at_ms));
    if date.get_time().is_nan() {
        None
    } else {
        Some(String::from(date.to_iso_string()))
    }
}

fn set(options: &js_sys::Object, name: &str, value: &str) {
    // Setting a property of a fresh plain object cannot fail.
    let _ = js_sys::Reflect::set(options, &name.into(), &value.into());
}
