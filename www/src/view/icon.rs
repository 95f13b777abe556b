//! Small pictures, drawn from paths so that no request is needed.

use leptos::prelude::*;

pub(super) const SEND: &str = "M12 19V5M5.5 11.5 12 5l6.5 6.5";
pub(super) const STOP: &str = "M7 7h10v10H7z";
pub(super) const COPY: &str = "M9 9h10v11H9zM5 15V4h10";
pub(super) const DOWN: &str = "M12 5v14M5.5 12.5 12 19l6.5-6.5";
pub(super) const DOWN_TWICE: &str = "M5.5 5.5 12 12l6.5-6.5M5.5 12.5 12 19l6.5-6.5";
pub(super) const PAUSE: &str = "M9 6v12M15 6v12";
pub(super) const SUN: &str = "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M4.9 4.9l1.4 1.4\
    M17.7 17.7l1.4 1.4M2.5 12h2M19.5 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4";
pub(super) const MOON: &str = "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z";
pub(super) const HALF: &str = "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17";
pub(super) const GATEWAY: &str = "M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5v5M7 14.5v5";
pub(super) const GLOBE: &str = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17";
pub(super) const FILE: &str = "M7 3.5h7l4 4v13H7zM14 3.5v4h4";
pub(super) const CLIP: &str =
    "M19.5 11.5 12 19a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-8 7.9a1.4 1.4 0 0 1-2-2l7.2-7.2";
pub(super) const CROSS: &str = "M6.5 6.5l11 11M17.5 6.5l-11 11";
pub(super) const LIST: &str = "M4 6h16M4 12h16M4 18h10";
pub(super) const PLUS: &str = "M12 5v14M5 12h14";
pub(super) const MORE: &str = "M5.5 12h.01M12 12h.01M18.5 12h.01";
pub(super) const PIN: &str = "M9 4h6l-1 6 3 3v1.5H7V13l3-3zM12 14.5V20";
pub(super) const CHEVRON: &str = "m9 6 6 6-6 6";
pub(super) const TOOL: &str = "m5 8 4 4-4 4M12 17h7";
const CLAW: &str = "M12 21c-1-4-5-4.5-6.8-8C3.2 9 5 4.5 8.5 3c-.8 3 .2 5.5 3.5 7 3.3-1.5 4.3-4 3.5-7\
    C19 4.5 20.8 9 18.8 13 17 16.5 13 17 12 21z";

/// An icon of 24 by 24 units. It says nothing to a screen reader: what it
/// stands for is the name of the thing around it.
#[component]
pub(super) fn Icon(path: &'static str) -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" class="icon" aria-hidden="true">
            <path d=path />
        </svg>
    }
}

/// The mark of clawline.
#[component]
pub(super) fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" class="mark" aria-hidden="true">
            <path d={CLAW} />
        </svg>
    }
}
