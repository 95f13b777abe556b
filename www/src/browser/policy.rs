//! The page's content security policy: noticing when it forbids a gateway.

use wasm_bindgen::JsCast;
use web_sys::{Event, SecurityPolicyViolationEvent};

/// The event of the window that tells.
pub(crate) const EVENT: &str = "securitypolicyviolation";

/// The address that the policy has just refused to open.
pub(crate) fn refused_connection(event: Event) -> Option<String> {
    let violation: SecurityPolicyViolationEvent = event.unchecked_into();
    (violation.effective_directive() == "connect-src").then(|| violation.blocked_uri())
}
