//! How an attempt or a connection ends, and what happens then.

use std::time::Duration;

use super::connection::{CLOSE_GIVEN_UP, SOON};
use super::{Close, Engine, Event, Output, Owner, Pairing, Phase, Wait};
use crate::outbox::Loss;
use crate::requests::RequestError;
use crate::time::Instant;
use crate::verdict::{self, Cause, Verdict};
use crate::wire::GatewayError;

/// Approval is asked for this often, with a spread of a fifth.
const POLL: Duration = Duration::from_secs(5);
/// … and this often while nobody looks.
const POLL_HIDDEN: Duration = Duration::from_secs(30);

impl Engine {
    pub(super) fn refused(&mut self, now: Instant, error: &GatewayError) {
        let Some(proposal) = self.proposed() else {
            return;
        };
        let by_device_token = proposal.auth.uses_device_token();
        let (verdict, cause) = verdict::of_refusal(error);
        if by_device_token
            && matches!(
                cause.code.as_str(),
                "AUTH_DEVICE_TOKEN_MISMATCH" | "AUTH_SCOPE_MISMATCH"
            )
        {
            // Once, with what the person entered: the flag holds until a hello.
            self.device_token_refused = true;
            if cause.code == "AUTH_DEVICE_TOKEN_MISMATCH" {
                self.outputs.push_back(Output::ForgetDeviceToken);
            }
            return self.finish(now, Verdict::RetryAfter(Duration::ZERO), cause);
        }
        if self.is_refused_as_wider(verdict) {
            return self.finish(now, Verdict::RetryAfter(Duration::ZERO), cause);
        }
        if verdict == Verdict::Wait {
            self.pairing = Some(Pairing {
                request_id: error.pairing_request.clone(),
                reason: error.reason.clone(),
                message: error.message.clone(),
                command: error.approve_command.clone(),
            });
        }
        self.finish(now, verdict, cause);
    }

    pub(super) fn closed(&mut self, now: Instant, close: Close) {
        match close {
            Close::Address(why) => self.end(now, "address-invalid", &why),
            Close::Untrusted(why) => self.end(now, "certificate-untrusted", &why),
            Close::Credentials(why) => self.end(now, "credentials-failed", &why),
            // Without a handshake the code tells nothing: a browser reports a
            // refused port, a web page and a bad certificate all as 1006. A
            // native host has words for it.
            Close::Socket { code: 1006, reason } if matches!(self.phase, Phase::Opening { .. }) => {
                self.end(now, "unreachable", &reason);
            }
            Close::Socket { code, reason } => self.end(now, &code.to_string(), &reason),
        }
    }

    /// Ends an attempt or a connection by one of our own codes.
    pub(super) fn end(&mut self, now: Instant, code: &str, reason: &str) {
        let (verdict, cause) = verdict::of_end(code, reason);
        self.finish(now, verdict, cause);
    }

    fn finish(&mut self, now: Instant, verdict: Verdict, cause: Cause) {
        let restart_in = match &self.phase {
            Phase::Ready(live) => live.restart_in,
            _ => None,
        };
        self.meter.ended(&cause.code);
        self.drop_socket(CLOSE_GIVEN_UP);
        let loss = match cause.code.as_str() {
            "1009" => Loss::TooLarge,
            // The gateway said so, or ended it in good order.
            _ if restart_in.is_some() => Loss::Ours,
            "1001" | "1012" | "1013" | "4001" => Loss::Ours,
            _ => Loss::Lost,
        };
        self.interrupt(now, loss);
        if matches!(self.phase, Phase::Ready(_)) {
            self.scopes.lost();
        }
        if verdict != Verdict::Wait {
            self.pairing = None;
        }
        let policy = &self.config.backoff;
        let rng = &mut self.rng;
        let (wait, firm) = match (verdict, restart_in) {
            (Verdict::Pause | Verdict::Never, _) => return self.pause(cause),
            (Verdict::Wait, _) => {
                let every = if self.visible { POLL } else { POLL_HIDDEN };
                (every + rng.up_to(every / 5), false)
            }
            (Verdict::RetryAfter(Duration::ZERO), _) => (rng.up_to(SOON), false),
            (Verdict::RetryAfter(hint), _) => (self.outage.hinted(now, hint, policy, rng), true),
            (Verdict::Retry, Some(hint)) => (self.outage.hinted(now, hint, policy, rng), false),
            (Verdict::Retry, None) => (self.outage.next(now, policy, rng), false),
        };
        if policy
            .max_attempts
            .is_some_and(|most| self.outage.attempts() >= most)
        {
            let (_, gave_up) = verdict::of_end("gave-up", &cause.message);
            return self.pause(gave_up);
        }
        self.phase = Phase::Waiting(Wait {
            until: now + wait,
            cause,
            firm,
        });
    }

    fn pause(&mut self, cause: Cause) {
        self.phase = Phase::Paused(cause);
        self.fail_all(RequestError::NotConnected);
    }

    /// Everything that had left and was not answered.
    pub(super) fn interrupt(&mut self, now: Instant, loss: Loss) {
        self.scopes.interrupted();
        for (id, pending) in self.requests.take_sent() {
            if pending.owner == Owner::Host && pending.may_repeat() {
                self.requests.put_back(id, pending);
            } else if pending.owner == Owner::Host {
                self.tell(Event::Failed(
                    id,
                    RequestError::Interrupted(pending.progress()),
                ));
            }
        }
        self.outbox.lost(now, loss);
    }

    pub(super) fn drop_socket(&mut self, code: u16) {
        if self.has_socket() {
            self.outputs
                .push_back(Output::Disconnect(self.generation, code));
        }
    }
}
