//! What a gateway itself recommends after a refusal.

use super::Verdict::{self, Never, Pause, Retry};
use crate::wire::GatewayError;

/// What a gateway recommends, for codes that are not known here: what happens,
/// and what the person can do.
const STEPS: &[(&str, Verdict, &str)] = &[
    (WAIT_THEN_RETRY, Retry, ""),
    (
        "update_auth_credentials",
        Pause,
        "Enter the gateway's token or password anew.",
    ),
    (
        "update_auth_configuration",
        Pause,
        "Check gateway.auth in the gateway's configuration.",
    ),
    (
        "review_auth_configuration",
        Pause,
        "Check gateway.auth in the gateway's configuration, and the token or password here.",
    ),
];

const WAIT_THEN_RETRY: &str = "wait_then_retry";

/// Whether to pause is the gateway's to say, if it says so.
pub(super) fn obeying(error: &GatewayError, verdict: Verdict) -> Verdict {
    let waits = error.next_step.as_deref() == Some(WAIT_THEN_RETRY);
    match (verdict, error.pause) {
        (Never, _) => Never,
        (_, Some(true)) => Pause,
        (Pause, Some(false)) => Retry,
        (Pause, None) if waits => Retry,
        (verdict, _) => verdict,
    }
}

/// What happens after a refusal by a code that is not known here, and what the
/// person can do.
pub(super) fn of(error: &GatewayError) -> (Verdict, &'static str) {
    let said = error.next_step.as_deref();
    let known = STEPS.iter().find(|(step, ..)| said == Some(*step));
    known.map_or((Retry, ""), |(_, verdict, advice)| (*verdict, *advice))
}

/// The recommended step whose advice this is.
pub(super) fn named(advice: &str) -> Option<&'static str> {
    let known = STEPS.iter().find(|(_, _, known)| *known == advice);
    known.filter(|_| !advice.is_empty()).map(|(step, ..)| *step)
}
