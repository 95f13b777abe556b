//! Times in the reader's own zone and language.

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::language;

/// A moment in milliseconds since 1970, now.
pub(crate) fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Waits.
pub(crate) async fn sleep(wait: Duration) {
    let waits = Promise::new(&mut |done, _| {
        let wake = move || {
            // It takes any argument, and fails never.
            let _ = done.call0(&JsValue::NULL);
        };
        set_timeout(wake, wait);
    });
    let _ = JsFuture::from(waits).await;
}

/// The day that it is here.
pub(crate) fn day() -> String {
    String::from(js_sys::Date::new_0().to_date_string())
}

/// How long it is until the next one.
pub(crate) fn until_midnight() -> Duration {
    let midnight = js_sys::Date::new_0();
    midnight.set_hours(24);
    midnight.set_minutes(0);
    midnight.set_seconds(0);
    let left = midnight.get_time() - now_ms();
    // Never at once again, whatever a clock does that is set.
    Duration::from_secs_f64((left / 1_000.0).clamp(1.0, 90_000.0))
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
    String::from(date.to_locale_string(&language::locale(), &options))
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
