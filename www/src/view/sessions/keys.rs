//! The keyboard in the list.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::browser::active_beside;
use crate::view::field::focus;

/// Puts the keyboard into the list: where the person is.
pub(super) fn enter(place: &HtmlElement) {
    let current = place.query_selector("[aria-current]").ok().flatten();
    let first = current.or_else(|| place.query_selector("a, button").ok().flatten());
    if let Some(first) = first {
        focus(first.unchecked_ref());
    }
}

/// From one session to another by the arrow keys. False for other keys, and when
/// the keyboard is somewhere else.
pub(super) fn go(place: &HtmlElement, key: &str) -> bool {
    let links = place.get_elements_by_class_name("session-link");
    let active = active_beside(place);
    let count = links.length();
    let at = (0..count).find(|at| links.item(*at) == active);
    let Some(at) = at.filter(|_| active.is_some()) else {
        return false;
    };
    let next = match key {
        "ArrowDown" => at + 1,
        "ArrowUp" => at.saturating_sub(1),
        "Home" => 0,
        "End" => count - 1,
        _ => return false,
    };
    if let Some(next) = links.item(next.min(count - 1)) {
        focus(next.unchecked_ref());
    }
    true
}
