//! What ends a request or a message while the connection goes on.
//!
//! With the tables beside it, this is the one list of codes: docs/ERRORS.md and
//! the advice in the npm package are made from it.

/// One row: a code, why, and what a person or a program can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// A code of our own in lower case, or one of the gateway's.
    pub code: &'static str,
    /// The cause, one sentence.
    pub cause: &'static str,
    /// The way out, one sentence; empty when there is nothing to do.
    pub advice: &'static str,
}

const fn failure(code: &'static str, cause: &'static str, advice: &'static str) -> Failure {
    Failure {
        code,
        cause,
        advice,
    }
}

/// Failures of requests, messages and the client itself.
pub const FAILURES: &[Failure] = &[
    failure(
        "not-connected",
        "There is no connection to the gateway.",
        "Wait for `ready()`, or put it into the outbox with `send` or `enqueue`.",
    ),
    failure(
        "interrupted",
        "The connection was lost before the answer came.",
        "`sent` and `accepted` tell whether it may have run: look before you ask again, and mark what only reads `idempotent`.",
    ),
    failure(
        "timeout",
        "The answer did not come in time.",
        "`sent` and `accepted` tell whether it may have run; `timeoutMs` and `finalTimeoutMs` set the time.",
    ),
    failure("cancelled", "The app gave the request up.", ""),
    failure(
        "too-many-requests",
        "More requests wait for an answer than are kept.",
        "Wait for some of the answers first.",
    ),
    failure(
        "answer-unreadable",
        "The gateway answered something else than it was asked for.",
        "Look whether the gateway, or something between, is of another version.",
    ),
    failure(
        "too-large",
        "It is larger than the gateway takes.",
        "Send less at a time: `hello.policy.maxPayload` is the limit.",
    ),
    failure(
        "invalid-params",
        "The params cannot be written as JSON.",
        "Pass what `JSON.stringify` can write.",
    ),
    failure(
        "MISSING_SCOPE",
        "This connection lacks the scope that the method needs.",
        "Ask for it with the option `scopes`; the gateway's owner may have to approve it.",
    ),
    failure(
        "unknown-method",
        "The gateway has no such method, or shows it to `operator.admin` alone.",
        "Look for its name in `hello.features.methods`; a newer gateway, or one with the plugin, may have it.",
    ),
    failure(
        "chat-request-conflict",
        "Another message was sent under this key.",
        "Send it again with `resend`: it gets a key of its own.",
    ),
    failure(
        "unknown",
        "The gateway refused without a code.",
        "Its log tells more.",
    ),
    failure(
        "outbox-full",
        "The outbox holds as many messages as it may.",
        "Wait until some have left, remove some, or raise `outbox.maxEntries`.",
    ),
    failure(
        "file-too-large",
        "A file is larger than the gateway takes.",
        "Send a smaller one: `hello.policy.attachments` has the limits.",
    ),
    failure(
        "file-empty",
        "A file has no bytes, and the gateway takes none of that kind.",
        "Leave it out.",
    ),
    failure(
        "file-unreadable",
        "A file could not be read any more when it was to be sent: it was changed, moved or deleted since it was chosen.",
        "Choose it again, in a new message.",
    ),
    failure(
        "media-unavailable",
        "The gateway did not give the file.",
        "Only OpenClaw serves files, with a token or a password, and to pages of its own origin: elsewhere fetch it on a server.",
    ),
    failure(
        "key-in-use",
        "A message with this idempotency key is on its way.",
        "Take another key.",
    ),
    failure(
        "no-key",
        "The method takes no idempotency key, so it cannot wait in the outbox.",
        "Use `request`.",
    ),
    failure(
        "parked",
        "The message was refused, or waited too long: `reason` says which.",
        "Call `resend`, `edit` or `remove`.",
    ),
    failure(
        "unconfirmed",
        "The connection was lost at a moment when nobody can know whether the message arrived.",
        "Look into the session, then call `resend` or `remove`.",
    ),
    failure("removed", "The message was taken back.", ""),
    failure(
        "dismissed",
        "The message is no longer followed; it may have arrived, or still arrive.",
        "",
    ),
    failure(
        "closed",
        "The client, the chat or the list was closed.",
        "Call `connect()` to go on.",
    ),
    failure(
        "storage",
        "The browser could not delete what it keeps.",
        "Close the site's other tabs and try again, or clear the site's data.",
    ),
    failure(
        "wasm",
        "The WebAssembly module did not load.",
        "Look whether `clawline_bg.wasm` is served, and whether the page's policy allows `'wasm-unsafe-eval'`.",
    ),
    failure(
        "no-websocket",
        "There is no WebSocket here.",
        "Use a browser, Deno, or Node 22 or newer.",
    ),
    failure(
        "crashed",
        "clawline has met a bug of its own and stopped.",
        "Reload the page, or start the process or the worker anew: what is in the outbox is kept. Please report it.",
    ),
];
