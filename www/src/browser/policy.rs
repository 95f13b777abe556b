//! The page's content security policy: noticing when it forbids a gateway.

use leptos::ev;
use leptos::prelude::{WindowListenerHandle, window_event_listener};

/// Calls `refused` with the address that the policy has just refused to open.
/// The handle ends it.
pub(crate) fn on_refused_connection(refused: impl Fn(String) + 'static) -> WindowListenerHandle {
    window_event_listener(
        ev::Custom::<web_sys::SecurityPolicyViolationEvent>::new("securitypolicyviolation"),
        move |event| {
            if event.effective_directive() == "connect-src" {
                refused(event.blocked_uri());
            }
        },
    )
}
