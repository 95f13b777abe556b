//! What people are told of each end of a connection.

use super::super::super::link::LinkState;

/// What becomes of a connection that WhatsApp closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// Nothing is tried before a person does something.
    Rest {
        state: LinkState,
        reason: &'static str,
        next_step: &'static str,
    },
    /// WhatsApp wants a new connection, now.
    Restart,
    /// It is tried again, later.
    Again(&'static str),
}

const LINK_ANEW: &str = "link it anew";

/// What a close code of Baileys, or the bridge's own reason, means. `pairing` says
/// that a code was being shown.
pub(super) fn closed(code: u32, reason: Option<&str>, pairing: bool) -> Closed {
    match code {
        401 => Closed::Rest {
            state: LinkState::LoggedOut,
            reason: "this device was unlinked on the phone; its credentials are set aside and never used again",
            next_step: LINK_ANEW,
        },
        402 => Closed::Rest {
            state: LinkState::Forbidden,
            reason: "WhatsApp has banned this account for a while",
            next_step: "open WhatsApp on the phone, which says until when; then connect again",
        },
        403 => Closed::Rest {
            state: LinkState::Forbidden,
            reason: "WhatsApp refuses this account",
            next_step: "open WhatsApp on the phone and see whether the account is restricted or banned; then link it anew",
        },
        406 => Closed::Rest {
            state: LinkState::Forbidden,
            reason: "WhatsApp has banned this account",
            next_step: "open WhatsApp on the phone and ask there for a review; then link it anew",
        },
        // It knows the version no longer, or what the bridge calls itself.
        405 | 409 => Closed::Rest {
            state: LinkState::TooOld,
            reason: "WhatsApp takes this version of the bridge no longer",
            next_step: "update the bridge: install a newer clawline-relay",
        },
        408 if pairing => Closed::Rest {
            state: LinkState::Expired,
            reason: "the code was not used in time",
            next_step: "ask for a new one",
        },
        411 => Closed::Rest {
            state: LinkState::Failed,
            reason: "WhatsApp on the phone links no further devices",
            next_step: "update WhatsApp on the phone; then link it anew",
        },
        440 => Closed::Rest {
            state: LinkState::Conflict,
            reason: "another program connected with this login; two with one login throw each other out without end",
            next_step: "stop the other program, or link it as a device of its own; then connect again",
        },
        515 => Closed::Restart,
        408 => Closed::Again("the connection was lost"),
        428 => Closed::Again("WhatsApp closed the connection"),
        500 => Closed::Again("WhatsApp reported a broken session"),
        503 => Closed::Again("WhatsApp is not available"),
        _ => match reason {
            Some("locked") => Closed::Rest {
                state: LinkState::Conflict,
                reason: "another program on this machine uses this WhatsApp account",
                next_step: "stop the other program; then connect again",
            },
            Some("journal_full") => Closed::Again("too many messages wait to be stored"),
            _ => Closed::Again("the connection broke"),
        },
    }
}
