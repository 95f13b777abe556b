//! The error of a response.

use std::time::Duration;

use super::{Object, approval, words};
use crate::outbox::reasons;

/// What a gateway said when it refused a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayError {
    /// The coarse code, such as `INVALID_REQUEST` or `UNAVAILABLE`.
    pub code: String,
    /// The gateway's own words. May quote input, never a secret of ours.
    pub message: String,
    /// `details.code`: the fine code, such as `AUTH_TOKEN_MISMATCH`.
    pub detail: Option<String>,
    /// `details.reason`, such as `chat-request-conflict` or `not-paired`.
    pub reason: Option<String>,
    /// `details.requestId`: the pairing request to approve.
    pub pairing_request: Option<String>,
    /// The command that approves it, where the gateway says which one.
    pub approve_command: Option<String>,
    /// The gateway says that the same request may succeed later.
    pub retryable: bool,
    /// … but not before this long.
    pub retry_after: Option<Duration>,
    /// `details.recommendedNextStep`, such as `wait_then_retry` or
    /// `update_auth_credentials`.
    pub next_step: Option<String>,
    /// `details.pauseReconnect`: whether to stop until a person acts, where the
    /// gateway says so.
    pub pause: Option<bool>,
}

/// So much of a refusal (in characters) is kept with a message.
const LONGEST_REASON: usize = 1_000;

/// A session that is being made refuses messages for a moment.
const SESSION_CHANGED: &str = "SESSION_MUTATION_AUTHORIZATION_CHANGED";

impl GatewayError {
    /// Reads the `error` member of a response.
    pub fn read<O: Object>(error: &O) -> Self {
        let details = error.child("details");
        let detail = |name| details.as_ref().and_then(|details| details.text(name));
        let pairing_request = detail("requestId");
        let request = pairing_request.as_deref().unwrap_or_default();
        let approve_command =
            detail("remediationHint").and_then(|hint| approval::command(&hint, request));
        Self {
            code: error.text("code").unwrap_or_default(),
            message: words(error.value("message")).unwrap_or_default(),
            detail: detail("code"),
            reason: detail("reason"),
            pairing_request,
            approve_command,
            retryable: error.flag("retryable").unwrap_or(false),
            retry_after: error.whole("retryAfterMs").map(Duration::from_millis),
            next_step: detail("recommendedNextStep"),
            pause: details
                .as_ref()
                .and_then(|details| details.flag("pauseReconnect")),
        }
    }

    /// The most telling code there is: the fine one, else the coarse one.
    #[must_use]
    pub fn best_code(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.code)
    }

    /// The scope that the connection lacks, when that is why.
    #[must_use]
    pub fn missing_scope(&self) -> Option<&str> {
        let is_missing = self.code == "FORBIDDEN" || self.best_code() == "MISSING_SCOPE";
        let (_, scope) = self.message.split_once("missing scope: ")?;
        scope
            .split_whitespace()
            .next()
            .filter(|scope| is_missing && scope.len() <= 100)
    }

    /// Why a message that was refused so waits for a person: one of
    /// [`reasons`](crate::reasons), or the gateway's words.
    pub(crate) fn into_reason(self) -> String {
        match self.missing_scope() {
            Some(scope) => [reasons::MISSING_SCOPE, ": ", scope].concat(),
            None if self.message.trim().is_empty() => reasons::REFUSED.to_owned(),
            None => self.message.chars().take(LONGEST_REASON).collect(),
        }
    }

    /// The gateway could not deliver a `send` yet, and goes on trying by itself (2026.9.6).
    #[must_use]
    pub fn is_kept_there(&self) -> bool {
        self.detail.as_deref() == Some("OUTBOUND_DELIVERY_QUEUED")
    }

    /// The refusal is about this moment, not about the request.
    #[must_use]
    pub fn is_for_now(&self) -> bool {
        self.retryable
            || (self.code == "UNAVAILABLE" && self.reason.as_deref() == Some("gateway-restarting"))
            || self.detail.as_deref() == Some(SESSION_CHANGED)
            // The real gateway makes a sentence of that error (measured).
            || (self.code == "INVALID_REQUEST" && self.message.ends_with("; retry the request"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{GatewayError, LONGEST_REASON};
    use crate::outbox::reasons;

    #[test]
    fn a_refusal_always_has_a_reason_and_a_short_one() {
        let reason = |error: serde_json::Value| GatewayError::read(&error).into_reason();
        for odd in [
            json!({}),
            json!({"code": 5, "message": ""}),
            json!({"message": " \n"}),
            json!({"message": null, "details": [1]}),
        ] {
            assert_eq!(reason(odd.clone()), reasons::REFUSED, "{odd}");
        }
        let said = json!({"message": {"message": "No such \u{1b}[1magent."}});
        assert_eq!(reason(said), "No such agent.");
        let long = reason(json!({"message": "é".repeat(100_000)}));
        assert_eq!(long.chars().count(), LONGEST_REASON);
        let scope = json!({"code": "FORBIDDEN", "message": "missing scope: operator.write"});
        assert_eq!(reason(scope), "missing-scope: operator.write");
    }
}
