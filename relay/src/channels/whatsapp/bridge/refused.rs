//! Why a command did not reach the bridge, or had no answer of it.

use super::lines::Refusal;

pub(super) fn refusal(code: &str, message: &str, retryable: bool, unknown: bool) -> Refusal {
    Refusal {
        code: code.to_owned(),
        message: message.to_owned(),
        retryable,
        unknown,
    }
}

pub(super) fn busy() -> Refusal {
    refusal("busy", "too many commands are under way", true, false)
}

pub(super) fn not_running() -> Refusal {
    refusal("not_running", "WhatsApp is not connected", true, false)
}

pub(super) fn ended() -> Refusal {
    let words = "the bridge ended before it answered";
    refusal("bridge_ended", words, false, true)
}

pub(super) fn no_answer() -> Refusal {
    refusal(
        "no_answer",
        "the bridge did not answer in time",
        false,
        true,
    )
}
