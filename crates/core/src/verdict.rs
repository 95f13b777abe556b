//! The one table from close codes and connect errors to what happens next.
//!
//! A test compares it with the codes that the gateway's protocol package
//! publishes: a new code there fails the build until it has a row here.

mod failures;
mod steps;
mod told;

use std::time::Duration;

pub use failures::{FAILURES, Failure};
pub use told::Told;

use crate::wire::GatewayError;

/// What the engine does after an ended attempt or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Back off and try again.
    Retry,
    /// Try again, but not before this long (plus a spread).
    RetryAfter(Duration),
    /// A person must approve this device: poll slowly, go on by itself.
    Wait,
    /// Nothing changes until a person acts: do not try again by itself.
    Pause,
    /// This program cannot talk to that gateway: do not try again by itself.
    Never,
}

/// One row: a code, what happens, why, and what a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// A detail code of the gateway, a coarse code, or a code of our own in
    /// lower case.
    pub code: &'static str,
    /// What the engine does.
    pub verdict: Verdict,
    /// The cause, one sentence.
    pub cause: &'static str,
    /// What the person can do, one sentence; empty when waiting is enough.
    pub advice: &'static str,
}

const fn row(
    code: &'static str,
    verdict: Verdict,
    cause: &'static str,
    advice: &'static str,
) -> Row {
    Row {
        code,
        verdict,
        cause,
        advice,
    }
}

use Verdict::{Never, Pause, Retry, RetryAfter, Wait};

/// Refusals of `connect`, by `error.details.code`, then by `error.code`.
pub const CONNECT: &[Row] = &[
    row(
        "AUTH_REQUIRED",
        Pause,
        "The gateway wants a token or a password.",
        "Enter the gateway's token or password.",
    ),
    row(
        "AUTH_UNAUTHORIZED",
        Pause,
        "The gateway did not accept the sign-in.",
        "Check the token or password.",
    ),
    row(
        "AUTH_TOKEN_MISSING",
        Pause,
        "The gateway wants a token.",
        "Enter the gateway's token.",
    ),
    row(
        "AUTH_TOKEN_MISMATCH",
        Pause,
        "The token is not the gateway's.",
        "Enter the token from the gateway's configuration.",
    ),
    row(
        "AUTH_TOKEN_NOT_CONFIGURED",
        Pause,
        "The gateway has no token to compare with.",
        "Set gateway.auth.token on the gateway, or sign in without a token.",
    ),
    row(
        "AUTH_PASSWORD_MISSING",
        Pause,
        "The gateway wants a password.",
        "Enter the gateway's password.",
    ),
    row(
        "AUTH_PASSWORD_MISMATCH",
        Pause,
        "The password is not the gateway's.",
        "Enter the password from the gateway's configuration.",
    ),
    row(
        "AUTH_PASSWORD_NOT_CONFIGURED",
        Pause,
        "The gateway has no password to compare with.",
        "Set gateway.auth.password on the gateway, or sign in with a token.",
    ),
    row(
        "AUTH_BOOTSTRAP_TOKEN_INVALID",
        Pause,
        "The set-up code is used up or has expired.",
        "Ask for a new set-up code on the gateway.",
    ),
    row(
        "AUTH_DEVICE_TOKEN_MISMATCH",
        Pause,
        "This device's approval was withdrawn or replaced.",
        "Sign in with the gateway's token or password.",
    ),
    row(
        "AUTH_SCOPE_MISMATCH",
        Pause,
        "This device asks for more than it was approved for.",
        "Sign in with the gateway's token or password to ask for it.",
    ),
    row(
        "AUTH_RATE_LIMITED",
        RetryAfter(Duration::from_secs(300)),
        "Too many failed sign-ins; the gateway refuses all for a while.",
        "Wait, or check the token meanwhile.",
    ),
    row(
        "AUTH_TAILSCALE_IDENTITY_MISSING",
        Pause,
        "The gateway wants a Tailscale identity.",
        "Open the gateway's Tailscale address.",
    ),
    row(
        "AUTH_TAILSCALE_PROXY_MISSING",
        Pause,
        "The gateway expects to be reached through Tailscale Serve.",
        "Open the gateway's Tailscale address.",
    ),
    row(
        "AUTH_TAILSCALE_WHOIS_FAILED",
        Pause,
        "The gateway could not look up your Tailscale identity.",
        "Check Tailscale on the gateway, then try again.",
    ),
    row(
        "AUTH_TAILSCALE_IDENTITY_MISMATCH",
        Pause,
        "Your Tailscale identity is not one that the gateway allows.",
        "Ask the gateway's owner to allow it.",
    ),
    row(
        "AUTH_IDENTITY_HEADER_REQUIRED",
        Pause,
        "The proxy before the gateway did not say who you are.",
        "Sign in at the proxy, then try again.",
    ),
    row(
        "AUTH_VERIFIED_USER_REQUIRED",
        Pause,
        "The gateway wants a verified user.",
        "Sign in at the proxy with a verified account.",
    ),
    row(
        "AUTHENTICATED_PROFILE_UNAVAILABLE",
        Retry,
        "The gateway could not load your profile.",
        "",
    ),
    row(
        "CONTROL_UI_BUILD_MISMATCH",
        Never,
        "The gateway serves another build of its own page.",
        "Reload the page.",
    ),
    row(
        "CONTROL_UI_ORIGIN_NOT_ALLOWED",
        Pause,
        "The gateway does not allow pages from this address.",
        "Add this page's origin to gateway.controlUi.allowedOrigins on the gateway.",
    ),
    row(
        "PROTOCOL_MISMATCH",
        Never,
        "The gateway speaks another version of the protocol.",
        "Update the gateway or this page.",
    ),
    row(
        "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
        Pause,
        "The gateway wants a device identity.",
        "Open the page over https or on localhost, where the browser can keep a key.",
    ),
    row(
        "DEVICE_IDENTITY_REQUIRED",
        Pause,
        "The gateway wants a device identity.",
        "Open the page over https or on localhost, where the browser can keep a key.",
    ),
    row(
        "DEVICE_AUTH_INVALID",
        Pause,
        "The gateway did not accept this device's proof.",
        "Press \"Forget this device\", then connect again.",
    ),
    row(
        "DEVICE_AUTH_DEVICE_ID_MISMATCH",
        Pause,
        "This device's id does not belong to its key.",
        "Press \"Forget this device\", then connect again.",
    ),
    row(
        "DEVICE_AUTH_SIGNATURE_EXPIRED",
        Retry,
        "The proof arrived too late.",
        "",
    ),
    row(
        "DEVICE_AUTH_NONCE_REQUIRED",
        Retry,
        "The proof lacked the gateway's challenge.",
        "",
    ),
    row(
        "DEVICE_AUTH_NONCE_MISMATCH",
        Retry,
        "The proof was for another challenge.",
        "",
    ),
    row(
        "DEVICE_AUTH_SIGNATURE_INVALID",
        Pause,
        "The gateway did not accept this device's signature.",
        "Press \"Forget this device\", then connect again.",
    ),
    row(
        "DEVICE_AUTH_PUBLIC_KEY_INVALID",
        Pause,
        "The gateway did not accept this device's key.",
        "Press \"Forget this device\", then connect again.",
    ),
    row(
        "PAIRING_REQUIRED",
        Wait,
        "The gateway's owner must approve this device.",
        "Approve the request on the gateway; this page goes on by itself.",
    ),
    row(
        "CLIENT_VERSION_MISMATCH",
        Never,
        "The gateway wants another version of this page.",
        "Update the gateway or this page.",
    ),
    row(
        "NOT_PAIRED",
        Wait,
        "The gateway's owner must approve this device.",
        "Approve the request on the gateway; this page goes on by itself.",
    ),
    row(
        "UNAVAILABLE",
        RetryAfter(Duration::from_millis(500)),
        "The gateway is starting or restarting.",
        "",
    ),
    row(
        "FORBIDDEN",
        Pause,
        "The gateway does not allow this client.",
        "Ask the gateway's owner to allow it.",
    ),
    row(
        COARSE,
        Pause,
        "The gateway did not understand the sign-in.",
        "Check what is named there; else update the gateway or this page.",
    ),
];

/// What is said of a close code that has no row.
const CLOSED: &str = "The connection was closed";

/// What a gateway says that has no better code.
const COARSE: &str = "INVALID_REQUEST";

/// Ends that are not refusals: our own findings, and close codes.
pub const ENDS: &[Row] = &[
    row(
        "opening-timeout",
        Retry,
        "The gateway did not answer in time.",
        "Check the address, and that the gateway runs.",
    ),
    row(
        "challenge-timeout",
        Retry,
        "The other side did not begin the handshake; it may not be a gateway.",
        "Check the address.",
    ),
    row(
        "frames-unreadable",
        Retry,
        "What came cannot be read; it may not be a gateway, or something on the way changes the frames.",
        "Check the address, and any proxy, antivirus or VPN on the way.",
    ),
    row(
        "limits-unusable",
        Retry,
        "The gateway says that it takes no messages at all.",
        "Check `maxPayload` in the gateway's configuration, and any proxy before it.",
    ),
    row(
        "challenge-invalid",
        Retry,
        "The other side's challenge cannot be signed; it may not be a gateway of protocol 4.",
        "Check the address; update the gateway.",
    ),
    row(
        "hello-timeout",
        Retry,
        "The gateway did not finish the handshake in time.",
        "",
    ),
    row(
        "hello-invalid",
        Retry,
        "The gateway's greeting cannot be read.",
        "Update the gateway or this page.",
    ),
    row(
        "no-scopes",
        Pause,
        "The gateway signed this page in but allows it nothing.",
        "Open the page over https or on localhost, or approve this device on the gateway.",
    ),
    row(
        "signing-failed",
        Pause,
        "This browser could not sign with the device's key.",
        "Press \"Forget this device\", then connect again.",
    ),
    row(
        "address-invalid",
        Pause,
        "The address cannot be opened as a WebSocket.",
        "Check the address; it begins with ws:// or wss://.",
    ),
    row(
        "certificate-untrusted",
        Retry,
        "The gateway's certificate is not one that is trusted here; no credential was sent.",
        "Check the address and the gateway's certificate; on a relay, ca_file or the pinned fingerprint.",
    ),
    row(
        "credentials-failed",
        Retry,
        "The sign-in data could not be obtained.",
        "",
    ),
    row("silent", Retry, "The gateway fell silent.", ""),
    row("page-restored", Retry, "The page was restored.", ""),
    row(
        "unreachable",
        Retry,
        "Nothing answered at that address.",
        "Check the address, and that the gateway runs and allows this page.",
    ),
    row(
        "gave-up",
        Pause,
        "Every allowed attempt failed.",
        "Try again.",
    ),
    row("1000", Retry, "The gateway closed the connection.", ""),
    row("1001", Retry, "The gateway went away.", ""),
    row("1002", Retry, "The gateway reported a protocol error.", ""),
    row("1006", Retry, "The connection was lost.", ""),
    row(
        "1008",
        Retry,
        "The gateway closed the connection by its policy.",
        "",
    ),
    row(
        "1009",
        Retry,
        "A message was too large for the gateway.",
        "Send it in smaller parts.",
    ),
    row("1011", Retry, "The gateway failed.", ""),
    row("1012", Retry, "The gateway restarts.", ""),
    row(
        "1013",
        RetryAfter(Duration::from_millis(500)),
        "The gateway is starting.",
        "",
    ),
    row(
        "4001",
        Retry,
        "This device's approval was withdrawn, or the gateway's sign-in changed.",
        "",
    ),
];

/// Why an attempt or a connection ended, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// A code of [`CONNECT`] or [`ENDS`], or the unknown one as it came.
    pub code: String,
    /// What the other side said, or the row's cause.
    pub message: String,
    /// What the person can do; empty when waiting is enough.
    pub advice: &'static str,
}

/// Decides by a refusal of `connect`. Unknown codes are retried with backoff,
/// unless the gateway recommends otherwise: the protocol grows, and a page must
/// not stay out because of a new word.
#[must_use]
pub fn of_refusal(error: &GatewayError) -> (Verdict, Cause) {
    let known = [error.detail.as_deref(), Some(error.code.as_str())]
        .into_iter()
        .flatten()
        .find_map(|code| CONNECT.iter().find(|row| row.code == code));
    // A hint of nothing is none: it must not outrun the backoff.
    let hint = error.retry_after.filter(|after| !after.is_zero());
    let (verdict, advice) = known.map_or_else(|| steps::of(error), |row| (row.verdict, row.advice));
    let verdict = match (steps::obeying(error, verdict), hint) {
        (Retry | RetryAfter(_), Some(after)) => RetryAfter(after.min(LONGEST_HINT)),
        (verdict, _) => verdict,
    };
    let cause = Cause {
        code: error.best_code().to_owned(),
        message: match known {
            // Only the gateway knows what is wrong with it.
            Some(row) if row.code == COARSE => in_words(row, &error.message),
            Some(row) => row.cause.to_owned(),
            None => error.message.clone(),
        },
        advice,
    };
    (verdict, cause)
}

/// Our words, and those that somebody said.
fn in_words(row: &Row, said: &str) -> String {
    match said {
        "" => row.cause.to_owned(),
        said => format!("{} ({said}).", row.cause.trim_end_matches('.')),
    }
}

/// Decides by one of our own findings or a close code (as decimal text).
#[must_use]
pub fn of_end(code: &str, reason: &str) -> (Verdict, Cause) {
    let known = ENDS.iter().find(|row| row.code == code);
    let message = match (known, reason) {
        (Some(row), said) => in_words(row, said),
        (None, "") => format!("{CLOSED} with code {code}."),
        (None, said) => format!("{CLOSED}: {said} ({code})."),
    };
    let cause = Cause {
        code: code.to_owned(),
        message,
        advice: known.map_or("", |row| row.advice),
    };
    (known.map_or(Retry, |row| row.verdict), cause)
}

/// The cause that another tab told of, with the advice of its row.
#[must_use]
pub fn recall(code: String, message: String) -> Cause {
    let known = CONNECT.iter().chain(ENDS).find(|row| row.code == code);
    Cause {
        code,
        message,
        advice: known.map_or("", |row| row.advice),
    }
}

/// No hint of a gateway keeps a page out for longer than this.
pub(crate) const LONGEST_HINT: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests;
