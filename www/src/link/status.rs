//! The client's status in the words of the page.

use clawline::Client;
use clawline::core::GatewayId;
use clawline::core::engine::Status;
use clawline::core::verdict::Cause;
use leptos::prelude::window;
use webchat_model::connection::{Connection, Problem};
use webchat_model::pairing::Pairing;
use webchat_model::words::Words;

use super::refusals::{advice_of, of_cause};
use crate::browser::clock;

/// A status as the page shows it.
pub(super) struct View {
    pub(super) connection: Connection,
    /// When the next attempt begins, in milliseconds since 1970.
    pub(super) retry_at: Option<f64>,
    /// An attempt has just failed.
    pub(super) has_failed: bool,
}

/// Reads one status after the other. It remembers why the last attempt ended,
/// so that the line does not flicker between waiting and trying.
pub(super) struct Reader {
    gateway: GatewayId,
    cause: Option<Words>,
}

impl Reader {
    pub(super) fn new(gateway: GatewayId) -> Self {
        Self {
            gateway,
            cause: None,
        }
    }

    pub(super) fn read(&mut self, status: &Status, client: &Client) -> View {
        let mut retry_at = None;
        let mut has_failed = false;
        let connection = match status {
            Status::Idle | Status::Closed => Connection::Off,
            Status::Connecting { again, .. } => self.trying(*again),
            Status::Ready => {
                self.cause = None;
                Connection::Connected {
                    gateway: self.gateway.to_string(),
                }
            }
            Status::Waiting {
                until,
                cause,
                again,
                ..
            } => {
                has_failed = true;
                let wait = until.since(client.now());
                retry_at = Some(clock::now_ms() + wait.as_secs_f64() * 1_000.0);
                self.cause = Some(sentence(cause, *again));
                if window().navigator().on_line() {
                    self.trying(*again)
                } else {
                    Connection::NoNetwork
                }
            }
            Status::Pairing(pairing) => Connection::WaitingForApproval(Pairing {
                request_id: pairing.request_id.clone(),
                reason: pairing.reason.clone().unwrap_or_default(),
                device_id: client.device_id(),
                command: pairing.command.clone(),
            }),
            Status::Paused(cause) if is_sign_in(&cause.code) => {
                Connection::SignedOut(problem(cause))
            }
            Status::Paused(cause) => Connection::Stopped(problem(cause)),
            _ => Connection::Off,
        };
        View {
            connection,
            retry_at,
            has_failed,
        }
    }

    fn trying(&self, again: bool) -> Connection {
        let cause = self.cause.clone();
        if again {
            Connection::Reconnecting { cause }
        } else {
            Connection::Connecting { cause }
        }
    }
}

/// Why, and before the first connection also what to do: later on, waiting is
/// what there is to do.
fn sentence(cause: &Cause, again: bool) -> Words {
    let why = of_cause(cause);
    match advice_of(cause).filter(|_| !again) {
        Some(advice) => Words::All(vec![why, advice]),
        None => why,
    }
}

fn problem(cause: &Cause) -> Problem {
    Problem {
        code: cause.code.clone(),
        message: of_cause(cause),
        remedy: advice_of(cause),
    }
}

/// Whether the gateway turned us away because of who we are, or claim to be.
fn is_sign_in(code: &str) -> bool {
    ["AUTH_", "DEVICE_", "CONTROL_UI_DEVICE_"]
        .iter()
        .any(|start| code.starts_with(start))
        || matches!(
            code,
            "no-scopes" | "signing-failed" | "NOT_PAIRED" | "PAIRING_REQUIRED"
        )
}
