//! Between Rust's types and plain JavaScript objects.

use std::time::Duration;

use clawline_core::wire::Object as _;
use clawline_core::{Metrics, Progress, Secret, Update};
use js_sys::JSON;
use wasm_bindgen::JsValue;

use crate::error::{RequestError, SendError};
use crate::hub::Event;
use crate::identity::Notice;
use crate::object::{JsObject, plain};
use crate::options::{Options, SignIn};
use crate::plain;

/// Reads the options; what is absent keeps its default.
pub(super) fn config(options: &JsValue, made: &mut Options) {
    let options = JsObject(options.clone());
    let profile = &mut made.config.profile;
    let client = &mut profile.client;
    for (name, field) in [
        ("clientId", &mut client.id),
        ("mode", &mut client.mode),
        ("version", &mut client.version),
        ("role", &mut profile.role),
        ("store", &mut made.store),
    ] {
        if let Some(text) = options.text(name) {
            *field = text;
        }
    }
    if let Some(name) = options.text("displayName") {
        client.display_name = Some(name);
    }
    if let Some(tabs) = options.flag("tabs") {
        made.tabs = tabs;
    }
    if let Some(outbox) = options.child("outbox") {
        let bounds = &mut made.config.bounds;
        if let Some(entries) = outbox.whole("maxEntries") {
            bounds.entries = usize::try_from(entries).unwrap_or(usize::MAX);
        }
        bounds.bytes = outbox.whole("maxBytes").unwrap_or(bounds.bytes);
    }
    client.locale = options.text("locale");
    client.user_agent = options.text("userAgent");
    for (name, field) in [
        ("scopes", &mut profile.scopes),
        ("caps", &mut profile.caps),
        ("commands", &mut profile.commands),
    ] {
        if let Some(texts) = options.texts(name) {
            *field = texts;
        }
    }
    if let Some(permissions) = options.child("permissions") {
        profile.permissions = JSON::stringify(&permissions.0)
            .ok()
            .and_then(|text| text.as_string());
    }
    let Some(backoff) = options.child("backoff") else {
        return;
    };
    let millis = |name| backoff.whole(name).map(Duration::from_millis);
    let policy = &mut made.config.backoff;
    policy.base = millis("baseMs").unwrap_or(policy.base);
    if let Some(most) = millis("maxMs") {
        policy.early_cap = policy.early_cap.min(most);
        policy.late_cap = most;
    }
    policy.max_attempts = backoff
        .whole("maxAttempts")
        .and_then(|most| u32::try_from(most).ok());
}

pub(super) fn sign_in(answer: &JsValue) -> SignIn {
    let answer = JsObject(answer.clone());
    let secret = |name| {
        answer
            .text(name)
            .filter(|text| !text.is_empty())
            .map(Secret::new)
    };
    SignIn {
        token: secret("token"),
        password: secret("password"),
        bootstrap_token: secret("bootstrapToken"),
    }
}

/// The name and the detail of an event; gateway events go another way.
pub(super) fn event(event: &Event) -> Option<(&'static str, JsValue)> {
    Some(match event {
        Event::Status(status) => ("status", plain::status(status)),
        Event::Gap => ("gap", JsValue::UNDEFINED),
        Event::Ended(ended) => ("ended", ended.clone()),
        Event::Notice(Notice::KeyIsReadable) => ("notice", "key-is-readable".into()),
        Event::Notice(Notice::NoWebCrypto) => ("notice", "no-webcrypto".into()),
        Event::Notice(Notice::NothingIsKept) => ("notice", "nothing-is-kept".into()),
        Event::Notice(Notice::NotKept) => ("notice", "outbox-not-kept".into()),
        Event::Notice(Notice::NewerOutbox) => ("notice", "outbox-is-newer".into()),
        Event::Notice(Notice::SetAside) => ("notice", "outbox-set-aside".into()),
        Event::Notice(Notice::Unreadable) => ("notice", "outbox-unreadable".into()),
        Event::Outbox(Update::Restored) => ("restored", JsValue::UNDEFINED),
        Event::Outbox(Update::Changed(entry)) => ("outbox", plain::entry(entry)),
        Event::Outbox(Update::Removed(key)) => (
            "outbox",
            plain(&[("key", key.as_str().into()), ("state", "removed".into())]),
        ),
        _ => return None,
    })
}

pub(super) fn error(error: &RequestError) -> JsValue {
    let progress = error.progress();
    plain(&[
        ("code", error.code().into()),
        ("message", error.to_string().into()),
        ("sent", (progress != Progress::Unsent).into()),
        ("accepted", (progress == Progress::Accepted).into()),
    ])
}

pub(super) fn storage_error(why: &str) -> JsValue {
    plain(&[
        ("code", "storage".into()),
        (
            "message",
            format!("The browser could not delete it: {why}.").into(),
        ),
    ])
}

pub(super) fn send_error(error: &SendError) -> JsValue {
    plain(&[
        ("code", error.code().into()),
        ("message", error.to_string().into()),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "counters stay far below 2^53")]
pub(super) fn metrics(metrics: &Metrics, durable: bool) -> JsValue {
    let count = |count: u64| JsValue::from_f64(count as f64);
    let millis = |wait: Duration| JsValue::from_f64(wait.as_secs_f64() * 1000.0);
    let ends = js_sys::Object::new();
    for (code, times) in &metrics.ends {
        // Setting a member of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&ends, &code.into(), &count(*times));
    }
    let phases = plain(&[
        ("openingMs", millis(metrics.phases.opening)),
        ("challengeMs", millis(metrics.phases.challenge)),
        ("signingMs", millis(metrics.phases.signing)),
        ("helloMs", millis(metrics.phases.hello)),
    ]);
    plain(&[
        ("attempts", count(metrics.attempts)),
        ("connections", count(metrics.connections)),
        ("ends", ends.into()),
        ("phases", phases),
        ("answered", count(metrics.answered)),
        ("failed", count(metrics.failed)),
        ("answerP50Ms", metrics.answer_p50.map(millis).into()),
        ("answerP99Ms", metrics.answer_p99.map(millis).into()),
        ("gaps", count(metrics.gaps)),
        ("dropped", count(metrics.dropped)),
        ("looks", count(metrics.looks)),
        ("repeats", count(metrics.repeats)),
        ("outbox", count(metrics.outbox)),
        ("durable", durable.into()),
    ])
}
